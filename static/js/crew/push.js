/** Alerts about danger on this phone: what the browser says, and what the service is told. Also for the worker. */

import { ask } from "./api.js";
import { refreshSession } from "./session.js";

/**
 * @typedef {object} Wish `GET push`
 * @property {"off" | "push" | "mail"} alerts
 * @property {string} email
 * @property {boolean} is_subscribed
 * @property {string | null} key
 */
/** @typedef {"able" | "none" | "denied"} Ability whether this browser can show alerts */
/** @typedef {"none" | "denied" | "failed" | "away"} Hindrance why this phone could not be chosen */

/** @returns {Ability} */
export function ability() {
  if (!("Notification" in globalThis) || !("PushManager" in globalThis)) return "none";
  return Notification.permission === "denied" ? "denied" : "able";
}

/** @returns {Promise<Wish | null>} what the person has asked for; null: the service cannot be reached */
export async function wish() {
  const reply = await ask("push");
  return reply?.ok ? reply.body : null;
}

/** @returns {Promise<boolean>} whether the browser is ready to be told here */
export async function isHere() {
  if (ability() !== "able" || Notification.permission !== "granted") return false;
  const registration = await worker();
  return Boolean(await registration?.pushManager.getSubscription());
}

/** @returns {Promise<ServiceWorkerRegistration | undefined>} */
async function worker() {
  const here = /** @type {any} */ (globalThis).registration; // within the worker itself
  return here ?? (await navigator.serviceWorker?.getRegistration("/felt/"));
}

/**
 * Choose to be told on this phone. Begin it with a press: some browsers ask the person only then.
 * @param {string} key the application server key
 * @returns {Promise<Wish | Hindrance>}
 */
export async function chooseHere(key) {
  if (ability() === "none") return "none";
  if ((await Notification.requestPermission()) !== "granted") return "denied";
  const registration = await worker();
  const subscription = registration && (await subscribed(registration, key).catch(() => null)); // its push service is away
  if (!subscription) return "failed";
  return (await write("POST", subscription.toJSON())) ?? "away";
}

/**
 * @param {ServiceWorkerRegistration} registration
 * @param {string} key
 */
async function subscribed({ pushManager }, key) {
  const kept = await pushManager.getSubscription();
  if (kept && keyOf(kept.options.applicationServerKey) === key) return kept;
  await kept?.unsubscribe(); // made with a key that the service has no more
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

/** @param {ArrayBuffer | null} bytes @returns {string} base64url, as the service writes it */
export function keyOf(bytes) {
  if (!bytes) return "";
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/**
 * Choose e-mail, or nothing.
 * @param {"mail" | "off"} alerts
 * @returns {Promise<Wish | null>} null: the service cannot be reached, nothing is changed
 */
export async function choose(alerts) {
  const told = await write("PUT", { alerts });
  if (told) await drop();
  return told;
}

/** Before somebody signs out here: this phone is told nothing more, and e-mail comes instead. */
export async function leaveThisPhone() {
  if (!(await isHere())) return;
  await ask("push", { method: "DELETE" });
  await drop();
}

async function drop() {
  const registration = await worker();
  const kept = await registration?.pushManager?.getSubscription();
  await kept?.unsubscribe();
}

/** The browser has thrown its subscription away: make a new one, when this phone was chosen. */
export async function renew() {
  const told = await wish();
  const registration = await worker();
  if (!told?.key || told.alerts !== "push" || !registration) return;
  const subscription = await subscribed(registration, told.key);
  await write("POST", subscription.toJSON());
}

/**
 * @param {"POST" | "PUT"} method
 * @param {unknown} json
 * @returns {Promise<Wish | null>}
 */
async function write(method, json) {
  if ((await refreshSession()) !== "open") return null; // brings the token, too
  const reply = await ask("push", { method, json });
  return reply?.ok ? reply.body : null;
}
