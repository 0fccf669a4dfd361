import assert from "node:assert/strict";
import { test } from "node:test";
import { filterOf, isEmpty, openOf, queryOf } from "./filters.js";

test("open and recently closed together go without saying", () => {
  assert.deepEqual(queryOf(filterOf(["open", "recent"])), {});
});

test("each state can be asked for alone, and none is none", () => {
  assert.deepEqual(queryOf(filterOf(["open"])), { show: "open" });
  assert.deepEqual(queryOf(filterOf(["recent"])), { show: "recent" });
  assert.deepEqual(queryOf(filterOf([])), { show: "none" });
  assert.ok(isEmpty(filterOf(["road"])) && !isEmpty(filterOf(["recent"])));
});

test("pressed groups are named in one order", () => {
  const one = queryOf(filterOf(["open", "recent", "water", "road"]));
  assert.deepEqual(one, { group: "road,water" });
  assert.deepEqual(one, queryOf(filterOf(["road", "water", "recent", "open"])));
});

test("new ones and those in progress are open", () => {
  assert.equal(openOf([3, 4, 10, 20]), 7);
});
