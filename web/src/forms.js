// Entries and files in RFC 8785 form with exactly the fields of spec/entries.json (spec/record.md §2).
import FORMS from "../../spec/entries.json" with { type: "json" };
import { fromUtf8, utf8, same } from "./bytes.js";
import { Fault, parseKey } from "./note.js";

const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const PART = "[A-Za-z0-9][A-Za-z0-9._-]{0,127}";
const CONTROL = "\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff";
const HOUR = "([01]\\d|2[0-3])";
const PATTERNS = {
  at: new RegExp(`^[12]\\d{3}-\\d\\d-\\d\\dT${HOUR}(:[0-5]\\d){2}[+-]${HOUR}:[0-5]\\d$`),
  clock: /^([01]\d|2[0-3]):[0-5]\d$/,
  hex16: /^[0-9a-f]{32}$/,
  hex32: /^[0-9a-f]{64}$/,
  hex64: /^[0-9a-f]{128}$/,
  id: ID,
  note: new RegExp(`^(?:[^${CONTROL}]|\\n){1,20000}$`, "u"),
  text: new RegExp(`^[^${CONTROL}]{1,2000}$`, "u"),
  vote: /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\/[1-9][0-9]{0,2}\/(0|[1-9][0-9]{0,2})$/,
};
const FILE_PATH = new RegExp(`^(?=.{1,512}$)files(?:/${PART}){1,5}$`);
const MAX_FILE = 268_435_456;
const MAX_DEPTH = 8;
const MAX_VALUES = 3_000_000;
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isWhole = (value, low, high) => Number.isInteger(value) && value >= low && value <= high && !Object.is(value, -0);

/** RFC 8785 bytes; throws where an integer is beyond what every program reads alike. */
export function canonical(value) {
  const write = (one) => {
    if (Array.isArray(one)) return `[${one.map(write).join(",")}]`;
    if (isObject(one)) {
      const keys = Object.keys(one).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
      return `{${keys.map((key) => `${JSON.stringify(key)}:${write(one[key])}`).join(",")}}`;
    }
    if (Number.isInteger(one) && !Number.isSafeInteger(one)) throw new Error("too large");
    return JSON.stringify(one);
  };
  return utf8(write(value));
}

/** The value of bytes in RFC 8785 form, nested and long within limits. Throws the code. */
export function parseJson(bytes, code) {
  if (isWild(bytes)) throw new Fault(code, "bytes", `at most ${MAX_DEPTH} levels and ${MAX_VALUES} values`);
  try {
    const value = JSON.parse(fromUtf8(bytes));
    if (isObject(value) && same(canonical(value), bytes)) return value;
  } catch {
    // said below
  }
  throw new Fault(code, "bytes", "an object in RFC 8785 form");
}

/** Whether brackets nest too deep, or commas and opening brackets are too many, outside of texts. */
function isWild(bytes) {
  let depth = 0;
  let values = 0;
  let inText = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (inText) {
      if (byte === 0x5c) i += 1;
      else if (byte === 0x22) inText = false;
    } else if (byte === 0x22) inText = true;
    else if (byte === 0x5b || byte === 0x7b) {
      depth += 1;
      values += 1;
    } else if (byte === 0x5d || byte === 0x7d) depth -= 1;
    else if (byte === 0x2c) values += 1;
    if (depth > MAX_DEPTH || values > MAX_VALUES) return true;
  }
  return false;
}

function misfit(kind, value, name, objects) {
  if (kind.startsWith("?")) return value === null ? null : misfit(kind.slice(1), value, name, objects);
  if (kind.startsWith("[")) {
    if (!Array.isArray(value)) return name;
    return first(value.map((item, i) => misfit(kind.slice(1, -1), item, name, objects) && `${name}[${i}]`));
  }
  if (kind.startsWith("{")) {
    if (!isObject(value)) return name;
    return first(Object.entries(value).map(([key, item]) => (ID.test(key) ? misfit(kind.slice(1, -1), item, name, objects) : `${name}.${key}`)));
  }
  if (kind === "object") return misfitObject(objects[name], value, name, objects);
  return fits(kind, value) ? null : name;
}

const first = (found) => found.find((one) => one) ?? null;

function misfitObject(fields, value, name, objects) {
  if (!isObject(value)) return name;
  const extra = Object.keys(value).find((key) => !Object.hasOwn(fields, key));
  if (extra !== undefined) return `${name}.${extra}`;
  return first(Object.keys(fields).map((key) => (Object.hasOwn(value, key) ? misfit(fields[key], value[key], `${name}.${key}`, objects) : `${name}.${key}`)));
}

function fits(kind, value) {
  if (kind.startsWith("word:")) return kind.slice(5).split("|").includes(value);
  if (kind === "count") return isWhole(value, 0, Number.MAX_SAFE_INTEGER);
  if (kind === "number") return isWhole(value, 1, 2 ** 31 - 1);
  if (kind === "flag") return typeof value === "boolean";
  if (kind === "file") return isFile(value);
  if (kind === "key") return isKey(value);
  if (kind === "at") return isMoment(value);
  return typeof value === "string" && PATTERNS[kind].test(value);
}

/** A date that the calendar has: engines differ about the 31st of April. */
function isMoment(value) {
  if (typeof value !== "string" || !PATTERNS.at.test(value)) return false;
  const [year, month, day] = value.slice(0, 10).split("-").map(Number);
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function isFile(value) {
  const keys = isObject(value) ? Object.keys(value).sort().join() : "";
  return keys === "path,sha256,size" && typeof value.path === "string" && FILE_PATH.test(value.path) && PATTERNS.hex32.test(value.sha256) && isWhole(value.size, 0, MAX_FILE);
}

function isKey(value) {
  try {
    return typeof value === "string" && value.length <= 1000 && Boolean(parseKey(value));
  } catch {
    return false;
  }
}

/** The entry of a log, `log` being `election` or `device`; throws L8.3 or L9.8. */
export function parseEntry(bytes, log) {
  const code = log === "election" ? "L8.3" : "L9.8";
  const value = parseJson(bytes, code);
  const { kind, ...fields } = isObject(value) ? value : {};
  const known = typeof kind === "string" && Object.hasOwn(FORMS[log], kind) ? FORMS[log][kind] : undefined;
  if (!known) throw new Fault(code, String(kind).slice(0, 40), "a kind of this log");
  const wrong = misfitObject(known, fields, kind, FORMS.objects);
  if (wrong) throw new Fault(code, wrong, "the form of its kind");
  return { kind, ...fields };
}

/** The file references of an entry of the election log: the table says which fields are files, not their looks. */
export function filesOf({ kind, ...fields }) {
  return Object.entries(FORMS.election[kind]).flatMap(([name, type]) => {
    if (type === "file" || (type === "?file" && fields[name])) return [fields[name]];
    return type === "{file}" ? Object.values(fields[name]) : [];
  });
}

/** A committed JSON file of a form that entries.json lists; throws L8.8. */
export function parseFile(bytes, name) {
  const value = parseJson(bytes, "L8.8");
  const wrong = misfitObject(FORMS.files[name], value, name, FORMS.files);
  if (wrong) throw new Fault("L8.8", wrong, "its form");
  return value;
}
