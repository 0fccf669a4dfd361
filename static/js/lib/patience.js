/** When a shared computer asks, and when it begins anew. Pure: is told what time it is. */

export const WARNING_SECONDS = 30;
/** WCAG 2.2.1 asks for at least 20 seconds to say that more time is needed. */

/** @typedef {{ kind: "quiet" } | { kind: "ask", left: number } | { kind: "anew" }} Verdict */

/**
 * What to do so many seconds after the last use.
 * @param {number} idle seconds since something was pressed or moved
 * @param {number} patience seconds after which the page is emptied
 * @returns {Verdict}
 */
export function judge(idle, patience) {
  const left = Math.ceil(patience - idle);
  if (left <= 0) return { kind: "anew" };
  return left <= WARNING_SECONDS ? { kind: "ask", left } : { kind: "quiet" };
}
