// The page: asks for record, keys and station, shows what the worker finds. No other request leaves it.
import jsQR from "jsqr";
import { LANGUAGES, wordsOf } from "./words.js";
import { readLetters, unhex, crockford } from "./bytes.js";

const SIGNS = { passed: "✓", failed: "✕", not_run: "◌", declared: "“", look: "!" };

export function startPage(document) {
  const page = new Page(document);
  page.draw();
}

class Page {
  constructor(document) {
    this.document = document;
    this.main = document.getElementById("main");
    const asked = new URLSearchParams(location.hash.slice(1));
    this.given = { address: asked.get("record") ?? new URL("../record/", location.href).href, key: asked.get("key") ?? "", policy: asked.get("policy") ?? "", station: asked.get("station") ?? "" };
    if (location.protocol === "file:" && !asked.get("record")) this.given.address = "";
    const wanted = [asked.get("lang"), ...navigator.languages].find((one) => one && one.slice(0, 2) in LANGUAGES);
    this.language = wanted?.slice(0, 2) ?? "kk";
    this.state = { step: "start" };
  }

  get say() {
    return wordsOf(this.language);
  }

  /** An element; children are elements or text, never markup. */
  make(tag, attributes = {}, ...children) {
    const element = this.document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.flat().filter((child) => child !== null));
    return element;
  }

  draw() {
    const { document, language } = this;
    document.documentElement.lang = language;
    document.title = this.say("title");
    document.getElementById("languages").replaceChildren(
      ...Object.entries(LANGUAGES).map(([code, label]) =>
        this.make("button", { type: "button", lang: code, "aria-pressed": String(code === language), onclick: () => this.speak(code) }, label)),
    );
    this.main.replaceChildren(...this[this.state.step]().filter((one) => one !== null));
  }

  speak(code) {
    this.language = code;
    this.draw();
    this.document.querySelector(`#languages [lang=${code}]`).focus();
  }

  /* ---- first: which record, whose keys ---- */
  start() {
    const { say, make } = this.bound();
    const field = (name, tag, label, more = {}) => [make("label", { for: name }, label), make(tag, { id: name, name, spellcheck: "false", autocomplete: "off", ...more }, tag === "textarea" ? this.given[name] : "")];
    const form = make(
      "form",
      { onsubmit: (event) => this.begin(event) },
      field("address", "input", say("address"), { value: this.given.address, inputmode: "url" }),
      make("label", { for: "files" }, say("folder")),
      make("input", { id: "files", type: "file", webkitdirectory: true, multiple: true }),
      make("details", { open: Boolean(this.given.key || this.given.policy) }, make("summary", {}, say("outside")), make("p", { class: "small" }, say("outside_more")), field("key", "input", say("key"), { value: this.given.key }), field("policy", "textarea", say("policy"))),
      make("div", { class: "row" }, make("button", { class: "main" }, say("read"))),
    );
    return [make("h1", {}, say("title")), make("p", { class: "soft" }, say("lead")), this.notice(), form, ...this.explained()];
  }

  bound() {
    return { say: this.say, make: this.make.bind(this) };
  }

  notice() {
    return this.state.stopped ? this.make("p", { class: "banner", role: "alert" }, this.say("stopped", { text: this.state.stopped })) : null;
  }

  explained() {
    const { say, make } = this.bound();
    return [make("h2", {}, say("what")), make("p", {}, say("shows")), make("h2", {}, say("help")), make("p", {}, say("help_more"))];
  }

  begin(event) {
    event.preventDefault();
    const value = (id) => this.document.getElementById(id).value;
    const files = [...this.document.getElementById("files").files];
    Object.assign(this.given, { address: value("address"), key: value("key"), policy: value("policy") });
    this.work();
    this.state = { step: "busy", title: "reading", done: 0, total: 0, bytes: 0 };
    this.draw();
    this.worker.postMessage({ job: "open", address: this.given.address, key: this.given.key, policy: this.given.policy, files: files.length ? files : null });
  }

  work() {
    this.worker?.terminate();
    const own = this.document.getElementById("verifier");
    const address = own ? URL.createObjectURL(new Blob([own.textContent], { type: "text/javascript" })) : "verifier.js";
    this.worker = new Worker(address);
    this.worker.onmessage = ({ data }) => this[`on_${data.what}`](data);
    this.worker.onerror = (error) => this.on_stopped({ text: error.message });
  }

  /* ---- then: wait ---- */
  busy() {
    const { say, make } = this.bound();
    const { title, done, total, device, bytes } = this.state;
    const share = total ? (100 * done) / total : 0;
    const text = title === "reading" ? say("of", { done, total }) : say("ballots", { done, total });
    const bar = make("i");
    bar.style.width = `${share}%`;
    return [
      make("h1", {}, say(title)),
      make("p", { class: "soft" }, say("lead")),
      make("div", { class: "pair" }, make("b", { id: "progress" }, total ? text : "…"), make("span", {}, device ? say("device", { device }) : "")),
      make("div", { class: "meter", role: "progressbar", "aria-valuemin": "0", "aria-valuemax": String(total), "aria-valuenow": String(done), "aria-label": say(title) }, bar),
      make("p", { class: "small" }, say("bytes", { mb: (bytes / 1e6).toFixed(1) })),
    ];
  }

  on_log({ done, total }) {
    Object.assign(this.state, { done, total });
    this.draw();
  }

  on_ballots({ device, done, total, bytes }) {
    Object.assign(this.state, { device, done, total, bytes });
    this.draw();
  }

  on_opened(book) {
    this.book = book;
    this.state = { step: "choose" };
    if (book.stations.some(({ station }) => station === this.given.station)) this.checkStation(this.given.station);
    else this.draw();
  }

  on_stopped({ text, code }) {
    this.state = { step: "start", stopped: [code, text].filter(Boolean).join(" · ") };
    this.draw();
  }

  choose() {
    const { say, make } = this.bound();
    const { stations } = this.book;
    if (stations.length === 0) return [make("h1", {}, say("title")), make("p", {}, say("none"))];
    const list = make("select", { id: "station" }, stations.map(({ station }) => make("option", { value: station }, station)));
    return [
      make("h1", {}, this.book.title?.[this.language] ?? say("title")),
      make("p", { class: "soft" }, `${this.book.origin} · ${this.book.entries}`),
      this.simulated(),
      make("form", { onsubmit: (event) => { event.preventDefault(); this.checkStation(list.value); } }, make("label", { for: "station" }, say("station")), list, make("div", { class: "row" }, make("button", { class: "main" }, say("check")))),
    ];
  }

  simulated() {
    return this.book?.simulation ? this.make("p", { class: "banner" }, this.say("simulation")) : null;
  }

  checkStation(station) {
    this.state = { step: "busy", title: "checking", done: 0, total: 0, bytes: this.book.bytes };
    this.draw();
    this.worker.postMessage({ job: "station", station });
  }

  on_report(found) {
    this.state = { step: "answer", ...found };
    this.draw();
    this.main.querySelector("h1").focus();
  }

  /* ---- last: the answer ---- */
  answer() {
    const { say, make } = this.bound();
    const { report, station, seconds, totals } = this.state;
    const { passed = 0, failed = 0, not_run: notRun = 0, declared = 0, look = 0 } = report.totals;
    const counts = say("counts", { ...report.counts, seconds: seconds.toFixed(1) });
    const box = (number, text) => make("div", { class: "box" }, make("b", {}, String(number)), text);
    return [
      make("p", { class: "soft" }, `${say("station")} ${station} · ${report.origin}`),
      make("h1", { tabindex: "-1" }, say(failed ? "bad" : "good")),
      this.simulated(),
      make("div", { class: `answer ${failed ? "bad" : "ok"}`, id: "answer" }, make("span", { class: "n" }, String(failed || passed + look)), make("b", {}, say(failed ? "failed" : "passed")), make("span", {}, counts)),
      make("div", { class: "boxes" }, box(notRun, say("not_run")), box(declared, say("declared")), look ? box(look, say("look")) : null),
      report.anchored ? make("p", {}, say("anchored", report)) : make("p", { class: "banner" }, say("not_anchored")),
      make("ul", { class: "checks" }, this.grouped(report.checks).map((check) => this.row(check))),
      make("div", { class: "row" }, make("button", { class: "main", type: "button", onclick: () => this.save(`dauys-${station}.json`, JSON.stringify({ station, ...report, totals }, null, 1)) }, say("keep")), make("button", { class: "other", type: "button", onclick: () => { this.state = { step: "choose" }; this.draw(); } }, say("another"))),
      ...this.sums(totals),
      ...this.lookUpForm(),
      ...this.explained(),
    ];
  }

  /** Checks that say the same and gave the same answer, as one row: `T4.2–T4.9`. */
  grouped(checks) {
    const rows = [];
    for (const check of checks) {
      const last = rows.at(-1);
      const alike = last && last.verdict === check.verdict && this.say.check(last.codes[0]) === this.say.check(check.code);
      if (alike) {
        last.codes.push(check.code);
        last.passed = Math.max(last.passed, check.passed);
      } else rows.push({ ...check, codes: [check.code] });
    }
    return rows;
  }

  row(check) {
    const { say, make } = this.bound();
    const { codes, verdict } = check;
    const code = codes.length > 1 ? `${codes[0]}–${codes.at(-1).split(".")[1] ?? codes.at(-1)}` : codes[0];
    const findings = this.state.report.findings.filter((one) => codes.includes(one.code) && one.status === verdict);
    const why = findings.slice(0, 5).map((one) => [one.place, verdict === "not_run" ? say.reason(one.found) : [one.found, one.expected].filter(Boolean).join(" ≠ ")].filter(Boolean).join(": "));
    const lines = verdict === "declared" ? [] : [...new Set(why)];
    return make("li", { class: verdict, "data-code": codes.join(" ") }, make("span", { class: "sign", role: "img", "aria-label": say(`status.${verdict}`) }, SIGNS[verdict]), make("span", { class: "code" }, code), make("span", {}, say.check(codes[0])), make("span", { class: "count" }, verdict === "passed" ? String(check.passed) : say(`status.${verdict}`)), lines.map((line) => make("span", { class: "why" }, line)));
  }

  sums(totals) {
    const { say, make } = this.bound();
    if (totals.length === 0) return [];
    const table = ({ unit, contest, votes, options, vote, ballots }) =>
      make("table", {}, make("caption", { class: "small" }, `${contest} · ${vote} · ${unit} · ${ballots}`), make("thead", {}, make("tr", {}, make("th", { scope: "col" }, say("option")), make("th", { class: "n", scope: "col" }, say("votes")))), make("tbody", {}, votes.map((count, i) => make("tr", {}, make("td", {}, options?.[i] ?? String(i + 1)), make("td", { class: "n" }, String(count))))));
    return [make("h2", {}, say("totals")), ...totals.map(table)];
  }

  lookUpForm() {
    const { say, make } = this.bound();
    const { card } = this.state;
    const form = make(
      "form",
      { onsubmit: (event) => { event.preventDefault(); this.lookUp(); } },
      make("label", { for: "card" }, say("card")),
      make("input", { id: "card", autocomplete: "off", autocapitalize: "characters", placeholder: "GDHR-7WPF-A07F", value: card?.typed.name ?? "" }),
      make("label", { for: "code" }, say("code")),
      make("input", { id: "code", autocomplete: "off", autocapitalize: "characters", value: card?.typed.code ?? "" }),
      make("div", { class: "row" }, make("button", { class: "main" }, say("lookup")), make("button", { class: "other", type: "button", onclick: () => this.scan() }, say("scan"))),
      make("div", { id: "camera" }),
    );
    return [make("h2", { id: "mine" }, say("mine")), make("p", {}, say("mine_more")), form, ...(card ? this.cardAnswer(card) : [])];
  }

  lookUp() {
    const value = (id) => this.document.getElementById(id).value;
    this.typed = { name: readLetters(value("card")), code: readLetters(value("code")) };
    this.worker.postMessage({ job: "card", ...this.typed });
  }

  on_card({ found, proofs }) {
    this.state.card = { found, proofs, typed: this.typed };
    this.draw();
    this.document.getElementById("verdict").focus();
  }

  cardAnswer({ found, proofs }) {
    const { say, make } = this.bound();
    const good = ["match", "opened", "not_counted"].includes(found.verdict);
    const facts = { name: found.name, found: found.code ?? "", code: found.excluded ?? "", device: found.device ?? "" };
    return [
      make("p", { class: `answer ${good ? "ok" : "bad"}`, id: "verdict", tabindex: "-1", role: "status" }, make("b", {}, say(`dispute.${found.verdict}`, facts))),
      found.code && !found.compared ? make("p", {}, say("shown"), " ", make("span", { class: "code-shown" }, found.code), make("br"), say("compare")) : null,
      proofs ? make("div", { class: "row" }, make("button", { class: "other", type: "button", onclick: () => this.save(`${found.name}-ballot.tlog-proof`, proofs.ballot) }, say("proof_ballot")), proofs.seal ? make("button", { class: "other", type: "button", onclick: () => this.save(`${found.device}-seal.tlog-proof`, proofs.seal) }, say("proof_seal")) : null) : null,
    ].filter(Boolean);
  }

  save(name, text) {
    const link = this.make("a", { href: URL.createObjectURL(new Blob([text], { type: "text/plain" })), download: name });
    link.click();
  }

  /** Reads a receipt's QR code: JSON of spec/record.md §9, or card name and code as text. */
  async scan() {
    const place = this.document.getElementById("camera");
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      const video = this.make("video", { autoplay: true, playsinline: true, muted: true });
      const stop = () => { stream.getTracks().forEach((track) => track.stop()); place.replaceChildren(); };
      place.replaceChildren(video, this.make("button", { class: "other", type: "button", onclick: stop }, this.say("stop")));
      video.srcObject = stream;
      this.watch(video, stop);
    } catch (error) {
      place.replaceChildren(this.make("p", { class: "banner" }, this.say("camera", { text: error.message })));
    }
  }

  watch(video, stop) {
    const canvas = this.document.createElement("canvas");
    const look = () => {
      if (!video.isConnected) return;
      if (video.videoWidth) {
        canvas.width = video.videoWidth;
        canvas.height = video.videoHeight;
        const drawing = canvas.getContext("2d", { willReadFrequently: true });
        drawing.drawImage(video, 0, 0);
        const image = drawing.getImageData(0, 0, canvas.width, canvas.height);
        const text = jsQR(image.data, image.width, image.height)?.data;
        const read = text ? readReceipt(text) : null;
        if (read) {
          stop();
          this.document.getElementById("card").value = read.name;
          this.document.getElementById("code").value = read.code;
          return this.lookUp();
        }
      }
      requestAnimationFrame(look);
    };
    look();
  }
}

/** Card name and code of what a QR code holds, or null. */
export function readReceipt(text) {
  try {
    const { part1 } = JSON.parse(text);
    return { name: crockford(unhex(part1.s1), 12), code: crockford(unhex(part1.ballot), 20) };
  } catch {
    const letters = readLetters(text).replace(/-/g, "");
    return letters.length === 32 ? { name: readLetters(letters.slice(0, 12)), code: readLetters(letters.slice(12)) } : null;
  }
}
