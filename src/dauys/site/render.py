"""Templates to text: one environment per language, compiled once and inherited by the workers."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from dauys.site import colours
from dauys.site.view import Page, View

NAVIGATION = (
    ("results", "index.html"),
    ("constituencies", "constituencies/index.html"),
    ("stations", "stations/index.html"),
    ("turnout", "turnout/index.html"),
    ("history", "history/index.html"),
    ("findings", "findings/index.html"),
    ("methods", "methods/index.html"),
    ("data", "data/index.html"),
)
_INDENT = re.compile(r"\n\s+|\n")
#: Attributes whose value needs no quotes. A value before `/>` keeps them, or the slash would join it.
_QUOTES = re.compile(r"""( [a-z][a-z-]*)="([^"'=<>`\s]+)"(?=[ >])""")

#: End tags that HTML lets out before the next item, cell or row, or the end of what holds them.
_ENDS = re.compile(r"</(?:li|td|tr)>(?=\s*(?:<(?:li|td|tr)[ >]|</(?:ul|ol|tr|tbody)>))")


def asset(name: str) -> bytes:
    """Return a file of `assets/`."""
    return (files("dauys.site") / "assets" / name).read_bytes()


def stylesheet(parties: list[dict[str, Any]]) -> str:
    """Return the stylesheet without comments and spare space, party colours at its end."""
    text = asset("dauys.css").decode("utf-8")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\s*([{};,>])\s*", r"\1", text)
    text = re.sub(r":\s+(?=[^{}]*[;}])", ":", text).replace(";}", "}")
    return text.strip() + colours.rules(parties)


@lru_cache(maxsize=1)
def _loader() -> jinja2.BaseLoader:
    return jinja2.PackageLoader("dauys.site", "templates")


#: What a reader asks about first, in the order of the banner.
_WEIGHTY = ("list_votes", "turnout", "list_seats", "constituency_votes", "station_votes", "candidates")


def synthetic_words(view: View) -> tuple[Markup, Markup]:
    """Return the two sentences of the banner that says what is made up, from the labels of the data."""
    election, t = view.results["election"], view.t

    def named(codes: list[str]) -> str:
        words = [str(t.known("label", c)) for c in _WEIGHTY if c in codes]
        return ", ".join(w[:1].lower() + w[1:] for w in words)

    official, synthetic = named(election["official"]), named(election["synthetic"])
    if not election["official"]:
        return t("banner.all_synthetic"), t("banner.all_synthetic_more")
    more = t("banner.synthetic_more", official=official or "–", synthetic=synthetic or "–")
    return t("banner.synthetic"), more


class Renderer:
    """Draws the pages of one language."""

    def __init__(self, view: View, base_url: str) -> None:
        self.view, self.base_url = view, base_url
        self.environment = jinja2.Environment(
            loader=_loader(),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=-1,
        )
        election = view.results["election"]
        self.environment.globals.update(
            v=view,
            t=view.t,
            f=view.f,
            lang=view.language,
            others=view.others,
            election=election,
            navigation=[row for row in NAVIGATION if view.has(row[1])],
            election_title=view.name(election["title"]),
            overridden=[p for p in election["parameters"] if p["overridden"]],
            made_up=synthetic_words(view),
            base_url=base_url,
            program=version("dauys"),
            name=view.name,
            party=view.party,
            count=view.f.count,
            percent=view.f.percent,
            chip=view.chip,
            article=view.article,
        )

    def draw(self, page: Page) -> str:
        """Return the page as HTML."""
        up = "../" * page.path.count("/")
        text = self.environment.get_template(page.template).render(
            page=page,
            path=page.path,
            up=up,
            root=up + "../",
            title=page.title,
            active=page.active,
            **page.context,
        )
        return _QUOTES.sub(r"\1=\2", _ENDS.sub("", _INDENT.sub("\n", text))).lstrip()
