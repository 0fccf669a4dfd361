/** Thumbnails of the person's jobs, kept for when there is no coverage. Never map tiles. */

/** @typedef {import("./types.js").Job} Job */

export const PICTURES = "felt-pictures";
const AT_ONCE = 4;
const MOST = 400;
const LOCK = "melde-crew-pictures";
const SECONDS = 30;

/** @param {string} key @returns {string} the address of a thumbnail */
export const thumbnail = (key) => `/bilder/${key}/320.webp`;

/**
 * Keep the thumbnails of these jobs and no others. Sending never waits for them; one page fetches them at a time.
 * @param {readonly Job[]} jobs
 */
export async function keepPictures(jobs) {
  if (!globalThis.caches) return;
  const { locks } = navigator;
  if (!locks) return keepAll(jobs);
  await locks.request(LOCK, { ifAvailable: true }, (lock) => (lock ? keepAll(jobs) : undefined));
}

/** @param {readonly Job[]} jobs */
async function keepAll(jobs) {
  const wanted = jobs.flatMap(({ photos }) => photos.map(({ key }) => key)).filter(Boolean);
  const addresses = new Set(wanted.slice(0, MOST).map(thumbnail));
  const cache = await caches.open(PICTURES);
  /** @type {Set<string>} */
  const kept = new Set();
  for (const request of await cache.keys()) {
    const { pathname } = new URL(request.url);
    if (addresses.has(pathname)) kept.add(pathname);
    else await cache.delete(request);
  }
  const missing = [...addresses].filter((address) => !kept.has(address));
  const take = async () => {
    for (let address = missing.shift(); address; address = missing.shift()) await keep(cache, address);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, take));
}

/**
 * One that cannot be had now is had the next time.
 * @param {Cache} cache
 * @param {string} address
 */
async function keep(cache, address) {
  const signal = AbortSignal.timeout?.(SECONDS * 1000);
  const answer = await fetch(address, { credentials: "same-origin", signal }).catch(() => null);
  if (answer?.ok) await cache.put(address, answer);
}

/** Forget all thumbnails. */
export async function forgetPictures() {
  if (globalThis.caches) await caches.delete(PICTURES);
}
