"""The Atom feed of publications and corrections, and the site map."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from dauys.domain.text import LANGUAGES
from dauys.site.pages.facts import correction, publication_name
from dauys.site.view import View, ratio


def _identity(*parts: str) -> str:
    """Return an address-free identity that never changes for the same publication (RFC 4287, 4.2.6)."""
    return uuid.uuid5(uuid.NAMESPACE_URL, "/".join(("dauys", *parts))).urn


def atom(view: View, base_url: str) -> str:
    """Return the feed of one language: one entry per publication, newest first."""
    election, history = view.results["election"], view.results["history"]
    own = f"{base_url}{view.language}/feed.xml"
    updated = max((h["as_of"] for h in history), default="1970-01-01T00:00:00Z")
    entries = "".join(_entry(view, h, base_url) for h in reversed(history))
    front = quoteattr(f"{base_url}{view.language}/index.html")
    lines = (
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{view.language}">',
        f"<id>{_identity(election['id'], view.language)}</id>",
        f"<title>{escape(view.name(election['title']))}</title>",
        f"<updated>{updated}</updated>",
        "<author><name>Dauys</name></author>",
        f'<link rel="self" type="application/atom+xml" href={quoteattr(own)}/>',
        f"<link href={front}/>",
    )
    return "\n".join(lines) + f"\n{entries}</feed>\n"


def _entry(view: View, h: dict[str, Any], base_url: str) -> str:
    reason = view.name(h["reason"]) if isinstance(h["reason"], dict) else str(h["reason"] or "")
    turnout = view.f.percent(ratio(h["voted"], h["registered"]))
    lines = [reason, f"{view.t('turnout.of_registered')}: {turnout}"]
    for c in h["corrections"]:
        row = correction(view, c)
        lines.append(f"{row['what']}: {row['before']} → {row['after']}. {row['why']}")
    link = f"{base_url}{view.language}/history/index.html#{h['id']}"
    tags = (
        "<entry>",
        f"<id>{_identity(view.results['election']['id'], h['id'], view.language)}</id>",
        f"<title>{escape(publication_name(view, h))}</title>",
        f"<updated>{h['as_of']}</updated>",
        f"<link href={quoteattr(link)}/>",
        f'<content type="text">{escape(chr(10).join(map(str, lines)))}</content>',
        "</entry>",
    )
    return "\n".join(tags) + "\n"


def sitemap(paths: Iterable[str], base_url: str) -> str:
    """Return the site map: every page in every language, at most the 50,000 addresses that one may have."""
    urls = [
        f"<url><loc>{escape(base_url + language + '/' + path)}</loc></url>\n"
        for language in LANGUAGES
        for path in paths
    ]
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        + "".join(urls[:50_000])
        + "</urlset>\n"
    )
