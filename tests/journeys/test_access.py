"""Every kind of page: no violation that axe-core finds, in both themes; nothing wider than a small phone."""

import pytest
from kinds import KINDS

pytestmark = pytest.mark.xdist_group("browser")
RULES = '{runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}'


def violations(page, axe):
    page.evaluate(axe)
    nodes = "v.nodes.slice(0, 3).map(n => n.html + ' ' + n.failureSummary)"
    script = f"axe.run(document, {RULES}).then(r => r.violations.map(v => [v.id, v.help, {nodes}]))"
    found = page.evaluate(script)
    return [(rule, text, nodes) for rule, text, nodes in found]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", KINDS)
def test_no_violations(browser, axe, open_url, path, theme):
    # The checker is a script; the policy of the pages forbids all, so it is set aside here and only here.
    context = browser.new_context(
        viewport={"width": 1200, "height": 900}, color_scheme=theme, bypass_csp=True
    )
    page = context.new_page()
    page.goto(f"{open_url}/en/{path}")
    assert violations(page, axe) == []
    context.close()


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_no_violations_on_a_phone(browser, axe, final_url, language):
    context = browser.new_context(viewport={"width": 360, "height": 740}, bypass_csp=True)
    page = context.new_page()
    for path in ("index.html", "list/index.html", "constituencies/16.html", "stations/0005.html"):
        page.goto(f"{final_url}/{language}/{path}")
        assert violations(page, axe) == [], path
    context.close()


@pytest.mark.parametrize("letters", ["ours", "of the machine"])
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_nothing_is_wider_than_a_small_phone(browser, open_url, language, letters):
    context = browser.new_context(viewport={"width": 320, "height": 640})
    if letters == "of the machine":  # what a slow network shows first
        context.route("**/*.woff2", lambda route: route.abort())
    page = context.new_page()
    for path in KINDS:
        page.goto(f"{open_url}/{language}/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
    context.close()


def test_kazakh_letters_come_from_our_fonts_alone(browser, final_url):
    context = browser.new_context()
    page = context.new_page()

    def patient(route):
        """`font-display: optional` leaves a view to the fonts of the machine where ours come late."""
        sheet = route.fetch()
        route.fulfill(
            response=sheet, body=sheet.text().replace("font-display: optional", "font-display: block")
        )

    context.route("**/dauys.css", patient)
    page.goto(f"{final_url}/kk/index.html")
    page.evaluate("document.fonts.ready")
    session = context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    for selector in ("h1", ".lead", ".bars tbody th", ".bars tbody .num", ".lang a"):
        node = session.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
        fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
        assert fonts, selector
        assert [f["familyName"] for f in fonts if not f["isCustomFont"]] == [], selector
    context.close()
