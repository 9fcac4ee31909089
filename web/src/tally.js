// The wave that holds a unit: signatures of the quorum, partial decryptions, totals, slips (T, S).
import { addBallot } from "./ballots.js";
import { compare, hex, unhex } from "./bytes.js";
import { parseFile, parseJson } from "./forms.js";
import { BASE, Q, ZERO, invert, mod, point, scalar, sumOfProducts, times, verifySignature } from "./group.js";
import { H, Hs, weights } from "./hash.js";
import { canonical } from "./forms.js";

/** The first wave and its unit that name a device, or null. */
export async function waveOf(book, vote, device, ledger) {
  for (const [number, wave] of vote.waves) {
    const bytes = await book.file(wave.entry.file, ledger);
    if (!bytes) continue;
    let value;
    try {
      value = parseJson(bytes, "T1.1");
    } catch (error) {
      ledger.caught(error, wave.entry.file.path);
      continue;
    }
    const unit = value.units?.find?.((one) => one.devices?.some?.((each) => each.id === device));
    if (unit) return { number, wave, value, unit, bytes };
  }
  return null;
}

export async function checkUnit(book, vote, found, root, devices, ledger) {
  const check = new UnitCheck(book, vote, found, root, devices, ledger);
  return check.run();
}

class UnitCheck {
  constructor(book, vote, found, root, devices, ledger) {
    Object.assign(this, { book, vote, root, devices, ledger }, found);
    this.digest = H("wave", root.root, this.bytes);
    this.trustees = new Map((book.keys?.trustees ?? []).map((one) => [one.number, unhex(one.key)]));
  }

  get place() {
    return `unit ${this.unit.id}`;
  }

  async run() {
    const { value } = this;
    const head = value.schema === "dauys/wave/1" && value.vote_id === this.vote.id && value.root === hex(this.root.root) && value.wave === this.number;
    this.ledger.check("T1.3", head, this.place, value.vote_id, this.vote.id);
    await this.checkSignatures();
    this.checkSeals();
    const sums = this.checkSets();
    if (!sums) return [];
    const parts = await this.readPartials(sums);
    const totals = this.open(sums, parts);
    await this.checkTally(totals);
    this.checkSlips(totals);
    return totals;
  }

  async checkSignatures() {
    const { threshold, trustees } = this.root.value;
    const quorum = Math.floor((trustees + threshold + 1) / 2);
    const good = new Set();
    for (const entry of this.wave.signatures) {
      const bytes = await this.book.file(entry.file, this.ledger);
      const file = bytes && this.parse(bytes, "T2.1", entry.file.path);
      if (!file) continue;
      const key = this.trustees.get(file.number);
      const right = file.vote_id === this.vote.id && file.wave === this.number && file.wave_hash === hex(this.digest);
      if (!key || good.has(file.number) || file.number !== entry.trustee) this.ledger.fail("T2.3", entry.file.path, file.number, "a trustee, once");
      else if (!right) this.ledger.fail("T2.4", entry.file.path, file.wave_hash, hex(this.digest));
      else if (this.ledger.check("T2.1", verifySignature(key, this.digest, unhex(file.signature)), entry.file.path, "signature", `one by ${file.number}`)) good.add(file.number);
    }
    this.ledger.check("T2.2", good.size >= quorum, this.place, good.size, quorum);
  }

  parse(bytes, code, place) {
    try {
      return parseJson(bytes, code);
    } catch (error) {
      this.ledger.caught(error, place);
      return null;
    }
  }

  checkSeals() {
    for (const named of this.unit.devices) {
      const own = this.devices.find((one) => one.device === named.id);
      const good = own?.sealed && own.size === named.size && hex(own.root) === named.root;
      this.ledger.check("T7.2", Boolean(good), `device ${named.id}`, `${named.size}`, `${own?.size}`);
    }
  }

  /** Sums over the counted ballots, where the sets are those that were signed for (T7.4). */
  checkSets() {
    const all = new Map();
    const counted = this.devices.flatMap((device) => device.counted);
    counted.forEach((one) => addBallot(all, one.ballot));
    const sums = this.unit.contests.map(({ id, set, ballots }) => {
      const digests = counted.filter((one) => one.ballot.style.contests.includes(id)).map((one) => one.digest).sort(compare);
      const own = H("set", this.root.root, this.unit.id, id, ...digests);
      const good = hex(own) === set && digests.length === ballots;
      this.ledger.check("T7.4", good, `${this.place}, ${id}`, `${ballots}`, `${digests.length}`);
      return good ? { id, set: own, ballots, ...all.get(id) } : null;
    });
    return sums.every(Boolean) ? sums : null;
  }

  async readPartials(sums) {
    const parts = [];
    for (const entry of this.wave.partials) {
      const bytes = await this.book.file(entry.file, this.ledger);
      const file = bytes && this.parse(bytes, "T4.1", entry.file.path);
      if (!file) continue;
      const fault = this.partialFault(file, entry, sums);
      if (fault) this.ledger.fail(fault, entry.file.path, `trustee ${file.number}`, "a partial decryption that holds");
      else {
        ["T4.2", "T4.3", "T4.5", "T4.6", "T4.8", "T4.9"].forEach((code) => this.ledger.pass(code));
        parts.push(file);
      }
    }
    return parts;
  }

  partialFault(file, entry, sums) {
    if (file.vote_id !== this.vote.id || file.wave !== this.number || file.wave_hash !== hex(this.digest)) return "T4.3";
    const key = this.trustees.get(file.number);
    const signed = H("partial", this.root.root, this.digest, file.number, canonical(file.sums));
    if (!key || file.number !== entry.trustee || !verifySignature(key, signed, unhex(file.signature))) return "T4.2";
    for (const sum of sums) {
      const part = file.sums.find((one) => one.unit === this.unit.id && one.contest === sum.id);
      if (!part) return "T4.4";
      const fault = this.partFault(file.number, part, sum);
      if (fault) return fault;
    }
    return null;
  }

  /** The code of what is wrong with one part, else null (spec/trustees.md §5). */
  partFault(number, part, sum) {
    if (part.set !== hex(sum.set)) return "T4.5";
    if (part.a !== hex(sum.A.toBytes()) || sum.A.equals(ZERO)) return "T4.6";
    const contest = this.root.value.contests.find((one) => one.id === sum.id);
    const Y = this.root.value.verification[number - 1].slice(contest.first, contest.first + contest.options);
    if (part.d.length !== Y.length) return "T4.7";
    try {
      const D = part.d.map((one) => point(unhex(one)));
      const [W1, W2] = [part.w1, part.w2].map((one) => point(unhex(one)));
      const z = scalar(unhex(part.z));
      const e = H("tally", this.root.root, this.digest, this.unit.id, sum.id, sum.set, unhex(part.a), number, ...Y.map(unhex), ...part.d.map(unhex));
      const mu = weights("mu", e, D.length);
      const c = Hs("tally2", e, unhex(part.w1), unhex(part.w2));
      const keys = Y.map((one) => point(unhex(one)));
      const first = sumOfProducts([BASE, W1, ...keys], [-z, 1n, ...mu.map((one) => c * one)]);
      const second = sumOfProducts([sum.A, W2, ...D], [-z, 1n, ...mu.map((one) => c * one)]);
      return first.equals(ZERO) && second.equals(ZERO) ? null : "T4.9";
    } catch {
      return "T4.8";
    }
  }

  /** Totals from the first t parts that hold (T5). */
  open(sums, parts) {
    const { threshold } = this.root.value;
    if (!this.ledger.check("T5.1", parts.length >= threshold, this.place, parts.length, threshold)) return [];
    const chosen = parts.sort((a, b) => a.number - b.number).slice(0, threshold);
    const numbers = chosen.map((one) => BigInt(one.number));
    const lambda = numbers.map((d) => numbers.reduce((so, e) => (e === d ? so : mod(so * e * invert(mod(e - d)))), 1n));
    return sums.map((sum) => this.openSum(sum, chosen, lambda)).filter(Boolean);
  }

  openSum(sum, chosen, lambda) {
    const shares = chosen.map((file) => file.sums.find((one) => one.unit === this.unit.id && one.contest === sum.id).d.map((one) => point(unhex(one))));
    const votes = sum.E.map((E, i) => smallLog(E.add(sumOfProducts(shares.map((one) => one[i]), lambda.map((one) => Q - one))), sum.ballots));
    const contest = this.root.value.contests.find((one) => one.id === sum.id);
    const place = `${this.place}, ${sum.id}`;
    if (!this.ledger.check("T5.2", votes.every((one) => one !== null), place, "no total", `0…${sum.ballots}`)) return null;
    const all = votes.reduce((a, b) => a + b, 0);
    if (!this.ledger.check("T5.3", all <= contest.limit * sum.ballots, place, all, contest.limit * sum.ballots)) return null;
    return { unit: this.unit.id, contest: sum.id, ballots: sum.ballots, votes };
  }

  async checkTally(totals) {
    const { tally } = this.wave;
    if (!tally) return this.ledger.notRun("T7.5", "no_tally", this.place);
    const bytes = await this.book.file(tally.file, this.ledger);
    if (!bytes) return this.ledger.notRun("T7.5", "L8.6", this.place);
    let value;
    try {
      value = parseFile(bytes, "tally");
    } catch (error) {
      return this.ledger.caught(error, tally.file.path);
    }
    const said = value.totals.filter((one) => one.unit === this.unit.id);
    const text = (list) => JSON.stringify(list.map(({ contest, ballots, votes }) => [contest, ballots, votes]).sort());
    this.ledger.check("T7.5", text(said) === text(totals), this.place, text(said), text(totals));
  }

  /** Slips, counted by hand, against the tally (S1.1): electronic protocols of version 1, added up over the unit. */
  checkSlips(totals) {
    const round = Number(this.vote.id.split("/")[1]);
    const stations = new Set(this.devices.map((one) => one.station));
    for (const total of totals) {
      const place = `${this.place}, ${total.contest}`;
      const slips = this.book.kind("protocol").filter((one) => one.channel === "electronic" && one.version === 1 && one.round === round && one.contest === total.contest && stations.has(one.station));
      const order = this.book.options?.get(total.contest)?.filter((id) => slips.every((one) => round === 1 || id in one.votes)) ?? null;
      if (!order || slips.length === 0) {
        this.ledger.notRun("S1.1", "no_slips", place);
        continue;
      }
      const said = order.map((id) => slips.reduce((sum, one) => sum + (one.votes[id] ?? 0), 0));
      if (total.votes.length === order.length + 1) said.push(slips.reduce((sum, one) => sum + (one.counts.against_all ?? 0), 0));
      total.options = order;
      this.ledger.check("S1.1", String(said) === String(total.votes), place, said.join(), total.votes.join());
    }
  }
}

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

