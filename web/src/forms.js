// Entries and files in RFC 8785 form with exactly the fields of spec/entries.json (spec/record.md §2).
import FORMS from "../../spec/entries.json" with { type: "json" };
import { fromUtf8, utf8, same } from "./bytes.js";
import { Fault, parseKey } from "./note.js";

const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const PART = "[A-Za-z0-9][A-Za-z0-9._-]{0,127}";
const CONTROL = "\\u0000-\\u001f\\u007f-\\u009f";
const PATTERNS = {
  at: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/,
  clock: /^([01]\d|2[0-3]):[0-5]\d$/,
  hex16: /^[0-9a-f]{32}$/,
  hex32: /^[0-9a-f]{64}$/,
  hex64: /^[0-9a-f]{128}$/,
  id: ID,
  note: new RegExp(`^(?:[^${CONTROL}]|\\n){1,20000}$`, "u"),
  text: new RegExp(`^[^${CONTROL}]{1,2000}$`, "u"),
  vote: /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\/[1-9][0-9]{0,2}\/(0|[1-9][0-9]{0,2})$/,
};
const FILE_PATH = new RegExp(`^files(?:/${PART}){1,5}$`);
const MAX_FILE = 268_435_456;
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isWhole = (value, low, high) => Number.isInteger(value) && value >= low && value <= high && !Object.is(value, -0);

/** RFC 8785 bytes; integers only. */
export function canonical(value) {
  const write = (one) => {
    if (Array.isArray(one)) return `[${one.map(write).join(",")}]`;
    if (isObject(one)) {
      const keys = Object.keys(one).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
      return `{${keys.map((key) => `${JSON.stringify(key)}:${write(one[key])}`).join(",")}}`;
    }
    if (typeof one === "number" && !Number.isSafeInteger(one)) throw new Error("no integer");
    return JSON.stringify(one);
  };
  return utf8(write(value));
}

/** The value of bytes in RFC 8785 form. Throws the code. */
export function parseJson(bytes, code) {
  try {
    const value = JSON.parse(fromUtf8(bytes));
    if (same(canonical(value), bytes)) return value;
  } catch {
    // said below
  }
  throw new Fault(code, "bytes", "an object in RFC 8785 form");
}

function misfit(kind, value, name, objects) {
  if (kind.startsWith("?")) return value === null ? null : misfit(kind.slice(1), value, name, objects);
  if (kind.startsWith("[")) {
    if (!Array.isArray(value)) return name;
    return first(value.map((item, i) => misfit(kind.slice(1, -1), item, name, objects) && `${name}[${i}]`));
  }
  if (kind.startsWith("{")) {
    if (!isObject(value)) return name;
    return first(Object.entries(value).map(([key, item]) => (ID.test(key) ? misfit(kind.slice(1, -1), item, name, objects) : key)));
  }
  if (kind === "object") return misfitObject(objects[name], value, name, objects);
  return fits(kind, value) ? null : name;
}

const first = (found) => found.find((one) => one) ?? null;

function misfitObject(fields, value, name, objects) {
  if (!isObject(value)) return name;
  const extra = Object.keys(value).find((key) => !(key in fields));
  if (extra) return `${name}.${extra}`;
  return first(Object.keys(fields).map((key) => (key in value ? misfit(fields[key], value[key], `${name}.${key}`, objects) : `${name}.${key}`)));
}

function fits(kind, value) {
  if (kind.startsWith("word:")) return kind.slice(5).split("|").includes(value);
  if (kind === "count") return isWhole(value, 0, Number.MAX_SAFE_INTEGER);
  if (kind === "number") return isWhole(value, 1, 2 ** 31 - 1);
  if (kind === "flag") return typeof value === "boolean";
  if (kind === "file") return isFile(value);
  if (kind === "key") return isKey(value);
  if (kind === "at") return typeof value === "string" && PATTERNS.at.test(value) && !Number.isNaN(Date.parse(value));
  return typeof value === "string" && PATTERNS[kind].test(value);
}

function isFile(value) {
  const keys = isObject(value) ? Object.keys(value).sort().join() : "";
  return keys === "path,sha256,size" && typeof value.path === "string" && FILE_PATH.test(value.path) && PATTERNS.hex32.test(value.sha256) && isWhole(value.size, 0, MAX_FILE);
}

function isKey(value) {
  try {
    return typeof value === "string" && Boolean(parseKey(value));
  } catch {
    return false;
  }
}

/** The entry of a log, `log` being `election` or `device`; throws L8.3 or L9.8. */
export function parseEntry(bytes, log) {
  const code = log === "election" ? "L8.3" : "L9.8";
  const value = parseJson(bytes, code);
  const { kind, ...fields } = isObject(value) ? value : {};
  const known = typeof kind === "string" ? FORMS[log][kind] : undefined;
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
