"""Over a real line on loopback: limits of size and time, cuts, paths that lead elsewhere."""

from __future__ import annotations

import http.client
import itertools
import json
import socket
import threading
import time
from contextlib import contextmanager, suppress

import pytest
from intake_world import KEY, NOW, VOTE, Line, call, entries, parcel_of, public, stages

from dauys.crypto.framing import framed_hash
from dauys.crypto.shapes import canonical
from dauys.intake.app import MAX_BODY, IntakeApp
from dauys.intake.client import send, upload
from dauys.intake.count import counted
from dauys.intake.faults import STATUS, IntakeError
from dauys.intake.parcels import protocol_parcel
from dauys.intake.receipt import check_receipt
from dauys.intake.server import IntakeServer
from dauys.record.faults import LogError
from dauys.record.http_source import Answer, HttpClient


@contextmanager
def serving(app, seconds=30.0, clock=time.monotonic):
    with IntakeServer(app, seconds=seconds, clock=clock) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def running(world, seconds=30.0, clock=time.monotonic):
    with world.open() as intake, serving(IntakeApp(intake, lambda: NOW), seconds, clock) as port:
        yield intake, port


def raw(
    port: int, head: str, body: bytes = b"", *, half_close: bool = False
) -> tuple[int, dict[str, object]]:
    """Send bytes as they are, and return what comes back until the other side closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(head.encode() + body)
        if half_close:
            line.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := line.recv(1 << 16):
            answer += piece
    header, _, told = answer.partition(b"\r\n\r\n")
    return int(header.split()[1]), json.loads(told)


def head(path: str, length: object) -> str:
    return f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n"


def test_a_station_sends_its_folder_and_has_a_receipt(world, tmp_path):
    folder = public(tmp_path / "store", "m1", entries())
    told = []
    with running(world) as (_, port):
        address = f"http://127.0.0.1:{port}"
        first = upload(folder, address, key=KEY.verifier, told=lambda done, whole: told.append((done, whole)))
        again = upload(folder.parent, address, key=KEY.verifier)
    assert first.data == again.data == check_receipt(first.data, KEY.verifier).data
    assert first.fields["size"] == len(entries())
    assert told[0][0] == 0
    assert told[-1][0] == told[-1][1] > 0
    assert counted(world.home).ballots == 70


def test_a_body_that_breaks_off_is_kept_as_far_as_it_came(world, day):
    parcel = day[-1]
    data = parcel.read(0)
    with running(world) as (intake, port), HttpClient(f"http://127.0.0.1:{port}") as client:
        upload_id = json.loads(client.post("v1/uploads", parcel.manifest.data, 1 << 20).body)["id"]
        path = f"/v1/uploads/{upload_id}/0/0"
        status, told = raw(port, head(path, len(data)), data[:1000], half_close=True)
        assert (status, told["code"]) == (408, "U1.14")
        assert intake.state(upload_id).have[0] == 1000
        assert send(parcel, client, key=KEY.verifier).id == upload_id


def test_a_slow_body_ends_and_what_came_of_it_is_kept(world, day):
    """A sender that holds the line open has its place for a fixed time in all."""
    parcel = day[-1]
    data = parcel.read(0)
    with running(world, seconds=1.5) as (intake, port):
        upload_id = intake.begin(parcel.manifest.data).id
        status, told = raw(port, head(f"/v1/uploads/{upload_id}/0/0", len(data)), data[:700])
        assert (status, told["code"]) == (408, "U1.14")
        assert intake.state(upload_id).have[0] == 700
        # An announcement that does not end is nothing.
        answer = call(IntakeApp(intake, lambda: NOW), "POST", "/v1/uploads", b'{"dev', length=1000)
        assert (answer.status, json.loads(answer.body)["code"]) == (408, "U1.14")


def test_a_sender_that_trickles_ends_too(world, tmp_path):
    """The time is that of the whole request: a byte now and then does not begin it anew. Here it flies."""
    photo = protocol_parcel(VOTE, "s-m1", "photo", bytes(200_000))
    ticks = itertools.count(step=10)
    with running(world, seconds=60, clock=lambda: next(ticks)) as (intake, port):
        upload_id = intake.begin(photo.manifest.data).id
        # What the server left unread resets the line, and its answer may be lost with that.
        with suppress(ConnectionError):
            raw(port, head(f"/v1/uploads/{upload_id}/0/0", 200_000), photo.read(0))
        assert 0 < intake.state(upload_id).have[0] < 200_000


def test_a_sender_that_hangs_up_before_the_answer_has_lost_nothing(world, day):
    """The line dies after the upload was accepted and before the receipt is there."""
    parcel = day[-1]
    with running(world) as (intake, port):
        upload_id = intake.begin(parcel.manifest.data).id
        for number in range(len(parcel.manifest.parts)):
            intake.hold(upload_id, number, 0, parcel.read(number))
        with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
            line.sendall(head(f"/v1/uploads/{upload_id}/done", 0).encode())
        with HttpClient(f"http://127.0.0.1:{port}") as client:
            first = send(parcel, client, key=KEY.verifier)
            assert send(parcel, client, key=KEY.verifier).data == first.data
            assert client.get(f"v1/receipts/{upload_id}", 1 << 14).body == first.data
    assert [d.uploads for d in counted(world.home).devices] == [1]


def test_two_stations_and_two_senders_of_each_at_once(world, tmp_path):
    folders = [public(tmp_path / device, device, entries(device)) for device in ("m1", "m2")]
    receipts: list[tuple[str, bytes]] = []
    gate = threading.Barrier(4)
    with running(world) as (_, port):

        def run(folder):
            gate.wait()
            receipt = upload(folder, f"http://127.0.0.1:{port}", key=KEY.verifier)
            receipts.append((receipt.of, receipt.data))

        threads = [threading.Thread(target=run, args=(folder,)) for folder in folders * 2]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(receipts) == 4
    assert len(set(receipts)) == 2
    assert [(d.device, d.ballots, d.uploads) for d in counted(world.home).devices] == [
        ("m1", 70, 1),
        ("m2", 70, 1),
    ]


@pytest.mark.parametrize("length", [MAX_BODY + 1, 10**18])
def test_a_body_that_is_announced_too_large_is_not_read(world, length):
    with running(world) as (_, port):
        status, told = raw(port, head("/v1/uploads", length))
        assert (status, told["code"]) == (413, "U1.2")


@pytest.mark.parametrize("length", ["", "-1", "1e3", "0x10", "९", "9" * 40])
def test_a_body_without_a_length_is_not_read(world, length):
    with world.open() as intake:
        answer = call(IntakeApp(intake, lambda: NOW), "POST", "/v1/uploads", b"{}", length=length)
    assert (answer.status, json.loads(answer.body)["code"]) == (400, "U1.1")


PATHS = [
    "/",
    "/v1/uploads/",
    "/v1/uploads/..",
    "/v1/uploads/../../intake.json",
    "/v1/uploads/" + "0" * 127 + "/done",
    "/v1/uploads/" + "0" * 128 + "/../1/0",
    "/v1/uploads/" + "0" * 128 + "/1/0/..",
    "/v1/uploads/" + "0" * 128 + "/01/0",
    "/v1/uploads/" + "0" * 128 + "/1/-1",
    "/v1/uploads/" + "0" * 128 + "/99999999999/0",
    "/v1/uploads/" + "0" * 128 + "/१/0",
    "/v1/uploads/" + "0" * 128 + "/done\n",
    "/v1/uploads/" + "A" * 128 + "/done",
    "/v1/receipts/" + "0" * 128,
    "/v1/uploads\x00",
    "//v1/uploads",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["POST", "GET", "PUT", "DELETE", "get"])
def test_no_path_leads_anywhere(world, path, method):
    with world.open() as intake:
        before = sorted(p for p in world.folder.rglob("*"))
        answer = call(IntakeApp(intake, lambda: NOW), method, path, b"x")
        told = json.loads(answer.body)
        known = method == "GET" and path == f"/v1/receipts/{'0' * 128}"
        assert told["code"] == ("U1.5" if known else "U1.1")
        assert answer.status == STATUS[told["code"]]
        assert sorted(p for p in world.folder.rglob("*")) == before


def test_encoded_paths_lead_nowhere_either(world):
    with running(world) as (_, port), HttpClient(f"http://127.0.0.1:{port}") as client:
        for path in ("v1/receipts/%2e%2e%2f%2e%2e%2fintake.json", "v1/uploads/%00", "v1/uploads?x=/../.."):
            assert client.get(path, 1 << 14).status == 400


def test_a_connection_that_says_nothing_keeps_its_place_for_its_time(world, day):
    with (
        running(world, seconds=0.2) as (_, port),
        socket.create_connection(("127.0.0.1", port), timeout=20) as line,
    ):
        line.sendall(b"POST /v1/up")
        assert line.recv(100) == b""


def page(body: bytes, status: str = "200 OK"):
    """A server that gives one answer to everything."""

    def app(environ, start_response):
        environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"] or 0))
        start_response(status, [("Content-Length", str(len(body)))])
        return [body]

    return app


def test_an_address_that_is_no_intake_is_said(world, day, tmp_path):
    """Anything that answers: no receipt comes of it."""

    manifest = day[0].manifest
    sizes = [part.size for part in manifest.parts]
    answers = [
        b"<html>",
        b"[]",
        b'{"have":[],"id":"0","receipt":null}',
        json.dumps({"have": [0] * len(sizes), "id": "0" * 128, "receipt": None}).encode(),
        json.dumps({"have": [-1] * len(sizes), "id": manifest.id, "receipt": None}).encode(),
        json.dumps({"have": [0] * len(sizes), "id": manifest.id, "receipt": None}).encode(),
        json.dumps({"have": sizes, "id": manifest.id, "receipt": {"kind": "log"}}).encode(),
        json.dumps({"have": sizes, "id": manifest.id, "receipt": [1e400]}).encode(),
    ]
    for body in answers:
        with serving(page(body)) as port, HttpClient(f"http://127.0.0.1:{port}") as client:
            with pytest.raises(IntakeError) as caught:
                send(day[0], client, key=KEY.verifier)
            assert caught.value.code in ("U1.15", "U1.17")
    with (
        serving(page(b"{}", "404 Not Found")) as port,
        HttpClient(f"http://127.0.0.1:{port}") as client,
        pytest.raises(IntakeError, match=r"U1\.17"),
    ):
        send(day[0], client)
    with serving(page(b"")) as port:
        address = f"http://127.0.0.1:{port}"
    with HttpClient(address, timeout=5) as client, pytest.raises(LogError, match=r"L7\.3"):
        send(day[0], client)


class Always:
    """An intake that has one answer."""

    def __init__(self, data):
        self.data = data

    def post(self, path, body, limit):
        return Answer(200, {}, self.data)


def test_the_receipt_of_another_upload_or_intake_is_no_answer(world, day):
    class Other:
        """An intake that answers with somebody else's receipt."""

        def __init__(self, line, data):
            self.line, self.data = line, data

        def post(self, path, body, limit):
            answer = self.line.post(path, body, limit)
            if path.endswith("/done"):
                answer.body = self.data
            return answer

    with world.open() as intake:
        line = Line(IntakeApp(intake, lambda: NOW))
        first = send(day[0], line)
        with pytest.raises(IntakeError, match=r"U1\.17"):
            send(day[1], Other(line, first.data), key=KEY.verifier)
        changed = first.data.replace(NOW.encode(), b"2004-09-19T14:21:08+00:00")
        with pytest.raises(IntakeError, match=r"U1\.15"):
            send(day[2], Other(line, changed), key=KEY.verifier)
        # Signed by the intake, with our id, of less: against it a record that lacks the rest would hold.
        less = {"root": first.fields["root"], "size": first.fields["size"]}
        for name, value in {**less, "vote": "small/2/0", "device": "m2"}.items():
            fields = {**first.fields, "id": day[3].manifest.id, "size": day[3].manifest.tree.size}
            fields |= {"root": day[3].manifest.tree.root.hex(), name: value, "signature": None}
            signature = KEY.sign(framed_hash("intake-receipt", canonical(fields))).hex()
            have = [part.size for part in day[3].manifest.parts]
            told = {"have": have, "id": fields["id"], "receipt": {**fields, "signature": signature}}
            with pytest.raises(IntakeError, match=r"U1\.17"):
                send(day[3], Always(canonical(told)), key=KEY.verifier)


def test_an_intake_that_forgets_for_ever_is_left(world, day):
    class Forgetful:
        requests = 0

        def post(self, path, body, limit):
            self.requests += 1
            assert self.requests < 100
            manifest = day[1].manifest
            if path == "v1/uploads":
                told = {"have": [0] * len(manifest.parts), "id": manifest.id, "receipt": None}
            else:
                told = {"have": 0 if not path.endswith("/0") else 1}
            return Answer(200, {}, canonical(told))

    with pytest.raises(IntakeError, match=r"U1\.7"):
        send(day[1], Forgetful(), key=KEY.verifier)


def test_a_refusal_keeps_its_code_and_shows_no_control_characters(world):
    parcel = protocol_parcel(VOTE, "s-9", "a", b"x")
    with (
        running(world) as (_, port),
        HttpClient(f"http://127.0.0.1:{port}") as client,
        pytest.raises(IntakeError) as caught,
    ):
        send(parcel, client)
    problem = caught.value.problem
    assert (problem.code, problem.facts["refused"]) == ("U1.3", True)
    assert problem.found == "station s-9 in small/1/0"
    told = json.dumps({"code": "U1.2", "expected": "1…9", "found": "\x1b[31m \u202e \ud800"}).encode()
    with (
        serving(page(told, "413 Too Large")) as port,
        HttpClient(f"http://127.0.0.1:{port}") as client,
        pytest.raises(IntakeError) as caught,
    ):
        send(parcel, client)
    problem = caught.value.problem
    assert (problem.found, problem.expected) == (r"\x1b[31m \u202e \ud800", "1…9")


def test_a_log_that_does_not_hold_together_is_not_sent(world, tmp_path):
    folder = public(tmp_path / "store", "m1", entries()[: stages()[1]])
    bundle = next((folder / "tile" / "entries").rglob("3*"))
    bundle.write_bytes(bundle.read_bytes()[:-1] + b"x")
    with pytest.raises(LogError, match=r"L2\.6"):
        parcel_of(folder)


def test_the_server_answers_in_the_form_of_the_page(world, day):
    """Headers of an answer, of a refusal too."""
    with running(world) as (_, port):
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        line.request("POST", "/v1/uploads", body=day[0].manifest.data)
        answer = line.getresponse()
        told = json.loads(answer.read())
        line.close()
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert told == {"have": [0] * len(day[0].manifest.parts), "id": day[0].manifest.id, "receipt": None}
