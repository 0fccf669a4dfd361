/** All that the field app asks of the service goes through here. */

import { deviceId } from "./device.js";

const ROOT = "/api/v1/crew/";
const SECONDS = 60;
const UPLOAD_SECONDS = 180;

/** @typedef {import("./answers.js").Reply} Reply */

/** Against forgery: the newest token that the service gave. Never kept on the device. */
let token = "";

/** @param {string} newest */
export function setToken(newest) {
  token = newest;
}

/**
 * Ask the service.
 * @param {string} path below `/api/v1/crew/`
 * @param {object} [options]
 * @param {"GET" | "POST" | "PUT" | "DELETE"} [options.method]
 * @param {unknown} [options.json] to be sent as JSON
 * @param {Blob} [options.blob] to be sent as it is
 * @param {string | null} [options.etag] of what is kept already
 * @returns {Promise<Reply | null>} null: the service cannot be reached
 */
export async function ask(path, { method = "GET", json, blob, etag } = {}) {
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json", "Melde-Device": await deviceId() };
  if (method !== "GET") headers["X-CSRFToken"] = token;
  if (json !== undefined) headers["Content-Type"] = "application/json";
  if (blob) headers["Content-Type"] = blob.type || "image/jpeg";
  if (etag) headers["If-None-Match"] = etag;
  const body = blob ?? (json === undefined ? undefined : JSON.stringify(json));
  const signal = AbortSignal.timeout?.((blob ? UPLOAD_SECONDS : SECONDS) * 1000);
  try {
    const answer = await fetch(ROOT + path, {
      method,
      headers,
      body,
      signal,
      cache: "no-store",
      credentials: "same-origin",
    });
    const told = await read(answer);
    if (answer.ok && !told) return null; // someone on the way answered in the service's place
    return { status: answer.status, ok: answer.ok, body: told ?? {}, etag: answer.headers.get("ETag") };
  } catch {
    return null; // no coverage, or it went while the answer was read
  }
}

/** @param {Response} answer @returns {Promise<any>} null when it is something else than JSON; {} when it is empty */
async function read(answer) {
  const text = await answer.text();
  if (!text) return {};
  return /json/.test(answer.headers.get("Content-Type") ?? "") ? JSON.parse(text) : null;
}
