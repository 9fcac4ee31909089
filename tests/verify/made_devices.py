"""Small records of devices, made for tests: every entry can be changed before the device signs its log."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from dauys import _core
from dauys.crypto.ballots import BallotElection, Encryptor, ballot_hash
from dauys.crypto.boxes import RootEntry
from dauys.crypto.cards import CardList, list_cards
from dauys.crypto.shapes import canonical
from dauys.record.checkpoint import Checkpoint, sign_checkpoint
from dauys.record.disk import Disk
from dauys.record.entries import FileRef, encode_entry
from dauys.record.keys import ED25519, Signer
from dauys.record.merkle import leaf_hash, tree_root
from dauys.record.store import create_log, open_log
from dauys.record.writer import copy_log
from dauys.verify.devices import installation_hash
from dauys.verify.tasks import CardsAt, DeviceTask, Reading, Seal

VOTE = "small/1/0"
HOST = "simulation.invalid"
SOFTWARE = "5" * 64
SPEC = Path(__file__).parents[2] / "spec"
Entries = list[bytes]


def device_key(device: str) -> Signer:
    """The key of a device, which everybody knows."""
    name = f"{HOST}/{VOTE}/device/{device}"
    return Signer(name, ED25519, sha256(name.encode()).digest())


def root_entry() -> RootEntry:
    """Two contests and three styles, with the keys of the vectors of ballots."""
    told = json.loads((SPEC / "vectors" / "ballots" / "election.json").read_text())
    value = {
        "schema": "dauys/root/1",
        "vote_id": VOTE,
        "trustees": 3,
        "threshold": 2,
        "contests": [
            {"id": "list", "first": 0, "options": 3, "limit": 1},
            {"id": "north", "first": 3, "options": 2, "limit": 1},
        ],
        "styles": [
            {"id": "both", "contests": ["list", "north"]},
            {"id": "other", "contests": ["north"]},
            {"id": "short", "contests": ["list"]},
        ],
        "keys": told["keys"][:5],
        "verification": [],
        "transcript": "0" * 128,
        "definition": "0" * 128,
    }
    return RootEntry(value, canonical(value))


ROOT = root_entry()
ELECTION = ROOT.election()
OPTIONS = {"both": 5, "short": 3, "other": 2}


def secret(device: str, card: int) -> bytes:
    """The covered secret of a card."""
    return sha256(f"card/{device}/{card}".encode()).digest()[:16]


def coin_key(device: str) -> bytes:
    return sha256(f"coin/{device}".encode()).digest()


def cards_of(device: str, count: int) -> CardList:
    return list_cards(VOTE, device, (secret(device, card) for card in range(count)))


def ballot(
    device: str, card: int, style: str = "both", vote: int = 0, election: BallotElection = ELECTION
) -> bytes:
    """The ballot of a card; `vote` is the option of its first contest."""
    options = bytearray(OPTIONS[style])
    options[vote] = 1
    return Encryptor(election, VOTE, device, style).encrypt(
        secret(device, card), coin_key(device), bytes(options)
    )


@dataclass
class Device:
    """What a device takes: ballots of cards 0, 1, …; then test challenges, then sessions without a ballot."""

    id: str
    ballots: int = 40
    cards: int = 60
    tests: int = 1
    abandoned: int = 1
    style: str = "both"
    change: Callable[[Entries], Entries] = field(default=lambda entries: entries)
    boxed: Callable[[list[bytes]], list[bytes]] = field(default=lambda box: box)
    task: Callable[[DeviceTask], DeviceTask] = field(default=lambda task: task)
    batches: int = 1


def digest(device: str, data: bytes) -> bytes:
    return ballot_hash(ELECTION, device, data)


def opening(device: Device, card: int, listed: CardList) -> dict[str, object]:
    """What a device prints for the card when it is challenged with the second option."""
    s1_hash = _core.card_of(VOTE, device.id, secret(device.id, card))[1]
    leaf = listed.hashes.index(s1_hash)
    _, sigma, path = _core.sigma_tree(coin_key(device.id), list(listed.hashes), leaf)
    made = ballot(device.id, card, "short", 1)
    return {
        "ballot": digest(device.id, made).hex(),
        "choices": "0100",
        "leaf": leaf,
        "path": [node.hex() for node in path],
        "secret": secret(device.id, card).hex(),
        "sigma": sigma.hex(),
        "style": "short",
    }


def entries_of(device: Device) -> Entries:
    """All entries of an honest device, in their order."""
    listed = cards_of(device.id, device.cards)
    sigma = _core.sigma_tree(coin_key(device.id), list(listed.hashes), 0)[0]
    entries = [
        encode_entry(
            "device",
            "open",
            cards=listed.list_hash.hex(),
            device=device.id,
            present=["A. Observer"],
            root=ROOT.root.hex(),
            sigma=sigma.hex(),
            software=SOFTWARE,
            station=f"s-{device.id}",
            vote=VOTE,
            zero=True,
        )
    ]
    box = device.boxed([ballot(device.id, card, device.style, card % 2) for card in range(device.ballots)])
    share = -(-len(box) // device.batches) if box else 0
    for number in range(device.batches if box else 0):
        part = sorted(box[number * share : (number + 1) * share], key=lambda one: order(device.id, one))
        entries += [*part, encode_entry("device", "batch", ballots=len(part), number=number)]
    used = device.ballots
    endings = []
    for card in range(used, used + device.tests):
        told = opening(device, card, listed)
        endings.append((told["ballot"], encode_entry("device", "challenge", opening=told, test=True)))
    for card in range(used + device.tests, used + device.tests + device.abandoned):
        s1, _, _ = _core.card_of(VOTE, device.id, secret(device.id, card))
        name = sha256(s1).digest().hex() * 2
        ended = encode_entry("device", "ended", ballot=name, s1=s1.hex(), why="abandoned")
        endings.append((name, ended))
    entries += [data for _, data in sorted(endings)]
    return [*entries, close(device, box)]


def order(device: str, data: bytes) -> bytes:
    try:
        return digest(device, data)
    except _core.CoreError:
        return b""


def close(device: Device, box: Sequence[bytes], **changed: object) -> bytes:
    """The entry that closes the log."""
    cast, tests, lost = len(box), device.tests, device.abandoned
    counts = {
        "abandoned": lost,
        "additions": 0,
        "admitted": cast + tests + lost,
        "cast": cast,
        "challenged": 0,
        "checked_in": cast + lost,
        "empty": 0,
        "failed": 0,
        "readmitted": 0,
        "registered": 500,
        "tests": tests,
    }
    used = cast + tests + lost
    cards = {
        "missing": 0,
        "received": device.cards,
        "returned": 0,
        "spoiled": 0,
        "unused": device.cards - used,
    }
    value = {
        "counts": counts,
        "cards": cards,
        "register": None,
        "slips": {"accepted": 2 * cast, "void": 0},
        "styles": {device.style: cast},
    }
    return encode_entry("device", "close", **(value | changed))


@dataclass(frozen=True)
class Made:
    """A folder with files and logs of devices, and the task of each."""

    folder: Path
    tasks: tuple[DeviceTask, ...]


def write_log(store: Path, record: Path, device: str, entries: Sequence[bytes]) -> str:
    """Sign a log of these entries and copy it into the record; return its checkpoint."""
    signer = device_key(device)
    create_log(store, signer)
    with open_log(store) as log:
        log.append(entries)
        shown = log.publish(signer)
        copy_log(log, record / "device" / "1-0" / device, Disk())
    return shown.note.encode().decode()


def checkpoint(device: str, entries: Sequence[bytes]) -> str:
    """What a device signs when it has these entries."""
    signer = device_key(device)
    tree = Checkpoint(signer.verifier.name, len(entries), tree_root(map(leaf_hash, entries)))
    return sign_checkpoint(tree, signer).encode().decode()


def make(folder: Path, *devices: Device) -> Made:
    """Write the logs of devices into `folder/record`, and return what the election log would say of them."""
    record = folder / "record"
    (record / "files" / "1-0").mkdir(parents=True)
    root_file = _file(record, "files/1-0/root.json", ROOT.data)
    tasks = []
    for number, device in enumerate(devices):
        entries = device.change(entries_of(device))
        note = write_log(folder / f"store-{device.id}", record, device.id, entries)
        listed = cards_of(device.id, device.cards)
        cards = _file(record, f"files/1-0/cards-{device.id}.json", listed.encode())
        signer, station = device_key(device.id), f"s-{device.id}"
        key = signer.verifier.encode()
        signed = installation_hash(ROOT.root, device.id, station, "main", key)
        task = DeviceTask(
            number=number,
            record=str(record),
            vote=VOTE,
            device=device.id,
            station=station,
            type="main",
            origin=signer.verifier.name,
            key=key,
            software=SOFTWARE,
            signature=sign_hash(device.id, signed),
            entry=10 + number,
            root=ROOT.root,
            root_file=root_file,
            cards=CardsAt(5, cards, listed.list_hash, device.cards),
            seal=Seal(100 + number, note),
            readings=(Reading(50, checkpoint(device.id, entries[:1])),),
        )
        tasks.append(device.task(task))
    return Made(record, tuple(tasks))


def sign_hash(device: str, digest_: bytes) -> bytes:
    """The signature of a device over 64 bytes that are no text."""
    name = f"{HOST}/{VOTE}/device/{device}"
    return _core.NoteKey.from_seed(sha256(name.encode()).digest()).sign(digest_)


def _file(record: Path, path: str, data: bytes) -> FileRef:
    (record / path).write_bytes(data)
    return FileRef.for_bytes(path, data)


def with_task(**changed: object) -> Callable[[DeviceTask], DeviceTask]:
    return lambda task: replace(task, **changed)


def forged(device: str, card: int, r: int, vote: int = 0) -> bytes:
    """A ballot whose every check holds, with an `R = r·B` that its maker chose."""
    sys.path.insert(0, str(SPEC / "reference"))
    import ballots as reference

    told = {
        "root": ROOT.root.hex(),
        "contests": [{**c, "first_key": c["first"]} for c in ROOT.value["contests"]],
        "styles": [{"id": "both", "contests": [0, 1]}],
        "keys": ROOT.value["keys"],
    }
    election = reference.Election(told)
    style = election.styles["both"]
    s1, _, _ = reference.card(VOTE, device, secret(device, card))
    ctx = reference.context(election.root, device, "both", s1)
    options = bytearray(5)
    options[vote] = 1
    choices = reference.fill_blanks(style, list(options))
    coins = {**reference.draw(style, bytes([r]) * 32, ctx, choices), "r": r}
    point, encrypted, p, q = reference.statement(election, style, choices, coins)
    first = reference.first_hash(ctx, point, encrypted, p, q)
    t = reference.announce(election, style, reference.weights("rho", first, style.n), coins)
    c = reference.framed_scalar("second", first, t.encode())
    points = [point, *encrypted, p, q, t]
    return reference.wire("both", s1, points, reference.answers(style, choices, coins, c))
