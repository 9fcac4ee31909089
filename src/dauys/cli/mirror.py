"""`dauys mirror`: copy a record, checking every file while it comes."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from dauys.cli.options import json_option, lang_option, quiet_option
from dauys.cli.progress import Steps
from dauys.cli.render import console, hint_of, sentence
from dauys.cli.verify import FILE, VerifyCommand, option, read_log_key, read_policy, verify_words
from dauys.record.book import open_record
from dauys.record.checkpoint import OpenedCheckpoint
from dauys.record.faults import LogError
from dauys.record.keys import VerifierKey
from dauys.record.mirror import Mirror


@click.command("mirror", cls=VerifyCommand, help="help.mirror", epilog="help.mirror_example")
@click.argument("record")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@option("--policy", "policy_file", type=FILE, help="option.verify.policy")
@option("--log-key", "log_key", metavar="KEY", help="option.verify.log_key")
@json_option
@quiet_option
@lang_option
@click.pass_context
def command(context: click.Context, /, record: str, folder: Path, **given: Any) -> None:
    """Copy a record; the text of the help page is in the locale files."""
    words = verify_words(context)
    try:
        keys = _keys(given)
        with (
            open_record(record) as opened,
            Steps(quiet=given["quiet"] or given["as_json"]) as steps,
            steps.step(words.say("mirror.copying", name=record)),
        ):
            mirror = Mirror(opened, folder, lambda _, __: steps.tell(mirror.copied.bytes, None))
            shown = mirror.run(keys)
    except LogError as error:
        out = console(sys.stderr)
        out.print(f"{words.say('error')}: {sentence(error.problem, words)}", style="red")
        hint = hint_of(error.problem, words)
        if hint:
            out.print(f"{words.say('hint')}: {hint}", style="cyan")
        context.exit(1 if error.code in ("L5.5", "L5.6") else 2)
    except KeyboardInterrupt:
        click.echo(words.say("mirror.interrupted"), err=True)
        context.exit(130)
    copied = mirror.copied
    facts = {"files": copied.files, "bytes": copied.bytes, "kept": copied.kept}
    if given["as_json"]:
        origin, size = shown.checkpoint.origin, shown.checkpoint.size
        click.echo(json.dumps({**facts, "missing": copied.missing, "origin": origin, "entries": size}))
    elif not given["quiet"]:
        click.echo(words.say("mirror.done", folder=str(folder), **facts))
        if not keys:
            click.echo(words.say("mirror.first_use", key=_named(shown)))


def _named(shown: OpenedCheckpoint) -> str:
    """Return origin and id of the key that signed, as a verifier key begins."""
    origin = shown.checkpoint.origin
    ids = [one.key_id.hex() for one in shown.note.signatures if one.name == origin]
    return "+".join((origin, *ids[:1]))


def _keys(given: dict[str, Any]) -> tuple[VerifierKey, ...]:
    policy, key = read_policy(given["policy_file"]), read_log_key(given["log_key"])
    return (*(policy.keys if policy else ()), *((key,) if key else ()))
