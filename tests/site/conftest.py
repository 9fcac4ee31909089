"""Two small sites, built once for a run of tests: a final result and one whose run-offs are still counted."""

from __future__ import annotations

from pathlib import Path

import pytest
import small_result

from dauys.site import build

BASE = "https://results.test/"


@pytest.fixture(scope="session")
def final_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_result.write(tmp_path_factory.mktemp("final") / "data")


@pytest.fixture(scope="session")
def final_site(final_data: Path) -> Path:
    return build(final_data, final_data.parent / "site", base_url=BASE, workers=0).folder


@pytest.fixture(scope="session")
def open_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("open")
    data = small_result.write(folder / "data", final=False, rehearsal=True, overridden=True)
    return build(data, folder / "site", base_url=BASE, workers=0).folder
