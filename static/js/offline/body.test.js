import assert from "node:assert/strict";
import { test } from "node:test";

import { bodyOf, listOf } from "./body.js";
import { isFormStep, isReceipt, mayAnswer, opensAt, stepOf } from "./steps.js";

const FIELDS = {
  service: ["ROAD-POTHOLE"],
  latitude: ["63,1104"],
  longitude: ["7.7279"],
  description: [" Dypt hull "],
  acute: ["yes"],
  lamps: ["L-1, L-2", "L-1"],
  email: [""],
  phone: ["+4791234567"],
};

test("a report as the interface takes it", () => {
  assert.deepEqual(bodyOf(FIELDS, ["key"]), {
    service_code: "ROAD-POTHOLE",
    position: { type: "Point", coordinates: [7.7279, 63.1104] },
    description: "Dypt hull",
    is_acute: true,
    lamps: ["L-1", "L-2"],
    photos: ["key"],
    contact: { phone: "+4791234567" },
  });
});

test("what is not there is left out", () => {
  const body = bodyOf({ service: ["X"], latitude: ["63"], longitude: ["7"] }, []);
  assert.deepEqual(Object.keys(body), ["service_code", "position", "description", "is_acute"]);
  assert.deepEqual(listOf({}, "lamps"), []);
});

test("only the answers of the chosen service go along", () => {
  const fields = { service: ["A"], "answer.A.size": ["small"], "answer.B.size": ["large"], "answer.A.x": [""] };
  assert.deepEqual(bodyOf(fields, []).answers, { size: "small" });
  assert.deepEqual(bodyOf({ ...fields, "answer.A.signs": ["one", "two"] }, []).answers.signs, ["one", "two"]);
});

test("each step opens where its answers are complete", () => {
  assert.equal(stepOf("/meld/hva"), "where");
  assert.equal(opensAt(stepOf("/meld/se-over")), "/meld/hva");
  assert.equal(opensAt(stepOf("/meld/send")), "/meld/se-over");
  assert.equal(opensAt(stepOf("/meld/ukjent")), "/meld/hvor");
  assert.ok(isFormStep("/meld/hva"));
  assert.ok(!isFormStep("/meldinger"));
  assert.ok(isReceipt("/m/abc/kvittering"));
  assert.ok(!isReceipt("/m/abc"));
});

test("the worker keeps away from personal pages, and from what is sent but a step of the form", () => {
  for (const path of ["/", "/meld", "/meldinger/KSU-2026-000001", "/meldt", "/om"]) assert.ok(mayAnswer("GET", path));
  for (const path of ["/oppdrag", "/oppdrag/1", "/varsler/abc", "/m/abc", "/mine-meldinger", "/styring/regler"]) {
    assert.ok(!mayAnswer("GET", path), path);
  }
  assert.ok(mayAnswer("POST", "/meld/hva"));
  for (const path of ["/m/abc/legg-til", "/meldinger/1/folg", "/folg", "/"]) assert.ok(!mayAnswer("POST", path));
});
