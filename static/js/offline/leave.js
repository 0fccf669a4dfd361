/** A shared computer keeps nothing: what was kept before it became one goes. */

import { NAME } from "./store.js";

/** Take away the service worker, its files, and the drafts and reports on the device. */
export async function leave() {
  globalThis.indexedDB?.deleteDatabase(NAME);
  const workers = (await navigator.serviceWorker?.getRegistrations()) ?? [];
  await Promise.all(workers.map((worker) => worker.unregister()));
  const names = (await globalThis.caches?.keys()) ?? [];
  const ours = names.filter((name) => name.startsWith(`${NAME}-`));
  await Promise.all(ours.map((name) => caches.delete(name)));
}
