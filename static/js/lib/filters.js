/** What the chips above the map let through. */

/** @typedef {"new" | "in_progress" | "fixed" | "closed"} Phase */
/** @typedef {{ open: boolean, closed: boolean, groups: ReadonlySet<string> }} Filter */

/** @type {readonly Phase[]} in the order a report goes through them */
export const PHASES = ["new", "in_progress", "fixed", "closed"];

/**
 * Whether somebody still has work to do on a report in this phase.
 * @param {Phase} phase
 * @returns {boolean}
 */
export function isOpen(phase) {
  return phase === "new" || phase === "in_progress";
}

/**
 * Build the filter from the names of the pressed chips; a name that is no state is a group.
 * @param {Iterable<string>} pressed
 * @returns {Filter}
 */
export function filterOf(pressed) {
  const names = new Set(pressed);
  const open = names.delete("open");
  const closed = names.delete("closed");
  return { open, closed, groups: names };
}

/**
 * Whether a report is to be shown. No group in the filter means every group.
 * @param {Filter} filter
 * @param {{ phase: Phase, group: string }} report
 * @returns {boolean}
 */
export function passes(filter, { phase, group }) {
  const state = isOpen(phase) ? filter.open : filter.closed;
  return state && (filter.groups.size === 0 || filter.groups.has(group));
}
