import assert from "node:assert/strict";
import { test } from "node:test";
import { spread } from "./spread.js";

/** @param {[number, number][]} places */
const kept = (...places) => spread(places, ([x, y]) => ({ x, y }), 100, 20);

test("places far apart are all kept", () => {
  assert.equal(kept([0, 0], [100, 0], [0, 20]).length, 3);
});

test("the first of two in the same place is kept", () => {
  assert.deepEqual(kept([0, 0], [99, 19], [150, 0]), [[0, 0], [150, 0]]);
});
