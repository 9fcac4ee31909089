"""No answer of the station has a voter's ballot, its code or the card in it, before or after the decision."""

from __future__ import annotations

import base64

import pytest
from booth_bench import bench, letters
from booth_screen import Screen

from dauys import _core
from dauys.crypto.ballots import ballot_code


def canaries(digest: bytes, card: str) -> dict[str, bytes]:
    """Every form in which `H(ballot)`, its code or the letters of the card could stand on a page."""
    code, secret = ballot_code(digest), _core.read_card_letters(card)
    forms = {}
    for name, text in (("code", code), ("card", card)):
        forms |= {
            name: text,
            f"{name} joined": text.replace("-", ""),
            f"{name} spaced": text.replace("-", " "),
        }
    for name, data in (("ballot", digest), ("secret", secret)):
        forms[f"{name} hex"] = data.hex()
        forms[f"{name} base64"] = base64.b64encode(data).decode()[:20]
        forms[f"{name} url"] = base64.urlsafe_b64encode(data).decode()[:20]
    return {name: form.upper().encode() for name, form in forms.items()}


@pytest.mark.parametrize("acts", [("cast",), ("test", "yes"), ("test", "observers")])
def test_no_page_and_no_header_has_the_code_or_the_card(place, acts):
    with bench(place) as where:
        screen = Screen(where)
        screen.to("decide")
        screen.get("/booth/state")
        screen.touch("language:ru")
        screen.touch("look:large")
        screen.touch(*acts)
        screen.get("/booth/state")
        screen.touch("finish")
        _, digest, _ = next(told for what, told in where.glass().printed if what == "part1")
        name = next(told for what, told in where.glass().printed if what == "part1")[0]
    looked_for = canaries(digest, letters(1)) | {"card name": name.upper().encode()}
    assert len(screen.told) > 20
    for answer in screen.told:
        told = answer.content.upper() + answer.serialize_headers().upper()
        assert [name for name, form in looked_for.items() if form in told] == []


def test_the_canary_sings(place):
    """The same search finds each of them in a page that has them."""
    digest = bytes(range(64))
    looked_for = canaries(digest, letters(1))
    page = f"<p>{ballot_code(digest)} {letters(1)} {digest.hex()}</p>".upper().encode()
    found = {name for name, form in looked_for.items() if form in page}
    assert {"code", "card", "ballot hex"} <= found


def test_what_a_challenge_opens_is_on_paper_alone(place):
    with bench(place) as where:
        screen = Screen(where)
        screen.to("decide")
        screen.touch("test", "yes")
        opening = next(told for what, told in where.glass().printed if what == "opening")
    for answer in screen.told:
        text = answer.content.decode()
        assert opening.secret.hex() not in text
        assert opening.sigma.hex() not in text
