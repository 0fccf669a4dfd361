import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { forget, isKept, read, write } from "./device_store.js";

/** @param {Record<string, string>} dataset */
function page(dataset = {}) {
  const kept = new Map();
  globalThis.document = /** @type {any} */ ({ documentElement: { dataset } });
  Object.defineProperty(globalThis, "localStorage", {
    configurable: true,
    value: {
      getItem: (/** @type {string} */ name) => kept.get(name) ?? null,
      setItem: (/** @type {string} */ name, /** @type {string} */ text) => kept.set(name, text),
      removeItem: (/** @type {string} */ name) => kept.delete(name),
    },
  });
  return kept;
}

afterEach(() => {
  delete (/** @type {any} */ (globalThis).document);
  delete (/** @type {any} */ (globalThis).localStorage);
});

test("what is written can be read and forgotten", () => {
  page();
  assert.equal(write("draft", { step: 2 }), true);
  assert.deepEqual(read("draft"), { step: 2 });
  forget("draft");
  assert.equal(read("draft"), null);
});

test("a shared computer keeps nothing and tells nothing", () => {
  const kept = page({ kiosk: "90" });
  kept.set("draft", '"of somebody else"');
  assert.equal(isKept(), false);
  assert.equal(write("draft", 1), false);
  assert.equal(read("draft"), null);
  assert.equal(kept.get("draft"), '"of somebody else"');
});

test("storage that is refused, full or garbled does not stop the page", () => {
  const kept = page();
  kept.set("draft", "{");
  assert.equal(read("draft"), null);
  globalThis.localStorage.setItem = () => {
    throw new Error("QuotaExceededError");
  };
  assert.equal(write("draft", 1), false);
  Object.defineProperty(globalThis, "localStorage", {
    configurable: true,
    get: () => {
      throw new Error("SecurityError");
    },
  });
  assert.equal(isKept(), false);
});
