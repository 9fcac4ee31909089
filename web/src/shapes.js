// Shapes of the files that trustees sign: root, wave, signatures, partial decryptions, card lists (spec/trustees.md §5, §9).
import { parseJson } from "./forms.js";
import { Fault } from "./note.js";

const ID = /^[A-Za-z0-9._-]{1,64}$/;

const ROOT = {
  schema: "=dauys/root/1", vote_id: "text", trustees: "int", threshold: "int", keys: ["hex32"], verification: [["hex32"]],
  contests: [{ id: "id", first: "int", options: "int", limit: "int" }], styles: [{ id: "id", contests: ["id"] }], transcript: "hex64", definition: "hex64",
};
const CARDS = { schema: "=dauys/cards/1", vote_id: "text", device: "text", cards: ["hex64"], hash: "hex64" };
const WAVE = {
  schema: "=dauys/wave/1", vote_id: "text", root: "hex64", wave: "int",
  units: [{ id: "id", devices: [{ id: "id", root: "hex32", size: "int" }], contests: [{ id: "id", set: "hex64", ballots: "int" }] }],
};
const SIGNED = { vote_id: "text", wave: "int", wave_hash: "hex64", number: "int", signature: "hex64" };
const SIGNATURE = { ...SIGNED, schema: "=dauys/wave-signature/1" };
const SUM = { unit: "id", contest: "id", set: "hex64", a: "hex32", d: ["hex32"], w1: "hex32", w2: "hex32", z: "hex32" };
const PARTIAL = { ...SIGNED, schema: "=dauys/partial/1", sums: [SUM] };

/** Each of these returns the value of a file's bytes, or throws a Fault: its code for other bytes, or for another shape. */
export const parseRoot = (bytes) => shaped(parseJson(bytes, "T6.1"), ROOT, "T6.1");
export const parseCards = (bytes) => shaped(parseJson(bytes, "C1"), CARDS, "C1");
export const parseWave = (bytes) => shaped(parseJson(bytes, "T1.1"), WAVE, "T1.2");
export const parseSignature = (bytes) => shaped(parseJson(bytes, "T1.1"), SIGNATURE, "T1.2");
export const parsePartial = (bytes) => shaped(parseJson(bytes, "T4.1"), PARTIAL, "T4.1");

function shaped(value, shape, code) {
  const wrong = misfit(value, shape, "");
  if (wrong !== null) throw new Fault(code, wrong, "its form");
  return value;
}

/** The path of the first place that does not have the shape, else null. A text is a type, a list holds one shape, an object has exactly these keys. */
function misfit(value, shape, path) {
  if (typeof shape === "string") return fits(value, shape) ? null : path;
  if (Array.isArray(shape)) {
    if (!Array.isArray(value)) return path;
    return first(value, (item, i) => misfit(item, shape[0], `${path}[${i}]`));
  }
  const keys = typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
  if (keys.length !== Object.keys(shape).length || !keys.every((key) => Object.hasOwn(shape, key))) return `${path} {}`;
  return first(keys, (key) => misfit(value[key], shape[key], `${path}.${key}`));
}

function first(list, look) {
  for (let i = 0; i < list.length; i++) {
    const found = look(list[i], i);
    if (found !== null) return found;
  }
  return null;
}

function fits(value, shape) {
  if (shape === "int") return Number.isInteger(value) && value >= 0 && value < 2 ** 32;
  if (typeof value !== "string") return false;
  if (shape.startsWith("=")) return value === shape.slice(1);
  if (shape.startsWith("hex")) return value.length === 2 * Number(shape.slice(3)) && /^[0-9a-f]*$/.test(value);
  return shape === "id" ? ID.test(value) : true;
}
