// The log of one device: its key, seal and order, every ballot, every challenge, cards and counts (L9, B, C).
import { ballotCode, ballotHash, cardHash, cardName, cardNumber, rebuild, verifyBatch } from "./ballots.js";
import { compare, crockford, hex, same, unhex, utf8 } from "./bytes.js";
import { parseEntry, parseJson } from "./forms.js";
import { verifySignature } from "./group.js";
import { H } from "./hash.js";
import { readLog } from "./log.js";
import { openCheckpoint, parseKey } from "./note.js";
import { BelowSource } from "./source.js";

/** Ballots that are judged together. */
const BLOCK = 64;
const WORDS = { length: "B1", format: "B2", style: "B3", point: "B4", scalar: "B5", identity: "B6", challenge: "B7", vector: "B8", link: "B9" };
const OPENED = { style: "B10", length: "B10", choice: "B10", blanks: "B11", sigma: "B12", rebuild: "B13" };
const PARTS = { open: 0, batch: 1, challenge: 2, ended: 2, incident: 3, close: 4 };
const SMALLEST = 32;

export async function checkDevice(book, vote, device, election, ledger, { told, random, pause }) {
  const check = new DeviceCheck(book, vote, device, election, ledger, { told, random, pause });
  await check.run();
  return check;
}

class DeviceCheck {
  constructor(book, vote, device, election, ledger, tools) {
    Object.assign(this, { book, vote, device, election, ledger }, tools);
    this.installation = vote.installations.get(device);
    this.station = this.installation.station;
    this.cards = vote.cards.get(device);
    /** Counted ballots: `{index, digest, ballot}`. */
    this.counted = [];
    this.ballots = [];
    this.endings = [];
    this.entries = [];
    this.close = null;
    this.open = null;
    this.sealed = false;
    this.outsiders = [];
  }

  get place() {
    return `device ${this.device}`;
  }

  async run() {
    const key = this.key();
    const [, number, repeat] = this.vote.id.split("/");
    const source = new BelowSource(this.book.source, `device/${number}-${repeat}/${this.device}`);
    try {
      this.bytes = await source.read("checkpoint", 1_000_000);
    } catch (error) {
      if (error.code !== "L7.1") return this.ledger.caught(error, this.place);
      return this.ledger.fail("L9.1", this.place, "nothing", "a log");
    }
    this.ledger.pass("L9.1");
    if (!key) return;
    try {
      const opened = openCheckpoint(this.bytes, [key], key.name);
      this.ledger.pass("L9.2");
      this.size = opened.checkpoint.size;
      this.root = opened.checkpoint.root;
      const read = await readLog(source, this.size, this.root);
      Object.assign(this, read);
      ["L2.3", "L2.5", "L2.6"].forEach((code) => this.ledger.pass(code));
    } catch (error) {
      return this.ledger.caught(error, this.place, error.code?.startsWith("L3.") ? "L9.2" : error.code);
    }
    this.checkSeal();
    this.checkSeen(key);
    const list = await this.cardList();
    this.readEntries();
    await this.checkBallots(list);
    this.checkChallenges();
    this.checkRepeats();
    if (this.close) this.checkClose(list);
  }

  /** The key of the installation, which the device signed (L9.2). */
  key() {
    const { key: text, signature, station, type } = this.installation;
    const key = parseKey(text);
    const name = `${this.book.host}/${this.vote.id}/device/${this.device}`;
    if (key.name !== name || key.type !== 1) {
      this.ledger.fail("L9.2", this.place, key.name, name);
      return null;
    }
    const signed = H("installation", this.election.root, this.device, station, type, text);
    this.ledger.check("L9.2", verifySignature(key.key, signed, unhex(signature)), this.place, "signature", "one by the device");
    return key;
  }

  checkSeal() {
    const seal = this.vote.seal(this.device);
    if (!seal) return this.ledger.notRun("L9.3", "no_seal", this.place);
    const found = seal.kind === "telephone" ? [seal.size, seal.code] : this.tree_(seal.note);
    const own = seal.kind === "telephone" ? [this.size, crockford(this.root, 20)] : [this.size, hex(this.root)];
    this.sealed = this.ledger.check("L9.3", String(found) === String(own), this.place, found.join(), own.join());
    if (this.sealed) this.sealEntry = seal;
    // What was read out on the telephone is the same tree as what was signed.
    for (const spoken of this.vote.telephones.filter((entry) => entry.device === this.device && entry !== seal)) {
      const said = `${spoken.size},${spoken.code}`;
      const shown = `${this.size},${crockford(this.root, 20)}`;
      if (said !== shown) this.ledger.fail("L9.3", `entry ${spoken.index}`, said, shown);
    }
  }

  /** Size and root of a note, after its text alone. */
  tree_(note) {
    const [, size, root] = note.split("\n");
    let hash = "";
    try {
      hash = hex(Uint8Array.from(atob(root), (letter) => letter.charCodeAt(0)));
    } catch {
      hash = "";
    }
    return [Number(size), hash];
  }

  /** Every tree of this device that the election log or an outsider has seen begins this one (L9.4, L9.5). */
  checkSeen(key) {
    const begins = (size, root) => size <= this.size && hex(this.tree.rootAt(size)) === root;
    const own = (list) => list.filter((entry) => entry.device === this.device);
    for (const entry of own(this.vote.checkpoints)) {
      try {
        openCheckpoint(utf8(entry.note), [key], key.name);
        this.ledger.check("L9.4", begins(...this.tree_(entry.note)), `entry ${entry.index}`, "another tree", "a beginning");
      } catch (error) {
        this.ledger.caught(error, `entry ${entry.index}`, "L9.4");
      }
    }
    for (const entry of this.vote.turnouts) {
      for (const one of entry.devices.filter((each) => each.device === this.device)) {
        this.ledger.check("L9.4", begins(one.size, one.root), `entry ${entry.index}`, "another tree", "a beginning");
      }
    }
    const sightings = own(this.vote.sightings);
    if (!sightings.length) this.ledger.notRun("L9.5", "no_sighting", this.place);
    for (const entry of sightings) this.checkSighting(entry, key, begins);
  }

  checkSighting(entry, key, begins) {
    const badge = this.book.kind("accreditation").find((one) => one.id === entry.badge)?.badge;
    try {
      const known = badge ? parseKey(badge) : null;
      const opened = openCheckpoint(utf8(entry.note), known ? [key, known] : [key]);
      const both = known && [key, known].every((one) => opened.signed.some((signed) => signed.key.text === one.text));
      const good = both && opened.checkpoint.origin === key.name && begins(...this.tree_(entry.note));
      if (this.ledger.check("L9.5", good, `entry ${entry.index}`, entry.badge, "both signatures, and a beginning")) this.outsiders.push(entry.badge);
    } catch (error) {
      this.ledger.caught(error, `entry ${entry.index}`, "L9.5");
    }
  }

  /** The card list (C1): a set of hashes, or null. */
  async cardList() {
    const bytes = await this.book.file(this.cards.list, this.ledger);
    if (!bytes) {
      this.ledger.notRun("C1", "L8.6", this.place);
      return null;
    }
    let value;
    try {
      value = parseJson(bytes, "C1");
    } catch (error) {
      this.ledger.caught(error, this.place);
      return null;
    }
    const { cards, device, hash, schema, vote_id: vote } = value;
    const ascending = Array.isArray(cards) && cards.every((one, i) => i === 0 || cards[i - 1] < one);
    const own = ascending ? hex(H("cards", this.vote.id, this.device, ...cards.map(unhex))) : "";
    const good = own === hash && hash === this.cards.hash && cards.length === this.cards.count && device === this.device && vote === this.vote.id && schema === "dauys/cards/1";
    return this.ledger.check("C1", good, this.place, own, this.cards.hash) ? new Set(cards) : null;
  }

  /** Order and form of all entries (L9.6–L9.8); ballots and endings are kept for later. */
  readEntries() {
    let part = -1;
    let waiting = [];
    let number = 0;
    const small = [];
    const order = (index, found, expected) => this.ledger.fail("L9.6", `${this.place}, entry ${index}`, found, expected);
    this.entries.forEach((data, index) => {
      if (data[0] === 1) {
        if (part < 0 || part > 1) order(index, "a ballot", "another entry");
        waiting.push(index);
        this.ballots.push({ index, data, batch: number });
        return;
      }
      let entry;
      try {
        entry = { ...parseEntry(data, "device"), index };
      } catch (error) {
        this.ledger.caught(error, `${this.place}, entry ${index}`);
        return;
      }
      const own = PARTS[entry.kind];
      if (own < part || (own === part && (own === 0 || own === 4)) || (part < 0 && own > 0)) order(index, entry.kind, "its place");
      if (own > 1 && waiting.length) {
        order(index, `${waiting.length} ballots without a batch`, "a batch");
        waiting = [];
      }
      part = Math.max(part, own);
      if (entry.kind === "batch") {
        this.ledger.check("L9.7", entry.number === number && entry.ballots === waiting.length, `${this.place}, entry ${index}`, `${entry.number}: ${entry.ballots}`, `${number}: ${waiting.length}`);
        if (waiting.length < SMALLEST) small.push(waiting.length);
        number += 1;
        waiting = [];
      } else this.keep(entry, order);
    });
    const last = this.entries.length - 1;
    if (this.sealed && this.close?.index !== last) this.ledger.fail("L9.3", this.place, "another last entry", "close");
    this.ledger.check("L9.6", Boolean(this.close) && this.close.index === last && waiting.length === 0, this.place, "another end", "close");
    if (small.length > 1 || small.some((count) => count === 0 || this.ballots.length >= SMALLEST)) this.ledger.fail("L9.7", this.place, small.join(), `at least ${SMALLEST}`);
  }

  keep(entry, order) {
    if (entry.kind === "open") this.checkOpen(entry);
    else if (entry.kind === "close") this.close = entry;
    else if (entry.kind === "incident") {
      const minutes = entry.at.slice(14, 19);
      if (!/^(00|30):00$/.test(minutes)) order(entry.index, entry.at, "rounded to 30 minutes");
      const moment = Date.parse(entry.at);
      if (this.incident && moment < this.incident) order(entry.index, entry.at, "ascending times");
      this.incident = moment;
    } else {
      const digest = entry.kind === "challenge" ? entry.opening.ballot : entry.ballot;
      if (this.endings.length && digest < this.endings.at(-1).digest) order(entry.index, digest, "ascending H(ballot)");
      this.endings.push({ ...entry, digest });
    }
  }

  checkOpen(entry) {
    this.open = entry;
    const expected = { root: hex(this.election.root), device: this.device, station: this.station, software: this.installation.software, vote: this.vote.id, cards: this.cards.hash };
    for (const [name, value] of Object.entries(expected)) {
      this.ledger.check("L9.8", entry[name] === value, `${this.place}, open`, entry[name], value);
    }
  }

  /** Every ballot, in blocks: B1–B9, its card (C2), and the order inside batches (L9.7). */
  async checkBallots(list) {
    for (let start = 0; start < this.ballots.length; start += BLOCK) {
      const block = this.ballots.slice(start, start + BLOCK);
      const found = verifyBatch(this.election, this.device, block.map((one) => one.data), this.random);
      found.forEach((one, i) => this.judged(block[i], one, list));
      this.told(Math.min(start + BLOCK, this.ballots.length), this.ballots.length);
      await this.pause();
    }
    let before = null;
    for (const one of this.ballots) {
      if (!one.digest) continue;
      if (before && before.batch === one.batch && compare(before.digest, one.digest) > 0) this.ledger.fail("L9.7", `${this.place}, entry ${one.index}`, "a smaller hash after a larger", "ascending");
      before = one;
    }
  }

  judged(one, found, list) {
    const place = `${this.place}, entry ${one.index}`;
    const codes = Object.values(WORDS);
    const failed = found.word === null ? codes.length : codes.indexOf(WORDS[found.word]);
    codes.slice(0, failed).forEach((code) => this.ledger.pass(code));
    one.excluded = null;
    if (found.ballot) {
      one.ballot = found.ballot;
      one.digest = ballotHash(this.election, this.device, found.ballot);
      one.s1 = hex(found.ballot.s1);
    }
    if (found.word !== null) {
      one.excluded = WORDS[found.word];
      this.ledger.fail(WORDS[found.word], place, found.word, "a ballot that holds");
    }
    if (found.ballot && list && !this.ledger.check("C2", list.has(hex(cardHash(this.vote.id, this.device, found.ballot.s1))), place, one.s1, "a card of this device")) one.excluded ??= "C2";
  }

  /** Challenged ballots made again (B10–B13). */
  checkChallenges() {
    for (const entry of this.endings.filter((one) => one.kind === "challenge")) {
      const { opening } = entry;
      const place = `${this.place}, entry ${entry.index}`;
      const secret = unhex(opening.secret);
      entry.s1 = hex(cardNumber(this.vote.id, this.device, secret));
      if (!this.open) {
        ["B10", "B11", "B12", "B13"].forEach((code) => this.ledger.notRun(code, "L9.6", place));
        continue;
      }
      const committed = { vote: this.vote.id, device: this.device, sigmaRoot: unhex(this.open.sigma), cards: this.cards.count };
      try {
        const told = { ...opening, secret, sigma: unhex(opening.sigma), path: opening.path.map(unhex), ballot: unhex(opening.ballot) };
        const bytes = rebuild(this.election, committed, told);
        entry.R = hex(bytes.subarray(2 + bytes[1] + 16, 2 + bytes[1] + 48));
        ["B10", "B11", "B12", "B13"].forEach((code) => this.ledger.pass(code));
      } catch (error) {
        const code = OPENED[error.message] ?? "B13";
        this.ledger.fail(code, place, error.message, "a ballot that rebuilds");
      }
    }
  }

  /** Cards once over all endings (C3), and no shared `R` inside the device (C4). */
  checkRepeats() {
    const cards = new Map();
    for (const one of [...this.ballots.filter((each) => each.s1), ...this.endings]) {
      if (!cards.has(one.s1)) cards.set(one.s1, []);
      cards.get(one.s1).push(one);
    }
    let twice = 0;
    for (const [s1, uses] of cards) {
      if (uses.length === 1) continue;
      twice += 1;
      this.ledger.fail("C3", this.place, `${cardName(unhex(s1))}: ${uses.map((one) => one.index).join()}`, "once");
      const copies = uses.every((one) => one.data && same(one.data, uses[0].data));
      uses.slice(copies ? 1 : 0).filter((one) => one.data).forEach((one) => (one.excluded ??= "C3"));
    }
    if (!twice) this.ledger.pass("C3");
    const points = new Map();
    const shown = [...this.ballots.filter((one) => one.ballot && !one.excluded?.startsWith("B") && one.excluded !== "C3").map((one) => ({ one, R: hex(one.ballot.encoded.R) })), ...this.endings.filter((one) => one.R).map((one) => ({ one, R: one.R }))];
    for (const { one, R } of shown) points.set(R, [...(points.get(R) ?? []), one]);
    const shared = [...points.values()].filter((uses) => uses.length > 1);
    shared.forEach((uses) => {
      this.ledger.fail("C4", this.place, uses.map((one) => one.index).join(), "once");
      uses.filter((one) => one.data).forEach((one) => (one.excluded ??= "C4"));
    });
    if (!shared.length) this.ledger.pass("C4");
    this.counted = this.ballots.filter((one) => one.ballot && one.excluded === null);
  }

  /** What `close` says against itself and against the log (C6, S1.2). */
  checkClose(list) {
    const { counts, cards, slips, styles } = this.close;
    const of = (kind, test) => this.endings.filter((one) => one.kind === kind && test(one)).length;
    const held = { cast: this.ballots.length, challenged: of("challenge", (one) => !one.test), tests: of("challenge", (one) => one.test), failed: of("ended", (one) => one.why === "failed"), abandoned: of("ended", (one) => one.why === "abandoned") };
    const came = counts.checked_in + counts.readmitted + counts.tests;
    const used = ["cast", "challenged", "failed", "tests", "abandoned"].reduce((sum, name) => sum + counts[name], 0);
    this.ledger.check("C6.1", counts.admitted === came && came === used + counts.empty, this.place, `${counts.admitted}, ${came}, ${used + counts.empty}`, "three equal numbers");
    const left = cards.returned + cards.spoiled + cards.unused + cards.missing;
    const listed = list ? cards.received === list.size : true;
    this.ledger.check("C6.2", cards.received === used + left && listed, this.place, `${cards.received}, ${used + left}`, "received = used + left");
    const byStyle = {};
    this.ballots.filter((one) => one.ballot).forEach((one) => (byStyle[one.ballot.style.id] = (byStyle[one.ballot.style.id] ?? 0) + 1));
    const sameStyles = [...new Set([...Object.keys(byStyle), ...Object.keys(styles)])].every((id) => (byStyle[id] ?? 0) === (styles[id] ?? 0));
    this.ledger.check("C6.3", Object.keys(held).every((name) => held[name] === counts[name]) && sameStyles, this.place, JSON.stringify(held), "the counts of close");
    const printed = Object.values(held).reduce((a, b) => a + b, 0);
    this.ledger.check("C6.4", held.abandoned <= Math.max(2, Math.floor(printed / 100)), this.place, held.abandoned, "few");
    if (held.tests < 5) this.ledger.look("C6.5", this.place, held.tests, "at least 5");
    else this.ledger.pass("C6.5");
    const expected = Object.entries(styles).reduce((sum, [id, count]) => sum + count * (this.election.styles.get(id)?.contests.length ?? 0), 0);
    this.ledger.check("S1.2", slips.accepted === expected, this.place, slips.accepted, expected);
    this.ledger.declared("D1", this.place, this.open?.software ?? "");
    this.ledger.declared("D2", this.place, `${this.open?.zero}, ${this.open?.present.length}`);
    this.ledger.declared("D4", this.place, `${counts.registered}, ${counts.additions}`);
  }

  /** What the log has of a card: `{what, index, code, counted}` or null. */
  find(name) {
    const ballot = this.ballots.find((one) => one.s1 && cardName(unhex(one.s1)) === name);
    if (ballot) return { what: "ballot", index: ballot.index, code: ballotCode(ballot.digest), excluded: ballot.excluded, device: this.device };
    const ending = this.endings.find((one) => one.s1 && cardName(unhex(one.s1)) === name);
    if (!ending) return null;
    return { what: ending.kind === "challenge" ? "challenge" : "ended", index: ending.index, code: ballotCode(unhex(ending.digest)), excluded: null, device: this.device };
  }
}

