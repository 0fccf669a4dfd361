/** Sends what waits and fetches what is new: one page at a time, and the service worker where the browser has it. */

import { ask } from "./api.js";
import { deviceId } from "./device.js";
import { keepPictures } from "./pictures.js";
import { countsOf, pending } from "./predict.js";
import { doorOf, sendAll } from "./sending.js";
import { lastDoor, metAt, refreshSession } from "./session.js";
import * as store from "./store.js";

/** @typedef {import("./sending.js").Door} Door */
/** @typedef {import("./types.js").Standing} Standing */
/** @typedef {import("./types.js").SyncState} SyncState */

export const SYNC_TAG = "melde-crew";
const LOCK = "melde-crew";
/** Jobs that are younger are not asked for again, unless the person wants it. */
const FRESH = 60_000;
/** Whether the jobs were fetched anew since their thumbnails were looked for. */
let isNews = false;

/** @type {Promise<Door> | null} */
let asked = null;

/**
 * Send what waits, then fetch the jobs. Pages and the worker wait for one another; what is asked for twice
 * while it waits is done once.
 * @param {{ isWanted?: boolean }} [options] `isWanted`: the person asks, so fetch even what is fresh
 * @returns {Promise<Door>}
 */
export function syncNow({ isWanted = false } = {}) {
  if (!isWanted && asked) return asked;
  const work = async () => {
    asked = null; // what is done from now on needs another turn
    return sync(isWanted);
  };
  const turn = whenQuiet(work);
  asked = turn;
  turn.then(keepNewPictures, () => undefined); // the one who asked is told of the fault
  return turn;
}

/** Thumbnails come last, and when nothing waits for them. */
async function keepNewPictures() {
  if (!isNews) return;
  isNews = false;
  await keepPictures((await store.snapshot())?.jobs ?? []).catch((fault) => console.error(fault));
}

/**
 * Do something while neither this page nor another sends or fetches.
 * @template Answer
 * @param {() => Promise<Answer>} work
 * @returns {Promise<Answer>}
 */
export function whenQuiet(work) {
  return navigator.locks ? navigator.locks.request(LOCK, work) : inTurn(work);
}

/** @type {Promise<unknown>} */
let before = Promise.resolve();

/**
 * Browsers without locks: at least this page does one thing at a time.
 * @template Answer
 * @param {() => Promise<Answer>} work
 * @returns {Promise<Answer>}
 */
function inTurn(work) {
  const turn = before.then(work, work);
  before = turn.catch(() => undefined);
  return turn;
}

/** @param {boolean} isWanted @returns {Promise<Door>} */
async function sync(isWanted) {
  const stuck = (await store.allActions()).filter(({ state }) => state === "sending"); // a page was closed meanwhile
  if (stuck.length) await store.setState(stuck.map(({ action }) => action.id), "saved");
  let door = await refreshSession();
  if (door === "open") door = await send();
  if (door === "other_account") {
    door = await refreshSession(); // someone else has signed in meanwhile
    if (door === "open") door = await send();
  }
  if (door === "open") door = await fetchJobs(isWanted);
  if (door !== "open") await metAt(door);
  await store.forgetWhenOld();
  await store.tidy();
  store.tellChange();
  if (door === "away") await askForSync();
  return door;
}

async function send() {
  const who = await store.session();
  if (!who) return /** @type {Door} */ ("signed_out");
  return sendAll({
    account: who.account,
    device: await deviceId(),
    ask,
    refresh: refreshSession,
    queue: { ...store, waiting: async () => pending(await store.actions()) },
  });
}

/** @param {boolean} isWanted @returns {Promise<Door>} */
async function fetchJobs(isWanted) {
  const kept = await store.keptSnapshot();
  const age = kept ? Date.now() - kept.fetchedAt : FRESH;
  const isFresh = kept?.etag && age >= 0 && age < FRESH; // a clock that was set back makes nothing fresh
  if (isFresh && !isWanted) return "open";
  const reply = await ask("jobs", { etag: kept?.etag });
  const door = doorOf(reply);
  if (door !== "open" || !reply) return door;
  if (reply.status === 304 && kept) await store.saveSnapshot(kept.snapshot, kept.etag);
  else if (reply.ok && Array.isArray(reply.body.jobs)) await store.saveSnapshot(reply.body, reply.etag);
  else return "away";
  await store.touch();
  isNews = true;
  return "open";
}

/** Ask the browser to send even when this page is closed, where it can. */
async function askForSync() {
  if (!pending(await store.actions()).length) return;
  const worker = globalThis.navigator?.serviceWorker;
  const registration = await worker?.getRegistration("/felt/");
  await registration?.sync?.register(SYNC_TAG).catch(() => undefined); // it may be switched off
}

/** @returns {Promise<Standing>} */
export async function standing() {
  const [{ door, isAway }, who, queue, lastContact] = await Promise.all([
    lastDoor(),
    store.session(),
    store.allActions(),
    store.lastContact(),
  ]);
  const counts = countsOf(queue, who?.account ?? null);
  const isSending = queue.some(({ state }) => state === "sending");
  return { ...counts, state: stateOf(door, counts, isSending), isAway, lastContact };
}

/**
 * @param {Door} door
 * @param {{ waiting: number, needing: number, foreign: number }} counts
 * @param {boolean} isSending
 * @returns {SyncState}
 */
function stateOf(door, { waiting, needing, foreign }, isSending) {
  if (door === "ended" || door === "signed_out" || door === "no_access") return door;
  if (needing) return "needs_you";
  if (waiting) return isSending ? "sending" : "saved";
  return foreign ? "other_account" : "sent";
}
