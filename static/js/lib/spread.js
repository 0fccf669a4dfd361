/** Leaves out labels that would lie on top of one another. */

/**
 * Keep the items, in order, whose place is clear of those kept before them.
 * @template T
 * @param {readonly T[]} items the most important first
 * @param {(item: T) => { x: number, y: number }} place where the item's middle is, pixels
 * @param {number} width pixels a label takes sideways
 * @param {number} height pixels a label takes downwards
 * @returns {T[]}
 */
export function spread(items, place, width, height) {
  /** @type {{ item: T, x: number, y: number }[]} */
  const kept = [];
  for (const item of items) {
    const { x, y } = place(item);
    const taken = kept.some(
      (other) => Math.abs(other.x - x) < width && Math.abs(other.y - y) < height,
    );
    if (!taken) kept.push({ item, x, y });
  }
  return kept.map(({ item }) => item);
}
