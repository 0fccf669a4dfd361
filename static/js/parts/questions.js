/** What a kind of fault asks besides the description: shown when it is chosen. */

import { all } from "./page.js";

/**
 * Show the questions of the chosen service; only those count as asked, and only its fields for lamps are sent.
 * @param {HTMLFormElement} form
 * @param {string} service its code
 */
export function showQuestions(form, service) {
  for (const block of all(form, "[data-questions-of]")) {
    const isChosen = block.dataset.questionsOf === service;
    block.hidden = !isChosen;
    /** @type {HTMLInputElement[]} */
    const ofOne = all(block, "input[name=asked], input[name=lamps]");
    for (const field of ofOne) field.disabled = !isChosen;
  }
}
