// The page: asks for record, keys and station, and shows what the worker finds. No other request leaves it.
import { answer } from "./report.js";
import { LANGUAGES, wordsOf } from "./words.js";

/** @param {Document} document */
export function startPage(document) {
  new Page(document).draw();
}

/**
 * What was opened, as the worker tells it.
 * @typedef {object} Opened
 * @property {{station: string, devices: number}[]} stations
 * @property {string} origin of the election log
 * @property {number} entries of it
 * @property {Record<string, string> | null} title of the election, by language
 * @property {Record<string, Record<string, string>> | null} names of options, by id and language
 * @property {string | null} simulation
 * @property {string | null} key of the log, as the record itself says
 * @property {number} bytes read so far
 */

/** One visitor's page: what was typed, what the worker said, and the step that is shown. */
export class Page {
  /** @param {Document} document */
  constructor(document) {
    this.document = document;
    this.main = /** @type {HTMLElement} */ (document.getElementById("main"));
    const asked = new URLSearchParams(location.hash.slice(1));
    const nearby = location.protocol === "file:" ? "" : new URL("../record/", location.href).href;
    this.given = { address: asked.get("record") ?? nearby, key: asked.get("key") ?? "", policy: asked.get("policy") ?? "", station: asked.get("station") ?? "" };
    /** @type {File[]} */
    this.files = [];
    const wanted = [asked.get("lang"), ...navigator.languages].find((one) => one && one.slice(0, 2) in LANGUAGES);
    this.words = wordsOf(wanted?.slice(0, 2) ?? "kk");
    /** What is shown: a step and what it needs. @type {{step: "start" | "busy" | "choose" | "answer", [fact: string]: any}} */
    this.state = { step: "start" };
    /** @type {Opened | null} */
    this.book = null;
    /** @type {Worker | null} */
    this.worker = null;
    /** Card name and code as typed. */
    this.typed = { name: "", code: "" };
    /** Ends the camera, where it runs. */
    this.stopCamera = () => {};
  }

  get say() {
    return this.words.say;
  }

  /**
   * An element; children are elements or text, never markup.
   * @param {string} tag
   * @param {Record<string, any>} attributes a function under `on…` listens; null and false are left out
   * @param {...(Node | string | null | (Node | string | null)[])} children
   * @returns {HTMLElement}
   */
  make(tag, attributes = {}, ...children) {
    const element = this.document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.flat().filter((child) => child !== null));
    return element;
  }

  /**
   * A button beside the dark one of a step.
   * @param {string} text
   * @param {() => void} onclick
   * @param {string | null} id
   */
  other(text, onclick, id = null) {
    return this.make("button", { class: "other", type: "button", id, onclick }, text);
  }

  draw() {
    const { document } = this;
    const { language } = this.words;
    this.stopCamera();
    document.documentElement.lang = language;
    document.title = this.say("title");
    const buttons = Object.entries(LANGUAGES).map(([code, label]) => this.make("button", { type: "button", lang: code, "aria-pressed": String(code === language), onclick: () => this.speak(code) }, label));
    document.getElementById("languages")?.replaceChildren(...buttons);
    const shown = { start: () => this.start(), busy: () => this.busy(), choose: () => this.choose(), answer: () => answer(this) }[this.state.step]();
    this.main.replaceChildren(...shown.filter((one) => one !== null));
  }

  /** @param {string} code */
  speak(code) {
    this.keep();
    this.words = wordsOf(code);
    this.draw();
    this.focus(`#languages [lang=${code}]`, document);
  }

  /** @param {string} selector */
  focus(selector, inside = /** @type {ParentNode} */ (this.main)) {
    /** @type {HTMLElement | null} */ (inside.querySelector(selector))?.focus();
  }

  /** What stands in the fields now, so that drawing again loses nothing. */
  keep() {
    for (const name of /** @type {const} */ (["address", "key", "policy"])) this.given[name] = this.value(name) ?? this.given[name];
    this.typed = { name: this.value("card") ?? this.typed.name, code: this.value("code") ?? this.typed.code };
  }

  /** @param {string} id of a field */
  value(id) {
    return /** @type {HTMLInputElement | null} */ (this.document.getElementById(id))?.value ?? null;
  }

  /* ---- first: which record, whose keys ---- */
  start() {
    const { say } = this;
    const make = this.make.bind(this);
    const plain = { spellcheck: "false", autocomplete: "off" };
    const policy = /** @type {HTMLTextAreaElement} */ (make("textarea", { id: "policy", ...plain }));
    policy.value = this.given.policy;
    const form = make(
      "form",
      { onsubmit: (/** @type {Event} */ event) => this.begin(event), novalidate: true },
      make("label", { for: "address" }, say("address")),
      make("input", { id: "address", value: this.given.address, inputmode: "url", ...plain }),
      ...this.folder(),
      make("details", { open: Boolean(this.given.key || this.given.policy) }, make("summary", {}, say("outside")), make("p", { class: "small" }, say("outside_more")), make("label", { for: "key" }, say("key")), make("input", { id: "key", value: this.given.key, ...plain }), make("label", { for: "policy" }, say("policy")), policy),
      make("div", { class: "row" }, make("button", { class: "main" }, say("read"))),
    );
    return [make("h1", {}, say("title")), make("p", { class: "soft" }, say("lead")), this.notice(), form, ...this.explained()];
  }

  /** The choice of a folder, in the page's own language: a browser's own button speaks the browser's. */
  folder() {
    const { say } = this;
    const text = () => (this.files.length ? say("picked", { count: this.files.length }) : say("unpicked"));
    const said = this.make("span", { class: "small", id: "picked" }, text());
    const input = /** @type {HTMLInputElement} */ (this.make("input", { id: "files", class: "unseen", type: "file", webkitdirectory: true, multiple: true, "aria-describedby": "folder picked" }));
    input.addEventListener("change", () => {
      this.files = [...(input.files ?? [])];
      said.textContent = text();
    });
    return [this.make("p", { class: "label", id: "folder" }, say("folder")), this.make("div", { class: "pick" }, input, this.make("label", { for: "files", class: "other" }, say("pick")), said)];
  }

  /** Why it stopped: what, where, found and expected, and what to do. */
  notice() {
    const { stopped } = this.state;
    if (!stopped) return null;
    const { code, found, expected, text, place } = stopped;
    const { say, phrase } = this.words;
    const what = code ? say(code, { found: phrase(found), expected: phrase(expected) }) : text;
    return this.make("div", { class: "banner", role: "alert" }, this.make("p", {}, this.make("b", {}, say("stopped", { text: what })), code ? ` ${code}` : ""), place ? this.make("p", {}, say("where", { place })) : null, this.make("p", {}, say("todo", { text: this.advice(code) })));
  }

  /** @param {string} code */
  advice(code) {
    const { say, todo } = this.words;
    if (!code) return say("todo_program");
    if (code === "L7.6") return say("todo_url");
    if (code === "L3.3") return say("todo_key");
    if (code === "L4.2") return say("todo_policy");
    if (code.startsWith("L7") || code === "L3.1" || code === "L3.6") return say(this.files.length ? "todo_folder" : "todo_address");
    return todo(code);
  }

  explained() {
    const { say, make } = { say: this.say, make: this.make.bind(this) };
    return [make("h2", {}, say("what")), make("p", {}, say("shows")), make("h2", {}, say("help")), make("p", {}, say("help_more"))];
  }

  /** @param {Event} event */
  begin(event) {
    event.preventDefault();
    this.keep();
    const { key, policy } = this.given;
    const address = this.files.length ? "" : webAddress(this.given.address);
    if (address === null) return this.on_stopped({ code: "L7.6", found: this.given.address, expected: "https://…", text: "" });
    this.state = { step: "busy", title: "reading", done: 0, total: 0, bytes: 0 };
    this.work().postMessage({ job: "open", address, key, policy, files: this.files.length ? this.files : null });
    this.draw();
  }

  /** A fresh worker; the one before ends. */
  work() {
    this.worker?.terminate();
    const own = this.document.getElementById("verifier");
    const address = own ? URL.createObjectURL(new Blob([own.textContent ?? ""], { type: "text/javascript" })) : "verifier.js";
    const worker = new Worker(address);
    worker.onmessage = ({ data }) => this.heard(data);
    worker.onerror = (error) => this.on_stopped({ code: "", found: "", expected: "", text: error.message });
    this.worker = worker;
    return worker;
  }

  /** @param {any} told one message of worker.js */
  heard(told) {
    const { what, ...facts } = told;
    if (what === "log" || what === "ballots") {
      Object.assign(this.state, facts);
      this.draw();
    } else if (what === "opened") this.on_opened(facts);
    else if (what === "report") this.on_report(facts);
    else if (what === "card") this.on_card(facts);
    else this.on_stopped(facts);
  }

  /* ---- then: wait ---- */
  busy() {
    const { say } = this;
    const make = this.make.bind(this);
    const { title, done, total, device, bytes } = this.state;
    const text = title === "reading" ? say("of", { done, total }) : say("ballots", { done, total });
    const bar = make("i");
    bar.style.width = `${total ? (100 * done) / total : 0}%`;
    return [
      make("h1", {}, say(title)),
      make("p", { class: "soft" }, say("lead")),
      make("div", { class: "pair" }, make("b", { id: "progress" }, total ? text : "…"), make("span", {}, device ? say("device", { device }) : "")),
      make("div", { class: "meter", role: "progressbar", "aria-valuemin": "0", "aria-valuemax": String(total), "aria-valuenow": String(done), "aria-label": say(title) }, bar),
      make("p", { class: "small" }, say("bytes", { mb: this.words.number(bytes / 1e6) })),
      make("div", { class: "row" }, this.other(say("stop"), () => this.restart())),
    ];
  }

  restart() {
    this.worker?.terminate();
    this.state = { step: "start" };
    this.draw();
    this.focus("#address");
  }

  /** @param {Opened} book */
  on_opened(book) {
    this.book = book;
    if (book.stations.some(({ station }) => station === this.given.station)) this.checkStation(this.given.station);
    else this.toChoose();
  }

  /** @param {{code: string, found: string, expected: string, text: string}} fault */
  on_stopped(fault) {
    const place = fault.code && fault.code !== "L7.6" && !["L3.3", "L4.2"].includes(fault.code) ? (this.files[0]?.webkitRelativePath.split("/")[0] ?? this.given.address) : "";
    this.state = { step: "start", stopped: { ...fault, place } };
    this.draw();
  }

  toChoose() {
    this.state = { step: "choose" };
    this.draw();
    this.focus("h1");
  }

  choose() {
    const { say } = this;
    const make = this.make.bind(this);
    const { stations, title, origin, entries } = /** @type {Opened} */ (this.book);
    const back = this.other(say("back"), () => this.restart());
    const head = [make("h1", { tabindex: "-1" }, title?.[this.words.language] ?? say("title")), make("p", { class: "soft" }, say("log_of", { origin, entries })), this.simulated()];
    if (stations.length === 0) return [...head, make("p", {}, say("none")), make("div", { class: "row" }, back)];
    const list = /** @type {HTMLSelectElement} */ (make("select", { id: "station" }, stations.map(({ station }) => make("option", { value: station }, station))));
    const onsubmit = (/** @type {Event} */ event) => {
      event.preventDefault();
      this.checkStation(list.value);
    };
    return [...head, make("form", { onsubmit }, make("label", { for: "station" }, say("station")), list, make("div", { class: "row" }, make("button", { class: "main" }, say("check")), back)), ...this.explained()];
  }

  simulated() {
    return this.book?.simulation ? this.make("p", { class: "banner" }, this.say("simulation")) : null;
  }

  /** @param {string} station */
  checkStation(station) {
    this.state = { step: "busy", title: "checking", done: 0, total: 0, bytes: this.book?.bytes ?? 0 };
    this.typed = { name: "", code: "" };
    this.draw();
    this.worker?.postMessage({ job: "station", station });
  }

  /** @param {object} found report, totals, station, seconds */
  on_report(found) {
    this.state = { step: "answer", ...found };
    this.draw();
    this.focus("h1");
  }

  /** @param {{found: object, proofs: object | null}} card what the record has of it */
  on_card(card) {
    this.state.card = card;
    this.draw();
    this.focus("#verdict");
  }

  /**
   * Gives a text to the visitor as a file.
   * @param {string} name
   * @param {string} text
   */
  save(name, text) {
    const href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    this.make("a", { href, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(href), 60_000);
  }
}

/**
 * A whole http or https address, also of what is relative to this page; else null.
 * @param {string} text
 */
function webAddress(text) {
  if (!text.trim() || !URL.canParse(text.trim(), location.href)) return null;
  const url = new URL(text.trim(), location.href);
  return /^https?:$/.test(url.protocol) ? url.href : null;
}
