/** Photos in the field app: taken with the camera, made small on the phone, and shown also before they are sent. */

import { shrink } from "../../photos/shrink.js";
import { el, heard, icon } from "./pieces.js";

/** @typedef {import("../types.js").JobPhoto} JobPhoto */
/** @typedef {import("../types.js").Store} Store */
/** @typedef {import("../types.js").Texts} Texts */
/** @typedef {{ blob: Blob, preview: HTMLElement | null }} Taken */

const PREVIEW = 480;

/**
 * The field that opens the camera. It lies over what it is put into, and is named by it.
 * @param {string} name read aloud
 * @param {(taken: Taken) => void} onTaken
 * @returns {HTMLInputElement}
 */
export function camera(name, onTaken) {
  const input = el("input", { type: "file", accept: "image/*", capture: "environment", "aria-label": name });
  input.addEventListener("change", async () => {
    const [file] = input.files ?? [];
    if (!file) return;
    input.setAttribute("aria-busy", "true");
    const taken = await shrink(file);
    input.removeAttribute("aria-busy");
    input.value = "";
    onTaken(taken);
  });
  return input;
}

/**
 * A kept photo as a picture.
 * @param {Blob} blob
 * @returns {Promise<HTMLElement | null>} null when this browser cannot open it
 */
async function drawn(blob) {
  const bitmap = await createImageBitmap(blob, { imageOrientation: "from-image" }).catch(() => null);
  if (!bitmap) return null;
  const scale = Math.min(1, PREVIEW / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas;
}

/**
 * A picture made by this page, with a name.
 * @param {HTMLElement | null} picture
 * @param {string} name
 */
export function named(picture, name) {
  if (!picture) return el("span", { class: "app-shot--none" }, icon("Image"), heard(name));
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", name);
  return picture;
}

/**
 * A job's photo, from the service or from this device.
 * @param {JobPhoto} photo
 * @param {string} name
 * @param {Store} store
 * @returns {HTMLElement} filled when the picture is there
 */
export function pictureOf(photo, name, store) {
  if (photo.id) {
    const place = el("span", { class: "app-shot--none" }, icon("Image"), heard(name));
    store.photoOf(photo.id).then(async (kept) => {
      const picture = kept && (await drawn(kept.blob));
      if (picture) place.replaceWith(named(picture, name));
    });
    return place;
  }
  const image = el("img", { src: `/bilder/${photo.key}/320.webp`, alt: name, loading: "lazy" });
  image.addEventListener("error", () => {
    image.replaceWith(el("span", { class: "app-shot--none" }, icon("Image"), heard(name)));
  });
  return image;
}

/**
 * Whether a photo shows what is wrong or what was done.
 * @param {JobPhoto} photo
 * @param {Texts} texts
 */
export function nameOf({ shows, id }, texts) {
  if (shows === "fix") return id ? texts.photo_after_now : texts.photo_after;
  return texts.photo_before;
}
