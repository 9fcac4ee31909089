// Bytes and their written forms. Everything here refuses what is not exactly in form.

const HEX = /^(?:[0-9a-f]{2})*$/;
const encoder = new TextEncoder();
const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** @param {string} text */
export const utf8 = (text) => encoder.encode(text);
/** @param {Uint8Array} bytes; throws where they are no UTF-8 */
export const fromUtf8 = (bytes) => strictDecoder.decode(bytes);

export function hex(bytes) {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

export function unhex(text) {
  if (!HEX.test(text)) throw new Error("no hex");
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

export function concat(...parts) {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export function same(a, b) {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** Order of byte strings: -1, 0, 1. */
export function compare(a, b) {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1;
  return Math.sign(a.length - b.length);
}

export function u32(value) {
  const out = new Uint8Array(4);
  new DataView(out.buffer).setUint32(0, value, true);
  return out;
}

export function u64(value) {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, BigInt(value), true);
  return out;
}

/** Little-endian number of any length. */
export function number(bytes) {
  let text = "";
  for (let i = bytes.length - 1; i >= 0; i--) text += bytes[i].toString(16).padStart(2, "0");
  return BigInt("0x" + (text || "0"));
}

export function base64(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** Standard alphabet with padding, unused bits zero: one spelling for each value. */
export function unbase64(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  if (base64(bytes) !== text) throw new Error("no canonical base64");
  return bytes;
}

const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** The first `5 * count` bits, big-endian, in Crockford letters, four to a group. */
export function crockford(bytes, count) {
  let bits = 0n;
  const used = Math.ceil((5 * count) / 8);
  for (let i = 0; i < used; i++) bits = (bits << 8n) | BigInt(bytes[i]);
  bits >>= BigInt(8 * used - 5 * count);
  let text = "";
  for (let i = count - 1; i >= 0; i--) text += LETTERS[Number((bits >> BigInt(5 * i)) & 31n)];
  return text.match(/.{1,4}/g).join("-");
}

/** What a person types as a card name or code, in its one form: capitals, groups of four; O is 0, I and L are 1. */
export function readLetters(text) {
  const plain = text.toUpperCase().replace(/[\s-]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
  return (plain.match(/.{1,4}/g) ?? []).join("-");
}
