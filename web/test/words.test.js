// What the page says: complete in three languages, and every phrase of a finding among them.
import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import ts from "typescript";
import { TABLE, hasPhrase, phrase } from "../src/phrases.js";
import { readReceipt } from "../src/receipt.js";
import { OWN } from "../src/sentences.js";

const SOURCES = new URL("../src/", import.meta.url);
const gaps = (text) => (text.match(/\{\w*\}/g) ?? []).sort();
const plain = (keys) => keys.filter((key) => !/_(one|few|many)$/.test(key)).sort();

for (const language of ["kk", "ru"]) {
  test(`sentences in ${language} are those in en, with the same gaps`, () => {
    assert.deepEqual(plain(Object.keys(OWN[language])), plain(Object.keys(OWN.en)));
    for (const key of plain(Object.keys(OWN.en))) assert.deepEqual(gaps(OWN[language][key]), gaps(OWN.en[key]), key);
  });
}

test("phrases keep their gaps and stand once", () => {
  assert.equal(new Set(TABLE.map(([english]) => english)).size, TABLE.length);
  for (const row of TABLE) for (const text of row) assert.equal(gaps(text).length, gaps(row[0]).length, row[0]);
});

test("phrases are said in the visitor's language, names and numbers unchanged", () => {
  assert.equal(phrase("a signature that holds", "ru"), "верная подпись");
  assert.equal(phrase("device 0001-m1, entry 5", "ru"), "устройство 0001-m1, запись 5");
  assert.equal(phrase("at least 32", "kk"), "кемінде 32");
  assert.equal(phrase("files/1-0/root.json", "kk"), "files/1-0/root.json");
  assert.equal(phrase("another tree", "en"), "another tree");
  assert.equal(phrase("ab".repeat(32), "en"), `${"ab".repeat(8)}…`);
});

/** Names, forms and file contents, the same in every language. */
const SAME = /^$|^[0-9\W{}]+$|^(UTF-8|base64|HOST\/ELECTION\/log|NAME\+KEYID\+BASE64|— NAME BASE64|origin, size, root|root|checkpoint|close|entry 0|https:\/\/…)$|, open$/;

test("every found and expected of the sources is in the table", () => {
  const said = (text) => SAME.test(text) || hasPhrase(text.replaceAll("{}", "7"));
  const missing = [...written()].filter((text) => !said(text) && !text.split(/(?:, |: )/).every(said));
  assert.deepEqual(missing, []);
});

/** Texts that the sources give to a Fault or to the ledger as found, expected or place, with `{}` for what is put in. */
function* written() {
  for (const name of readdirSync(SOURCES).filter((one) => one.endsWith(".js"))) {
    const tree = ts.createSourceFile(name, readFileSync(new URL(name, SOURCES), "utf8"), ts.ScriptTarget.ES2022, true);
    yield* calls(tree);
  }
}

function* calls(node) {
  const called = (ts.isCallExpression(node) || ts.isNewExpression(node)) && node.expression.getText();
  if (called && /^Fault$|ledger\.(fail|check|look)$/.test(called)) for (const one of node.arguments.slice(1)) yield* texts(one);
  for (const child of node.getChildren()) yield* calls(child);
}

function* texts(node) {
  if (ts.isStringLiteralLike(node)) yield node.text;
  else if (ts.isTemplateExpression(node)) yield node.head.text + node.templateSpans.map((span) => `{}${span.literal.text}`).join("");
  else if (ts.isConditionalExpression(node)) yield* [...texts(node.whenTrue), ...texts(node.whenFalse)];
  else if (ts.isBinaryExpression(node)) yield* texts(node.right);
}

test("a receipt's QR code is its JSON, or card name and code as letters", () => {
  const part1 = { s1: "c83a67920bd426bd19e276e63610ed11", ballot: `0db611e6c26d535b50f8c1c5fb0a0662${"00".repeat(48)}`, signature: "00" };
  const read = { name: "S0X6-F4GB-TGKB", code: "1PV1-3SP2-DN9N-PM7R-R72Z" };
  assert.deepEqual(readReceipt(JSON.stringify({ schema: "dauys/receipt/1", part1 })), read);
  assert.deepEqual(readReceipt(`${read.name} ${read.code}`), read);
  for (const other of ["", "https://example.org", "{}", `{"part1":null}`, "A".repeat(31)]) assert.equal(readReceipt(other), null);
});
