"""Tables in CSV: what is read, and that every bad row is named at once with row, column and a way out."""

import codecs
import resource
import time

import pytest

from dauys.domain.votes import Channel
from dauys.formats.csv_rows import MAX_PROBLEMS, Faults, is_total, read_count
from dauys.formats.election_file import read_election
from dauys.formats.tables import read_devices, read_protocols


@pytest.fixture
def read(small):
    """Read election and protocols of the small election as it stands now."""
    return lambda: read_protocols(read_election(small.folder), small.folder)


def facts(found):
    return [(p.code, p.place.row, p.place.column) for p in found]


# --- what is read ----------------------------------------------------------------------------------------


def test_protocols_come_with_their_versions(read):
    first, second, place = read()
    assert first.key == second.key == ("0002", "list", 1, Channel.PAPER)
    assert (first.version, first.reason, second.version, second.reason) == (1, None, 2, "recount")
    assert second.votes == {"sun": 30, "moon": 21, "star": 7}
    assert place.counts.additions == 2
    assert place.counts.against_all is None
    assert place.counts.admissions is None
    assert first.received.isoformat() == "2004-09-19T22:00:00+05:00"


def test_options_come_in_the_order_of_the_ballot_whatever_the_order_of_rows(small, read):
    path = small.folder / "votes.csv"
    head, *rows = path.read_text().splitlines()
    path.write_text("\n".join([head, *reversed(rows)]) + "\n")
    assert [list(p.votes) for p in read()] == [["sun", "moon", "star"]] * 2 + [["c2-a", "c2-b"]]


def test_columns_may_stand_in_any_order_and_counted_is_not_read(small, read):
    expected = read()
    path = small.folder / "protocols.csv"
    rows = [line.split(",") for line in path.read_text().splitlines()]
    rows = [[*reversed(cells), "counted" if n == 0 else "yes"] for n, cells in enumerate(rows)]
    path.write_text("\n".join(",".join(r) for r in rows) + "\n")
    assert read() == expected


@pytest.mark.parametrize("change", [b"\xef\xbb\xbf", b"crlf", b"blank end", b"no end"])
def test_habits_of_editors_do_not_matter(small, read, change):
    expected = read()
    path = small.folder / "votes.csv"
    data = path.read_bytes()
    path.write_bytes(
        {
            b"\xef\xbb\xbf": codecs.BOM_UTF8 + data,
            b"crlf": data.replace(b"\n", b"\r\n"),
            b"blank end": data + b"\n\n",
            b"no end": data.rstrip(b"\n"),
        }[change]
    )
    assert read() == expected


def test_broken_equation_is_not_a_fault_of_the_file(small, read):
    small.change("votes.csv", "c2-a,45", "c2-a,46")
    assert read()[2].votes["c2-a"] == 46


def test_protocols_are_left_to_the_generator_where_both_files_are_absent(small, read):
    generator = "generator: {name: x, seed: 1, makes: [protocols, votes]}\nofficial: []"
    small.change("election.yaml", "official: []", generator)
    assert read() is not None
    (small.folder / "votes.csv").unlink()
    (small.folder / "protocols.csv").unlink()
    assert read() is None


def test_against_all_is_a_line_and_not_an_option_of_the_table(small, read):
    small.change("election.yaml", "list.threshold_base: cast", 'list.against_all: "yes"')
    small.change("election.yaml", "list: {limit: 1}", "list: {limit: 1, against_all: true}")
    small.change("protocols.csv", "60,3,\n", "60,3,4\n")
    assert read_election(small.folder).contests(1)[0].options[-1] == "against-all"
    first = read()[0]
    assert first.counts.against_all == 4
    assert "against-all" not in first.votes


def test_devices_belong_to_electronic_stations(small, tmp_path, problems):
    stations = {s.id: s for s in read_election(small.folder).stations}
    path = tmp_path / "devices.csv"
    path.write_text("device,station,kind\n0001-m,0001,main\n0001-r,0001,reserve\n")
    assert [d.kind for d in read_devices(path, stations)] == ["main", "reserve"]
    path.write_text("device,station,kind\nd1,0002,main\nd1,0001,spare\n")
    found = facts(problems(read_devices, path, stations))
    assert found == [("E4.11", 2, "station"), ("E4.9", 3, "device"), ("E4.11", 3, "kind")]


# --- one fault at a time ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "old", "new", "expected", "hint"),
    [
        ("votes", "c2-b,15", "c2-b,-15", ("E4.6", 9, "votes"), None),
        ("votes", "c2-b,15", "c2-b,−15", ("E4.6", 9, "votes"), None),
        ("votes", "c2-b,15", 'c2-b,"1,015"', ("E4.5", 9, "votes"), "digits_only"),
        ("votes", "c2-b,15", "c2-b,1 015", ("E4.5", 9, "votes"), "digits_only"),
        ("votes", "c2-b,15", "c2-b,1\u00a0015", ("E4.5", 9, "votes"), "digits_only"),
        ("votes", "c2-b,15", "c2-b,15.0", ("E4.5", 9, "votes"), "digits_only"),
        ("votes", "c2-b,15", "c2-b,15.5", ("E4.5", 9, "votes"), None),
        ("votes", "c2-b,15", "c2-b,١٥", ("E4.5", 9, "votes"), "digits_only"),
        ("votes", "c2-b,15", "c2-b,fifteen", ("E4.5", 9, "votes"), None),
        ("votes", "c2-b,15", "c2-b,9999999999", ("E4.5", 9, "votes"), None),
        ("votes", "c2-b,15", "c2-b,", ("E4.10", 9, "votes"), "write_zero"),
        ("votes", "c2-b,15", "c2-b,15,7", ("E4.4", 9, None), "decimal_comma"),
        ("votes", "c2-b,15", "c2-b", ("E4.4", 9, None), None),
        ("votes", "0002,c2,1,paper,1,c2-b", "\n0002,c2,1,paper,1,c2-b", ("E4.14", 9, None), None),
        ("votes", "c2-b,15", "c2-a,15", ("E4.9", 9, "option"), None),
        ("votes", "c2-b,15", "c1-a,15", ("E4.7", 9, "option"), "nearest"),
        ("votes", "c2-b,15", "against-all,15", ("E4.7", 9, "option"), "against_all_line"),
        ("votes", "c2-b,15", "zzzzz,15", ("E4.7", 9, "option"), None),
        ("votes", "0002,c2,1,paper,1,c2-b", "Итого,,,,,", ("E4.8", 9, "station"), "remove_totals"),
        (
            "votes",
            "0002,c2,1,paper,1,c2-b",
            "0002,c2,1,paper,1,Барлығы",
            ("E4.8", 9, "option"),
            "remove_totals",
        ),
        ("votes", "0002,c2,1,paper,1,c2-b", "2,c2,1,paper,1,c2-b", ("E4.7", 9, "station"), "leading_zeros"),
        ("votes", "0002,c2,1,paper,1,c2-b", "0002,c2,1,paper,2,c2-b", ("E4.7", 9, "station"), None),
        ("votes", "0002,c2,1,paper,1,c2-b,15", "", ("E4.15", None, "option"), None),
        ("votes", "option,votes", "option,voces", ("E4.2", 1, "voces"), "nearest"),
        ("votes", "option,votes", "option,option", ("E4.17", 1, "option"), None),
        ("votes", "c2-b,15", '"c2-b"x,15', ("E4.12", 9, None), None),
        ("votes", "c2-b,15", "c2-b\0,15", ("E1.6", 9, None), "save_as_utf8"),
        ("protocols", "0002,c2", "0003,c2", ("E4.7", 4, "station"), "nearest"),
        ("protocols", "0002,c2", "0001,c2", ("E4.11", 4, "contest"), None),
        ("protocols", "0002,c2", "0002,c9", ("E4.7", 4, "contest"), None),
        ("protocols", "0002,c2,1", "0002,c2,3", ("E4.11", 4, "round"), None),
        ("protocols", "0002,list,1,paper,1", "0002,list,2,paper,1", ("E4.11", 2, "round"), None),
        ("protocols", "0002,c2,1,paper", "0002,c2,1,post", ("E4.11", 4, "channel"), None),
        ("protocols", "0002,c2,1,paper,1", "0002,c2,1,paper,0", ("E4.11", 4, "version"), None),
        ("protocols", "0002,c2,1,paper,1", "0002,list,1,paper,1", ("E4.9", 4, "station"), None),
        ("protocols", "paper,2", "paper,3", ("E4.16", 3, "version"), None),
        ("protocols", "recount", "", ("E4.16", 3, "reason"), None),
        ("protocols", "2004-09-20T10:00", "2004-09-18T10:00", ("E4.16", 3, "received"), None),
        ("protocols", "22:30+05:00", "22:30", ("E4.13", 4, "received"), None),
        ("protocols", "2004-09-19T22:30", "2004-09-31T22:30", ("E4.13", 4, "received"), None),
        ("protocols", "80,2,90,60,30", "80,-2,90,60,30", ("E4.6", 4, "additions"), None),
        ("protocols", "registered,", "registred,", ("E4.2", 1, "registred"), "nearest"),
    ],
)
def test_each_fault_is_named(small, problems, read, *, table, old, new, expected, hint):
    small.change(f"{table}.csv", old, new)
    found = problems(read)
    assert expected in facts(found)
    mine = found[facts(found).index(expected)]
    assert mine.hint == hint
    assert mine.place.file.endswith(f"{table}.csv")


@pytest.mark.parametrize(
    ("table", "old", "new", "expected"),
    [
        ("stations", "0002,", "0001,", ("E4.9", 3, "station")),
        ("stations", "0002,", "Total:,", ("E4.8", 3, "station")),
        ("stations", "0002,", "Station 2,", ("E4.5", 3, "station")),
        ("stations", "west,c2", "east,c2", ("E4.11", 3, "region")),
        ("stations", "c2,no", "c2,maybe", ("E4.11", 3, "electronic")),
        ("stations", "Asia/Aqtau", "UTC+5", ("E4.11", 3, "time_zone")),
        ("stations", "Кітапхана", "", ("E4.10", 3, "name_kk")),
        ("constituencies", "c2,2", "c2,1", ("E4.9", 3, "number")),
        ("constituencies", "c2,2", "list,2", ("E4.11", 3, "constituency")),
        ("constituencies", "Two,west", "Two,north", ("E4.7", 3, "region")),
        ("regions", "west,Батыс", "east,Батыс", ("E4.9", 3, "region")),
        ("candidates", "c1-a,c1", "c1-a,c3", ("E4.7", 2, "constituency")),
        ("candidates", "2004-08-01", "01.08.2004", ("E4.13", 2, "registered")),
        ("candidates", "c2-b,", "against-all,", ("E4.11", 5, "candidate")),
    ],
)
def test_each_fault_of_places_and_people_is_named(small, problems, read, *, table, old, new, expected):
    small.change(f"{table}.csv", old, new)
    assert expected in facts(problems(read))


@pytest.mark.parametrize(
    ("encoding", "name"), [("cp1251", "windows-1251"), ("utf-16", "UTF-16"), ("latin-1", "byte 0xE9")]
)
def test_other_encodings_are_recognised_and_named(small, problems, read, encoding, name):
    path = small.folder / "stations.csv"
    text = path.read_text().replace("Кітапхана", "Кiтапхана" if encoding != "latin-1" else "é")
    if encoding == "latin-1":
        text = "".join(c if ord(c) < 256 else "x" for c in text)
    elif encoding == "cp1251":
        text = "".join(c for c in text if c.encode("cp1251", "ignore"))
    path.write_bytes(text.encode(encoding))
    (problem,) = problems(read)
    assert (problem.code, problem.found, problem.hint) == ("E1.6", name, "save_as_utf8")
    assert problem.place.row in (1, 2, 3)


@pytest.mark.parametrize(("mark", "hint"), [(";", "commas_semicolon"), ("\t", "commas_tab")])
def test_other_delimiters_are_recognised_and_named(small, problems, read, mark, hint):
    path = small.folder / "votes.csv"
    path.write_text(path.read_text().replace(",", mark))
    (problem,) = problems(read)
    assert (problem.code, problem.expected, problem.hint) == ("E4.3", ",", hint)


def test_empty_file_and_folder_in_the_place_of_a_file(small, problems, read):
    path = small.folder / "votes.csv"
    path.write_text("")
    assert [p.code for p in problems(read)] == ["E4.18"]
    path.unlink()
    path.mkdir()
    assert [p.code for p in problems(read)] == ["E1.9"]


def test_a_gigabyte_is_refused_by_its_size_before_it_is_read(small, problems, read):
    path = small.folder / "votes.csv"
    with path.open("wb") as stream:
        stream.truncate(1 << 30)
    before, memory = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (problem,) = problems(read)
    assert (problem.code, problem.hint) == ("E1.7", "too_large")
    assert problem.found == "1073741824 bytes"
    assert time.process_time() - before < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 50_000


# --- all at once -----------------------------------------------------------------------------------------


def test_every_bad_row_of_both_files_comes_at_once(small, problems, read):
    small.change("protocols.csv", "22:30+05:00", "22:30")
    small.change("protocols.csv", "80,2,90,60,29", "80,2,9O,60,29")
    small.change("votes.csv", "sun,30", "sun,-30")
    small.change("votes.csv", "star,7", "stat,7")
    small.change("votes.csv", "c2-b,15", "c2-b,x")
    found = [(p.place.file.rsplit("/", 1)[1], *facts([p])[0]) for p in problems(read)]
    assert found == [
        ("protocols.csv", "E4.5", 2, "ballots_received"),
        ("protocols.csv", "E4.13", 4, "received"),
        ("votes.csv", "E4.6", 2, "votes"),
        ("votes.csv", "E4.7", 4, "option"),
        ("votes.csv", "E4.5", 9, "votes"),
    ]


def test_faults_beyond_the_limit_are_counted(problems):
    faults = Faults("x.csv")
    for row in range(MAX_PROBLEMS + 5):
        read_count("x", faults, row, "votes")
    found = problems(faults.finish)
    assert len(found) == MAX_PROBLEMS + 1
    assert (found[-1].code, found[-1].found) == ("E4.19", "5")


@pytest.mark.parametrize(
    "label", ["Итого", "ИТОГО:", " Всего ", "Барлығы", "Total", "TOTALS.", "Grand total", "Жиыны"]
)
def test_labels_of_totals_are_known(label):
    assert is_total(label)


@pytest.mark.parametrize("label", ["", "0001", "Totalia", "Итоговка"])
def test_other_labels_are_no_totals(label):
    assert not is_total(label)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        *[("1 234", "1234"), ("1,234", "1234"), ("1.234", "1234"), ("1'234", "1234"), ("12.0", "12")],
        *[("12,00", "12"), ("'12", "12"), ("+12", "12"), ("１２", "12")],
        *[("1,23", ""), ("12 %", ""), ("0x10", ""), ("1e3", "")],
    ],
)
def test_numbers_in_other_forms_are_never_guessed_but_the_digits_are_offered(text, plain):
    faults = Faults("x.csv")
    assert read_count(text, faults, 2, "votes") == 0
    (problem,) = faults.problems
    assert (problem.code, problem.facts["nearest"]) == ("E4.5", plain)
