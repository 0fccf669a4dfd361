/** One report at the desk: keys, drafts that survive, and who else has it open. */

import { format } from "../lib/format.js";
import { all, readJson } from "../parts/page.js";

const BEAT = 20_000;
const KEYS = /** @type {Record<string, string>} */ ({ t: "verb-gi-til", d: "verb-sla-sammen", v: "verb-avdeling", n: "verb-merknad" });

/** @param {HTMLElement} root the article */
export function start(root) {
  wireDrafts(root);
  wireOpening(root);
  wireKeys(root);
  watch(root);
}

/**
 * What is written stays in this tab until it is sent.
 * @param {HTMLElement} root
 */
function wireDrafts(root) {
  const words = readJson(root, "words");
  /** @type {HTMLTextAreaElement[]} */
  const areas = all(root, "textarea[data-draft]");
  for (const area of areas) {
    const key = `desk:${root.dataset.number}:${area.dataset.draft}`;
    const kept = sessionStorage.getItem(key);
    if (kept && !area.value) {
      area.value = kept;
      const line = document.createElement("p");
      line.className = "muted";
      line.textContent = words.draft;
      area.after(line);
    }
    area.addEventListener("input", () => {
      if (area.value) sessionStorage.setItem(key, area.value);
      else sessionStorage.removeItem(key);
    });
    area.form?.addEventListener("submit", () => sessionStorage.removeItem(key));
    area.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) area.form?.requestSubmit();
    });
  }
}

/** @param {HTMLElement} root */
function wireOpening(root) {
  root.addEventListener("click", (event) => {
    const { target } = event;
    if (!(target instanceof Element)) return;
    const opener = target.closest("[data-opens]");
    if (opener instanceof HTMLElement) {
      event.preventDefault();
      open(root, opener.dataset.opens ?? "");
    }
    const merge = target.closest("[data-merge]");
    if (merge instanceof HTMLElement) {
      const field = root.querySelector("#original-number");
      if (field instanceof HTMLInputElement) field.value = merge.dataset.merge ?? "";
      open(root, "verb-sla-sammen");
    }
  });
}

/** @param {HTMLElement} root @param {string} id */
function open(root, id) {
  const box = root.querySelector(`#${id}`);
  if (!(box instanceof HTMLDetailsElement)) return;
  box.open = true;
  const field = box.querySelector("select, input:not([type=hidden]), textarea");
  if (field instanceof HTMLElement) field.focus();
  box.scrollIntoView({ block: "nearest" });
}

/** @param {HTMLElement} root */
function wireKeys(root) {
  const stop = new AbortController();
  const listen = (/** @type {KeyboardEvent} */ event) => {
    if (!root.isConnected) {
      stop.abort();
      return;
    }
    const { target } = event;
    const isTyping = target instanceof HTMLElement && target.matches("input:not([type=checkbox], [type=radio]), textarea, select");
    if (isTyping && event.key === "Escape") target.blur();
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const key = event.key.toLowerCase();
    if (key === "?") {
      const help = document.getElementById("desk-help");
      if (help instanceof HTMLDialogElement) help.showModal();
    } else if (key === "s") {
      event.preventDefault();
      const answer = root.querySelector("#message-svar");
      if (answer instanceof HTMLElement) answer.focus();
    } else if (key === "m") {
      const take = root.querySelector("form[data-verb=ta]");
      if (take instanceof HTMLFormElement) take.requestSubmit();
    } else if (KEYS[key]) {
      event.preventDefault();
      open(root, KEYS[key]);
    }
  };
  document.addEventListener("keydown", listen, { signal: stop.signal });
}

/**
 * Say that the report is open here, and show who else has it and whether it has changed.
 * @param {HTMLElement} root
 */
function watch(root) {
  const words = readJson(root, "words");
  const place = root.querySelector(".case__presence");
  const address = root.dataset.here ?? "";
  const send = (/** @type {Record<string, string>} */ more) => {
    const body = new URLSearchParams({ csrf_token: root.dataset.token ?? "", ...more });
    return fetch(address, { method: "POST", body, headers: { Accept: "application/json" }, keepalive: true });
  };
  const beat = async () => {
    if (!root.isConnected) {
      clearInterval(timer);
      await send({ borte: "1" }).catch(() => undefined);
      return;
    }
    if (document.hidden || !place) return;
    const writes = all(root, "textarea").some((area) => area instanceof HTMLTextAreaElement && area.value !== "");
    const answer = await send({ skriver: writes ? "1" : "0" }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const { version, others } = await answer.json();
    const lines = others.map((/** @type {{ label: string, is_writing: boolean }} */ other) =>
      format(other.is_writing ? words.writes : words.one, { who: other.label }),
    );
    if (String(version) !== root.dataset.version) lines.push(words.changed);
    if (lines.join() !== (place.getAttribute("data-said") ?? "")) show(place, lines);
  };
  const show = (/** @type {Element} */ where, /** @type {string[]} */ lines) => {
    where.setAttribute("data-said", lines.join());
    where.replaceChildren(
      ...lines.map((text) => {
        const line = document.createElement("p");
        line.className = "note note--slim";
        line.dataset.color = "warning";
        line.textContent = text;
        return line;
      }),
    );
  };
  const timer = setInterval(beat, BEAT);
  addEventListener("pagehide", () => send({ borte: "1" }));
  beat();
}
