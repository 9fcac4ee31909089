"""Times ElectionGuard-python on the reference ballot, 13 choose 1 and 9 choose 1, in its own environment.

    python electionguard_ballots.py BALLOTS

Prints one JSON object: seconds to encrypt and to verify each ballot, and the bytes of a ballot as its own
serialiser writes it. A ballot with two ciphertexts exchanged must be refused before anything counts.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import logging
import sys
import time


def allow_unhashable_defaults() -> None:
    """Let version 1.4.0 be imported by Python 3.11, which refuses unhashable dataclasses as defaults."""
    read = dataclasses._get_field

    def patched(owner, name, kind, keyword_only):
        default = getattr(owner, name, dataclasses.MISSING)
        if isinstance(default, dataclasses.Field):
            default = default.default
        if dataclasses.is_dataclass(type(default)) and type(default).__hash__ is None:
            type(default).__hash__ = object.__hash__
        return read(owner, name, kind, keyword_only)

    dataclasses._get_field = patched


allow_unhashable_defaults()

from electionguard import ballot as eg_ballot  # noqa: E402 - after the patch
from electionguard import manifest as eg  # noqa: E402
from electionguard.ballot_validator import ballot_is_valid_for_election  # noqa: E402
from electionguard.constants import get_constants  # noqa: E402
from electionguard.election import make_ciphertext_election_context  # noqa: E402
from electionguard.elgamal import elgamal_keypair_random  # noqa: E402
from electionguard.encrypt import encrypt_ballot  # noqa: E402
from electionguard.group import rand_q  # noqa: E402
from electionguard.serialize import from_raw, to_raw  # noqa: E402

OPTIONS = {"list": 13, "district": 9}


def text(words):
    """Text in one language."""
    return eg.InternationalizedText([eg.Language(words, "en")])


def contest(name, place, options):
    """A contest with limit 1."""
    selections = [
        eg.SelectionDescription(f"{name}-{at}", at, f"{name}-candidate-{at}") for at in range(options)
    ]
    kind = eg.VoteVariationType.one_of_m
    return eg.CandidateContestDescription(
        name, place, "unit", kind, 1, 1, name, selections, text(name), text(name)
    )


def manifest():
    """The election of the reference ballot."""
    party = eg.Party("party", text("party"))
    candidates = [
        eg.Candidate(f"{name}-candidate-{at}", text(f"{name} {at}"), "party")
        for name, options in OPTIONS.items()
        for at in range(options)
    ]
    made = eg.Manifest(
        "reference",
        eg.SpecVersion.EG0_95,
        eg.ElectionType.general,
        datetime.datetime(2004, 9, 19),  # noqa: DTZ001 - the library takes times without a zone
        datetime.datetime(2004, 9, 20),  # noqa: DTZ001
        [eg.GeopoliticalUnit("unit", "unit", eg.ReportingUnitType.county)],
        [party],
        candidates,
        [contest(name, place, options) for place, (name, options) in enumerate(OPTIONS.items())],
        [eg.BallotStyle("style", ["unit"], ["party"])],
        text("reference"),
    )
    if not made.is_valid():
        raise SystemExit("the library refuses the manifest")
    return made


def choices(number):
    """The choices of the ballot with this number."""
    contests = [
        eg_ballot.PlaintextBallotContest(
            name, [eg_ballot.PlaintextBallotSelection(f"{name}-{number % options}", 1)]
        )
        for name, options in OPTIONS.items()
    ]
    return eg_ballot.PlaintextBallot(f"ballot-{number}", "style", contests)


def as_cast(made):
    """The ballot as it is published."""
    return eg_ballot.make_ciphertext_submitted_ballot(
        made.object_id,
        made.style_id,
        made.manifest_hash,
        made.code_seed,
        made.contests,
        made.code,
        made.timestamp,
        eg_ballot.BallotBoxState.CAST,
    )


def timed(call, *arguments):
    """The answer and the processor seconds it took; waiting for a busy machine is not counted."""
    start = time.process_time()
    answer = call(*arguments)
    return answer, time.process_time() - start


def main(count):
    """Time `count` ballots."""
    logging.disable(logging.CRITICAL)
    made = manifest()
    internal = eg.InternalManifest(made)
    keys = elgamal_keypair_random()
    context = make_ciphertext_election_context(1, 1, keys.public_key, rand_q(), made.crypto_hash())
    encrypted = [timed(encrypt_ballot, choices(n), internal, context, rand_q()) for n in range(count)]
    cast = [as_cast(ballot) for ballot, _ in encrypted]
    bad = from_raw(eg_ballot.SubmittedBallot, to_raw(cast[0]))
    one, two = bad.contests[0].ballot_selections[:2]
    one.ciphertext, two.ciphertext = two.ciphertext, one.ciphertext
    if ballot_is_valid_for_election(bad, internal, context, True):
        raise SystemExit("a ballot with exchanged ciphertexts was accepted")
    verified = [timed(ballot_is_valid_for_election, ballot, internal, context, True) for ballot in cast]
    if not all(answer for answer, _ in verified):
        raise SystemExit("an honest ballot was refused")
    print(
        json.dumps(
            {
                "encrypt_seconds": [seconds for _, seconds in encrypted],
                "verify_seconds": [seconds for _, seconds in verified],
                "ballot_bytes": len(to_raw(cast[0]).encode()),
                "group_bits": int(get_constants().large_prime.value).bit_length(),
            }
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
