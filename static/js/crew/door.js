/** What is shown when there are no jobs to show: before signing in, when a device was ended, before the first answer. */

import { link } from "../lib/elements.js";

/** @typedef {import("./types.js").Context} Context */

/**
 * @param {HTMLElement} main
 * @param {string} doorway "signed_out", "ended", "no_access" or "first"
 * @param {Context} context
 */
export function drawDoor(main, doorway, { texts, heading }) {
  const words = /** @type {Record<string, [string, string]>} */ ({
    signed_out: [texts.welcome, texts.welcome_text],
    ended: [texts.ended_title, texts.ended_text],
    no_access: [texts.strip_no_access, texts.no_access_text],
    first: [texts.first_fetch, texts.first_fetch_away],
  });
  const [title, text] = words[doorway];
  heading({ title: texts.app_name });
  const page = document.createElement("div");
  page.className = "app-page";
  const about = document.createElement("h2");
  about.className = "h2";
  about.textContent = title;
  const sentence = document.createElement("p");
  sentence.textContent = text;
  page.append(about, sentence);
  if (doorway !== "first") {
    const way = link(texts.sign_in, `${document.body.dataset.signIn}?til=/felt/`);
    way.className = "ds-button app-big";
    way.id = "sign-in";
    page.append(way);
  }
  main.replaceChildren(page);
}
