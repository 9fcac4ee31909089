"""What the intake accepts, once, whatever is sent again and in whatever order; and what it refuses."""

from __future__ import annotations

import shutil
import threading
from contextlib import contextmanager

import pytest
from intake_world import (
    AT,
    BADGE,
    COMMISSION,
    KEY,
    LOG,
    NOW,
    VOTE,
    Line,
    World,
    add_to_record,
    device_key,
    entries,
    install,
    make_record,
    name_of,
    parcel_of,
    public,
    seen_of,
    sighting_note,
    sign_hash,
    stages,
)

from dauys.crypto.shapes import canonical
from dauys.intake.app import IntakeApp
from dauys.intake.client import send
from dauys.intake.count import counted, forks
from dauys.intake.faults import IntakeError
from dauys.intake.known import Directory
from dauys.intake.manifest import encode_manifest, parse_manifest
from dauys.intake.parcels import protocol_parcel, sighting_parcel
from dauys.intake.receipt import check_receipt
from dauys.record.book import open_record
from dauys.record.checkpoint import open_checkpoint
from dauys.record.fork import verify_fork
from dauys.record.reader import LogReader
from dauys.record.sources import FolderSource


def refused(function, *args, **options) -> IntakeError:
    with pytest.raises(IntakeError) as caught:
        function(*args, **options)
    return caught.value


def code(function, *args, **options) -> str:
    return refused(function, *args, **options).code


def kept(world: World, device: str) -> list[bytes]:
    """The entries of the device's log as a reader of the folder finds them."""
    folder = world.home / "device" / "1-0" / device
    with FolderSource(folder) as source:
        tree = open_checkpoint(source.read("checkpoint", 1 << 20), (device_key(device).verifier,)).checkpoint
        return [data for _, data in LogReader(source, tree.size, tree.root).entries()]


def test_a_day_is_kept_as_the_log_of_the_device_and_every_upload_has_its_receipt(world, day):
    receipts = world.send(*day)
    assert [r.fields["what"] for r in receipts] == ["open", "batch", "batch", "seal"]
    assert [r.fields["size"] for r in receipts] == stages()
    assert kept(world, "m1") == list(entries())
    (device,) = counted(world.home).devices
    assert (device.ballots, device.sealed, device.uploads) == (70, True, 4)
    for receipt in receipts:
        assert check_receipt(receipt.data, KEY.verifier) == receipt
        assert receipt.at == NOW


def test_sent_again_it_has_the_same_receipt_and_nothing_twice(world, day):
    first = world.send(*day)
    again = world.send(*day, *day)
    assert [r.data for r in again] == [r.data for r in (*first, *first)]
    assert (counted(world.home).ballots, counted(world.home).devices[0].uploads) == (70, 4)


def test_out_of_order_the_largest_stays(world, day):
    opened, batch, later, seal = day
    world.send(later, opened, seal, batch)
    assert kept(world, "m1") == list(entries())
    assert counted(world.home).ballots == 70
    assert counted(world.home).devices[0].uploads == 4


def test_what_a_tree_has_in_common_with_the_last_is_not_sent_again(world, tmp_path):
    """Tiles of 256 entries do not change any more."""
    all_, sizes = entries("long", 300, 2), stages("long", 300, 2)
    first, seal = (
        parcel_of(public(tmp_path / str(n), "long", all_[: sizes[n]]))
        for n in (len(sizes) - 2, len(sizes) - 1)
    )
    world.send(first)
    with world.open() as intake:
        state = intake.begin(seal.manifest.data)
    whole = [part.size for part in seal.manifest.parts]
    full = [n for n, tile in enumerate(seal.manifest.tiles) if tile.width == 256]
    assert len(full) == 2
    assert [n for n, have in enumerate(state.have) if have == whole[n]] >= full
    world.send(seal)
    assert kept(world, "long") == list(all_)


@pytest.mark.parametrize("size", [2, 20, 36, -2])
def test_nothing_leaves_a_station_outside_a_closed_batch(world, tmp_path, size):
    """In the middle of a batch; behind the last batch, before close."""
    data = entries()[:size]
    assert b'"kind":"batch"' not in data[-1]
    error = refused(world.send, parcel_of(public(tmp_path / "d", "m1", data)))
    assert error.code == "U1.9"
    assert counted(world.home).devices == ()
    assert not list((world.home / "arriving").iterdir())


def test_nothing_comes_after_close(world, day, tmp_path):
    world.send(day[-1])
    longer = parcel_of(public(tmp_path / "d", "m1", [*entries(), entries()[-1]]))
    assert code(world.send, longer) == "U1.10"
    assert kept(world, "m1") == list(entries())
    assert (world.home / "evidence" / "1-0" / "m1" / longer.manifest.id / "manifest").exists()


@pytest.mark.parametrize("first", ["larger", "smaller", "equal"])
def test_a_fork_is_refused_and_convicts_the_device(world, day, tmp_path, first):
    """The same device signs another day: two ballots have changed their places."""
    sizes, all_ = stages(), entries()
    other = [all_[0], all_[2], all_[1], *all_[3:]]
    cut = {"larger": sizes[1], "smaller": len(all_), "equal": sizes[2]}[first]
    mine = {"larger": day[3], "smaller": day[1], "equal": day[2]}[first]
    fork = parcel_of(public(tmp_path / "d", "m1", other[:cut]))
    (receipt,) = world.send(mine)
    before = kept(world, "m1")
    assert code(world.send, fork) == "U1.11"
    assert kept(world, "m1") == before
    assert world.send(mine)[0].data == receipt.data
    ((device, proof),) = forks(world.home)
    assert device == "1-0/m1"
    small, large = verify_fork(proof, device_key("m1").verifier)
    assert sorted((small.checkpoint.size, large.checkpoint.size)) == sorted((cut, mine.manifest.tree.size))
    # What was sent lies beside the proof, and is not taken the next time either.
    whole = world.home / "evidence" / "1-0" / "m1" / fork.manifest.id
    assert (whole / "manifest").read_bytes() == fork.manifest.data
    assert name_of((whole / "0").read_bytes()) == fork.manifest.parts[0].sha256
    assert code(world.send, fork) == "U1.11"
    assert counted(world.home).forks == 1


def test_what_another_sender_ended_in_between_is_said_as_it_is(world, day, tmp_path):
    fork = parcel_of(
        public(tmp_path / "fork", "m1", [*entries()[:1], entries()[1], entries()[stages()[1] - 1]])
    )
    world.send(day[-1])
    with world.open() as intake:
        alone = intake._alone

        def meanwhile(other):
            """Let another sender be first, between looking and the lock."""

            @contextmanager
            def late(manifest):
                intake._alone = alone
                other()
                with alone(manifest):
                    yield

            intake._alone = late

        def arrive():
            upload = intake.begin(fork.manifest.data).id
            for number in range(len(fork.manifest.parts)):
                intake.hold(upload, number, 0, fork.read(number))
            return upload

        upload = arrive()
        meanwhile(lambda: intake.shelf.forget(upload))
        assert code(intake.state, upload) == "U1.5"
        arrive()
        meanwhile(lambda: intake.shelf.forget(upload))
        assert code(intake.finish, upload, NOW) == "U1.5"
        arrive()
        meanwhile(lambda: refused(intake.finish, upload, NOW))
        assert code(intake.finish, upload, NOW) == "U1.11"
        assert code(intake.begin, fork.manifest.data) == "U1.11"


def test_a_sighting_is_accepted_and_a_log_must_continue_it(world, day, tmp_path):
    seen = sighting_parcel(VOTE, "m1", "obs-1", seen_of("m1", stages()[1], entries()))
    (receipt,) = world.send(seen)
    assert (receipt.kind, receipt.fields["badge"], receipt.fields["size"]) == (
        "sighting",
        "obs-1",
        stages()[1],
    )
    world.send(day[-1])
    other = sighting_parcel(VOTE, "m2", "obs-1", sighting_note("m2", stages()[1], b"\x07" * 32))
    world.send(other)
    data = entries("m2")
    assert code(world.send, parcel_of(public(tmp_path / "d", "m2", data))) == "U1.11"
    assert [device for device, _ in forks(world.home)] == ["1-0/m2"]
    assert counted(world.home).sightings == 2


def test_a_sighting_that_contradicts_is_accepted_with_the_proof(world, day):
    """It is what sightings are for; refused, it would be lost."""
    world.send(day[-1])
    lie = sighting_parcel(VOTE, "m1", "obs-1", sighting_note("m1", stages()[1], b"\x07" * 32))
    (receipt,) = world.send(lie)
    assert receipt.kind == "sighting"
    ((_, proof),) = forks(world.home)
    verify_fork(proof, device_key("m1").verifier)


def test_a_sighting_of_more_than_came_is_remembered_over_a_restart(world, day, tmp_path):
    world.send(day[1], sighting_parcel(VOTE, "m1", "obs-1", seen_of("m1", len(entries()), entries())))
    assert counted(world.home).forks == 0
    sizes, all_ = stages(), entries()
    second = sizes[1]
    other = [*all_[:second], all_[second + 1], all_[second], *all_[second + 2 :]]
    assert len(other) == len(all_)
    assert code(world.send, parcel_of(public(tmp_path / "d", "m1", other))) == "U1.11"
    world.send(day[-1])
    assert counted(world.home).ballots == 70


def test_protocols_are_any_bytes_with_a_kind(world):
    signed = protocol_parcel(VOTE, "s-m1", "electronic-1", b"%PDF", signer="north", sign=COMMISSION.sign)
    by_device = protocol_parcel(
        VOTE, "s-m1", "scan-1", b"\xff" * 300_000, signer="m1", sign=lambda digest: sign_hash("m1", digest)
    )
    nobody = protocol_parcel(VOTE, "s-m2", "photo", b"jpeg")
    receipts = world.send(signed, by_device, nobody, nobody, signed)
    assert [r.fields["signer"] for r in receipts] == ["north", "m1", None, None, "north"]
    for receipt, parcel in zip(receipts, (signed, by_device, nobody), strict=False):
        data = (world.home / "protocols" / receipt.id).read_bytes()
        assert name_of(data) == receipt.fields["sha256"]
        assert data == parcel.read(0)
    assert counted(world.home).protocols == 3


def test_who_is_not_known_is_looked_for_in_the_record_as_it_is_now(tmp_path):
    """A device that is installed on the day, and observers who are accredited late."""
    record = make_record(tmp_path / "record", "m1")
    world = World(tmp_path, record)
    late = parcel_of(public(tmp_path / "d", "late", entries("late")))
    with world.open() as intake:
        assert code(intake.begin, late.manifest.data) == "U1.3"
        add_to_record(record, lambda writer: install(writer, "late"))
        assert intake.begin(late.manifest.data).receipt is None
    assert world.send(late)[0].fields["what"] == "seal"


def test_a_device_that_did_not_sign_its_installation_is_nobodys(tmp_path):
    record = make_record(tmp_path / "record", "m1")
    add_to_record(record, lambda writer: install(writer, "late", signed=bytes(64)))
    late = parcel_of(public(tmp_path / "d", "late", entries("late")))
    assert code(World(tmp_path, record).send, late) == "U1.3"


def log_fields(day, **changed):
    return {**day[1].manifest.fields, **changed}


def test_foreign_and_unsigned_senders_are_refused_before_a_byte_is_taken(world, day):
    """Of another vote, or unknown; another's note or badge; no such station; the signer of another."""
    note = seen_of("m1", 1, entries()).decode()
    alone = note.replace(note.splitlines()[-1] + "\n", "")
    sighting = {"badge": "obs-1", "device": "m1", "kind": "sighting", "note": note, "parts": [], "vote": VOTE}
    protocol = protocol_parcel(VOTE, "s-m1", "a", b"x", signer="north", sign=COMMISSION.sign).manifest.fields
    cases = [
        ("U1.3", log_fields(day, vote="small/2/0")),
        ("U1.3", log_fields(day, device="m9")),
        ("U1.4", log_fields(day, device="m2")),
        ("U1.4", log_fields(day, note=day[1].manifest.fields["note"] + BADGE.sign("x").line())),
        ("U1.3", {**sighting, "badge": "obs-2"}),
        ("U1.4", {**sighting, "note": alone}),
        ("U1.4", {**sighting, "device": "m2"}),
        ("U1.4", {**sighting, "note": alone + BADGE.sign("another text").line()}),
        ("U1.3", {**protocol, "station": "s-9"}),
        ("U1.4", {**protocol, "signature": bytes(64).hex()}),
        ("U1.4", {**protocol, "signature": "nonsense"}),
        ("U1.3", {**protocol, "signer": "nobody"}),
        ("U1.3", {**protocol, "signer": "m2"}),
    ]
    with world.open() as intake:
        for number, (expected, fields) in enumerate(cases):
            assert (number, code(intake.begin, encode_manifest(fields))) == (number, expected)
    assert not list((world.home / "arriving").iterdir())


def test_claims_that_cannot_be_are_refused(day):
    """Form and limits, before anybody is looked up."""
    fields, parts = day[1].manifest.fields, day[1].manifest.fields["parts"]
    tree = f"{device_key('m1').verifier.name}\n{1 << 40}\n{'A' * 43}=\n\n— x AAAAAAAA\n"
    one = protocol_parcel(VOTE, "s-m1", "a", b"x").manifest.fields
    cases = [
        ("U1.2", {**fields, "note": tree}),
        ("U1.1", {**fields, "note": "nonsense"}),
        ("U1.1", {**fields, "note": "\ud800"}),
        ("U1.1", {**fields, "parts": parts[:-1]}),
        ("U1.1", {**fields, "parts": [*parts, *parts]}),
        ("U1.1", {**fields, "parts": [{**parts[0], "size": 31}, *parts[1:]]}),
        ("U1.1", {**fields, "parts": [*parts[:-1], {**parts[-1], "size": 1 << 30}]}),
        ("U1.1", {**fields, "parts": [*parts[:-1], {**parts[-1], "size": 0}]}),
        ("U1.1", {**fields, "parts": [*parts[:-1], {**parts[-1], "size": -1}]}),
        ("U1.1", {**fields, "parts": [*parts[:-1], {**parts[-1], "size": True}]}),
        ("U1.1", {**fields, "device": ".."}),
        ("U1.1", {**fields, "device": "../m1"}),
        ("U1.1", {**fields, "vote": "small/../0"}),
        ("U1.1", {**fields, "vote": "small/1/00"}),
        ("U1.1", {**fields, "path": "/etc/passwd"}),
        ("U1.1", {**fields, "kind": "else"}),
        ("U1.2", {**one, "parts": [{**one["parts"][0], "size": (1 << 22) + 1}]}),
        (
            "U1.2",
            {**one, "signer": "a", "signature": "b", "parts": [{**one["parts"][0], "size": (1 << 26) + 1}]},
        ),
        ("U1.1", {**one, "signer": "a"}),
        ("U1.1", {**one, "parts": []}),
    ]
    for number, (expected, value) in enumerate(cases):
        data = b"{}" if "\ud800" in str(value.get("note")) else canonical(value)
        assert (number, code(parse_manifest, data)) == (number, expected)
    assert code(parse_manifest, b"x" * ((1 << 18) + 1)) == "U1.2"
    assert code(parse_manifest, b'{"kind":"log",' * 1000) == "U1.1"
    assert code(parse_manifest, day[1].manifest.data + b"\n") == "U1.1"


def test_parts_that_are_not_those_claimed_are_asked_for_again(world, day):
    parcel = day[1]
    with world.open() as intake:
        state = intake.begin(parcel.manifest.data)
        assert set(state.have) == {0}
        for number, part in enumerate(parcel.manifest.parts):
            good = parcel.read(number)
            intake.hold(state.id, number, 0, good if number != 1 else bytes(part.size))
        assert code(intake.finish, state.id, NOW) == "U1.7"
        state = intake.begin(parcel.manifest.data)
        assert [bool(have) for have in state.have] == [n != 1 for n in range(len(state.have))]
        assert code(intake.finish, state.id, NOW) == "U1.7"
    assert world.send(parcel)[0].id == parcel.manifest.id


def test_tiles_of_another_tree_are_refused(world, day, tmp_path):
    """Each part is what was claimed, and the claim is not what the device signed."""
    own, other = day[1], parcel_of(public(tmp_path / "d", "m1", [*entries()[: stages()[1] - 1], b"{}"]))
    fields = {**other.manifest.fields, "note": own.manifest.fields["note"]}
    edge = parse_manifest(encode_manifest(fields))
    fields = {**own.manifest.fields, "parts": [own.manifest.fields["parts"][0], fields["parts"][1]]}
    bundle = parse_manifest(encode_manifest(fields))
    with world.open() as intake:
        intake.begin(edge.data)
        intake.hold(edge.id, 0, 0, other.read(0))
        assert code(intake.hold, edge.id, 1, 0, other.read(1)) == "U1.8"
        intake.begin(bundle.data)
        intake.hold(bundle.id, 0, 0, own.read(0))
        intake.hold(bundle.id, 1, 0, other.read(1))
        assert code(intake.finish, bundle.id, AT) == "U1.8"
        for upload in (edge.id, bundle.id):
            assert code(intake.state, upload) == "U1.5"
    assert counted(world.home).devices == ()


def test_of_a_log_that_is_new_the_right_edge_comes_first(world, day):
    """A checkpoint is public: whoever has nothing else puts nothing on the disk."""
    parcel = day[-1]
    size = parcel.manifest.parts[0].size
    with world.open() as intake:
        upload = intake.begin(parcel.manifest.data).id
        assert code(intake.hold, upload, 1, 0, b"junk") == "U1.19"
        intake.hold(upload, 0, 0, bytes(size))
        assert code(intake.hold, upload, 1, 0, b"junk") == "U1.19"
        assert intake.state(upload).have == (0, 0)  # what was wrong is asked for again
        intake.hold(upload, 0, 0, parcel.read(0))
        intake.hold(upload, 1, 0, parcel.read(1))
        assert intake.finish(upload, NOW).fields["what"] == "seal"


def test_of_a_log_that_lies_here_nothing_whole_is_taken_again(world, tmp_path):
    data = entries("m1", 600)
    small, large = (public(tmp_path / str(size), "m1", data[:size]) for size in (300, len(data)))
    world.send(parcel_of(large))
    manifest = parcel_of(small).manifest
    parts = [{"sha256": "0" * 64, "size": part.size} for part in manifest.parts]
    whole = [number for number, tile in enumerate(manifest.tiles) if tile.width == 256]
    with world.open() as intake:
        upload = intake.begin(encode_manifest({**manifest.fields, "parts": parts})).id
        assert len(whole) == 2
        assert [code(intake.hold, upload, number, 0, b"junk") for number in whole] == ["U1.19"] * 2


def test_pieces_stand_in_their_order_and_within_their_part(world, day):
    parcel = day[1]
    data = parcel.read(0)
    with world.open() as intake:
        upload = intake.begin(parcel.manifest.data).id
        assert intake.hold(upload, 0, 0, data[:100]) == 100
        for offset in (0, 99, 101):
            error = refused(intake.hold, upload, 0, offset, data[100:])
            assert (error.code, error.problem.facts["have"]) == ("U1.6", 100)
        assert code(intake.hold, upload, 0, 100, data) == "U1.2"
        assert code(intake.hold, upload, len(parcel.manifest.parts), 0, b"x") == "U1.5"
        assert code(intake.hold, "0" * 128, 0, 0, b"x") == "U1.5"
        assert intake.hold(upload, 0, 100, data[100:]) == len(data)
        assert intake.state(upload).have[0] == len(data)


def test_nobody_fills_the_disk(world, tmp_path, monkeypatch):
    monkeypatch.setattr("dauys.intake.receiver.MOST", {"log": 6, "sighting": 1, "signed": 1, "unsigned": 2})
    photos = [protocol_parcel(VOTE, "s-m1", "photo", bytes([n])) for n in range(3)]
    world.send(*photos[:2])
    assert code(world.send, photos[2]) == "U1.12"
    world.send(protocol_parcel(VOTE, "s-m2", "photo", b"x"))
    world.send(photos[0])
    days = [
        parcel_of(
            public(tmp_path / str(n), "m1", [*entries()[:1], *[entries()[1]] * n, entries()[stages()[1] - 1]])
        )
        for n in range(1, 4)
    ]
    monkeypatch.setattr("dauys.intake.receiver.MOST_ARRIVING", 2)
    with world.open() as intake:
        for one in days[:2]:
            upload = intake.begin(one.manifest.data).id
        intake.hold(upload, 0, 0, days[1].read(0))
        intake.begin(days[2].manifest.data)
        # Of three that are under way that gave way of which nothing had come; it can be announced again.
        assert code(intake.state, days[0].manifest.id) == "U1.5"
        assert intake.state(upload).have[0] > 0
        intake.begin(days[0].manifest.data)
        assert code(intake.state, days[2].manifest.id) == "U1.5"
        assert intake.state(upload).have[0] > 0


def strangers(parcel, first, count):
    """Announcements by somebody who has a checkpoint and nothing else: parts as large, of other bytes."""
    for number in range(first, first + count):
        parts = [{"sha256": f"{number:064x}", "size": part.size} for part in parcel.manifest.parts]
        yield encode_manifest({**parcel.manifest.fields, "parts": parts})


@pytest.mark.parametrize("ballots", [70, 600])
def test_who_has_only_a_checkpoint_keeps_no_station_out(world, tmp_path, ballots):
    data = entries("m1", ballots)
    open_, own = (parcel_of(public(tmp_path / str(size), "m1", data[:size])) for size in (1, len(data)))
    with world.open() as intake:
        for parcel, first in ((open_, 0), (own, 8)):
            # The tree of one entry has its edge in its checkpoint.
            for announced in strangers(parcel, first, 8):
                upload = intake.begin(announced).id
                for number, part in enumerate(parcel.manifest.parts):
                    junk = b"j" * part.size
                    if parcel is open_ or number in parcel.manifest.edge:
                        intake.hold(
                            upload, number, 0, parcel.read(0) if parcel is open_ and not number else junk
                        )
                    else:
                        assert code(intake.hold, upload, number, 0, junk) == "U1.19"
        line, announced = Line(IntakeApp(intake, lambda: NOW)), strangers(own, 100, 10_000)

        class Crowded:
            def post(self, path, body, limit):
                answer = line.post(path, body, limit)
                # Between any two requests of the station, and the more once it has shown its tree.
                for _ in range(7 if len(line.requests) < 3 else 20):
                    intake.begin(next(announced))
                return answer

        assert send(own, Crowded(), key=KEY.verifier).fields["what"] == "seal"
        assert sum(path == "v1/uploads" for path in line.requests) == 1


def test_of_many_forks_the_proofs_are_kept_and_not_all_that_was_sent(world, day, tmp_path, monkeypatch):
    """A device that signs histories without end must not fill the disk."""
    monkeypatch.setattr("dauys.intake.evidence.MOST_WHOLE", 1)
    world.send(day[-1])
    all_ = entries()
    for number in range(2, 5):
        other = [all_[0], *all_[number : number + 1], *all_[1:number], *all_[number + 1 :]]
        fork = parcel_of(public(tmp_path / str(number), "m1", other))
        assert code(world.send, fork) == "U1.11"
    folder = world.home / "evidence" / "1-0" / "m1"
    assert len([path for path in folder.iterdir() if path.is_dir()]) == 1
    assert len(list(forks(world.home))) == 3
    assert not list((world.home / "arriving").iterdir())


def test_strangers_do_not_have_the_record_read_once_for_each_of_them(the_record, monkeypatch):
    directory, goes_on, reads = Directory(str(the_record), LOG.verifier), threading.Event(), []

    def slow(address):
        reads.append(address)
        assert goes_on.wait(20)
        return open_record(address)

    monkeypatch.setattr("dauys.intake.known.open_record", slow)
    asked = threading.Semaphore(0)

    class Counting:
        def __init__(self, lock):
            self.lock = lock

        def __enter__(self):
            asked.release()
            self.lock.acquire()

        def __exit__(self, *_):
            self.lock.release()

    directory._lock = Counting(directory._lock)
    threads = [threading.Thread(target=directory.refresh) for _ in range(10)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert asked.acquire(timeout=20)
    goes_on.set()
    for thread in threads:
        thread.join(20)
    # The one that was under way, and one for all who came while it was.
    assert len(reads) <= 2
    directory.refresh()
    assert len(reads) <= 3


def test_a_record_that_went_back_or_away_knows_nobody_new(tmp_path):
    """Whom it knew is known; an older copy in its place, and one that is gone, are said."""
    record = make_record(tmp_path / "record", "m1")
    shutil.copytree(tmp_path / "record", tmp_path / "older")
    add_to_record(record, lambda writer: install(writer, "m2"))
    world = World(tmp_path, record)
    late = parcel_of(public(tmp_path / "d", "late", entries("late")))
    known = parcel_of(public(tmp_path / "m1", "m1", entries()))
    with world.open() as intake:
        record.rename(tmp_path / "newer")
        error = refused(intake.begin, late.manifest.data)
        assert (error.code, error.problem.hint) == ("U1.13", "record")
        (tmp_path / "older" / "public").rename(record)
        assert code(intake.begin, late.manifest.data) == "U1.13"
        assert intake.begin(known.manifest.data).receipt is None
        shutil.rmtree(record)
        (tmp_path / "newer").rename(record)
        assert code(intake.begin, late.manifest.data) == "U1.3"


def test_what_was_kept_is_checked_before_it_is_continued(world, day):
    """A damaged medium is said, and nothing is put on it."""
    world.send(day[1])
    (tile,) = (world.home / "device" / "1-0" / "m1" / "tile" / "0").rglob(str(stages()[1]))
    tile.write_bytes(bytes(len(tile.read_bytes())))
    before = (world.home / "device" / "1-0" / "m1" / "checkpoint").read_bytes()
    error = refused(world.send, day[-1])
    assert (error.code, error.problem.found) == ("U1.13", "L2.3")
    assert (world.home / "device" / "1-0" / "m1" / "checkpoint").read_bytes() == before


def test_no_receipt_for_less_where_what_was_kept_of_it_is_damaged(world, day):
    """The bytes that come are given up for those that are here; these are looked at first."""
    world.send(day[-1])
    (bundle,) = (world.home / "device" / "1-0" / "m1" / "tile" / "entries").rglob(str(stages()[-1]))
    whole = bundle.read_bytes()
    bundle.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert refused(world.send, day[1]).code == "U1.13"
    assert not (world.home / "receipts" / day[1].manifest.id).exists()
    bundle.write_bytes(whole)
    assert world.send(day[1])[0].fields["what"] == "batch"
