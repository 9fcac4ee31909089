// What the log of one device holds: order and form, every ballot, every challenge, cards and counts (L9.6–L9.8, B, C, S1.2).
import { ballotHash, cardHash, cardName, cardNumber, rebuild, verifyBatch } from "./ballots.js";
import { compare, hex, same, unhex } from "./bytes.js";
import { parseEntry } from "./forms.js";

/** Ballots that are judged together. */
const BLOCK = 64;
const WORDS = { length: "B1", format: "B2", style: "B3", point: "B4", scalar: "B5", identity: "B6", challenge: "B7", vector: "B8", link: "B9" };
const OPENED = { style: "B10", length: "B10", choice: "B10", blanks: "B11", sigma: "B12", rebuild: "B13" };
const OPENINGS = ["B10", "B11", "B12", "B13"];
const CLOSING = ["C6.1", "C6.2", "C6.3", "C6.4", "C6.5", "S1.2"];
const PARTS = { open: 0, batch: 1, challenge: 2, ended: 2, incident: 3, close: 4 };
const SMALLEST = 32;
/** Test challenges that observers should make at a device. */
const TESTS = 5;

/** Reads `entries` of `device` and says in `ledger` what of them holds. `list`: the set of its cards, or null. */
export class Contents {
  constructor(fields) {
    Object.assign(this, fields);
    /** `{index, data, batch}`, and once judged `excluded`, `ballot`, `digest`, `s1`. */
    this.ballots = [];
    this.counted = [];
    this.endings = [];
    this.entries = [];
    this.list = null;
    this.open = null;
    this.close = null;
    this.closedAt = -1;
  }

  get place() {
    return `device ${this.device}`;
  }

  async readContents() {
    this.readEntries();
    await this.checkBallots();
    this.checkOrder();
    this.checkChallenges();
    this.checkEnded();
    this.checkCards();
    this.checkPoints();
    this.counted = this.ballots.filter((one) => one.excluded === null);
    if (this.close) this.checkClose();
    else CLOSING.forEach((code) => this.ledger.notRun(code, "L9.6", this.place));
  }

  misplaced(index, found, expected) {
    this.ledger.fail("L9.6", `${this.place}, entry ${index}`, found, expected);
  }

  /** Order and form of all entries (L9.6–L9.8); ballots and endings are kept for later. */
  readEntries() {
    Object.assign(this, { part: -1, waiting: 0, batches: 0, small: [] });
    this.entries.forEach((data, index) => {
      if (data[0] === 1) this.takeBallot(data, index);
      else this.takeEntry(data, index);
    });
    const last = this.entries.length - 1;
    if (this.closedAt !== last) this.close = null;
    this.ledger.check("L9.6", this.close !== null && this.waiting === 0, this.place, "another end", "close");
    // A device with fewer in all has one batch: a second would say who voted when.
    const small = this.small.filter((count) => count === 0 || count !== this.ballots.length);
    this.ledger.check("L9.7", small.length === 0, this.place, small.join(), `at least ${SMALLEST}`);
  }

  takeBallot(data, index) {
    if (this.part < 0 || this.part > 1) this.misplaced(index, "a ballot", "another entry");
    this.waiting += 1;
    this.ballots.push({ index, data, batch: this.batches });
  }

  takeEntry(data, index) {
    let entry;
    try {
      entry = { ...parseEntry(data, "device"), index };
      this.ledger.pass("L9.8");
    } catch (error) {
      return this.ledger.caught(error, `${this.place}, entry ${index}`);
    }
    const own = PARTS[entry.kind];
    if (own < this.part || (own === this.part && (own === 0 || own === 4)) || (this.part < 0 && own > 0)) this.misplaced(index, entry.kind, "its place");
    if (own > 1 && this.waiting) {
      this.misplaced(index, `${this.waiting} ballots without a batch`, "a batch");
      this.waiting = 0;
    }
    this.part = Math.max(this.part, own);
    this.keep(entry, data);
  }

  keep(entry, data) {
    if (entry.kind === "open") this.checkOpen(entry);
    else if (entry.kind === "close") Object.assign(this, { close: entry, closedAt: entry.index });
    else if (entry.kind === "batch") this.checkBatch(entry);
    else if (entry.kind === "incident") this.checkIncident(entry, data);
    else this.keepEnding(entry);
  }

  checkOpen(entry) {
    this.open = entry;
    const { installation, cards, vote } = this;
    const expected = { root: vote.root.root, device: this.device, station: installation.station, software: installation.software, vote: vote.id, cards: cards.hash };
    for (const [name, value] of Object.entries(expected)) {
      this.ledger.check("L9.8", entry[name] === value, `${this.place}, open`, entry[name], value);
    }
  }

  checkBatch({ index, number, ballots }) {
    this.ledger.check("L9.7", number === this.batches && ballots === this.waiting, `${this.place}, entry ${index}`, `${number}: ${ballots}`, `${this.batches}: ${this.waiting}`);
    if (this.waiting < SMALLEST) this.small.push(this.waiting);
    this.batches += 1;
    this.waiting = 0;
  }

  checkIncident({ index, at }, data) {
    if (!/^(00|30):00$/.test(at.slice(14, 19))) this.misplaced(index, at, "rounded to 30 minutes");
    const moment = Date.parse(at);
    const { incident } = this;
    if (incident && (moment < incident.moment || (moment === incident.moment && compare(data, incident.data) < 0))) this.misplaced(index, at, "ascending times");
    this.incident = { moment, data };
  }

  keepEnding(entry) {
    const digest = entry.kind === "challenge" ? entry.opening.ballot : entry.ballot;
    if (this.endings.length && digest < this.endings.at(-1).digest) this.misplaced(entry.index, digest, "ascending H(ballot)");
    // A challenge is opened against the `open` that stands before it.
    this.endings.push({ ...entry, digest, open: this.open });
  }

  /** Every ballot, in blocks: B1–B9, and its card (C2). */
  async checkBallots() {
    for (let start = 0; start < this.ballots.length; start += BLOCK) {
      const block = this.ballots.slice(start, start + BLOCK);
      const found = verifyBatch(this.election, this.device, block.map((one) => one.data), this.random);
      found.forEach((one, i) => this.judged(block[i], one));
      this.told(Math.min(start + BLOCK, this.ballots.length), this.ballots.length);
      await this.pause();
    }
    if (!this.list) this.ledger.notRun("C2", "no_cards", this.place);
  }

  judged(one, found) {
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
    if (!found.ballot || !this.list) return;
    const listed = this.list.has(hex(cardHash(this.vote.id, this.device, found.ballot.s1)));
    if (!this.ledger.check("C2", listed, place, one.s1, "a card of this device")) one.excluded ??= "C2";
  }

  /** Sessions that ended without a ballot used a card of this device too (C2). */
  checkEnded() {
    if (!this.list) return;
    for (const { index, s1 } of this.endings.filter((one) => one.kind === "ended")) {
      const listed = this.list.has(hex(cardHash(this.vote.id, this.device, unhex(s1))));
      this.ledger.check("C2", listed, `${this.place}, entry ${index}`, s1, "a card of this device");
    }
  }

  /** Each batch ascends by `H(ballot)` (L9.7); equal ones are repeats, which C3 names. */
  checkOrder() {
    let before = null;
    for (const one of this.ballots) {
      if (!one.digest) continue;
      if (before && before.batch === one.batch && compare(before.digest, one.digest) > 0) this.ledger.fail("L9.7", `${this.place}, entry ${one.index}`, "a smaller hash after a larger", "ascending");
      before = one;
    }
  }

  /** Challenged ballots made again (B10–B13). */
  checkChallenges() {
    for (const entry of this.endings.filter((one) => one.kind === "challenge")) {
      const { opening, open } = entry;
      const place = `${this.place}, entry ${entry.index}`;
      const secret = unhex(opening.secret);
      entry.s1 = hex(cardNumber(this.vote.id, this.device, secret));
      if (!open || !this.list) {
        OPENINGS.forEach((code) => this.ledger.notRun(code, this.list ? "L9.6" : "no_cards", place));
        continue;
      }
      const committed = { vote: this.vote.id, device: this.device, sigmaRoot: unhex(open.sigma), cards: this.list.size };
      const told = { ...opening, secret, sigma: unhex(opening.sigma), path: opening.path.map(unhex), ballot: unhex(opening.ballot) };
      this.openChallenge(entry, committed, told, place);
    }
  }

  openChallenge(entry, committed, told, place) {
    try {
      const bytes = rebuild(this.election, committed, told);
      entry.R = hex(bytes.subarray(2 + bytes[1] + 16, 2 + bytes[1] + 48));
      OPENINGS.forEach((code) => this.ledger.pass(code));
    } catch (error) {
      const code = OPENED[error.message] ?? "B13";
      OPENINGS.slice(0, OPENINGS.indexOf(code)).forEach((one) => this.ledger.pass(one));
      this.ledger.fail(code, place, error.message, "a ballot that rebuilds");
    }
  }

  /** Cards once over all endings (C3). */
  checkCards() {
    const cards = grouped([...this.ballots.filter((each) => each.s1), ...this.endings], (one) => one.s1);
    const twice = [...cards].filter(([, uses]) => uses.length > 1);
    for (const [s1, uses] of twice) {
      this.ledger.fail("C3", this.place, `${cardName(unhex(s1))}: ${uses.map((one) => one.index).join()}`, "once");
      const copies = uses.every((one) => one.data && same(one.data, uses[0].data));
      uses.slice(copies ? 1 : 0).filter((one) => one.data).forEach((one) => {
        one.copy = copies;
        one.excluded ??= "C3";
      });
    }
    if (twice.length === 0) this.ledger.pass("C3");
  }

  /** No `R` twice in this device (C4): ballots whose proof passes, and challenges that rebuild. */
  checkPoints() {
    const sound = this.ballots.filter((one) => one.ballot && !one.excluded?.startsWith("B") && !one.copy);
    const shown = [...sound.map((one) => ({ one, R: hex(one.ballot.encoded.R) })), ...this.endings.filter((one) => one.R).map((one) => ({ one, R: one.R }))];
    const shared = [...grouped(shown, ({ R }) => R).values()].filter((uses) => uses.length > 1);
    for (const uses of shared) {
      this.ledger.fail("C4", this.place, uses.map(({ one }) => one.index).join(), "once");
      uses.filter(({ one }) => one.data).forEach(({ one }) => (one.excluded ??= "C4"));
    }
    if (shared.length === 0) this.ledger.pass("C4");
  }

  /** What `close` says against itself and against the log (C6, S1.2). */
  checkClose() {
    const { counts, cards, slips, styles } = this.close;
    const of = (kind, test) => this.endings.filter((one) => one.kind === kind && test(one)).length;
    const held = { cast: this.ballots.length, challenged: of("challenge", (one) => !one.test), tests: of("challenge", (one) => one.test), failed: of("ended", (one) => one.why === "failed"), abandoned: of("ended", (one) => one.why === "abandoned") };
    const came = counts.checked_in + counts.readmitted + counts.tests;
    const used = ["cast", "challenged", "failed", "tests", "abandoned"].reduce((sum, name) => sum + counts[name], 0);
    this.ledger.check("C6.1", counts.admitted === came && came === used + counts.empty, this.place, `${counts.admitted}, ${came}, ${used + counts.empty}`, "three equal numbers");
    const left = cards.returned + cards.spoiled + cards.unused + cards.missing;
    if (!this.list) this.ledger.notRun("C6.2", "no_cards", this.place);
    else this.ledger.check("C6.2", cards.received === this.list.size && cards.received === used + left, this.place, `${cards.received}, ${used + left}`, `${this.list.size}, used + left`);
    this.ledger.check("C6.3", Object.keys(held).every((name) => held[name] === counts[name]) && this.stylesAgree(styles), this.place, JSON.stringify(held), "the counts of close");
    const printed = Object.values(held).reduce((a, b) => a + b, 0);
    this.ledger.check("C6.4", held.abandoned <= Math.max(2, Math.floor(printed / 100)), this.place, held.abandoned, "few");
    if (held.tests < TESTS) this.ledger.look("C6.5", this.place, held.tests, `at least ${TESTS}`);
    else this.ledger.pass("C6.5");
    const expected = Object.entries(styles).reduce((sum, [id, count]) => sum + count * (this.election.styles.get(id)?.contests.length ?? 0), 0);
    this.ledger.check("S1.2", slips.accepted === expected, this.place, slips.accepted, expected);
    this.ledger.declared("D1", this.place, this.open?.software ?? "");
    this.ledger.declared("D2", this.place, `${this.open?.zero}, ${this.open?.present.length}`);
    this.ledger.declared("D4", this.place, `${counts.registered}, ${counts.additions}`);
  }

  stylesAgree(styles) {
    const own = grouped(this.ballots.filter((one) => one.ballot), (one) => one.ballot.style.id);
    const said = new Map(Object.entries(styles));
    return [...own.keys(), ...said.keys()].every((id) => (own.get(id)?.length ?? 0) === (said.get(id) ?? 0));
  }
}

/** A map from keys to the members that have them, in their order. */
export function grouped(list, key) {
  const found = new Map();
  for (const one of list) {
    if (!found.has(key(one))) found.set(key(one), []);
    found.get(key(one)).push(one);
  }
  return found;
}
