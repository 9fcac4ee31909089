// The waves of a vote: signatures of the quorum, partial decryptions, totals (T).
import { addBallot } from "./ballots.js";
import { compare, hex, unhex } from "./bytes.js";
import { canonical, parseFile } from "./forms.js";
import { BASE, Q, ZERO, invert, mod, point, scalar, sumOfProducts, times, verifySignature } from "./group.js";
import { H, Hs, weights } from "./hash.js";
import { parsePartial, parseSignature, parseWave } from "./shapes.js";

const SIGNATURES = ["T2.1", "T2.2", "T2.3", "T2.4"];
const PARTIALS = [2, 3, 4, 5, 6, 7, 8, 9].map((n) => `T4.${n}`);
const TOTALS = ["T5.1", "T5.2", "T5.3", "T7.5"];

/** The waves of a vote in order, each with what its file says: `value`, null where it cannot be read, `bytes`, `number`. */
export async function readWaves(book, vote, ledger) {
  const found = [];
  for (const [number, wave] of vote.waves) {
    const place = wave.entry.file.path;
    const bytes = await book.file(wave.entry.file, ledger);
    let value = null;
    try {
      if (bytes) value = parseWave(bytes);
      else ledger.notRun("T1.1", "L8.6", place);
    } catch (error) {
      ledger.caught(error, place);
    }
    found.push({ number, wave, bytes, value, place });
  }
  return found;
}

/**
 * Checks every wave of a vote: who signed, and the sums of those units whose devices are all in `devices`. Returns their totals.
 * `root`: what `Book.root` gives.
 */
export async function checkWaves(book, vote, waves, root, devices, ledger) {
  const totals = [];
  const taken = new Set();
  for (const one of waves) {
    const check = new WaveCheck({ ...one, book, vote, root, devices, ledger, taken });
    totals.push(...(await check.run()));
    one.value?.units.forEach((unit) => unit.devices.forEach(({ id }) => taken.add(id)));
  }
  return totals;
}

class WaveCheck {
  constructor(fields) {
    Object.assign(this, fields);
    this.trustees = this.book.keys && new Map(this.book.keys.trustees.map((one) => [one.number, unhex(one.key)]));
  }

  notRun(codes, reason, place = this.place) {
    for (const code of codes) this.ledger.notRun(code, reason, place);
  }

  async run() {
    if (!this.value || !this.root.whole || !this.trustees) {
      this.notRun([...SIGNATURES, "T7.2", "T7.4", ...PARTIALS, ...TOTALS], this.value ? (this.root.whole ? "L8.4" : "K10.2") : "T1.1");
      return [];
    }
    this.digest = H("wave", unhex(this.value.root), this.bytes);
    this.checkHead();
    await this.checkSignatures();
    const units = this.value.units.filter((unit) => this.isKnown(unit));
    this.value.units.forEach((unit) => this.checkSeals(unit));
    const sums = this.checkSets(units);
    if (!sums?.length) {
      this.notRun([...PARTIALS, ...TOTALS], sums ? this.unknown() : "T7.4");
      return [];
    }
    const parts = await this.readPartials(sums);
    return parts ? this.open(sums, parts) : [];
  }

  /** Whether every ballot of a unit is known here. */
  isKnown(unit) {
    return unit.devices.every(({ id }) => this.deviceOf(id)?.counts);
  }

  /** Why nothing of this wave can be added up here. */
  unknown() {
    return this.value.units.some((unit) => unit.devices.some(({ id }) => this.deviceOf(id))) ? "L9.3" : "station";
  }

  deviceOf(id) {
    return this.devices.find((one) => one.device === id);
  }

  /** What the wave says of itself (T1.3–T1.8). */
  checkHead() {
    const { value, root } = this;
    const check = (code, holds, found, expected) => this.ledger.check(code, holds, this.place, found, expected);
    check("T1.3", value.vote_id === this.vote.id && value.root === hex(root.root), value.vote_id, this.vote.id);
    check("T1.4", value.wave === this.number, value.wave, this.number);
    const ids = (list) => list.map((one) => one.id);
    const lists = [ids(value.units), ...value.units.flatMap((unit) => [ids(unit.devices), ids(unit.contests)])];
    const devices = value.units.flatMap((unit) => ids(unit.devices));
    check("T1.5", lists.every(isAscending) && new Set(devices).size === devices.length, "another order", "one or more, sorted, each once");
    check("T1.6", value.units.every((unit) => unit.devices.every(({ size }) => size > 0)), 0, "the size of a sealed log");
    const contests = value.units.flatMap((unit) => unit.contests);
    const known = new Set(root.value.contests.map((one) => one.id));
    check("T1.7", contests.every(({ id }) => known.has(id)), ids(contests).join(), [...known].join());
    const minimum = Math.max(1, this.book.minimum ?? 1);
    if (this.book.minimum === null) this.ledger.notRun("T1.8", "L8.9", this.place);
    else check("T1.8", contests.every(({ ballots }) => ballots >= minimum), Math.min(...contests.map((one) => one.ballots)), minimum);
  }

  async checkSignatures() {
    const { signatures, partials, tally } = this.wave;
    const { threshold, trustees } = this.root.value;
    const quorum = Math.floor((trustees + threshold + 1) / 2);
    const good = new Set();
    let read = 0;
    for (const entry of signatures) {
      const file = await this.parsed(entry, parseSignature, "T2.1");
      if (!file) continue;
      read += file.number === entry.trustee ? 1 : 0;
      const fault = this.signatureFault(file, entry, good);
      if (this.ledger.check(fault ?? "T2.1", fault === null, entry.file.path, `trustee ${file.number}`, "a trustee's signature of this wave, once")) good.add(file.number);
    }
    // While trustees are still signing, too few are no fault.
    if (partials.length === 0 && !tally && read < quorum) this.notRun(["T2.2"], "no_tally");
    else this.ledger.check("T2.2", good.size >= quorum, this.place, good.size, quorum);
  }

  signatureFault(file, entry, good) {
    const key = this.trustees.get(file.number);
    if (!key || good.has(file.number) || file.number !== entry.trustee) return "T2.3";
    if (file.vote_id !== this.value.vote_id || file.wave !== this.value.wave || file.wave_hash !== hex(this.digest)) return "T2.4";
    return verifySignature(key, this.digest, unhex(file.signature)) ? null : "T2.1";
  }

  /** The value of the file of an entry; null, and said, where there is none. */
  async parsed(entry, parse, code) {
    const bytes = await this.book.file(entry.file, this.ledger);
    if (!bytes) {
      this.ledger.notRun(code, "L8.6", entry.file.path);
      return null;
    }
    try {
      return parse(bytes);
    } catch (error) {
      this.ledger.caught(error, entry.file.path);
      return null;
    }
  }

  /** Devices are named once ever, with the size and root of their seals (T7.2). */
  checkSeals(unit) {
    for (const named of unit.devices) {
      const place = `device ${named.id}`;
      const own = this.deviceOf(named.id);
      if (this.taken.has(named.id)) this.ledger.fail("T7.2", place, "in an earlier wave", "one wave ever");
      else if (!own?.treeRoot) this.ledger.notRun("T7.2", own ? "L9.1" : "station", place);
      else this.ledger.check("T7.2", own.size === named.size && hex(own.treeRoot) === named.root, place, named.size, own.size);
    }
  }

  /** Sums over the counted ballots of these units (T7.4); null where one is not what was signed for. */
  checkSets(units) {
    this.value.units.filter((unit) => !units.includes(unit)).forEach((unit) => this.notRun(["T7.4", "T7.5"], this.unknown(), `unit ${unit.id}`));
    const sums = units.flatMap((unit) => {
      const counted = unit.devices.flatMap(({ id }) => this.deviceOf(id).counted);
      const all = new Map();
      counted.forEach((one) => addBallot(all, one.ballot));
      return unit.contests.map((named) => this.checkSet(unit.id, named, counted, all));
    });
    return sums.every(Boolean) ? sums : null;
  }

  checkSet(unit, { id, set, ballots }, counted, all) {
    const contest = this.root.value.contests.find((one) => one.id === id);
    const digests = counted.filter((one) => one.ballot.style.contests.includes(id)).map((one) => one.digest).sort(compare);
    const own = H("set", this.root.root, unit, id, ...digests);
    const good = Boolean(contest) && hex(own) === set && digests.length === ballots;
    this.ledger.check("T7.4", good, `unit ${unit}, ${id}`, ballots, digests.length);
    if (!good) return null;
    const none = { A: ZERO, E: Array.from({ length: contest.options }, () => ZERO) };
    return { unit, contest, id, set: own, ballots, ...(all.get(id) ?? none) };
  }

  /** The partial decryptions that hold (T4); null while there may come more. */
  async readPartials(sums) {
    const known = new Set(sums.map((one) => `${one.unit} ${one.id}`));
    const elsewhere = new Set(this.value.units.flatMap((unit) => unit.contests.map(({ id }) => `${unit.id} ${id}`)).filter((key) => !known.has(key)));
    const read = [];
    for (const entry of this.wave.partials) {
      const file = await this.parsed(entry, parsePartial, "T4.1");
      if (!file) continue;
      if (file.number !== entry.trustee) this.ledger.fail("T4.2", entry.file.path, file.number, entry.trustee);
      else read.push({ file, listed: file.sums.filter((one) => !elsewhere.has(`${one.unit} ${one.contest}`)), place: entry.file.path });
    }
    if (read.length < this.root.value.threshold && !this.wave.tally) {
      this.notRun([...PARTIALS, ...TOTALS], "no_tally");
      return null;
    }
    return read.filter(({ file, listed, place }) => this.partialHolds(file, listed, sums, place));
  }

  partialHolds(file, listed, sums, place) {
    const head = this.partialFault(file, listed, sums);
    const faults = head ? [head] : listed.map((part, i) => this.partFault(file.number, part, sums[i])).filter(Boolean);
    faults.forEach((code) => this.ledger.fail(code, place, `trustee ${file.number}`, "a partial decryption that holds"));
    if (faults.length === 0) PARTIALS.forEach((code) => this.ledger.pass(code));
    return faults.length === 0;
  }

  partialFault(file, listed, sums) {
    if (file.vote_id !== this.value.vote_id || file.wave !== this.value.wave || file.wave_hash !== hex(this.digest)) return "T4.3";
    const key = this.trustees.get(file.number);
    const signed = H("partial", unhex(this.value.root), this.digest, file.number, canonical(file.sums));
    if (!key || file.number > this.root.value.trustees || !verifySignature(key, signed, unhex(file.signature))) return "T4.2";
    return listed.map((one) => `${one.unit} ${one.contest}`).join() === sums.map((one) => `${one.unit} ${one.id}`).join() ? null : "T4.4";
  }

  /** The code of what is wrong with one part, else null (spec/trustees.md §5). */
  partFault(number, part, sum) {
    if (part.set !== hex(sum.set)) return "T4.5";
    if (part.a !== hex(sum.A.toBytes()) || sum.A.equals(ZERO)) return "T4.6";
    const { first, options } = sum.contest;
    const Y = this.root.value.verification[number - 1].slice(first, first + options);
    if (part.d.length !== Y.length) return "T4.7";
    try {
      return this.proofHolds(number, part, sum, Y) ? null : "T4.9";
    } catch {
      // A point or scalar that is none: the only thing that is thrown there.
      return "T4.8";
    }
  }

  /** Whether one secret makes both the trustee's keys and its part. */
  proofHolds(number, part, sum, Y) {
    const D = part.d.map((one) => point(unhex(one)));
    const [W1, W2] = [part.w1, part.w2].map((one) => point(unhex(one)));
    const z = scalar(unhex(part.z));
    const e = H("tally", unhex(this.value.root), this.digest, sum.unit, sum.id, sum.set, unhex(part.a), number, ...Y.map(unhex), ...part.d.map(unhex));
    const mu = weights("mu", e, D.length).map((one) => Hs("tally2", e, unhex(part.w1), unhex(part.w2)) * one);
    const keys = Y.map((one) => point(unhex(one)));
    const first = sumOfProducts([BASE, W1, ...keys], [-z, 1n, ...mu]);
    const second = sumOfProducts([sum.A, W2, ...D], [-z, 1n, ...mu]);
    return first.equals(ZERO) && second.equals(ZERO);
  }

  /** Totals from the first t parts that hold (T5), and the published ones against them (T7.5). */
  async open(sums, parts) {
    const { threshold } = this.root.value;
    const enough = this.ledger.check("T5.1", parts.length >= threshold, this.place, parts.length, threshold);
    const chosen = parts.sort((a, b) => a.file.number - b.file.number).slice(0, threshold);
    const numbers = chosen.map(({ file }) => BigInt(file.number));
    const lambda = numbers.map((d) => numbers.reduce((so, e) => (e === d ? so : mod(so * e * invert(mod(e - d)))), 1n));
    const totals = enough ? sums.map((sum, at) => this.openSum(sum, chosen.map(({ listed }) => listed[at]), lambda)) : [null];
    if (totals.every(Boolean)) await this.checkTally(totals);
    else this.notRun(["T7.5"], "T5.1");
    return totals.filter(Boolean);
  }

  openSum(sum, chosen, lambda) {
    const shares = chosen.map((part) => part.d.map((one) => point(unhex(one))));
    const votes = sum.E.map((E, i) => smallLog(E.add(sumOfProducts(shares.map((one) => one[i]), lambda.map((one) => Q - one))), sum.ballots));
    const place = `unit ${sum.unit}, ${sum.id}`;
    if (!this.ledger.check("T5.2", votes.every((one) => one !== null), place, "no total", `0…${sum.ballots}`)) return null;
    const all = votes.reduce((a, b) => a + b, 0);
    const most = sum.contest.limit * sum.ballots;
    if (!this.ledger.check("T5.3", all <= most, place, all, most)) return null;
    return { unit: sum.unit, contest: sum.id, ballots: sum.ballots, votes };
  }

  async checkTally(totals) {
    const { tally } = this.wave;
    if (!tally) return this.notRun(["T7.5"], "no_tally");
    const value = await this.parsed(tally, (bytes) => parseFile(bytes, "tally"), "T7.5");
    if (!value) return;
    const units = new Set(totals.map((one) => one.unit));
    const elsewhere = new Set(this.value.units.map((unit) => unit.id).filter((id) => !units.has(id)));
    const text = (list) => list.map(({ unit, contest, ballots, votes }) => JSON.stringify([unit, contest, ballots, votes])).join();
    const said = text(value.totals.filter((one) => !elsewhere.has(one.unit)));
    const order = this.value.units.flatMap((unit) => unit.contests.map(({ id }) => `${unit.id} ${id}`)).join();
    const inOrder = value.totals.map(({ unit, contest }) => `${unit} ${contest}`).join() === order;
    const good = value.vote_id === this.vote.id && value.wave === this.number && inOrder && said === text(totals);
    this.ledger.check("T7.5", good, tally.file.path, said, text(totals));
  }
}

const isAscending = (ids) => ids.length > 0 && ids.every((id, i) => i === 0 || ids[i - 1] < id);

/** The n from 0 to `most` with n·B the point, else null: baby steps and giant steps. */
export function smallLog(wanted, most) {
  const step = Math.ceil(Math.sqrt(most + 1));
  const small = new Map();
  let at = ZERO;
  for (let i = 0; i < step; i++) {
    small.set(hex(at.toBytes()), i);
    at = at.add(BASE);
  }
  const giant = times(BASE, BigInt(step)).negate();
  let rest = wanted;
  for (let j = 0; j * step <= most; j++) {
    const i = small.get(hex(rest.toBytes()));
    if (i !== undefined) return j * step + i <= most ? j * step + i : null;
    rest = rest.add(giant);
  }
  return null;
}

