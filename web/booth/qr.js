// Reads the QR of a card from a picture of the camera. The only thing of the station that needs a library in the browser.
import jsQR from "jsqr";

/** Text of the QR in an ImageData, null where there is none. */
export function read(image) {
  return jsQR(image.data, image.width, image.height)?.data || null;
}
