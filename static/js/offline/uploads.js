/** Uploading the photos of a waiting report. What sends and what writes down are handed in. */

/** @typedef {import("./store.js").Picture} Picture */
/** @typedef {{ ok: boolean, status: number, json: () => Promise<any> }} Answer */

/** @param {Answer} answer @returns {boolean} whether the service is only busy or away */
export const isLater = ({ status }) => status === 429 || status >= 500;

/**
 * Upload what has no key yet, in order.
 * @param {Picture[]} pictures get their keys
 * @param {(blob: Blob) => Promise<Answer | null>} post null without coverage
 * @param {() => Promise<void>} keep called after each one
 * @returns {Promise<{ isLater: boolean, refused: Answer | null, picture?: Picture }>} what stopped it, if anything did
 */
export async function uploadAll(pictures, post, keep) {
  for (const picture of pictures) {
    if (picture.key) continue;
    const answer = await post(picture.blob);
    if (!answer || isLater(answer)) return { isLater: true, refused: null };
    if (!answer.ok) return { isLater: false, refused: answer, picture };
    picture.key = (await answer.json()).key;
    await keep();
  }
  return { isLater: false, refused: null };
}

/**
 * Upload all photos, leaving out those that are refused, for the form to go on with the others.
 * @param {Picture[]} pictures
 * @param {(blob: Blob) => Promise<Answer | null>} post
 * @param {() => Promise<void>} keep
 * @returns {Promise<string[] | null>} the keys; null: some could not be uploaded now, so nothing may be thrown away
 */
export async function keysForForm(pictures, post, keep) {
  let left = pictures;
  for (;;) {
    const { isLater: isAway, refused, picture } = await uploadAll(left, post, keep);
    if (isAway) return null;
    if (!refused) return left.flatMap(({ key }) => (key ? [key] : []));
    left = left.filter((one) => one !== picture);
  }
}

/**
 * Photos that the service has no more are to be uploaded again.
 * @param {Picture[]} pictures lose their keys
 * @param {{ errors?: Record<string, unknown> }} said what the service answered about the report
 * @returns {boolean} whether there is something to upload again
 */
export function forgetKeys(pictures, said) {
  const isAboutPhotos = Object.keys(said.errors ?? {}).some((name) => name.startsWith("photos"));
  const uploaded = pictures.filter(({ key }) => key);
  if (!isAboutPhotos || !uploaded.length) return false;
  for (const picture of uploaded) delete picture.key;
  return true;
}
