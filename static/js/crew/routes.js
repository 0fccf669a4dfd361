/** Which screen an address shows. Pure. */

/** @typedef {{ screen: string, params: Record<string, string> }} Place */

/** @type {readonly [RegExp, string][]} */
const ROUTES = [
  [/^\/felt\/$/, "list"],
  [/^\/felt\/jobb\/(?<number>[^/]+)$/, "job"],
  [/^\/felt\/jobb\/(?<number>[^/]+)\/ferdig$/, "close"],
  [/^\/felt\/ny$/, "new"],
  [/^\/felt\/kart$/, "map"],
  [/^\/felt\/runde$/, "round"],
  [/^\/felt\/mer$/, "more"],
  [/^\/felt\/ko$/, "queue"],
  [/^\/felt\/konflikt\/(?<id>[^/]+)$/, "conflict"],
];

/**
 * @param {string} pathname
 * @returns {Place | null} null: the app has no such page
 */
export function placeOf(pathname) {
  for (const [pattern, screen] of ROUTES) {
    const found = pattern.exec(pathname);
    if (!found) continue;
    const params = Object.entries(found.groups ?? {}).map(([name, text]) => [name, decoded(text)]);
    return { screen, params: Object.fromEntries(params) };
  }
  return null;
}

/** @param {string} text @returns {string} as it is when it is no escaped text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
