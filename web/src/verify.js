// One station of a record, checked from its public files alone.
import { readLetters } from "./bytes.js";
import { checkDevice } from "./device.js";
import { readElection } from "./election.js";
import { Ledger } from "./ledger.js";
import { Fault, parseKey, parsePolicy, proofFile } from "./note.js";
import { checkSlips } from "./slips.js";
import { checkWaves, readWaves } from "./tally.js";

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
 * Checks the devices of a station in every vote, those of their units, and the waves.
 * `tools`: `random(n)` fresh bytes, `told(what, done, total)`, `pause()` awaited between blocks.
 */
export async function verifyStation({ book, ledger }, station, tools) {
  const checked = [];
  const totals = [];
  if (!book.stations().has(station)) throw new Fault("L9.1", `no device of ${station}`, "an installation");
  for (const vote of book.votes.values()) {
    const own = [...vote.installations].filter(([, one]) => one.station === station).map(([device]) => device);
    if (own.length === 0) continue;
    const found = await verifyVote(book, vote, own, ledger, tools);
    checked.push(...found.devices);
    totals.push(...found.totals.map((one) => ({ ...one, vote: vote.id })));
  }
  return { checked, totals, report: summary(book, ledger, checked) };
}

async function verifyVote(book, vote, own, ledger, tools) {
  const root = await book.root(vote, ledger);
  const waves = await readWaves(book, vote, ledger);
  const units = unitsOf(waves, own);
  const named = new Set([...own, ...units.flatMap((unit) => unit.devices.map(({ id }) => id))]);
  const devices = [];
  for (const device of [...named].filter((one) => vote.installations.has(one))) {
    const told = (n, of) => tools.told(device, n, of);
    devices.push(await checkDevice(book, vote, device, root, ledger, { ...tools, told }));
  }
  if (units.length === 0) ledger.notRun("T7.2", "no_wave", vote.id);
  const totals = await checkWaves(book, vote, waves, root, devices, ledger);
  checkSlips(book, vote, totals, devices, new Map(units.map((unit) => [unit.id, new Set(unit.devices.map(({ id }) => id))])), ledger);
  checkFirstWave(book, vote, ledger);
  return { devices, totals };
}

/** The units of all waves that name one of these devices. */
function unitsOf(waves, devices) {
  const units = waves.flatMap((wave) => wave.value?.units ?? []);
  return units.filter((unit) => unit.devices.some(({ id }) => devices.includes(id)));
}

/** Nobody could sign for sums before the last seal of the vote (L9.9). */
function checkFirstWave(book, vote, ledger) {
  const first = Math.min(...[...vote.waves.values()].map((wave) => wave.entry.index));
  if (!Number.isFinite(first)) return ledger.notRun("L9.9", "no_wave", vote.id);
  for (const device of vote.installations.keys()) {
    if (book.leftOut(vote, device, first)) continue;
    const seal = vote.sealedAt(device);
    ledger.check("L9.9", seal !== null && seal < first, `device ${device}`, seal ?? "no seal", `before ${first}`);
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

