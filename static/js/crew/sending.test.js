import assert from "node:assert/strict";
import { test } from "node:test";

import { pending } from "./predict.js";
import { doorOf, sendAll } from "./sending.js";

/** @param {string} id @param {object} [more] @returns {any} */
const kept = (id, more = {}) => ({ state: "saved", action: { id, kind: "note", data: {} }, ...more });

/** @param {string} id @param {string} job @returns {any} */
const about = (id, job) => kept(id, { action: { id, kind: "note", job, report: null, data: {} } });
/** @param {string} id @param {string} kind @param {string | null} [report] @returns {any} */
const made = (id, kind, report = null) => kept(id, { action: { id, kind, job: null, report, data: {} } });
/** @param {string} id @param {string} action @param {object} [more] @returns {any} */
const photo = (id, action, more = {}) => ({ id, action, isUploaded: false, blob: new Blob([id], { type: "image/webp" }), ...more });

/** A queue in memory. @param {any[]} actions @param {any[]} photos */
function memory(actions, photos = []) {
  /** @type {Record<string, any>} */
  const outcomes = {};
  return {
    outcomes,
    photos,
    waiting: async () => pending(actions),
    photosOf: async (/** @type {string} */ id) => photos.filter(({ action }) => action === id),
    markPhoto: async (/** @type {string} */ id, /** @type {boolean} */ is) => {
      photos.find((photo) => photo.id === id).isUploaded = is;
    },
    setState: async (/** @type {string[]} */ ids, /** @type {any} */ state) => {
      for (const one of actions) if (ids.includes(one.action.id)) one.state = state;
    },
    setOutcome: async (/** @type {string} */ id, /** @type {any} */ result) => {
      outcomes[id] = result;
      const done = ["done", "merged", "already"].includes(result.outcome);
      actions.find((one) => one.action.id === id).state = done ? "sent" : result.outcome === "later" ? "saved" : "needs_you";
    },
  };
}

/** @param {number} status @param {any} [body] */
const reply = (status, body = {}) => ({ status, ok: status < 400, body, etag: null });
/** @param {any} options */
const allDone = ({ json }) => reply(200, { results: json.actions.map((/** @type {any} */ { id }) => ({ id, outcome: "done" })) });

/**
 * @param {any} queue
 * @param {(path: string, options: any) => any} answer
 * @param {() => Promise<any>} [refresh]
 */
async function sent(queue, answer, refresh) {
  /** @type {string[]} */
  const log = [];
  const ask = async (/** @type {string} */ path, /** @type {any} */ options) => {
    log.push(options.json ? options.json.actions.map((/** @type {any} */ { id }) => id).join("") : path);
    return answer(path, options);
  };
  const door = await sendAll({ account: "me", device: "d", ask, refresh, queue });
  return { door, log };
}

test("each job's work goes in its order, and what needs no upload goes first", async () => {
  const photos = [photo("p1", "c"), photo("p2", "c")];
  const queue = memory([kept("a"), about("b", "K-1"), about("c", "K-1"), about("d", "K-1"), about("e", "K-2")], photos);
  const { door, log } = await sent(queue, (path, options) => (path === "sync" ? allDone(options) : reply(201)));
  assert.equal(door, "open");
  assert.deepEqual(log, ["abe", "photos/p1", "photos/p2", "cd"]);
});

test("a cut in the middle of an upload leaves what is uploaded, and all actions", async () => {
  const photos = [photo("p1", "a"), photo("p2", "a")];
  const queue = memory([kept("a")], photos);
  const first = await sent(queue, (path) => (path === "photos/p1" ? reply(201) : null));
  assert.equal(first.door, "away");
  assert.deepEqual(photos.map(({ isUploaded }) => isUploaded), [true, false]);
  const again = await sent(queue, (path, options) => (path === "sync" ? allDone(options) : reply(200)));
  assert.deepEqual([again.door, again.log], ["open", ["photos/p2", "a"]]);
});

test("an answer that is lost leaves the actions as they were", async () => {
  const actions = [kept("a"), kept("b")];
  const { door } = await sent(memory(actions), () => null);
  assert.equal(door, "away");
  assert.deepEqual(actions.map(({ state }) => state), ["saved", "saved"]);
});

test("more than fifty go in several batches", async () => {
  const actions = Array.from({ length: 120 }, (_, at) => kept(`.${at}`));
  const { log } = await sent(memory(actions), (_, options) => allDone(options));
  assert.deepEqual(log.map((ids) => ids.split(".").length - 1), [50, 50, 20]);
});

test("one action that cannot be read does not hold the others back", async () => {
  const queue = memory([kept("a"), kept("b"), kept("c")]);
  const { door } = await sent(queue, (_, options) =>
    options.json.actions.some((/** @type {any} */ { id }) => id === "b") ? reply(422, { detail: "Feil" }) : allDone(options),
  );
  assert.equal(door, "open");
  assert.deepEqual(Object.entries(queue.outcomes).map(([id, { outcome }]) => [id, outcome]), [["a", "done"], ["b", "refused"], ["c", "done"]]);
  assert.equal(queue.outcomes.b.sentence, "Feil");
});

test("a photo that is refused needs the person, and the rest goes on", async () => {
  const queue = memory([kept("a"), kept("b")], [photo("p", "a")]);
  const { door, log } = await sent(queue, (path, options) => (path === "sync" ? allDone(options) : reply(415, { detail: "Ikke et bilde" })));
  assert.equal(door, "open");
  assert.deepEqual(log, ["b", "photos/p"]);
  assert.equal(queue.outcomes.a.isLocal, true);
  assert.equal(queue.outcomes.a.errors.photos, "Ikke et bilde");
});

test("photos that the service misses are uploaded again; those that are gone need the person", async () => {
  const photos = [photo("p", "a", { isUploaded: true })];
  const queue = memory([kept("a"), kept("b")], photos);
  let has = false;
  const { log } = await sent(queue, (path, { json }) => {
    if (path !== "sync") return (has = true) && reply(201);
    const results = json.actions.map((/** @type {any} */ { id }) =>
      id === "b" ? { id, outcome: "later", missing: ["lost"] } : has ? { id, outcome: "done" } : { id, outcome: "later", missing: ["p"] },
    );
    return reply(200, { results });
  });
  assert.deepEqual(log, ["ab", "photos/p", "a"]);
  assert.equal(queue.outcomes.b.outcome, "refused");
});

test("a photo for which the service asks for ever is put off, and holds nothing else up", async () => {
  const queue = memory([kept("a"), kept("b")], [photo("p", "a", { isUploaded: true })]);
  const { door, log } = await sent(queue, (path, options) => {
    if (path !== "sync") return reply(200);
    const results = options.json.actions.map((/** @type {any} */ { id }) => (id === "a" ? { id, outcome: "later", missing: ["p"] } : { id, outcome: "done" }));
    return reply(200, { results });
  });
  assert.equal(door, "open");
  assert.ok(log.length < 10);
  assert.equal(queue.outcomes.b.outcome, "done");
});

test("what hangs on a report whose photo was refused waits for the person, and the rest is sent", async () => {
  const actions = [made("r", "report"), made("n", "note", "r"), about("f", "K-1"), about("g", "K-2")];
  const queue = memory(actions, [photo("p1", "r"), photo("p2", "f")]);
  const answer = (/** @type {string} */ path, /** @type {any} */ options) =>
    path === "sync" ? allDone(options) : path === "photos/p1" ? reply(422, { detail: "Ikke et bilde" }) : reply(201);
  const { door, log } = await sent(queue, answer);
  assert.equal(door, "open");
  assert.deepEqual(log, ["g", "photos/p1", "photos/p2", "f"]);
  assert.deepEqual(actions.map(({ state }) => state), ["needs_you", "saved", "sent", "sent"]);
});

test("what the service puts off is put off with what comes after it in the same job, and the rest goes on", async () => {
  const actions = [about("a", "K-1"), about("b", "K-2"), about("c", "K-1"), ...Array.from({ length: 60 }, (_, at) => about(`.${at}`, "K-2"))];
  const { door, log } = await sent(memory(actions), (_, { json }) => {
    const results = json.actions.map((/** @type {any} */ { id, job }) => ({ id, outcome: job === "K-1" ? "later" : "done" }));
    return reply(200, { results });
  });
  assert.equal(door, "open");
  assert.equal(log.length, 2);
  assert.deepEqual(actions.filter(({ state }) => state === "saved").map(({ action }) => action.id), ["a", "c"]);
});

test("one upload that does not get through holds up its own job only", async () => {
  const actions = [about("a", "K-1"), about("b", "K-2"), about("c", "K-1"), about("d", "K-2")];
  const queue = memory(actions, [photo("p1", "a"), photo("p2", "b")]);
  const { door, log } = await sent(queue, (path, options) => (path === "sync" ? allDone(options) : path === "photos/p1" ? null : reply(201)));
  assert.equal(door, "open");
  assert.deepEqual(log, ["photos/p1", "photos/p2", "bd"]);
  assert.deepEqual(actions.map(({ state }) => state), ["saved", "sent", "saved", "sent"]);
});

test("two uploads in a row that do not get through mean no coverage", async () => {
  const actions = ["a", "b", "c"].map((id) => about(id, id));
  const queue = memory(actions, actions.map(({ action: { id } }) => photo(`p${id}`, id)));
  const { door, log } = await sent(queue, () => null);
  assert.deepEqual([door, log], ["away", ["photos/pa", "photos/pb"]]);
});

test("a photo that the browser has lost needs the person, and is not taken for no coverage", async () => {
  const broken = { type: "image/jpeg", arrayBuffer: async () => { throw new DOMException("gone", "NotReadableError"); } };
  const queue = memory([kept("a"), kept("b")], [photo("p", "a", { blob: broken })]);
  const { door, log } = await sent(queue, (_, options) => allDone(options));
  assert.deepEqual([door, log], ["open", ["b"]]);
  assert.deepEqual([queue.outcomes.a.outcome, queue.outcomes.a.errors.photos], ["refused", ""]);
});

test("a photo is sent as what it is", async () => {
  /** @type {Blob[]} */
  const got = [];
  await sent(memory([kept("a")], [photo("p", "a")]), (path, options) => (path === "sync" ? allDone(options) : got.push(options.blob) && reply(201)));
  assert.deepEqual([got[0].type, await got[0].text()], ["image/webp", "p"]);
});

test("a token that has grown old is changed once before anything is refused", async () => {
  let isOld = true;
  const refresh = async () => {
    isOld = false;
    return "open";
  };
  const queue = memory([kept("a"), kept("b")]);
  const { door, log } = await sent(queue, (_, options) => (isOld ? reply(400) : allDone(options)), refresh);
  assert.deepEqual([door, log], ["open", ["ab", "ab"]]);
  const bad = memory([kept("a")]);
  let asked = 0;
  await sent(bad, () => reply(400, { detail: "Feil" }), async () => (asked += 1) && "open");
  assert.deepEqual([asked, bad.outcomes.a.outcome, bad.outcomes.a.isLocal], [1, "refused", true]);
  const away = memory([kept("a")]);
  assert.equal((await sent(away, () => reply(400), async () => "away")).door, "away");
  assert.deepEqual(away.outcomes, {});
});

test("how the service meets us", async () => {
  const ended = reply(410, { type: "https://example.org/problems/device-ended" });
  const other = reply(409, { type: "https://example.org/problems/other-account" });
  for (const [answer, door] of /** @type {[any, string][]} */ ([
    [null, "away"],
    [reply(503), "away"],
    [reply(429), "away"],
    [reply(401), "signed_out"],
    [reply(403), "no_access"],
    [ended, "ended"],
    [reply(410), "open"],
    [other, "other_account"],
    [reply(200), "open"],
  ])) {
    assert.equal(doorOf(answer), door);
  }
  for (const [answer, door] of /** @type {[any, string][]} */ ([[reply(401), "signed_out"], [ended, "ended"], [other, "other_account"]])) {
    const actions = [kept("a")];
    assert.equal((await sent(memory(actions), () => answer)).door, door);
    assert.equal(actions[0].state, "saved");
  }
});
