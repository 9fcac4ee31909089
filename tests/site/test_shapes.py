"""Elections of other shapes: without run-offs, without a list, without constituencies, tied, void."""

import json
import re

import pytest
import small_result

from dauys.site import build
from dauys.words import LANGUAGES

pytestmark = pytest.mark.xdist_group("site")
PLACES = 4


def shrink(results, constituencies, regions):
    """Keep the first constituencies and their region, so that a site takes a second."""
    del constituencies[PLACES:], regions[1:]
    regions[0]["constituencies"] = [c["id"] for c in constituencies]
    results["history"] = results["history"][:1]


def one_round(results, constituencies, regions):
    results["state"]["round2"] = None
    results["election"]["days"] = {"1": "2004-09-19"}
    for c in constituencies:
        del c["rounds"][1:]
    results["constituencies"].update(runoff=0, decided_second_round=0)


def runoffs_ahead(results, constituencies, regions):
    nothing_yet = {"version": None, "as_of": None, "stations_counted": 0, "stations_total": 0, "decided": 0}
    results["state"]["round2"].update(status="preliminary", **nothing_yet)
    for c in constituencies:
        if len(c["rounds"]) > 1:
            del c["rounds"][1:]
            c["winner"] = None


def no_list(results, constituencies, regions):
    results["list"] = results["turnout"] = None
    results["state"].pop("list")
    regions[0]["list_votes"] = {}


def list_only(results, constituencies, regions):
    constituencies.clear()
    regions[0]["constituencies"] = []
    results["state"]["round1"].update(seats=0, decided=0)
    results["state"]["round2"] = None


def grouping_only(results, constituencies, regions):
    for c in constituencies:
        c.update(rounds=[], winner=None, can_change=False)
    results["state"]["round1"].update(seats=0, decided=0)
    results["state"]["round2"] = None


def against_all(results, constituencies, regions):
    results["list"]["against_all"] = 1234
    for c in constituencies:
        for r in c["rounds"]:
            r["against_all"] = 77


def no_winner(kind, reason):
    def change(results, constituencies, regions):
        one_round(results, constituencies, regions)
        r = constituencies[0]["rounds"][0]
        names = [p["id"] for p in r["candidates"][:2]] if reason == "tie" else []
        r["outcome"].update(kind=kind, reason=reason, names=names, needed=None)
        for p in r["candidates"]:
            p.update(elected=False, to_runoff=False)
        constituencies[0]["winner"] = None

    return change


def tied_lists(results, constituencies, regions):
    results["list"]["needs_decision"] = [{"tied": ["aist", "asar"], "seats": 1, "at": "list:remainder"}]
    results["list"]["seats"]["aist"] = 0
    results["state"]["list"]["decided"] = 9


def nothing_given(results, constituencies, regions):
    results["list"].update(seats={}, passing=[], quota=None, nothing="nobody_passes")
    del results["list"]["steps"][1:]
    results["state"]["list"]["decided"] = 0
    results["house_rows"] = [
        {**r, "total": r["total"] - (r["list"] or 0), "list": 0} for r in results["house_rows"]
    ]


def not_begun(results, constituencies, regions):
    nothing_given(results, constituencies, regions)
    results["list"]["threshold"]["base_votes"] = None
    results["list"]["nothing"] = "no_votes"
    results["list"]["sensitivity"] = []
    results["house"], results["house_rows"] = {}, []
    one_round(results, constituencies, regions)
    for part in ("list", "round1"):
        results["state"][part].update(stations_counted=0, decided=0)
    for c in constituencies:
        r, c["winner"] = c["rounds"][0], None
        r["outcome"].update(kind="needs_decision", reason="no_reports", names=[], base_votes=0, needed=None)
        for p in r["candidates"]:
            p.update(votes=0, elected=False, to_runoff=False)


SHAPES = {
    "one round": (one_round, ["constituencies/1.html"], "seats are decided", ["Run-offs", "run-offs still"]),
    "run-offs ahead": (runoffs_ahead, ["run-offs/index.html"], "Run-offs ahead", ["the count goes on"]),
    "no list": (no_list, ["constituencies/1.html"], "First round", ["Party list", "What if"]),
    "list only": (list_only, ["stations/of-akmola.html"], "Party list", ["Constituencies", "Run-off"]),
    "grouping": (grouping_only, ["stations/in-1.html"], "Party list", ["Run-off"]),
    "against all": (against_all, ["constituencies/1.html"], "Against all: 1,234", []),
    "void": (no_winner("void", "turnout"), ["constituencies/1.html"], "no valid result", []),
    "tie": (no_winner("needs_decision", "tie"), ["constituencies/1.html"], "equal votes, a lot decides", []),
    "tied lists": (tied_lists, ["list/index.html"], "equal, 1 seat open. A lot decides", []),
    "nobody passes": (nothing_given, ["list/index.html"], "No list reached the threshold", []),
    "not begun": (not_begun, ["list/index.html"], "No protocol has been counted yet", ["are decided."]),
}


def text_of(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@pytest.mark.parametrize("shape", SHAPES)
def test_a_site_of_every_shape(tmp_path, shape):
    change, wanted, said, unsaid = SHAPES[shape]
    data = small_result.write(tmp_path / "data")
    files = [data / f"{n}.json" for n in ("results", "constituencies", "regions")]
    documents = [json.loads(f.read_text(encoding="utf-8")) for f in files]
    shrink(*documents)
    change(*documents)
    for file, document in zip(files, documents, strict=True):
        file.write_text(json.dumps(document), encoding="utf-8")
    for name in ("stations.csv", "electronic_stations.csv"):
        lines = (data / name).read_text(encoding="utf-8").splitlines()
        rows = [line for line in lines[1:] if ",akmola," in line and line.split(",")[5] <= f"c{PLACES}"]
        if shape == "list only":
            rows = [re.sub(r",akmola,c\d+,", ",akmola,,", line) for line in rows]
        (data / name).write_text("\n".join([lines[0], *rows]) + "\n", encoding="utf-8")
    (data / "findings.json").write_text("[]", encoding="utf-8")
    built = build(data, tmp_path / "site", workers=0)
    pages = {
        p.relative_to(built.folder).as_posix(): p.read_text(encoding="utf-8")
        for p in built.folder.rglob("*.html")
    }
    for language in LANGUAGES:
        for path in (*wanted, "turnout/index.html", "stations/0001.html", "regions/akmola.html"):
            assert f"{language}/{path}" in pages
    for path, page in pages.items():
        assert "None" not in text_of(page), path
        for link in re.findall(r"href=\"?([^\" >#]+)", page):
            assert (built.folder / path).parent.joinpath(link).resolve().is_file(), (path, link)
    front = text_of(pages["en/index.html"])
    assert said in front
    for words in unsaid:
        assert words not in front
