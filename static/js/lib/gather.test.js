import assert from "node:assert/strict";
import { test } from "node:test";
import { gather } from "./gather.js";

/** @param {number} x @param {number} y @param {number[]} counts */
const spot = (x, y, counts = [1, 0, 0, 0]) => ({ x, y, counts, report: { number: `${x}/${y}` } });

/** A sequence of numbers that looks random and is the same each time. @param {number} seed */
function* chance(seed) {
  let value = seed;
  for (;;) {
    value = (value * 1103515245 + 12345) % 2147483648;
    yield value / 2147483648;
  }
}

test("what lies apart stays apart, with its report", () => {
  const groups = gather([spot(0, 0), spot(100, 0)], 44);
  assert.deepEqual(groups.map((group) => group.report?.number), ["0/0", "100/0"]);
});

test("what lies close becomes one number in the middle", () => {
  const [group, ...rest] = gather([spot(0, 0, [3, 0, 0, 0]), spot(40, 0, [0, 0, 1, 0])], 44);
  assert.equal(rest.length, 0);
  assert.deepEqual([group.x, group.total, group.report], [10, 4, undefined]);
  assert.deepEqual(group.counts, [3, 0, 1, 0]);
});

test("nothing is lost and no two groups stand too close", () => {
  for (const seed of [1, 7, 42]) {
    const draw = chance(seed);
    const next = () => /** @type {number} */ (draw.next().value);
    const spots = Array.from({ length: 900 }, () =>
      spot(next() * 2000, next() * 1500, [1 + Math.floor(next() * 3), 0, Math.floor(next() * 2), 1]),
    );
    const groups = gather(spots, 44);
    for (const at of [0, 1, 2, 3]) {
      const all = spots.reduce((sum, { counts }) => sum + counts[at], 0);
      assert.equal(groups.reduce((sum, { counts }) => sum + counts[at], 0), all);
    }
    assert.equal(groups.reduce((sum, group) => sum + group.spots.length, 0), spots.length);
    for (const one of groups) {
      for (const other of groups) {
        assert.ok(one === other || Math.hypot(one.x - other.x, one.y - other.y) >= 44);
      }
    }
  }
});

test("the order in which spots come does not matter", () => {
  const spots = [spot(0, 0), spot(30, 5), spot(60, 0), spot(400, 3), spot(420, 9)];
  const told = (/** @type {any[]} */ list) => gather(list, 44).map(({ x, total }) => [x, total]);
  assert.deepEqual(told(spots), told([...spots].reverse()));
});
