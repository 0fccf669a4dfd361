/** Where places come on a drawing: metres on the ground to points on the screen. Pure. */

import { metresBetween } from "../../lib/distance.js";

/** @typedef {import("../../lib/distance.js").Point} Point */
/** @typedef {{ width: number, height: number }} Size in pixels */
/** @typedef {{ middle: Point, metres: number, scale: number, size: Size }} Extent `metres` across, `scale` pixels to a metre */

const MARGIN = 44;
const LEAST = 200;

/**
 * How far a point is north and east of another.
 * @param {Point} from
 * @param {Point} to
 * @returns {{ north: number, east: number }} metres
 */
export function metresFrom(from, to) {
  const north = metresBetween(from, { latitude: to.latitude, longitude: from.longitude });
  const east = metresBetween({ latitude: to.latitude, longitude: from.longitude }, to);
  return {
    north: Math.sign(to.latitude - from.latitude) * north,
    east: Math.sign(to.longitude - from.longitude) * east,
  };
}

/**
 * The part of the world that holds all the points, with room for their pins.
 * @param {Point[]} points
 * @param {Size} size
 * @returns {Extent}
 */
export function extentOf(points, size) {
  const latitudes = points.map(({ latitude }) => latitude);
  const longitudes = points.map(({ longitude }) => longitude);
  const middle = points.length
    ? {
        latitude: (Math.min(...latitudes) + Math.max(...latitudes)) / 2,
        longitude: (Math.min(...longitudes) + Math.max(...longitudes)) / 2,
      }
    : { latitude: 0, longitude: 0 };
  const far = points.map((point) => metresFrom(middle, point));
  const high = 2 * Math.max(0, ...far.map(({ north }) => Math.abs(north)));
  const wide = 2 * Math.max(0, ...far.map(({ east }) => Math.abs(east)));
  const scale = Math.min(
    (size.width - 2 * MARGIN) / Math.max(wide, 1),
    (size.height - 2 * MARGIN) / Math.max(high, 1),
    size.width / LEAST,
  );
  return { middle, scale, size, metres: size.width / scale };
}

/**
 * The points on the screen, the top left corner being 0, 0.
 * @param {Point[]} points
 * @param {Extent} extent
 */
export function placesOf(points, { middle, scale, size }) {
  return points.map((point) => {
    const { north, east } = metresFrom(middle, point);
    return { x: size.width / 2 + east * scale, y: size.height / 2 - north * scale };
  });
}
