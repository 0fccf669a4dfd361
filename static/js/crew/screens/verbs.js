/** What may be done with a job, each in a sheet: words, photos, and the endings that are not «fixed». */

import { formatDistance } from "../../lib/distance.js";
import { format } from "../../lib/format.js";
import { fullNumber, isOpen, nearby } from "./order.js";
import { camera, named } from "./pictures.js";
import { big, choiceField, el, icon, openSheet, pinOf, promise, put, showError, textField } from "./pieces.js";

/** @typedef {import("../types.js").Job} Job */
/** @typedef {import("../types.js").Kind} Kind */
/** @typedef {import("../types.js").Context} Context */
/** @typedef {import("./pictures.js").Taken} Taken */

const NEAR = 5;
/** Farther away than this it is hardly the same fault. */
const SAME = 500;

/** The endings besides «fixed», as the sheet shows them. */
export const ENDINGS = ["return", "no_action", "duplicate", "hand_back"];
/** What may be said without words. */
const WORDLESS = new Set(["pause"]);

/**
 * Put what was done in the queue, and say so. When this device has no room for it, the strip on top says
 * that, and what was written stays where it is.
 * @param {Context} screen
 * @param {Job} job
 * @param {Kind} kind
 * @param {import("../types.js").ActionData} data
 * @param {{ blob: Blob, shows: "fault" | "fix" }[]} [blobs]
 * @returns {Promise<boolean>} whether it is kept
 */
export async function keep(screen, job, kind, data, blobs = []) {
  const { texts } = screen;
  const kept = await screen.act({ kind, job: job.number, title: job.service, data }, blobs).catch(() => null);
  if (kept) screen.say(`${texts[`did_${kind}`]}. ${texts.saved_here}.`);
  return kept !== null;
}

/**
 * A sheet with one text.
 * @param {Context} screen
 * @param {Job} job
 * @param {"note" | "message" | "material" | "pause" | "no_action" | "return" | "hand_back"} kind
 * @param {string} [back] the id of what gets the focus afterwards
 */
export function writeText(screen, job, kind, back = kind) {
  const { texts } = screen;
  const { field, input } = textField({ id: "words", label: texts[`${kind}_label`], hint: texts[`${kind}_hint`] });
  const save = async () => {
    const message = input.value.trim();
    if (!message && !WORDLESS.has(kind)) {
      showError(sheet.dialog, "words", texts[`${kind}_missing`]);
      return;
    }
    if (await keep(screen, job, kind, message ? { message } : {})) sheet.close();
  };
  const sheet = openSheet({
    title: texts[`${kind}_title`],
    texts,
    content: [field, el("div", { class: "app-sheet__end" }, big([texts[`${kind}_button`]], save), promise(texts))],
    onClosed: () => focusBack(back),
  });
  input.focus();
}

/** @param {string} id */
function focusBack(id) {
  (document.getElementById(id) ?? document.getElementById("service-title"))?.focus();
}

/**
 * What a photo that was just taken shows; more may be taken before it is kept.
 * @param {Context} screen
 * @param {Job} job
 * @param {Taken} taken
 */
export function choosePhoto(screen, job, taken) {
  const { texts } = screen;
  const shots = [taken];
  const row = el("div", { class: "app-pair" });
  const shows = choiceField({
    name: "shows",
    legend: texts.shows_what,
    choices: [
      { value: "fault", title: texts.shows_fault, isChosen: job.status !== "in_progress" && isOpen(job.status) },
      { value: "fix", title: texts.shows_fix, isChosen: job.status === "in_progress" || !isOpen(job.status) },
    ],
  });
  const words = textField({ id: "words", label: texts.photo_words, isArea: false });
  const draw = () => {
    const frames = shots.map((shot, at) => frame(shot, format(texts.photo_number, { num: at + 1 })));
    row.replaceChildren(...frames, ...(shots.length < 5 ? [takeTile(texts.photo_more, add)] : []));
  };
  const add = (/** @type {Taken} */ more) => {
    shots.push(more);
    draw();
    screen.say(format(texts.photo_taken, { num: shots.length }));
  };
  const save = async () => {
    /** @type {"fault" | "fix"} */
    const kind = shows.value() === "fix" ? "fix" : "fault";
    const message = words.input.value.trim();
    const blobs = shots.map(({ blob }) => ({ blob, shows: kind }));
    if (await keep(screen, job, "photo", message ? { message } : {}, blobs)) sheet.close();
  };
  draw();
  const sheet = openSheet({
    title: texts.photo_title,
    texts,
    content: [row, shows.field, words.field, el("div", { class: "app-sheet__end" }, big([texts.photo_button], save), promise(texts))],
    onClosed: () => focusBack("service-title"),
  });
}

/**
 * A photo in its frame.
 * @param {Taken} taken
 * @param {string} name
 * @param {Node} [more] laid over it
 */
export function frame({ preview }, name, more) {
  const box = el("div", { class: "app-frame" }, named(preview, name));
  if (more) put(box, more);
  return box;
}

/**
 * The place where a photo is to be: a press opens the camera.
 * @param {string} words
 * @param {(taken: Taken) => void} onTaken
 */
export function takeTile(words, onTaken) {
  return el("div", { class: "app-frame app-frame--take app-take" }, icon("Camera"), words, camera(words, onTaken));
}

/**
 * The endings that are not «fixed», and sending the job away.
 * @param {Context} screen
 * @param {Job} job
 * @param {Job[]} jobs all of them, to choose an original from
 */
export function openEndings(screen, job, jobs) {
  const { texts } = screen;
  let isChosen = false;
  /** @param {string} kind */
  const may = (kind) => job.verbs.includes(kind);
  /** @param {string} sign @param {string} kind @param {() => void} act */
  const ending = (sign, kind, act) =>
    el(
      "button",
      {
        type: "button",
        class: "app-ending",
        "data-ending": kind,
        onclick: () => {
          isChosen = true;
          sheet.close();
          act();
        },
      },
      icon(sign),
      el("span", {}, el("b", {}, texts[`${kind}_title`]), el("span", { class: "muted" }, texts[`${kind}_about`])),
    );
  const sheet = openSheet({
    title: texts.endings_title,
    texts,
    content: [
      el(
        "div",
        { class: "app-endings" },
        may("return") && ending("Clock", "return", () => writeText(screen, job, "return", "endings")),
        may("no_action") && ending("XMark", "no_action", () => writeText(screen, job, "no_action", "endings")),
        may("duplicate") && ending("BulletList", "duplicate", () => chooseOriginal(screen, job, jobs)),
        may("hand_back") && ending("ArrowUndo", "hand_back", () => writeText(screen, job, "hand_back", "endings")),
      ),
    ],
    onClosed: () => {
      if (!isChosen) focusBack("endings");
    },
  });
}

/**
 * Already reported: which one it is, from those nearby or by its number.
 * @param {Context} screen
 * @param {Job} job
 * @param {Job[]} jobs
 */
function chooseOriginal(screen, job, jobs) {
  const { texts } = screen;
  const now = new Date();
  const others = jobs.filter(({ position, is_new, status }) => position && !is_new && isOpen(status));
  const near = job.position ? nearby(others, job, NEAR).filter(({ metres }) => metres <= SAME) : [];
  const choices = near.map(({ job: other, metres }) => ({
    value: other.number,
    title: `${other.service}, ${formatDistance(metres, texts.decimal)}`,
    text: el("span", {}, other.place && `${other.place} · `, el("span", { class: "app-nowrap" }, other.number)),
    before: pinOf(other, now),
  }));
  const list = choices.length ? choiceField({ name: "original", legend: texts.original_near, choices }) : null;
  const typed = textField({
    id: "number",
    label: list ? texts.original_or_number : texts.original_number,
    hint: format(texts.original_hint, { number: job.is_new ? "KSU-2026-000123" : job.number }),
    isArea: false,
    more: { autocomplete: "off", autocapitalize: "characters", inputmode: "text" },
  });
  const save = async () => {
    const like = others[0]?.number ?? job.number;
    const written = typed.input.value.trim();
    const original = written ? fullNumber(written, like) : list?.value();
    if (!original || original === job.number) {
      const sentence = written ? (original === job.number ? texts.original_itself : texts.original_wrong) : texts.original_missing;
      showError(sheet.dialog, "number", sentence);
      return;
    }
    if (await keep(screen, job, "duplicate", { original })) sheet.close();
  };
  typed.input.addEventListener("input", () => {
    const chosen = /** @type {HTMLInputElement | null} */ (list?.field.querySelector("input:checked"));
    if (typed.input.value && chosen) chosen.checked = false;
  });
  list?.field.addEventListener("change", () => {
    typed.input.value = "";
    showError(sheet.dialog, "number", "");
  });
  const sheet = openSheet({
    title: texts.duplicate_title,
    texts,
    content: [
      ...(list ? [list.field] : [el("p", { class: "muted" }, texts.original_none_near)]),
      typed.field,
      el("div", { class: "app-sheet__end" }, big([texts.duplicate_button], save), promise(texts)),
    ],
    onClosed: () => focusBack("endings"),
  });
}
