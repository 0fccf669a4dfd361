import assert from "node:assert/strict";
import { test } from "node:test";
import { formatDegrees, parseDegrees } from "./degrees.js";

test("comma and point are both read", () => {
  assert.equal(parseDegrees("63,1104", 90), 63.1104);
  assert.equal(parseDegrees(" 7.7279° ", 180), 7.7279);
  assert.equal(parseDegrees("63", 90), 63);
  assert.equal(parseDegrees("\u22127,5", 180), -7.5);
});

test("what is not degrees is refused", () => {
  for (const text of ["", "north", "63,11,04", "1e2", "63 11", "63,"]) {
    assert.equal(parseDegrees(text, 90), null, text);
  }
});

test("the limit is kept", () => {
  assert.equal(parseDegrees("90", 90), 90);
  assert.equal(parseDegrees("90,1", 90), null);
  assert.equal(parseDegrees("-180.01", 180), null);
});

test("degrees are written with the language's decimal sign", () => {
  assert.equal(formatDegrees(63.1104, 6, ","), "63,110400");
  assert.equal(formatDegrees(7.72791, 4, "."), "7.7279");
});
