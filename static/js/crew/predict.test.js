import assert from "node:assert/strict";
import { test } from "node:test";

import { countsOf, hanging, isAbout, madeHere, needing, pending, predicted, predictedRound, seenOf, verbsAfter } from "./predict.js";

/** @param {object} more @returns {any} */
const job = (more = {}) => ({
  number: "KSU-1",
  version: 3,
  status: "assigned",
  verbs: ["start", "message", "note", "material", "photo", "fixed", "no_action", "return", "hand_back"],
  photos: [],
  log: [],
  ...more,
});

let order = 0;
/** @param {string} kind @param {object} [data] @param {object} [more] @returns {any} */
const kept = (kind, data = {}, more = {}) => {
  order += 1;
  const { action, ...rest } = /** @type {any} */ (more);
  return {
    order,
    account: "me",
    state: "saved",
    title: "",
    action: { id: `a${order}`, kind, job: "KSU-1", report: null, seen: null, at: "2026-03-16T10:00:00Z", data, ...action },
    ...rest,
  };
};

test("a job looks as the person has left it", () => {
  const seen = predicted(job(), [kept("start"), kept("note", { message: "Sand" }), kept("fixed", { message: "Tettet", photos: [{ id: "p", shows: "fix" }] })]);
  assert.equal(seen.status, "fixed");
  assert.deepEqual(seen.log.map(({ kind, text, is_internal }) => [kind, text, is_internal]), [
    ["fixed", "Tettet", false],
    ["note", "Sand", true],
    ["start", "", false],
  ]);
  assert.deepEqual(seen.photos, [{ key: "", id: "p", shows: "fix", state: "saved" }]);
  assert.deepEqual(seen.verbs, ["note", "material", "photo"]);
});

test("what is sent or needs the person is the service's to tell", () => {
  for (const state of ["sent", "needs_you"]) assert.equal(predicted(job(), [kept("fixed", {}, { state })]).status, "assigned");
  assert.equal(predicted(job(), [kept("fixed", {}, { state: "sending" })]).status, "fixed");
});

test("another job's actions change nothing", () => {
  const other = kept("fixed", {}, { action: { job: "KSU-2" } });
  assert.deepEqual(predicted(job(), [other]), job());
});

test("started can be paused, paused can be started", () => {
  assert.ok(verbsAfter(["start", "fixed"], "start").includes("pause"));
  assert.deepEqual(verbsAfter(["pause", "fixed"], "pause"), ["fixed", "start"]);
  assert.deepEqual(verbsAfter(["start", "fixed"], "message"), ["start", "fixed"]);
});

test("what is not ours has left", () => {
  const seen = predicted(job(), [kept("hand_back", { message: "Vegvesenet" })]);
  assert.equal(seen.has_left, true);
  assert.ok(!seen.verbs.includes("fixed"));
});

test("an action says what the person had before them, their own actions included", () => {
  assert.deepEqual(seenOf(job(), []), { version: 3, status: "assigned" });
  assert.deepEqual(seenOf(job(), [kept("start")]), { version: 3, status: "in_progress" });
  assert.equal(seenOf(undefined, []), null);
  assert.equal(seenOf(job({ is_new: true }), []), null);
});

test("a report made here is a job at once, with what is done to it", () => {
  const report = kept("report", { service_code: "ROAD-POTHOLE", position: [7.7, 63.1], description: "Hull", is_acute: true }, { action: { job: null } });
  const note = kept("note", { message: "Sperret" }, { action: { job: null, report: report.action.id } });
  const [made] = madeHere([report, note], [{ code: "ROAD-POTHOLE", name: "Hull i veien", group: "road", group_name: "Vei" }]);
  assert.deepEqual([made.number, made.service, made.group, made.is_new], [report.action.id, "Hull i veien", "road", true]);
  assert.equal(made.log[0].text, "Sperret");
  assert.deepEqual(madeHere([{ ...report, state: "sent" }], []), []);
});

test("a report made here can be started, closed and told about at once", () => {
  const report = kept("report", {}, { action: { job: null } });
  for (const verb of ["start", "fixed", "no_action", "message", "note", "material", "photo"]) {
    assert.ok(madeHere([report], [])[0].verbs.includes(verb), verb);
  }
  const start = kept("start", {}, { action: { job: null, report: report.action.id } });
  const fixed = kept("fixed", { message: "Tettet" }, { action: { job: null, report: report.action.id } });
  assert.equal(madeHere([report, start], [])[0].status, "in_progress");
  const [made] = madeHere([report, start, fixed], []);
  assert.deepEqual([made.status, made.verbs.includes("fixed")], ["fixed", false]);
});

test("what hangs on a report that is not coming waits for the person", () => {
  const report = kept("report", {}, { action: { job: null }, state: "needs_you" });
  const note = kept("note", {}, { action: { job: null, report: report.action.id } });
  const other = kept("note");
  assert.deepEqual(hanging([report, note, other]), [note]);
  assert.deepEqual([pending([report, note, other]), needing([report, note, other])], [[other], [report, note]]);
  assert.deepEqual(pending([note]), [], "the report was deleted");
  assert.deepEqual(countsOf([report, note, other], "me"), { waiting: 1, needing: 2, foreign: 0 });
  for (const state of ["saved", "sending", "sent"]) assert.deepEqual(pending([{ ...report, state }, note]).includes(note), true);
  assert.deepEqual(pending([{ ...note, shownAs: "KSU-1" }]).length, 1, "it has a number, whatever is forgotten here");
});

test("what was done before there was a number follows the number", () => {
  const note = kept("note", { message: "Sperret" }, { action: { job: null, report: "r" }, shownAs: "KSU-1" });
  assert.ok(isAbout(note.action, job(), note.shownAs));
  assert.equal(predicted(job(), [note]).log.length, 1);
});

test("a tick shows at once, and the last one counts", () => {
  const round = /** @type {any} */ ({ id: 1, stops: [{ id: 4, state: "waiting" }, { id: 5, state: "done" }] });
  const ticks = [kept("tick", { stop: 4 }), kept("untick", { stop: 5 }), kept("untick", { stop: 4 }), kept("tick", { stop: 4 })];
  assert.deepEqual(predictedRound(round, ticks).stops.map(({ state }) => state), ["done", "waiting"]);
});

test("each person's queue is counted apart", () => {
  const all = [kept("start"), kept("fixed", {}, { state: "needs_you" }), kept("start", {}, { account: "other" }), kept("start", {}, { state: "sent" })];
  assert.deepEqual(countsOf(all, "me"), { waiting: 1, needing: 1, foreign: 1 });
  assert.equal(pending(all).length, 2);
});
