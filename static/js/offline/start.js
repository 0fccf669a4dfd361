/** On residents' pages: keeps the draft, tells what waits on this device, sends it, and keeps the page for later. */

import { isKept } from "../lib/device_store.js";
import { readJson } from "../parts/page.js";
import { isReceipt } from "./steps.js";

/** @param {HTMLElement} body with the sentences in data-offline */
export async function start(body) {
  if (!isKept() || !("indexedDB" in globalThis)) return;
  const texts = readJson(body, "offline");
  const [{ watchDraft, offerDraft }, { Strip }, { forgetDraft }] = await Promise.all([
    import("./draft.js"),
    import("./strip.js"),
    import("./store.js"),
  ]);
  if (isReceipt(location.pathname)) await forgetDraft();
  const form = document.querySelector("form[action^='/meld/']");
  if (form instanceof HTMLFormElement) {
    await offerDraft(form, texts);
    watchDraft(form);
  }
  await new Strip(texts, { tellsOffline: form !== null }).start();
  keepPage();
}

/** The service worker needs a safe connection; without one, all the rest works. */
function keepPage() {
  navigator.serviceWorker?.register("/sw.js", { type: "module", scope: "/" }).catch(() => {
    console.info("This browser keeps no page for when there is no coverage.");
  });
}
