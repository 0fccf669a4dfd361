import assert from "node:assert/strict";
import { test } from "node:test";

import { fitWithin, markOf, readKeys, waitBeforeRetry } from "./photo_size.js";

test("a large photo keeps its shape", () => {
  assert.deepEqual(fitWithin({ width: 4000, height: 3000 }, 2048), { width: 2048, height: 1536 });
  assert.deepEqual(fitWithin({ width: 3000, height: 4000 }, 2048), { width: 1536, height: 2048 });
});

test("a small photo stays as it is", () => {
  assert.deepEqual(fitWithin({ width: 640, height: 480 }, 2048), { width: 640, height: 480 });
});

test("a thin line still has a width", () => {
  assert.deepEqual(fitWithin({ width: 9000, height: 1 }, 2048), { width: 2048, height: 1 });
});

test("keys are read once each", () => {
  assert.deepEqual(readKeys(""), []);
  assert.deepEqual(readKeys("a,b,,a"), ["a", "b"]);
});

test("the same file is known again", () => {
  const file = { name: "a.jpg", size: 3, lastModified: 5 };
  assert.equal(markOf(file), markOf({ ...file }));
  assert.notEqual(markOf(file), markOf({ ...file, size: 4 }));
});

test("waits grow, unless the server asks for another", () => {
  assert.deepEqual([1, 2, 3].map((times) => waitBeforeRetry(times, null)), [1000, 3000, 9000]);
  assert.equal(waitBeforeRetry(1, "5"), 5000);
  assert.equal(waitBeforeRetry(1, "3600"), 30_000);
  assert.equal(waitBeforeRetry(1, "Wed, 21 Oct 2026 07:28:00 GMT"), 1000);
});
