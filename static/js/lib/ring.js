/** The ring around a cluster's count, split by how far its reports have come. */

/** @typedef {{ name: string, count: number }} Part */
/** @typedef {{ name: string, start: number, length: number }} Segment along the ring, pixels */

const SHORTEST = 4;

/** @param {number} value */
const round = (value) => Math.round(value * 100) / 100;

/**
 * Lengthen shares that are too short to be seen, at the cost of the others.
 * @param {number[]} shares of 1, none of them 0
 * @param {number} room pixels to share
 * @returns {number[]} pixels, together `room`
 */
function lengthsOf(shares, room) {
  const short = shares.filter((share) => share * room < SHORTEST);
  const shareLeft = 1 - short.reduce((sum, share) => sum + share, 0);
  const roomLeft = room - short.length * SHORTEST;
  return shares.map((share) =>
    share * room < SHORTEST ? SHORTEST : (share / shareLeft) * roomLeft,
  );
}

/**
 * Split a ring into one segment for each part that has anything, in the order given.
 * @param {readonly Part[]} parts
 * @param {number} radius pixels
 * @param {number} gap pixels between segments; a ring of one segment has none
 * @returns {Segment[]}
 */
export function ringSegments(parts, radius, gap) {
  const present = parts.filter((part) => part.count > 0);
  const total = present.reduce((sum, part) => sum + part.count, 0);
  const space = present.length > 1 ? gap : 0;
  const room = 2 * Math.PI * radius - present.length * space;
  const lengths = lengthsOf(present.map((part) => part.count / total), room);
  let start = space / 2;
  return present.map((part, index) => {
    const segment = { name: part.name, start: round(start), length: round(lengths[index]) };
    start += lengths[index] + space;
    return segment;
  });
}

/**
 * The diameter of a cluster's disc.
 * @param {number} count reports in the cluster
 * @returns {40 | 48 | 58} pixels
 */
export function clusterSize(count) {
  if (count < 10) return 40;
  return count < 50 ? 48 : 58;
}
