import assert from "node:assert/strict";
import { test } from "node:test";
import { formatView, parseView } from "./view_hash.js";

test("a written view is read back", () => {
  const view = { zoom: 15, latitude: 63.1104, longitude: 7.7279 };
  assert.equal(formatView(view), "#kart=15/63.11040/7.72790");
  assert.deepEqual(parseView(formatView(view)), view);
});

test("the west and the south are read", () => {
  assert.deepEqual(parseView("#kart=3/-10/-20.5"), { zoom: 3, latitude: -10, longitude: -20.5 });
});

test("other fragments are no views", () => {
  for (const hash of ["", "#", "#report-list", "#kart=15/63", "#kart=a/b/c", "#kart=9/95/7"]) {
    assert.equal(parseView(hash), null, hash);
  }
});
