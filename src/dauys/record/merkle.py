"""The Merkle tree of RFC 6962 with SHA-256: hashes, proofs made and proofs checked.

**Source:** RFC 6962 §2.1, RFC 9162 §2.1.3.2 and §2.1.4.2; `spec/log.md` §2. Sizes and indices count from 0
and are below 2⁶³. A *node* is named by `(level, index)`: the complete subtree over the leaves
`index·2^level … (index+1)·2^level − 1`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

from dauys import _core
from dauys.record.faults import LogError

HASH_BYTES = 32
MAX_SIZE = 2**63 - 1
#: No tree below 2⁶³ leaves needs a longer proof.
MAX_PROOF = 64

NodeHash = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of an entry as a leaf: SHA-256 of `00 ‖ entry`."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256 of `01 ‖ left ‖ right`."""
    return hashlib.sha256(b"\x01" + left + right).digest()


#: The root of a tree without leaves: SHA-256 of nothing.
EMPTY_ROOT = hashlib.sha256(b"").digest()


def complete_root(hashes: Sequence[bytes]) -> bytes:
    """Return the root over a power of two of hashes."""
    return hashes[0] if len(hashes) == 1 else _core.complete_root(b"".join(hashes))


def fold_right(hashes: Sequence[bytes], right: bytes | None) -> bytes | None:
    """Return the root over some hashes and, to their right, a subtree that is smaller than any of them.

    `right` is None where nothing stands to the right; without hashes the answer is `right`.
    """
    end, width = len(hashes), 1
    while end:
        if end & width:
            block = complete_root(hashes[end - width : end])
            right = block if right is None else node_hash(block, right)
            end -= width
        width *= 2
    return right


def tree_root(leaves: Iterable[bytes]) -> bytes:
    """Return the root over leaf hashes in their order; over none it is `EMPTY_ROOT`.

    Memory grows with log₂.
    """
    peaks: list[bytes] = []
    for position, leaf in enumerate(leaves):
        node, index = leaf, position
        while index & 1:
            node, index = node_hash(peaks.pop(), node), index >> 1
        peaks.append(node)
    root = None
    for peak in reversed(peaks):
        root = peak if root is None else node_hash(peak, root)
    return EMPTY_ROOT if root is None else root


def _split(size: int) -> int:
    """Return the largest power of two below `size`, which is at least 2."""
    return 1 << ((size - 1).bit_length() - 1)


def subtree_hash(start: int, end: int, node: NodeHash) -> bytes:
    """Return the hash over the leaves `start … end−1`, which are a subtree as RFC 6962 splits one."""
    width = end - start
    if width & (width - 1) == 0 and start % width == 0:
        return node(width.bit_length() - 1, start // width)
    middle = start + _split(width)
    return node_hash(subtree_hash(start, middle, node), subtree_hash(middle, end, node))


def inclusion_proof(index: int, size: int, node: NodeHash) -> tuple[bytes, ...]:
    """Return the hashes that lead from leaf `index` to the root of the first `size` leaves, leaf end first.

    Raises LogError L1.3 where there is no such leaf.
    """
    if not 0 <= index < size <= MAX_SIZE:
        raise LogError("L1.3", found=index, expected=f"0…{size - 1}")
    proof: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(subtree_hash(middle, end, node))
            end = middle
        else:
            proof.append(subtree_hash(start, middle, node))
            start = middle
    return tuple(reversed(proof))


def consistency_chain(old_size: int, new_size: int, node: NodeHash) -> tuple[bytes, ...]:
    """Return a consistency proof whose first hash is always there, also where it is the old root itself.

    Such a chain shows both roots by itself (`consistency_roots`), so it can convict a log as well as clear
    it. Raises LogError L1.3 unless `0 < old_size ≤ new_size`.
    """
    if not 0 < old_size <= new_size <= MAX_SIZE:
        raise LogError("L1.3", found=old_size, expected=f"1…{new_size}")
    proof: list[bytes] = []
    start, end = 0, new_size
    # RFC 6962 §2.1.2, SUBPROOF, as a walk down; `start` is where the part under proof begins.
    while old_size < end:
        middle = start + _split(end - start)
        if old_size <= middle:
            proof.append(subtree_hash(middle, end, node))
            end = middle
        else:
            proof.append(subtree_hash(start, middle, node))
            start = middle
    proof.append(subtree_hash(start, end, node))
    return tuple(reversed(proof))


def consistency_proof(old_size: int, new_size: int, node: NodeHash) -> tuple[bytes, ...]:
    """Return the proof of RFC 6962 §2.1.2 that the first `old_size` leaves are the same in both trees.

    It is empty for equal sizes and for an empty old tree. Raises LogError L1.3 where `old_size` is the
    larger.
    """
    if old_size in (0, new_size) and 0 <= old_size <= new_size:
        return ()
    chain = consistency_chain(old_size, new_size, node)
    return chain[1:] if old_size & (old_size - 1) == 0 else chain


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Return where the leaf hash stands at `index` in the tree of `size` leaves under `root`.

    Raises LogError L1.3 for numbers or lengths no proof has, L1.1 where the proof leads elsewhere.
    **Source:** RFC 9162 §2.1.3.2.
    """
    if not 0 <= index < size <= MAX_SIZE:
        raise LogError("L1.3", found=index, expected=f"0…{size - 1}")
    _check_hashes((leaf, root, *proof))
    position, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise LogError("L1.3", found=f"{len(proof)} hashes", expected="fewer")
        if position & 1 or position == last:
            found = node_hash(sibling, found)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        position, last = position >> 1, last >> 1
    if last:
        raise LogError("L1.3", found=f"{len(proof)} hashes", expected="more")
    if found != root:
        raise LogError("L1.1", found=found.hex(), expected=root.hex(), index=index, size=size)


def consistency_roots(old_size: int, new_size: int, chain: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Return the roots of the old and the new tree that a chain of `consistency_chain` shows.

    Raises LogError L1.3 where no chain for `0 < old_size < new_size` has this length.
    **Source:** RFC 9162 §2.1.4.2, from its second step.
    """
    if not 0 < old_size < new_size <= MAX_SIZE or not chain:
        raise LogError("L1.3", found=f"{old_size}→{new_size}", expected="a smaller tree in a larger one")
    _check_hashes(chain)
    old, new = old_size - 1, new_size - 1
    while old & 1:
        old, new = old >> 1, new >> 1
    old_root = new_root = chain[0]
    for sibling in chain[1:]:
        if new == 0:
            raise LogError("L1.3", found=f"{len(chain)} hashes", expected="fewer")
        if old & 1 or old == new:
            old_root, new_root = node_hash(sibling, old_root), node_hash(sibling, new_root)
            while not old & 1 and old:
                old, new = old >> 1, new >> 1
        else:
            new_root = node_hash(new_root, sibling)
        old, new = old >> 1, new >> 1
    if new:
        raise LogError("L1.3", found=f"{len(chain)} hashes", expected="more")
    return old_root, new_root


def verify_consistency(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Return where the old tree is a prefix of the new one.

    For equal sizes and for an empty old tree the proof must be empty. Raises LogError L1.3 for numbers or
    lengths no proof has, L1.2 where the trees contradict each other.
    """
    if not 0 <= old_size <= new_size <= MAX_SIZE:
        raise LogError("L1.3", found=old_size, expected=f"0…{new_size}")
    if old_size in (0, new_size):
        if proof:
            raise LogError("L1.3", found=f"{len(proof)} hashes", expected="none")
        if old_root != (EMPTY_ROOT if old_size == 0 else new_root):
            raise LogError("L1.2", found=new_root.hex(), expected=old_root.hex(), size=old_size)
        return
    chain = (old_root, *proof) if old_size & (old_size - 1) == 0 else tuple(proof)
    roots = consistency_roots(old_size, new_size, chain)
    if roots != (old_root, new_root):
        wrong = 0 if roots[0] != old_root else 1
        raise LogError(
            "L1.2", found=roots[wrong].hex(), expected=(old_root, new_root)[wrong].hex(), size=old_size
        )


def _check_hashes(hashes: Sequence[bytes]) -> None:
    if len(hashes) > MAX_PROOF + 2:
        raise LogError("L1.3", found=f"{len(hashes)} hashes", expected=f"at most {MAX_PROOF}")
    for value in hashes:
        if len(value) != HASH_BYTES:
            raise LogError("L1.3", found=f"{len(value)} bytes", expected=f"{HASH_BYTES} bytes")
