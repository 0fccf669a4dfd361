import assert from "node:assert/strict";
import { test } from "node:test";
import { bboxText, holds, widen } from "./bounds.js";

test("a box holds itself and what lies within, not what sticks out", () => {
  assert.ok(holds([7, 63, 8, 64], [7, 63, 8, 64]));
  assert.ok(holds([7, 63, 8, 64], [7.1, 63.1, 7.9, 63.9]));
  assert.ok(!holds([7, 63, 8, 64], [6.9, 63.1, 7.9, 63.9]));
  assert.ok(!holds([7, 63, 8, 64], [7.1, 63.1, 7.9, 64.1]));
});

test("a box is widened on every side, but not off the earth", () => {
  assert.deepEqual(widen([7, 62, 9, 66], 0.25), [6.5, 61, 9.5, 67]);
  assert.deepEqual(widen([-170, -80, 170, 80], 0.5), [-180, -90, 180, 90]);
});

test("a query's box has six decimals", () => {
  assert.equal(bboxText([7, 63.1, 8, 64]), "7.000000,63.100000,8.000000,64.000000");
});
