/** Which phone this is, how long it keeps the jobs, and having it forget everything. */

import { format, formatCount } from "../../lib/format.js";
import { ask, setToken } from "../api.js";
import { leaveThisPhone } from "../push.js";
import { big, el, icon, openSheet } from "../screens/pieces.js";
import { standing, whenQuiet } from "../sync.js";

/** @typedef {import("../types.js").Context} Context */

const DAY = 24;

/**
 * @param {HTMLElement} section
 * @param {Context} context
 */
export function showDevice(section, context) {
  const { texts, session } = context;
  const label = session?.device.label;
  section.replaceChildren(
    el("h2", { class: "h2" }, texts.device_title),
    ...(session
      ? [
          el("p", {}, format(texts.device_is, { label: !label || label === "?" ? texts.device_unknown : label })),
          el("p", { class: "muted" }, format(texts.device_keep, { time: timeOf(session.keep_hours, texts) })),
        ]
      : []),
    el(
      "div",
      { class: "app-rows" },
      row("/konto/enheter", texts.device_own, texts.device_own_text),
      session?.is_foreman ? row("/oppdrag/enheter", texts.device_all, "") : null,
      el("button", { type: "button", class: "app-row", id: "forget", onclick: () => askToForget(context) }, icon("Trash"), el("span", {}, texts.device_forget)),
    ),
  );
}

/**
 * @param {string} href
 * @param {string} words
 * @param {string} more
 */
function row(href, words, more) {
  return el("a", { class: "app-row", href }, icon("Phone"), el("span", {}, words, more && el("span", { class: "muted" }, more)), icon("ChevronRight"));
}

/**
 * @param {number} hours
 * @param {import("../types.js").Texts} texts
 * @returns {string} in days where they are whole
 */
export function timeOf(hours, texts) {
  return hours % DAY
    ? formatCount(texts.device_hour, texts.device_hours, hours)
    : formatCount(texts.device_day, texts.device_days, hours / DAY);
}

/** Ask first, and say what would be lost: also what others who use this phone have not sent. @param {Context} context */
async function askToForget(context) {
  const { texts } = context;
  const { waiting, needing, foreign } = await standing();
  const unsent = waiting + needing + foreign;
  const words = unsent ? [el("b", {}, formatCount(texts.unsent_one, texts.unsent_many, unsent)), " ", texts.device_unsent_text] : [];
  const sheet = openSheet({
    title: texts.device_forget_title,
    texts,
    content: [
      ...(unsent ? [el("p", {}, ...words)] : []),
      el("p", {}, texts.device_forget_text),
      big([texts.device_keep_it], () => sheet.close()),
      big([icon("Trash"), texts.device_forget_now], () => forget(context, sheet.close), { "data-variant": "secondary", "data-color": "danger", id: "forget-now" }),
    ],
    onClosed: () => document.getElementById("forget")?.focus(),
  });
}

/**
 * With coverage the person is signed out too, so that the jobs do not come back by themselves.
 * @param {Context} context
 * @param {() => void} close
 */
async function forget({ store, texts, go, say }, close) {
  const isOut = await whenQuiet(async () => {
    const left = await signOut();
    await store.forgetAll();
    return left;
  });
  const { signIn } = document.body.dataset;
  if (isOut) return location.assign(`${signIn}?til=/felt/`);
  close();
  go("/felt/");
  say(texts.device_forgotten_away);
}

/** @returns {Promise<boolean>} false: the service could not be reached */
async function signOut() {
  const reply = await ask("session");
  if (!reply) return false;
  if (reply.status >= 500) return false;
  if (!reply.ok) return true; // nobody is signed in here
  setToken(reply.body.csrf_token);
  await leaveThisPhone();
  const body = new URLSearchParams({ csrf_token: reply.body.csrf_token });
  const address = document.body.dataset.signOut ?? "/logg-ut";
  const answer = await fetch(address, { method: "POST", body, redirect: "manual" }).catch(() => null);
  return answer?.type === "opaqueredirect" || Boolean(answer?.ok);
}
