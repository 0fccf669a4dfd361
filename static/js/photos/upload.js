/** Sends one photo to the server, with progress, and again when the network fails. */

import { waitBeforeRetry } from "../lib/photo_size.js";

const TRIES = 3;
const TIMEOUT = 120_000;

/** @typedef {{ key: string, url: string }} Stored what the server keeps */

/** The server answered that it does not take the photo: `message` is its sentence. */
export class Refused extends Error {}

/**
 * Send a photo. Resolves once it is stored.
 * @param {string} url
 * @param {Blob} blob
 * @param {(share: number) => void} onProgress from 0 to 1
 * @param {AbortSignal} signal
 * @returns {Promise<Stored>}
 * @throws {Refused} sending it again does not help
 * @throws {Error} it was tried several times, or taken back
 */
export async function upload(url, blob, onProgress, signal) {
  for (let failures = 1; ; failures += 1) {
    const { status, answer, retryAfter } = await attempt(url, blob, onProgress, signal);
    if (status === 201) return answer;
    if (status >= 400 && status < 500 && status !== 429) throw new Refused(sentenceOf(answer));
    if (signal.aborted || failures === TRIES) throw new Error(`not sent: ${status}`);
    await pause(waitBeforeRetry(failures, retryAfter), signal);
  }
}

/**
 * @param {any} answer problem+json
 * @returns {string}
 */
function sentenceOf(answer) {
  return answer?.errors?.photo?.[0] ?? answer?.detail ?? "";
}

/**
 * @param {string} url
 * @param {Blob} blob
 * @param {(share: number) => void} onProgress
 * @param {AbortSignal} signal
 * @returns {Promise<{ status: number, answer: any, retryAfter: string | null }>} status 0: no answer
 */
function attempt(url, blob, onProgress, signal) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest(); // fetch tells nothing of the way up
    const body = new FormData();
    body.append("photo", blob, "photo");
    const end = () =>
      resolve({
        status: request.status,
        answer: request.response,
        retryAfter: request.status ? request.getResponseHeader("Retry-After") : null,
      });
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    });
    request.addEventListener("loadend", end);
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.open("POST", url);
    request.responseType = "json";
    request.timeout = TIMEOUT;
    request.setRequestHeader("Accept", "application/json");
    request.send(body);
  });
}

/**
 * @param {number} milliseconds
 * @param {AbortSignal} signal ends the wait
 * @returns {Promise<void>}
 */
function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
