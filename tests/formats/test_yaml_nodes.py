"""Names as written, lines remembered, and nothing that blows up."""

import pytest

from dauys.errors import InputError
from dauys.formats.yaml_nodes import (
    MAX_BYTES,
    Mapping,
    Scalar,
    Sequence,
    integer,
    parse_yaml,
    plain,
    read_yaml,
)


def parse(text):
    return parse_yaml(text if isinstance(text, bytes) else text.encode(), "f.yaml")


def refused(text):
    with pytest.raises(InputError) as caught:
        parse(text)
    (problem,) = caught.value.problems
    return problem


NAMES = [
    "NO",
    "ON",
    "Yes",
    "null",
    "~",
    "1.10",
    "007",
    "2024",
    "1e3",
    "0x1F",
    "true",
    "Ә Ғ",
    "a: b",
    "'",
    '"',
    "#x",
    "1_000",
    ".5",
]


HAVE_TO_BE_QUOTED = {"a: b", "'", '"', "#x"}


@pytest.mark.parametrize(
    ("name", "quote"), [(n, q) for n in NAMES for q in (True, False) if q or n not in HAVE_TO_BE_QUOTED]
)
def test_names_come_out_as_written(name, quote):
    written = "'" + name.replace("'", "''") + "'" if quote else name
    node = parse(f"- {{name: {written}, {written}: 1}}")
    assert isinstance(node, Sequence)
    (mapping,) = node.items
    assert isinstance(mapping, Mapping)
    assert mapping.get("name").text == name
    assert mapping.items[1][0].text == name


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("12", "int"), ("-3", "int"), ("0o17", "int"), ("0x1f", "int"), ("1.5", "number"), ("1e3", "number"),
        ("", "null"), ("null", "null"), ("~", "null"), ("true", "bool"), ("False", "bool"), ("yes", "text"),
        ("NO", "text"), ("1_000", "text"), ("12:30", "text"), ("'12'", "text"), ("2024-01-01", "text"),
    ],
)  # fmt: skip
def test_core_schema(text, kind):
    assert parse(f"a: {text}").get("a").kind == kind


def test_lines_count_from_one():
    node = parse("a: 1\n\nb:\n- x\n- {y: 2,\n   z: 3}\n")
    assert node.get("a") == Scalar("1", "int", 1)
    assert node.get("b").items[1].get("z").line == 6


def test_plain_values():
    tree = parse("a: [1, '1', true, null, 0x10]\nNO: {1.10: x}")
    assert plain(tree, "f") == {"a": [1, "1", True, None, 16], "NO": {"1.10": "x"}}
    with pytest.raises(InputError):
        plain(parse("a: 1.5"), "f")
    assert integer("0o17") == 15
    assert integer("007") == 7


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("a: 1\nb: [1, 2\n", "E1.1", 3),
        ("a: 1\n\tb: 2\n", "E1.1", 2),
        ("", "E1.1", 1),
        ("a: 1\nb: 1\na: 2", "E1.5", 3),
        ("a: &x [1]\nb: *x", "E1.8", 1),
        ("a: 1\nb: *x", "E1.8", 2),
        ("a: !!python/object:os.system x", "E1.8", 1),
        ("a: !!int 5", "E1.8", 1),
        ("a: 1\n---\nb: 2", "E1.8", 2),
        ("? [a, b]\n: 1", "E1.8", 1),
        ("a: " + "[" * 60, "E1.7", 1),
        (b"a: 1\nb: \0", "E1.6", 2),
        ("a: 1\nname: Отан\n".encode("cp1251"), "E1.6", 2),
        ("a: Отан".encode("utf-16"), "E1.6", 1),
    ],
)
def test_refused(text, code, line):
    problem = refused(text)
    assert (problem.code, problem.place.line) == (code, line)


def test_the_encoding_is_named():
    assert refused("name: Отан".encode("cp1251")).found == "windows-1251"
    assert refused("name: Отан".encode("utf-16")).hint == "save_as_utf8"
    assert refused("a: 1\n\tb: 2\n").hint == "tabs"
    assert parse("\ufeffname: Отан").get("name").text == "Отан"


def test_a_tag_that_says_text_is_heard():
    assert parse("a: !!str 12").get("a").kind == "text"


def test_a_large_file_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "big.yaml"
    with path.open("wb") as stream:
        stream.truncate(1 << 30)
    with pytest.raises(InputError) as caught:
        read_yaml(path)
    assert caught.value.problems[0].code == "E1.7"
    with pytest.raises(InputError):
        parse_yaml(b"a" * (MAX_BYTES + 1), "f")


def test_a_file_that_cannot_be_opened(tmp_path):
    for path in (tmp_path / "absent.yaml", tmp_path):
        with pytest.raises(InputError) as caught:
            read_yaml(path)
        assert caught.value.problems[0].code == "E1.9"
