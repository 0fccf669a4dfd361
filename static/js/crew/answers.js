/** What the service's answers mean. Pure. */

/** @typedef {{ status: number, ok: boolean, body: any, etag: string | null }} Reply */

/** @param {Reply | null} reply whether to try again later */
export function isLater(reply) {
  return !reply || reply.status === 404 || reply.status === 408 || reply.status === 429 || reply.status >= 500;
}

/**
 * Whether the service says that this device has been ended: everything kept on it is to be forgotten.
 * @param {Reply | null} reply
 */
export function isEnded(reply) {
  return reply?.status === 410 && String(reply.body?.type ?? "").endsWith("device-ended");
}

/**
 * What an answer that is no success says to people.
 * @param {Reply} reply
 * @returns {string}
 */
export function sentenceOf({ body }) {
  const told = Object.values(body?.errors ?? {}).flat(5);
  const sentences = told.filter((text) => typeof text === "string");
  return sentences.join(" ") || body?.detail || body?.title || "";
}
