import assert from "node:assert/strict";
import { test } from "node:test";
import { bboxOf, columnOf, frameOf, holdsPlace, pointAt, rowOf, squaresInPixel, tilesOver } from "./grid.js";

const TOWN = { longitude: 7.7279, latitude: 63.1104 };
const x = columnOf(TOWN.longitude);
const y = rowOf(TOWN.latitude);

/** @param {number} zoom a view of 800 × 600 pixels around the town */
const view = (zoom) => {
  const middle = { x: x / squaresInPixel(zoom), y: y / squaresInPixel(zoom) };
  return {
    min: { x: Math.round(middle.x) - 400, y: Math.round(middle.y) - 300 },
    max: { x: Math.round(middle.x) + 400, y: Math.round(middle.y) + 300 },
  };
};

test("the middle of a square lies in the square", () => {
  for (const [column, row] of [[x, y], [0, 2 ** 20], [2 ** 30 - 1, 2 ** 29]]) {
    const at = pointAt(column, row);
    assert.deepEqual([columnOf(at.longitude), rowOf(at.latitude)], [column, row]);
  }
});

test("a frame is made of whole cells and never more than eight pixels off", () => {
  for (const zoom of [5, 9, 14, 16, 20]) {
    const { min, max } = view(zoom);
    const frame = frameOf({ min, max }, zoom);
    const side = 16 * squaresInPixel(zoom);
    for (const start of [frame.west, frame.north, frame.east + 1, frame.south + 1]) {
      assert.equal(start % side, 0);
    }
    const unit = squaresInPixel(zoom);
    assert.ok(Math.abs(frame.west / unit - min.x) <= 8);
    assert.ok(Math.abs(frame.north / unit - min.y) <= 8);
    assert.ok(Math.abs((frame.east + 1) / unit - max.x) <= 8);
    assert.ok(Math.abs((frame.south + 1) / unit - max.y) <= 8);
    assert.ok(holdsPlace(frame, { x, y }));
    assert.ok(!holdsPlace(frame, { x: frame.east + 1, y }));
  }
});

test("a frame's query names its first and last squares", () => {
  const frame = frameOf(view(16), 16);
  const [west, south, east, north] = bboxOf(frame).split(",").map(Number);
  assert.deepEqual([columnOf(west), columnOf(east)], [frame.west, frame.east]);
  assert.deepEqual([rowOf(north), rowOf(south)], [frame.north, frame.south]);
});

test("a view of a screen takes a handful of tiles, which hold all of it", () => {
  for (const zoom of [5, 12, 20]) {
    const frame = frameOf(view(zoom), zoom);
    const tiles = tilesOver(frame, zoom);
    assert.ok(tiles.length >= 1 && tiles.length <= 9);
    const side = 2 ** (30 - tiles[0].z);
    assert.ok(Math.min(...tiles.map((tile) => tile.x * side)) <= frame.west);
    assert.ok(Math.max(...tiles.map((tile) => (tile.x + 1) * side)) > frame.east);
    assert.ok(Math.max(...tiles.map((tile) => (tile.y + 1) * side)) > frame.south);
  }
});

test("beyond the edge of the world there is nothing", () => {
  const frame = frameOf({ min: { x: -900, y: -900 }, max: { x: 9000, y: 9000 } }, 5);
  assert.deepEqual(frame, { west: 0, east: 2 ** 30 - 1, north: 0, south: 2 ** 30 - 1 });
});
