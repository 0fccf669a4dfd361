/** Makes a photo small before it is sent. What the camera wrote into the file stays on the device. */

import { fitWithin } from "../lib/photo_size.js";

const LONGEST = 2048;
const PREVIEW = 240;
const QUALITY = 0.82;

/** @typedef {{ blob: Blob, preview: HTMLCanvasElement | null }} Ready */

/**
 * The photo as it is sent, and a small picture of it to show meanwhile.
 * @param {File} file
 * @returns {Promise<Ready>} the file itself, without a preview, when this browser cannot open it
 */
export async function shrink(file) {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
  if (!bitmap) return { blob: file, preview: null };
  const canvas = drawn(bitmap, LONGEST);
  const preview = drawn(bitmap, PREVIEW);
  bitmap.close();
  const blob = await new Promise((resolve) => {
    canvas.toBlob(resolve, "image/jpeg", QUALITY);
  });
  return { blob: blob ?? file, preview };
}

/**
 * @param {ImageBitmap} bitmap
 * @param {number} longest side in pixels
 * @returns {HTMLCanvasElement}
 */
function drawn(bitmap, longest) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, fitWithin(bitmap, longest));
  const pen = canvas.getContext("2d");
  if (pen) {
    pen.fillStyle = "#fff"; // JPEG has no transparency
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  }
  return canvas;
}
