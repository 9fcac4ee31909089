// Everything by keyboard: digits choose, arrows walk, Enter goes on. Tab and blank do what they always do.

const WAIT = 900;

export function keys(form) {
  const inputs = [...form.querySelectorAll(".options input")];
  let typed = "";
  let timer = 0;

  /** The option whose number is typed; "1" and then "0" within a moment is ten. */
  function number(digit) {
    clearTimeout(timer);
    timer = setTimeout(() => { typed = ""; }, WAIT);
    for (const text of [typed + digit, digit]) {
      const found = inputs.find((one) => one.dataset.number === text);
      if (!found) continue;
      if (typed && text === typed + digit) {
        const before = inputs.find((one) => one.dataset.number === typed);
        if (before?.type === "checkbox" && before.checked) before.click();
      }
      typed = text;
      found.focus();
      if (!found.checked || found.type === "checkbox") found.click();
      return;
    }
    typed = "";
  }

  /** Arrows walk over what can be touched, in the order of the page. */
  function walk(step) {
    const targets = [...form.querySelectorAll("button, input:not([type=hidden])")].filter((one) => one.offsetParent !== null && !one.disabled);
    const at = targets.indexOf(document.activeElement);
    targets[(at + step + targets.length) % targets.length]?.focus();
  }

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const target = document.activeElement;
    const text = target?.matches("input:not([type=radio]):not([type=checkbox])");
    if (!text && inputs.length && /^[0-9]$/.test(event.key)) {
      event.preventDefault();
      return number(event.key);
    }
    if (event.key === "Enter" && !text && !target?.matches("button")) {
      event.preventDefault();
      const main = form.querySelector("footer button.main");
      return main?.click();
    }
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (step && !text && target?.type !== "radio" && target?.tagName !== "MAIN") {
      event.preventDefault();
      // From nowhere, the options come first.
      if (target === document.body && inputs.length) return (inputs.find((one) => one.checked) ?? inputs[0]).focus();
      walk(step);
    }
  });
}
