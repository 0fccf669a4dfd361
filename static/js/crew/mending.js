/** What changes in the queue when something was refused, deleted or has grown old. Pure. */

import { hanging, pending } from "./predict.js";

/** @typedef {import("./types.js").Kept} Kept */
/** @typedef {import("./types.js").ActionData} ActionData */
/** @typedef {{ was: string, next: Kept }} Change `was`: the id of the action before */

/**
 * What was done to a report that has no number yet, and is not sent: without the report it cannot be.
 * @param {readonly Kept[]} queue
 * @param {string} report the id of the action that makes it
 * @returns {Kept[]}
 */
export function followersOf(queue, report) {
  return queue.filter(({ action, shownAs, state }) => action.report === report && !shownAs && state !== "sent");
}

/**
 * Put a refused action back in the queue, and with a report what hangs on it. What the service has answered
 * gets a new id, since the old one has its answer. What was refused on the way there keeps its own: the service may
 * have done it already, and its answer was lost.
 * @param {readonly Kept[]} queue
 * @param {string} id
 * @param {Partial<ActionData>} data what is changed
 * @param {() => string} newId
 * @returns {Change[]}
 */
export function sentAgain(queue, id, data, newId) {
  const kept = queue.find(({ action }) => action.id === id);
  if (!kept) return [];
  const next = waitingAgain(kept, kept.result?.isLocal ? id : newId());
  next.action.data = { ...kept.action.data, ...data };
  const report = next.action.id;
  const followers = kept.action.kind === "report" ? followersOf(queue, id) : [];
  return [{ was: id, next }, ...followers.map((follower) => followed(follower, report, report !== id, newId))];
}

/**
 * @param {Kept} follower
 * @param {string} report
 * @param {boolean} isRenamed whether the report has got a new id: nothing can have been done to it under the old one
 * @param {() => string} newId
 * @returns {Change}
 */
function followed(follower, report, isRenamed, newId) {
  const was = follower.action.id;
  const isRefused = follower.state === "needs_you";
  const keepsId = !isRenamed && (!isRefused || follower.result?.isLocal);
  const next = isRenamed || isRefused ? waitingAgain(follower, keepsId ? was : newId()) : follower;
  return { was, next: { ...next, action: { ...next.action, report } } };
}

/** @param {Kept} kept @param {string} id @returns {Kept} */
function waitingAgain(kept, id) {
  const { result: _, ...rest } = kept;
  return { ...rest, state: "saved", action: { ...kept.action, id } };
}

/**
 * A conflict that was decided in a way that could not be: the person decides it again.
 * @param {Kept} conflict
 * @param {string} [objection] why it could not be
 * @returns {Kept}
 */
export function undecided(conflict, objection) {
  const { resolved: _resolved, settledAt: _settledAt, objection: _objection, ...rest } = conflict;
  return { ...rest, state: "needs_you", ...(objection ? { objection } : {}) };
}

/**
 * What was sent so long ago that it is not told any more. What something that is not sent refers to stays.
 * @param {readonly Kept[]} queue
 * @param {number} before in milliseconds
 * @returns {Kept[]}
 */
export function outlived(queue, before) {
  const open = new Set([...pending(queue), ...hanging(queue)].flatMap(({ action }) => [action.id, action.report]));
  return queue.filter(
    ({ state, settledAt, resolved, action }) =>
      state === "sent" && settledAt && settledAt < before && !open.has(action.id) && !(resolved && open.has(resolved)),
  );
}
