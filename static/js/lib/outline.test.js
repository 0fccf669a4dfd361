import assert from "node:assert/strict";
import { test } from "node:test";

import { cornersOf, toGeoJson } from "./outline.js";

const CORNERS = /** @type {[number, number][]} */ ([
  [7.7, 63.1],
  [7.8, 63.1],
  [7.75, 63.2],
]);

test("two corners are no area", () => {
  assert.equal(toGeoJson(CORNERS.slice(0, 2)), "");
});

test("the ring is closed and rounded", () => {
  const shape = JSON.parse(toGeoJson([[7.70000004, 63.1], CORNERS[1], CORNERS[2]]));
  assert.deepEqual(shape.coordinates[0], [...CORNERS, CORNERS[0]]);
});

test("what was drawn comes back", () => {
  assert.deepEqual(cornersOf(toGeoJson(CORNERS)), CORNERS);
});

test("other shapes and other texts have no corners to move", () => {
  for (const text of ["", "{", '{"type":"Point","coordinates":[1,2]}', "[]"]) {
    assert.deepEqual(cornersOf(text), []);
  }
});
