// The answer for one station: the count of checks, what needs reading, the voter's question, the sums, and each check.
import { lookUp } from "./receipt.js";

/** @typedef {import("./page.js").Page} Page */
/** @typedef {{code: string, verdict: string, passed: number}} Check */
/** @typedef {Check & {codes: string[]}} Row checks that say the same and gave the same answer */
/** @typedef {{unit: string, contest: string, ballots: number, votes: number[], options?: string[], vote: string}} Total */

/** @type {Record<string, string>} */
const SIGNS = { passed: "✓", failed: "✕", not_run: "◌", declared: "“", look: "!" };
/** What is shown first; all other answers are "passed". */
const FIRST = ["failed", "look", "not_run", "declared"];

/**
 * Everything below the header, in reading order.
 * @param {Page} page
 * @returns {(HTMLElement | null)[]}
 */
export function answer(page) {
  const { say } = page;
  const { report, station, totals } = page.state;
  const make = page.make.bind(page);
  const rows = grouped(page, report.checks);
  const attention = FIRST.flatMap((verdict) => rows.filter((one) => one.verdict === verdict));
  const passed = rows.filter((one) => one.verdict === "passed");
  const save = () => page.save(`dauys-${station}.json`, JSON.stringify({ station, ...report, totals }, null, 1));
  return [
    make("p", { class: "soft" }, `${say("station")} ${station} · ${report.origin}`),
    make("h1", { tabindex: "-1" }, say(report.totals.failed ? "bad" : "good")),
    page.simulated(),
    ...headline(page),
    ...anchor(page),
    attention.length ? make("h2", {}, say("attention")) : null,
    make("ul", { class: "checks" }, attention.map((one) => row(page, one))),
    lookUp(page),
    ...sums(page, totals),
    make("details", { class: "all" }, make("summary", {}, say("all", { count: report.totals.passed ?? 0 })), make("ul", { class: "checks" }, passed.map((one) => row(page, one)))),
    make("div", { class: "row" }, make("button", { class: "main", type: "button", onclick: save }, say("keep")), page.other(say("another"), () => page.toChoose()), page.other(say("back"), () => page.restart())),
    ...page.explained(),
  ];
}

/** @param {Page} page */
function headline(page) {
  const { say, count, number } = page.words;
  const make = page.make.bind(page);
  const { report, seconds } = page.state;
  const { passed = 0, failed = 0, not_run: notRun = 0, declared = 0, look = 0 } = report.totals;
  const shown = failed || passed + look;
  const box = (/** @type {number} */ value, /** @type {string} */ text) => make("div", { class: "box" }, make("b", {}, String(value)), text);
  return [
    make("div", { class: `answer ${failed ? "bad" : "ok"}`, id: "answer" }, make("span", { class: "n" }, String(shown)), make("b", {}, count(failed ? "failed" : "passed", shown)), make("span", {}, say("counts", { ...report.counts, seconds: number(seconds) }))),
    make("div", { class: "boxes" }, box(notRun, say("not_run")), box(declared, say("declared")), look ? box(look, say("look")) : null),
  ];
}

/** Whose keys it was held against; without any, the key to compare. @param {Page} page */
function anchor(page) {
  const { say } = page;
  const { report } = page.state;
  const make = page.make.bind(page);
  if (report.anchored) return [make("p", {}, say("anchored", report))];
  const key = page.book?.key;
  return [make("div", { class: "banner" }, make("p", {}, say("not_anchored")), key ? make("p", {}, say("compare_key"), " ", make("code", {}, key)) : null)];
}

/**
 * Checks that say the same and gave the same answer, as one row: `T4.2–9`.
 * @param {Page} page
 * @param {Check[]} checks
 * @returns {Row[]}
 */
function grouped(page, checks) {
  /** @type {Row[]} */
  const rows = [];
  for (const check of checks) {
    const last = rows.at(-1);
    if (last && last.verdict === check.verdict && page.words.check(last.codes[0]) === page.words.check(check.code)) {
      last.codes.push(check.code);
      last.passed = Math.max(last.passed, check.passed);
    } else rows.push({ ...check, codes: [check.code] });
  }
  return rows;
}

/** @param {Page} page @param {Row} check */
function row(page, { codes, verdict, passed }) {
  const { say, check, todo } = page.words;
  const make = page.make.bind(page);
  const last = codes[codes.length - 1];
  const code = codes.length > 1 ? `${codes[0]}–${last.split(".")[1] ?? last}` : codes[0];
  const todos = verdict === "failed" && todo(codes[0]) ? [make("span", { class: "why todo" }, say("todo", { text: todo(codes[0]) }))] : [];
  return make(
    "li",
    { class: verdict, "data-code": codes.join(" ") },
    make("span", { class: "sign", role: "img", "aria-label": say(`status.${verdict}`) }, SIGNS[verdict]),
    make("span", { class: "code" }, code),
    make("span", {}, check(codes[0])),
    make("span", { class: "count" }, verdict === "passed" ? String(passed) : say(`status.${verdict}`)),
    why(page, codes, verdict).map((line) => make("span", { class: "why" }, line)),
    todos,
  );
}

/** At most five findings of a row, in the visitor's language. @param {Page} page @param {string[]} codes @param {string} verdict */
function why(page, codes, verdict) {
  if (verdict === "declared") return [];
  const { say, phrase, reason } = page.words;
  const told = (/** @type {{found: string, expected: string}} */ { found, expected }) => {
    if (verdict === "not_run") return reason(found);
    return found || expected ? say(expected ? "found_expected" : "found", { found: phrase(found), expected: phrase(expected) }) : "";
  };
  const findings = page.state.report.findings.filter((/** @type {any} */ one) => codes.includes(one.code) && one.status === verdict);
  const lines = findings.map((/** @type {any} */ one) => [phrase(one.place), told(one)].filter(Boolean).join(": "));
  return [...new Set(lines)].slice(0, 5);
}

/** @param {Page} page @param {Total[]} totals */
function sums(page, totals) {
  const { say } = page;
  const make = page.make.bind(page);
  if (totals.length === 0) return [];
  const heads = [make("th", { scope: "col" }, say("option")), make("th", { class: "n", scope: "col" }, say("votes"))];
  const table = (/** @type {Total} */ total) => {
    const lines = total.votes.map((votes, i) => make("tr", {}, make("td", {}, optionName(page, total, i)), make("td", { class: "n" }, String(votes))));
    return make("table", {}, make("caption", {}, caption(page, total)), make("thead", {}, make("tr", {}, heads.map((one) => one.cloneNode(true)))), make("tbody", {}, lines));
  };
  return [make("h2", {}, say("totals")), ...totals.map(table), make("p", { class: "small" }, say("blank"))];
}

/** @param {Page} page @param {Total} total */
function caption({ say }, { contest, vote, unit, ballots }) {
  const [, round, repeat] = vote.split("/");
  const name = contest === "list" ? say("lists") : say("constituency", { id: contest });
  return say(repeat === "0" ? "caption" : "caption_again", { contest: name, round, repeat, unit, ballots });
}

/** The name of an option; its number where the record names none. @param {Page} page @param {Total} total @param {number} at */
function optionName(page, { options }, at) {
  if (!options) return String(at + 1);
  const id = options[at];
  return id === undefined ? page.say("against_all") : (page.book?.names?.[id]?.[page.words.language] ?? id);
}
