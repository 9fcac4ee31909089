// Reading a whole log: every bundle is held against the signed root before anything of it is believed (spec/log.md §4, §5).
import { same } from "./bytes.js";
import { leafHash, Tree } from "./merkle.js";
import { Fault } from "./note.js";

export const WIDTH = 256;
const MAX_BUNDLE = 16_777_472;

/** Path of a bundle: groups of three digits, all but the last behind an x. */
export function bundlePath(index, width = WIDTH) {
  const digits = String(index).padStart(Math.ceil(String(index).length / 3) * 3, "0");
  const groups = digits.match(/.{3}/g);
  const path = groups.map((group, i) => (i < groups.length - 1 ? "x" + group : group)).join("/");
  return `tile/entries/${path}${width < WIDTH ? `.p/${width}` : ""}`;
}

export function parseBundle(bytes, width) {
  const entries = [];
  let at = 0;
  while (at < bytes.length && entries.length < width) {
    const length = (bytes[at] << 8) | bytes[at + 1];
    const end = at + 2 + length;
    if (at + 2 > bytes.length || end > bytes.length) throw new Fault("L2.5", "a torn entry", "whole entries");
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  if (entries.length !== width) throw new Fault("L2.5", entries.length, width);
  return { entries, end: at };
}

/**
 * All entries of a tree of `size` leaves under `root`, and the tree, from its bundles alone. Throws L2.3 where they do
 * not hash to the root: then nothing was given out.
 */
export async function readLog(source, size, root, told = () => {}) {
  const tree = new Tree();
  const entries = [];
  for (let index = 0; index * WIDTH < size; index++) {
    const width = Math.min(WIDTH, size - index * WIDTH);
    const bytes = await readBundle(source, index, width);
    for (const entry of bytes) {
      entries.push(entry);
      tree.add(leafHash(entry));
    }
    told(entries.length, size);
  }
  if (!same(tree.rootAt(size), root)) throw new Fault("L2.3", "another tree", "the root of the checkpoint");
  return { entries, tree };
}

async function readBundle(source, index, width) {
  let bytes;
  let whole = width === WIDTH;
  try {
    bytes = await source.read(bundlePath(index, width), MAX_BUNDLE);
  } catch (error) {
    if (whole || error.code !== "L7.1") throw error;
    // A log may drop a partial bundle once the full one is there, which begins with the same entries.
    bytes = await source.read(bundlePath(index), MAX_BUNDLE);
    return parseBundle(bytes, width).entries;
  }
  const { entries, end } = parseBundle(bytes, width);
  if (end !== bytes.length) throw new Fault("L2.5", "bytes after the last entry", "nothing");
  return entries;
}
