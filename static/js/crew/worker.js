/**
 * The field app's worker: keeps the app and the thumbnails of the person's jobs, and sends what waits when the
 * app is closed. The server puts the list of files in the place of KEPT. It never keeps map tiles or answers
 * about people.
 */

import { PICTURES } from "./pictures.js";
import { renew } from "./push.js";
import { SYNC_TAG, syncNow } from "./sync.js";

/** @typedef {{ title: string, body: string, number?: string, language?: string }} Alert */
/** @type {{ page: string, assets: string[], version: string, icon: string, alert: Alert }} */
const KEPT = /** @type {any} */ ("KEPT");
const PREFIX = "felt-app-";
const CACHE = `${PREFIX}${KEPT.version}`;
const PICTURE = /^\/bilder\/[^/]+\/320\.webp$/;
const OWN = /^\/felt\/(?!sw\.js|manifest)/;

self.addEventListener("install", (event) => {
  event.waitUntil(keep().then(isFirst).then((first) => (first ? self.skipWaiting() : undefined)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOld().then(() => self.clients.claim()));
});

self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
});

self.addEventListener("sync", (event) => {
  if (event.tag === SYNC_TAG) event.waitUntil(send());
});

self.addEventListener("push", (event) => {
  event.waitUntil(alert(event.data));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data));
});

self.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil(renew());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin || request.method !== "GET") return; // tiles are nobody's to keep
  if (request.mode === "navigate" && OWN.test(url.pathname)) event.respondWith(shell(request));
  else if (url.pathname.startsWith("/static/")) event.respondWith(asset(request));
  else if (PICTURE.test(url.pathname)) event.respondWith(picture(request));
});

async function keep() {
  const cache = await caches.open(CACHE);
  // Asked for with the browser's own cache in mind: what the first visit has fetched is not fetched twice.
  await cache.addAll([KEPT.page, ...KEPT.assets].map((url) => new Request(url, { cache: "no-cache" })));
}

/** With nothing older running there is nobody to disturb. */
function isFirst() {
  return !self.registration.active;
}

async function forgetOld() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** @param {Request} request */
async function shell(request) {
  const kept = await caches.match(KEPT.page, { cacheName: CACHE, ignoreVary: true });
  return kept ?? fetch(request);
}

/** @param {Request} request of a file that belongs to this version of the app, or of another page's */
async function asset(request) {
  const kept = await caches.match(request, { cacheName: CACHE, ignoreVary: true });
  return kept ?? fetch(request);
}

/** @param {Request} request */
async function picture(request) {
  const kept = await caches.match(request, { cacheName: PICTURES, ignoreVary: true });
  return kept ?? fetch(request);
}

/** Rejected when the service cannot be reached, so that the browser tries again. */
async function send() {
  if ((await syncNow()) === "away") throw new Error("the service cannot be reached now");
}

/** Show an alert; the same report again takes the place of the older one. @param {PushMessageData | null} data */
async function alert(data) {
  const { title, body, number, language } = told(data);
  await self.registration.showNotification(title, {
    body,
    tag: number ?? "alert",
    lang: language,
    icon: KEPT.icon,
    requireInteraction: true,
    data: number ? `${KEPT.page}jobb/${encodeURIComponent(number)}` : KEPT.page,
  });
}

/** @param {PushMessageData | null} data @returns {Alert} browsers demand that something is shown, whatever came */
function told(data) {
  try {
    return { ...KEPT.alert, ...data?.json() };
  } catch {
    return KEPT.alert;
  }
}

/** Show the job in the app when it is open, else open the app there. @param {string} path */
async function open(path) {
  const pages = await self.clients.matchAll({ type: "window" });
  const page = pages.find(({ url }) => OWN.test(new URL(url).pathname));
  if (!page) {
    await self.clients.openWindow(path);
    return;
  }
  page.postMessage({ show: path });
  await page.focus();
}
