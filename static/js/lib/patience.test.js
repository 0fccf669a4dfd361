import assert from "node:assert/strict";
import { test } from "node:test";

import { WARNING_SECONDS, judge } from "./patience.js";

test("whoever is at work is left in peace", () => {
  assert.deepEqual(judge(0, 120), { kind: "quiet" });
  assert.deepEqual(judge(89, 120), { kind: "quiet" });
});

test("half a minute before the end it asks", () => {
  assert.deepEqual(judge(90, 120), { kind: "ask", left: 30 });
  assert.deepEqual(judge(119.5, 120), { kind: "ask", left: 1 });
});

test("then it begins anew, also after the computer has slept", () => {
  assert.deepEqual(judge(120, 120), { kind: "anew" });
  assert.deepEqual(judge(9000, 120), { kind: "anew" });
});

test("there is always time to answer", () => {
  assert.ok(WARNING_SECONDS >= 20);
});
