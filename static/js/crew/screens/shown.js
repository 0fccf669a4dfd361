/** What the screens show: the jobs as the person has made them, and what waits on this device for each. */

import { isAbout, needing, pending } from "../predict.js";

/** @typedef {import("../types.js").Job} Job */
/** @typedef {import("../types.js").Kept} Kept */
/** @typedef {import("../types.js").Snapshot} Snapshot */
/** @typedef {import("../types.js").Store} Store */
/** @typedef {{ kept: Kept[], needsYou: boolean }} Waiting the newest last */
/**
 * @typedef {object} Shown
 * @property {Job[]} jobs
 * @property {Map<string, Waiting>} waiting by the job's number
 * @property {Snapshot | null} snapshot null before the first visit with coverage
 */

/**
 * @param {Store} store
 * @returns {Promise<Shown>}
 */
export async function shownJobs(store) {
  const [snapshot, actions] = await Promise.all([store.view(), store.actions()]);
  const jobs = snapshot?.jobs ?? [];
  return { jobs, waiting: waitingFor(jobs, actions), snapshot };
}

/**
 * What is not sent, or waits for an answer of the person, by job.
 * @param {readonly Job[]} jobs
 * @param {readonly Kept[]} actions
 * @returns {Map<string, Waiting>}
 */
export function waitingFor(jobs, actions) {
  const needed = new Set(needing(actions));
  const ours = [...pending(actions), ...needed].sort((a, b) => (a.order ?? 0) - (b.order ?? 0));
  /** @type {Map<string, Waiting>} */
  const waiting = new Map();
  for (const job of jobs) {
    const kept = ours.filter(({ action, shownAs }) => isAbout(action, job, shownAs));
    if (kept.length) waiting.set(job.number, { kept, needsYou: kept.some((one) => needed.has(one)) });
  }
  return waiting;
}
