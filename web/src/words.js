// What the page says, in three languages; names of checks, faults, reasons and verdicts come from the program's own locale files.
import kk from "locale:kk";
import ru from "locale:ru";
import en from "locale:en";
import { phrase } from "./phrases.js";
import { OWN } from "./sentences.js";

/** @type {Record<string, Record<string, string>>} */
const SHARED = { kk, ru, en };

/** Code of each language, and its button. */
export const LANGUAGES = { kk: "ҚАЗ", ru: "РУС", en: "ENG" };

/**
 * @typedef {Record<string, string | number>} Facts
 * @typedef {object} Words
 * @property {string} language
 * @property {(key: string, facts?: Facts) => string} say a sentence of the page or of the locale files
 * @property {(key: string, count: number) => string} count a word in the form that goes with a number
 * @property {(code: string) => string} check what a check is about
 * @property {(word: string) => string} reason why a check was not run
 * @property {(code: string) => string} todo what to do where a check failed, or nothing
 * @property {(text: string) => string} phrase what was found or expected, and where
 * @property {(value: number) => string} number a number with one decimal
 */

/**
 * @param {string} language one of LANGUAGES
 * @returns {Words}
 */
export function wordsOf(language) {
  const own = OWN[language];
  const shared = SHARED[language];
  const rule = new Intl.PluralRules(language);
  const fill = (/** @type {string} */ text, /** @type {Facts} */ facts) => text.replace(/\{(\w+)\}/g, (_, name) => String(facts[name] ?? ""));
  /** @param {string} code */
  const chapter = (code) => code.split(".")[0];
  return {
    language,
    say: (key, facts = {}) => fill(own[key] ?? shared[key] ?? key, facts),
    count: (key, count) => own[`${key}_${rule.select(count)}`] ?? own[key],
    check: (code) => shared[`check.${code}`] ?? shared[`check.${chapter(code)}`] ?? code,
    reason: (word) => shared[`reason.${word}`] ?? fill(shared["reason.code"], { code: word }),
    todo: (code) => shared[`todo.${code}`] ?? shared[`todo.${code[0]}`] ?? "",
    phrase: (text) => phrase(text, language),
    number: (value) => value.toLocaleString(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
  };
}
