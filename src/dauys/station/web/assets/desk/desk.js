// The desk's page: everything works without this file, but keys of one stroke and a list that follows the typing.

const field = document.getElementById("q");
const list = document.getElementById("list");
const search = document.getElementById("search");

/** A form is sent once: a second Enter goes nowhere. The station would not take it twice either. */
addEventListener("submit", (event) => {
  if (document.body.classList.contains("busy")) return event.preventDefault();
  document.body.classList.add("busy");
});
addEventListener("pageshow", (event) => event.persisted && location.replace("/desk/"));

/** What the station answers: a screen that is paired no more, or no answer, is said at once. */
const lost = document.getElementById("lost");
async function ask(address, given = {}) {
  const answer = await fetch(address, { cache: "no-store", ...given }).catch((error) => {
    if (error.name !== "AbortError") lost.hidden = false;
    return null;
  });
  if (!answer) return null;
  lost.hidden = true;
  // 403: the program was started anew, and knows no screen; 409: another page of this desk went on.
  if (answer.status === 403 || answer.status === 409) location.replace("/desk/");
  return answer.ok ? answer : null;
}

/** The list for what is typed; an answer that is late is dropped. What is looked for never stands in an address. */
let asked = null;
let coming = Promise.resolve();
function find() {
  asked?.abort();
  const own = new AbortController();
  asked = own;
  const body = new URLSearchParams({ q: field.value, token: search.elements.token.value });
  coming = ask("/desk/find", { method: "POST", body, signal: own.signal })
    .then((answer) => answer?.text())
    .then((text) => {
      if (text === undefined || asked !== own) return;
      list.innerHTML = text;
      aim(0);
    })
    .catch(() => null);
}
field.addEventListener("input", find);

/** The entry that Enter opens: rows are walked with arrows from the field of the search. */
const rows = () => [...list.querySelectorAll("tbody tr")];
function aim(step) {
  const all = rows();
  if (!all.length) return;
  const before = all.findIndex((row) => row.classList.contains("on"));
  const at = before < 0 ? (step < 0 ? all.length - 1 : 0) : Math.min(Math.max(before + step, 0), all.length - 1);
  for (const row of all) row.classList.toggle("on", row === all[at]);
  for (const row of all) row.querySelector("button").toggleAttribute("aria-current", row === all[at]);
  all[at].querySelector("button").setAttribute("aria-current", "true");
  all[at].scrollIntoView({ block: "nearest" });
  return all[at];
}
if (field.autofocus) {
  aim(0);
  field.select();
}

search.addEventListener("keydown", async (event) => {
  if (event.key !== "Enter" || event.target !== field) return;
  event.preventDefault();
  await coming;
  const row = list.querySelector("tr.on") ?? rows()[0];
  if (row) row.querySelector("button").click();
  else search.requestSubmit();
});

/** One stroke: by the place of the key, so that no layout is in the way; letters only outside of fields. */
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) {
    if (event.repeat && /^(F\d+|Escape|Enter)$/.test(event.key)) event.preventDefault();
    return;
  }
  const at = document.activeElement;
  const typing = at?.matches("input:not([type=radio]):not([type=checkbox])");
  if (event.code === "ArrowDown" || event.code === "ArrowUp") {
    if (typing && at !== field) return;
    if (at?.type === "radio") return;
    event.preventDefault();
    // Who types fast is ahead of the list.
    coming.then(() => {
      const row = aim(event.code === "ArrowDown" ? 1 : -1);
      if (at !== field) row?.querySelector("button").focus();
    });
    return;
  }
  if (typing && event.code.startsWith("Key")) return;
  if (event.code === "Enter" && at?.matches("button, input, a")) return;
  const name = event.code === "NumpadEnter" ? "Enter" : event.code;
  const button = document.querySelector(`[data-key="${name}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
});

/** Numbers of the head, and the time: both change without this desk. */
const put = (name, text) => {
  const place = document.getElementById(name);
  if (!place || place.dataset.told === text) return;
  place.dataset.told = text;
  place.replaceChildren(...text.split("*").map((piece, odd) => (odd % 2 ? Object.assign(document.createElement("b"), { textContent: piece }) : piece)));
};
setInterval(async () => {
  const answer = await ask("/desk/state");
  if (!answer) return;
  const told = await answer.json();
  for (const name of ["voted", "paper", "electronic", "queue"]) put(`n-${name}`, told[name]);
  document.getElementById("n-time").textContent = told.time;
  const shut = Boolean(document.getElementById("shut"));
  const old = told.media !== document.getElementById("media").dataset.media || told.open === shut;
  // A medium that fails, or polls that open, change what the page offers; nobody's typing is thrown away for it.
  if (old && !document.activeElement?.matches("input")) location.replace("/desk/");
}, 5000);
