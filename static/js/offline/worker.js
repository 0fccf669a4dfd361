/**
 * The service worker: keeps one page for when there is no coverage, and sends what waits when there is.
 * The server puts the list of files in the place of KEPT. Nothing but that page and its files is kept.
 */

import { isFormStep, mayAnswer, stepOf } from "./steps.js";
import { saveDraft } from "./store.js";
import { SYNC_TAG, sendAll } from "./sender.js";

/** @type {{ page: string, assets: string[], version: string }} */
const KEPT = /** @type {any} */ ("KEPT");
const PREFIX = "melde-";
const CACHE = `${PREFIX}${KEPT.version}`;

self.addEventListener("install", (event) => {
  event.waitUntil(keep().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOld().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && mayAnswer(request.method, url.pathname)) event.respondWith(navigate(request, url));
  else if (request.method === "GET" && url.pathname.startsWith("/static/")) {
    event.respondWith(fetchKept(request));
  }
});

self.addEventListener("sync", (event) => {
  if (event.tag === SYNC_TAG) event.waitUntil(sendAll());
});

async function keep() {
  const cache = await caches.open(CACHE);
  await cache.addAll([KEPT.page, ...KEPT.assets].map((url) => new Request(url, { cache: "reload" })));
}

async function forgetOld() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
}

/**
 * The page asked for; without coverage the page that was kept. What a step of the form carried is put by first.
 * @param {Request} request
 * @param {URL} url
 */
async function navigate(request, url) {
  const carried = request.method === "POST" && isFormStep(url.pathname) ? request.clone() : null;
  try {
    return await fetch(request);
  } catch (fault) {
    if (carried) await saveDraft(await carried.formData(), stepOf(url.pathname));
    const kept = await caches.match(KEPT.page, { ignoreVary: true });
    if (!kept) throw fault;
    return kept;
  }
}

/** @param {Request} request of a file whose address changes when it does, or that was kept */
async function fetchKept(request) {
  const kept = await caches.match(request, { ignoreVary: true });
  if (kept && request.url.includes("?v=")) return kept;
  try {
    return await fetch(request);
  } catch (fault) {
    if (kept) return kept;
    throw fault;
  }
}
