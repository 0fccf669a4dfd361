/** The form's steps by their addresses: where each leads, and which one carries on. */

/** @typedef {"where" | "what" | "review"} Step */

/** Where a step's form is sent: the answers are complete up to that step. */
const SENT_TO = { "/meld/hva": "where", "/meld/se-over": "what", "/meld/send": "review" };

/** The address that opens a step with answers. */
const OPENS = { where: "/meld/hvor", what: "/meld/hva", review: "/meld/se-over" };

/** @param {string} pathname @returns {boolean} */
export function isFormStep(pathname) {
  return pathname.startsWith("/meld/");
}

/**
 * The step whose form is sent to this address.
 * @param {string} pathname
 * @returns {Step}
 */
export function stepOf(pathname) {
  return /** @type {Record<string, Step>} */ (SENT_TO)[pathname] ?? "where";
}

/**
 * The address that shows this step with its answers.
 * @param {Step} step
 * @returns {string}
 */
export function opensAt(step) {
  return OPENS[step] ?? OPENS.where;
}

/** @param {string} pathname @returns {boolean} whether it says that a report was received */
export function isReceipt(pathname) {
  return /^\/m\/[^/]+\/kvittering$/.test(pathname);
}
