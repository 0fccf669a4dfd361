/** Days, times and ages as people write them, in the page's language and the municipality's time. */

import { format } from "../../lib/format.js";
import { ZONE } from "./order.js";

/** @typedef {import("../../parts/page.js").Texts} Texts */

const NO_BREAK_SPACE = "\u00a0";
const MINUTE = 60_000;

/** @returns {string} the language of the page; days in English are written as in Britain */
function language() {
  const { lang } = document.documentElement;
  return lang === "en" ? "en-GB" : lang;
}

/**
 * «17. mars», with the year when it is not this one.
 * @param {string} iso
 * @param {Date} now
 * @param {"long" | "short"} [month] short where there is little room: «4. des.»
 */
export function dayOf(iso, now, month = "long") {
  const when = new Date(iso);
  /** @param {Date} day */
  const year = (day) => new Intl.DateTimeFormat("en", { timeZone: ZONE, year: "numeric" }).format(day);
  const written = new Intl.DateTimeFormat(language(), {
    timeZone: ZONE,
    day: "numeric",
    month,
    ...(year(when) === year(now) ? {} : { year: "numeric" }),
  }).format(when);
  return written.replaceAll(" ", NO_BREAK_SPACE);
}

/** «08.12» @param {string | number | Date} when */
export function clockOf(when) {
  const written = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, hour: "2-digit", minute: "2-digit" });
  const clock = written.format(new Date(when));
  return language() === "en-GB" ? clock : clock.replace(":", ".");
}

/**
 * «16. mars kl. 08.12», today only «kl. 08.12».
 * @param {string} iso
 * @param {Texts} texts
 * @param {Date} now
 */
export function momentOf(iso, texts, now) {
  const clock = format(texts.at_clock, { clock: clockOf(iso) }).replaceAll(" ", NO_BREAK_SPACE);
  const day = dayOf(iso, now);
  return day === dayOf(now.toISOString(), now) ? clock : `${day} ${clock}`;
}

/**
 * How old something is: «akkurat nå», «for 5 minutter siden», then the moment.
 * @param {string} iso
 * @param {Texts} texts
 * @param {Date} now
 */
export function ageOf(iso, texts, now) {
  const minutes = Math.floor((now.getTime() - Date.parse(iso)) / MINUTE);
  if (minutes < 1) return texts.just_now;
  if (minutes < 60) return format(minutes === 1 ? texts.minute_ago : texts.minutes_ago, { num: minutes });
  return momentOf(iso, texts, now);
}
