import assert from "node:assert/strict";
import { test } from "node:test";

import { moveBy } from "../../lib/distance.js";
import { extentOf, metresFrom, placesOf } from "./plot.js";

const MIDDLE = { latitude: 63.1104, longitude: 7.7279 };
const SIZE = { width: 360, height: 480 };

test("metres north and east have signs", () => {
  const { north, east } = metresFrom(MIDDLE, moveBy(MIDDLE, -120, 80));
  assert.ok(Math.abs(north + 120) < 0.5, String(north));
  assert.ok(Math.abs(east - 80) < 0.5, String(east));
});

test("every place is on the screen, north is up and east is right", () => {
  const points = [moveBy(MIDDLE, 900, -400), moveBy(MIDDLE, -900, 400), moveBy(MIDDLE, 0, 0)];
  const places = placesOf(points, extentOf(points, SIZE));
  for (const { x, y } of places) assert.ok(x >= 44 - 1 && x <= 317 && y >= 43 && y <= 437, `${x} ${y}`);
  assert.ok(places[0].y < places[1].y && places[0].x < places[1].x);
});

test("one place stands in the middle, with 200 metres across", () => {
  const extent = extentOf([MIDDLE], SIZE);
  assert.equal(Math.round(extent.metres), 200);
  assert.deepEqual(placesOf([MIDDLE], extent), [{ x: 180, y: 240 }]);
});

test("no places at all is a drawing too", () => {
  assert.equal(Math.round(extentOf([], SIZE).metres), 200);
});
