"""What a step of a trustee says: for a person as lines, for a program as one JSON document."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace

from dauys.cli.render import console, sentence
from dauys.cli.stick import Folders
from dauys.crypto.stick import Outcome, Stick
from dauys.crypto.stick_files import plan_of_stick
from dauys.errors import InputError, Problem
from dauys.words import Words, group_digits


def print_outcome(outcome: Outcome, stick: Stick | None, folders: Folders, words: Words) -> None:
    """Write who this is, what was checked, what is wrong, and what comes next."""
    out = console()
    if stick is not None:
        plan = plan_of_stick(stick.files)
        facts = {"number": str(stick.number), "trustees": str(plan.trustees), "attempt": str(stick.attempt)}
        out.print(words.say("you_are", **facts))
    for one in outcome.checks:
        out.print(f" {words.say(f'check.{one.key}', passed=one.passed, total=one.total)}")
    for problem in outcome.problems:
        out.print(f" {sentence(spoken(problem, words), words)}", style="red")
        if "trustee" in problem.facts:
            out.print(f"   {words.say('named', trustee=str(problem.facts['trustee']))}")
    for total in outcome.totals:
        row: dict[str, object] = {
            "unit": total.unit,
            "contest": total.contest,
            "votes": " ".join(group_digits(votes) for votes in total.votes),
            "blanks": total.blanks,
            "ballots": total.ballots,
        }
        out.print(words.say("total.row", **row))
    if outcome.waiting:
        listed = ", ".join(str(number) for number in outcome.waiting)
        out.print(words.say("waiting", count=len(outcome.waiting), listed=listed))
    first = outcome.next == "recipients"
    if outcome.fingerprint:
        out.print(words.say("read_own" if first else "read_aloud", fingerprint=outcome.fingerprint))
    if outcome.next:
        table = f" --table {folders.table}" if folders.table else ""
        out.print(words.say(f"next.{outcome.next}", options=f"--stick {folders.stick}{table}"))


def spoken(problem: Problem, words: Words) -> Problem:
    """Return the problem with what was found and expected in the words of the language, where it has some."""

    def term(text: str | None) -> str | None:
        return words.say(f"term.{text}") if text and words.has(f"term.{text}") else text

    return replace(problem, found=term(problem.found), expected=term(problem.expected))


def document(name: str, outcome: Outcome, stick: Stick | None) -> Mapping[str, object]:
    """Return what a step did as JSON."""
    return {
        "step": name,
        "trustee": stick.number if stick else None,
        "attempt": stick.attempt if stick else None,
        "checks": [{"check": one.key, "passed": one.passed, "total": one.total} for one in outcome.checks],
        "problems": [
            {
                "code": problem.code,
                "file": problem.place.file,
                "path": problem.place.path,
                "found": problem.found,
                "expected": problem.expected,
                "trustee": problem.facts.get("trustee"),
            }
            for problem in outcome.problems
        ],
        "totals": [
            {
                "unit": total.unit,
                "contest": total.contest,
                "ballots": total.ballots,
                "votes": list(total.votes),
                "blanks": total.blanks,
                "trustees": list(total.trustees),
            }
            for total in outcome.totals
        ],
        "waiting": list(outcome.waiting),
        "fingerprint": outcome.fingerprint,
        "files": sorted(outcome.files),
        "next": outcome.next,
    }


def report(error: InputError, words: Words) -> None:
    """Write why a step could not be taken to stderr."""
    out = console(sys.stderr)
    for problem in error.problems:
        out.print(f"{words.say('error')}: {sentence(spoken(problem, words), words)}", style="red")
