import json
import shutil
import socket

import pytest
from click.testing import CliRunner

from dauys.cli.main import cli

pytestmark = pytest.mark.xdist_group("site")


def run(*arguments, language="en"):
    return CliRunner().invoke(cli, ["site", *map(str, arguments), "--lang", language])


def test_the_site_of_a_result_is_made(final_data, tmp_path):
    shutil.copytree(final_data, tmp_path / "data")
    result = run(tmp_path, "--base-url", "https://results.test")
    assert result.exit_code == 0
    assert result.stdout.startswith("894 pages   ")
    assert (tmp_path / "site" / "ru" / "stations" / "0134.html").is_file()
    assert "https://results.test/kk/" in (tmp_path / "site" / "sitemap.xml").read_text(encoding="utf-8")
    assert run(tmp_path, "--quiet").stdout == ""


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "no such file"), ("ru", "такого файла нет"), ("kk", "мұндай файл жоқ")],
)
def test_missing_data_is_said_in_the_language_of_the_person(tmp_path, language, sentence):
    result = run(tmp_path, language=language)
    assert result.exit_code == 2
    assert result.output.count(sentence) == 8
    assert "(E6.1)" in result.output
    assert "dauys run" in result.output
    assert not (tmp_path / "site").exists()


def test_data_that_is_no_result_is_refused(final_data, tmp_path):
    shutil.copytree(final_data, tmp_path / "data")
    (tmp_path / "data" / "results.json").write_text("{", encoding="utf-8")
    assert "(E6.2)" in run(tmp_path).output
    (tmp_path / "data" / "results.json").write_text(json.dumps({"schema": "other/1"}), encoding="utf-8")
    result = run(tmp_path)
    assert result.exit_code == 2
    assert "“other/1”" in result.output
    assert "(E6.3)" in result.output


def test_a_folder_of_somebody_else_is_left_alone(final_data, tmp_path):
    shutil.copytree(final_data, tmp_path / "data")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "letter.txt").write_text("mine")
    result = run(tmp_path)
    assert result.exit_code == 2
    assert "(E6.4)" in result.output
    assert (tmp_path / "site" / "letter.txt").read_text() == "mine"


def test_a_port_in_use_is_said(final_site):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = run(final_site.parent, "--keep", "--serve", port)
    assert result.exit_code == 2
    assert f"port {port} cannot be used" in result.output
