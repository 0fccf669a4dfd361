import assert from "node:assert/strict";
import { test } from "node:test";
import { fold, matches } from "./words.js";

test("letters are compared without case and accents", () => {
  assert.equal(fold("Kloakk på ÆRØY"), "kloakk pa aeroy");
  assert.equal(fold("Idé"), "ide");
});

test("part of a word is enough", () => {
  assert.ok(matches("lykt", "Gatelykt mørk lampe"));
  assert.ok(matches("MORK", "Gatelykt mørk lampe"));
});

test("every word must be found", () => {
  assert.ok(matches("mørk gate", "Gatelykt mørk lampe"));
  assert.ok(!matches("mørk vei", "Gatelykt mørk lampe"));
});

test("nothing and one letter match nothing", () => {
  assert.ok(!matches("", "Gatelykt"));
  assert.ok(!matches("  ", "Gatelykt"));
  assert.ok(!matches("g", "Gatelykt"));
});
