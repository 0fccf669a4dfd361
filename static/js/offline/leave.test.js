import assert from "node:assert/strict";
import { test } from "node:test";

import { leave } from "./leave.js";

test("a shared computer loses worker, files and database, and nothing of others", async () => {
  /** @type {string[]} */
  const gone = [];
  const worker = { unregister: async () => gone.push("worker") };
  Object.defineProperties(globalThis, {
    navigator: { value: { serviceWorker: { getRegistrations: async () => [worker] } }, configurable: true },
    indexedDB: { value: { deleteDatabase: (/** @type {string} */ name) => gone.push(name) }, configurable: true },
    caches: {
      value: {
        keys: async () => ["melde-1", "other"],
        delete: async (/** @type {string} */ name) => gone.push(name),
      },
      configurable: true,
    },
  });
  await leave();
  assert.deepEqual(gone.sort(), ["melde", "melde-1", "worker"]);
});

test("a browser without any of them is no trouble", async () => {
  Object.defineProperties(globalThis, {
    navigator: { value: {}, configurable: true },
    indexedDB: { value: undefined, configurable: true },
    caches: { value: undefined, configurable: true },
  });
  await assert.doesNotReject(leave());
});
