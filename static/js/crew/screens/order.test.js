import assert from "node:assert/strict";
import { test } from "node:test";

import { countOf, deadlineOf, EVERYTHING, filtered, fullNumber, nearby, numbersOf, phaseOf, sorted } from "./order.js";

const NOW = new Date("2026-03-16T10:00:00Z");

/** @param {string} number @param {object} more @returns {any} */
const job = (number, more = {}) => ({
  number,
  status: "assigned",
  group: "road",
  position: [7.7279, 63.1104],
  due_at: null,
  is_acute: false,
  ...more,
});

test("a deadline is told by days in the municipality, not by hours", () => {
  const due = (/** @type {string} */ due_at) => deadlineOf({ due_at, status: "assigned" }, NOW);
  assert.deepEqual(due("2026-03-16T08:00:00Z"), { nearness: "over", days: 1 });
  assert.deepEqual(due("2026-03-14T22:30:00Z"), { nearness: "over", days: 2 }); // the 14th, 23.30 there
  assert.deepEqual(due("2026-03-12T12:00:00Z"), { nearness: "over", days: 4 });
  assert.equal(due("2026-03-16T22:30:00Z").nearness, "today");
  assert.equal(due("2026-03-16T23:30:00Z").nearness, "soon");
  assert.equal(due("2026-03-24T12:00:00Z").nearness, "later");
});

test("what is closed or has no deadline has none", () => {
  assert.equal(deadlineOf({ due_at: "2026-03-01T00:00:00Z", status: "fixed" }, NOW).nearness, "none");
  assert.equal(deadlineOf({ due_at: null, status: "assigned" }, NOW).nearness, "none");
});

test("jobs are sorted by distance, deadline or the round", () => {
  const near = job("A", { position: [7.7281, 63.1104], due_at: "2026-03-20T00:00:00Z" });
  const far = job("B", { position: [7.78, 63.12], due_at: "2026-03-17T00:00:00Z" });
  const free = job("C", { position: [7.8, 63.13] });
  const by = { here: { latitude: 63.1104, longitude: 7.7279 }, stops: ["C", "B"] };
  const numbers = (/** @type {any} */ order, with_ = by) =>
    sorted([free, far, near], order, with_).map(({ number }) => number).join("");
  assert.equal(numbers("nearest"), "ABC");
  assert.equal(numbers("deadline"), "BAC");
  assert.equal(numbers("round"), "CBA");
  assert.equal(numbers("nearest", { here: /** @type {any} */ (null), stops: [] }), "BAC");
});

test("among equals danger goes first", () => {
  const both = [job("A"), job("B", { is_acute: true })];
  assert.deepEqual(sorted(both, "deadline", { here: null, stops: [] }).map(({ number }) => number), ["B", "A"]);
});

test("a filter lets through what all of its parts let through", () => {
  const jobs = [job("A"), job("B", { group: "water", is_acute: true }), job("C", { status: "planned" })];
  const shown = (/** @type {object} */ filter) =>
    filtered(jobs, { ...EVERYTHING, ...filter }, new Set(["C"])).map(({ number }) => number).join("");
  assert.equal(shown({}), "ABC");
  assert.equal(shown({ groups: ["water"] }), "B");
  assert.equal(shown({ statuses: ["planned"], groups: ["road"] }), "C");
  assert.equal(shown({ danger: true, groups: ["road"] }), "");
  assert.equal(shown({ here: true }), "C");
  assert.equal(countOf({ ...EVERYTHING, groups: ["a", "b"], danger: true }), 3);
});

test("the stops of the day are those of its rounds in their order", () => {
  const stop = (/** @type {string} */ number, /** @type {number} */ rank) => ({ number, rank });
  const rounds = /** @type {any} */ ([
    { day: "2026-03-16", stops: [stop("B", 2), stop("A", 1)] },
    { day: "2026-03-17", stops: [stop("C", 1)] },
  ]);
  assert.deepEqual(numbersOf(rounds, "2026-03-16"), ["A", "B"]);
});

test("jobs nearby come nearest first and never the job itself", () => {
  const jobs = [job("A"), job("B", { position: [7.74, 63.1104] }), job("C", { position: [7.729, 63.1104] })];
  assert.deepEqual(nearby(jobs, jobs[0], 5).map(({ job: { number } }) => number), ["C", "B"]);
  assert.equal(nearby(jobs, jobs[0], 1).length, 1);
});

test("a number may be typed short", () => {
  const like = "KSU-2026-000123";
  assert.equal(fullNumber("7", like), "KSU-2026-000007");
  assert.equal(fullNumber("ksu-2025-000088", like), "KSU-2025-000088");
  assert.equal(fullNumber(" 2025 - 88 ", like), "KSU-2025-000088");
  assert.equal(fullNumber("Storgata", like), null);
});

test("the fill of a pin follows the status", () => {
  assert.deepEqual(["received", "planned", "fixed", "duplicate"].map(phaseOf), ["new", "in_progress", "fixed", "closed"]);
});
