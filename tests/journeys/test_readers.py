"""What a citizen and a journalist come for, in a browser without scripts."""

import csv
import io
import json
import re

import pytest

pytestmark = pytest.mark.xdist_group("browser")
FOCUSED = """() => {
  const style = getComputedStyle(document.activeElement);
  return [style.outlineStyle, style.outlineWidth, style.boxShadow];
}"""


def test_a_citizen_finds_the_protocol_of_their_station(reader, final_url):
    reader.goto(f"{final_url}/index.html")
    reader.get_by_role("link", name="Қазақша").click()
    assert reader.locator("h1").inner_text().startswith("Барлық 77")
    reader.get_by_role("link", name="РУС").click()
    reader.get_by_role("navigation", name="Главное").get_by_role("link", name="Участки").click()
    reader.get_by_role("link", name=re.compile("^№ 3 ")).click()
    reader.get_by_role("link", name="0005", exact=True).click()
    assert "Участок 0005" in reader.locator("h1").inner_text()
    lists = reader.get_by_role("table", name="Партийный список")
    assert "Отан" in lists.inner_text()
    # Votes by protocol open without a script.
    details = reader.locator("details").first
    assert not details.locator("table").is_visible()
    details.locator("summary").click()
    assert details.locator("table").is_visible()
    # The same page in the other language is one step away.
    reader.get_by_role("link", name="ENG").click()
    assert reader.url.endswith("/en/stations/0005.html")


def test_a_journalist_goes_from_a_seat_to_the_data(reader, final_url):
    reader.goto(f"{final_url}/en/index.html")
    reader.locator(".map .tile", has_text="16").first.click()
    assert reader.locator("h1").inner_text() == "№ 16 Kurmangazy 16"
    assert reader.get_by_role("heading", name="Why there was a run-off").is_visible()
    assert reader.get_by_role("img", name=re.compile("Votes in both rounds")).is_visible()
    reader.get_by_role("link", name="0031", exact=True).click()
    reader.get_by_role("link", name="№ 16 Kurmangazy 16").click()
    reader.get_by_role("navigation", name="Main").get_by_role("link", name="Data").click()
    address = reader.get_by_role("link", name="results.csv").get_attribute("href")
    rows = list(csv.DictReader(io.StringIO(reader.request.get(f"{final_url}/en/data/{address}").text())))
    otan = sum(int(r["votes"]) for r in rows if (r["contest"], r["option"]) == ("list", "otan"))
    assert otan == 2_883_706
    reader.goto(f"{final_url}/en/list/index.html")
    facts = json.loads(reader.request.get(f"{final_url}/json/list/index.json").text())
    assert facts["seats"]["otan"] == 7
    assert reader.get_by_role(
        "heading", name="What if shares were taken of those who took part?"
    ).is_visible()


def test_an_observer_sees_what_can_still_change(reader, open_url):
    reader.goto(f"{open_url}/en/index.html")
    assert "the count goes on" in reader.locator("h1").inner_text()
    reader.get_by_role("link", name="№ 16 Kurmangazy 16").click()
    assert reader.get_by_role("heading", name="This seat can still change").is_visible()
    reader.get_by_role("link", name="Missing stations").click()
    first = reader.locator("tbody tr").first
    assert "no protocol yet" in first.inner_text()
    assert "Awaited" in first.inner_text()


def test_nothing_is_asked_of_another_server(reader, final_url):
    for path in (
        "en/index.html",
        "ru/list/index.html",
        "kk/constituencies/16.html",
        "en/stations/0005.html",
        "ru/data/index.html",
    ):
        reader.goto(f"{final_url}/{path}")
    assert len(reader.asked) > 10
    assert [url for url in reader.asked if not url.startswith(final_url)] == []


def test_the_first_view_is_under_100_kilobytes_as_transferred(browser, final_url):
    for language in ("kk", "ru", "en"):
        context = browser.new_context()
        page = context.new_page()
        sizes = []
        page.on(
            "response",
            lambda response, sizes=sizes: sizes.append(int(response.headers.get("content-length", 0))),
        )
        page.goto(f"{final_url}/{language}/index.html", wait_until="networkidle")
        assert 40_000 < sum(sizes) < 80_000, (language, sizes)
        context.close()


def test_the_keyboard_reaches_everything_and_shows_where_it_is(browser, final_url):
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.goto(f"{final_url}/en/index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    for _ in range(6):
        page.keyboard.press("Tab")
        style = page.evaluate(FOCUSED)
        assert style[:2] == ["solid", "3px"]
        assert "rgb(255, 210, 63)" in style[2]
    context.close()


def test_paper_is_black_on_white_without_navigation(browser, final_url):
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(f"{final_url}/en/list/index.html")
    page.emulate_media(media="print")
    assert not page.get_by_role("navigation", name="Main").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert page.locator(".print").inner_text().startswith("http://127.0.0.1")
    assert page.pdf(format="A4")[:5] == b"%PDF-"
    context.close()
