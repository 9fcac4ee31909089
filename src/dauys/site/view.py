"""What every page of one language needs: names, chips, parties, bars; no page of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

from markupsafe import Markup

from dauys.domain.text import LANGUAGES, Language
from dauys.site.colours import class_name
from dauys.site.figures import Figures, exact, ratio
from dauys.site.geometry import map_box, tiles_across
from dauys.site.source import INDEPENDENTS, Row, Source
from dauys.site.texts import Texts

_ICON = (
    '<svg viewBox="0 0 14 14" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="{w}">'
    "{path}</svg>"
)
_PATHS = {
    "tick": ("2", '<path d="m2 7.5 3.5 3.5L12 3"/>'),
    "part": (
        "1.6",
        '<circle cx="7" cy="7" r="5.6"/><path d="M7 7V1.4A5.6 5.6 0 0 0 1.4 7z" fill="currentColor"/>',
    ),
    "cross": ("2", '<path d="m3 3 8 8m0-8-8 8"/>'),
    "clock": ("1.6", '<circle cx="7" cy="7" r="5.6"/><path d="M7 3.6V7l2.4 1.6"/>'),
    "none": ("1.6", '<circle cx="7" cy="7" r="5.6" stroke-dasharray="2.2 2.2"/>'),
    "said": ("1.6", '<path d="M1.5 2h11v7.5H6L3.5 12V9.500H1.500z"/>'),
}
#: Each kind of chip: its style and its shape; colour never stands alone.
CHIPS = {
    "final": ("ok", "tick"),
    "passes": ("ok", "tick"),
    "counted": ("ok", "tick"),
    "preliminary": ("warn", "part"),
    "fails": ("", "cross"),
    "finding": ("warn", "said"),
    "set_aside": ("bad", "cross"),
    "awaited": ("info", "clock"),
    "corrected": ("info", "clock"),
    "not_run": ("", "none"),
    "declared": ("", "said"),
    "runoff": ("info", "clock"),
}
#: Parts of a result in the order in which they are held.
PARTS = ("list", "round1", "round2")
ICONS = {name: _ICON.format(w=w, path=path) for name, (w, path) in _PATHS.items()}


@dataclass(frozen=True)
class Page:
    """One page of one language: where it stands, which template draws it with what, and its facts as JSON."""

    path: str
    template: str
    title: str
    context: dict[str, Any]
    active: str = "results"
    data: Any = None
    description: str = ""

    @property
    def json_path(self) -> str:
        """Return where the page's JSON stands under `json/`; one file serves all languages."""
        return self.path.removesuffix(".html") + ".json"


@dataclass(frozen=True, slots=True)
class Party:
    """A party as pages show it: class of its colour, letter code, names."""

    id: str
    cls: str
    code: str
    short: str
    name: str


class View:
    """The data of a result, spoken in one language."""

    def __init__(self, source: Source, language: Language) -> None:
        self.source, self.language = source, language
        self.f = Figures(language)
        self.t = Texts(language, self.f)
        self.results = source.results
        self.others = [other for other in LANGUAGES if other != language]
        self.party = lru_cache(maxsize=256)(self._party)
        self.chip = lru_cache(maxsize=1024)(self._chip)

    @cached_property
    def contested(self) -> tuple[Row, ...]:
        """Constituencies in which somebody is elected; a constituency may also only group stations."""
        return tuple(c for c in self.source.constituencies if c["rounds"])

    @cached_property
    def has_list(self) -> bool:
        """Whether seats of party lists are part of this election."""
        return self.results["list"] is not None

    @cached_property
    def parts(self) -> dict[str, Row]:
        """States of the parts that this election has: list, first round, run-offs."""
        state = self.results["state"]
        voted = {"list": self.has_list, "round1": bool(self.contested), "round2": bool(self.contested)}
        return {part: state[part] for part in PARTS if voted[part] and state.get(part)}

    @cached_property
    def seats(self) -> int:
        """All seats of the house, decided or not."""
        own = self.parts["list"]["seats"] if "list" in self.parts else 0
        return int(own) + len(self.contested)

    @cached_property
    def unfinished(self) -> bool:
        """Whether any part of the result is preliminary."""
        return any(s["status"] != "final" for s in self.parts.values())

    @cached_property
    def turnout(self) -> Row:
        """Turnout; where there is no list, as the last publication of the first round has it."""
        if self.results["turnout"] is not None:
            return dict(self.results["turnout"])
        last = next((h for h in reversed(self.results["history"]) if h["round"] == 1), None)
        figures = {k: last[k] if last else None for k in ("voted", "registered")}
        return {**figures, "additions": None, "numerator": "ballots_cast", "readings": []}

    @cached_property
    def as_of(self) -> str:
        """The moment of the newest figures, in words; empty before the first."""
        moments = [s["as_of"] for s in self.parts.values() if s["as_of"]]
        return self.f.moment(max(moments, key=datetime.fromisoformat)) if moments else ""

    def has(self, path: str) -> bool:
        """Return whether this result has the page: none of lists without lists, none of empty contests."""
        if path.startswith(("constituencies/", "run-offs/")):
            return bool(self.contested)
        return self.has_list or not path.startswith("list/")

    def name(self, names: dict[str, str] | None) -> str:
        """Return a three-language name in this language."""
        return self.t.name(names)

    def _party(self, party: str | None) -> Party:
        """Return a party by id; None and unknown ids are independents."""
        row = self.source.parties.get(party or INDEPENDENTS) or self.source.parties[INDEPENDENTS]
        return Party(
            row["id"],
            class_name(row["id"]),
            self.name(row["code"]),
            self.name(row["short"]),
            self.name(row["name"]),
        )

    def nominated(self, party: str | None) -> str:
        """Return who nominated a candidate: the party's short name, or that the candidate stands alone."""
        return (
            self.party(party).short if party and party != INDEPENDENTS else str(self.t("word.self_nominated"))
        )

    def _chip(self, kind: str, text: str | None = None) -> Markup:
        """Return a chip: shape, word and colour together."""
        style, icon = CHIPS[kind]
        word = text if text is not None else self.t(f"chip.{kind}")
        return Markup('<span class="chip {}">{}{}</span>').format(style, Markup(ICONS[icon]), word)  # noqa: S704

    def state(self, state: Row) -> Markup:
        """Return the chip of a result's state: final, or preliminary with its number."""
        if state["status"] == "final":
            return self.chip("final")
        if state["version"] is None:
            return self.chip("awaited")
        return self.chip("preliminary", str(self.t("chip.preliminary_n", n=state["version"])))

    def article(self, text: str | None) -> Markup:
        """Return a small mark with the article, or nothing."""
        return Markup('<span class="art">{}</span>').format(self.t.article(text)) if text else Markup("")

    def base(self, base: str) -> Markup:
        """Return a base as words: `of valid votes`."""
        return self.t.known("base", base)

    def base_noun(self, base: str) -> Markup:
        """Return the name of a base: `Valid votes`."""
        return self.t.known("base_noun", base)

    def seat_line(self, seats: dict[str, int]) -> str:
        """Return seats as `7-1-1-1`: by size, lists without a seat left out."""
        return "-".join(str(n) for n in sorted(seats.values(), reverse=True) if n)

    def people_name(self, candidate: str) -> str:
        """Return a candidate's name by id, the id itself where nobody has it."""
        row = self.source.candidates.get(candidate)
        return candidate if row is None else self.name(row["name"])

    def by_size(self, rows: Iterable[Row]) -> list[Row]:
        """Return rows of the house by size, independents last."""
        return sorted(rows, key=lambda r: (r["party"] == INDEPENDENTS, -r["total"]))

    def tiles(self, here: str | None = None) -> dict[str, Any]:
        """Return the map: its box and, by region, the tiles with winner, state and mark."""
        regions = list(self.source.regions)
        width, height = map_box(regions)
        return {"width": width, "height": height, "regions": [self._region_tiles(r, here) for r in regions]}

    def _region_tiles(self, region: Row, here: str | None) -> dict[str, Any]:
        places = (self.source.constituency[c] for c in region["constituencies"])
        tiles = [self.tile(c, here) for c in places if c["rounds"]]
        return {
            "id": region["id"],
            "name": self.region_name(region),
            "x": region["column"],
            "y": region["row"],
            "n": tiles_across(len(tiles), region.get("width")) if tiles else 1,
            "tiles": tiles,
        }

    def region_name(self, region: Row) -> str:
        """Return the region's name as short as the data has it."""
        return self.name(region.get("short") or region["name"])

    def tile(self, constituency: Row, here: str | None = None) -> dict[str, Any]:
        """Return one tile: who won or leads, decided or not, in which round, and its words."""
        last = constituency["rounds"][-1]
        winner = constituency["winner"]
        leader = self.leader(last)
        party = self.party(winner["party"]) if winner else self.leading(last)
        decided = winner is not None and last["status"] == "final"
        kind = ("second" if last["round"] == 2 else "") if decided else "ring" if leader else "none"
        word = f"tile.{'decided' if decided else 'leading' if leader else 'none'}"
        return {
            "number": constituency["number"],
            "party": party,
            "kind": kind,
            "open": constituency["can_change"],
            "here": constituency["id"] == here,
            "title": str(self.t(word, name=self.name(constituency["name"]), party=party.short)),
        }

    def leader(self, round_: Row) -> Row | None:
        """Return who won or leads a round; nobody where it is void, tied for a lot or not reported."""
        people = round_["candidates"]
        if round_["outcome"]["kind"] in ("void", "needs_decision") or not people or not people[0]["votes"]:
            return None
        return dict(people[0])

    def leading(self, round_: Row) -> Party:
        """Return the party of who leads a round, or a party without colour that says why nobody does."""
        leader = self.leader(round_)
        if leader:
            return self.party(leader["party"])
        kind, reason = round_["outcome"]["kind"], round_["outcome"]["reason"]
        key = "void" if kind == "void" else "tie" if reason == "tie" else "none"
        word = str(self.t(f"nobody.{key}"))
        return Party("", "", {"void": "×", "tie": "=", "none": "·"}[key], word, word)

    def bar_rows(
        self, items: list[tuple[str | None, int]], base: int | None, line: Fraction | None, room: int = 100
    ) -> tuple[float, list[Any]]:
        """Return where the line stands and each row's share and width in per cent of the track.

        One scale for the figure: the largest of shares and line fills `room` per cent of the track.
        """
        shares = [ratio(n, base) or Fraction(0) for _, n in items]
        top = max([*shares, line or Fraction(0), Fraction(1, 1000)])
        widths = [round(float(s / top) * room, 2) for s in shares]
        at = round(float((line or Fraction(0)) / top) * room, 2)
        return at, list(zip(shares, widths, strict=True))


def spare(votes: int, share: Fraction, base_votes: int) -> int:
    """Return how many votes lie between a list and the least number that passes; negative below it."""
    needed = -(-share.numerator * base_votes // share.denominator)
    return votes - needed


__all__ = ["CHIPS", "ICONS", "PARTS", "Page", "Party", "View", "exact", "ratio", "spare"]
