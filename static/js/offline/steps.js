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

/** Pages of people at work, personal pages, and what is no page: the worker keeps away from them. */
const NOT_OURS =
  /^\/(api|arbeid|felt|innboks|innbygg|kiosk|konto|logg-inn|logg-ut|m|mine-meldinger|openid|oppdrag|qr|registrer|styring|svar|varsler)(\/|$)/;

/**
 * @param {string} method
 * @param {string} pathname
 * @returns {boolean} whether the worker may answer with the kept page when there is no coverage
 */
export function mayAnswer(method, pathname) {
  return method === "GET" ? !NOT_OURS.test(pathname) : isFormStep(pathname);
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
