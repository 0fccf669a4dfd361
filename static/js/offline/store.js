/** What this device keeps until it is sent: one draft, and reports that wait. Nothing leaves it from here. */

import { openDB } from "../../vendor/idb/index.js";

/** @typedef {import("./steps.js").Step} Step */
/** @typedef {Record<string, string[]>} Fields what the form's pages carry, by name */
/** @typedef {{ fields: Fields, step: Step, savedAt: number }} Draft */
/** @typedef {{ blob: Blob, key?: string }} Picture `key` once it is uploaded */
/** @typedef {"waiting" | "needs_you" | "sent"} State */
/**
 * @typedef {object} Waiting a report on its way
 * @property {string} key the idempotency key: sent twice, it is still one report
 * @property {Fields} fields
 * @property {string} title what it is about, in words
 * @property {Picture[]} pictures
 * @property {State} state
 * @property {number} createdAt
 * @property {string} [problem] why the person is needed
 * @property {string} [number] once it is received
 * @property {string} [follow] the personal link
 * @property {number} [sentAt]
 */

export const NAME = "melde";
const VERSION = 1;
const DRAFT = "report";
const DAY = 86_400_000;
/** A draft that nobody has touched for so long is forgotten. */
const DRAFT_LIFE = 7 * DAY;
/** How long the device tells that a report was sent. */
const SENT_LIFE = DAY;
/** Never kept: they belong to one page. */
const PASSING = new Set(["csrf_token"]);

/** @type {Promise<import("idb").IDBPDatabase> | null} */
let opened = null;

function database() {
  opened ??= openDB(NAME, VERSION, {
    upgrade(db) {
      db.createObjectStore("draft");
      db.createObjectStore("outbox", { keyPath: "key" });
    },
    blocking(_current, _next, event) {
      /** @type {IDBDatabase} */ (event.target).close(); // it is being deleted
      opened = null;
    },
    terminated() {
      opened = null;
    },
  });
  return opened;
}

/**
 * The texts of a form by their names; files are left out.
 * @param {Iterable<[string, FormDataEntryValue]>} data
 * @returns {Fields}
 */
export function textsOf(data) {
  /** @type {Fields} */
  const fields = {};
  for (const [name, value] of data) {
    if (typeof value === "string" && !PASSING.has(name)) (fields[name] ??= []).push(value);
  }
  return fields;
}

/**
 * Keep the draft, instead of the one there was; what a page that was left saves late does not count.
 * @param {FormData} data
 * @param {Step} step
 */
export async function saveDraft(data, step) {
  const draft = { fields: textsOf(data), step, savedAt: Date.now() };
  const db = await database();
  const change = db.transaction("draft", "readwrite");
  const kept = await change.store.get(DRAFT);
  if (!kept || kept.savedAt <= draft.savedAt) await change.store.put(draft, DRAFT);
  await change.done;
}

/** @returns {Promise<Draft | undefined>} */
export async function readDraft() {
  const db = await database();
  const draft = await db.get("draft", DRAFT);
  if (draft && Date.now() - draft.savedAt > DRAFT_LIFE) {
    await forgetDraft();
    return undefined;
  }
  return draft;
}

export async function forgetDraft() {
  const db = await database();
  await db.delete("draft", DRAFT);
}

/** @param {Waiting} report */
export async function putReport(report) {
  const db = await database();
  await db.put("outbox", report);
}

/** @param {string} key */
export async function forgetReport(key) {
  const db = await database();
  await db.delete("outbox", key);
}

/** @returns {Promise<Waiting[]>} the oldest first */
export async function allReports() {
  const db = await database();
  /** @type {Waiting[]} */
  const all = await db.getAll("outbox");
  const old = all.filter(({ sentAt }) => sentAt && Date.now() - sentAt > SENT_LIFE);
  for (const { key } of old) await db.delete("outbox", key);
  return all.filter((report) => !old.includes(report)).sort((a, b) => a.createdAt - b.createdAt);
}
