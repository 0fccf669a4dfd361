import assert from "node:assert/strict";
import { test } from "node:test";

import { waitingFor } from "./shown.js";

/** @param {number} order @param {string | null} job @param {string} state @param {string} [kind] @returns {any} */
const kept = (order, job, state, kind = "note") => ({
  order,
  state,
  action: { id: `id-${order}`, kind, job, report: null, data: {} },
});

test("what is unsent or needs the person is told by job, in the order it was done", () => {
  const jobs = /** @type {any[]} */ ([{ number: "A" }, { number: "B" }, { number: "id-9" }]);
  const actions = [kept(3, "A", "saved"), kept(1, "A", "needs_you"), kept(2, "B", "sent"), kept(9, null, "sending", "report")];
  const waiting = waitingFor(jobs, actions);
  assert.deepEqual(waiting.get("A")?.kept.map(({ order }) => order), [1, 3]);
  assert.equal(waiting.get("A")?.needsYou, true);
  assert.equal(waiting.has("B"), false);
  assert.equal(waiting.get("id-9")?.needsYou, false);
});

test("what was done before there was a number is told at that number; what hangs on it needs the person", () => {
  const jobs = /** @type {any[]} */ ([{ number: "A" }, { number: "r" }]);
  const followed = { ...kept(2, null, "saved"), shownAs: "A" };
  followed.action.report = "gone";
  assert.deepEqual(waitingFor(jobs, [followed]).get("A"), { kept: [followed], needsYou: false });
  const hangs = kept(3, null, "saved");
  hangs.action.report = "r";
  assert.equal(waitingFor(jobs, [hangs]).get("r")?.needsYou, true);
});
