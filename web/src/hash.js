// H, Hs and weights of spec/ballots.md §2, and SHA-256.
import { sha256 } from "@noble/hashes/sha2.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { number, u32, u64, utf8 } from "./bytes.js";
import { Q } from "./group.js";

export { sha256 };

const TAG = "dauys/v1/";
const asBytes = (part) => (typeof part === "string" ? utf8(part) : typeof part === "number" ? u32(part) : part);

/** SHA-512 of `k ‖ len(tag) ‖ tag ‖ len(p1) ‖ p1 …`. Parts: bytes, text (ASCII) or an index. */
export function H(use, ...parts) {
  const tag = utf8(TAG + use);
  const state = sha512.create().update(u64(parts.length)).update(u64(tag.length)).update(tag);
  for (const part of parts) {
    const bytes = asBytes(part);
    state.update(u64(bytes.length)).update(bytes);
  }
  return state.digest();
}

export const Hs = (use, ...parts) => number(H(use, ...parts)) % Q;

/** `count` numbers of 128 bits: number 4b+s is bytes 16s…16s+15 of H(use, e, b). */
export function weights(use, e, count) {
  const out = [];
  for (let b = 0; out.length < count; b++) {
    const block = H(use, e, b);
    for (let s = 0; s < 4 && out.length < count; s++) out.push(number(block.subarray(16 * s, 16 * s + 16)));
  }
  return out;
}
