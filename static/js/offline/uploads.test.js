import assert from "node:assert/strict";
import { test } from "node:test";

import { forgetKeys, keysForForm, uploadAll } from "./uploads.js";

const blob = (/** @type {string} */ text) => new Blob([text]);
const keep = async () => undefined;

/** @param {number} status @param {string} [key] */
const answer = (status, key) => ({ ok: status < 400, status, json: async () => ({ key }) });

test("a refused photo does not take the others with it into the form", async () => {
  const pictures = [{ blob: blob("a"), key: "A" }, { blob: blob("bad") }, { blob: blob("c") }];
  const post = async (/** @type {Blob} */ sent) =>
    (await sent.text()) === "bad" ? answer(422) : answer(201, "C");
  assert.deepEqual(await keysForForm(pictures, post, keep), ["A", "C"]);
});

test("without coverage nothing counts as uploaded", async () => {
  assert.equal(await keysForForm([{ blob: blob("a") }], async () => null, keep), null);
  assert.equal(await keysForForm([{ blob: blob("a") }], async () => answer(503), keep), null);
});

test("photos that the service has no more are uploaded again", async () => {
  const pictures = [{ blob: blob("a"), key: "old" }];
  assert.equal(forgetKeys(pictures, { errors: { description: ["x"] } }), false);
  assert.equal(forgetKeys(pictures, { errors: { photos: ["gone"] } }), true);
  await uploadAll(pictures, async () => answer(201, "new"), keep);
  assert.equal(pictures[0].key, "new");
  assert.equal(forgetKeys([], { errors: { photos: ["gone"] } }), false);
});
