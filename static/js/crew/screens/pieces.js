/** What the field app's screens are built of: elements, signs, pins, sheets. Words come from the page. */

import { drawPin } from "../../map/pins.js";
import { format } from "../../lib/format.js";
import { colourOf, deadlineOf, phaseOf } from "./order.js";
import { dayOf } from "./moments.js";

/** @typedef {import("../../parts/page.js").Texts} Texts */
/** @typedef {import("../types.js").Job} Job */
/** @typedef {Node | string | null | undefined | false} Child */

const SVG = "http://www.w3.org/2000/svg";

/**
 * Make an element. `on…` are listeners; null, undefined and false leave an attribute out.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) {
      made.setAttribute(name, value === true ? "" : String(value));
    }
  }
  put(made, ...children);
  return made;
}

/**
 * Put children into an element; what is empty is left out.
 * @param {Element} parent
 * @param {...Child} children
 */
export function put(parent, ...children) {
  parent.append(.../** @type {(Node | string)[]} */ (children.filter(Boolean)));
}

/** @param {string} name @returns {string} the address of an icon's drawing */
function iconUrl(name) {
  const { icons } = document.body.dataset;
  return `${icons}#i-${name}`;
}

/**
 * @param {string} className
 * @param {string} box
 * @param {string} href
 */
function drawing(className, box, href) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("viewBox", box);
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", href);
  svg.append(use);
  return svg;
}

/** @param {string} name of an icon in the sprite */
export function icon(name) {
  return drawing("i", "0 0 24 24", iconUrl(name));
}

/** @param {string} name @returns {string} the address of a drawing beside the pins */
function symbol(name) {
  const template = document.querySelector("#pin-template");
  return `${template instanceof HTMLTemplateElement ? template.dataset.sprite : ""}#${name}`;
}

/** @param {string} group */
export function groupIcon(group) {
  return drawing("i", "0 0 24 24", symbol(`group-${group}`));
}

/**
 * @param {Pick<Job, "status" | "group" | "due_at">} job
 * @param {Date} now
 */
export function pinOf(job, now) {
  const isOverdue = deadlineOf(job, now).nearness === "over";
  return drawPin({ phase: phaseOf(job.status), group: job.group, isOverdue });
}

/**
 * The status as a tag: sign and word.
 * @param {string} status
 * @param {Texts} texts
 */
export function statusTag(status, texts) {
  return el(
    "span",
    { class: "status", "data-color": colourOf(status) },
    drawing("sign", "0 0 16 16", symbol(`sign-${status}`)),
    el("span", { class: "status__word" }, texts[`status_${status}`] ?? status),
  );
}

/**
 * What is to be said of the deadline, with its sign.
 * @param {Pick<Job, "due_at" | "status">} job
 * @param {Texts} texts
 * @param {Date} now
 */
export function dueWords(job, texts, now) {
  const { nearness, days } = deadlineOf(job, now);
  if (nearness === "none") return null;
  const icons = { over: "ExclamationmarkTriangleFill", today: "Clock", soon: "Clock", later: "Calendar" };
  const words = {
    over: format(days === 1 ? texts.day_over : texts.days_over, { num: days }),
    today: texts.due_today,
    soon: format(texts.due, { day: dayOf(job.due_at ?? "", now, "short") }),
    later: format(texts.due, { day: dayOf(job.due_at ?? "", now, "short") }),
  };
  return el("span", { class: `app-due app-due--${nearness}` }, icon(icons[nearness]), words[nearness]);
}

/** @param {string} text @param {string} iconName @param {string} colour */
export function flag(text, iconName, colour) {
  return el("span", { class: "flag", "data-color": colour }, icon(iconName), text);
}

/**
 * Put these in the place of what is there, unless that looks the same already: who presses at that moment
 * would press on nothing.
 * @param {Element} place
 * @param {Node[]} fresh
 */
export function redraw(place, fresh) {
  const { childNodes } = place;
  const isSame = childNodes.length === fresh.length && fresh.every((node, at) => node.isEqualNode(childNodes[at]));
  if (!isSame) place.replaceChildren(...fresh);
}

/** @param {string} text read aloud only */
export function heard(text) {
  return el("span", { class: "ds-sr-only" }, text);
}

/**
 * A large button. While what it does goes on, it is deaf: an impatient second press does nothing.
 * @param {Child[]} words
 * @param {() => unknown} act
 * @param {Record<string, any>} [more] `data-variant`, `id`
 */
export function big(words, act, more = {}) {
  const press = async () => {
    if (made.getAttribute("aria-busy") === "true") return;
    made.setAttribute("aria-busy", "true");
    try {
      await act();
    } finally {
      made.removeAttribute("aria-busy");
    }
  };
  const made = el("button", { type: "button", class: "ds-button app-big", onclick: press, ...more }, ...words);
  return made;
}

/** @typedef {{ dialog: HTMLDialogElement, close: () => void }} Sheet */

/**
 * A sheet from below over the screen. Esc, the cross and a press outside close it.
 * @param {object} what
 * @param {string} what.title
 * @param {Texts} what.texts
 * @param {Node[]} what.content
 * @param {() => void} [what.onClosed] however it was closed
 * @returns {Sheet}
 */
export function openSheet({ title, texts, content, onClosed = () => {} }) {
  const close = () => dialog.close();
  const heading = el("h2", { class: "h2", id: "sheet-title", tabindex: "-1" }, title);
  const cross = el("button", { type: "button", class: "app-cross", onclick: close }, icon("XMark"), heard(texts.close));
  const dialog = el(
    "dialog",
    { class: "app-sheet", "aria-labelledby": "sheet-title" },
    el("div", { class: "app-sheet__top" }, heading, cross),
    ...content,
  );
  dialog.addEventListener("close", () => {
    dialog.remove();
    onClosed();
  });
  dialog.addEventListener("pointerdown", (event) => {
    if (event.target === dialog && event.clientY < dialog.getBoundingClientRect().top) close();
  });
  document.body.append(dialog);
  dialog.showModal();
  heading.focus();
  return { dialog, close };
}

/**
 * A text field with its label, a hint and room for an error.
 * @param {object} what
 * @param {string} what.id
 * @param {string} what.label
 * @param {string} [what.hint]
 * @param {boolean} [what.isArea]
 * @param {Record<string, any>} [what.more] attributes of the field
 */
export function textField({ id, label, hint = "", isArea = true, more = {} }) {
  const told = [hint ? `${id}-hint` : "", `${id}-error`].filter(Boolean).join(" ");
  const shared = { id, "aria-describedby": told, maxlength: 2000, ...more };
  const input = isArea
    ? el("textarea", { class: "input input--area", rows: 3, ...shared })
    : el("input", { class: "input", ...shared });
  const field = el(
    "div",
    { class: "field" },
    el("label", { for: id }, label),
    hint && el("p", { class: "hint", id: `${id}-hint` }, hint),
    input,
    errorPlace(id),
  );
  return { field, input };
}

/** @param {string} id of what the error is about */
export function errorPlace(id) {
  return el("p", { class: "error", id: `${id}-error`, hidden: true });
}

/**
 * Tell what is wrong beside what it is about, and go there. Without a sentence the error goes away.
 * @param {HTMLElement} root
 * @param {string} id
 * @param {string} sentence
 * @param {HTMLElement} [where] what gets the focus
 */
export function showError(root, id, sentence, where) {
  /** @type {HTMLElement | null} */
  const place = root.querySelector(`#${id}-error`);
  if (!place) return;
  place.hidden = !sentence;
  place.replaceChildren(...(sentence ? [icon("XMarkOctagonFill"), el("span", {}, sentence)] : []));
  const about = where ?? root.querySelector(`#${id}`);
  about?.setAttribute("aria-invalid", String(Boolean(sentence)));
  if (sentence && about instanceof HTMLElement) about.focus();
}

/**
 * Choices of which one is taken.
 * @param {object} what
 * @param {string} what.name
 * @param {string} what.legend
 * @param {{ value: string, title: string, text?: Child, isChosen?: boolean, before?: Node }[]} what.choices
 */
export function choiceField({ name, legend, choices }) {
  const cards = choices.map(({ value, title, text, isChosen, before }) =>
    el(
      "label",
      { class: "card app-card" },
      el("input", { type: "radio", name, value, checked: isChosen, "aria-describedby": `${name}-error` }),
      before,
      el("span", {}, el("b", {}, title), text && el("span", { class: "muted" }, text)),
    ),
  );
  const field = el(
    "fieldset",
    { class: "app-choices", id: name },
    el("legend", { class: "h3" }, legend),
    ...cards,
    errorPlace(name),
  );
  /** @returns {HTMLInputElement | null} */
  const chosen = () => field.querySelector("input:checked");
  return { field, value: () => chosen()?.value ?? "" };
}

/** The promise beside each button that saves. @param {Texts} texts */
export function promise(texts) {
  return el("p", { class: "app-promise" }, icon("CloudSlash"), el("span", {}, texts.saves_now));
}
