"""A verification as a person reads it: a line a chapter, what did not hold below it, the answer last."""

from __future__ import annotations

from collections.abc import Iterator

from dauys.verify.report import CHAPTERS, Effect, Finding, Report, Status, chapter_of, code_key
from dauys.words import Words

#: Findings of one code that are shown; the others are in `--json`.
SHOWN = 10
WIDTH = 58
Line = tuple[str, str | None]
_STYLES = {
    Status.FAILED: "red",
    Status.LOOK: "yellow",
    Status.NOT_RUN: "dim",
    Status.DECLARED: "dim",
    Status.PASSED: None,
}


def lines_of(report: Report, words: Words, ballots: int) -> Iterator[Line]:
    """Yield lines with their style."""
    if report.simulation:
        yield words.say("verify.simulation", text=report.simulation), "yellow"
    if report.facts:
        facts = {name: report.facts[name] for name in ("devices", "protocols", "results")}
        yield words.say("verify.ballots", ballots=ballots, **facts), None
    for chapter in CHAPTERS:
        yield from _chapter(report, chapter, words)
    if report.extra:
        names = ", ".join(report.extra[:5])
        count = len(report.extra) + report.extra_more
        yield words.say("verify.extra", count=count, names=names), "yellow"
    yield from _answer(report, words)


def _chapter(report: Report, chapter: str, words: Words) -> Iterator[Line]:
    codes = sorted((c for c in report.counts if chapter_of(c) == chapter), key=code_key)
    if not codes:
        return
    verdicts = [report.counts[code].verdict for code in codes]
    parts = [
        f"{verdicts.count(status)} {words.say(f'status.{status.value}')}"
        for status in Status
        if verdicts.count(status)
    ]
    worst = next((s for s in (Status.FAILED, Status.LOOK) if s in verdicts), Status.PASSED)
    yield f" {chapter}  {words.say(f'chapter.{chapter}'):<24}{', '.join(parts)}", _STYLES[worst]
    for code in codes:
        for status in (Status.FAILED, Status.LOOK):
            yield from _code(report, code, status, words)
    failed = [code for code in codes if report.counts[code].failed]
    for todo in dict.fromkeys(todo for code in failed for todo in todo_of(code, words)):
        yield f"      → {todo}", "cyan"
    yield from _not_run([f for f in report.findings if chapter_of(f.code) == chapter], words)
    for code in codes:
        if report.counts[code].declared:
            yield f"      {code}  {title_of(code, words)}: {words.say('status.declared')}", "dim"


def _code(report: Report, code: str, status: Status, words: Words) -> Iterator[Line]:
    own = [f for f in report.findings if f.code == code and f.status is status]
    if not own:
        return
    style = _STYLES[status]
    fault = words.say(f"code.{code}") if words.has(f"code.{code}") else title_of(code, words)
    yield f"      {code}  {fault}: {words.say(f'status.{status.value}')}", style
    for finding in own[:SHOWN]:
        yield f"            {_one(finding, words)}", style
    total = getattr(report.counts[code], status.value)
    if total > SHOWN:
        yield f"            {words.say('verify.more', count=total - SHOWN)}", style


def todo_of(code: str, words: Words) -> list[str]:
    """Return what to do where a check failed: its own sentence, else its chapter's, else nothing."""
    keys = (f"todo.{code}", f"todo.{chapter_of(code)}")
    return [words.say(key) for key in keys if words.has(key)][:1]


def _not_run(findings: list[Finding], words: Words) -> Iterator[Line]:
    """Yield what was not run, by reason, each check once."""
    own = [f for f in findings if f.status is Status.NOT_RUN]
    for reason in dict.fromkeys(f.reason or "" for f in own):
        known = words.has(f"reason.{reason}")
        text = words.say(f"reason.{reason}") if known else words.say("reason.code", code=reason)
        yield f"      {words.say('status.not_run')}: {text}", "dim"
        for code in sorted({f.code for f in own if f.reason == reason}, key=code_key):
            yield f"            {code}  {title_of(code, words)}", "dim"


def title_of(code: str, words: Words) -> str:
    """Return what a check is about, in words; of a group of checks the group's."""
    for key in (f"check.{code}", f"check.{code.partition('.')[0]}"):
        if words.has(key):
            return words.say(key)
    return code


def _one(finding: Finding, words: Words) -> str:
    places = [
        words.say(f"place.{name}", value=str(value))
        for name, value in finding.where.as_json().items()
        if words.has(f"place.{name}")
    ]
    parts = [", ".join(places)] if places else []
    if finding.found or finding.expected:
        parts.append(words.say("verify.found", found=finding.found or "—", expected=finding.expected or "—"))
    if finding.seats is not None and finding.run_offs is not None:
        parts.append(words.say(effect_key(finding.seats, finding.run_offs)))
    return "; ".join(parts)


def effect_key(seats: Effect, run_offs: Effect) -> str:
    """Return the key of the sentence about an effect."""
    pair = (seats, run_offs)
    if pair == (Effect.NO, Effect.NO):
        return "effect.no_no"
    if Effect.YES not in pair:
        return "effect.unknown"
    if pair == (Effect.YES, Effect.YES):
        return "effect.both"
    return "effect.seats" if seats is Effect.YES else "effect.run_offs"


def _answer(report: Report, words: Words) -> Iterator[Line]:
    if not report.readable:
        yield words.say("verify.unreadable"), "red"
        return
    if report.anchored:
        facts = {"origin": report.origin, "size": report.size, "witnesses": report.witnesses}
        yield words.say("verify.anchored", **facts), None
    else:
        yield words.say("verify.not_anchored"), "yellow"
    totals = {status.value: report.total(status) for status in Status}
    failed = report.total(Status.FAILED)
    totals["passed"] += totals["look"]
    yield words.say("verify.bad" if failed else "verify.good", **totals), "red" if failed else "green"
    if failed:
        safe = all((f.seats, f.run_offs) == (Effect.NO, Effect.NO) for f in report.failures)
        yield words.say("verify.safe" if safe else "verify.unsafe"), None
