"""Logs of devices against what the election log says of them: every finding by its code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from made_devices import (
    ROOT,
    SOFTWARE,
    VOTE,
    Device,
    Made,
    checkpoint,
    close,
    device_key,
    digest,
    entries_of,
    make,
    sign_hash,
    with_task,
)

from dauys.record.book import open_record
from dauys.record.checkpoint import parse_checkpoint
from dauys.record.entries import encode_entry, parse_entry
from dauys.record.keys import ED25519, Signer
from dauys.record.note import Note, parse_note
from dauys.verify.contents import Hooks
from dauys.verify.devices import installation_hash, spoken_code
from dauys.verify.one_device import check_device
from dauys.verify.tasks import DeviceTask, Outcome, Reading, Remark, Seal, Seen

HONEST = entries_of(Device("a"))
BADGE = Signer("badge.invalid/7", ED25519, bytes(range(32)))


def check(made: Made, number: int = 0) -> Outcome:
    with open_record(str(made.folder)) as record:
        return check_device(record, made.tasks[number], None, Hooks())


def remarks(outcome: Outcome) -> list[Remark]:
    return [*outcome.remarks, *(outcome.contents.remarks if outcome.contents else ())]


def failed(outcome: Outcome) -> set[str]:
    return {remark.code for remark in remarks(outcome) if remark.status == "failed"}


def not_run(outcome: Outcome) -> dict[str, str | None]:
    return {remark.code: remark.reason for remark in remarks(outcome) if remark.status == "not_run"}


def test_an_honest_device_passes(tmp_path) -> None:
    outcome = check(make(tmp_path, Device("a", tests=5)))
    assert outcome.contents
    assert failed(outcome) == set()
    assert not_run(outcome) == {"L9.5": "no_sighting"}
    passed = {**outcome.passed, **outcome.contents.passed}
    assert {f"B{n}": passed[f"B{n}"] for n in range(1, 14)} == {
        f"B{n}": 40 if n < 10 else 5 for n in range(1, 14)
    }
    assert passed["C2"] == 40 + 1  # ballots, and the session that was abandoned
    once = (
        "L9.1",
        "L9.2",
        "L9.3",
        "L9.4",
        "L9.6",
        "L9.7",
        "L9.8",
        "C1",
        "C6.1",
        "C6.2",
        "C6.3",
        "C6.4",
        "C6.5",
    )
    assert [passed[code] for code in once] == [1] * len(once)
    assert outcome.counts
    assert outcome.contents.ballots == 40
    assert outcome.contents.sums[0][0] == 40


def test_fewer_than_five_tests_are_looked_at_and_fail_nothing(tmp_path) -> None:
    outcome = check(make(tmp_path, Device("a", tests=4)))
    assert failed(outcome) == set()
    assert [(one.code, one.found) for one in remarks(outcome) if one.status == "look"] == [("C6.5", "4")]


def resealed(note: str, by: Signer) -> str:
    text = parse_note(note.encode()).text
    return Note(text, (by.sign(text),)).encode().decode()


def other_key(task: DeviceTask) -> DeviceTask:
    key = Signer(task.origin, ED25519, bytes(32)).verifier.encode()
    return replace(task, key=key)


def signed_key_of_another(task: DeviceTask) -> DeviceTask:
    """The installation of a key that the device signed, but the log is signed by the old one."""
    signer = Signer(task.origin, ED25519, bytes(32))
    signed = installation_hash(ROOT.root, task.device, task.station, task.type, signer.verifier.encode())
    return replace(task, key=signer.verifier.encode(), signature=_plain_signature(bytes(32), signed))


def _plain_signature(seed: bytes, digest_: bytes) -> bytes:
    from dauys import _core

    return _core.NoteKey.from_seed(seed).sign(digest_)


def a_seal(entries: list[bytes]) -> Callable[[DeviceTask], DeviceTask]:
    return with_task(seal=Seal(100, checkpoint("a", entries)))


TASKS: dict[str, tuple[set[str], Callable[[DeviceTask], DeviceTask]]] = {
    "signature of the installation": ({"L9.2"}, with_task(signature=bytes(64))),
    "installation of another type": ({"L9.2"}, with_task(type="carried")),
    "installation at another station": ({"L9.2", "L9.8"}, with_task(station="elsewhere")),
    "key that the device did not sign": ({"L9.2"}, other_key),
    "log by another key": ({"L9.2"}, signed_key_of_another),
    "key of another name": ({"L9.2"}, with_task(key=device_key("b").verifier.encode())),
    "no key": ({"L9.2"}, with_task(key="nonsense")),
    "origin of another": ({"L9.2"}, with_task(origin="elsewhere/small/1/0/device/a")),
    "seal that is smaller": ({"L9.3"}, a_seal(HONEST[:-1])),
    "seal that is larger": ({"L9.3"}, a_seal([*HONEST, b"{}"])),
    "seal with another root": ({"L9.3"}, a_seal([*HONEST[:-1], b"{}"])),
    "seal that is no note": ({"L9.3"}, with_task(seal=Seal(100, "nonsense"))),
    "seal by telephone, wrong code": (
        {"L9.3"},
        with_task(seal=Seal(9, None, len(HONEST), "AAAA"), spoken=(Seal(9, None, len(HONEST), "AAAA"),)),
    ),
    "software that was not installed": ({"L9.8"}, with_task(software="6" * 64)),
    "reading of another day": (
        {"L9.4"},
        with_task(readings=(Reading(50, checkpoint("a", [b"x", *HONEST[1:10]])),)),
    ),
    "reading larger than the seal": ({"L9.4"}, with_task(readings=(Reading(50, None, 9999, bytes(32)),))),
    "turnout with another root": ({"L9.4"}, with_task(readings=(Reading(50, None, 3, bytes(32)),))),
    "reading of the same size": ({"L9.4"}, with_task(readings=(Reading(50, None, len(HONEST), bytes(32)),))),
    "reading that is no note": ({"L9.4"}, with_task(readings=(Reading(50, "nonsense"),))),
    "reading by another key": (
        {"L9.4"},
        with_task(
            readings=(
                Reading(
                    50,
                    resealed(
                        checkpoint("a", HONEST[:3]), Signer(device_key("a").verifier.name, 1, bytes(32))
                    ),
                ),
            )
        ),
    ),
}


@pytest.mark.parametrize("name", TASKS)
def test_what_the_election_log_says_must_fit(tmp_path, name: str) -> None:
    codes, change = TASKS[name]
    outcome = check(make(tmp_path, Device("a", task=change)))
    assert failed(outcome) == codes
    if codes & {"L9.2", "L9.3"} and outcome.contents is not None and "L9.3" in codes:
        assert not outcome.counts


@pytest.mark.parametrize("name", ["elsewhere/small/1/0/device/a", "badge"])
def test_a_key_under_another_name_signs_nothing(tmp_path, name: str) -> None:
    """The device itself signs everything with it: one origin has one key, and it is named as the origin."""
    made = make(tmp_path, Device("a"))
    task = made.tasks[0]
    assert task.seal
    assert task.seal.note
    signer = Signer(name, ED25519, bytes(32))
    key = signer.verifier.encode()
    signed = installation_hash(ROOT.root, task.device, task.station, task.type, key)
    note = resealed(task.seal.note, signer)
    (made.folder / "device" / "1-0" / "a" / "checkpoint").write_text(note, encoding="utf-8")
    changed = replace(task, key=key, signature=_plain_signature(bytes(32), signed), seal=Seal(100, note))
    outcome = check(Made(made.folder, (changed,)))
    assert failed(outcome) == {"L9.2"}
    assert not outcome.counts


def test_a_seal_by_telephone_counts(tmp_path) -> None:
    made = make(tmp_path, Device("a"))
    task = made.tasks[0]
    assert task.seal
    assert task.seal.note
    shown = parse_checkpoint(parse_note(task.seal.note.encode()).text)
    spoken = Seal(9, None, shown.size, spoken_code(shown.root))
    for seal in (spoken, task.seal):
        both = Made(made.folder, (replace(task, seal=seal, spoken=(spoken,)),))
        assert failed(check(both)) == set()
        assert check(both).counts
    wrong = replace(spoken, code=spoken_code(bytes(32)))
    outcome = check(Made(made.folder, (replace(task, spoken=(wrong,)),)))
    assert failed(outcome) == {"L9.3"}


def test_a_device_without_a_seal_is_waited_for(tmp_path) -> None:
    outcome = check(make(tmp_path, Device("a", task=with_task(seal=None))))
    assert failed(outcome) == set()
    assert not_run(outcome)["L9.3"] == "no_seal"
    assert outcome.contents is None
    assert not outcome.counts


def test_a_device_without_a_log(tmp_path) -> None:
    made = make(tmp_path, Device("a"))
    (made.folder / "device" / "1-0" / "a").rename(tmp_path / "away")
    assert failed(check(made)) == {"L9.1"}
    assert not_run(check(made))["B1"] == "L9.1"
    out = Made(made.folder, (replace(made.tasks[0], left_out=True),))
    assert failed(check(out)) == set()
    assert not_run(check(out))["L9.1"] == "left_out"


def test_a_device_that_is_left_out_is_checked_and_not_counted(tmp_path) -> None:
    outcome = check(make(tmp_path, Device("a", task=with_task(left_out=True))))
    assert failed(outcome) == set()
    assert outcome.sealed
    assert not outcome.counts


def sighting(entries: list[bytes], *signers: Signer) -> str:
    text = parse_note(checkpoint("a", entries).encode()).text
    return Note(text, tuple(signer.sign(text) for signer in signers)).encode().decode()


SEEN = {
    "both signed": (
        set(),
        Seen(60, sighting(HONEST[:20], device_key("a"), BADGE), "7", BADGE.verifier.encode()),
    ),
    "badge alone": ({"L9.5"}, Seen(60, sighting(HONEST[:20], BADGE), "7", BADGE.verifier.encode())),
    "device alone": (
        {"L9.5"},
        Seen(60, sighting(HONEST[:20], device_key("a")), "7", BADGE.verifier.encode()),
    ),
    "no such badge": ({"L9.5"}, Seen(60, sighting(HONEST[:20], device_key("a"), BADGE), "8", None)),
    "another history": (
        {"L9.5"},
        Seen(60, sighting([b"x"], device_key("a"), BADGE), "7", BADGE.verifier.encode()),
    ),
    "no note": ({"L9.5"}, Seen(60, "nonsense", "7", BADGE.verifier.encode())),
}


@pytest.mark.parametrize("name", SEEN)
def test_sightings(tmp_path, name: str) -> None:
    codes, seen = SEEN[name]
    outcome = check(make(tmp_path, Device("a", task=with_task(seen=(seen,)))))
    assert failed(outcome) == codes
    assert outcome.outsiders == (() if codes else ("7",))
    assert "L9.5" not in not_run(outcome)


def edited(entry: bytes, **changed: object) -> bytes:
    """An entry with other fields."""
    told = parse_entry(entry, 0, "device")
    return encode_entry("device", told.kind, **{**told.fields, **changed})


def at(place: int, **changed: object) -> Callable[[list[bytes]], list[bytes]]:
    def change(entries: list[bytes]) -> list[bytes]:
        entries[place] = edited(entries[place], **changed)
        return entries

    return change


def opening_with(**changed: object) -> Callable[[list[bytes]], list[bytes]]:
    def change(entries: list[bytes]) -> list[bytes]:
        for place, entry in enumerate(entries):
            if entry.startswith(b'{"kind":"challenge"'):
                told = parse_entry(entry, 0, "device").fields["opening"]
                entries[place] = edited(entry, opening={**told, **changed})
        return entries

    return change


def ended_with(**changed: object) -> Callable[[list[bytes]], list[bytes]]:
    def change(entries: list[bytes]) -> list[bytes]:
        return [edited(one, **changed) if b'"kind":"ended"' in one else one for one in entries]

    return change


def closing(**changed: object) -> Callable[[list[bytes]], list[bytes]]:
    """Other numbers in what `close` counts; `counts_…` and `cards_…` name the object."""

    def change(entries: list[bytes]) -> list[bytes]:
        told = dict(parse_entry(entries[-1], 0, "device").fields)
        for name, value in changed.items():
            group, _, key = name.partition("_")
            told[group] = {**told[group], key: value}
        entries[-1] = encode_entry("device", "close", **told)
        return entries

    return change


def swapped(one: int, other: int) -> Callable[[list[bytes]], list[bytes]]:
    def change(entries: list[bytes]) -> list[bytes]:
        entries[one], entries[other] = entries[other], entries[one]
        return entries

    return change


def with_ballot(place: int, data: Callable[[bytes], bytes]) -> Callable[[list[bytes]], list[bytes]]:
    def change(entries: list[bytes]) -> list[bytes]:
        entries[place] = data(entries[place])
        return entries

    return change


ENTRIES: dict[str, tuple[set[str], Callable[[list[bytes]], list[bytes]]]] = {
    "root of another vote": ({"L9.8"}, at(0, root="1" * 128)),
    "another device": ({"L9.8"}, at(0, device="b")),
    "another station": ({"L9.8"}, at(0, station="x")),
    "another card list": ({"L9.8"}, at(0, cards="1" * 128)),
    "other software": ({"L9.8"}, at(0, software="1" * 64)),
    "another vote": ({"L9.8"}, at(0, vote="small/2/0")),
    "another root of sigma": ({"B12"}, at(0, sigma="1" * 64)),
    "no close": ({"L9.6", "L9.3"}, lambda entries: entries[:-1]),
    "after close": ({"L9.6", "L9.3"}, lambda entries: [*entries, entries[-2]]),
    "no open": ({"L9.6"}, lambda entries: entries[1:]),
    "ballots out of order": ({"L9.7"}, swapped(1, 2)),
    "batch of another number": ({"L9.7"}, at(41, number=1)),
    "batch that counts wrongly": ({"L9.7"}, at(41, ballots=39)),
    "ballot that was dropped": ({"L9.7", "C6.3"}, lambda entries: entries[:5] + entries[6:]),
    "entry of no form": ({"L9.8"}, lambda entries: [*entries[:-1], b'{"kind":"x"}', entries[-1]]),
    "entry of nothing": ({"L9.8"}, lambda entries: [*entries[:-1], b"", entries[-1]]),
    "json among ballots": ({"L9.8"}, with_ballot(3, lambda _: b"{}")),
    "ballot too short": ({"B1"}, with_ballot(3, lambda data: data[:-1])),
    "ballot of one byte": ({"B1"}, with_ballot(3, lambda _: b"\x01")),
    "style that is not there": ({"B3"}, with_ballot(3, lambda data: b"\x01\x04none" + data[6:])),
    "other choices": ({"B13"}, opening_with(choices="1000")),
    "choices of another length": ({"B10"}, opening_with(choices="01000")),
    "choices that are none": ({"B10"}, opening_with(choices="01a0")),
    "two choices": ({"B10"}, opening_with(choices="1100")),
    "another secret": ({"B12"}, opening_with(secret="1" * 32)),
    "another place in the tree": ({"B12"}, opening_with(leaf=59)),
    "a leaf beyond all": ({"B12"}, opening_with(leaf=2**53 - 1)),
    "no path": ({"B12"}, opening_with(path=[])),
    "another ballot": ({"B13"}, opening_with(ballot="f" * 128)),
    "a session without a card of the list": ({"C2"}, ended_with(s1="1" * 32)),
    "admissions": ({"C6.1"}, closing(counts_admitted=43)),
    "sessions out of nothing": ({"C6.1"}, closing(counts_empty=1)),
    "cards received": ({"C6.2"}, closing(cards_received=59)),
    "a card that was never delivered": ({"C6.2"}, closing(cards_received=59, cards_unused=17)),
    "cards left": ({"C6.2"}, closing(cards_unused=7)),
    "cast": ({"C6.3", "C6.1", "C6.2"}, closing(counts_cast=41)),
    "tests called challenges": ({"C6.3", "C6.1"}, closing(counts_tests=0, counts_challenged=1)),
    "styles": ({"C6.3"}, closing(styles_short=1)),
}


@pytest.mark.parametrize("name", ENTRIES)
def test_what_the_device_says_must_fit(tmp_path, name: str) -> None:
    codes, change = ENTRIES[name]
    wanted = codes
    outcome = check(make(tmp_path, Device("a", change=change)))
    found = failed(outcome)
    assert wanted <= found, remarks(outcome)
    # What follows from it in the same log may be named as well, and nothing else.
    assert found - wanted <= FOLLOWS.get(name, set()), remarks(outcome)


FOLLOWS: dict[str, set[str]] = {
    "json among ballots": {"L9.7", "C6.3"},
    "entry of nothing": set(),
    "ballot too short": {"C6.3"},
    "ballot of one byte": {"C6.3"},
    "style that is not there": {"C6.3"},
    "other choices": set(),
    "another ballot": {"L9.6"},
    "no open": {"L9.4"},
}


@pytest.mark.parametrize(("lost", "fails"), [(2, False), (3, True)])
def test_abandoned_sessions_are_few(tmp_path, lost: int, fails: bool) -> None:
    outcome = check(make(tmp_path, Device("a", abandoned=lost)))
    assert failed(outcome) == ({"C6.4"} if fails else set())


def test_a_batch_smaller_than_32(tmp_path) -> None:
    assert failed(check(make(tmp_path / "two", Device("a", ballots=60, cards=70, batches=2)))) == {"L9.7"}
    assert failed(check(make(tmp_path / "few", Device("a", ballots=10)))) == set()
    assert failed(check(make(tmp_path / "good", Device("a", ballots=64, cards=70, batches=2)))) == set()


def test_a_style_counts_where_it_is_held(tmp_path) -> None:
    outcome = check(make(tmp_path, Device("a", style="short")))
    assert outcome.contents
    assert list(outcome.contents.sums) == [0]
    assert outcome.contents.styles == (0, 0, 40)


def test_names_of_this_test_are_those_of_the_record() -> None:
    assert VOTE.count("/") == 2
    assert len(SOFTWARE) == 64
    assert len(sign_hash("a", bytes(64))) == 64
    assert digest("a", HONEST[1]) <= digest("a", HONEST[2])
    assert close(Device("a"), HONEST[1:41]) == HONEST[-1]
