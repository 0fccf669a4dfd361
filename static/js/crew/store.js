/** What the field app keeps on this device: the jobs, and what was done and is not sent. */

import { database, deleteMeta, getMeta, putMeta } from "./database.js";
import { followersOf, outlived, sentAgain, undecided } from "./mending.js";
import { forgetPictures } from "./pictures.js";
import { isAbout, madeHere, predicted, predictedRound, seenOf } from "./predict.js";

/** @typedef {import("./types.js").Snapshot} Snapshot */
/** @typedef {import("./types.js").Session} Session */
/** @typedef {import("./types.js").Job} Job */
/** @typedef {import("./types.js").Kept} Kept */
/** @typedef {import("./types.js").KeptPhoto} KeptPhoto */
/** @typedef {import("./types.js").Result} Result */
/** @typedef {import("./types.js").Draft} Draft */
/** @typedef {import("./types.js").Action} Action */
/** @typedef {import("./types.js").ActionState} ActionState */
/** @typedef {{ snapshot: Snapshot, etag: string | null, fetchedAt: number }} KeptSnapshot */

/** How long the device tells that something was sent. */
const SENT_LIFE = 86_400_000;
const HOUR = 3_600_000;
/** Written to the disk before it counts as kept: a phone's battery may die at any time. */
const SURELY = /** @type {const} */ ({ durability: "strict" });
/** Results after which nothing more is to be done. */
const SETTLED = new Set(["done", "merged", "already"]);
/** Results that tell of the job as it is now; without one it is no longer theirs. */
const TELLING = new Set([...SETTLED, "conflict"]);
/** Their answers say nothing of a job. */
const WITHOUT_JOB = new Set(["tick", "untick"]);

const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("melde-crew") : null;
/** @type {Set<() => void>} */
const listeners = new Set();
channel?.addEventListener("message", () => call());

function call() {
  for (const listener of [...listeners]) listener();
}

/** Tell this page and the others that something kept here has changed. */
export function tellChange() {
  call();
  channel?.postMessage("changed");
}

/**
 * @param {() => void} listener called when something kept here has changed, in this page or another
 * @returns {() => void} stops it
 */
export function onChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** @returns {Promise<Session | null>} of the newest contact */
export async function session() {
  return (await getMeta("session")) ?? null;
}

/**
 * Keep who is signed in. The jobs of another person are forgotten; what that person has not sent stays.
 * @param {Session} fresh
 */
export async function saveSession(fresh) {
  const { csrf_token: _, ...kept } = fresh;
  const change = (await database()).transaction("meta", "readwrite", SURELY);
  const before = await change.store.get("session");
  const isAnother = before && before.account !== fresh.account;
  await change.store.put(kept, "session");
  if (isAnother) await change.store.delete("snapshot");
  await change.done;
  if (isAnother) await forgetJobs();
}

/** @returns {Promise<number | null>} when the service last answered, in milliseconds */
export async function lastContact() {
  return (await getMeta("contact")) ?? null;
}

/** Remember that the service has answered just now. */
export async function touch() {
  await putMeta("contact", Date.now());
}

/** @returns {Promise<KeptSnapshot | null>} with what is needed to ask for a newer one; only of who uses the device */
export async function keptSnapshot() {
  /** @type {[KeptSnapshot | undefined, Session | null]} */
  const [kept, who] = await Promise.all([getMeta("snapshot"), session()]);
  return kept && who && kept.snapshot.account === who.account ? kept : null;
}

/** @returns {Promise<Snapshot | null>} as the service knows it; see `view` for what the person sees */
export async function snapshot() {
  return (await keptSnapshot())?.snapshot ?? null;
}

/**
 * @param {Snapshot} fresh
 * @param {string | null} [etag]
 */
export async function saveSnapshot(fresh, etag = null) {
  await putMeta("snapshot", { snapshot: fresh, etag, fetchedAt: Date.now() });
  tellChange();
}

/**
 * Put the answer of the service in the jobs that are kept: the job as it is now, or none when it went elsewhere.
 * @param {any} meta
 * @param {string | null | undefined} number
 * @param {Job | undefined} fresh
 */
async function updateJob(meta, number, fresh) {
  /** @type {KeptSnapshot | undefined} */
  const kept = await meta.get("snapshot");
  if (!kept || !number) return;
  const { jobs: known } = kept.snapshot;
  const isKnown = known.some((job) => job.number === number);
  const changed = known.flatMap((job) => (job.number !== number ? [job] : fresh ? [fresh] : []));
  const jobs = fresh && !isKnown ? [fresh, ...changed] : changed;
  await meta.put({ ...kept, snapshot: { ...kept.snapshot, jobs }, etag: null }, "snapshot");
}

/**
 * A tick that was sent stays on the screen until the rounds are fetched anew.
 * @param {any} meta
 * @param {import("./types.js").Action} tick
 */
async function updateStop(meta, { kind, data }) {
  /** @type {KeptSnapshot | undefined} */
  const kept = await meta.get("snapshot");
  if (!kept) return;
  /** @type {import("./types.js").Stop["state"]} */
  const state = kind === "tick" ? "done" : "waiting";
  const rounds = kept.snapshot.rounds.map((round) => ({
    ...round,
    stops: round.stops.map((stop) => (stop.id === data.stop ? { ...stop, state } : stop)),
  }));
  await meta.put({ ...kept, snapshot: { ...kept.snapshot, rounds }, etag: null }, "snapshot");
}

/** @returns {Promise<Kept[]>} everybody's, in the order they were done */
export async function allActions() {
  return (await database()).getAll("actions");
}

/** @returns {Promise<Kept[]>} the actions of who uses the device now, in the order they were done */
export async function actions() {
  const account = (await session())?.account;
  return (await allActions()).filter((kept) => kept.account === account);
}

/** @param {string} id @returns {Promise<Kept | undefined>} */
export async function action(id) {
  return (await database()).getFromIndex("actions", "id", id);
}

/**
 * Everything as the person sees it: the service's jobs with what was done here on top, and what was made here.
 * @returns {Promise<Snapshot | null>}
 */
export async function view() {
  const [known, queue] = await Promise.all([snapshot(), actions()]);
  if (!known) return null;
  return {
    ...known,
    jobs: [...madeHere(queue, known.services), ...known.jobs.map((job) => predicted(job, queue))],
    rounds: known.rounds.map((round) => predictedRound(round, queue)),
  };
}

/**
 * A job as the person sees it.
 * @param {string} number or the id of the action that made it
 * @returns {Promise<Job | undefined>}
 */
export async function job(number) {
  const [seen, queue] = await Promise.all([view(), actions()]);
  const name = numberOf(number, queue);
  return seen?.jobs.find((one) => one.number === name);
}

/**
 * The number of a report that was made here, once it has one.
 * @param {string} name
 * @param {readonly Kept[]} queue
 * @returns {string}
 */
function numberOf(name, queue) {
  const made = queue.find(({ action: one }) => one.kind === "report" && one.id === name);
  return made?.result?.number ?? name;
}

/**
 * Put what was done in the queue. When this returns it is on the disk.
 * @param {Draft} draft
 * @param {readonly { blob: Blob, shows: "fault" | "fix" }[]} [blobs] photos that go along
 * @returns {Promise<Kept>}
 * @throws {Error} when nobody has signed in on this device
 */
export async function addAction(draft, blobs = []) {
  const [who, known, queue] = await Promise.all([session(), snapshot(), actions()]);
  if (!who) throw new Error("Nobody has signed in on this device.");
  const id = crypto.randomUUID();
  const photos = blobs.map(({ blob, shows }) => ({ id: crypto.randomUUID(), blob, shows }));
  const made = queue.find((kept) => kept.action.kind === "report" && kept.action.id === draft.job);
  const number = made ? (made.result?.number ?? null) : (draft.job ?? null);
  const about = known?.jobs.find((one) => one.number === number);
  /** @type {Kept} */
  const kept = {
    account: who.account,
    state: "saved",
    title: draft.title ?? about?.service ?? serviceOf(draft, made, known),
    action: {
      id,
      kind: draft.kind,
      job: number,
      report: made && !number ? made.action.id : null,
      seen: seenOf(about, queue),
      at: new Date().toISOString(),
      data: { ...draft.data, ...(photos.length ? { photos: photos.map(({ id, shows }) => ({ id, shows })) } : {}) },
    },
  };
  const change = (await database()).transaction(["actions", "photos"], "readwrite", SURELY);
  for (const { id: photo, blob } of photos) {
    await change.objectStore("photos").put({ id: photo, action: id, account: who.account, blob, isUploaded: false });
  }
  if (kept.action.report) {
    const now = await change.objectStore("actions").index("id").get(kept.action.report);
    if (now?.result?.number) kept.shownAs = now.result.number; // it has come in meanwhile
  }
  if (draft.kind === "resolve") await markResolved(change.objectStore("actions"), draft.data?.conflict ?? "", id);
  kept.order = Number(await change.objectStore("actions").add(kept));
  await change.done;
  tellChange();
  return kept;
}

/**
 * @param {Draft} draft
 * @param {Kept | undefined} made
 * @param {Snapshot | null} known
 */
function serviceOf(draft, made, known) {
  const code = draft.data?.service_code ?? made?.action.data.service_code;
  return known?.services.find((service) => service.code === code)?.name ?? draft.job ?? "";
}

/**
 * A conflict that has been decided here needs nobody any more.
 * @param {any} store
 * @param {string} conflict
 * @param {string} by
 */
async function markResolved(store, conflict, by) {
  const kept = await store.index("id").get(conflict);
  if (kept) await store.put({ ...kept, state: "sent", resolved: by, settledAt: Date.now() });
}

/**
 * A decision that could not be carried out, or was taken away: its conflict needs the person again.
 * @param {any} store
 * @param {Kept} decision
 * @param {string} [sentence] why
 * @returns {Promise<boolean>} whether the conflict is still kept here
 */
async function reopen(store, { action: decision }, sentence) {
  const conflict = await store.index("id").get(decision.data.conflict ?? "");
  if (conflict?.resolved !== decision.id) return false;
  await store.put(undecided(conflict, sentence));
  return true;
}

/** @param {string} id @returns {Promise<KeptPhoto | undefined>} */
export async function photoOf(id) {
  return (await database()).get("photos", id);
}

/** @param {string} id of the action @returns {Promise<KeptPhoto[]>} */
export async function photosOf(id) {
  return (await database()).getAllFromIndex("photos", "action", id);
}

/** @param {string} id @param {boolean} isUploaded */
export async function markPhoto(id, isUploaded) {
  const change = (await database()).transaction("photos", "readwrite", SURELY);
  const kept = await change.store.get(id);
  if (kept) await change.store.put({ ...kept, isUploaded });
  await change.done;
}

/** @param {readonly string[]} ids @param {ActionState} state */
export async function setState(ids, state) {
  const change = (await database()).transaction("actions", "readwrite");
  for (const id of ids) {
    const kept = await change.store.index("id").get(id);
    if (kept) await change.store.put({ ...kept, state });
  }
  await change.done;
  tellChange();
}

/**
 * Write down what the service answered.
 * @param {string} id
 * @param {Result} result
 */
export async function setOutcome(id, result) {
  const isSettled = SETTLED.has(result.outcome);
  const change = (await database()).transaction(["actions", "photos", "meta"], "readwrite", SURELY);
  const queue = change.objectStore("actions");
  const kept = await queue.index("id").get(id);
  if (!kept) return;
  /** @type {ActionState} */
  const state = isSettled ? "sent" : result.outcome === "later" ? "saved" : "needs_you";
  const { job: _, ...told } = result;
  const isObjected = kept.action.kind === "resolve" && result.outcome === "refused";
  if (isObjected && (await reopen(queue, kept, result.sentence))) await queue.delete(kept.order);
  else await queue.put({ ...kept, state, result: told, ...(isSettled ? { settledAt: Date.now() } : {}) });
  if (isSettled) await dropPhotos(change.objectStore("photos"), id);
  if (kept.action.kind === "report" && result.number) await renumber(queue, id, result.number);
  if ((result.job || TELLING.has(result.outcome)) && !WITHOUT_JOB.has(kept.action.kind)) {
    const number = result.number ?? result.job?.number ?? kept.action.job;
    await updateJob(change.objectStore("meta"), number, result.job);
  }
  if (isSettled && WITHOUT_JOB.has(kept.action.kind)) await updateStop(change.objectStore("meta"), kept.action);
  await change.done;
  tellChange();
}

/**
 * @param {any} store
 * @param {string} action
 */
async function dropPhotos(store, action) {
  for (const key of await store.index("action").getAllKeys(action)) await store.delete(key);
}

/**
 * What was done to a report before it had a number is about that number now.
 * @param {any} queue
 * @param {string} report
 * @param {string} number
 */
async function renumber(queue, report, number) {
  for (const kept of await queue.getAll()) {
    if (kept.action.report === report) await queue.put({ ...kept, shownAs: number });
  }
}

/**
 * Put an action that was refused back in the queue, without its photos if they were the reason, and with a report
 * what hangs on it.
 * @param {string} id
 * @param {Partial<Action["data"]>} data what is changed
 */
export async function again(id, data) {
  const change = (await database()).transaction(["actions", "photos"], "readwrite", SURELY);
  const queue = change.objectStore("actions");
  for (const { was, next } of sentAgain(await queue.getAll(), id, data, () => crypto.randomUUID())) {
    await queue.put(next);
    await movePhotos(change.objectStore("photos"), was, next.action);
  }
  await change.done;
  tellChange();
}

/**
 * Photos follow their action; those that it no longer names are dropped.
 * @param {any} store
 * @param {string} was the id that the action had
 * @param {Action} action
 */
async function movePhotos(store, was, { id, data }) {
  const stays = new Set((data.photos ?? []).map((photo) => photo.id));
  for (const photo of await store.index("action").getAll(was)) {
    if (stays.has(photo.id)) await store.put({ ...photo, action: id });
    else await store.delete(photo.id);
  }
}

/**
 * Take an action with its photos away from here, with what hangs on it.
 * @param {string} id
 */
export async function remove(id) {
  const all = await allActions();
  await drop([...all.filter(({ action }) => action.id === id), ...followersOf(all, id)]);
}

/** @param {readonly Kept[]} gone */
async function drop(gone) {
  const change = (await database()).transaction(["actions", "photos"], "readwrite", SURELY);
  const queue = change.objectStore("actions");
  for (const kept of gone) {
    if (kept.action.kind === "resolve" && kept.state !== "sent") await reopen(queue, kept);
    if (kept.order !== undefined) await queue.delete(kept.order);
    await dropPhotos(change.objectStore("photos"), kept.action.id);
  }
  await change.done;
  tellChange();
}

/** Forget what was sent a day ago, and what the service has said about it. */
export async function tidy() {
  const old = outlived(await allActions(), Date.now() - SENT_LIFE);
  if (old.length) await drop(old);
}

/** Forget the jobs and their pictures. What is not sent stays. */
export async function forgetJobs() {
  await deleteMeta("snapshot");
  await forgetPictures();
  tellChange();
}

/**
 * Forget the jobs when the service has not been heard for too long: a lost phone must not know them for ever.
 * @returns {Promise<boolean>} whether they were forgotten
 */
export async function forgetWhenOld() {
  const [who, contact, known] = await Promise.all([session(), lastContact(), keptSnapshot()]);
  if (!who || !known || contact === null) return false;
  if (Math.abs(Date.now() - contact) <= who.keep_hours * HOUR) return false; // the clock may have been set meanwhile
  await forgetJobs();
  return true;
}

/** Forget everything: this device has been ended. */
export async function forgetAll() {
  const change = (await database()).transaction(["meta", "actions", "photos"], "readwrite", SURELY);
  for (const name of ["meta", "actions", "photos"]) await change.objectStore(name).clear();
  await change.done;
  await forgetPictures();
  tellChange();
}

/** The actions about a job. @param {string} number @returns {Promise<Kept[]>} */
export async function actionsOf(number) {
  return (await actions()).filter((kept) => isAbout(kept.action, { number }, kept.shownAs));
}
