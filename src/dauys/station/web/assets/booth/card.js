// The card: its QR by camera, or its letters by touch. Neither is kept here; the field goes with the page.

const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

export function card(form) {
  const input = document.getElementById("letters");
  pad(input);
  camera(form, input);
}

function pad(input) {
  const place = document.getElementById("pad");
  const key = (text, act, name = "") => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: text, className: name });
    button.addEventListener("click", () => { act(); input.value = groups(input.value); });
    return button;
  };
  const letters = [...LETTERS].map((one) => key(one, () => { input.value += one; }));
  const erase = key("", () => { input.value = input.value.trimEnd().slice(0, -1); }, "erase");
  erase.append(document.getElementById("erase").content.cloneNode(true));
  erase.setAttribute("aria-label", place.dataset.erase);
  place.replaceChildren(...letters, erase);
  place.hidden = false;
}

/** Groups of four, as on the card. */
function groups(text) {
  return text.replace(/[\s-]/g, "").replace(/(.{4})(?=.)/g, "$1 ");
}

async function camera(form, input) {
  const place = document.getElementById("camera");
  const video = place.querySelector("video");
  const state = place.querySelector(".state");
  const denied = () => { state.textContent = place.dataset.denied; input.focus(); };
  if (!navigator.mediaDevices?.getUserMedia) return denied();
  const { read } = await import("./qr.js");
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "user", width: { ideal: 1280 } } }).catch(() => null);
  if (!stream) return denied();
  video.srcObject = stream;
  await video.play().catch(() => null);
  video.hidden = false;
  const canvas = document.createElement("canvas");
  const ink = canvas.getContext("2d", { willReadFrequently: true });
  const stop = () => { for (const track of stream.getTracks()) track.stop(); };
  addEventListener("pagehide", stop);

  // After a refusal the same code, still held up, is not sent again: it has to go out of sight first.
  let ready = !form.querySelector(".said.bad");
  const look = () => {
    if (form.classList.contains("busy")) return stop();
    if (video.videoWidth) {
      [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
      ink.drawImage(video, 0, 0);
      const text = read(ink.getImageData(0, 0, canvas.width, canvas.height));
      if (!text) ready = true;
      else if (ready && !input.value) {
        state.textContent = place.dataset.found;
        input.value = text;
        stop();
        return form.requestSubmit(form.querySelector("footer button.main"));
      }
    }
    setTimeout(look, 150);
  };
  look();
}
