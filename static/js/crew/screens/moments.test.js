import assert from "node:assert/strict";
import { before, test } from "node:test";

import { ageOf, clockOf, dayOf, momentOf } from "./moments.js";

const NOW = new Date("2026-03-16T10:00:00Z");
const TEXTS = { at_clock: "kl. %(clock)s", just_now: "nå", minute_ago: "for 1 minutt siden", minutes_ago: "for %(num)s minutter siden" };

before(() => {
  Object.assign(globalThis, { document: { documentElement: { lang: "nb" } } });
});

test("days and times are the municipality's, and never break", () => {
  assert.equal(dayOf("2026-03-16T23:30:00Z", NOW), "17.\u00a0mars");
  assert.equal(dayOf("2025-12-04T12:00:00Z", NOW, "short"), "4.\u00a0des.\u00a02025");
  assert.equal(clockOf("2026-03-16T07:12:00Z"), "08.12");
});

test("today only the time is told", () => {
  assert.equal(momentOf("2026-03-16T07:12:00Z", TEXTS, NOW), "kl.\u00a008.12");
  assert.equal(momentOf("2026-03-15T07:12:00Z", TEXTS, NOW), "15.\u00a0mars kl.\u00a008.12");
});

test("an age is told in minutes, then as a moment", () => {
  assert.equal(ageOf("2026-03-16T09:59:40Z", TEXTS, NOW), "nå");
  assert.equal(ageOf("2026-03-16T09:58:40Z", TEXTS, NOW), "for 1 minutt siden");
  assert.equal(ageOf("2026-03-16T09:48:00Z", TEXTS, NOW), "for 12 minutter siden");
  assert.equal(ageOf("2026-03-16T07:12:00Z", TEXTS, NOW), "kl.\u00a008.12");
});
