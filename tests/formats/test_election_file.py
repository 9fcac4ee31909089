"""The election file: what it means, and every way to get it wrong with its line."""

import json
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from dauys.domain.text import LANGUAGES
from dauys.formats.canonical import canonical_election
from dauys.formats.election_file import election_schema, read_election
from dauys.formats.tables import read_protocols
from dauys.systems.protocol import FORMS, check_protocol
from dauys.words import Words

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "majilis-2004"


def test_small_election_is_read_whole(small):
    election = read_election(small.folder)
    assert election == read_election(small.folder / "election.yaml")
    assert election.days == {1: date(2004, 9, 19), 2: date(2004, 10, 3)}
    assert [p.id for p in election.parties] == ["sun", "moon", "star"]
    assert election.parameters == {"list.threshold_base": "cast"}
    assert election.list_seats == 10
    assert election.closes == time(20)
    assert election.candidates[1].party is None
    assert election.candidates[0].registered == date(2004, 8, 1)
    assert election.stations[0].electronic
    assert not election.stations[1].electronic
    assert election.publications[0].as_of.astimezone(UTC) == datetime(2004, 9, 27, 5, tzinfo=UTC)
    assert election.vote_id(2) == "small/2/0"


def test_contests_hold_options_in_order_of_the_ballot(small):
    election = read_election(small.folder)
    first = {c.id: c for c in election.contests(1)}
    assert first["list"].options == ("sun", "moon", "star")
    assert first["c2"].options == ("c2-a", "c2-b")
    assert first["list"].limit == first["list"].blanks == 1
    assert [c.id for c in election.contests(2)] == ["c1", "c2"]


def test_other_contests_approval_and_against_all(small):
    text = "{kk: а, ru: б, en: c}"
    other = (
        f"contests:\n  other:\n    - {{id: question, title: {text}, approval: true, against_all: true, "
        f"options: [{{id: yes, name: {text}}}, {{id: no, name: {text}}}]}}\n"
    )
    small.change("election.yaml", "contests:\n", other)
    question = read_election(small.folder).contests(1)[-1]
    assert question.options == ("yes", "no", "against-all")
    assert question.limit == 3


def test_ballot_styles_are_one_for_each_constituency_and_hold_what_the_round_votes(small):
    style = "- {id: abroad, contests: [list]}"
    small.change("election.yaml", "ballot_styles:\n", f"ballot_styles:\n  {style}\n")
    election = read_election(small.folder)
    assert [(s.id, s.contests) for s in election.styles(1)] == [
        ("abroad", ("list",)),
        ("all-c1", ("list", "c1")),
        ("all-c2", ("list", "c2")),
    ]
    assert [(s.id, s.contests) for s in election.styles(2)] == [("all-c1", ("c1",)), ("all-c2", ("c2",))]
    small.change("election.yaml", f"  {style}\n", "")
    small.change("election.yaml", "constituency]}\n", f"constituency]}}\n  {style}\n")
    small.change("stations.csv", "west,c2,", "west,,")
    at_home, abroad = (e := read_election(small.folder)).stations
    assert (e.style_of(at_home).id, e.style_of(abroad).id) == ("all", "abroad")


def test_devices_come_from_the_table_or_by_the_rule(small):
    small.change("election.yaml", "official:", "devices: {main: 1, carried: 1, reserve: 2}\nofficial:")
    election = read_election(small.folder)
    assert [d.id for d in election.devices_of(election.stations[0])] == [
        "0001-m1",
        "0001-b1",
        "0001-r1",
        "0001-r2",
    ]
    assert election.devices_of(election.stations[1]) == ()
    small.change("election.yaml", "  votes: votes.csv", "  votes: votes.csv\n  devices: devices.csv")
    (small.folder / "devices.csv").write_text("device,station,kind\nbooth-7,0001,main\n")
    election = read_election(small.folder)
    assert [d.id for d in election.devices_of(election.stations[0])] == ["booth-7"]


def test_announcement_needs_its_outlet(small, problems):
    text = "{kk: а, ru: б, en: c}"
    event = f"calendar:\n  - {{code: N1.5, done: 2004-09-01T10:00+07:00, evidence: {text}}}\nofficial:"
    small.change("election.yaml", "official:", event)
    assert [(p.code, p.facts["key"]) for p in problems(read_election, small.folder)] == [
        ("E1.4", "calendar.0.outlet")
    ]
    small.change("election.yaml", f"evidence: {text}", f"evidence: {text}, outlet: {text}")
    assert read_election(small.folder).events[0].outlet.ru == "б"


# --- the example -----------------------------------------------------------------------------------------


def test_example_says_what_happened_in_2004():
    election = read_election(EXAMPLE)
    lists = [p for p in election.parties if p.list_order]
    assert len(lists) == 10
    assert [p.id for p in election.parties if p.bloc_members] == ["aist", "communists-dck"]
    t = election.targets
    assert sum(t.list_votes.values()) == 4_757_773
    assert sum(t.list_votes.values()) + t.invalid_ballots == t.ballots_cast == 4_893_204
    assert round(10_000 * t.ballots_cast / t.registered) == 5649
    assert sum(t.first_round.values()) == 45
    assert sum(t.second_round.values()) == 22
    assert (t.stations, t.electronic_stations, t.candidates) == (9480, 961, 623)
    house = {"otan": 7, "ak-zhol": 1, "asar": 1, "aist": 1}
    for won in (t.first_round, t.second_round):
        house = {p: house.get(p, 0) + won.get(p, 0) for p in {*house, *won}}
    assert house == {"otan": 42, "aist": 11, "asar": 4, "ak-zhol": 1, "democratic": 1, "independents": 18}
    assert election.rehearsal


def test_example_has_67_constituencies_in_16_regions_and_a_map_without_collisions():
    election = read_election(EXAMPLE)
    assert [c.number for c in election.constituencies] == list(range(1, 68))
    assert all(c.id == f"c{c.number}" for c in election.constituencies)
    spans = {}
    for c in election.constituencies:
        spans.setdefault(c.region, []).append(c.number)
    assert len(election.regions) == len(spans) == 16
    assert (spans["vko"][0], spans["vko"][-1]) == (18, 24)
    assert spans["uko"] == list(range(53, 61))
    assert spans["man"] == [45]
    names = {c.number: c.name.en for c in election.constituencies}
    assert (names[16], names[32], names[46]) == ("Kurmangazy", "Maikuduk", "Toraigyrov")
    taken = set()
    for region in election.regions:
        for n in range(len(spans[region.id])):
            taken.add((region.column + n % region.width, region.row + n // region.width))
            # The row above the first tiles is for the name.
            assert (region.column + n % region.width, region.row - 1) not in taken or n >= region.width
    assert len(taken) == 67


def test_example_labels_do_not_overlap_and_the_history_is_in_order():
    election = read_election(EXAMPLE)
    assert not set(election.official) & set(election.synthetic)
    assert {"list_votes", "turnout"} <= set(election.official)
    assert {"constituency_votes", "candidates", "stations"} <= set(election.synthetic)
    assert [p.status for p in election.publications if p.round == 1] == [
        "preliminary",
        "preliminary",
        "final",
    ]


# --- canonical bytes and schema --------------------------------------------------------------------------


def test_canonical_bytes_do_not_depend_on_layout(small, tmp_path):
    before = canonical_election(small.folder / "election.yaml")
    small.change(
        "election.yaml",
        "days: {1: 2004-09-19, 2: 2004-10-03}",
        'days:\n  "2": "2004-10-03"\n  1: 2004-09-19 #',
    )
    assert canonical_election(small.folder / "election.yaml") == before
    assert before.startswith(b'{"ballot_styles":[{"contests":["list","constituency"],"id":"all"}]')
    assert json.loads(before)["days"] == {"1": "2004-09-19", "2": "2004-10-03"}
    small.change("election.yaml", "rehearsal: true", "rehearsal: false")
    assert canonical_election(small.folder / "election.yaml") != before


def test_schema_is_sound_and_the_page_shows_the_same():
    Draft202012Validator.check_schema(election_schema())
    shipped = ROOT / "src" / "dauys" / "formats" / "schema" / "election.schema.json"
    spec = ROOT / "spec" / "election.schema.json"
    if not spec.exists():
        pytest.skip("the specification is not part of the installed package")
    assert shipped.read_bytes() == spec.read_bytes()


def test_every_key_of_the_schema_is_explained():
    page = ROOT / "spec" / "election.md"
    if not page.exists():
        pytest.skip("the specification is not part of the installed package")
    text = page.read_text()
    assert [k for k in election_schema()["properties"] if f"`{k}`" not in text] == []


@pytest.mark.skipif(not (ROOT / "spec").exists(), reason="the specification is not part of the package")
def test_example_of_the_specification_is_an_election_file(tmp_path, small):
    page = (ROOT / "spec" / "election.md").read_text()
    text = page.split("```yaml\n")[1].split("```")[0]
    (small.folder / "election.yaml").write_text(text)
    small.change("candidates.csv", "moon", "sun")
    election = read_election(small.folder)
    assert (election.id, election.list_seats, len(election.contests(1))) == ("small", 5, 3)


@pytest.mark.skipif(not (ROOT / "spec").exists(), reason="the specification is not part of the package")
def test_example_of_protocols_in_the_specification_reads_and_adds_up(small):
    page = (ROOT / "spec" / "protocols.md").read_text()
    text = page.split("protocols.csv\n", 1)[1].split("```")[0]
    for name, table in zip(("protocols", "votes"), text.split("\nvotes.csv\n"), strict=True):
        (small.folder / f"{name}.csv").write_text(table.strip() + "\n")
    found = read_protocols(read_election(small.folder), small.folder)
    assert [p.version for p in found] == [1, 2]
    assert all(check_protocol(p, FORMS[p.channel]) == () for p in found)


# --- faults ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "code", "path"),
    [
        ("rehearsal: true", "rehearsel: true", "E1.3", "rehearsel"),
        ("rehearsal: true", "", "E1.4", ""),
        ("rehearsal: true", "rehearsal: yes", "E1.2", "rehearsal"),
        ("id: small", "id: Small One", "E1.10", "id"),
        ("id: small", "id: 2004", "E1.2", "id"),
        ("law: kz-2004", "law: kz-2005", "E3.3", "law"),
        ("list.threshold_base: cast", "list.treshold_base: cast", "E3.1", "parameters.list.treshold_base"),
        ("list.threshold_base: cast", "list.threshold: 7,5 %", "E3.2", "parameters.list.threshold"),
        ("list.threshold_base: cast", "list.threshold: 0.07", "E1.2", ""),
        ("list_order: 2", "list_order: 5", "E3.6", "parties"),
        ("list_order: 2", "list_order: 1", "E3.5", "parties.1"),
        ("id: moon", "id: sun", "E3.5", "parties.1"),
        ("2: 2004-10-03", "2: 2004-09-01", "E3.6", "days.2"),
        ("2: 2004-10-03", "2: 2004-02-31", "E1.10", "days.2"),
        (", 2: 2004-10-03", "", "E3.7", "days"),
        ('closes: "20:00"', 'closes: "06:00"', "E3.6", "polls.closes"),
        ('closes: "20:00"', 'closes: "25:00"', "E1.10", "polls.closes"),
        ("time_zone: Asia/Almaty", "time_zone: Asia/Alma-Ata", "E3.9", "time_zone"),
        ("as_of: 2004-09-27T12:00+07:00", "as_of: 2004-09-27T12:00", "E1.10", "publications.0.as_of"),
        (
            "contests: [list, constituency]",
            "contests: [list, constituencies]",
            "E3.4",
            "ballot_styles.0.contests.1",
        ),
        ("list: {limit: 1}", "list: {limit: 4}", "E3.7", "contests.list.limit"),
        ("list: {limit: 1}", "list: {limit: 1, against_all: true}", "E3.7", "contests.list.against_all"),
        ("synthetic: [parties, stations]", "synthetic: [parties, statoins]", "E1.10", "synthetic.1"),
        ("official: []", "official: [parties]", "E3.5", "synthetic.0"),
        (
            "official: []",
            "official: []\ntrustees: {threshold: 1, members: []}",
            "E1.10",
            "trustees.threshold",
        ),
        (
            "official: []",
            "official: []\ngenerator: {name: x, seed: -1, makes: [votes]}",
            "E1.10",
            "generator.seed",
        ),
    ],
)
def test_each_fault_is_named_at_its_place(small, problems, *, old, new, code, path):
    small.change("election.yaml", old, new)
    found = problems(read_election, small.folder)
    assert code in {p.code for p in found}
    mine = next(p for p in found if p.code == code)
    assert mine.place.file.endswith("election.yaml")
    text = (small.folder / "election.yaml").read_text()
    if path and code != "E1.4":
        assert mine.place.path == path
        line = text[: text.index(new.strip())].count("\n") + 1
        assert mine.place.line in (line, line - 1, line + 1) or path in ("parties", "days")


def test_all_faults_of_form_come_at_once_with_lines_and_hints(small, problems):
    small.change("election.yaml", "rehearsal: true", "rehearsel: 1")
    small.change("election.yaml", "polls:", "pols:")
    small.change("election.yaml", "official: []", "official: 7")
    found = problems(read_election, small.folder)
    assert {(p.code, p.place.path) for p in found} >= {
        ("E1.3", "rehearsel"),
        ("E1.3", "pols"),
        ("E1.2", "official"),
    }
    hints = {p.place.path: p.facts["nearest"] for p in found if p.hint == "nearest"}
    assert hints == {"rehearsel": "rehearsal", "pols": "polls"}
    assert [p.place.line for p in found] == sorted(p.place.line for p in found)


def test_faults_of_meaning_come_at_once(small, problems):
    small.change("election.yaml", "law: kz-2004", "law: kz-2023")
    small.change("election.yaml", "list_order: 2", "list_order: 1")
    small.change("election.yaml", "time_zone: Asia/Almaty", "time_zone: Mars")
    codes = [p.code for p in problems(read_election, small.folder)]
    assert {"E3.5", "E3.7", "E3.9"} <= set(codes)


def test_faults_of_all_tables_come_at_once(small, problems):
    small.change("constituencies.csv", "c2,2", "c2,1")
    small.change("candidates.csv", "moon", "mooon")
    small.change("stations.csv", ",80", ",-80")
    small.change("protocols.csv", "22:30+05:00", "22:30")
    small.change("votes.csv", "star,7", "stra,7")
    found = problems(read_election, small.folder)
    assert [(p.code, Path(p.place.file).name, p.place.row) for p in found] == [
        ("E4.9", "constituencies.csv", 3),
        ("E4.7", "candidates.csv", 4),
        ("E4.6", "stations.csv", 3),
        ("E4.13", "protocols.csv", 4),
        ("E4.7", "votes.csv", 4),
    ]


def test_faults_of_meaning_and_of_tables_come_together(small, problems):
    small.change("election.yaml", "list.threshold_base: cast", "list.threshold_base: casts")
    small.change("stations.csv", ",80", ",8O")
    found = problems(read_election, small.folder)
    assert [(p.code, Path(p.place.file).name) for p in found] == [
        ("E3.2", "election.yaml"),
        ("E4.5", "stations.csv"),
    ]


def test_unreadable_table_does_not_make_every_name_unknown(small, problems):
    path = small.folder / "regions.csv"
    path.write_bytes(path.read_text().encode("utf-16"))
    small.change("candidates.csv", "moon", "mooon")
    assert [p.code for p in problems(read_election, small.folder)] == ["E1.6"]


def test_missing_table_stops_unless_a_generator_makes_it(small, problems):
    (small.folder / "stations.csv").unlink()
    assert [p.code for p in problems(read_election, small.folder)] == ["E1.9"]
    generator = "generator: {name: x, seed: 1, makes: [stations, protocols, votes]}\nofficial: []"
    small.change("election.yaml", "official: []", generator)
    assert read_election(small.folder).stations == ()


def test_half_of_the_generated_tables_is_refused(small, problems):
    (small.folder / "votes.csv").unlink()
    generator = "generator: {name: x, seed: 1, makes: [protocols, votes]}\nofficial: []"
    small.change("election.yaml", "official: []", generator)
    assert [p.code for p in problems(read_election, small.folder)] == ["E3.8"]


def test_bombs_and_large_files_are_refused(small, problems):
    path = small.folder / "election.yaml"
    path.write_text("a: &a [1]\nb: [*a, *a]\n")
    assert problems(read_election, path)[0].code == "E1.8"
    with path.open("wb") as stream:
        stream.truncate(1 << 30)
    assert problems(read_election, path)[0].code == "E1.7"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_and_hint_has_a_sentence(language):
    words = Words(language, "formats")
    codes = [f"E3.{n}" for n in range(1, 10)] + [f"E4.{n}" for n in range(1, 20)] + ["E1.10"]
    facts = {"found": "x", "expected": "y", "nearest": "z", "path": "p"}
    for code in codes:
        assert words.say(code, **facts)
    source = "".join(p.read_text() for p in sorted((ROOT / "src" / "dauys" / "formats").glob("*.py")))
    for hint in ("nearest", "digits_only", "remove_totals", "save_as_utf8", "leading_zeros", "write_zero"):
        assert f'"{hint}"' in source
        assert words.say(f"hint.{hint}", **facts)
