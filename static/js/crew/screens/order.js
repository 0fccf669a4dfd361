/** Which jobs the list shows and in what order, and what it says of deadlines. Pure. */

import { metresBetween } from "../../lib/distance.js";

/** @typedef {import("../types.js").Job} Job */
/** @typedef {import("../types.js").Round} Round */
/** @typedef {import("../../lib/distance.js").Point} Point */
/** @typedef {import("../../lib/filters.js").Phase} Phase */
/** @typedef {"nearest" | "deadline" | "round"} Order */
/** @typedef {{ groups: string[], statuses: string[], danger: boolean, here: boolean }} Filter */
/** @typedef {"over" | "today" | "soon" | "later" | "none"} Nearness */
/** @typedef {{ nearness: Nearness, days: number }} Deadline `days` over, or left */

const DAY = 86_400_000;
const SOON = 3;
export const ZONE = "Europe/Oslo";
export const OPEN = ["received", "assessing", "assigned", "planned", "in_progress"];

/** @type {Readonly<Record<string, Phase>>} */
const PHASES = {
  received: "new",
  assessing: "new",
  assigned: "in_progress",
  planned: "in_progress",
  in_progress: "in_progress",
  fixed: "fixed",
};

/** @type {Readonly<Record<string, string>>} the colour of a status's tag */
const COLOURS = { new: "info", in_progress: "warning", fixed: "success", closed: "neutral" };

/** @param {string} status @returns {Phase} how full the sign is */
export function phaseOf(status) {
  return PHASES[status] ?? "closed";
}

/** @param {string} status */
export function colourOf(status) {
  return COLOURS[phaseOf(status)];
}

/** @param {string} status */
export function isOpen(status) {
  return OPEN.includes(status);
}

/**
 * Where a job is. What has no position is at the end of the world, so that it is sorted last.
 * @param {Pick<Job, "position">} job
 * @returns {Point}
 */
export function pointOf({ position }) {
  const [longitude, latitude] = position ?? [0, -90];
  return { latitude, longitude };
}

/**
 * The day a moment is on in the municipality, as a number of days.
 * @param {Date} when
 */
function dayNumber(when) {
  const written = new Intl.DateTimeFormat("en-CA", { timeZone: ZONE }).format(when); // 2026-03-17
  return Date.parse(written) / DAY;
}

/**
 * How near a deadline is. What is closed has none.
 * @param {Pick<Job, "due_at" | "status">} job
 * @param {Date} now
 * @returns {Deadline}
 */
export function deadlineOf({ due_at, status }, now) {
  if (!due_at || !isOpen(status)) return { nearness: "none", days: 0 };
  const due = new Date(due_at);
  const days = dayNumber(due) - dayNumber(now);
  if (due < now) return { nearness: "over", days: Math.max(1, -days) };
  if (days === 0) return { nearness: "today", days };
  return { nearness: days <= SOON ? "soon" : "later", days };
}

/**
 * The stops of a day's round that are this person's, in order.
 * @param {Round[]} rounds
 * @param {string} day
 * @returns {string[]} the jobs' numbers
 */
export function numbersOf(rounds, day) {
  const stops = rounds.filter((round) => round.day === day).flatMap(({ stops }) => stops);
  return [...new Set(stops.sort((a, b) => a.rank - b.rank).map(({ number }) => number))];
}

/**
 * Put jobs in order; danger goes first among equals, and what has no deadline last.
 * @param {readonly Job[]} jobs
 * @param {Order} order
 * @param {{ here: Point | null, stops: readonly string[] }} by
 * @returns {Job[]}
 */
export function sorted(jobs, order, { here, stops }) {
  /** @param {Job} job */
  const key = (job) => {
    if (order === "nearest" && here) return metresBetween(here, pointOf(job));
    if (order === "round" && stops.includes(job.number)) return stops.indexOf(job.number);
    if (order === "round") return stops.length;
    return job.due_at ? Date.parse(job.due_at) : Number.MAX_SAFE_INTEGER;
  };
  return [...jobs].sort(
    (a, b) =>
      key(a) - key(b) ||
      Number(b.is_acute) - Number(a.is_acute) ||
      Date.parse(a.due_at ?? "9999-01-01") - Date.parse(b.due_at ?? "9999-01-01") ||
      a.number.localeCompare(b.number),
  );
}

/** @type {Filter} */
export const EVERYTHING = { groups: [], statuses: [], danger: false, here: false };

/**
 * The jobs that a filter lets through; an empty list of groups or statuses lets all of them through.
 * @param {readonly Job[]} jobs
 * @param {Filter} filter
 * @param {ReadonlySet<string>} waiting numbers of jobs with something unsent
 * @returns {Job[]}
 */
export function filtered(jobs, { groups, statuses, danger, here }, waiting) {
  return jobs.filter(
    (job) =>
      (!groups.length || groups.includes(job.group)) &&
      (!statuses.length || statuses.includes(job.status)) &&
      (!danger || job.is_acute) &&
      (!here || waiting.has(job.number)),
  );
}

/** @param {Filter} filter @returns {number} how many things are chosen */
export function countOf({ groups, statuses, danger, here }) {
  return groups.length + statuses.length + Number(danger) + Number(here);
}

/**
 * Other jobs near one, the nearest first.
 * @param {readonly Job[]} jobs
 * @param {Pick<Job, "number" | "position">} job
 * @param {number} most
 * @returns {{ job: Job, metres: number }[]}
 */
export function nearby(jobs, job, most) {
  return jobs
    .filter(({ number, position }) => position && number !== job.number)
    .map((other) => ({ job: other, metres: metresBetween(pointOf(job), pointOf(other)) }))
    .sort((a, b) => a.metres - b.metres)
    .slice(0, most);
}

/**
 * A written number of a report as it stands in the register: «123» and «ksu-2026-123» are whole too.
 * @param {string} typed
 * @param {string} like the number of a report here
 * @returns {string | null} null when it is no number of a report
 */
export function fullNumber(typed, like) {
  const [prefix, year] = like.split("-");
  const match = /^(?:([A-Z]+)-)?(?:(\d{4})-)?(\d{1,6})$/.exec(typed.trim().toUpperCase().replace(/\s+/g, ""));
  if (!match) return null;
  return `${match[1] ?? prefix}-${match[2] ?? year}-${match[3].padStart(6, "0")}`;
}
