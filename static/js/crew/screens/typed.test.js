import assert from "node:assert/strict";
import { test } from "node:test";

import { partsOf } from "./typed.js";

test("a place may be typed in all the ways that people copy one", () => {
  for (const text of ["63,1104 7,7279", "63.1104, 7.7279", "63,1104, 7,7279", " 63.1104,7.7279 ", "63.1104;7.7279"]) {
    assert.deepEqual(partsOf(text), [63.1104, 7.7279], text);
  }
});

test("what is no place is none", () => {
  for (const text of ["", "63,1104", "Storgata 9", "163,1 7,7", "1 2 3"]) assert.ok(partsOf(text).includes(null), text);
});
