// Ballots: one, many at once, and challenges made again (spec/ballots.md).
import { hex, number, utf8, concat, crockford } from "./bytes.js";
import { H, Hs, weights, sha256 } from "./hash.js";
import { inclusionHolds } from "./merkle.js";
import { BASE, ZERO, Q, invert, mapToPoint, mod, point, scalar, scalarBytes, sumOfProducts, times } from "./group.js";

/** The most positions of a ballot, blanks included. */
const MAX_POSITIONS = 512;
const generators = new Map();

/** `U`, `V`, `G_j`, `G'_j` (name Gp): points of unknown logarithm. */
export function generator(name, index = 0) {
  const key = `${name}${index}`;
  if (!generators.has(key)) generators.set(key, mapToPoint(H("generator", name, index)));
  return generators.get(key);
}

export const ballotCode = (digest) => crockford(digest, 20);
export const cardName = (s1) => crockford(s1, 12);
export const cardNumber = (vote, device, secret) => H("card1", vote, device, secret).subarray(0, 16);
export const cardHash = (vote, device, s1) => H("card", vote, device, s1);

/** The styles and keys of a vote, from `root.json`; throws `keys`, `identity`, `point` or `style`. */
export class Election {
  constructor({ root, contests, styles, keys }) {
    this.root = root;
    this.contests = contests;
    this.keys = keys.map(point);
    this.checkKeys();
    if (!contests.every((one) => this.isSound(one))) throw new Error("style");
    this.styles = new Map(styles.map((style) => [style.id, this.layout(style)]));
    if (this.styles.size !== styles.length) throw new Error("style");
  }

  isSound({ first, options, limit }) {
    return limit >= 1 && limit <= options && options < MAX_POSITIONS && first + options <= this.keys.length;
  }

  checkKeys() {
    const seen = new Set([hex(BASE.toBytes()), hex(BASE.negate().toBytes())]);
    for (const key of this.keys) {
      if (key.equals(ZERO)) throw new Error("identity");
      const both = [hex(key.toBytes()), hex(key.negate().toBytes())];
      if (both.some((one) => seen.has(one))) throw new Error("keys");
      both.forEach((one) => seen.add(one));
    }
  }

  /** Where everything of a style stands: `place[i]` is p(i), `key[i]` is κ(i). */
  layout(style) {
    const out = { id: style.id, contests: style.contests, place: [], key: [], groups: [] };
    let n = 0;
    for (const id of style.contests) {
      const contest = this.contests.find((one) => one.id === id);
      if (!contest) throw new Error("style");
      const start = n;
      if (n > MAX_POSITIONS) throw new Error("style");
      for (let option = 0; option < contest.options; option++) {
        out.place.push(n);
        out.key.push(contest.first + option);
        n += 1;
      }
      n += contest.limit;
      out.groups.push({ id, start, end: n, limit: contest.limit, options: contest.options });
    }
    if (n === 0 || n > MAX_POSITIONS || new Set(out.key).size !== out.key.length) throw new Error("style");
    out.positions = n;
    out.length = 2 + utf8(style.id).length + 16 + 32 * (out.place.length + 4 + n - style.contests.length + 2);
    return out;
  }
}

/** A ballot taken apart, nothing decoded yet: style, card number, encodings. Throws the word of B1–B3. */
function takeApart(election, bytes) {
  if (bytes.length === 0) throw new Error("length");
  if (bytes[0] !== 1) throw new Error("format");
  const head = 2 + bytes[1];
  if (bytes.length < 2 || bytes.length < head) throw new Error("length");
  const id = String.fromCharCode(...bytes.subarray(2, head));
  const style = election.styles.get(id);
  if (!style) throw new Error("style");
  if (bytes.length !== style.length) throw new Error("length");
  const s1 = bytes.subarray(head, head + 16);
  let at = head + 16;
  const next = () => bytes.subarray(at, (at += 32));
  const encoded = { R: next(), C: style.place.map(next), P: next(), Q: next(), T: next() };
  const answers = [];
  for (let i = 0; i < style.positions - style.contests.length; i++) answers.push(next());
  const last = [next(), next()];
  return { style, s1, encoded, answers, last, bytes };
}

/** The same with its points and numbers; throws the word of B4 or B5. */
function decoded({ style, s1, encoded, answers, last, bytes }) {
  return { style, s1, encoded, points: decodePoints(encoded), ...decodeScalars(answers, last), bytes };
}

/** A ballot taken apart and decoded. Throws an Error whose message is the word of B1–B5. */
export const parseBallot = (election, bytes) => decoded(takeApart(election, bytes));

function decodePoints({ R, C, P, Q: second, T }) {
  let points;
  try {
    points = { R: point(R), C: C.map(point), P: point(P), Q: point(second), T: point(T) };
  } catch {
    throw new Error("point");
  }
  return points;
}

function decodeScalars(answers, [z, y]) {
  try {
    return { answers: answers.map(scalar), z: scalar(z), y: scalar(y) };
  } catch {
    throw new Error("scalar");
  }
}

export function context(election, device, ballot) {
  return H("context", election.root, device, ballot.style.id, ballot.s1);
}

export function ballotHash(election, device, ballot) {
  const { R, C, P, Q: second, T } = ballot.encoded;
  const start = 2 + utf8(ballot.style.id).length + 16 + 32 * (C.length + 4);
  const scalars = [];
  for (let at = start; at < ballot.bytes.length; at += 32) scalars.push(ballot.bytes.subarray(at, at + 32));
  return H("ballot", election.root, ballot.bytes.subarray(0, 1), device, ballot.style.id, ballot.s1, R, ...C, P, second, T, ...scalars);
}

/** Challenge `c`, weights `ρ` and all answers of a ballot; throws `identity` or `challenge`. */
function challenge(election, device, ballot) {
  const { R, C, P, Q: second, T } = ballot.encoded;
  if (ballot.points.R.equals(ZERO)) throw new Error("identity");
  const e1 = H("first", context(election, device, ballot), R, ...C, P, second);
  const c = Hs("second", e1, T);
  if (c === 0n) throw new Error("challenge");
  return { c, rho: weights("rho", e1, C.length), f: allAnswers(ballot, c) };
}

/** The answers of all positions: the last of each contest makes its sum `c·L`. */
function allAnswers(ballot, c) {
  const f = [];
  let at = 0;
  for (const { start, end, limit } of ballot.style.groups) {
    let sum = 0n;
    for (let j = start; j < end - 1; j++) {
      f.push(ballot.answers[at]);
      sum += ballot.answers[at++];
    }
    f.push(mod(c * BigInt(limit) - sum));
  }
  return f;
}

/** The word of the first check that a ballot fails, else null. `device` is its device. */
export function verifyBallot(election, device, bytes) {
  try {
    const ballot = parseBallot(election, bytes);
    return judge(election, ballot, challenge(election, device, ballot));
  } catch (error) {
    return error.message;
  }
}

function judge(election, ballot, { c, rho, f }) {
  const { points, style, z, y } = ballot;
  const left = [generator("U"), generator("V")];
  const by = [y, z];
  f.forEach((answer, j) => {
    left.push(generator("G", j), generator("Gp", j));
    by.push(answer, answer * mod(c - answer));
  });
  if (!sumOfProducts([...left, points.P, points.Q], [...by, -c, Q - 1n]).equals(ZERO)) return "vector";
  const bases = style.key.map((key) => election.keys[key]);
  const linear = style.place.reduce((sum, place, i) => sum + rho[i] * f[place], z);
  const right = sumOfProducts(
    [BASE, ...bases, points.R, ...points.C, points.T],
    [linear, ...rho.map((one) => z * one), -c, ...rho.map((one) => -c * one), Q - 1n],
  );
  return right.equals(ZERO) ? null : "link";
}

/** A private weight of 96 bits, never zero. `random(n)` gives n fresh bytes. */
function weight(random) {
  for (;;) {
    const value = number(random(12));
    if (value !== 0n) return value;
  }
}

/**
 * Judges ballots of one device in one multi-scalar multiplication; a batch that fails is halved with new weights down to the
 * bad ones. Returns for each `{word, ballot}`: word null where it holds, `ballot` as far as it could be taken apart (§8).
 */
export function verifyBatch(election, device, list, random) {
  const found = list.map((bytes) => {
    let ballot = null;
    try {
      ballot = takeApart(election, bytes);
      ballot = decoded(ballot);
      return { ballot, told: challenge(election, device, ballot), word: null };
    } catch (error) {
      return { ballot, told: null, word: error.message };
    }
  });
  settle(election, found.filter((one) => one.word === null), random);
  return found;
}

function settle(election, batch, random) {
  if (batch.length === 0 || holdsTogether(election, batch, random)) return;
  if (batch.length === 1) {
    batch[0].word = judge(election, batch[0].ballot, batch[0].told);
    return;
  }
  const half = batch.length >> 1;
  settle(election, batch.slice(0, half), random);
  settle(election, batch.slice(half), random);
}

function holdsTogether(election, batch, random) {
  const fixed = new Map();
  const add = (base, value) => fixed.set(base, (fixed.get(base) ?? 0n) + value);
  const points = [];
  const scalars = [];
  const put = (one, value) => {
    points.push(one);
    scalars.push(value);
  };
  for (const { ballot, told } of batch) {
    const { c, rho, f } = told;
    const { z, y, style } = ballot;
    const inverse = invert(c);
    const alpha = weight(random);
    const kappa = weight(random);
    const first = mod(alpha * inverse);
    const second = mod(kappa * inverse);
    put(ballot.points.P, alpha);
    put(ballot.points.Q, first);
    put(ballot.points.R, kappa);
    ballot.points.C.forEach((one, i) => put(one, kappa * rho[i]));
    put(ballot.points.T, second);
    add(generator("U"), -mod(first * y));
    add(generator("V"), -mod(first * z));
    f.forEach((answer, j) => {
      const scaled = mod(first * answer);
      add(generator("G", j), -scaled);
      add(generator("Gp", j), -mod(answer * (alpha - scaled)));
    });
    const sum = style.place.reduce((so, place, i) => so + rho[i] * f[place], z);
    add(BASE, -mod(second * mod(sum)));
    const shared = mod(second * z);
    style.key.forEach((key, i) => add(election.keys[key], -mod(shared * rho[i])));
  }
  for (const [base, value] of fixed) put(base, value);
  return sumOfProducts(points, scalars).equals(ZERO);
}

/** Sums of the contests over ballots that hold: `A = ΣR`, `E_i = ΣC_i`, how many, by contest id. */
export function addBallot(sums, ballot) {
  let at = 0;
  for (const { id, options } of ballot.style.groups) {
    const own = ballot.points.C.slice(at, at + options);
    at += options;
    const sum = sums.get(id);
    if (!sum) sums.set(id, { count: 1, A: ballot.points.R, E: own });
    else {
      sum.count += 1;
      sum.A = sum.A.add(ballot.points.R);
      sum.E = sum.E.map((one, i) => one.add(own[i]));
    }
  }
  return sums;
}

/**
 * Makes a challenged ballot again from its opening (spec/ballots.md §10). Returns its bytes; throws an Error whose message is
 * the word of the check that fails. `committed`: `{vote, device, sigmaRoot, cards}`.
 */
export function rebuild(election, committed, opening) {
  const style = election.styles.get(opening.style);
  if (!style) throw new Error("style");
  if (!/^[01]*$/.test(opening.choices)) throw new Error("choice");
  const m = Array.from(opening.choices, Number);
  if (m.length !== style.positions) throw new Error("length");
  for (const { start, end, limit, options } of style.groups) {
    const own = m.slice(start, end);
    if (own.reduce((a, b) => a + b, 0) !== limit) throw new Error("choice");
    const blanks = own.slice(options);
    if (blanks.some((one, i) => one === 1 && i > 0 && blanks[i - 1] === 0)) throw new Error("blanks");
  }
  const { vote, device } = committed;
  const s1 = cardNumber(vote, device, opening.secret);
  const card = cardHash(vote, device, s1);
  const leaf = sha256(concat(Uint8Array.of(0), H("leaf", card, opening.sigma)));
  if (!inclusionHolds(leaf, opening.leaf, committed.cards, opening.path, committed.sigmaRoot)) throw new Error("sigma");
  const bytes = encrypt(election, style, { vote, device, secret: opening.secret, sigma: opening.sigma, m, s1 });
  const digest = ballotHash(election, device, parseBallot(election, bytes));
  if (hex(digest) !== hex(opening.ballot)) throw new Error("rebuild");
  return bytes;
}

/** The ballot that these coins make (spec/ballots.md §5, §6); everything is public, so time may leak. */
function encrypt(election, style, { vote, device, secret, sigma, m, s1 }) {
  const s2 = H("card2", vote, device, secret).subarray(0, 32);
  const ctx = H("context", election.root, device, style.id, s1);
  const bits = Uint8Array.from(m);
  const seed = H("seed", s2, sigma, ctx, bits).subarray(0, 32);
  const coin = (name, j) => Hs("coin", seed, ctx, bits, name, j);
  const [r, beta, gamma, w] = ["r", "beta", "gamma", "w"].map((name) => coin(name, 0));
  const a = masks(style, coin);
  const R = times(BASE, r);
  const C = style.place.map((place, i) => times(election.keys[style.key[i]], r).add(m[place] ? BASE : ZERO));
  const bases = [generator("U"), generator("V")];
  m.forEach((_, j) => bases.push(generator("G", j), generator("Gp", j)));
  const P = sumOfProducts(bases, [beta, r, ...m.flatMap((one, j) => [BigInt(one), a[j] * (1n - 2n * BigInt(one))])]);
  const second = sumOfProducts(bases, [gamma, w, ...m.flatMap((_, j) => [a[j], -a[j] * a[j]])]);
  const encoded = [R, ...C, P, second].map((one) => one.toBytes());
  const e1 = H("first", ctx, ...encoded);
  const rho = weights("rho", e1, C.length);
  const T = sumOfProducts(
    [BASE, ...style.key.map((key) => election.keys[key])],
    [w + style.place.reduce((sum, place, i) => sum + rho[i] * a[place], 0n), ...rho.map((one) => w * one)],
  ).toBytes();
  const c = Hs("second", e1, T);
  const sent = style.groups.flatMap(({ start, end }) => m.slice(start, end - 1).map((one, i) => c * BigInt(one) + a[start + i]));
  const scalars = [...sent, c * r + w, c * beta + gamma].map((one) => scalarBytes(one));
  const id = utf8(style.id);
  return concat(Uint8Array.of(1, id.length), id, s1, ...encoded, T, ...scalars);
}

function masks(style, coin) {
  const a = [];
  for (const { start, end } of style.groups) {
    let sum = 0n;
    for (let j = start; j < end - 1; j++) {
      a.push(coin("a", j));
      sum += a[j];
    }
    a.push(mod(-sum));
  }
  return a;
}

