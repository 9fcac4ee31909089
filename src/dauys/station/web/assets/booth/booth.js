// The booth's page: everything works without this file, but speech, the camera, one-button control and the clock.
import { keys } from "./keys.js";
import { scan } from "./scan.js";
import { speak } from "./speech.js";

const form = document.getElementById("step");
/** Questions without an answer until a screen says that its station is gone: six seconds. */
const PATIENCE = 3;
const told = (name) => form.dataset[name];

/** What is sent is sent once: a second touch goes nowhere, and the screen says that it works. */
function once() {
  form.addEventListener("submit", (event) => {
    if (form.classList.contains("busy")) return event.preventDefault();
    form.classList.add("busy");
    const button = event.submitter;
    if (button && !button.hidden && button.closest("main, footer")) {
      setTimeout(() => {
        button.classList.add("sent");
        button.textContent = told("busy");
      }, 150);
    }
  });
}

/** What is chosen stands in the footer as soon as it is touched; a blank and an option exclude each other. */
function choices() {
  const options = form.querySelector(".options");
  if (!options) return;
  const line = document.getElementById("told");
  const inputs = [...options.querySelectorAll("input")];
  options.addEventListener("change", ({ target }) => {
    if (target.type === "checkbox" && target.checked) {
      for (const one of inputs) if ((one.value === "blank") !== (target.value === "blank")) one.checked = false;
    }
    const names = inputs.filter((one) => one.checked).map((one) => {
      const name = one.closest("label").querySelector("b").textContent;
      return one.value === "blank" ? name : `${one.dataset.number}, ${name}`;
    });
    const bold = document.createElement("b");
    bold.textContent = names.join("; ");
    line.replaceChildren(...(names.length ? [`${options.dataset.told} `, bold] : [options.dataset.none]));
  });
}

/** The station does not answer: what was chosen does not stay on the screen for whoever comes by. */
function gone() {
  const [title, lead] = ["h1", "p"].map((name) => document.createElement(name));
  title.textContent = told("gone");
  lead.textContent = told("goneLead");
  lead.className = "lead";
  form.querySelector("main").replaceChildren(title, lead);
  form.classList.add("busy");
  form.querySelector("footer")?.remove();
  document.title = told("gone");
}

/** When this page changes by itself, in milliseconds of this page. */
let end = null;

/**
 * Seconds that are left go down in place: nothing moves, and no voice speaks over the page. Who asked for less
 * motion sees every tenth. The sentences have the plural forms of 1, 2 and 5: those of our languages.
 */
function countdown() {
  const line = form.querySelector("[data-left]");
  if (!line) return;
  const rules = new Intl.PluralRules(document.documentElement.lang);
  const forms = new Map(line.dataset.like.split("|").map((text, at) => [rules.select([1, 2, 5][at]), text]));
  const every = matchMedia("(prefers-reduced-motion: reduce)").matches ? 10 : 1;
  end = performance.now() + 1000 * line.dataset.left;
  setInterval(() => {
    const left = Math.max(0, Math.round((end - performance.now()) / 1000));
    if (left % every === 0) line.textContent = forms.get(rules.select(left)).replace(/\d+/, left);
  }, 1000);
}

/** The page is old when the station says so: another tab, a member, time. Nothing else is asked of it. */
function watch() {
  let silent = 0;
  const look = async () => {
    if (form.classList.contains("busy") && !silent) return;
    const answer = await fetch("/booth/state", { cache: "no-store" }).catch(() => null);
    if (answer?.status === 403) return location.replace("/");
    if (!answer?.ok) {
      silent += 1;
      if (silent === PATIENCE) gone();
      return;
    }
    const { stamp, left } = await answer.json();
    if (left !== null) end = performance.now() + 1000 * left;
    if (silent >= PATIENCE) return location.replace("/booth/");
    silent = 0;
    if (stamp !== told("stamp") && !form.classList.contains("busy")) location.replace("/booth/");
  };
  setInterval(look, 2000);
  addEventListener("pageshow", (event) => event.persisted && location.replace("/booth/"));
}

/** Somebody is there: said at most every ten seconds, so that a page is not left while it is read. */
function presence() {
  let last = Date.now();
  const here = () => {
    if (Date.now() - last < 10_000) return;
    last = Date.now();
    fetch("/booth/touch", { method: "POST" }).catch(() => null);
  };
  for (const name of ["pointerdown", "keydown", "scroll"]) addEventListener(name, here, { passive: true, capture: true });
}

/** Where the page is longer than the screen, a button says so and goes on; it never moves what is to be touched. */
function more() {
  const main = form.querySelector("main");
  if (main.scrollHeight - main.clientHeight < 24) return;
  main.tabIndex = 0; // arrows scroll it, also where nothing in it can be touched
  const button = Object.assign(document.createElement("button"), { type: "button", className: "below" });
  const last = () => main.scrollTop + main.clientHeight > main.scrollHeight - 24;
  button.addEventListener("click", () => main.scrollBy({ top: last() ? -main.scrollHeight : main.clientHeight * 0.8 }));
  const show = () => { button.textContent = last() ? `${told("up")} ↑` : `${told("more")} ↓`; };
  main.addEventListener("scroll", show, { passive: true });
  // In the footer, where it covers nothing.
  (form.querySelector("footer") ?? main).append(button);
  show();
}

once();
choices();
watch();
presence();
countdown();
more();
keys(form);
if (told("scan") === "true") scan(form);
if (told("sound") === "true") speak(form, told("noVoice"));
if (document.getElementById("camera")) (await import("./card.js")).card(form);
