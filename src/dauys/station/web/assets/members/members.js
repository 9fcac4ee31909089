// Keys that lead to pages, and equations that are looked at with every digit. Pages work without it.

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const inField = event.target.matches("input, textarea, button, a, select");
  if (event.key === "Enter" && inField) return;
  const link = document.querySelector(`a[data-key="${CSS.escape(event.key)}"]`);
  if (link) {
    event.preventDefault();
    link.click();
  }
});

const form = document.querySelector("form[data-live]");
const list = document.getElementById("equations");
if (form && list) {
  let waiting = 0;
  let asked = 0;
  const ask = async () => {
    const own = ++asked;
    const answer = await fetch(form.dataset.live, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (answer.ok && own === asked) list.innerHTML = await answer.text();
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 150);
  });
}

// Arrows and Enter go through the numbers of a form, as on a desk.
document.querySelectorAll(".numbers input").forEach((input, at, all) => {
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, Enter: 1, ArrowUp: -1 }[event.key];
    const next = step && all[at + step];
    if (next) {
      event.preventDefault();
      next.focus();
      next.select();
    }
  });
});
