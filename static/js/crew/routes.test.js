import assert from "node:assert/strict";
import { test } from "node:test";

import { linesOf } from "./lines.js";
import { placeOf } from "./routes.js";

test("each address shows its screen", () => {
  /** @type {[string, string, object][]} */
  const places = [
    ["/felt/", "list", {}],
    ["/felt/jobb/KSU-2026-000001", "job", { number: "KSU-2026-000001" }],
    ["/felt/jobb/a%2Fb/ferdig", "close", { number: "a/b" }],
    ["/felt/jobb/%E0%A4%A", "job", { number: "%E0%A4%A" }],
    ["/felt/ny", "new", {}],
    ["/felt/konflikt/1-2", "conflict", { id: "1-2" }],
  ];
  for (const [path, screen, params] of places) assert.deepEqual(placeOf(path), { screen, params });
  assert.equal(placeOf("/felt/ukjent"), null);
  assert.equal(placeOf("/felt"), null);
});

/** @param {object} more @returns {any} */
const standing = (more) => ({ state: "sent", waiting: 0, needing: 0, foreign: 0, isAway: false, lastContact: 0, ...more });
const texts = new Proxy({}, { get: (_, name) => `${String(name)} %(count)s` });
/** @param {object} more @param {boolean} [isOnline] */
const told = (more, isOnline = true) => linesOf(standing(more), texts, isOnline, "/logg-inn").map(({ state }) => state);

test("the strip always tells, the most urgent first", () => {
  assert.deepEqual(told({}), ["sent"]);
  assert.deepEqual(told({}, false), ["away"]);
  assert.deepEqual(told({ isAway: true }), ["away"]);
  assert.deepEqual(told({ state: "saved", waiting: 2 }), ["saved"]);
  assert.deepEqual(told({ state: "sending", waiting: 2 }), ["sending"]);
  assert.deepEqual(told({ state: "needs_you", needing: 1, waiting: 2 }), ["needs_you", "saved"]);
  assert.deepEqual(told({ state: "signed_out", waiting: 2 }), ["signed_out", "saved"]);
  assert.deepEqual(told({ state: "other_account", foreign: 1 }), ["other_account"]);
  assert.deepEqual(told({ state: "ended", foreign: 1, waiting: 1, needing: 1 }), ["ended"]);
});

test("signing in again leads back to the app", () => {
  const [line] = linesOf(standing({ state: "signed_out" }), texts, true, "/logg-inn");
  assert.equal(line.way?.path, "/logg-inn?til=/felt/");
});
