// The computing side: reads the record, checks one station, looks cards up. The page stays free.
import { FolderSource, HttpSource } from "./source.js";
import { lookUp, openRecord, parseOutside, proofsOf, verifyStation } from "./verify.js";

const pause = () => new Promise((resume) => setTimeout(resume));
const random = (count) => crypto.getRandomValues(new Uint8Array(count));

export function startWorker(scope) {
  const state = {};
  const say = (what, value = {}) => scope.postMessage({ what, ...value });
  const jobs = {
    async open({ address, files, key, policy }) {
      state.source = files ? new FolderSource(files) : new HttpSource(address);
      const outside = parseOutside({ key, policy });
      state.opened = await openRecord(state.source, outside, (done, total) => say("log", { done, total }));
      const { book } = state.opened;
      const stations = [...book.stations()].map(([station, devices]) => ({ station, devices: devices.length }));
      say("opened", { stations, origin: book.origin, entries: book.checkpoint.size, title: book.title ?? null, names: book.names ?? null, simulation: book.simulation ?? null, key: book.keys?.log ?? null, bytes: state.source.bytes });
    },
    async station({ station }) {
      const told = (device, done, total) => say("ballots", { device, done, total, bytes: state.source.bytes });
      const began = performance.now();
      const { checked, totals, report } = await verifyStation(state.opened, station, { random, told, pause });
      state.checked = checked;
      say("report", { station, report, totals, seconds: (performance.now() - began) / 1000, bytes: state.source.bytes });
    },
    async card({ name, code }) {
      const found = lookUp(state.checked ?? [], name, code);
      const proofs = found.what === "ballot" && found.verdict !== "clash" ? proofsOf(state.opened.book, state.checked, found) : null;
      say("card", { found, proofs });
    },
  };
  scope.onmessage = async ({ data }) => {
    try {
      await jobs[data.job](data);
    } catch (error) {
      const { code = "", found = "", expected = "", message } = /** @type {Partial<Fault> & Error} */ (error);
      say("stopped", { code, found, expected, text: message });
    }
  };
}
