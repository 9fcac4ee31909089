"""What holds for the repository as a whole."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def tracked(*patterns: str) -> list[Path]:
    command = ["git", "ls-files", "-z", *patterns]
    out = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in out.decode().split("\0") if name]


def in_a_repository() -> bool:
    return (ROOT / ".git").exists()


@pytest.mark.skipif(not in_a_repository(), reason="needs the git checkout: asks git for the tracked files")
def test_every_local_link_of_the_documents_leads_somewhere():
    broken = []
    for page in tracked("*.md"):
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text()):
            if "://" not in target and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []


@pytest.mark.skipif(not in_a_repository(), reason="needs the git checkout: asks git for the tracked files")
def test_lock_files_of_python_hold_hashes_and_no_address():
    locks = tracked("requirements*.lock")
    assert len(locks) == 4
    for lock in locks:
        text = lock.read_text()
        assert "://" not in text
        assert text.count("==") <= text.count("--hash=sha256:")


def test_version_is_the_same_everywhere():
    python = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.M)
    rust = re.search(r'^version = "(.+)"', (ROOT / "Cargo.toml").read_text(), re.M)
    code = re.search(r'__version__ = "(.+)"', (ROOT / "src/dauys/__init__.py").read_text())
    assert [match and match[1] for match in (python, rust, code)] == [code[1] if code else ""] * 3


@pytest.mark.parametrize("name", ["README.md", "docs/tutorial/first-count.md"])
def test_commands_named_in_the_documents_exist(name):
    from dauys.cli.main import cli

    text = (ROOT / name).read_text()
    commands = set(re.findall(r"\bdauys ([a-z][a-z-]+)", text))
    assert commands
    assert commands <= set(cli.list_commands(None))
