/** Sends what waits, one at a time and in order. A repetition is harmless: each report has its own key. */

import { bodyOf, listOf } from "./body.js";
import { allReports, putReport } from "./store.js";
import { forgetKeys, isLater, keysForForm, uploadAll } from "./uploads.js";

/** @typedef {import("./store.js").Waiting} Waiting */

export const SYNC_TAG = "melde-outbox";
const REPORTS = "/api/v1/service-requests";
const PHOTOS = "/api/v1/photos";
const LOCK = "melde-outbox";
const SECONDS = 60;

/** Whoever sends tells the open pages. */
const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel(LOCK) : null;

/** @param {() => void} listener called when something in the outbox has changed elsewhere */
export function onChange(listener) {
  channel?.addEventListener("message", listener);
}

/** Tell the other pages that the outbox has changed. */
export function tellChange() {
  channel?.postMessage("changed");
}

/**
 * Send all that waits, unless another page is doing so.
 * @returns {Promise<void>} rejected when there is no coverage, so that the browser tries again
 */
export async function sendAll() {
  if (!navigator.locks) return sendInOrder();
  return navigator.locks.request(LOCK, { ifAvailable: true }, (lock) =>
    lock ? sendInOrder() : undefined,
  );
}

async function sendInOrder() {
  for (const report of await allReports()) {
    if (report.state !== "waiting") continue;
    const isOver = await send(report);
    tellChange();
    if (!isOver) throw new Error("the service cannot be reached now");
  }
}

/**
 * Send one report with its photos, and write down what came of it.
 * @param {Waiting} report
 * @param {boolean} [isAgain] its photos have been uploaded anew
 * @returns {Promise<boolean>} false: try again later
 */
async function send(report, isAgain = false) {
  const { isLater: isAway, refused } = await uploadAll(report.pictures, postPhoto, () => putReport(report));
  if (isAway) return false;
  if (refused) return needsPerson(report, refused);
  const keys = report.pictures.map(({ key }) => key ?? "");
  const body = bodyOf(report.fields, [...listOf(report.fields, "photos"), ...keys]);
  const answer = await post(REPORTS, JSON.stringify(body), {
    "Content-Type": "application/json",
    "Idempotency-Key": report.key,
  });
  if (!answer || isLater(answer)) return false;
  if (!answer.ok) {
    const said = await answer.clone().json().catch(() => ({}));
    if (!isAgain && forgetKeys(report.pictures, said)) return send(report, true);
    return needsPerson(report, answer);
  }
  const made = await answer.json();
  await putReport({
    ...report,
    state: "sent",
    number: made.number,
    follow: made.links.follow,
    sentAt: Date.now(),
    pictures: [],
    fields: {},
  });
  return true;
}

/** @param {Blob} blob */
async function postPhoto(blob) {
  const form = new FormData();
  form.append("photo", blob, "photo");
  return post(PHOTOS, form);
}

/**
 * The keys of a report's photos for the form.
 * @param {Waiting} report
 * @returns {Promise<string[] | null>} null: not now, so the report must stay
 */
export function photoKeys(report) {
  for (const picture of report.pictures) delete picture.key; // the service may have them no more
  return keysForForm(report.pictures, postPhoto, () => putReport(report));
}

/**
 * @param {string} url
 * @param {BodyInit} body
 * @param {Record<string, string>} [headers]
 * @returns {Promise<Response | null>} null without coverage
 */
async function post(url, body, headers = {}) {
  const signal = AbortSignal.timeout(SECONDS * 1000);
  return fetch(url, { method: "POST", body, headers: { Accept: "application/json", ...headers }, signal }).catch(
    () => null,
  );
}

/**
 * The service has answered that it cannot take the report as it is: only its sender can mend that.
 * @param {Waiting} report
 * @param {import("./uploads.js").Answer} answer
 */
async function needsPerson(report, answer) {
  const said = await answer.json().catch(() => ({}));
  const sentences = Object.values(said.errors ?? {}).flat(5).filter((text) => typeof text === "string");
  await putReport({ ...report, state: "needs_you", problem: sentences.join(" ") || said.detail || "" });
  return true;
}
