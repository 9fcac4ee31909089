// The election log: who signed it, its entries in their places, and the files that they name (L1–L8).
import { parse as parseYaml } from "yaml";
import { Election } from "./ballots.js";
import { fromUtf8, hex, unhex } from "./bytes.js";
import { filesOf, parseEntry, parseFile } from "./forms.js";
import { H, sha256 } from "./hash.js";
import { readLog } from "./log.js";
import { openCheckpoint, parseCheckpoint, parseKey, parseNote, policyReached } from "./note.js";
import { parseRoot } from "./shapes.js";

const MAX_NOTE = 1_000_000;
/** Kinds whose id no other entry of the kind has. */
const WITH_ID = ["accreditation", "decision", "result", "complaint"];

/** Reads and checks the election log. Returns a book of its entries; throws where no verdict is possible. */
export async function readElection(source, { logKey = null, policy = null }, ledger, told) {
  const bytes = await source.read("checkpoint", MAX_NOTE);
  const checkpoint = parseCheckpoint(parseNote(bytes).text);
  const outside = outsideKeys(checkpoint.origin, logKey, policy);
  const opened = anchor(bytes, checkpoint, outside, policy, ledger);
  const { entries, tree } = await readLog(source, checkpoint.size, checkpoint.root, told);
  ["L2.3", "L2.5", "L2.6"].forEach((code) => ledger.pass(code));
  const book = new Book(source, checkpoint, bytes, entries, tree);
  book.anchored = outside.length > 0;
  book.witnesses = policy ? opened.signed.filter(({ key }) => [...policy.witnesses.values()].some((one) => one.text === key.text)).length : 0;
  entries.forEach((data, index) => book.take(data, index, ledger));
  await book.define(ledger);
  return book;
}

function outsideKeys(origin, logKey, policy) {
  const keys = logKey ? [logKey] : [];
  return policy ? [...keys, ...policy.logs.filter((key) => key.name === origin)] : keys;
}

function anchor(bytes, checkpoint, outside, policy, ledger) {
  const witnesses = policy ? [...policy.witnesses.values()] : [];
  const bare = { signed: [], checkpoint };
  let opened = bare;
  try {
    if (outside.length + witnesses.length) opened = openCheckpoint(bytes, [...outside, ...witnesses]);
  } catch (error) {
    if (error.code !== "L3.5") {
      // A signature in the name of a known key that is not by it: nothing on this note is believed.
      ledger.caught(error, "checkpoint", "L8.1");
      ledger.notRun("L8.2", policy ? "L8.1" : "no_policy");
      return bare;
    }
  }
  const signed = (key) => opened.signed.some((one) => one.key.text === key.text);
  if (outside.length) ledger.check("L8.1", outside.every((key) => signed(key) && key.name === checkpoint.origin), "checkpoint", checkpoint.origin, outside.map((key) => key.name).join());
  else if (policy?.logs.length) ledger.fail("L8.1", "checkpoint", checkpoint.origin, policy.logs.map((key) => key.name).join());
  else ledger.notRun("L8.1", "no_anchor");
  if (policy) ledger.check("L8.2", policyReached(policy, opened), "checkpoint", `${opened.signed.length}`, policy.quorum);
  else ledger.notRun("L8.2", "no_policy");
  return opened;
}

/** What one vote has in the log. */
class Vote {
  constructor(id) {
    Object.assign(this, { id, root: null, register: null, cards: new Map(), installations: new Map(), checkpoints: [], telephones: [], turnouts: [], sightings: [], waves: new Map() });
  }

  /** The first seal of each device; signed ones go before spoken ones. */
  seal(device) {
    const note = this.checkpoints.find((entry) => entry.device === device && entry.what === "seal");
    return note ?? this.telephones.find((entry) => entry.device === device) ?? null;
  }

  /** Where the first seal of a device stands, spoken or signed; null where none does. */
  sealedAt(device) {
    const seals = [...this.checkpoints.filter((entry) => entry.what === "seal"), ...this.telephones];
    return seals.filter((entry) => entry.device === device).reduce((least, { index }) => Math.min(least ?? index, index), null);
  }
}

class Book {
  constructor(source, checkpoint, bytes, entries, tree) {
    Object.assign(this, { source, checkpoint, bytes, entries, tree });
    this.origin = checkpoint.origin;
    this.kinds = new Map();
    this.votes = new Map();
    this.files = new Map();
    this.ids = new Set();
    this.keys = null;
    this.options = null;
    this.minimum = null;
  }

  kind(name) {
    return this.kinds.get(name) ?? [];
  }

  vote(id) {
    if (!this.votes.has(id)) this.votes.set(id, new Vote(id));
    return this.votes.get(id);
  }

  get election() {
    return this.origin.split("/").at(-2);
  }

  get host() {
    return this.origin.split("/").slice(0, -2).join("/");
  }

  /** Whether a decision leaves a device out of the waves, one that stands before an entry where that is given. */
  leftOut(vote, device, before = Infinity) {
    return this.kind("decision").some((one) => one.what === "exclude" && one.point === `${vote.id} ${device}` && one.index < before);
  }

  /** Puts one entry in its place; what has no form or no place is a finding and is not used. */
  take(data, index, ledger) {
    let entry;
    try {
      entry = { ...parseEntry(data, "election"), index };
      ledger.pass("L8.3");
    } catch (error) {
      ledger.caught(error, `entry ${index}`);
      return;
    }
    if (!this.filesAgree(entry, ledger)) return;
    const misplaced = this.misplaced(entry);
    if (misplaced) {
      ledger.fail(index === 0 || entry.kind === "definition" ? "L8.4" : "L8.5", `entry ${index}`, entry.kind, misplaced);
      return;
    }
    ledger.pass("L8.5");
    if (!this.kinds.has(entry.kind)) this.kinds.set(entry.kind, []);
    this.kinds.get(entry.kind).push(entry);
    if (entry.vote) this.place(entry, this.vote(entry.vote));
  }

  filesAgree(entry, ledger) {
    return filesOf(entry).reduce((good, ref) => {
      const known = this.files.get(ref.path) ?? ref;
      this.files.set(ref.path, known);
      const same = ledger.check("L8.7", known.sha256 === ref.sha256 && known.size === ref.size, ref.path, ref.sha256, known.sha256);
      return good && same;
    }, true);
  }

  /** Why an entry may not stand here, else null (spec/record.md §3). */
  misplaced(entry) {
    if ((entry.kind === "definition") !== (entry.index === 0)) return "the definition at 0, and only there";
    if (WITH_ID.includes(entry.kind)) {
      const id = `${entry.kind} ${entry.id}`;
      if (this.ids.has(id)) return "an id that no other has";
      this.ids.add(id);
    }
    if (!entry.vote) return null;
    if (entry.vote.split("/")[0] !== this.election) return `a vote of ${this.election}`;
    const vote = this.vote(entry.vote);
    const installed = (device) => vote.installations.has(device);
    switch (entry.kind) {
      case "ceremony":
      case "root":
      case "register":
        if (this.kind(entry.kind).some((one) => one.vote === entry.vote)) return "one in each vote";
        return entry.kind === "root" && !this.kind("ceremony").some((one) => one.vote === entry.vote) ? "a ceremony before" : null;
      case "cards":
        return vote.cards.has(entry.device) || installed(entry.device) ? "one list, before the installation" : null;
      case "installation":
        return installed(entry.device) || !vote.root || !vote.register || !vote.cards.has(entry.device) ? "root, register and cards before, once" : null;
      case "sighting":
        if (!this.ids.has(`accreditation ${entry.badge}`)) return "an accreditation before";
        return installed(entry.device) ? null : "an installation before";
      case "checkpoint":
      case "telephone":
        return installed(entry.device) ? null : "an installation before";
      case "turnout":
        if (new Set(entry.devices.map((one) => one.device)).size < entry.devices.length) return "each device once";
        return entry.devices.every((one) => vote.installations.get(one.device)?.station === entry.station) ? null : "devices of this station";
      case "wave":
        return vote.root && entry.number === vote.waves.size + 1 ? null : "the next wave, after the root";
      case "wave-signature":
      case "partial":
      case "tally":
        return this.misplacedInWave(entry, vote.waves.get(entry.wave));
      default:
        return null;
    }
  }

  misplacedInWave(entry, wave) {
    if (!wave) return "a wave before";
    if (wave.tally) return "before the tally";
    if (entry.kind === "wave-signature" && wave.partials.length) return "before partial decryptions";
    const others = { "wave-signature": wave.signatures, partial: wave.partials }[entry.kind] ?? [];
    return others.some((one) => one.trustee === entry.trustee) ? "one for each trustee" : null;
  }

  place(entry, vote) {
    switch (entry.kind) {
      case "root":
      case "register":
        vote[entry.kind] = entry;
        break;
      case "cards":
        vote.cards.set(entry.device, entry);
        break;
      case "installation":
        vote.installations.set(entry.device, entry);
        break;
      case "wave":
        vote.waves.set(entry.number, { entry, signatures: [], partials: [], tally: null });
        break;
      case "wave-signature":
        vote.waves.get(entry.wave).signatures.push(entry);
        break;
      case "partial":
        vote.waves.get(entry.wave).partials.push(entry);
        break;
      case "tally":
        vote.waves.get(entry.wave).tally = entry;
        break;
      default: {
        const list = { checkpoint: vote.checkpoints, telephone: vote.telephones, turnout: vote.turnouts, sighting: vote.sightings }[entry.kind];
        list?.push(entry);
      }
    }
  }

  /** A committed file, or null where it is not the one (L8.6). */
  async file(ref, ledger) {
    try {
      const bytes = await this.source.read(ref.path, ref.size);
      if (bytes.length === ref.size && hex(sha256(bytes)) === ref.sha256) {
        ledger.pass("L8.6");
        return bytes;
      }
      ledger.fail("L8.6", ref.path, hex(sha256(bytes)), ref.sha256);
    } catch (error) {
      ledger.caught(error, ref.path, "L8.6");
    }
    return null;
  }

  /** Checks definition and log key (L8.4), and keeps keys, stations and options. */
  async define(ledger) {
    const [definition] = this.kind("definition");
    if (!definition) {
      if (!ledger.of("L8.4").failed) ledger.fail("L8.4", "entry 0", "nothing", "the definition");
      return;
    }
    this.simulation = definition.simulation;
    if (ledger.check("L8.4", /^.+\/[^/]+\/log$/s.test(this.origin), "checkpoint", this.origin, "HOST/ELECTION/log")) await this.readKeys(definition, ledger);
    await this.readOptions(definition, ledger);
  }

  /** The keys of the definition, and that the log is signed by the one that stands there. */
  async readKeys(definition, ledger) {
    const bytes = await this.file(definition.keys, ledger);
    if (!bytes) return ledger.notRun("L8.4", "L8.6");
    try {
      this.keys = parseFile(bytes, "keys");
      const key = parseKey(this.keys.log);
      openCheckpoint(this.bytes, [key], this.origin);
      ledger.check("L8.4", key.name === this.origin, "keys", key.name, this.origin);
    } catch (error) {
      ledger.caught(error, "keys", error.code === "L8.8" ? "L8.8" : "L8.4");
    }
  }

  /** Names and order of options: parties by list_order, candidates as their table has them. */
  async readOptions(definition, ledger) {
    const yaml = await this.file(definition.election, ledger);
    const table = Object.hasOwn(definition.tables, "candidates") ? await this.file(definition.tables.candidates, ledger) : null;
    if (!yaml) return;
    try {
      const election = parseYaml(fromUtf8(yaml), { maxAliasCount: 0 });
      const lists = election.parties.filter((one) => Number.isInteger(one.list_order)).sort((a, b) => a.list_order - b.list_order);
      this.title = election.title;
      this.minimum = Number(election.parameters?.["publication.privacy_minimum"] ?? 30);
      this.options = new Map([["list", lists.map((one) => one.id)]]);
      for (const [place, id] of table ? candidates(fromUtf8(table)) : []) {
        if (!this.options.has(place)) this.options.set(place, []);
        this.options.get(place).push(id);
      }
    } catch {
      ledger.notRun("S1.1", "L8.9");
    }
  }

  /** The devices of every vote by station. */
  stations() {
    const found = new Map();
    for (const vote of this.votes.values()) {
      for (const [device, { station }] of vote.installations) {
        if (!found.has(station)) found.set(station, []);
        found.get(station).push({ vote: vote.id, device });
      }
    }
    return found;
  }

  /**
   * Root of a vote: `value` and `election` where `root.json` is what the log names (null else), `whole` where it is also bound
   * to this definition and vote, and says enough of its trustees.
   */
  async root(vote, ledger) {
    const found = { root: unhex(vote.root.root), value: null, election: null, whole: false };
    const bytes = await this.file(vote.root.file, ledger);
    if (!bytes) return found;
    const place = vote.root.file.path;
    try {
      const value = parseRoot(bytes);
      if (!ledger.check("K10.2", hex(H("root", bytes)) === vote.root.root, place, hex(H("root", bytes)), vote.root.root)) return found;
      found.value = value;
      found.election = electionOf(found.root, value, ledger, place);
      found.whole = this.isWhole(value, vote, ledger, place) && found.election !== null;
    } catch (error) {
      ledger.caught(error, place);
    }
    return found;
  }

  isWhole(value, vote, ledger, place) {
    const bound = hex(H("definition", this.entries[0]));
    const named = [value.vote_id, value.definition].join();
    const { trustees, threshold, verification, keys } = value;
    const enough = threshold >= 1 && threshold <= trustees && verification.length === trustees && verification.every((row) => row.length === keys.length);
    return ledger.check("K10.2", named === [vote.id, bound].join() && enough, place, named, [vote.id, bound].join());
  }
}

function electionOf(root, { contests, styles, keys }, ledger, place) {
  try {
    return new Election({ root, contests, styles, keys: keys.map(unhex) });
  } catch (error) {
    ledger.fail("K7.2", place, error.message, "sound keys and styles");
    return null;
  }
}

/** Constituency and id of each row of candidates.csv. Quotes as RFC 4180 has them. */
function candidates(text) {
  const rows = text.replace(/^\ufeff/, "").split(/\r?\n/).filter(Boolean).map(cells);
  const [header, ...rest] = rows;
  const at = (name) => header.indexOf(name);
  return rest.map((row) => [row[at("constituency")], row[at("candidate")]]);
}

function cells(line) {
  return Array.from(line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g), (m) => (m[1] === undefined ? m[2] : m[1].replace(/""/g, '"')));
}

