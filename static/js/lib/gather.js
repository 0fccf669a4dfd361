/** Gathers what lies too close together to be told apart. Counts only ever add up: nothing is lost. */

/**
 * @template Report
 * @typedef {object} Spot one place with reports: a cell of a tile, or one report
 * @property {number} x grid column
 * @property {number} y grid row
 * @property {readonly number[]} counts new, in progress, fixed, closed
 * @property {Report} [report] the only one, when there is only one
 */

/**
 * @template Report
 * @typedef {Spot<Report> & { total: number, spots: Spot<Report>[] }} Group `x` and `y`: the middle of its reports
 */

/** @param {readonly number[]} counts */
const sum = (counts) => counts.reduce((total, count) => total + count, 0);

/**
 * Gather spots into groups whose middles are at least so far apart.
 * @template Report
 * @param {readonly Spot<Report>[]} spots
 * @param {number} reach grid squares
 * @returns {Group<Report>[]} the largest first
 */
export function gather(spots, reach) {
  let groups = spots.map((spot) => groupOf([{ ...spot, total: sum(spot.counts), spots: [spot] }]));
  for (let before = Infinity; groups.length < before; ) {
    before = groups.length;
    groups = gatherOnce(groups, reach);
  }
  return groups.sort(bySize);
}

/**
 * @template Report
 * @param {Group<Report>} one
 * @param {Group<Report>} other
 */
const bySize = (one, other) => other.total - one.total || one.x - other.x || one.y - other.y;

/**
 * @template Report
 * @param {Group<Report>[]} groups
 * @param {number} reach
 * @returns {Group<Report>[]}
 */
function gatherOnce(groups, reach) {
  /** @type {Map<string, { seed: Group<Report>, members: Group<Report>[] }[]>} */
  const squares = new Map();
  const gathered = [];
  for (const group of [...groups].sort(bySize)) {
    const column = Math.floor(group.x / reach);
    const row = Math.floor(group.y / reach);
    const near = nearest(squares, group, column, row, reach);
    if (near) near.members.push(group);
    else {
      const made = { seed: group, members: [group] };
      const key = `${column}/${row}`;
      squares.set(key, [...(squares.get(key) ?? []), made]);
      gathered.push(made);
    }
  }
  return gathered.map(({ members }) => groupOf(members));
}

/**
 * @template Report
 * @param {Map<string, { seed: Group<Report>, members: Group<Report>[] }[]>} squares
 * @param {Group<Report>} group
 * @param {number} column
 * @param {number} row
 * @param {number} reach
 */
function nearest(squares, group, column, row, reach) {
  let found = null;
  let least = reach;
  for (const across of [-1, 0, 1]) {
    for (const down of [-1, 0, 1]) {
      for (const made of squares.get(`${column + across}/${row + down}`) ?? []) {
        const away = Math.hypot(made.seed.x - group.x, made.seed.y - group.y);
        if (away < least) [found, least] = [made, away];
      }
    }
  }
  return found;
}

/**
 * @template Report
 * @param {Group<Report>[]} members
 * @returns {Group<Report>}
 */
function groupOf(members) {
  if (members.length === 1) return members[0];
  const total = members.reduce((all, member) => all + member.total, 0);
  /** @param {(member: Group<Report>) => number} of */
  const middle = (of) => members.reduce((all, member) => all + of(member) * member.total, 0) / total;
  return {
    x: middle((member) => member.x),
    y: middle((member) => member.y),
    counts: members[0].counts.map((_, at) => sum(members.map((member) => member.counts[at]))),
    total,
    spots: members.flatMap((member) => member.spots),
  };
}
