// A voter's question: is my ballot here? Typed, or read from the receipt's QR code by the camera.
import jsQR from "jsqr";
import { crockford, readLetters, unhex } from "./bytes.js";

/** @typedef {import("./page.js").Page} Page */
/** Verdicts that need no complaint. */
const GOOD = ["match", "opened", "not_counted"];

/**
 * The form, and the answer where one was asked for.
 * @param {Page} page
 */
export function lookUp(page) {
  const { say, typed } = page;
  const make = page.make.bind(page);
  const field = (/** @type {string} */ id, /** @type {string} */ value, more = {}) => make("input", { id, value, autocomplete: "off", autocapitalize: "characters", spellcheck: "false", ...more });
  const onsubmit = (/** @type {Event} */ event) => {
    event.preventDefault();
    ask(page);
  };
  const form = make(
    "form",
    { onsubmit },
    make("label", { for: "card" }, say("card")),
    field("card", typed.name, { placeholder: "GDHR-7WPF-A07F" }),
    make("label", { for: "code" }, say("code")),
    field("code", typed.code),
    make("div", { class: "row" }, make("button", { class: "main" }, say("lookup")), page.other(say("scan"), () => scan(page), "camera-start")),
    make("div", { id: "camera", role: "status" }),
  );
  const { card } = page.state;
  return make("section", { "aria-labelledby": "mine" }, make("h2", { id: "mine" }, say("mine")), make("p", {}, say("mine_more")), form, card ? cardAnswer(page, card) : []);
}

/** @param {Page} page */
function ask(page) {
  page.keep();
  page.typed = { name: readLetters(page.typed.name), code: readLetters(page.typed.code) };
  if (page.typed.name) page.worker?.postMessage({ job: "card", ...page.typed });
  else tell(page, page.say("typed"));
}

/**
 * What the record has of the card, and the two proofs to keep.
 * @param {Page} page
 * @param {{found: any, proofs: any}} card
 */
function cardAnswer(page, { found, proofs }) {
  const { say } = page;
  const make = page.make.bind(page);
  const facts = { name: found.name, found: found.code ?? "", code: found.excluded ?? "", device: found.device ?? "" };
  const keep = (/** @type {string} */ word, /** @type {string} */ name, /** @type {string} */ text) => page.other(say(word), () => page.save(`${name}.tlog-proof`, text));
  // A card alone proves little: nothing is green before the code was compared.
  const open = found.verdict === "match" && !found.compared;
  const colour = open ? "look" : GOOD.includes(found.verdict) ? "ok" : "bad";
  return [
    make("p", { class: `answer ${colour}`, id: "verdict", tabindex: "-1", role: "status" }, make("b", {}, say(open ? "card_there" : `dispute.${found.verdict}`, facts))),
    found.code && !found.compared && found.verdict !== "clash" ? make("p", {}, say("shown"), " ", make("span", { class: "code-shown" }, found.code), make("br"), say("compare")) : null,
    proofs ? make("div", { class: "row" }, keep("proof_ballot", `${found.name}-ballot`, proofs.ballot), proofs.seal ? keep("proof_seal", `${found.device}-seal`, proofs.seal) : null) : null,
  ];
}

/** Says something at the place of the camera; the typed way stays. @param {Page} page @param {string} text */
function tell(page, text) {
  page.document.getElementById("camera")?.replaceChildren(page.make("p", { class: "banner" }, text));
}

/** Shows the camera until a receipt is in its picture. @param {Page} page */
async function scan(page) {
  page.stopCamera();
  if (!navigator.mediaDevices) return tell(page, page.say("camera_closed"));
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    show(page, stream);
  } catch (error) {
    const { name, message } = /** @type {Error} */ (error);
    const known = { NotAllowedError: "camera_denied", NotFoundError: "camera_none" }[name];
    tell(page, page.say(known ?? "camera", { text: message }));
  }
}

/** @param {Page} page @param {MediaStream} stream */
function show(page, stream) {
  const { document, say } = page;
  const video = /** @type {HTMLVideoElement} */ (page.make("video", { autoplay: true, playsinline: true, muted: true }));
  const hint = page.make("p", { class: "small" }, say("camera_on"));
  const place = document.getElementById("camera");
  page.stopCamera = () => {
    stream.getTracks().forEach((track) => track.stop());
    place?.replaceChildren();
    page.stopCamera = () => {};
  };
  video.srcObject = stream;
  place?.replaceChildren(video, hint, page.other(say("stop"), () => page.stopCamera()));
  watch(page, video, hint);
}

/** Looks at each picture; what is no receipt is said, and looking goes on. @param {Page} page @param {HTMLVideoElement} video @param {HTMLElement} hint */
function watch(page, video, hint) {
  const canvas = page.document.createElement("canvas");
  const look = () => {
    if (!video.isConnected) return;
    const text = codeIn(video, canvas);
    const read = text ? readReceipt(text) : null;
    if (read) {
      page.stopCamera();
      for (const [id, value] of [["card", read.name], ["code", read.code]]) /** @type {HTMLInputElement} */ (page.document.getElementById(id)).value = value;
      ask(page);
      return;
    }
    if (text) hint.textContent = page.say("not_receipt");
    requestAnimationFrame(look);
  };
  look();
}

/** The text of a QR code in the picture, or null. @param {HTMLVideoElement} video @param {HTMLCanvasElement} canvas */
function codeIn(video, canvas) {
  const drawing = canvas.getContext("2d", { willReadFrequently: true });
  if (!video.videoWidth || !drawing) return null;
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  drawing.drawImage(video, 0, 0);
  const image = drawing.getImageData(0, 0, canvas.width, canvas.height);
  return jsQR(image.data, image.width, image.height)?.data || null;
}

/**
 * Card name and code of what a QR code holds: JSON of spec/record.md §9, or both as letters; else null.
 * @param {string} text
 * @returns {{name: string, code: string} | null}
 */
export function readReceipt(text) {
  try {
    const { part1 } = JSON.parse(text);
    return { name: crockford(unhex(part1.s1), 12), code: crockford(unhex(part1.ballot), 20) };
  } catch {
    const letters = readLetters(text).replace(/-/g, "");
    return letters.length === 32 && /^[0-9A-Z]+$/.test(letters) ? { name: readLetters(letters.slice(0, 12)), code: readLetters(letters.slice(12)) } : null;
  }
}
