import assert from "node:assert/strict";
import { test } from "node:test";
import { filterOf, PHASES, passes } from "./filters.js";

/** @param {string[]} pressed @param {string} group */
const shown = (pressed, group) =>
  PHASES.filter((phase) => passes(filterOf(pressed), { phase, group }));

test("open and closed together show every phase", () => {
  assert.deepEqual(shown(["open", "closed"], "road"), PHASES);
});

test("each state can be shown alone, and none shows nothing", () => {
  assert.deepEqual(shown(["open"], "road"), ["new", "in_progress"]);
  assert.deepEqual(shown(["closed"], "road"), ["fixed", "closed"]);
  assert.deepEqual(shown([], "road"), []);
});

test("pressed groups leave only those groups", () => {
  assert.deepEqual(shown(["open", "road", "water"], "road"), ["new", "in_progress"]);
  assert.deepEqual(shown(["open", "road", "water"], "waste"), []);
});
