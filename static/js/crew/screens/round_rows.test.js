import assert from "node:assert/strict";
import { test } from "node:test";

import { nextOf, rowsOf } from "./round_rows.js";

/** @param {string} number @param {string} [status] @param {object} [more] */
const job = (number, status = "planned", more = {}) => /** @type {any} */ ({ number, status, ...more });
/** @param {number} rank @param {string} number @param {object} [more] */
const stop = (rank, number, more = {}) =>
  /** @type {any} */ ({ id: rank, number, rank, state: "waiting", planned_since: "2026-05-13", ...more });
/** @param {any[]} stops */
const round = (...stops) => /** @type {any} */ ({ id: 1, title: "Lag 1", day: "2026-05-13", stops });

test("stops stand by their rank, and what was moved is not there", () => {
  const found = rowsOf(round(stop(3, "C"), stop(1, "A"), stop(2, "B", { state: "moved" })), [job("A"), job("C")]);
  assert.deepEqual(found.map(({ place, stop: { number } }) => [place, number]), [[1, "A"], [2, "C"]]);
});

test("what is left from an earlier day says since when", () => {
  const found = rowsOf(round(stop(1, "A", { planned_since: "2026-05-12" }), stop(2, "B")), [job("A"), job("B")]);
  assert.deepEqual(found.map(({ leftFrom }) => leftFrom), ["2026-05-12", null]);
});

test("a job that is closed, handed back or gone is done, and is not ticked", () => {
  const jobs = [job("A", "fixed"), job("B", "planned", { has_left: true }), job("D")];
  const found = rowsOf(round(stop(1, "A"), stop(2, "B"), stop(3, "C"), stop(4, "D")), jobs);
  assert.deepEqual(found.map(({ isDone, mayTick }) => [isDone, mayTick]), [
    [true, false],
    [true, false],
    [true, false],
    [false, true],
  ]);
});

test("a tick can be taken back while the job is open", () => {
  const [row] = rowsOf(round(stop(1, "A", { state: "done" })), [job("A")]);
  assert.deepEqual([row.isDone, row.mayTick], [true, true]);
});

test("the next is the first that is not done", () => {
  const rows = rowsOf(round(stop(1, "A", { state: "done" }), stop(2, "B"), stop(3, "C")), [job("A"), job("B"), job("C")]);
  assert.equal(nextOf(rows)?.stop.number, "B");
  assert.equal(nextOf(rows.slice(0, 1)), undefined);
});
