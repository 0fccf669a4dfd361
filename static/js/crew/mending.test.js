import assert from "node:assert/strict";
import { test } from "node:test";

import { followersOf, outlived, sentAgain, undecided } from "./mending.js";

let order = 0;
/** @param {string} id @param {string} kind @param {object} [more] @param {string | null} [report] @returns {any} */
const kept = (id, kind, more = {}, report = null) => {
  order += 1;
  return { order, state: "saved", action: { id, kind, job: null, report, data: {} }, ...more };
};
const refused = { state: "needs_you", result: { outcome: "refused", sentence: "Nei" } };
const isLocal = { state: "needs_you", result: { outcome: "refused", sentence: "Nei", isLocal: true } };

/** @param {any[]} queue @param {string} id @param {object} [data] */
const changed = (queue, id, data = {}) => {
  let count = 0;
  return sentAgain(queue, id, data, () => `new${(count += 1)}`);
};

test("what the service has refused gets a new id", () => {
  const [{ was, next }] = changed([kept("a", "note", refused)], "a");
  assert.deepEqual([was, next.action.id, next.state, next.result], ["a", "new1", "saved", undefined]);
});

test("what was refused on the way keeps its id, so that it cannot be done twice", () => {
  const before = kept("a", "fixed", isLocal);
  before.action.data = { message: "Tettet", photos: [{ id: "p", shows: "fix" }] };
  const [{ next }] = changed([before], "a", { photos: [] });
  assert.deepEqual([next.action.id, next.state], ["a", "saved"]);
  assert.deepEqual(next.action.data, { message: "Tettet", photos: [] });
});

test("what hangs on a corrected report follows it to its new id", () => {
  const queue = [kept("r", "report", refused), kept("n", "note", {}, "r"), kept("f", "fixed", refused, "r"), kept("x", "note", {}, "other")];
  const changes = changed(queue, "r");
  assert.deepEqual(
    changes.map(({ was, next: { action, state, result } }) => [was, action.id, action.report, state, result]),
    [
      ["r", "new1", null, "saved", undefined],
      ["n", "new2", "new1", "saved", undefined],
      ["f", "new3", "new1", "saved", undefined],
    ],
  );
});

test("a report that keeps its id keeps what hangs on it", () => {
  const queue = [kept("r", "report", isLocal), kept("n", "note", {}, "r"), kept("f", "fixed", refused, "r"), kept("g", "start", isLocal, "r")];
  const told = changed(queue, "r").map(({ next: { action, state } }) => [action.id, action.report, state]);
  assert.deepEqual(told, [["r", null, "saved"], ["n", "r", "saved"], ["new1", "r", "saved"], ["g", "r", "saved"]]);
});

test("nothing is sent again that is not here", () => assert.deepEqual(changed([], "a"), []));

test("what hangs on a report is what is not sent and has no number", () => {
  const numbered = kept("b", "note", { shownAs: "KSU-1" }, "r");
  const queue = [kept("r", "report"), kept("a", "note", {}, "r"), numbered, kept("c", "note", { state: "sent" }, "r")];
  assert.deepEqual(followersOf(queue, "r").map(({ action }) => action.id), ["a"]);
});

test("a decision that could not be carried out leaves the conflict to the person, with the reason", () => {
  const conflict = kept("c", "fixed", { state: "sent", resolved: "d", settledAt: 5, result: { outcome: "conflict" } });
  const open = undecided(conflict, "Behold deres");
  assert.deepEqual([open.state, open.resolved, open.settledAt, open.objection], ["needs_you", undefined, undefined, "Behold deres"]);
  assert.equal(undecided(open).objection, undefined);
});

test("what is old is forgotten, but not what something unsent refers to", () => {
  const old = { state: "sent", settledAt: 1 };
  const queue = [
    kept("gone", "note", old),
    kept("young", "note", { state: "sent", settledAt: 99 }),
    kept("r", "report", old),
    kept("n", "note", { shownAs: "KSU-1" }, "r"),
    kept("c", "fixed", { ...old, resolved: "d" }),
    kept("d", "resolve"),
    kept("c2", "fixed", { ...old, resolved: "d2" }),
    kept("d2", "resolve", old),
  ];
  assert.deepEqual(outlived(queue, 50).map(({ action }) => action.id), ["gone", "c2", "d2"]);
});
