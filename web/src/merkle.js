// The Merkle tree of RFC 6962 with SHA-256 (spec/log.md §2).
import { concat, same } from "./bytes.js";
import { sha256 } from "./hash.js";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
export const EMPTY_ROOT = sha256(new Uint8Array());

export const leafHash = (entry) => sha256(concat(LEAF, entry));
export const nodeHash = (left, right) => sha256(concat(NODE, left, right));

/** Root of a list of leaf hashes. */
export function rootOf(hashes) {
  if (hashes.length === 0) return EMPTY_ROOT;
  if (hashes.length === 1) return hashes[0];
  let split = 1;
  while (split * 2 < hashes.length) split *= 2;
  return nodeHash(rootOf(hashes.slice(0, split)), rootOf(hashes.slice(split)));
}

/** Whether a leaf at an index leads to the root, RFC 9162 §2.1.3.2. */
export function inclusionHolds(leaf, index, size, proof, root) {
  if (index >= size) return false;
  let fn = BigInt(index);
  let sn = BigInt(size) - 1n;
  let hash = leaf;
  for (const node of proof) {
    if (sn === 0n) return false;
    if (fn & 1n || fn === sn) {
      hash = nodeHash(node, hash);
      while (!(fn & 1n) && fn !== 0n) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else {
      hash = nodeHash(hash, node);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n && same(hash, root);
}

/** Whether the larger tree continues the smaller, RFC 9162 §2.1.4.2. */
export function consistencyHolds(oldSize, oldRoot, size, root, proof) {
  if (oldSize > size) return false;
  if (oldSize === size) return proof.length === 0 && same(oldRoot, root);
  if (oldSize === 0) return proof.length === 0 && same(oldRoot, EMPTY_ROOT);
  const path = proof.slice();
  if ((BigInt(oldSize) & (BigInt(oldSize) - 1n)) === 0n) path.unshift(oldRoot);
  if (path.length === 0) return false;
  let fn = BigInt(oldSize) - 1n;
  let sn = BigInt(size) - 1n;
  while (fn & 1n) {
    fn >>= 1n;
    sn >>= 1n;
  }
  let [first] = path;
  let second = first;
  for (const node of path.slice(1)) {
    if (sn === 0n) return false;
    if (fn & 1n || fn === sn) {
      first = nodeHash(node, first);
      second = nodeHash(node, second);
      while (!(fn & 1n) && fn !== 0n) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else {
      second = nodeHash(second, node);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n && same(first, oldRoot) && same(second, root);
}

/** A complete tree in memory, for logs that were read whole: proofs of any leaf and any earlier size. */
export class Tree {
  constructor() {
    this.levels = [[]];
    this.size = 0;
  }

  add(hash) {
    this.levels[0].push(hash);
    this.size += 1;
    for (let level = 0, at = this.size; at % 2 === 0; level++, at /= 2) {
      this.levels[level + 1] ??= [];
      this.levels[level + 1].push(nodeHash(this.levels[level][at - 2], this.levels[level][at - 1]));
    }
  }

  /** Root of leaves start … end−1. */
  range(start, end) {
    const length = end - start;
    if (length === 0) return EMPTY_ROOT;
    const level = Math.log2(length);
    if (Number.isInteger(level) && start % length === 0) return this.levels[level][start / length];
    let split = 1;
    while (split * 2 < length) split *= 2;
    return nodeHash(this.range(start, start + split), this.range(start + split, end));
  }

  rootAt(size) {
    return this.range(0, size);
  }

  inclusion(index, size = this.size) {
    const path = [];
    const walk = (start, end) => {
      if (end - start <= 1) return;
      let split = 1;
      while (split * 2 < end - start) split *= 2;
      if (index < start + split) {
        walk(start, start + split);
        path.push(this.range(start + split, end));
      } else {
        walk(start + split, end);
        path.push(this.range(start, start + split));
      }
    };
    walk(0, size);
    return path;
  }
}
