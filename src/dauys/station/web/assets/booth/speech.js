// Reads the page aloud with the voices of the browser: what it asks, what is aimed at, what is chosen, what the slips say.

const LANGUAGES = { kk: "kk-KZ", ru: "ru-RU", en: "en-GB" };

export function speak(form, none) {
  const voices = globalThis.speechSynthesis;
  const language = LANGUAGES[document.documentElement.lang];
  const fits = () => voices?.getVoices().find((one) => one.lang.replace("_", "-").slice(0, 2) === language.slice(0, 2));

  const say = (text, now = true) => {
    if (now) voices.cancel();
    const spoken = Object.assign(new SpeechSynthesisUtterance(text), { lang: language, rate: 0.95 });
    spoken.voice = fits() ?? null;
    voices.speak(spoken);
  };
  const plain = (element) => (element.getAttribute("aria-label") ?? element.innerText ?? "").replace(/\s+/g, " ").trim();
  const label = (element) => plain(element.matches("input") ? element.closest("label") ?? element.labels[0] : element);

  const page = () => {
    for (const [place, element] of [...form.querySelectorAll("[data-read]")].entries()) say(plain(element), place === 0);
    for (const element of form.querySelectorAll(".options label")) say(plain(element), false);
    for (const element of form.querySelectorAll("footer button, .ways button")) say(plain(element), false);
  };
  const start = () => {
    if (!fits()) {
      const said = Object.assign(document.createElement("p"), { className: "said", textContent: none });
      said.setAttribute("role", "status");
      return form.querySelector("main").prepend(said);
    }
    page();
    form.addEventListener("focusin", ({ target }) => say(label(target)));
    form.addEventListener("aim", ({ detail }) => say(plain(detail)));
    form.addEventListener("change", () => say(plain(document.getElementById("told"))));
  };
  if (!voices) return start();
  // Some browsers know their voices only after a moment.
  if (voices.getVoices().length) start();
  else {
    let begun = false;
    const begin = () => { if (!begun) { begun = true; start(); } };
    voices.addEventListener("voiceschanged", begin, { once: true });
    setTimeout(begin, 1500);
  }
}
