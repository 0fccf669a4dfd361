/** What the chips above the map let through, and how an address says it. */

/** @typedef {"new" | "in_progress" | "fixed" | "closed"} Phase */
/** @typedef {{ open: boolean, recent: boolean, groups: ReadonlySet<string> }} Filter */

/** @type {readonly Phase[]} in the order a report goes through them */
export const PHASES = ["new", "in_progress", "fixed", "closed"];

/**
 * Build the filter from the names of the pressed chips; a name that is no state is a group.
 * @param {Iterable<string>} pressed
 * @returns {Filter}
 */
export function filterOf(pressed) {
  const names = new Set(pressed);
  const open = names.delete("open");
  const recent = names.delete("recent");
  return { open, recent, groups: names };
}

/**
 * Whether the filter lets nothing through.
 * @param {Filter} filter
 * @returns {boolean}
 */
export function isEmpty({ open, recent }) {
  return !open && !recent;
}

/**
 * The filter as parameters of a query; what goes without saying is left out.
 * @param {Filter} filter
 * @returns {Record<string, string>}
 */
export function queryOf({ open, recent, groups }) {
  /** @type {Record<string, string>} */
  const query = {};
  if (!open || !recent) query.show = open ? "open" : recent ? "recent" : "none";
  if (groups.size) query.group = [...groups].sort().join(",");
  return query;
}

/**
 * How many of a place's reports somebody still has work to do on.
 * @param {readonly number[]} counts by phase, in the order of `PHASES`
 * @returns {number}
 */
export function openOf([fresh, inProgress]) {
  return fresh + inProgress;
}
