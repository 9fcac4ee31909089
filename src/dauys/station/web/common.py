"""Pages that all screens share: pairing, assets, refusals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

import jinja2
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from markupsafe import Markup, escape

from dauys.domain.text import LANGUAGES, Language
from dauys.station.faults import StationError
from dauys.words import Words

TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "woff2": "font/woff2",
}
_NAME: Final = re.compile(r"(?:[a-z]+/)?[a-z0-9-]+\.(css|js|svg|woff2)")
#: A booth's page has a multiple of so many bytes. TLS hides what it says, but not how long it is.
PADDED: Final = 32_768
#: What all roles use of the public site: one set of tokens, components and letters.
_SITE: Final = re.compile(r"dauys\.css|icon\.svg|fonts/[a-z0-9-]+\.woff2")


@lru_cache(maxsize=1)
def environment() -> jinja2.Environment:
    """Return the templates of the station."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("dauys.station.web", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["strong"] = strong
    return made


def strong(sentence: str) -> Markup:
    """Return a sentence with what stands between two asterisks in bold."""
    return Markup(re.sub(r"\*([^*]+)\*", r"<b>\1</b>", str(escape(sentence))))  # noqa: S704  # escaped here


def words(request: HttpRequest, *domains: str) -> Words:
    """Return the sentences in the language of the terminal."""
    return Words(language_of(request), *domains)


def language_of(request: HttpRequest) -> Language:
    """Return the language of the terminal; before it is paired that of its browser."""
    if request.terminal is not None:
        found: Language = request.terminal.language
        return found
    asked = request.META.get("HTTP_ACCEPT_LANGUAGE", "")[:2].lower()
    return next((one for one in LANGUAGES if one == asked), "kk")


def page(request: HttpRequest, template: str, *domains: str, status: int = 200, **facts: Any) -> HttpResponse:
    """Draw a template. It may use `say(key, **facts)` of the domains, `language`, `terminal` and `token`."""
    own = words(request, *domains)
    terminal = request.terminal
    text = environment().get_template(template).render(
        say=own.say,
        say_has=own.has,
        language=own.language,
        terminal=terminal,
        token=terminal.token if terminal else "",
        **facts,
    )  # fmt: skip
    return HttpResponse(text, status=status)


def pad(response: HttpResponse) -> HttpResponse:
    """Make a page as long as any other: the names that were chosen are long and short."""
    response.content += b" " * (-len(response.content) % PADDED)
    return response


def home(request: HttpRequest) -> HttpResponse:
    """Lead a terminal to its own pages."""
    if request.terminal is None:
        return ask_to_pair(request)
    return HttpResponseRedirect(f"/{request.terminal.role}/")


def ask_to_pair(request: HttpRequest, code: str = "") -> HttpResponse:
    """Ask for the code that a member reads out. `code`: of what was wrong with the last one, if any."""
    return page(request, "pair.html", "booth", status=403, code=code)


def pair(request: HttpRequest) -> HttpResponse:
    """Pair this screen with the code typed in it."""
    if request.method != "POST":
        return ask_to_pair(request)
    terminals = request.services.terminals
    try:
        cookie = terminals.pair(request.POST.get("code", ""))
    except StationError as error:
        return ask_to_pair(request, error.code)
    paired = terminals.find(cookie)
    paired.language = language_of(request)  # a screen goes on as it asked for its code
    if paired.role == "booth":
        request.services.rooms.vacate(paired.number)
    response = HttpResponseRedirect("/")
    response.set_cookie("terminal", cookie, httponly=True, samesite="Strict", secure=request.is_secure())
    return response


def refuse(request: HttpRequest, code: str) -> HttpResponse:
    """Say that this terminal may not do this."""
    return page(request, "message.html", "booth", status=403, code=code)


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Say that there is no such page."""
    return page(request, "message.html", "booth", status=404, code="J6.4")


def failed(request: HttpRequest) -> HttpResponse:
    """Say that something failed that nobody foresaw; a member is called."""
    return page(request, "message.html", "booth", status=500, code="J6.5")


def authority(request: HttpRequest) -> HttpResponse:
    """Give the certificate that a booth's browser has to trust; its fingerprint is on the laptop's screen."""
    if not request.services.authority:
        return missing(request)
    return HttpResponse(request.services.authority, content_type="application/x-pem-file")


def asset(request: HttpRequest, name: str) -> HttpResponse:
    """Give a file of the station or of the public site, by a name of their list."""
    data = assets().get(name)
    if data is None:
        return missing(request)
    response = HttpResponse(data, content_type=TYPES[name.rpartition(".")[2]])
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


@lru_cache(maxsize=1)
def assets() -> Mapping[str, bytes]:
    """Return every file that may be asked for, by its address below `/assets/`."""
    found = {}
    for package, wanted in (("dauys.site", _SITE), ("dauys.station.web", _NAME)):
        top = files(package) / "assets"
        inner = [(f"{d.name}/{f.name}", f) for d in top.iterdir() if d.is_dir() for f in d.iterdir()]
        for name, file in [(f.name, f) for f in top.iterdir()] + inner:
            if wanted.fullmatch(name):
                found[name] = file.read_bytes()
    found["tokens.css"] = tokens(found["dauys.css"].decode()).encode()
    return found


def tokens(stylesheet: str) -> str:
    """Return letters and tokens of the public stylesheet: its dark set for screens that ask for contrast."""
    light = stylesheet[: stylesheet.index("@media")]
    dark = re.search(r"prefers-color-scheme: dark\) \{\s*:root \{(.*?)\}", stylesheet, re.DOTALL)
    if dark is None:
        raise ValueError("the stylesheet has no dark tokens")
    light = light.replace("font-display: optional", "font-display: block").replace("light dark", "light")
    return f'{light}:root[data-contrast="high"] {{{dark[1]} color-scheme: dark; }}\n'
