"""All keys and all software of the machine, without the cards, read no vote (docs/secrecy.md §5)."""

from __future__ import annotations

import dataclasses

import pytest
import vendor
from receipt_world import BUILDS, World, election, vote

from dauys.crypto.ballots import verify_ballots


@pytest.fixture(scope="module")
def world() -> World:
    return vote(BUILDS["as it is"], 1, seed=3)


def test_without_cards_the_vendor_guesses(world):
    some = world.voters[:12]
    assert all(vendor.vendor_of(one.station).read(one.ballot) is None for one in some)


def test_with_the_cards_the_vendor_reads_every_vote(world):
    assert vendor.with_cards(world.voters).rate == 1


def test_a_search_for_cards_finds_none(world):
    assert vendor.searched(world, 20_000) == 0


def test_a_seed_of_the_vendor_passes_every_check_and_is_read(world):
    """Why coins come from the covered secret: with any other seed the record gives every vote away."""
    some = [dataclasses.replace(one, ballot=vendor.sold(one)) for one in world.voters[:6]]
    assert verify_ballots(election(), "dev-0", [one.ballot for one in some], threads=1).faults == ()
    assert vendor.without_cards(some).rate == 1
