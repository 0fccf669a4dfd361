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
  wireTemplates(root);
  wirePreview(root);
  wireMove(root);
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
 * The answers to begin with: fetched when asked for, found by words, put into the field where the cursor stands.
 * @param {HTMLElement} root
 */
function wireTemplates(root) {
  const box = root.querySelector(".case__templates");
  const opener = box?.querySelector("a");
  const area = root.querySelector("#message-svar");
  if (!(box instanceof HTMLElement) || !opener || !(area instanceof HTMLTextAreaElement)) return;
  const words = readJson(box, "words");
  const place = document.createElement("div");
  place.hidden = true;
  box.append(place);
  box.querySelector("ul")?.remove();
  opener.addEventListener("click", async (event) => {
    event.preventDefault();
    place.hidden = !place.hidden;
    opener.setAttribute("aria-expanded", String(!place.hidden));
    if (place.hidden) return;
    const answer = await fetch(box.dataset.templates ?? "", { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok || answer.redirected) {
      place.textContent = words.failed;
      return;
    }
    showTemplates(place, await answer.json(), words, (text) => {
      area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
      place.hidden = true;
      opener.setAttribute("aria-expanded", "false");
      area.focus();
    });
  });
}

/**
 * @param {HTMLElement} place
 * @param {{ language: string, answers: { code: string, name: string, text: string }[] }} found
 * @param {import("../parts/page.js").Texts} words
 * @param {(text: string) => void} choose
 */
function showTemplates(place, { language, answers }, words, choose) {
  const search = document.createElement("input");
  search.type = "search";
  search.className = "input";
  search.placeholder = words.search;
  search.setAttribute("aria-label", words.search);
  const list = document.createElement("ul");
  list.className = "case__template-list";
  const items = answers.map(({ name, text }) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "linkish";
    button.textContent = name;
    const told = document.createElement("span");
    told.className = "muted";
    told.lang = language;
    told.textContent = text;
    button.addEventListener("click", () => choose(text));
    item.append(button, told);
    return item;
  });
  const none = document.createElement("li");
  none.textContent = words.none;
  const show = () => {
    const wanted = search.value.trim().toLowerCase();
    const fitting = items.filter((item) => (item.textContent ?? "").toLowerCase().includes(wanted));
    list.replaceChildren(...(fitting.length ? fitting : [none]));
  };
  search.addEventListener("input", show);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  show();
  place.replaceChildren(search, list);
  search.focus();
}

/**
 * The map for a wrong place comes with the box it is in: few reports need it.
 * @param {HTMLElement} root
 */
function wireMove(root) {
  const box = root.querySelector("[data-move-pin]");
  const details = box?.closest("details");
  if (!(box instanceof HTMLElement) || !details) return;
  const begin = async () => {
    if (!details.open || box.dataset.begun) return;
    box.dataset.begun = "yes";
    const { show } = await import("../parts/move_pin.js");
    show(box);
    box.dataset.shown = "yes";
  };
  details.addEventListener("toggle", begin);
  begin();
}

/**
 * The letter as the reporter would get it, below each form that sends one.
 * @param {HTMLElement} root
 */
function wirePreview(root) {
  for (const button of all(root, "button[data-preview]")) {
    if (!(button instanceof HTMLButtonElement) || !button.form) continue;
    const { form } = button;
    const place = form.nextElementSibling;
    if (!place?.classList.contains("case__preview")) continue;
    button.addEventListener("click", async (event) => {
      event.preventDefault();
      const body = new FormData(form);
      const answer = await fetch(button.formAction, { method: "POST", body, headers: { "X-Requested-With": "fetch" } }).catch(() => null);
      if (!answer || answer.redirected || answer.status >= 500) return;
      const made = new DOMParser().parseFromString(await answer.text(), "text/html");
      place.replaceChildren(...made.body.children);
    });
  }
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
