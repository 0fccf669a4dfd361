import assert from "node:assert/strict";
import { test } from "node:test";
import { optionAfter, readAnswer, sentenceOf, titleOf } from "./place_hits.js";

const PLACE = { kind: "address", label: "Vågeveien 4", part: null, latitude: 63.1, longitude: 7.7 };
const TEXTS = {
  one: "1 place",
  many: "%(count)s places",
  none: "No place",
  away: "Away, but these",
  away_none: "Away",
};

test("an answer has places, and says whether Kartverket is away", () => {
  assert.deepEqual(readAnswer({ places: [PLACE], is_away: true }), { places: [PLACE], isAway: true });
  assert.equal(readAnswer({ places: [] }).isAway, false);
});

test("something else than an answer is refused", () => {
  for (const content of [null, undefined, {}, { places: "no" }, "<html>"])
    assert.throws(() => readAnswer(content));
});

test("a place is called with its part of town where it is known", () => {
  assert.equal(titleOf(PLACE), "Vågeveien 4");
  assert.equal(titleOf({ ...PLACE, part: "Kirkelandet" }), "Vågeveien 4, Kirkelandet");
});

test("what was found is told with its number", () => {
  const told = (/** @type {number} */ count, isAway = false) =>
    sentenceOf({ places: Array(count).fill(PLACE), isAway }, TEXTS);
  assert.deepEqual([told(0), told(1), told(3)], ["No place", "1 place", "3 places"]);
  assert.deepEqual([told(0, true), told(2, true)], ["Away", "Away, but these"]);
});

test("arrows go through the options and round", () => {
  assert.equal(optionAfter("ArrowDown", -1, 3), 0);
  assert.equal(optionAfter("ArrowDown", 2, 3), 0);
  assert.equal(optionAfter("ArrowUp", -1, 3), 2);
  assert.equal(optionAfter("ArrowUp", 0, 3), 2);
  assert.equal(optionAfter("ArrowUp", 2, 3), 1);
});

test("other keys, and arrows in an empty list, move nothing", () => {
  assert.equal(optionAfter("a", 0, 3), null);
  assert.equal(optionAfter("ArrowDown", -1, 0), null);
});
