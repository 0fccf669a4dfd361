/** Distances on the ground, good to a few centimetres within a municipality. */

/** @typedef {{ latitude: number, longitude: number }} Point degrees, WGS 84 */

const EARTH_RADIUS = 6371008.8;
const METRES_PER_DEGREE = (Math.PI * EARTH_RADIUS) / 180;
const NO_BREAK_SPACE = "\u00a0";

/** @param {number} degrees */
const radians = (degrees) => (degrees * Math.PI) / 180;

/**
 * The great-circle distance between two points.
 * @param {Point} from
 * @param {Point} to
 * @returns {number} metres
 */
export function metresBetween(from, to) {
  const north = Math.sin(radians(to.latitude - from.latitude) / 2) ** 2;
  const east = Math.sin(radians(to.longitude - from.longitude) / 2) ** 2;
  const shrink = Math.cos(radians(from.latitude)) * Math.cos(radians(to.latitude));
  return 2 * EARTH_RADIUS * Math.asin(Math.sqrt(north + shrink * east));
}

/**
 * The point a number of metres north and east of another.
 * @param {Point} point
 * @param {number} north metres, negative to the south
 * @param {number} east metres, negative to the west
 * @returns {Point}
 */
export function moveBy(point, north, east) {
  const metresPerDegreeEast = METRES_PER_DEGREE * Math.cos(radians(point.latitude));
  return {
    latitude: point.latitude + north / METRES_PER_DEGREE,
    longitude: point.longitude + east / metresPerDegreeEast,
  };
}

/**
 * Write a distance to go: tens of metres below a kilometre, then `1,2 km`, from ten whole `12 km`.
 * @param {number} metres
 * @param {string} decimal the sign between whole and decimals, "," or "."
 * @returns {string}
 */
export function formatDistance(metres, decimal) {
  if (metres < 995) return `${Math.round(metres / 10) * 10}${NO_BREAK_SPACE}m`;
  const kilometres = metres / 1000;
  const text = kilometres.toFixed(kilometres < 9.95 ? 1 : 0).replace(".", decimal);
  return `${text}${NO_BREAK_SPACE}km`;
}
