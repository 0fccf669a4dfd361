/** Sends the queue: each job in its order, the photos of an action before the action. What asks and what keeps are handed in. */

import { isEnded, isLater, sentenceOf } from "./answers.js";

/** @typedef {import("./types.js").Kept} Kept */
/** @typedef {import("./types.js").KeptPhoto} KeptPhoto */
/** @typedef {import("./types.js").Result} Result */
/** @typedef {import("./answers.js").Reply} Reply */
/** @typedef {"open" | "away" | "signed_out" | "other_account" | "no_access" | "ended"} Door how the service met us */

/**
 * @typedef {object} Queue
 * @property {() => Promise<Kept[]>} waiting what is to be sent, in order
 * @property {(id: string) => Promise<KeptPhoto[]>} photosOf
 * @property {(id: string, isUploaded: boolean) => Promise<void>} markPhoto
 * @property {(ids: string[], state: "saved" | "sending") => Promise<void>} setState
 * @property {(id: string, result: Result) => Promise<void>} setOutcome
 */
/** @typedef {(path: string, options: { method: "POST" | "PUT", json?: unknown, blob?: Blob }) => Promise<Reply | null>} Ask */

const MOST = 50;
/** So often the service may ask for photos again before we leave it for later. */
const PATIENCE = 3;
/** After so many failed uploads in a row there is no coverage. */
const MOST_CUTS = 2;
/** What no repetition mends. */
const BAD = new Set([400, 409, 413, 415, 422]);

/**
 * What an answer says of our standing with the service.
 * @param {Reply | null} reply
 * @returns {Door}
 */
export function doorOf(reply) {
  if (isLater(reply) || !reply) return "away";
  if (isEnded(reply)) return "ended";
  if (reply.status === 401) return "signed_out";
  if (reply.status === 403) return "no_access";
  if (reply.status === 409 && String(reply.body?.type ?? "").endsWith("other-account")) return "other_account";
  return "open";
}

/**
 * Send all that waits. What was done to one job goes in its order; a job that does not get on is set aside for
 * this turn, and holds nothing else up.
 * @param {{ account: string, device: string, ask: Ask, refresh?: () => Promise<Door>, queue: Queue }} with_
 *   `refresh` asks for the session anew
 * @returns {Promise<Door>} "open": nothing waits any more but what the service has put off
 */
export async function sendAll({ account, device, ask, refresh, queue }) {
  const turn = new Turn(refresh ? withNewSession(ask, refresh) : ask, queue);
  for (;;) {
    const waiting = (await queue.waiting()).filter((kept) => !turn.aside.has(about(kept)));
    if (!waiting.length) return turn.cuts ? "away" : "open";
    const batch = await readyOf(waiting, turn.most, queue);
    const door = batch.length ? await turn.send(batch, { account, device }) : await turn.upload(waiting[0]);
    if (door !== "open") return door;
  }
}

/**
 * The service says 400 also to a page whose token has grown old: get a new one and ask again, once.
 * @param {Ask} ask
 * @param {() => Promise<Door>} refresh
 * @returns {Ask}
 */
function withNewSession(ask, refresh) {
  let isRefreshed = false;
  return async (path, options) => {
    const reply = await ask(path, options);
    if (reply?.status !== 400 || isRefreshed) return reply;
    isRefreshed = true;
    return (await refresh()) === "away" ? null : ask(path, options);
  };
}

/** @param {Kept} kept @returns {string} what must be done in its order */
function about({ action, shownAs }) {
  if (action.data.stop !== undefined) return `stop ${action.data.stop}`;
  return shownAs ?? action.job ?? action.report ?? action.id;
}

/**
 * The first actions that can be sent together. Those whose photos are not uploaded stand back, with what was
 * done to the same job after them.
 * @param {readonly Kept[]} waiting
 * @param {number} most
 * @param {Queue} queue
 * @returns {Promise<Kept[]>} none: the first one's photos come first
 */
async function readyOf(waiting, most, queue) {
  /** @type {Kept[]} */
  const ready = [];
  const held = new Set();
  for (const kept of waiting) {
    if (ready.length >= most) break;
    if (held.has(about(kept))) continue;
    if ((await queue.photosOf(kept.action.id)).every(({ isUploaded }) => isUploaded)) ready.push(kept);
    else held.add(about(kept));
  }
  return ready;
}

/** One turn of sending: what it has learnt about the coverage and the service. */
class Turn {
  /**
   * @param {Ask} ask
   * @param {Queue} queue
   */
  constructor(ask, queue) {
    this.ask = ask;
    this.queue = queue;
    /** @type {Set<string>} jobs that do not get on now */
    this.aside = new Set();
    /** @type {Map<string, number>} how often the service has put a job off */
    this.tries = new Map();
    this.most = MOST;
    /** How many uploads have failed since the service last answered. */
    this.cuts = 0;
  }

  /**
   * @param {readonly Kept[]} batch
   * @param {{ account: string, device: string }} sender
   * @returns {Promise<Door>} "open": go on
   */
  async send(batch, sender) {
    const { queue } = this;
    const ids = batch.map(({ action }) => action.id);
    await queue.setState(ids, "sending");
    const json = { ...sender, actions: batch.map(({ action }) => action) };
    const reply = await this.ask("sync", { method: "POST", json });
    const door = doorOf(reply);
    if (door !== "open" || !reply || (!reply.ok && !BAD.has(reply.status))) {
      await queue.setState(ids, "saved");
      return door === "open" ? "away" : door;
    }
    this.cuts = 0;
    if (!reply.ok && batch.length > 1) {
      this.most = 1; // one of them is the reason: find out which
      await queue.setState(ids, "saved");
      return "open";
    }
    const results = reply.ok ? resultsOf(reply, ids) : [refusal(ids[0], sentenceOf(reply))];
    await this.#writeDown(batch, results);
    return "open";
  }

  /**
   * @param {readonly Kept[]} batch
   * @param {readonly Result[]} results
   */
  async #writeDown(batch, results) {
    /** @type {Map<string, Result>} the first one of each job that is for later */
    const later = new Map();
    for (const [at, result] of results.entries()) {
      const name = about(batch[at]);
      const isLost = await askedAgain(result, this.queue);
      const last = isLost ? refusal(result.id, "", "photos") : result;
      await this.queue.setOutcome(result.id, last);
      if (last.outcome === "later" && !later.has(name)) later.set(name, last);
    }
    for (const [name, { missing }] of later) this.#putOff(name, Boolean(missing?.length));
  }

  /**
   * @param {string} name of the job
   * @param {boolean} isMissing whether its photos are to be uploaded again, now
   */
  #putOff(name, isMissing) {
    const tries = (this.tries.get(name) ?? 0) + 1;
    this.tries.set(name, tries);
    if (!isMissing || tries >= PATIENCE) this.aside.add(name);
  }

  /**
   * Upload the photos of an action whose turn it is.
   * @param {Kept} kept
   * @returns {Promise<Door>} "open": go on
   */
  async upload(kept) {
    for (const photo of await this.queue.photosOf(kept.action.id)) {
      if (photo.isUploaded) continue;
      const blob = await readable(photo.blob);
      if (!blob) return this.#refusePhotos(kept, "");
      const reply = await this.ask(`photos/${photo.id}`, { method: "PUT", blob });
      const door = doorOf(reply);
      if (door !== "open" && door !== "away") return door;
      if (reply?.status === 429) return "away";
      if (!reply?.ok && !(reply && BAD.has(reply.status))) return this.#cut(kept);
      this.cuts = 0;
      if (!reply.ok) return this.#refusePhotos(kept, sentenceOf(reply));
      await this.queue.markPhoto(photo.id, true);
    }
    return "open";
  }

  /**
   * @param {Kept} kept
   * @param {string} sentence
   * @returns {Promise<Door>}
   */
  async #refusePhotos({ action: { id } }, sentence) {
    await this.queue.setOutcome(id, refusal(id, sentence, "photos"));
    return "open";
  }

  /**
   * An upload took too long, or there is no coverage: the next one tells which.
   * @param {Kept} kept
   * @returns {Door}
   */
  #cut(kept) {
    this.aside.add(about(kept));
    this.cuts += 1;
    return this.cuts >= MOST_CUTS ? "away" : "open";
  }
}

/**
 * A photo as it can be sent. Read first: the browser may have lost it, and sending would fail for ever.
 * @param {Blob} blob
 * @returns {Promise<Blob | null>} null: it cannot be read any more
 */
async function readable(blob) {
  try {
    return new Blob([await blob.arrayBuffer()], { type: blob.type });
  } catch (fault) {
    console.error(fault);
    return null;
  }
}

/**
 * What was not answered by the service: the action keeps its id when it is sent again.
 * @param {string} id
 * @param {string} sentence
 * @param {string} [field]
 * @returns {Result}
 */
function refusal(id, sentence, field) {
  return { id, outcome: "refused", isLocal: true, sentence, ...(field ? { errors: { [field]: sentence } } : {}) };
}

/**
 * An answer for each action; what the service does not mention is for later.
 * @param {Reply} reply
 * @param {string[]} ids
 * @returns {Result[]}
 */
function resultsOf(reply, ids) {
  /** @type {Result[]} */
  const told = reply.body?.results ?? [];
  return ids.map((id) => told.find((result) => result.id === id) ?? { id, outcome: "later" });
}

/**
 * Photos that the service has no more are uploaded again.
 * @param {Result} result
 * @param {Queue} queue
 * @returns {Promise<boolean>} whether one of them is not here either
 */
async function askedAgain({ id, missing = [] }, queue) {
  if (!missing.length) return false;
  const here = new Set((await queue.photosOf(id)).map((photo) => photo.id));
  for (const photo of missing) if (here.has(photo)) await queue.markPhoto(photo, false);
  return missing.some((photo) => !here.has(photo));
}
