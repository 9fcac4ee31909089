// One station of a record, checked from its public files alone.
import { Election } from "./ballots.js";
import { readLetters } from "./bytes.js";
import { checkDevice } from "./device.js";
import { readElection } from "./election.js";
import { Ledger } from "./ledger.js";
import { Fault, parseKey, parsePolicy, proofFile } from "./note.js";
import { checkUnit, waveOf } from "./tally.js";

/** Keys from outside: a verifier key, the text of a policy, or nothing. Throws where they have another form. */
export function parseOutside({ key = "", policy = "" }) {
  return { logKey: key.trim() ? parseKey(key.trim()) : null, policy: policy.trim() ? parsePolicy(policy) : null };
}

/** The book of an election log with its ledger; `told(done, total)` says how far it is. */
export async function openRecord(source, outside, told = () => {}) {
  const ledger = new Ledger();
  const book = await readElection(source, outside, ledger, told);
  return { book, ledger };
}

/**
 * Checks the devices of a station in every vote, those of their units, and the units' tallies.
 * `tools`: `random(n)` fresh bytes, `told(what, done, total)`, `pause()` awaited between blocks.
 */
export async function verifyStation({ book, ledger }, station, tools) {
  const checked = [];
  const totals = [];
  if (!book.stations().has(station)) throw new Fault("L9.1", `no device of ${station}`, "an installation");
  for (const vote of book.votes.values()) {
    const own = [...vote.installations].filter(([, one]) => one.station === station).map(([device]) => device);
    if (own.length === 0) continue;
    const root = await book.root(vote, ledger);
    if (!root) continue;
    const election = electionOf(root, ledger);
    if (!election) continue;
    const found = await waveOf(book, vote, own[0], ledger);
    const devices = [...new Set([...own, ...(found ? found.unit.devices.map((one) => one.id) : [])])];
    const done = [];
    for (const device of devices.filter((one) => vote.installations.has(one))) {
      const told = (n, of) => tools.told(device, n, of);
      done.push(await checkDevice(book, vote, device, election, ledger, { ...tools, told }));
    }
    checked.push(...done);
    if (found) totals.push(...(await checkUnit(book, vote, found, root, done, ledger)).map((one) => ({ ...one, vote: vote.id })));
    else ledger.notRun("T7.2", "no_wave", vote.id);
    checkFirstWave(vote, devices, ledger);
  }
  return { checked, totals, report: summary(book, ledger, checked) };
}

function electionOf(root, ledger) {
  const { contests, styles, keys } = root.value;
  try {
    return new Election({ root: root.root, contests, styles, keys: keys.map(fromHex) });
  } catch (error) {
    ledger.fail("K7.2", "root", error.message, "sound keys");
    return null;
  }
}

const fromHex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));

/** Sums were signed for after every seal of these devices (L9.9). */
function checkFirstWave(vote, devices, ledger) {
  const first = Math.min(...[...vote.waves.values()].map((wave) => wave.entry.index));
  if (!Number.isFinite(first)) return ledger.notRun("L9.9", "no_wave", vote.id);
  for (const device of devices) {
    const seal = vote.seal(device);
    ledger.check("L9.9", seal !== null && seal.index < first, `device ${device}`, seal?.index ?? "no seal", `before ${first}`);
  }
}

function summary(book, ledger, checked) {
  const sum = (name) => checked.reduce((so, one) => so + (one.close?.counts[name] ?? 0), 0);
  return {
    ...ledger.report(),
    anchored: book.anchored,
    witnesses: book.witnesses,
    origin: book.origin,
    entries: book.checkpoint.size,
    simulation: book.simulation ?? null,
    outsiders: new Set(checked.flatMap((one) => one.outsiders)).size,
    counts: { cast: sum("cast"), challenged: sum("challenged"), tests: sum("tests"), abandoned: sum("abandoned"), failed: sum("failed") },
  };
}

/** What the checked devices have of a card; `code`, where given, must match too. */
export function lookUp(checked, name, code = "") {
  const wanted = readLetters(name);
  const found = checked.map((one) => ({ device: one, hit: one.find(wanted) })).find(({ hit }) => hit);
  if (!found) return { verdict: "not_there", name: wanted };
  const { hit, device } = found;
  const typed = readLetters(code);
  if (typed && typed !== hit.code) return { verdict: "clash", name: wanted, ...hit };
  const verdicts = { ballot: hit.excluded ? "excluded" : "match", challenge: "opened", ended: "not_counted" };
  return { verdict: verdicts[hit.what], name: wanted, compared: Boolean(typed), ...hit, vote: device.vote.id };
}

/** The voter's evidence: the ballot in the device's log, that log's seal in the election log (spec/log.md §8). */
export function proofsOf(book, checked, { device: name, index, vote }) {
  const device = checked.find((one) => one.device === name && one.vote.id === vote);
  const first = proofFile(index, device.tree.inclusion(index), device.bytes);
  if (!device.sealEntry) return { ballot: first, seal: null };
  const at = device.sealEntry.index;
  return { ballot: first, seal: proofFile(at, book.tree.inclusion(at), book.bytes), entry: book.entries[at] };
}

