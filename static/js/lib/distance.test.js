import assert from "node:assert/strict";
import { test } from "node:test";
import { formatDistance, metresBetween, moveBy } from "./distance.js";

const CENTRE = { latitude: 63.1104, longitude: 7.7279 };

test("a degree of latitude is about 111 kilometres", () => {
  const north = { latitude: 64.1104, longitude: 7.7279 };
  assert.ok(Math.abs(metresBetween(CENTRE, north) - 111195) < 1);
  assert.equal(metresBetween(CENTRE, CENTRE), 0);
});

test("a step lands as far away as it says, in every direction", () => {
  for (const [north, east] of [[2, 0], [-2, 0], [0, 2], [0, -20], [20, 20]]) {
    const moved = moveBy(CENTRE, north, east);
    const wanted = Math.hypot(north, east);
    assert.ok(Math.abs(metresBetween(CENTRE, moved) - wanted) < 0.001);
    assert.equal(Math.sign(moved.latitude - CENTRE.latitude), Math.sign(north));
    assert.equal(Math.sign(moved.longitude - CENTRE.longitude), Math.sign(east));
  }
});

test("distances are written as people say them", () => {
  assert.equal(formatDistance(0, ","), "0\u00a0m");
  assert.equal(formatDistance(183, ","), "180\u00a0m");
  assert.equal(formatDistance(996, ","), "1,0\u00a0km");
  assert.equal(formatDistance(1234, "."), "1.2\u00a0km");
  assert.equal(formatDistance(9960, ","), "10\u00a0km");
  assert.equal(formatDistance(12400, ","), "12\u00a0km");
});
