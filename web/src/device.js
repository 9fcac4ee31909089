// The log of one device against what the election log says of it: key, seal, readings, sightings, card list (L9.1–L9.5, C1).
import { ballotCode, cardName } from "./ballots.js";
import { crockford, hex, unhex, utf8 } from "./bytes.js";
import { Contents } from "./contents.js";
import { verifySignature } from "./group.js";
import { H } from "./hash.js";
import { readLog } from "./log.js";
import { openCheckpoint, parseKey } from "./note.js";
import { parseCards } from "./shapes.js";
import { BelowSource } from "./source.js";

/** What cannot be looked at where the log of a device is not there or does not hold together. */
const READING = ["L9.4", "L9.6", "L9.7", "L9.8", "B1", "C2", "C6.3"];
/** Faults of a checkpoint that mean that it is not by this device. */
const AS_KEY = ["L3.3", "L3.4", "L3.5", "L3.7"];

/** Checks one installed device. `root` is what `Book.root` gives; without its `election` no ballot is read. */
export async function checkDevice(book, vote, device, root, ledger, { told, random, pause }) {
  const check = new DeviceCheck({ book, vote, device, root: root.root, election: root.election, ledger, told, random, pause });
  await check.run();
  return check;
}

class DeviceCheck extends Contents {
  constructor(fields) {
    super(fields);
    this.installation = this.vote.installations.get(this.device);
    this.station = this.installation.station;
    this.cards = this.vote.cards.get(this.device);
    this.leftOut = this.book.leftOut(this.vote, this.device);
    this.sealed = false;
    this.outsiders = [];
  }

  /** Whether the ballots of this device may be added up: its log is there to its seal, its cards are known, no decision leaves it out. */
  get counts() {
    return this.sealed && this.list !== null && !this.leftOut;
  }

  async run() {
    const key = this.key();
    if (!key) return this.unread("L9.2", "L9.3", "L9.5");
    if (!(await this.readTree(key))) return;
    this.checkSeal(key);
    this.checkSeen(key);
    if (!this.vote.seal(this.device)) return this.unread("no_seal");
    this.list = await this.cardList();
    if (!this.election) return this.unread("root");
    await this.readContents();
    if (this.sealed) this.sealed = this.ledger.check("L9.3", this.close !== null, this.place, "another last entry", "close");
  }

  unread(reason, ...others) {
    for (const code of [...others, ...READING]) if (code !== reason) this.ledger.notRun(code, reason, this.place);
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
    const signed = H("installation", this.root, this.device, station, type, text);
    this.ledger.check("L9.2", verifySignature(key.key, signed, unhex(signature)), this.place, "signature", "one by the device");
    return key;
  }

  /** The checkpoint and all entries of the log; whether they hold together (L9.1, L9.2, L2). */
  async readTree(key) {
    const [, number, repeat] = this.vote.id.split("/");
    const source = new BelowSource(this.book.source, `device/${number}-${repeat}/${this.device}`);
    try {
      this.bytes = await source.read("checkpoint", 1_000_000);
      this.ledger.pass("L9.1");
      const { checkpoint } = openCheckpoint(this.bytes, [key], key.name);
      this.ledger.pass("L9.2");
      Object.assign(this, await readLog(source, checkpoint.size, checkpoint.root));
      Object.assign(this, { size: checkpoint.size, treeRoot: checkpoint.root });
      ["L2.3", "L2.5", "L2.6"].forEach((code) => this.ledger.pass(code));
      return true;
    } catch (error) {
      const code = error.code === "L7.1" && !this.bytes ? "L9.1" : AS_KEY.includes(error.code) ? "L9.2" : error.code;
      if (code === "L9.1" && this.leftOut) this.ledger.notRun("L9.1", "left_out", this.place);
      else this.ledger.caught(error, this.place, code);
      this.unread(code, "L9.2", "L9.3", "L9.5");
      return false;
    }
  }

  /** The tree in the folder is the seal, as it was signed and as it was read out on the telephone (L9.3). */
  checkSeal(key) {
    const seal = this.vote.seal(this.device);
    if (!seal) return this.ledger.notRun("L9.3", "no_seal", this.place);
    const spoken = this.vote.telephones.filter((entry) => entry.device === this.device);
    const agreed = spoken.map((entry) => this.isSeal(entry, [entry.size, entry.code], [this.size, crockford(this.treeRoot, 20)]));
    if (seal.kind === "checkpoint") agreed.push(this.isSigned(seal, key));
    this.sealed = agreed.every(Boolean);
    if (this.sealed) this.sealEntry = seal;
  }

  isSeal({ index }, said, shown) {
    const good = said.join() === shown.join();
    if (!good) this.ledger.fail("L9.3", `${this.place}, entry ${index}`, said.join(), shown.join());
    return good;
  }

  isSigned(seal, key) {
    try {
      const { checkpoint } = openCheckpoint(utf8(seal.note), [key], key.name);
      return this.isSeal(seal, [checkpoint.size, hex(checkpoint.root)], [this.size, hex(this.treeRoot)]);
    } catch (error) {
      this.ledger.caught(error, `${this.place}, entry ${seal.index}`, "L9.3");
      return false;
    }
  }

  /** Every tree of this device that the election log or an outsider has seen begins this one (L9.4, L9.5). */
  checkSeen(key) {
    const own = (list) => list.filter((entry) => entry.device === this.device);
    for (const entry of own(this.vote.checkpoints)) {
      try {
        const { checkpoint } = openCheckpoint(utf8(entry.note), [key], key.name);
        this.checkBeginning("L9.4", entry, checkpoint.size, hex(checkpoint.root));
      } catch (error) {
        this.ledger.caught(error, `entry ${entry.index}`, "L9.4");
      }
    }
    for (const entry of this.vote.turnouts) {
      for (const { size, root } of own(entry.devices)) this.checkBeginning("L9.4", entry, size, root);
    }
    const sightings = own(this.vote.sightings);
    if (sightings.length === 0) this.ledger.notRun("L9.5", "no_sighting", this.place);
    for (const entry of sightings) this.checkSighting(entry, key);
  }

  checkBeginning(code, { index }, size, root) {
    const holds = size <= this.size && hex(this.tree.rootAt(size)) === root;
    return this.ledger.check(code, holds, `entry ${index}`, `${size}, ${root}`, `a beginning of ${this.size}`);
  }

  checkSighting(entry, key) {
    const place = `entry ${entry.index}`;
    const badge = this.book.kind("accreditation").find((one) => one.id === entry.badge)?.badge;
    if (!badge) return this.ledger.fail("L9.5", place, entry.badge, "an accredited badge with a key");
    try {
      const known = [key, parseKey(badge)];
      const { checkpoint, signed } = openCheckpoint(utf8(entry.note), known, key.name);
      const both = known.every((one) => signed.some((by) => by.key.text === one.text));
      if (!both) this.ledger.fail("L9.5", place, entry.badge, "signatures of device and badge");
      else if (this.checkBeginning("L9.5", entry, checkpoint.size, hex(checkpoint.root))) this.outsiders.push(entry.badge);
    } catch (error) {
      this.ledger.caught(error, place, "L9.5");
    }
  }

  /** The card list (C1): a set of hashes, or null where nothing can be looked up in it. */
  async cardList() {
    const bytes = await this.book.file(this.cards.list, this.ledger);
    if (!bytes) {
      this.ledger.notRun("C1", "L8.6", this.place);
      return null;
    }
    let value;
    try {
      value = parseCards(bytes);
    } catch (error) {
      this.ledger.caught(error, this.place);
      return null;
    }
    const { cards, device, hash, vote_id: vote } = value;
    const ascending = cards.every((one, i) => i === 0 || cards[i - 1] < one);
    const own = ascending ? hex(H("cards", this.vote.id, this.device, ...cards.map(unhex))) : "out of order";
    const good = own === hash && hash === this.cards.hash && cards.length === this.cards.count && device === this.device && vote === this.vote.id;
    this.ledger.check("C1", good, this.place, own, this.cards.hash);
    return ascending ? new Set(cards) : null;
  }

  /** What the log has of a card: `{what, index, code, excluded, device}` or null. */
  find(name) {
    const ballot = this.ballots.find((one) => one.s1 && cardName(unhex(one.s1)) === name);
    if (ballot) return { what: "ballot", index: ballot.index, code: ballotCode(ballot.digest), excluded: ballot.excluded, device: this.device };
    const ending = this.endings.find((one) => one.s1 && cardName(unhex(one.s1)) === name);
    if (!ending) return null;
    return { what: ending.kind === "challenge" ? "challenge" : "ended", index: ending.index, code: ballotCode(unhex(ending.digest)), excluded: null, device: this.device };
  }
}
