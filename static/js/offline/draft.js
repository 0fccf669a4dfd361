/** The answers of the form, kept while they are written, so that a closed browser loses nothing. */

import { button } from "../lib/elements.js";
import { format } from "../lib/format.js";
import { openForm } from "./continue.js";
import { forgetDraft, readDraft, saveDraft } from "./store.js";
import { stepOf } from "./steps.js";

/** @typedef {import("../parts/page.js").Texts} Texts */
/** @typedef {import("./store.js").Fields} Fields */

const PAUSE = 300;
/** Fields that say something; the others are only carried along. */
const TELLING = ["latitude", "service", "description", "photos"];

/**
 * @param {Fields} fields
 * @returns {boolean} whether there is anything to lose
 */
export function saysSomething(fields) {
  return TELLING.some((name) => fields[name]?.some((text) => text.trim()));
}

/**
 * Keep what is written in a form, shortly after each change.
 * @param {HTMLFormElement} form
 */
export function watchDraft(form) {
  let timer = 0;
  const step = stepOf(new URL(form.action).pathname);
  const save = () => {
    clearTimeout(timer);
    const data = new FormData(form);
    if (TELLING.some((name) => data.getAll(name).some((value) => typeof value === "string" && value))) {
      saveDraft(data, step).catch(() => console.info("The draft could not be kept."));
    }
  };
  const later = () => {
    clearTimeout(timer);
    timer = window.setTimeout(save, PAUSE);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", save);
  window.addEventListener("pagehide", save);
  save();
}

/**
 * Offer the draft of another visit, above the form.
 * @param {HTMLFormElement} form
 * @param {Texts} texts
 */
export async function offerDraft(form, texts) {
  const draft = await readDraft();
  const key = new FormData(form).get("idempotency_key");
  if (!draft || draft.fields.idempotency_key?.[0] === key || !saysSomething(draft.fields)) return;
  const token = String(new FormData(form).get("csrf_token") ?? "");
  const offer = document.createElement("div");
  offer.className = "offer";
  offer.setAttribute("role", "region");
  offer.setAttribute("aria-label", texts.draft_title);
  const [title, text] = [document.createElement("b"), document.createElement("p")];
  title.textContent = texts.draft_title;
  const about = (draft.fields.description?.[0] ?? draft.fields.place_text?.[0] ?? "").slice(0, 80);
  text.textContent = about ? format(texts.draft_about, { text: about }) : texts.draft_text;
  const forget = button(texts.draft_delete, "ds-button", async () => {
    await forgetDraft();
    offer.remove();
    form.querySelector("input:not([type=hidden]), select, textarea, button")?.focus();
  });
  forget.dataset.variant = "secondary";
  const resume = button(texts.draft_continue, "ds-button", () => openForm(draft, token));
  offer.append(title, text, resume, forget);
  form.prepend(offer);
}
