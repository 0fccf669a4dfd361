/**
 * The grid that tiles count on: web mercator in 2^30 columns and rows, counted from the north-west.
 * A tile of the service is 512 pixels wide: its zoom is the map's less one.
 */

/** @typedef {import("./bounds.js").Box} Box */
/** @typedef {{ west: number, east: number, north: number, south: number }} Frame columns and rows, ends included */
/** @typedef {{ z: number, x: number, y: number }} TileName */

const BITS = 30;
const SIDE = 2 ** BITS;
const CELL_PIXELS = 16;
/** Pixels around the world at zoom 0 are 2^8. */
const PIXEL_BITS = 8;

/**
 * Grid squares in one pixel of the map.
 * @param {number} zoom the map's
 * @returns {number}
 */
export const squaresInPixel = (zoom) => 2 ** (BITS - PIXEL_BITS - zoom);

/** @param {number} value */
const onGrid = (value) => Math.max(0, Math.min(SIDE - 1, Math.floor(value)));

/** @param {number} longitude degrees */
export const columnOf = (longitude) => onGrid(((longitude + 180) / 360) * SIDE);

/** @param {number} latitude degrees */
export function rowOf(latitude) {
  const angle = (Math.max(-85.051128, Math.min(85.051128, latitude)) * Math.PI) / 180;
  return onGrid(((1 - Math.log(Math.tan(angle) + 1 / Math.cos(angle)) / Math.PI) / 2) * SIDE);
}

/**
 * The middle of a square.
 * @param {number} column
 * @param {number} row
 * @returns {import("./distance.js").Point} degrees
 */
export function pointAt(column, row) {
  const north = Math.PI * (1 - (2 * (row + 0.5)) / SIDE);
  return {
    longitude: ((column + 0.5) / SIDE) * 360 - 180,
    latitude: (Math.atan(Math.sinh(north)) * 180) / Math.PI,
  };
}

/**
 * What the map shows, in whole cells: those whose middle lies within. Tiles count by cells, so that map,
 * heading and list can be told of the very same reports; the edge is at most eight pixels off.
 * @param {{ min: { x: number, y: number }, max: { x: number, y: number } }} pixels of the world at this zoom
 * @param {number} zoom the map's
 * @returns {Frame}
 */
export function frameOf({ min, max }, zoom) {
  const side = CELL_PIXELS * squaresInPixel(zoom);
  const half = CELL_PIXELS / 2;
  /** @param {number} pixel */
  const first = (pixel) => Math.max(0, Math.ceil((pixel - half) / CELL_PIXELS) * side);
  /** @param {number} pixel */
  const last = (pixel) =>
    Math.min(SIDE, (Math.floor((pixel - half) / CELL_PIXELS) + 1) * side) - 1;
  return { west: first(min.x), east: last(max.x), north: first(min.y), south: last(max.y) };
}

/**
 * @param {Frame} frame
 * @param {{ x: number, y: number }} place column and row
 * @returns {boolean}
 */
export function holdsPlace({ west, east, north, south }, { x, y }) {
  return west <= x && x <= east && north <= y && y <= south;
}

/**
 * The box for a query of exactly the frame's squares.
 * @param {Frame} frame
 * @returns {string} west,south,east,north in degrees
 */
export function bboxOf({ west, east, north, south }) {
  const first = pointAt(west, south);
  const last = pointAt(east, north);
  return [first.longitude, first.latitude, last.longitude, last.latitude]
    .map((degrees) => degrees.toFixed(9))
    .join(",");
}

/**
 * The tiles that together hold a frame.
 * @param {Frame} frame
 * @param {number} zoom the map's
 * @returns {TileName[]}
 */
export function tilesOver({ west, east, north, south }, zoom) {
  const z = Math.max(0, zoom - 1);
  const side = 2 ** (BITS - z);
  const tiles = [];
  for (let y = Math.floor(north / side); y <= Math.floor(south / side); y += 1) {
    for (let x = Math.floor(west / side); x <= Math.floor(east / side); x += 1) tiles.push({ z, x, y });
  }
  return tiles;
}
