/** What the strip tells of how things stand. Pure. */

import { formatCount } from "../lib/format.js";

/** @typedef {import("./types.js").Standing} Standing */
/** @typedef {import("./types.js").Texts} Texts */
/** @typedef {{ state: string, sign: string, text: string, way?: { text: string, path: string, isOutside?: boolean } }} Line */

const QUEUE = "/felt/ko";

/**
 * What the strip tells.
 * @param {Standing} now
 * @param {Texts} texts
 * @param {boolean} isOnline
 * @param {string} signIn the address of the sign-in page
 * @returns {Line[]}
 */
export function linesOf({ state, waiting, needing, foreign, isAway }, texts, isOnline, signIn) {
  const show = { text: texts.strip_show, path: QUEUE };
  const hasNet = isOnline && !isAway;
  /** @type {Line[]} */
  const lines = [];
  if (state === "ended") lines.push({ state, sign: "XMarkOctagonFill", text: texts.strip_ended });
  if (state === "no_access") lines.push({ state, sign: "XMarkOctagonFill", text: texts.strip_no_access });
  if (state === "signed_out") {
    const way = { text: texts.strip_sign_in, path: `${signIn}?til=/felt/`, isOutside: true };
    lines.push({ state, sign: "PersonCircle", text: texts.strip_signed_out, way });
  }
  if (needing && state !== "ended") {
    const text = formatCount(texts.strip_needs_one, texts.strip_needs_many, needing);
    lines.push({ state: "needs_you", sign: "ExclamationmarkTriangleFill", text, way: show });
  }
  if (waiting && state !== "ended") lines.push(waitingLine(state, waiting, texts, show));
  if (foreign && state !== "ended") {
    const text = formatCount(texts.strip_foreign_one, texts.strip_foreign_many, foreign);
    lines.push({ state: "other_account", sign: "PersonCircle", text });
  }
  if (!lines.length) {
    if (hasNet) lines.push({ state: "sent", sign: "CheckmarkCircleFill", text: texts.strip_sent });
    else lines.push({ state: "away", sign: "CloudSlash", text: texts.strip_away });
  }
  return lines;
}

/**
 * @param {string} state
 * @param {number} waiting
 * @param {Texts} texts
 * @param {Line["way"]} way
 * @returns {Line}
 */
function waitingLine(state, waiting, texts, way) {
  const isSending = state === "sending";
  const [one, many] = isSending
    ? [texts.strip_sending_one, texts.strip_sending_many]
    : [texts.strip_saved_one, texts.strip_saved_many];
  const sign = isSending ? "ArrowUp" : "CloudSlash";
  return { state: isSending ? "sending" : "saved", sign, text: formatCount(one, many, waiting), way };
}
