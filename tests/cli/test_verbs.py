"""What groups of verbs say where the system refuses a file."""

from __future__ import annotations

import os
from errno import EACCES, EDQUOT, EFBIG, ENOENT, ENOSPC, EROFS
from pathlib import Path

import pytest
from click.testing import CliRunner

from dauys.cli.verbs import SETTINGS, Verb, Verbs, reporting

NOT_WRITTEN = {
    "en": "the file cannot be written",
    "ru": "файл не записывается",
    "kk": "файлды жазу мүмкін емес",
}
EITHER = {
    "en": "it cannot be read or written",
    "ru": "это не читается или не записывается",
    "kk": "оны оқу немесе жазу мүмкін емес",
}


def said(monkeypatch, fails, language: str) -> str:
    """What a verb says that fails so; it leaves with 2."""
    monkeypatch.setenv("LANG", f"{language}_KZ.UTF-8")
    group = Verbs("log", context_settings=SETTINGS)
    group.add_command(Verb("append", callback=reporting(fails)))
    done = CliRunner().invoke(group, ["append"], catch_exceptions=False)
    assert done.exit_code == 2
    assert "(L7.3)" in done.output
    assert "expected" not in done.output
    return done.output


@pytest.mark.parametrize("language", NOT_WRITTEN)
@pytest.mark.parametrize("number", [ENOSPC, EDQUOT, EROFS, EFBIG])
def test_a_file_that_cannot_be_written_is_not_called_unreadable(monkeypatch, number, language):
    def fails() -> None:
        raise OSError(number, os.strerror(number), "out.zip")

    told = said(monkeypatch, fails, language)
    assert f"out.zip: {NOT_WRITTEN[language]} ({os.strerror(number)})" in told


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk(monkeypatch):
    told = said(monkeypatch, lambda: Path("/dev/full").write_bytes(b"x") and 0, "en")
    assert "the file cannot be written (No space left on device)" in told


@pytest.mark.parametrize("language", EITHER)
@pytest.mark.parametrize("number", [EACCES, ENOENT])
def test_what_may_have_been_either_is_called_neither(monkeypatch, number, language):
    def fails() -> None:
        raise OSError(number, os.strerror(number), "out.zip")

    told = said(monkeypatch, fails, language)
    assert f"out.zip: {EITHER[language]} ({os.strerror(number)})" in told


def test_an_error_without_a_number_says_its_own_words(monkeypatch):
    def fails() -> None:
        raise OSError("the line is gone")

    assert "(the line is gone)" in said(monkeypatch, fails, "en")
