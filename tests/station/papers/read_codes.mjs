// Reads the QR code of each picture, as the browser's verifier and the booth do. One picture a line: width, height, grey bytes.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const jsQR = createRequire(new URL("../../../web/package.json", import.meta.url))("jsqr");
for await (const line of createInterface({ input: process.stdin })) {
  const [width, height, grey] = JSON.parse(line);
  const bytes = Buffer.from(grey, "base64");
  const picture = new Uint8ClampedArray(4 * width * height);
  for (let at = 0; at < bytes.length; at++) picture.set([bytes[at], bytes[at], bytes[at], 255], 4 * at);
  console.log(JSON.stringify(jsQR(picture, width, height)?.data ?? null));
}
