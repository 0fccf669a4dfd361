/** What the round's screen shows of a round: pure. */

import { isOpen } from "./order.js";

/** @typedef {import("../types.js").Job} Job */
/** @typedef {import("../types.js").Round} Round */
/** @typedef {import("../types.js").Stop} Stop */

/**
 * @typedef {object} Row
 * @property {Stop} stop
 * @property {number} place the first is 1
 * @property {Job | null} job null when it is nobody's here any more
 * @property {boolean} isDone
 * @property {boolean} mayTick the person decides; a closed job has decided itself
 * @property {string | null} leftFrom the day it was first planned for, when that was an earlier one
 */

/**
 * The stops in their order; what was moved to a later round is not here.
 * @param {Round} round
 * @param {readonly Job[]} jobs as the person sees them
 * @returns {Row[]}
 */
export function rowsOf(round, jobs) {
  const known = new Map(jobs.map((job) => [job.number, job]));
  return [...round.stops]
    .sort((one, other) => one.rank - other.rank)
    .filter(({ state }) => state !== "moved")
    .map((stop, index) => {
      const job = known.get(stop.number) ?? null;
      const isClosed = !job || !isOpen(job.status) || Boolean(job.has_left);
      return {
        stop,
        place: index + 1,
        job,
        isDone: stop.state === "done" || isClosed,
        mayTick: !isClosed,
        leftFrom: stop.planned_since < round.day ? stop.planned_since : null,
      };
    });
}

/**
 * Where to go next: the first that is not done.
 * @param {readonly Row[]} rows
 * @returns {Row | undefined}
 */
export function nextOf(rows) {
  return rows.find(({ isDone }) => !isDone);
}
