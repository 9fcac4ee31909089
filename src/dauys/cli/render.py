"""What commands print for people: errors with file, line and hint, numbers, shares and tables."""

from __future__ import annotations

import sys
from fractions import Fraction
from typing import TextIO

from rich.console import Console

from dauys.errors import DecisionError, InputError, Place, Problem
from dauys.words import Language, Words, group_digits

#: Where sentences of errors are looked for, in this order.
ERROR_DOMAINS = ("cli", "count", "formats", "run", "kit", "protocol")
MOST_ERRORS = 200
PLAIN_WIDTH = 160


def console(stream: TextIO | None = None) -> Console:
    """Return a console on the stream: colours only on a terminal without NO_COLOR, else plain and wide."""
    target = stream or sys.stdout
    width = None if target.isatty() else PLAIN_WIDTH
    return Console(file=target, highlight=False, markup=False, soft_wrap=True, width=width)


def report_error(error: InputError | DecisionError, language: Language, *, last: bool = True) -> None:
    """Write every problem to stderr, each with its place and hint, and how many there were."""
    words, out = Words(language, *ERROR_DOMAINS), console(sys.stderr)
    problems = error.problems if isinstance(error, InputError) else (of_decision(error),)
    told: set[str] = set()
    for problem in problems[:MOST_ERRORS]:
        out.print(f"{words.say('error')}: {sentence(problem, words)}", style="red", highlight=False)
        hint = hint_of(problem, words)
        if hint and hint not in told:
            told.add(hint)
            out.print(f"{words.say('hint')}: {hint}", style="cyan", highlight=False)
    if len(problems) > MOST_ERRORS:
        out.print(words.say("more_errors", count=len(problems) - MOST_ERRORS))
    if last:
        out.print(words.say("nothing_counted", count=len(problems)))


def sentence(problem: Problem, words: Words) -> str:
    """Return one problem as a line: place, sentence, code."""
    facts = _facts(problem, words)
    key = str(problem.facts.get("sentence", problem.code))
    said = words.say(key if words.has(key) else "error.other", **facts).removeprefix(": ")
    text = f"{said} ({problem.code})"
    where = place_text(problem.place, words)
    return f"{where}: {text}" if where else text


def _facts(problem: Problem, words: Words) -> dict[str, object]:
    """Return what fills the sentence: the facts, found, expected and the path; kinds of values as words."""
    facts = {
        "found": problem.found or "",
        "expected": problem.expected or "",
        "key": "",
        "path": problem.place.path or "",
        **problem.facts,
    }
    for name in ("found", "expected"):
        value = facts[name]
        if isinstance(value, str) and value.isascii() and value.isdigit() and name not in problem.facts:
            facts[name] = value if len(value) < 5 else group_digits(int(value))
        elif words.has(f"fact.{value}"):
            facts[name] = words.say(f"fact.{value}")
    kind = str(facts.get("kind", problem.expected or ""))
    facts["kind"] = words.say(f"kind.{kind}") if words.has(f"kind.{kind}") else kind
    return facts


def hint_of(problem: Problem, words: Words) -> str | None:
    """Return the hint of a problem, where it has one."""
    key = f"hint.{problem.hint}"
    if problem.hint is None:
        return None
    return words.say(key, **_facts(problem, words)) if words.has(key) else problem.hint


def place_text(place: Place, words: Words) -> str:
    """Return file, line or row, and column, as far as they are known."""
    parts = [place.file or ""]
    for name in ("line", "row", "column"):
        value = getattr(place, name)
        if value is not None:
            parts.append(words.say(f"place.{name}", number=str(value)))
    return ", ".join(part for part in parts if part)


def of_decision(error: DecisionError) -> Problem:
    """Return a decision that does not fit as a problem of the input that it stood in."""
    facts = {"at": error.at, "sentence": f"decision.{error.code}"}
    return Problem(error.code, Place(), error.found, error.expected, "decision", facts)


def percent(part: Fraction | int, whole: Fraction | int, words: Words) -> str:
    """Return a share as per cent with two decimals, half rounded up."""
    if not whole:
        return "–"
    share = Fraction(part) / Fraction(whole) * 100
    hundredths = int(share * 100 + Fraction(1, 2))
    mark = "." if words.language == "en" else ","
    return f"{hundredths // 100}{mark}{hundredths % 100:02d} %"


def number(value: Fraction | int, words: Words) -> str:
    """Return a count with thin spaces; a fraction as a decimal where it has a short one, else as it is."""
    value = Fraction(value)
    if value.denominator == 1:
        return group_digits(value.numerator)
    digits = next((d for d in range(1, 7) if (value * 10**d).denominator == 1), None)
    if digits is None:
        return f"{value.numerator}/{value.denominator}"
    whole, rest = divmod((value * 10**digits).numerator, 10**digits)
    return f"{group_digits(whole)}{'.' if words.language == 'en' else ','}{rest:0{digits}d}"
