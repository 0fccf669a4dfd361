/** The database on this device. Everything that the field app keeps lies in it, but the thumbnails. */

import { openDB } from "../../vendor/idb/index.js";

export const NAME = "melde-crew";
const VERSION = 1;

/** @type {Promise<import("idb").IDBPDatabase> | null} */
let opened = null;

/** @returns {Promise<import("idb").IDBPDatabase>} */
export function database() {
  opened ??= openDB(NAME, VERSION, {
    upgrade(db) {
      db.createObjectStore("meta"); // device, session, snapshot, contact
      const actions = db.createObjectStore("actions", { keyPath: "order", autoIncrement: true });
      actions.createIndex("id", "action.id", { unique: true });
      const photos = db.createObjectStore("photos", { keyPath: "id" });
      photos.createIndex("action", "action");
    },
    blocking(_current, _next, event) {
      /** @type {IDBDatabase} */ (event.target).close(); // it is being deleted, or another page has a newer one
      opened = null;
    },
    terminated() {
      opened = null;
    },
  });
  opened.catch(() => (opened = null));
  return opened;
}

/** @param {string} name @returns {Promise<any>} */
export async function getMeta(name) {
  return (await database()).get("meta", name);
}

/** @param {string} name @param {unknown} value */
export async function putMeta(name, value) {
  await (await database()).put("meta", value, name);
}

/** @param {string} name */
export async function deleteMeta(name) {
  await (await database()).delete("meta", name);
}
