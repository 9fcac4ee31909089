// ristretto255 and the strict rule for Ed25519 (spec/ballots.md §2), over @noble/curves.
import { ed25519, ristretto255, ristretto255_hasher } from "@noble/curves/ed25519.js";
import { pippenger } from "@noble/curves/abstract/curve.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { concat, number } from "./bytes.js";

export const Point = ristretto255.Point;
export const BASE = Point.BASE;
export const ZERO = Point.ZERO;
export const Q = Point.Fn.ORDER;
const Fn = Point.Fn;

export const mod = (value) => Fn.create(value);
export const invert = (value) => Fn.inv(value);

/** A canonical point; throws else. */
export function point(bytes) {
  if (bytes.length !== 32) throw new Error("length");
  return Point.fromBytes(bytes);
}

/** A scalar below q; throws else. */
export function scalar(bytes) {
  const value = number(bytes);
  if (bytes.length !== 32 || value >= Q) throw new Error("scalar");
  return value;
}

export function scalarBytes(value) {
  const out = new Uint8Array(32);
  for (let i = 0, rest = mod(value); i < 32; i++, rest >>= 8n) out[i] = Number(rest & 255n);
  return out;
}

/** The one-way map of RFC 9496 §4.3.4 of 64 bytes. */
export const mapToPoint = (bytes) => ristretto255_hasher.deriveToCurve(bytes);

/** `Σ scalars · points`, in time that depends on them: for public data. Scalars may be any integers. */
export function sumOfProducts(points, scalars) {
  const kept = [];
  const values = [];
  points.forEach((one, i) => {
    const value = mod(scalars[i]);
    if (value !== 0n) {
      kept.push(one);
      values.push(value);
    }
  });
  return kept.length ? pippenger(Point, kept, values) : ZERO;
}

export const times = (one, value) => {
  const reduced = mod(value);
  return reduced === 0n ? ZERO : one.multiplyUnsafe(reduced);
};

/**
 * The strict rule: the equation without cofactor; A, R, S canonical; A and R of small order refused.
 * Libraries disagree on crafted keys; this gives one verdict.
 */
export function verifySignature(key, message, signature) {
  if (key.length !== 32 || signature.length !== 64) return false;
  const Edwards = ed25519.Point;
  let A, R;
  try {
    A = Edwards.fromBytes(key, false);
    R = Edwards.fromBytes(signature.subarray(0, 32), false);
  } catch {
    return false;
  }
  const S = number(signature.subarray(32));
  if (S >= Edwards.Fn.ORDER || A.isSmallOrder() || R.isSmallOrder()) return false;
  const k = Edwards.Fn.create(number(sha512(concat(signature.subarray(0, 32), key, message))));
  const left = S === 0n ? Edwards.ZERO : Edwards.BASE.multiplyUnsafe(S);
  const right = R.add(k === 0n ? Edwards.ZERO : A.multiplyUnsafe(k));
  return left.equals(right);
}

/** Why a key cannot be one of those that sign: `key`, else null. */
export function keyFault(key) {
  try {
    return key.length === 32 && !ed25519.Point.fromBytes(key, false).isSmallOrder() ? null : "key";
  } catch {
    return "key";
  }
}
