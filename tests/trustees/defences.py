"""Takes the trustees' defences away one after the other and names the test that notices.

    python tests/trustees/defences.py [--rust]

Works on a copy; with `--rust` also those in the core, which are compiled anew each time. Ends with 1 if a
defence can be removed unnoticed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

HOME = Path(__file__).parents[2]
PYTEST = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
CARGO = ["cargo", "test", "-q", "-p", "dauys-core", "--lib"]


@dataclass(frozen=True)
class Defence:
    """A line that keeps something out, what stands there without it, and the test that must fail then."""

    name: str
    file: str
    line: str
    without: str
    test: str


CRYPTO = "src/dauys/crypto"
TALLY = "tests/trustees/test_tally.py"
TRANSCRIPT = "tests/trustees/test_transcript.py"
COMMAND = "tests/trustees/test_command.py"

PYTHON = [
    Defence(
        "a quorum that two sets cannot both reach",
        f"{CRYPTO}/ceremony_files.py",
        "return (self.trustees + self.threshold + 1) // 2",
        "return self.threshold",
        f"{TALLY}::test_two_sets_for_one_unit_never_both_reach_a_quorum",
    ),
    Defence(
        "one wave for a device, ever",
        f"{CRYPTO}/ledger.py",
        "if before != digest:",
        "if False:",
        f"{TALLY}::test_ledger_is_for_ever",
    ),
    Defence(
        "one set for a unit and contest, ever",
        f"{CRYPTO}/ledger.py",
        "if before_sum != entry:",
        "if False:",
        f"{TALLY}::test_ledger_is_for_ever",
    ),
    Defence(
        "decrypting enters the ledger",
        f"{CRYPTO}/stick_tally.py",
        '    _enter(stick, wave)\n    name = f"partial',
        '    name = f"partial',
        f"{TALLY}::test_decrypting_enters_the_ledger_too",
    ),
    Defence(
        "no decryption without the quorum",
        f"{CRYPTO}/stick_tally.py",
        '    if any(fault.code == "T2.2" for fault in faults):',
        "    if False:",
        f"{TALLY}::test_quorum_is_four_of_five",
    ),
    Defence(
        "sums over the ballots that were signed for",
        f"{CRYPTO}/tally.py",
        "if signed[0] != one.set_hash:",
        "if False:",
        f"{TALLY}::test_only_the_sums_that_were_signed_for",
    ),
    Defence(
        "privacy minimum",
        f"{CRYPTO}/tally.py",
        'if contest["ballots"] < minimum:',
        "if False:",
        f"{TALLY}::test_every_fault_of_a_wave_is_named",
    ),
    Defence(
        "a device once in a wave",
        f"{CRYPTO}/tally.py",
        "if len(set(wave.devices)) != len(wave.devices):",
        "if False:",
        f"{TALLY}::test_every_fault_of_a_wave_is_named",
    ),
    Defence(
        "partial decryptions signed by their maker",
        f"{CRYPTO}/tally.py",
        "if key is None or not holds(key, signed, file.signature):",
        "if key is None:",
        f"{TALLY}::test_what_a_trustee_did_not_sign_convicts_nobody",
    ),
    Defence(
        "A is the sum",
        f"{CRYPTO}/tally.py",
        "if part.a != one.a or part.a == _IDENTITY:",
        "if False:",
        f"{TALLY}::test_a_lying_trustee_is_named_and_skipped",
    ),
    Defence(
        "no more votes than choices",
        f"{CRYPTO}/tally.py",
        "if blanks < 0:",
        "if False:",
        f"{TALLY}::test_totals_out_of_bounds",
    ),
    Defence(
        "no rehearsal after opening",
        f"{CRYPTO}/stick_tally.py",
        "if late or not ledger_of(stick).is_empty:",
        "if not ledger_of(stick).is_empty:",
        f"{TALLY}::test_rehearsal_is_refused_when_it_could_be_an_oracle",
    ),
    Defence(
        "no rehearsal after a wave",
        f"{CRYPTO}/stick_tally.py",
        "if late or not ledger_of(stick).is_empty:",
        "if late:",
        f"{TALLY}::test_rehearsal_is_refused_when_it_could_be_an_oracle",
    ),
    Defence(
        "a rehearsal has a root of its own",
        f"{CRYPTO}/stick_tally.py",
        "root=root, rehearsal=True",
        "rehearsal=True",
        f"{TALLY}::test_rehearsal_is_refused_when_it_could_be_an_oracle",
    ),
    Defence(
        "nobody reveals before all have committed",
        f"{CRYPTO}/stick.py",
        'stop = _require(stick, board, "commit", ceremony.check_commits(board))',
        "stop = None",
        f"{COMMAND}::test_steps_wait_for_everybody",
    ),
    Defence(
        "a reveal is what was committed to",
        f"{CRYPTO}/ceremony.py",
        "if commit is not None and commit.hex(",
        "if commit is None and commit.hex(",
        f"{TRANSCRIPT}::test_reveal_is_not_what_was_committed_to",
    ),
    Defence(
        "commitments differ",
        f"{CRYPTO}/ceremony.py",
        '+ _repeated(board.in_order("commit"), "commitment", "K4.2")',
        "",
        f"{TRANSCRIPT}::test_copied_commitment",
    ),
    Defence(
        "exactly t coefficients",
        f"{CRYPTO}/ceremony.py",
        "or any(len(row) != plan.threshold for row in rows)",
        "",
        f"{TRANSCRIPT}::test_another_number_of_coefficients",
    ),
    Defence(
        "the plan is signed",
        f"{CRYPTO}/ceremony.py",
        "        board.plan.data,\n",
        "",
        f"{TRANSCRIPT}::test_honest_ceremony_passes_here_and_in_the_reference",
    ),
    Defence(
        "keys are independent points",
        f"{CRYPTO}/ceremony.py",
        "if weak is not None:",
        "if False:",
        f"{TRANSCRIPT}::test_keys_that_are_weak",
    ),
    Defence(
        "all sign the same transcript",
        f"{CRYPTO}/ceremony.py",
        'if file.hex("transcript") != expected',
        "if False",
        f"{TRANSCRIPT}::test_signature_for_another_transcript",
    ),
    Defence(
        "a complaint opens its own recipient",
        f"{CRYPTO}/trustees.py",
        'if recipient != board.of("recipient")[me].text("recipient"):',
        "if not recipient:",
        f"{TRANSCRIPT}::test_a_false_complaint_names_who_complained",
    ),
    Defence(
        "files in one's own name are one's own",
        f"{CRYPTO}/stick.py",
        "return file is not None and holds(",
        "return file is not None or holds(",
        f"{COMMAND}::test_files_planted_on_the_table",
    ),
    Defence(
        "two signed versions are evidence",
        f"{CRYPTO}/stick_files.py",
        "if good == [True, True]:",
        "if False:",
        f"{COMMAND}::test_two_versions_signed_by_one_trustee_are_evidence",
    ),
    Defence(
        "every ballot of a box is verified",
        f"{CRYPTO}/boxes.py",
        "            for fault in verdicts.faults\n",
        "            for fault in ()\n",
        f"{COMMAND}::test_sums_of_boxes_are_over_ballots_that_hold",
    ),
    Defence(
        "no ballot twice in a wave",
        f"{CRYPTO}/boxes.py",
        "if card in seen or point in seen:",
        "if False:",
        f"{COMMAND}::test_sums_of_boxes_are_over_ballots_that_hold",
    ),
    Defence(
        "the root entry is what the ceremony made",
        f"{CRYPTO}/boxes.py",
        "if value[key] != expected]",
        "if False]",
        f"{COMMAND}::test_a_root_entry_is_what_the_ceremony_made",
    ),
]
CORE = "crates/core/src"
RUST = [
    Defence(
        "commitments in the proof of possession",
        f"{CORE}/ceremony.rs",
        "let mut list: Vec<&[u8]> = commitments.iter().map(|f| f.bytes.as_slice()).collect();",
        "let mut list: Vec<&[u8]> = commitments[..0].iter().map(|f| f.bytes.as_slice()).collect();",
        "ceremony::tests::possession_is_bound_to_everything",
    ),
    Defence(
        "vote id in the proof of possession",
        f"{CORE}/ceremony.rs",
        "        attempt.vote_id.as_bytes(),\n",
        '        b"",\n',
        "ceremony::tests::possession_is_bound_to_everything",
    ),
    Defence(
        "attempt in the proof of possession",
        f"{CORE}/ceremony.rs",
        "        &attempt.attempt.to_le_bytes(),\n",
        '        b"",\n',
        "ceremony::tests::possession_is_bound_to_everything",
    ),
    Defence(
        "trustee 0 refused",
        f"{CORE}/ceremony.rs",
        "&& (1..=self.trustees).contains(&number);",
        "&& number <= self.trustees;",
        "ceremony::tests::numbers_out_of_range_are_refused",
    ),
    Defence(
        "opposite keys refused",
        f"{CORE}/ceremony.rs",
        "        seen.insert(crate::group::encode_point(&-key.point), place);\n",
        "",
        "ceremony::tests::weak_keys_are_found",
    ),
    Defence(
        "weights over all D",
        f"{CORE}/tally.rs",
        "verification.iter().chain(d).map(",
        "verification.iter().chain(&d[..0]).map(",
        "tally::tests::cancelling_errors_are_found",
    ),
    Defence(
        "the set in the tally proof",
        f"{CORE}/tally.rs",
        "        context.set,\n",
        '        b"",\n',
        "tally::tests::the_proof_is_bound_to_everything",
    ),
    Defence(
        "A = identity refused",
        f"{CORE}/tally.rs",
        "if a.point.is_identity() {",
        "if false {",
        "tally::tests::the_proof_is_bound_to_everything",
    ),
    Defence(
        "totals at most the ballots",
        f"{CORE}/dlog.rs",
        "(n <= bound).then_some(n)",
        "Some(n)",
        "dlog::tests::every_number_up_to_the_bound_and_none_beyond",
    ),
]


def notices(folder: Path, defence: Defence, command: list[str]) -> bool:
    """Return whether the test fails once the defence is gone."""
    path = folder / defence.file
    text = path.read_text(encoding="utf-8")
    if text.count(defence.line) < 1:
        raise SystemExit(f"{defence.file} has no line {defence.line!r}: bring this list up to date")
    path.write_text(text.replace(defence.line, defence.without, 1), encoding="utf-8")
    try:
        environment = os.environ | {"PYTHONPATH": str(folder / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
        output = (done.stdout + done.stderr).decode()
        # A test that never ran, or code that no longer compiles, notices nothing.
        failed = " failed" in output or "test result: FAILED" in output
        return done.returncode != 0 and failed
    finally:
        path.write_text(text, encoding="utf-8")


def try_each(
    tries: Iterable[tuple[Defence, list[str]]], parts: Iterable[str], links: Iterable[str] = ()
) -> int:
    """Try each defence by its command on a copy of these files; return 1 if one can go unnoticed."""
    noticed: list[bool] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("src", "spec", "pyproject.toml", *parts):
            source, target = HOME / part, folder / part
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "target"))
            else:
                shutil.copy(source, target)
        for link in links:
            (folder / link).symlink_to(HOME / link)
        for defence, command in tries:
            noticed.append(notices(folder, defence, command))
            told = "noticed  " if noticed[-1] else "UNNOTICED"
            print(f"{told}  {defence.name}  by {defence.test}", flush=True)
    print(f"{sum(noticed)} of {len(noticed)} defences are missed when they are gone")
    return 0 if all(noticed) else 1


def try_named(defences: Iterable[Defence], *parts: str, links: Iterable[str] = ()) -> int:
    """Try the defences that the command line names, or all, by tests in Python. As `try_each`."""
    names = sys.argv[1:]
    chosen = [(one, [*PYTEST, one.test]) for one in defences if not names or one.name in names]
    return try_each(chosen, parts, links)


def main() -> int:
    """Try every defence of the trustees; return 1 if one can go unnoticed."""
    tries = [(defence, [*PYTEST, defence.test]) for defence in PYTHON]
    if "--rust" in sys.argv:
        tries += [(defence, [*CARGO, defence.test]) for defence in RUST]
    return try_each(tries, ("crates", "tests/trustees", "Cargo.toml", "Cargo.lock"))


if __name__ == "__main__":
    sys.exit(main())
