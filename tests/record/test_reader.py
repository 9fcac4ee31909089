"""Whatever is changed in the files of a log, a reader notices before it gives anything out."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dauys.record.faults import LogError
from dauys.record.keys import Signer
from dauys.record.merkle import (
    EMPTY_ROOT,
    consistency_chain,
    consistency_roots,
    leaf_hash,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from dauys.record.reader import LogReader
from dauys.record.sources import FolderSource
from dauys.record.store import create_log, open_log
from dauys.record.tiles import Edge, Tile, encode_bundle, parse_bundle, parse_tile_path, tiles_of_size

SIGNER = Signer("example.test/log", 0x01, b"\x01" * 32)
SIZE = 70_000


@pytest.fixture(scope="module")
def big(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("big") / "log"
    create_log(folder, SIGNER)
    with open_log(folder) as log:
        log.append(b"%d" % i for i in range(SIZE))
        log.publish(SIGNER)
    return folder


def reader(folder: Path) -> LogReader:
    with open_log(folder) as log:
        checkpoint = log.signed.checkpoint
    return LogReader(FolderSource(folder / "public"), checkpoint.size, checkpoint.root)


def test_files_are_those_that_the_size_says_and_no_others(big):
    found = {str(p.relative_to(big / "public")) for p in (big / "public").rglob("*") if p.is_file()}
    assert found == {tile.path for tile in tiles_of_size(SIZE)} | {"checkpoint"}
    # The example of tlog-tiles: 273 full tiles and one of 112, one full and one of 17, one of 1.
    widths = [t.width for t in tiles_of_size(SIZE) if t.level == 0]
    assert (widths.count(256), widths[-1], len(widths)) == (273, 112, 274)
    assert [t.width for t in tiles_of_size(SIZE) if t.level == 1] == [256, 17]
    assert [t.width for t in tiles_of_size(SIZE) if t.level == 2] == [1]


def test_all_entries_in_order_and_from_the_middle(big):
    tree = reader(big)
    assert all(entry == b"%d" % index for index, entry in tree.entries())
    assert [i for i, _ in tree.entries(SIZE - 300)] == list(range(SIZE - 300, SIZE))
    assert tree.entry(66_000) == b"66000"
    with pytest.raises(LogError, match=r"L1\.3"):
        tree.entry(SIZE)


def test_proofs_from_tiles(big):
    tree = reader(big)
    leaves = [leaf_hash(b"%d" % i) for i in range(SIZE)]
    for index in (0, 1, 255, 256, 65_535, 65_536, SIZE - 1):
        verify_inclusion(leaves[index], index, SIZE, tree.inclusion_proof(index), tree.root)
    for old in (0, 1, 255, 256, 257, 65_536, 69_888, SIZE - 1, SIZE):
        verify_consistency(old, tree_root(leaves[:old]), SIZE, tree.root, tree.consistency_proof(old))


def test_reading_a_long_log_takes_the_memory_of_a_short_one(big):
    tree = reader(big)
    tracemalloc.start()
    count = sum(1 for _ in tree.entries())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == SIZE
    assert peak < 2_000_000


CHANGES = {
    "bit of an entry": ("tile/entries/100", lambda d: d[:51] + bytes([d[51] ^ 1]) + d[52:], "L2.6"),
    "length of an entry": ("tile/entries/100", lambda d: b"\x00\x01" + d[2:], "L2.5"),
    "entry dropped": ("tile/entries/100", lambda d: d[7:], "L2.5"),
    "entry repeated": ("tile/entries/100", lambda d: d[:7] + d, "L2.5"),
    "bundle padded": ("tile/entries/100", lambda d: d + b"\x00", "L2.5"),
    "bundle empty": ("tile/entries/100", lambda d: b"", "L2.5"),
    "last bundle cut": ("tile/entries/273.p/112", lambda d: d[:-1], "L2.5"),
    "leaf hash": ("tile/0/100", lambda d: bytes([d[0] ^ 1]) + d[1:], "L2.4"),
    "tile cut": ("tile/0/100", lambda d: d[:-32], "L2.2"),
    "tile padded": ("tile/0/100", lambda d: d + bytes(32), "L7.2"),
    "tile of the level above": ("tile/1/000", lambda d: d[:-1] + bytes([d[-1] ^ 1]), "L2.4"),
    "partial leaf": ("tile/0/273.p/112", lambda d: d[:-1] + bytes([d[-1] ^ 1]), "L2.3"),
    "partial above": ("tile/1/001.p/17", lambda d: d[:-1] + bytes([d[-1] ^ 1]), "L2.3"),
    "top": ("tile/2/000.p/1", lambda d: bytes(32), "L2.3"),
    "top cut": ("tile/2/000.p/1", lambda d: b"", "L2.2"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_changes_are_noticed(big, name):
    path, change, code = CHANGES[name]
    file = big / "public" / path
    data = file.read_bytes()
    try:
        file.write_bytes(change(data))
        with pytest.raises(LogError) as caught:
            list(reader(big).entries())
    finally:
        file.write_bytes(data)
    assert caught.value.code == code


def test_a_partial_tile_may_be_gone_once_the_full_one_is_there(tmp_path):
    create_log(tmp_path / "log", SIGNER)
    with open_log(tmp_path / "log") as log:
        log.append(b"%d" % i for i in range(200))
        old = log.publish(SIGNER).checkpoint
        log.append(b"%d" % i for i in range(200, 256))
        log.publish(SIGNER)
    for path in ("tile/0/000.p/200", "tile/entries/000.p/200"):
        (tmp_path / "log" / "public" / path).unlink()
    tree = LogReader(FolderSource(tmp_path / "log" / "public"), old.size, old.root)
    assert [e for _, e in tree.entries()] == [b"%d" % i for i in range(200)]


@given(st.integers(0, 2**55 - 1), st.one_of(st.none(), st.integers(0, 7)), st.integers(1, 256))
def test_paths_are_one_to_one(index, level, width):
    tile = Tile(level, index, width)
    assert parse_tile_path(tile.path) == tile


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=256))
def test_bundles_are_one_to_one(entries):
    tile = Tile(None, 0, len(entries))
    assert parse_bundle(encode_bundle(entries), tile) == tuple(entries)


@given(st.lists(st.binary(max_size=40), max_size=600))
def test_an_edge_grows_to_the_root_of_all_leaves(entries):
    edge = Edge()
    for entry in entries:
        edge.append(leaf_hash(entry))
    assert edge.root() == tree_root(map(leaf_hash, entries)) == (edge.root() if entries else EMPTY_ROOT)


@given(st.data())
def test_a_chain_shows_both_roots(data):
    leaves = [leaf_hash(b"%d" % i) for i in range(data.draw(st.integers(2, 70)))]
    old = data.draw(st.integers(1, len(leaves) - 1))
    chain = consistency_chain(old, len(leaves), lambda k, i: tree_root(leaves[i << k : (i + 1) << k]))
    assert consistency_roots(old, len(leaves), chain) == (tree_root(leaves[:old]), tree_root(leaves))
