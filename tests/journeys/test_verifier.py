"""A visitor checks a station on their own machine: page and worker, a record over http and from a stick."""

from __future__ import annotations

import json
import re
import shutil
import threading
from importlib.resources import files
from pathlib import Path

import pytest
from test_access import violations

from dauys.crypto.ballots import ballot_code, ballot_hash
from dauys.record.book import open_record
from dauys.record.checkpoint import open_checkpoint
from dauys.record.keys import parse_verifier_key
from dauys.record.policy import parse_policy
from dauys.record.proof import verify_proof
from dauys.record.reader import LogReader
from dauys.site.serve import make_server

pytestmark = pytest.mark.xdist_group("verifier")

STATION, DEVICE = "0001", "0001-m1"


class Public:
    """A site with the verifier's page and a simulated record, served on the loopback address."""

    def __init__(self, folder: Path, out: Path) -> None:
        self.folder, self.out = folder, out
        self.policy = (out / "policy").read_text(encoding="utf-8")
        (folder / "verify").mkdir(parents=True)
        for asset in (files("dauys.site") / "assets" / "verify").iterdir():
            (folder / "verify" / asset.name).write_bytes(asset.read_bytes())
        shutil.copytree(out / "public", folder / "record")
        (folder / "assets").mkdir()
        (folder / "assets" / "icon.svg").write_bytes(
            (files("dauys.site") / "assets" / "icon.svg").read_bytes()
        )
        self.server = make_server(folder, 0)
        self.thread = threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture(scope="session")
def public(tmp_path_factory):
    from dauys.simulate.record import simulate_record
    from dauys.simulate.scene import scene_of_seed

    folder = tmp_path_factory.mktemp("verifier")
    simulate_record(folder / "out", scene_of_seed(2, 70, 4), 4)
    site = Public(folder / "site", folder / "out")
    yield site
    site.close()


@pytest.fixture(scope="session")
def ballot(public):
    """A cast ballot of the first station: its index, bytes, card name and code."""
    from dauys import _core
    from dauys.crypto.boxes import ROOT, RootEntry
    from dauys.crypto.shapes import parse_canonical

    with open_record(str(public.out / "public")) as record:
        root = (public.out / "public" / "files" / "1-0" / "root.json").read_bytes()
        entry = RootEntry(parse_canonical(root, "root", ROOT, ("T6.1", "T6.1")), root)
        source = record.device("simulation/1/0", DEVICE)
        shown = json.loads(json.dumps(source.read("checkpoint", 10_000).decode())).split("\n")
        reader = LogReader(source, int(shown[1]), _root_of(shown[2]))
        data = reader.entry(5)
        digest = ballot_hash(entry.election(), DEVICE, data)
        s1 = data[2 + data[1] : 18 + data[1]]
        found = {"index": 5, "data": data, "s1": s1, "digest": digest}
        return found | {"name": _core.card_name(s1), "code": ballot_code(digest)}


def _root_of(text: str) -> bytes:
    from dauys.record.note import parse_base64

    return parse_base64(text, "L3.6")


def checked(page, public, *, language="en", policy=True, station=STATION):
    """Walk from the first page to the answer."""
    page.goto(f"{public.url}/verify/#lang={language}")
    if policy:
        page.click("summary")
        page.fill("#policy", public.policy)
    page.click("form button.main")
    page.wait_for_selector("#station")
    page.select_option("#station", station)
    page.click("form button.main")
    page.wait_for_selector("#answer", timeout=60_000)
    return page


@pytest.fixture
def visitor(browser, public):
    context = browser.new_context(viewport={"width": 1000, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.asked, page.said = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    yield page
    assert [url for url in page.asked if not url.startswith((public.url, "blob:", "file:"))] == []
    context.close()


@pytest.mark.parametrize(
    ("language", "good"),
    [
        ("en", "This station's result follows from its ballots"),
        ("ru", "Результат участка следует из его бюллетеней"),
        ("kk", "Учаске нәтижесі оның бюллетеньдерінен шығады"),
    ],
)
def test_a_station_is_checked_in_each_language(visitor, public, language, good):
    page = checked(visitor, public, language=language)
    assert page.inner_text("h1") == good
    assert page.evaluate("document.documentElement.lang") == language
    assert page.locator(".checks .failed").count() == 0
    codes = " ".join(page.locator(".checks li").evaluate_all("rows => rows.map(r => r.dataset.code)")).split()
    assert {"L8.1", "L8.2", "L9.3", "B8", "B13", "C2", "T7.4", "T7.5", "S1.1"} <= set(codes)
    assert {"D1", "D2"} <= set(page.locator(".checks .declared").evaluate_all(
        "rows => rows.flatMap(r => r.dataset.code.split(' '))"
    ))  # fmt: skip
    assert page.said == []


def test_without_a_key_from_outside_nothing_is_anchored(visitor, public):
    page = checked(visitor, public, policy=False)
    assert "Consistent, not anchored" in page.inner_text("main")
    assert page.locator('.not_run[data-code*="L8.1"]').count() == 1


def test_a_voter_finds_the_ballot_compares_the_code_and_keeps_both_proofs(visitor, public, ballot, tmp_path):
    page = checked(visitor, public)
    page.fill("#card", ballot["name"].lower().replace("-", " "))
    page.click("form button.main")
    page.wait_for_selector("#verdict")
    assert page.locator("#verdict.ok").count() == 0
    assert page.inner_text(".code-shown") == ballot["code"]
    page.fill("#code", ballot["code"])
    page.click("form button.main")
    page.wait_for_selector(".code-shown", state="detached")
    assert page.locator("#verdict.ok").count() == 1
    saved = []
    for place in (0, 1):
        with page.expect_download() as download:
            page.locator("#verdict ~ .row button").nth(place).click()
        download.value.save_as(tmp_path / str(place))
        saved.append((tmp_path / str(place)).read_bytes())
    installed = _installation(public)
    device = parse_policy(f"log {installed['key']}\nquorum none\n".encode())
    assert verify_proof(saved[0], ballot["data"], device).checkpoint.origin.endswith(DEVICE)
    seal = next(
        data
        for data in _entries(public)
        if b'"what":"seal"' in data
        and f'"device":"{DEVICE}"'.encode() in data
        and b'"simulation/1/0"' in data
    )
    outside = parse_policy(public.policy.encode())
    assert verify_proof(saved[1], seal, outside).checkpoint.origin == "simulation.invalid/simulation/log"


def _entries(public):
    with open_record(str(public.out / "public")) as record:
        key = parse_verifier_key((public.out / "log.key").read_text().strip())
        shown = open_checkpoint(record.checkpoint(), (key,)).checkpoint
        return [data for _, data in LogReader(record.source, shown.size, shown.root).entries()]


def _installation(public):
    found = [json.loads(data) for data in _entries(public) if b'"kind":"installation"' in data]
    return next(one for one in found if one["device"] == DEVICE)


@pytest.mark.parametrize("case", ["clash", "unknown"])
def test_another_code_and_an_unknown_card_are_said_plainly(visitor, public, ballot, case):
    clash = case == "clash"
    said = "another code" if clash else "No ballot with card"
    page = checked(visitor, public)
    page.fill("#card", ballot["name"] if clash else "ZZZZ-ZZZZ-ZZZZ")
    page.fill("#code", "0000-0000-0000-0000-0000" if clash else "")
    page.click("form button.main")
    page.wait_for_selector("#verdict.bad")
    assert said in page.inner_text("#verdict")
    assert "When a ballot is missing" in page.inner_text("main")


def tamper(public, tmp_path, path, change):
    """A site like the other, with one file of its record changed."""
    shutil.copytree(public.out, tmp_path / "out")
    target = tmp_path / "out" / "public" / path
    target.write_bytes(change(target.read_bytes()))
    return Public(tmp_path / "site", tmp_path / "out")


def test_a_changed_ballot_is_red(visitor, public, tmp_path):
    bundle = next((public.out / "public/device/1-0" / DEVICE / "tile/entries").rglob("0*/*"))
    path = bundle.relative_to(public.out / "public")
    site = tamper(public, tmp_path, path, lambda data: data[:700] + bytes([data[700] ^ 1]) + data[701:])
    public_url, visitor_url = public.url, site.url
    assert public_url != visitor_url
    try:
        visitor.goto(f"{site.url}/verify/#lang=en")
        visitor.click("form button.main")
        visitor.wait_for_selector("#station")
        visitor.select_option("#station", STATION)
        visitor.click("form button.main")
        visitor.wait_for_selector("#answer.bad", timeout=60_000)
        assert visitor.locator('.failed[data-code*="L2.3"]').count() == 1
    finally:
        site.close()
        visitor.asked = [url for url in visitor.asked if not url.startswith(site.url)]


def test_a_changed_total_is_red(visitor, public, tmp_path):
    def one_more(data: bytes) -> bytes:
        value = json.loads(data)
        value["totals"][0]["votes"][0] += 1
        return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()

    site = tamper(public, tmp_path, "files/1-0/tally-1.json", one_more)
    try:
        visitor.goto(f"{site.url}/verify/#lang=en")
        visitor.click("form button.main")
        visitor.wait_for_selector("#station")
        visitor.select_option("#station", STATION)
        visitor.click("form button.main")
        visitor.wait_for_selector("#answer.bad", timeout=60_000)
        assert visitor.locator('.failed[data-code*="L8.6"]').count() == 1
        assert visitor.locator('.not_run[data-code*="T7.5"]').count() == 1
    finally:
        site.close()
        visitor.asked = [url for url in visitor.asked if not url.startswith(site.url)]


def test_no_record_is_said_and_the_form_stays(visitor, public):
    visitor.goto(f"{public.url}/verify/#lang=en&record={public.url}/nowhere/")
    visitor.click("form button.main")
    visitor.wait_for_selector("[role=alert]")
    assert "L7.1" in visitor.inner_text("[role=alert]")
    assert visitor.input_value("#address").endswith("/nowhere/")
    visitor.said.clear()


def test_the_one_file_reads_a_stick_without_any_network(browser, public, tmp_path):
    page_file = tmp_path / "verifier.html"
    page_file.write_bytes((public.folder / "verify" / "verifier.html").read_bytes())
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(f"{page_file.as_uri()}#lang=ru")
    page.click("summary")
    page.fill("#policy", public.policy)
    page.set_input_files("#files", public.out / "public")
    page.click("form button.main")
    page.wait_for_selector("#station")
    page.select_option("#station", "0002")
    page.click("form button.main")
    page.wait_for_selector("#answer.ok", timeout=60_000)
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everybody_can_use_it(browser, public, axe, theme):
    context = browser.new_context(viewport={"width": 390, "height": 800}, color_scheme=theme)
    page = context.new_page()
    page.goto(f"{public.url}/verify/#lang=kk")
    assert violations(page, axe) == []
    checked(page, public, language="kk")
    assert violations(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def test_the_page_answers_while_the_worker_computes(visitor, public):
    """The language can be changed in the middle: nothing heavy runs on the page's own thread."""
    visitor.goto(f"{public.url}/verify/#lang=en")
    visitor.click("form button.main")
    visitor.wait_for_selector("#station")
    visitor.click("form button.main")
    visitor.click("#languages [lang=ru]")
    visitor.wait_for_selector("#answer.ok", timeout=60_000)
    assert visitor.inner_text("h1") == "Результат участка следует из его бюллетеней"


def test_the_bundle_names_its_hash_in_a_record(public):
    """A simulated record may name the one-file verifier; then it is a committed file like any other."""
    page = (files("dauys.site") / "assets" / "verify" / "verifier.html").read_bytes()
    assert b"<script id=" in page
    assert re.findall(rb"https?://(?!www\.w3\.org)[\w.]+", page) == []
