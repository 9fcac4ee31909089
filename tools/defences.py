"""Takes each defence of the ballot out in turn and names the test that then fails.

    python tools/defences.py [NAME …]

A copy of the crate is changed, never the working tree. For every defence there is a vector made to get
through without it; the test on that vector must pass with the defence and fail without. The exit code is 1
if one does not.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SINGLE, BATCH = "every_file_has_the_verdict_it_expects", "one_batch_on_every_engine_names_the_same"
#: Dependencies are optimised, the crate is not: it is compiled once for every defence.
CARGO = ("cargo", "test", "-q", "-p", "dauys-core", "--config", 'profile.dev.package."*".opt-level=3')
PLAIN = ("--config", "profile.dev.package.dauys-core.opt-level=0")


@dataclass(frozen=True)
class Defence:
    """What is replaced in which file, and the vector that shows it."""

    name: str
    file: str
    old: str
    new: str
    vector: str
    test: str = SINGLE


FIRST = "let first = first_hash(ctx, announced);"
WITHOUT = """let kept: Vec<[u8; 32]> = announced.iter().enumerate()
            .filter(|(place, _)| {}).map(|(_, point)| *point).collect();
        let first = first_hash(ctx, &kept);"""
DEFENCES = (
    Defence("P before rho", "ballot.rs", FIRST, WITHOUT.format("*place != announced.len() - 2"), "late-p"),
    Defence("Q before c", "ballot.rs", FIRST, WITHOUT.format("*place != announced.len() - 1"), "late-q"),
    Defence("R before rho", "ballot.rs", FIRST, WITHOUT.format("*place != 0"), "late-r"),
    Defence("C in e1", "ballot.rs", FIRST, WITHOUT.format("*place != 1"), "first-without-c"),
    Defence("T before c", "ballot.rs", '"second", &[first, t]', '"second", &[first]', "late-t"),
    Defence("e1 in c", "ballot.rs", '"second", &[first, t]', '"second", &[t]', "second-without-e1"),
    Defence(
        "e1 in full", "ballot.rs", '"second", &[first, t]', '"second", &[&first[..32], t]', "second-cut-e1"
    ),
    Defence("context in e1", "ballot.rs", '"first", &[ctx],', '"first", &[],', "first-without-ctx"),
    Defence(
        "framed parts",
        "ballot.rs",
        'hash_list("first", &[ctx], announced.iter())',
        'hash("first", &[&[&ctx[..], announced.as_flattened()].concat()])',
        "first-unframed",
    ),
    Defence(
        "hashed weights",
        "ballot.rs",
        'weights("rho", &first, self.layout.encrypted())',
        "(0..self.layout.encrypted()).map(|k| 1u128 << k).collect()",
        "rho-not-hashed",
    ),
    Defence(
        "a weight for each position",
        "ballot.rs",
        'weights("rho", &first, self.layout.encrypted())',
        'vec![weights("rho", &first, 1)[0]; self.layout.encrypted()]',
        "rho-one-for-all",
    ),
    Defence("equation (1)", "verify.rs", "if !vector_holds(", "if false && !vector_holds(", "bits-2-minus-1"),
    Defence("equation (2)", "verify.rs", "if !link_holds(", "if false && !link_holds(", "link-stuffed"),
    Defence("R not the identity", "verify.rs", "== &[0; 32]", "== &[1; 32]", "r-identity"),
    Defence(
        "a weight for each equation",
        "batch.rs",
        "let (alpha, kappa) = weights.draw(statement.place);",
        "let (alpha, _) = weights.draw(statement.place);\n            let kappa = alpha;",
        "batch-cancel-inside",
        BATCH,
    ),
    Defence(
        "p(i) is not i",
        "style.rs",
        "map(|option| part.start + option)",
        "map(|option| part.first + option)",
        "last-option",
    ),
    Defence("keys that differ", "style.rs", "if !fresh {", "if false && !fresh {", "keys-opposite"),
    Defence(
        "lengths",
        "ballot.rs",
        "if bytes.len() != expected {",
        "if bytes.len() < expected {",
        "length-trailing",
    ),
    Defence(
        "reduced scalars",
        "group.rs",
        "Option::from(Scalar::from_canonical_bytes(exactly(bytes)?)).ok_or(Error::Scalar)",
        "Ok(Scalar::from_bytes_mod_order(exactly(bytes)?))",
        "scalar-all-ones",
    ),
    Defence("blanks from the left", "open.rs", "!= opening.choices {", "== &[9u8][..] {", "opening-blanks"),
    Defence(
        "sigma under the root", "open.rs", "if !path_holds(", "if false && !path_holds(", "opening-free-seed"
    ),
    Defence(
        "rebuilt byte for byte", "open.rs", "!= opening.ballot_hash {", "== &[0; 64] {", "opening-rigged-mask"
    ),
)


def run(folder: Path, defence: Defence) -> tuple[bool, str]:
    """Run the defence's test in a copy; whether it passed, and its output."""
    target = os.environ.get("CARGO_TARGET_DIR", str(ROOT / "target")) + "/defences"
    environment = os.environ | {
        "DAUYS_ONLY_VECTOR": defence.vector,
        "CARGO_TARGET_DIR": target,
        "RUST_MIN_STACK": "268435456",
    }
    command = [*CARGO, *PLAIN, "--test", "vectors", defence.test]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    return done.returncode == 0, done.stdout + done.stderr


def show(defence: Defence, folder: Path) -> bool:
    """Try one defence; True if its test fails without it, by its assertion and not by a compiler's error."""
    source = folder / "crates" / "core" / "src" / defence.file
    before = source.read_text()
    if before.count(defence.old) != 1:
        print(f"MISSING  {defence.name}: the text to replace is not in {defence.file} once")
        return False
    try:
        source.write_text(before.replace(defence.old, defence.new))
        passed, output = run(folder, defence)
    finally:
        source.write_text(before)
    noticed = not passed and "assertion" in output
    verdict = "noticed" if noticed else "NOT NOTICED" if passed else "DOES NOT COMPILE"
    print(f"{verdict:<12} {defence.name}: without it {defence.test} fails on {defence.vector}", flush=True)
    if not noticed and not passed:
        print(output[-2000:])
    return noticed


def main(names: list[str]) -> int:
    """Try all defences, or those named."""
    chosen = [defence for defence in DEFENCES if not names or defence.name in names]
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "copy"
        # new times, so that nothing compiled from an earlier copy is taken for up to date
        for part in ("crates", "spec/vectors/ballots"):
            shutil.copytree(ROOT / part, folder / part, copy_function=shutil.copy)
        for part in ("Cargo.toml", "Cargo.lock"):
            shutil.copy(ROOT / part, folder / part)
        sound = [defence for defence in chosen if run(folder, defence)[0]]
        for defence in chosen:
            if defence not in sound:
                print(f"FAILS WITH   {defence.name}: {defence.vector}")
        noticed = [defence for defence in chosen if show(defence, folder)]
        return 0 if sound == noticed == chosen else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
