import assert from "node:assert/strict";
import { test } from "node:test";
import { clusterSize, ringSegments } from "./ring.js";

const RADIUS = 20;
const AROUND = 2 * Math.PI * RADIUS;

/** @param {number[]} counts */
const split = (...counts) =>
  ringSegments(counts.map((count, index) => ({ name: `part-${index}`, count })), RADIUS, 3);

test("one part has the whole ring and no gap", () => {
  const segments = split(0, 7, 0);
  assert.deepEqual(segments.map((segment) => segment.name), ["part-1"]);
  assert.equal(segments[0].start, 0);
  assert.ok(Math.abs(segments[0].length - AROUND) < 0.01);
});

test("segments and gaps fill the ring, shared by count", () => {
  const segments = split(3, 1);
  const length = segments.reduce((sum, segment) => sum + segment.length, 0);
  assert.ok(Math.abs(length + 6 - AROUND) < 0.05);
  assert.ok(Math.abs(segments[0].length / segments[1].length - 3) < 0.01);
  const gap = segments[1].start - (segments[0].start + segments[0].length);
  assert.ok(Math.abs(gap - 3) < 0.02);
});

test("a small part can still be seen, and the ring is not overrun", () => {
  const segments = split(1, 500, 1, 200);
  assert.ok(segments.every((segment) => segment.length >= 4));
  const length = segments.reduce((sum, segment) => sum + segment.length, 0);
  assert.ok(Math.abs(length + 12 - AROUND) < 0.05);
});

test("nothing gives no segments", () => {
  assert.deepEqual(split(0, 0), []);
});

test("the disc grows with the count", () => {
  const sizes = [2, 9, 10, 49, 50, 700].map(clusterSize);
  assert.deepEqual(sizes, [40, 40, 48, 48, 58, 58]);
});
