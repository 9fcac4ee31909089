"""What the verifier's page says when something stops or fails, in each language, and what it keeps."""

from __future__ import annotations

import json
import re

import pytest
from test_verifier import Public, ballot, checked, public, tamper, visitor

__all__ = ["Public", "ballot", "public", "visitor"]
pytestmark = pytest.mark.xdist_group("verifier")

STOPPED = {
    "en": ("Stopped: ", "Where: ", "What to do: ", "expected a file"),
    "ru": ("Остановлено: ", "Где: ", "Что делать: ", "ожидалось файл"),
    "kk": ("Тоқтады: ", "Қайда: ", "Не істеу керек: ", "файл"),
}


def stopped(page, public, where: str) -> str:
    page.goto("about:blank")
    page.goto(f"{public.url}/verify/#{where}")
    page.click("form button.main")
    page.wait_for_selector("[role=alert]")
    page.said.clear()
    return page.inner_text("[role=alert]")


@pytest.mark.parametrize("language", STOPPED)
def test_what_stops_says_code_where_found_expected_and_what_to_do(visitor, public, language):
    said = stopped(visitor, public, f"lang={language}&record={public.url}/nowhere/")
    assert "L7.1" in said
    assert f"{public.url}/nowhere/" in said
    assert "dauys mirror" in said
    for words in STOPPED[language]:
        assert words in said, said


@pytest.mark.parametrize(
    ("where", "code", "advice"),
    [
        ("record=ftp://results.example/record", "L7.6", "begins with https://"),
        ("record=%20", "L7.6", "begins with https://"),
        ("key=nonsense", "L3.3", "Copy the whole key"),
        ("policy=nonsense", "L4.2", "Copy the whole policy"),
    ],
)
def test_a_wrong_address_key_or_policy_is_named(visitor, public, where, code, advice):
    said = stopped(visitor, public, f"lang=en&{where}")
    assert code in said
    assert advice in said


def test_another_folder_is_named(visitor, public, tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.txt").write_text("no record")
    visitor.goto(f"{public.url}/verify/#lang=en")
    visitor.set_input_files("#files", tmp_path / "photos")
    assert "1 files chosen" in visitor.inner_text("#picked")
    visitor.click("form button.main")
    visitor.wait_for_selector("[role=alert]")
    said = visitor.inner_text("[role=alert]")
    assert "L7.1" in said
    assert "Where: photos" in said
    assert "Choose the folder of the record itself" in said


def test_a_change_of_language_keeps_what_was_typed_and_chosen(visitor, public, ballot):
    visitor.goto(f"{public.url}/verify/#lang=en")
    visitor.click("summary")
    visitor.fill("#policy", public.policy)
    visitor.fill("#address", f"{public.url}/record")
    visitor.click("#languages [lang=kk]")
    assert visitor.input_value("#policy") == public.policy
    assert visitor.input_value("#address") == f"{public.url}/record"
    visitor.goto("about:blank")
    page = checked(visitor, public)
    page.fill("#card", ballot["name"])
    page.click("#languages [lang=kk]")
    assert page.input_value("#card") == ballot["name"]


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_a_finding_has_no_english_word_in_it(visitor, public, tmp_path, language):
    def one_more(data: bytes) -> bytes:
        value = json.loads(data)
        value["totals"][0]["votes"][0] += 1
        return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()

    site = tamper(public, tmp_path, "files/1-0/tally-1.json", one_more)
    try:
        page = checked(visitor, site, language=language, policy=False)
        page.wait_for_selector("#answer.bad")
        lines = page.locator(".checks .why").all_inner_texts()
        assert len(lines) > 2
        plain = re.sub(
            r"files/\S+|--[\w-]+|\b[0-9a-f]{16}\b|\b[A-Z]\d+(\.\d+)?\b|\d{4}-m\d", "", " ".join(lines)
        )
        assert re.findall(r"[A-Za-z]{2,}", plain) == []
    finally:
        site.close()
        visitor.asked = [url for url in visitor.asked if not url.startswith(site.url)]


def test_options_have_names_and_reading_can_be_stopped(visitor, public):
    page = checked(visitor, public, language="en")
    captions = page.locator("caption").all_inner_texts()
    assert "Lists of parties, round 1, unit 0001: 70 ballots" in captions
    page.locator("button.other", has_text="Another record").click()
    visitor.route("**/record/checkpoint", lambda route: None)
    page.click("form button.main")
    page.locator("button.other", has_text="Stop").click()
    assert page.evaluate("document.activeElement.id") == "address"
