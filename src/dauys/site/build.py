"""Data in, site out: every page of three languages, written beside the target and put in place by rename."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dauys.domain.text import LANGUAGES, Language
from dauys.site import feeds, picture, source
from dauys.site.colours import Close, close_pairs
from dauys.site.pages import constituencies, facts, front, lists, places, station
from dauys.site.render import Renderer, asset, stylesheet
from dauys.site.view import Page, View

FONTS = tuple(f"fonts/{name}.woff2" for name in ("serif-700", "sans-400", "sans-600"))
LICENCES = ("fonts/PT-Serif-licence.txt", "fonts/Inter-licence.txt")
VERIFIER = ("index.html", "verifier.css", "verifier.html", "verifier.js")
LABELS = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
#: Where the site says it lives when nobody tells it: the address `dauys site --serve` answers at.
BASE_URL = "http://127.0.0.1:8004/"
MARK = ".dauys-site"
_CHUNK = 120

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Built:
    """What was written: where, how many pages in all languages, how many files; colours too close."""

    folder: Path
    pages: int
    files: int
    close: tuple[Close, ...] = ()


def build(
    data_dir: Path,
    site_dir: Path,
    progress: Progress | None = None,
    base_url: str = BASE_URL,
    workers: int | None = None,
) -> Built:
    """Write the site of the result in `data_dir` to `site_dir`, whole or not at all; return what was written.

    `progress(done, total)` is called as pages are finished. `workers` processes draw the station pages; None
    is one for each processor, 0 draws all in this one. Raises InputError where data is missing,
    FileExistsError where `site_dir` holds something that is not a site of ours.
    """
    data_dir, site_dir = Path(data_dir), Path(site_dir)
    if site_dir.exists() and any(site_dir.iterdir()) and not (site_dir / MARK).is_file():
        raise FileExistsError(f"{site_dir} is not empty and not a site written here")
    data = source.read(data_dir)
    site_dir.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{site_dir.name}-", dir=site_dir.parent))
    try:
        pages, files = _write(data, draft, progress or _silent, base_url, workers)
        draft.chmod(0o755)
        _replace(draft, site_dir)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return Built(site_dir, pages, files, tuple(close_pairs(_drawn_together(data))))


def _drawn_together(data: source.Source) -> list[source.Row]:
    """Return the parties that one picture shows side by side: those with a seat in the house."""
    seated = {row["party"] for row in data.results["house_rows"]}
    return [party for party in data.results["parties"] if party["id"] in seated]


def _silent(done: int, total: int) -> None:
    """Tell nobody how far the work is."""
    del done, total


def _replace(draft: Path, target: Path) -> None:
    """Put the draft in place; a crash between the renames leaves the old site beside it, with a dot."""
    old = draft.with_name(draft.name + "-old")
    if target.exists():
        target.rename(old)
    draft.rename(target)
    shutil.rmtree(old, ignore_errors=True)


class _Writer:
    """Counts and writes files below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.files = folder, 0
        self._made: set[str] = set()

    def write(self, path: str, content: str | bytes) -> None:
        full = f"{self.folder}/{path}"
        parent = full.rpartition("/")[0]
        if parent not in self._made:
            os.makedirs(parent, exist_ok=True)  # noqa: PTH103  one call for each of 38,000 files
            self._made.add(parent)
        with open(full, "wb") as file:  # noqa: PTH123
            file.write(content.encode("utf-8") if isinstance(content, str) else content)
        self.files += 1


def to_json(value: Any) -> str:
    """Return JSON as it lies beside the pages: UTF-8, one line end."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


@dataclass(frozen=True, slots=True)
class _Shop:
    """What the workers inherit when they are forked."""

    data: source.Source
    folder: Path
    renderers: dict[Language, Renderer]


_shop: list[_Shop] = []


Job = tuple[Language, tuple[str, int, int]]


def _write(
    data: source.Source, folder: Path, progress: Progress, base_url: str, workers: int | None
) -> tuple[int, int]:
    """Write every file below `folder`; return the number of pages and of files."""
    renderers = {language: Renderer(View(data, language), base_url) for language in LANGUAGES}
    jobs: list[Job] = [(language, group) for group in _groups(data) for language in LANGUAGES]
    total = 3 * (_singles(renderers["en"].view) + len(data.stations))
    done = 0

    def advance(n: int) -> None:
        nonlocal done
        done += n
        progress(done, total)

    for language in LANGUAGES:
        (folder / language / "stations").mkdir(parents=True)
    (folder / "json" / "stations").mkdir(parents=True)
    _shop[:] = [_Shop(data, folder, renderers)]
    count = (os.cpu_count() or 1) if workers is None else workers
    can_fork = "fork" in multiprocessing.get_all_start_methods()
    many = count > 1 and len(jobs) > 6 and can_fork
    drawn = _with_workers(jobs, count) if many else _alone(jobs)
    # The first step starts the workers; they draw stations while this process writes the rest.
    next(drawn)
    files = _write_rest(data, folder, renderers, base_url, advance)
    for pages, written in drawn:
        files += written
        advance(pages)
    _shop.clear()
    return done, files


def _alone(jobs: list[Job]) -> Iterator[tuple[int, int]]:
    """Yield nothing done, then pages and files of each job, drawn in this process."""
    yield 0, 0
    for job in jobs:
        yield _draw_stations(*job)


def _with_workers(jobs: list[Job], count: int) -> Iterator[tuple[int, int]]:
    """Yield nothing done once the workers are forked, then pages and files of each job as it ends."""
    for renderer in _shop[0].renderers.values():
        renderer.environment.get_template("station.html")  # compiled once, inherited by all
    pool = ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("fork"))
    try:
        with warnings.catch_warnings():
            # Python warns of forks beside threads: a child may inherit a lock that is held. Ours only fill
            # templates and write files, and touch neither the terminal nor the drawing library.
            warnings.simplefilter("ignore", DeprecationWarning)
            waiting: list[Future[tuple[int, int]]] = [pool.submit(_draw_stations, *job) for job in jobs]
        yield 0, 0
        for future in as_completed(waiting):
            yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _groups(data: source.Source) -> Iterator[tuple[str, int, int]]:
    """Yield slices of the stations of each constituency, small enough to keep all workers busy to the end."""
    for identity, mine in data.stations_of.items():
        for start in range(0, len(mine), _CHUNK):
            yield identity, start, min(start + _CHUNK, len(mine))


def _draw_stations(language: Language, group: tuple[str, int, int]) -> tuple[int, int]:
    """Write the pages of some stations in one language, and their JSON with the first language."""
    shop = _shop[0]
    renderer = shop.renderers[language]
    view, writer = renderer.view, _Writer(shop.folder)
    identity, start, end = group
    mine = shop.data.stations_of[identity]
    for i in range(start, end):
        before = mine[i - 1]["station"] if i else None
        after = mine[i + 1]["station"] if i + 1 < len(mine) else None
        page = station.page(view, mine[i], before, after)
        writer.write(f"{language}/{page.path}", renderer.draw(page))
        if language == LANGUAGES[0]:
            writer.write(f"json/{page.json_path}", to_json(station.facts(view, mine[i])))
    return end - start, writer.files


def _singles(view: View) -> int:
    """Return how many pages of one language are not a station's."""
    groups = len(view.source.constituencies) or len(view.source.regions)
    own = 11 + view.has_list + 2 * bool(view.contested)
    return own + groups + len(view.contested) + len(view.source.regions)


def single_pages(view: View) -> Iterator[Page]:
    """Yield every page of one language that is not a station's."""
    yield front.page(view)
    if view.has_list:
        yield lists.page(view)
    if view.contested:
        yield constituencies.index(view)
        yield constituencies.runoffs(view)
    yield places.index(view)
    yield places.stations(view)
    yield places.electronic(view)
    yield places.turnout(view)
    yield facts.history(view)
    yield facts.findings(view)
    yield facts.methods(view)
    yield facts.data(view)
    yield facts.synthetic(view)
    yield facts.missing(view)
    yield from places.pages(view)
    yield from constituencies.pages(view)


def _write_rest(
    data: source.Source,
    folder: Path,
    renderers: dict[Language, Renderer],
    base_url: str,
    advance: Callable[[int], None],
) -> int:
    """Write everything but the station pages; return how many files."""
    writer = _Writer(folder)
    paths: list[str] = []
    for language, renderer in renderers.items():
        for page in single_pages(renderer.view):
            writer.write(f"{language}/{page.path}", renderer.draw(page))
            if page.data is not None and language == LANGUAGES[0]:
                writer.write(f"json/{page.json_path}", to_json(page.data))
            if language == LANGUAGES[0] and page.path != "404.html":
                paths.append(page.path)
            advance(1)
        writer.write(f"{language}/feed.xml", feeds.atom(renderer.view, base_url))
        writer.write(f"assets/result-{language}.png", picture.draw(renderer.view))
    paths += [f"stations/{s['station']}.html" for s in data.stations]
    writer.write("sitemap.xml", feeds.sitemap(paths, base_url))
    writer.write("robots.txt", f"User-agent: *\nAllow: /\nSitemap: {base_url}sitemap.xml\n")
    writer.write("assets/dauys.css", stylesheet(data.results["parties"]))
    writer.write("assets/icon.svg", asset("icon.svg"))
    for name in (*FONTS, *LICENCES):
        writer.write(f"assets/{name}", asset(name))
    for name in VERIFIER:
        writer.write(f"verify/{name}", asset(f"verify/{name}"))
    rows = [
        {"lang": lang, "label": LABELS[lang], "title": r.view.name(data.results["election"]["title"])}
        for lang, r in renderers.items()
    ]
    welcome = renderers["en"].environment.get_template("welcome.html")
    for name, target in (("index.html", "index.html"), ("404.html", "404.html")):
        writer.write(name, welcome.render(rows=rows, target=target))
    writer.write(MARK, "A site written by dauys; it is replaced as a whole.\n")
    (folder / "data").mkdir()
    for name in source.DOWNLOADS:
        if (data.folder / name).is_file():
            shutil.copyfile(data.folder / name, folder / "data" / name)
            writer.files += 1
    return writer.files
