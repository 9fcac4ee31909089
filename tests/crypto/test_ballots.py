"""Making, verifying, summing: the product against itself, against changed bytes and against the reference."""

from __future__ import annotations

import tracemalloc

import ballots as reference
import pytest
from ballot_vectors import TOLD, ballot, election
from hypothesis import given, settings
from hypothesis import strategies as st

from dauys import _core
from dauys.crypto.ballots import Encryptor, add_up, encrypt_ballot, make_hints, verify_ballots

KEY = bytes(range(32))
DEVICE = TOLD["device"]
ELECTION = election()


def made(style: str, options: list[int], card: int) -> bytes:
    return encrypt_ballot(
        ELECTION,
        vote_id=TOLD["vote_id"],
        device=DEVICE,
        style=style,
        secret=card.to_bytes(16, "big"),
        coin_key=KEY,
        options=bytes(options),
    )


def test_nothing_is_drawn_and_the_reference_makes_the_same_ballot() -> None:
    options, secret = [0, 1, 0, 1, 0, 0], (7).to_bytes(16, "big")
    theirs = reference.Election(TOLD)
    _, _, card_hash = reference.card(TOLD["vote_id"], DEVICE, secret)
    sigma = reference.framed("sigma", KEY, card_hash)[:32]
    choices = reference.fill_blanks(theirs.styles["both"], options)
    slow = reference.encrypt(theirs, TOLD["vote_id"], DEVICE, "both", secret, sigma, choices)
    assert made("both", options, 7) == made("both", options, 7) == slow


@pytest.mark.parametrize("options", [[1, 1, 0], [2, 0, 0], [0, 255, 0]])
def test_choices_beyond_the_limit_are_refused(options: list[int]) -> None:
    with pytest.raises(_core.CoreError) as refused:
        made("short", options, 1)
    assert refused.value.args[0] == "choice"


def test_secrets_are_in_no_text() -> None:
    encryptor = Encryptor(ELECTION, TOLD["vote_id"], DEVICE, "short")
    with pytest.raises(_core.CoreError) as refused:
        encryptor.encrypt(b"\xab" * 15, KEY, bytes(3))
    assert "ab" * 8 not in str(refused.value)
    assert "ab" not in repr(encryptor.core)


GOOD = [made("both", [card % 2, 0, 0, 0, 1, card % 3 == 0], card) for card in range(12)]
LENGTH = len(GOOD[0])


@given(
    changes=st.dictionaries(
        st.integers(0, len(GOOD) - 1), st.tuples(st.integers(0, LENGTH - 1), st.integers(1, 255)), max_size=4
    ),
    engine=st.sampled_from(_core.engines()),
)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_batch_and_single_agree_on_honest_and_changed_ballots(
    changes: dict[int, tuple[int, int]], engine: str
) -> None:
    box = list(GOOD)
    for place, (at, flip) in changes.items():
        box[place] = box[place][:at] + bytes([box[place][at] ^ flip]) + box[place][at + 1 :]
    together = verify_ballots(ELECTION, DEVICE, box, engine=engine)
    alone = [verify_ballots(ELECTION, DEVICE, [one], engine="plain").faults for one in box]
    assert {fault.place for fault in together.faults} == set(changes)
    assert [(fault.place, fault.word) for fault in together.faults] == [
        (place, faults[0].word) for place, faults in enumerate(alone) if faults
    ]


def test_sums_hold_the_good_ballots_only() -> None:
    box = [*GOOD[:5], ballot("link-stuffed"), *GOOD[5:], made("short", [1, 0, 0], 99)]
    verdicts = verify_ballots(ELECTION, DEVICE, box)
    assert [fault.place for fault in verdicts.faults] == [5]
    assert verdicts.sums == add_up(ELECTION, [*GOOD, made("short", [1, 0, 0], 99)])
    assert [total.ballots for total in verdicts.sums] == [13, 12, 0, 0, 0, 0]
    style = reference.Election(TOLD).styles["both"]
    points = [reference.take_apart(reference.Election(TOLD), one)[2] for one in GOOD]
    total = reference.IDENTITY
    for encoded in points:
        total += reference.decode(encoded[1 + style.places.index(4)])
    assert verdicts.sums[1].e[0] == total.encode()


@pytest.mark.parametrize("engine", _core.engines())
def test_hints_change_no_verdict(engine: str) -> None:
    box = [
        *GOOD,
        ballot("example"),
        ballot("point-off-curve"),
        ballot("link-swapped"),
        ballot("length-empty"),
    ]
    hints = [next(make_hints(ELECTION, [one])) if len(one) > 1 else b"" for one in box]
    plain = verify_ballots(ELECTION, DEVICE, box, engine=engine)
    wrong = [bytes([hint[0] ^ 1]) + hint[1:] if hint else b"" for hint in hints]
    for side in (hints, wrong, [hint[:40] for hint in hints], hints[:3], [b""] * len(box), hints[::-1]):
        assert verify_ballots(ELECTION, DEVICE, box, hints=side, engine=engine) == plain


def test_verification_in_blocks_needs_no_more_memory() -> None:
    def peak(count: int) -> int:
        source = (GOOD[place % len(GOOD)] for place in range(count))
        tracemalloc.start()
        verify_ballots(ELECTION, DEVICE, source)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(40_000) < 1.5 * peak(10_000)


def test_weights_given_twice_give_the_same_verdict() -> None:
    seed = bytes(32)
    first = verify_ballots(ELECTION, DEVICE, GOOD, weight_seed=seed)
    assert first == verify_ballots(ELECTION, DEVICE, GOOD)
    assert first.ballots == len(GOOD)
