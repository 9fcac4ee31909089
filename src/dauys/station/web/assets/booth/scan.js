// One-button control: a frame goes from target to target; any key or touch takes the one that it is at.

const STEP = 1800;

export function scan(form) {
  const targets = [...form.querySelectorAll("main button, main label, footer button, header button")].filter((one) => one.offsetParent !== null);
  let at = -1;

  const next = () => {
    targets[at]?.classList.remove("aim");
    at = (at + 1) % targets.length;
    targets[at].classList.add("aim");
    targets[at].scrollIntoView({ block: "nearest" });
    form.dispatchEvent(new CustomEvent("aim", { detail: targets[at] }));
  };
  const take = (event) => {
    if (!event.isTrusted) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.type !== "click" && !event.repeat) targets[at]?.click();
  };
  if (!targets.length) return;
  next();
  setInterval(next, STEP);
  for (const name of ["keydown", "pointerdown", "click"]) addEventListener(name, take, { capture: true });
}
