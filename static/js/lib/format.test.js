import assert from "node:assert/strict";
import { test } from "node:test";
import { format, formatCount, formatNumber } from "./format.js";

test("named places are filled, also twice and with numbers", () => {
  assert.equal(format("%(a)s and %(b)s, %(a)s", { a: 1, b: "two" }), "1 and two, 1");
});

test("a place without a value is left alone", () => {
  assert.equal(format("%(count)s of %(toString)s", { count: 3 }), "3 of %(toString)s");
});

test("a value is never read as a pattern", () => {
  assert.equal(format("<%(a)s>", { a: "$& %(a)s" }), "<$& %(a)s>");
});

test("thousands are parted by no-break spaces", () => {
  assert.equal(formatNumber(999), "999");
  assert.equal(formatNumber(66012), "66\u00a0012");
  assert.equal(formatNumber(1234567), "1\u00a0234\u00a0567");
});

test("one and many have their own sentence", () => {
  assert.equal(formatCount("%(count)s report", "%(count)s reports", 1), "1 report");
  assert.equal(formatCount("%(count)s report", "%(count)s reports", 0), "0 reports");
  assert.equal(formatCount("%(count)s report", "%(count)s reports", 2000), "2\u00a0000 reports");
});
