"""Records made to hurt whoever verifies them: an answer comes, in bounded time, and never a traceback."""

from __future__ import annotations

import io
import json
import random
import shutil
import socket
import threading
import zipfile
from pathlib import Path

import pytest
from forged_records import failed, forge, verify

from dauys.crypto.shapes import canonical
from dauys.record.book import open_record
from dauys.record.faults import LogError
from dauys.verify.options import Options
from dauys.verify.run import verify_record

SEED = 20040919


@pytest.fixture
def copy(small_record, tmp_path):
    shutil.copytree(small_record.folder, tmp_path / "r")
    return tmp_path / "r"


def report_or_refusal(address: str, work: Path, **given: object):
    """The report, or the code of why there is nothing to verify."""
    work.mkdir()
    try:
        with open_record(address, **given) as record:
            return verify_record(record, Options(bytes(32), work, workers=1)).report
    except LogError as error:
        return error.code


def zipped(folder: Path, path: Path, **extra: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file() and file.relative_to(folder).as_posix() not in extra:
                archive.write(file, file.relative_to(folder).as_posix())
        for name, data in extra.items():
            archive.writestr(name, data)
    return path


def test_a_bomb_in_the_place_of_a_file(copy, small_record, tmp_path):
    bomb = bytes(64 << 20)
    path = zipped(copy, tmp_path / "z.zip", **{"files/1-0/tally-1.json": bomb})
    assert path.stat().st_size < 4 << 20
    report = verify(path, tmp_path / "w", small_record)
    assert failed(report) == {"L8.6"}


def test_a_bomb_in_the_place_of_the_checkpoint(copy, tmp_path):
    path = zipped(copy, tmp_path / "z.zip", checkpoint=bytes(64 << 20))
    report = report_or_refusal(str(path), tmp_path / "w")
    assert (report.readable, report.exit_code()) == (False, 2)


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "files/../../x", "files\\x", "files/\u202ex"])
def test_names_that_lead_outside_are_extra_and_read_by_nobody(copy, small_record, tmp_path, name):
    path = zipped(copy, tmp_path / "z.zip", **{name: b"x"})
    report = verify(path, tmp_path / "w", small_record)
    assert failed(report) == set()
    assert len(report.extra or ()) == 1


def test_a_name_twice_and_no_archive(copy, tmp_path):
    path = zipped(copy, tmp_path / "z.zip")
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("checkpoint", b"another")
    assert report_or_refusal(str(path), tmp_path / "w") == "L7.5"
    (tmp_path / "n.zip").write_bytes(b"PK\x03\x04 nothing")
    assert report_or_refusal(str(tmp_path / "n.zip"), tmp_path / "v") == "L7.5"


def test_links_are_not_followed(copy, small_record, tmp_path):
    target = copy / "files" / "1-0" / "tally-1.json"
    kept = target.read_bytes()
    (tmp_path / "elsewhere").write_bytes(kept)
    target.unlink()
    target.symlink_to(tmp_path / "elsewhere")
    assert failed(verify(copy, tmp_path / "w", small_record)) == {"L8.6"}


def test_claims_of_gigabytes_cost_nothing(small_record, tmp_path):
    def huge(draft):
        draft.one("tally")["file"].update(size=268_435_456)
        draft.one("cards").update(count=2**53 - 1)
        draft.one("telephone").update(size=2**53 - 1)
        for one in draft.one("turnout")["devices"]:
            one["size"] = 2**53 - 1

    report = verify(forge(small_record, tmp_path / "o", huge), tmp_path / "w", small_record)
    assert {"L8.6", "C1", "L9.3", "L9.4"} <= failed(report)


def test_a_checkpoint_of_ten_billion_entries(copy, small_record, tmp_path):
    from dauys.record.checkpoint import Checkpoint, sign_checkpoint

    tree = Checkpoint("simulation.invalid/simulation/log", 10**10, bytes(32))
    (copy / "checkpoint").write_bytes(sign_checkpoint(tree, small_record.parties.log).encode())
    report = report_or_refusal(str(copy), tmp_path / "w")
    assert (report.readable, report.exit_code()) == (False, 2)


BAD_JSON = {
    "deep": b"[" * 60_000,
    "deep objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "NaN": b'{"at":NaN,"kind":"petition"}',
    "infinity": b'{"at":1e999,"kind":"petition"}',
    "a key twice": b'{"at":"x","at":"y","kind":"petition"}',
    "a huge number": b'{"signatures":' + b"9" * 5000 + b"}",
    "a lone surrogate": b'{"title":"\\ud800"}',
    "no UTF-8": b'{"title":"\xff\xfe"}',
    "a byte order mark": b'\xef\xbb\xbf{"kind":"petition"}',
    "not an object": b'"petition"',
    "nothing": b"",
    "zeros": bytes(65_535),
}


@pytest.mark.parametrize("name", BAD_JSON)
def test_entries_that_are_no_json(small_record, tmp_path, name):
    def put(draft):
        draft.entries.append(BAD_JSON[name])

    report = verify(forge(small_record, tmp_path / "o", put), tmp_path / "w", small_record)
    assert failed(report) == {"L8.3"}


@pytest.mark.parametrize("name", ["deep", "NaN", "a key twice", "a huge number", "no UTF-8", "nothing"])
@pytest.mark.parametrize("kind", ["tally", "result", "root", "wave", "wave-signature", "partial"])
def test_files_that_are_no_json(small_record, tmp_path, name, kind):
    def put(draft):
        draft.put(draft.one(kind)["file"], BAD_JSON[name])

    report = verify(forge(small_record, tmp_path / "o", put), tmp_path / "w", small_record)
    assert failed(report)
    assert report.exit_code() == 1


def test_an_election_file_full_of_traps(small_record, tmp_path):
    traps = [
        b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
        b"!!python/object/apply:os.system ['true']\n",
        b"schema: dauys/election/1\n" + b"x: [" * 3000,
        b"\x00" * 100,
        b"schema: dauys/election/1\ngenerator: {name: majilis-2004, seed: 1, makes: []}\n",
    ]
    for at, trap in enumerate(traps):

        def put(draft, trap=trap):
            draft.put(draft.one("definition")["election"], trap)

        report = verify(forge(small_record, tmp_path / f"o{at}", put), tmp_path / f"w{at}", small_record)
        assert "L8.9" in failed(report)


class Server:
    """Answers every request in the same hostile way, for as long as the test lasts."""

    def __init__(self, answer: bytes, *, trickle: bool = False) -> None:
        self.answer, self.trickle, self.over = answer, trickle, threading.Event()
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.socket.settimeout(0.05)
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    def _serve(self) -> None:
        while not self.over.is_set():
            try:
                client, _ = self.socket.accept()
            except TimeoutError:
                continue
            threading.Thread(target=self._answer, args=(client,), daemon=True).start()

    def _answer(self, client: socket.socket) -> None:
        with client:
            client.recv(4096)
            try:
                for byte in self.answer if self.trickle else ():
                    client.sendall(bytes([byte]))
                    if self.over.wait(0.02):
                        return
                if not self.trickle:
                    client.sendall(self.answer)
                self.over.wait(5)
            except OSError:
                return

    def close(self) -> None:
        self.over.set()
        self.thread.join()
        self.socket.close()


@pytest.mark.parametrize(
    ("answer", "trickle"),
    [
        (b"", False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n", False),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 400, True),
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n", False),
        (b"nonsense\r\n\r\n", False),
    ],
    ids=["stalls", "claims a terabyte", "trickles", "sends elsewhere", "talks nonsense"],
)
def test_servers_that_do_not_behave(tmp_path, answer, trickle):
    server = Server(answer, trickle=trickle)
    try:
        found = report_or_refusal(server.address, tmp_path / "w", timeout=0.5)
        assert found.exit_code() == 2
    finally:
        server.close()


def test_tiles_that_change_while_they_are_read(copy, small_record, tmp_path, monkeypatch):
    """Every second reading of a file gives other bytes: what was checked is what is used, or it fails."""
    from dauys.record.sources import FolderSource

    plain, seen = FolderSource.read, {}

    def turning(self, path, limit):
        data = plain(self, path, limit)
        seen[path] = seen.get(path, 0) + 1
        return data if seen[path] % 2 else data[:-1] + bytes([data[-1] ^ 1])

    monkeypatch.setattr(FolderSource, "read", turning)
    report = verify(copy, tmp_path / "w", small_record)
    assert report.exit_code() in (1, 2)


def test_an_empty_folder_and_garbage_everywhere(copy, tmp_path):
    (tmp_path / "empty").mkdir()
    assert report_or_refusal(str(tmp_path / "empty"), tmp_path / "w").exit_code() == 2
    draws = random.Random(SEED)
    for file in copy.rglob("*"):
        if file.is_file():
            file.write_bytes(draws.randbytes(200))
    assert report_or_refusal(str(copy), tmp_path / "v").exit_code() == 2


@pytest.mark.parametrize("number", range(40))
def test_damage_anywhere_never_passes_and_never_crashes(copy, small_record, tmp_path, number):
    """One byte of one file that a reader needs."""
    draws = random.Random(SEED + number)
    files = [path for path in sorted(copy.rglob("*")) if path.is_file() and "tile" not in path.parts]
    newest = [
        max(folder.iterdir(), key=lambda path: int(path.name)) for folder in sorted(copy.rglob("000.p"))
    ]
    path = draws.choice([*files, *newest])
    data = bytearray(path.read_bytes())
    place = draws.randrange(len(data))
    data[place] ^= 1 << draws.randrange(8)
    path.write_bytes(bytes(data))
    report = verify(copy, tmp_path / "w", small_record)
    # A cosignature that became one of an unknown witness says nothing, and two of three are the quorum.
    lost = path.name == "checkpoint" and report.witnesses == 2
    assert report.exit_code() in (1, 2) or lost, (path, place)


def test_a_thousand_findings_are_told_in_few_words(small_record, tmp_path):
    """A hostile log costs its reader no gigabytes of findings."""

    def many(draft):
        entry = {"kind": "petition", "at": "x", "id": "p", "signatures": -1, "title": "t"}
        draft.entries += [canonical({**entry, "id": f"p{n}"}) for n in range(3000)]

    report = verify(forge(small_record, tmp_path / "o", many), tmp_path / "w", small_record)
    assert report.counts["L8.3"].failed == 3000
    assert len(json.dumps(report.as_json())) < 1 << 20
    assert io.StringIO(json.dumps(report.as_json())).read().count('"L8.3"') <= 1002
