import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
import small_result

from dauys.errors import InputError
from dauys.site import build
from dauys.site.build import MARK
from dauys.words import LANGUAGES

pytestmark = pytest.mark.xdist_group("site")

KINDS = (
    "index.html",
    "list/index.html",
    "constituencies/index.html",
    "constituencies/16.html",
    "run-offs/index.html",
    "regions/index.html",
    "regions/karaganda.html",
    "stations/index.html",
    "stations/in-16.html",
    "stations/0005.html",
    "electronic/index.html",
    "turnout/index.html",
    "history/index.html",
    "findings/index.html",
    "methods/index.html",
    "data/index.html",
    "synthetic/index.html",
    "404.html",
)


class Links(HTMLParser):
    """Collects addresses and ids of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []
        self.ids: set[str] = set()
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("href", "src"):
                self.links.append((tag, value or ""))
            elif name == "id":
                assert value not in self.ids, f"id {value} twice"
                self.ids.add(value)


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " ").replace("&nbsp;", " ")


def read(site: Path, path: str) -> str:
    return (site / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", KINDS)
def test_every_kind_of_page_is_there_in_every_language(final_site, language, path):
    page = read(final_site, f"{language}/{path}")
    assert f"<html lang={language}>" in page
    others = [other for other in LANGUAGES if other != language]
    root = "../" * (path.count("/") + 1)
    for other in others:
        assert f"{root}{other}/{path}" in page
    assert page.count("<h1") == 1
    assert "{{" not in page
    assert "None" not in text_of(page)


def pages(site: Path) -> list[Path]:
    """All pages but the verifier's, which has a script and tests of its own."""
    return sorted(page for page in site.rglob("*.html") if page.parent.name != "verify")


@pytest.mark.parametrize("which", ["final_site", "open_site"])
def test_every_link_resolves_and_none_leaves_the_site(which, request):
    site = request.getfixturevalue(which)
    known = {}
    for page in pages(site):
        known[page.resolve()] = Links(page.read_text(encoding="utf-8"))
    assert len(known) > 800
    for page, found in known.items():
        assert "script" not in found.tags
        assert "style" not in found.tags
        for _, link in found.links:
            assert not link.startswith(("http:", "https:", "//")), (page, link)
            target, _, fragment = link.partition("#")
            file = (page.parent / target).resolve() if target else page
            assert file.is_file(), (page, link)
            if fragment and file.parent.name != "verify":
                assert fragment in known[file].ids, (page, link)


def test_json_beside_every_page(final_site):
    for page in pages(final_site / "en"):
        if page.name == "404.html" or page.relative_to(final_site / "en").as_posix() == "stations/index.html":
            continue
        json.loads(
            (final_site / "json" / page.relative_to(final_site / "en").with_suffix(".json")).read_text(
                encoding="utf-8"
            )
        )
    station = json.loads(read(final_site, "json/stations/0031.json"))
    assert [p["version"] for p in station["protocols"] if p["contest"] == "list"] == ["1", "2"]


def test_first_view_is_small(final_site, open_site):
    for site in (final_site, open_site):
        shared = sum(
            (site / "assets" / name).stat().st_size
            for name in (
                "dauys.css",
                "icon.svg",
                "fonts/serif-700.woff2",
                "fonts/sans-400.woff2",
                "fonts/sans-600.woff2",
            )
        )
        for language in LANGUAGES:
            assert shared + (site / language / "index.html").stat().st_size <= 100_000, language


def test_the_front_page_says_the_result(final_site):
    text = text_of(read(final_site, "en/index.html"))
    for piece in (
        "All 77 seats are decided. Otan has 42, a majority.",
        "4 of 10 lists share 10 seats",
        "60.61 %",
        "2,883,706",
        "7 % of valid votes, 4,757,773",
        "3,132 votes to spare",
        "7-2-1",
        "56.49 %",
        "4,893,204 voted of 8,662,188 registered",
        "12.4 % → 12.04 %",
        "56.7 % → 56.49 %",
    ):
        assert piece in text, piece
    assert "Preliminary" not in text
    russian = read(final_site, "ru/index.html")
    assert "2\u202f883\u202f706" in russian
    assert "60,61\u00a0%" in russian


def test_an_unfinished_count_says_so(open_site):
    html = read(open_site, "en/index.html")
    text = text_of(html)
    for piece in (
        "55 seats are decided. In 22 run-offs the count goes on.",
        "93.2 % of stations",
        "in 3 of them the missing stations could still change",
        "Preliminary 1",
        "Leading in run-off",
        "Run-offs still open",
    ):
        assert piece in text, piece
    assert len(re.findall(r"<circle class=r ", html)) == 22
    constituency = text_of(read(open_site, "en/constituencies/16.html"))
    assert "This seat can still change" in constituency
    assert "no protocol yet" in constituency
    assert "elected" not in constituency.split("First round, 19")[0].split("Run-off, 3 October")[1]
    assert "No protocol from this station yet" in text_of(read(open_site, "en/stations/0032.html"))


def test_changed_rules_rehearsal_and_synthetic_rows_are_said_on_every_page(open_site, final_site):
    for page in pages(open_site / "en"):
        text = text_of(page.read_text(encoding="utf-8"))
        for piece in (
            "Computed with changed rules.",
            "list.threshold_base = valid",
            "Rehearsal.",
            "Partly synthetic.",
        ):
            assert piece in text, page
    front = text_of(read(final_site, "en/index.html"))
    assert "changed rules" not in front
    assert "Rehearsal" not in front
    assert "Partly synthetic." in front


def test_how_the_seats_were_won_shows_every_step(final_site):
    html = read(final_site, "en/list/index.html")
    text = text_of(html)
    for piece in (
        "How 10 list seats became 7-1-1-1",
        "A list needed 333,045 votes",
        "433,379.4",
        "6.6540",
        "Whole quotas: 8 seats",
        "283,429.6",
        "144,137 votes ahead of Ak Zhol",
        "399,761.7",
        "172,910.3",
        "8-1-1-0",
        "remainder 1 by size",
    ):
        assert piece in text, piece
    assert all(f"id=seat-{n}" in html for n in range(1, 11))
    assert html.count("seat p-aist moved") == 1
    assert html.count("seat p-ak-zhol moved") == 1


def test_station_pages_show_protocols_versions_and_findings(final_site):
    text = text_of(read(final_site, "en/stations/0005.html"))
    assert "electronic paper summary" in text
    assert "Votes by protocol" in text
    corrected = text_of(read(final_site, "en/stations/0031.html"))
    assert "version 1, not counted" in corrected
    assert "version 2, counted" in corrected
    assert "found 1,210, expected 1,200" in corrected


def test_corrections_are_shown_with_their_reasons(final_site):
    text = text_of(read(final_site, "en/history/index.html"))
    assert "Ak Zhol, share of valid votes 12.4 % 12.04 % 14 more stations" in text
    assert "Winner in № 5 Kurmangazy 5 Otan Independents" in text


def test_feeds_sitemap_and_pictures(final_site):
    for language in LANGUAGES:
        feed = ElementTree.fromstring(read(final_site, f"{language}/feed.xml"))
        entries = feed.findall("{http://www.w3.org/2005/Atom}entry")
        assert len(entries) == 4
        ids = [e.findtext("{http://www.w3.org/2005/Atom}id") for e in entries]
        assert len(set(ids)) == 4
        picture = (final_site / "assets" / f"result-{language}.png").read_bytes()
        assert picture[:8] == b"\x89PNG\r\n\x1a\n"
        assert (int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24])) == (1200, 630)
    places = ElementTree.fromstring(read(final_site, "sitemap.xml"))
    assert (
        len(places) == len(pages(final_site)) - 2 - 3
    )  # neither the two pages without a language nor the three 404
    assert "https://results.test/assets/result-en.png" in read(final_site, "en/index.html")


def test_several_processes_write_the_same_bytes(final_data, final_site, tmp_path):
    code = (
        "import sys; from pathlib import Path; from dauys.site import build; "
        "build(Path(sys.argv[1]), Path(sys.argv[2]), base_url='https://results.test/', workers=2)"
    )
    command = [sys.executable, "-c", code, str(final_data), str(tmp_path / "site")]
    subprocess.run(command, check=True, timeout=120)
    names = sorted(p.relative_to(final_site) for p in final_site.rglob("*") if p.is_file())
    assert names == sorted(
        p.relative_to(tmp_path / "site") for p in (tmp_path / "site").rglob("*") if p.is_file()
    )
    for name in names:
        assert (final_site / name).read_bytes() == (tmp_path / "site" / name).read_bytes(), name


def test_missing_files_are_all_named_and_nothing_is_written(tmp_path):
    (tmp_path / "data").mkdir()
    with pytest.raises(InputError) as caught:
        build(tmp_path / "data", tmp_path / "site")
    assert {p.code for p in caught.value.problems} == {"E6.1"}
    assert len(caught.value.problems) == 8
    assert not (tmp_path / "site").exists()


def test_a_folder_of_somebody_else_is_refused(final_data, tmp_path):
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(FileExistsError):
        build(final_data, tmp_path, workers=0)
    assert [p.name for p in tmp_path.iterdir()] == ["letter.txt"]


def test_a_failure_leaves_the_old_site_and_no_draft(tmp_path):
    data = small_result.write(tmp_path / "data")
    site = tmp_path / "site"
    site.mkdir()
    (site / MARK).write_text("")
    (site / "index.html").write_text("old")
    results = json.loads((data / "results.json").read_text(encoding="utf-8"))
    results["parties"][0]["colour_light"] = "no colour"
    (data / "results.json").write_text(json.dumps(results), encoding="utf-8")
    with pytest.raises(ValueError, match="no colour"):
        build(data, site, workers=0)
    assert (site / "index.html").read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["data", "site"]


def test_progress_reaches_its_end(final_data, tmp_path):
    told = []
    built = build(
        final_data, tmp_path / "site", progress=lambda done, total: told.append((done, total)), workers=0
    )
    assert told[-1][0] == told[-1][1] == built.pages
    assert [d for d, _ in told] == sorted(d for d, _ in told)
