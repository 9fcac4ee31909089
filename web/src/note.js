// Signed notes, keys, checkpoints, cosignatures, policies (spec/log.md §3, §6, §7).
import { base64, concat, fromUtf8, same, unbase64, utf8 } from "./bytes.js";
import { verifySignature } from "./group.js";
import { sha256 } from "./hash.js";

export const ED25519 = 1;
export const COSIGNATURE = 4;
const MAX_NOTE = 1_000_000;

export class Fault extends Error {
  constructor(code, found = "", expected = "") {
    super(`${code}: ${found}, expected ${expected}`);
    Object.assign(this, { code, found: String(found), expected: String(expected) });
  }
}

// eslint-disable-next-line no-control-regex
const isName = (name) => name !== "" && !/[\s+\u0000-\u001f\u007f\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/u.test(name);

export function keyId(name, type, key) {
  return sha256(concat(utf8(name), Uint8Array.of(10, type), key)).subarray(0, 4);
}

/** `NAME+KEYID+BASE64` */
export function parseKey(text) {
  const wrong = new Fault("L3.3", text.slice(0, 120), "NAME+KEYID+BASE64");
  const [name, id, ...rest] = text.split("+");
  const encoded = rest.join("+");
  let data;
  try {
    data = unbase64(encoded);
  } catch {
    throw wrong;
  }
  const type = data[0];
  const key = data.subarray(1);
  if (data.length !== 33 || (type !== ED25519 && type !== COSIGNATURE) || !isName(name)) throw wrong;
  const own = keyId(name, type, key);
  const written = Array.from(own, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (id !== written) throw wrong;
  return { name, type, key, id: own, text };
}

export function parseNote(bytes) {
  let text;
  try {
    text = fromUtf8(bytes);
  } catch {
    throw new Fault("L3.1", "bytes", "UTF-8");
  }
  const split = text.lastIndexOf("\n\n");
  // eslint-disable-next-line no-control-regex
  if (bytes.length > MAX_NOTE || split < 0 || !text.endsWith("\n") || /[\u0000-\u0009\u000b-\u001f]/.test(text)) {
    throw new Fault("L3.1", text.slice(0, 60), "a signed note");
  }
  const body = text.slice(0, split + 1);
  const lines = text.slice(split + 2, -1).split("\n");
  if (lines.length > 100 || lines[0] === "") throw new Fault("L3.1", lines.length, "at most 100 signatures");
  const signatures = lines.map((line) => {
    const parts = line.split(" ");
    if (parts.length !== 3 || parts[0] !== "—" || !isName(parts[1])) throw new Fault("L3.2", line.slice(0, 60), "— NAME BASE64");
    let data;
    try {
      data = unbase64(parts[2]);
    } catch {
      throw new Fault("L3.2", line.slice(0, 60), "base64");
    }
    if (data.length < 5) throw new Fault("L3.2", data.length, "a key id and a signature");
    return { name: parts[1], id: data.subarray(0, 4), bytes: data.subarray(4), line };
  });
  return { text: body, signatures, bytes };
}

/** Time of a cosignature in seconds, null of a log's signature; undefined where it does not hold. */
function signatureHolds(key, text, signature) {
  if (key.type === ED25519) return verifySignature(key.key, utf8(text), signature) ? null : undefined;
  const time = signature.length === 72 ? new DataView(signature.buffer, signature.byteOffset, 8).getBigUint64(0) : 1n << 63n;
  if (time >= 1n << 63n) throw new Fault("L4.1", signature.length, "a time below 2^63 and 64 bytes");
  const message = utf8(`cosignature/v1\ntime ${time}\n${text}`);
  return verifySignature(key.key, message, signature.subarray(8)) ? Number(time) : undefined;
}

/** The note with `signed`: keys of `keys` that signed it, each with the time of a cosignature. */
export function openNote(bytes, keys) {
  const note = parseNote(bytes);
  const signed = [];
  for (const signature of note.signatures) {
    for (const key of keys) {
      if (key.name !== signature.name || !same(key.id, signature.id)) continue;
      const time = signatureHolds(key, note.text, signature.bytes);
      if (time === undefined) throw new Fault("L3.4", signature.line.slice(0, 80), "a signature that holds");
      signed.push({ key, time });
    }
  }
  return { ...note, signed };
}

export function parseCheckpoint(text) {
  const lines = text.slice(0, -1).split("\n");
  const [origin, size, root] = lines;
  let hash = null;
  try {
    hash = unbase64(root);
  } catch {
    hash = null;
  }
  const wrong = lines.length < 3 || lines.includes("") || !/^(0|[1-9][0-9]{0,18})$/.test(size) || hash?.length !== 32;
  if (wrong || Number(size) > Number.MAX_SAFE_INTEGER) throw new Fault("L3.6", text.slice(0, 80), "origin, size, root");
  return { origin, size: Number(size), root: hash };
}

/** A checkpoint signed by at least one of `keys`, or by none where `keys` is empty. */
export function openCheckpoint(bytes, keys, origin = null) {
  const note = openNote(bytes, keys);
  const checkpoint = parseCheckpoint(note.text);
  if (origin !== null && checkpoint.origin !== origin) throw new Fault("L3.7", checkpoint.origin, origin);
  if (keys.length && note.signed.length === 0) throw new Fault("L3.5", note.signatures.map((s) => s.name).join(", "), "a known key");
  for (const { key } of note.signed) {
    if (key.type === ED25519 && key.name !== checkpoint.origin && origin !== null && note.signed.length === 1) {
      throw new Fault("L3.7", key.name, checkpoint.origin);
    }
  }
  return { ...note, checkpoint };
}

/** A tlog-policy; throws L4.2. Stricter than some readers: spec/log.md §7. */
export function parsePolicy(text) {
  const logs = [];
  const witnesses = new Map();
  const groups = new Map();
  const used = new Set();
  let quorum;
  const wrong = (found) => new Fault("L4.2", String(found).slice(0, 80), "a line of a tlog-policy");
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(text)) throw wrong("a control character");
  const known = (name) => witnesses.has(name) || groups.has(name);
  const key = (vkey, others) => {
    let parsed;
    try {
      parsed = parseKey(vkey);
    } catch {
      throw wrong(vkey);
    }
    if (others.some((other) => same(other.key, parsed.key))) throw wrong("a key twice");
    return parsed;
  };
  const fresh = (name) => {
    if (name === "none" || known(name)) throw wrong(name);
  };
  const group = (threshold, members) => {
    for (const member of members) {
      if (!known(member) || used.has(member)) throw wrong(member);
      used.add(member);
    }
    const count = threshold === "any" ? 1 : threshold === "all" ? members.length : /^[1-9][0-9]*$/.test(threshold) ? Number(threshold) : 0;
    if (count < 1 || count > members.length) throw wrong(threshold);
    return { count, members };
  };
  for (const line of text.split("\n")) {
    const words = line.split(/[ \t]+/).filter(Boolean);
    if (words.length === 0 || words[0].startsWith("#")) continue;
    const [what, name, value] = words;
    if (what === "log" && (words.length === 2 || words.length === 3)) logs.push(key(name, logs));
    else if (what === "witness" && (words.length === 3 || words.length === 4)) {
      fresh(name);
      const parsed = key(value, [...witnesses.values()]);
      if (parsed.type !== COSIGNATURE) throw wrong("no key of a witness");
      witnesses.set(name, parsed);
    } else if (what === "group" && words.length >= 4) {
      fresh(name);
      groups.set(name, group(value, words.slice(3)));
    } else if (what === "quorum" && words.length === 2 && quorum === undefined && (name === "none" || known(name))) quorum = name;
    else throw wrong(line);
  }
  if (quorum === undefined) throw wrong("no quorum");
  return { logs, witnesses, groups, quorum };
}

export function policyReached(policy, opened) {
  const signed = (key) => opened.signed.some((one) => one.key.text === key.text);
  const reached = (name) => {
    if (policy.witnesses.has(name)) return signed(policy.witnesses.get(name));
    const group = policy.groups.get(name);
    return group.members.filter(reached).length >= group.count;
  };
  return policy.quorum === "none" || reached(policy.quorum);
}

/** The text of a tlog-proof file (spec/log.md §8). */
export function proofFile(index, path, checkpointBytes) {
  const lines = ["c2sp.org/tlog-proof@v1", `index ${index}`, ...path.map(base64), "", ""];
  return lines.join("\n") + fromUtf8(checkpointBytes);
}
