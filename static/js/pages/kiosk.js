/** A shared computer: begins anew after a while without use, and asks first. */

import { judge } from "../lib/patience.js";
import { leave } from "../offline/leave.js";
import { need } from "../parts/page.js";

const SIGNS = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart", "input"];
const SAY_EVERY = 10;
const AFTER_SENDING = 60;

/** @param {HTMLElement} root */
export function start(root) {
  leave().catch(() => console.info("This browser could not be emptied."));
  const dialog = /** @type {HTMLDialogElement} */ (need(root, "dialog"));
  const left = need(root, "[data-left]");
  const said = need(root, "[data-said]");
  const anew = root.dataset.anew ?? "/";
  const patience =
    root.dataset.short === "yes" ? AFTER_SENDING : Number(root.dataset.seconds) || AFTER_SENDING;
  let last = Date.now();

  const used = () => {
    if (!dialog.open) last = Date.now();
  };
  for (const sign of SIGNS) document.addEventListener(sign, used, { passive: true });

  const stay = () => {
    last = Date.now();
    said.textContent = "";
    if (dialog.open) dialog.close();
  };
  need(root, "[data-stay]").addEventListener("click", stay);
  dialog.addEventListener("cancel", stay); // Escape
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.replace(anew); // «back» must not show what somebody else wrote
  });

  setInterval(() => {
    const verdict = judge((Date.now() - last) / 1000, patience);
    if (verdict.kind === "anew") location.replace(anew);
    if (verdict.kind !== "ask") return;
    if (!dialog.open) dialog.showModal();
    left.textContent = String(verdict.left);
    if (verdict.left % SAY_EVERY === 0) {
      said.textContent = (said.dataset.words ?? "").replace("%(count)s", String(verdict.left));
    }
  }, 500);
}
