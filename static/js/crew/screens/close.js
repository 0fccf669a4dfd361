/** «Mark as fixed»: a sheet over the job, with before and after side by side and the question about improvement. */

import { JobView } from "./job.js";
import { nameOf, pictureOf } from "./pictures.js";
import { big, choiceField, el, heard, icon, openSheet, promise, showError, textField } from "./pieces.js";
import { frame, keep, takeTile } from "./verbs.js";

/** @typedef {import("../types.js").Job} Job */
/** @typedef {import("../types.js").Context} Context */
/** @typedef {import("./pictures.js").Taken} Taken */

const MOST = 5;

/**
 * @param {HTMLElement} main
 * @param {Context} screen
 */
export async function render(main, screen) {
  const view = new JobView(main, screen);
  await view.start();
  const { job } = view;
  const sheet = job?.verbs.includes("fixed") ? openClosing(screen, job) : null;
  return () => {
    sheet?.leave();
    view.stop();
  };
}

/**
 * @param {Context} screen
 * @param {Job} job
 */
function openClosing(screen, job) {
  const { texts, go } = screen;
  const back = `/felt/jobb/${encodeURIComponent(job.number)}`;
  let isLeaving = false;
  /** @type {Taken[]} */
  const before = [];
  /** @type {Taken[]} */
  const after = [];
  const pair = el("div", { class: "app-pair" });
  const draw = () => pair.replaceChildren(beforePart(), ...afterParts());

  /** @param {Taken[]} into @param {string} said */
  const add = (into, said) => (/** @type {Taken} */ taken) => {
    into.push(taken);
    draw();
    screen.say(said);
  };
  /** @param {Taken[]} from @param {number} at */
  const away = (from, at) =>
    el(
      "button",
      {
        type: "button",
        class: "app-away",
        onclick: () => {
          from.splice(at, 1);
          draw();
          screen.say(texts.photo_removed);
          pair.querySelector("input")?.focus();
        },
      },
      icon("XMark"),
      heard(texts.photo_remove),
    );
  /** @param {Node} picture @param {string} words */
  const figure = (picture, words) => el("figure", {}, picture, el("figcaption", {}, words));
  const beforePart = () => {
    const kept = job.photos.find(({ shows }) => shows === "fault");
    if (before.length) return figure(frame(before[0], texts.photo_before, away(before, 0)), texts.photo_before_now);
    if (kept) return figure(el("div", { class: "app-frame" }, pictureOf(kept, nameOf(kept, texts), screen.store)), texts.photo_before);
    return figure(takeTile(texts.take_before, add(before, texts.photo_before_taken)), texts.photo_before);
  };
  const afterParts = () => {
    const kept = job.photos.filter(({ shows }) => shows === "fix");
    const shown = [
      ...kept.map((photo) => figure(el("div", { class: "app-frame" }, pictureOf(photo, nameOf(photo, texts), screen.store)), nameOf(photo, texts))),
      ...after.map((taken, at) => figure(frame(taken, texts.photo_after_now, away(after, at)), texts.photo_after_now)),
    ];
    if (before.length + after.length < MOST) {
      const words = shown.length ? texts.photo_more : texts.take_after;
      shown.push(figure(takeTile(words, add(after, texts.photo_after_taken)), shown.length ? "" : texts.photo_after));
    }
    return shown;
  };

  const improved = choiceField({
    name: "improved",
    legend: texts.improved,
    choices: [
      { value: "yes", title: texts.yes, text: texts.improved_yes },
      { value: "no", title: texts.no, text: texts.improved_no },
    ],
  });
  const words = textField({ id: "words", label: texts.fixed_label, hint: texts.fixed_hint });
  improved.field.addEventListener("change", () => showError(improved.field, "improved", ""));
  const send = async () => {
    const answer = improved.value();
    if (!answer) {
      const first = improved.field.querySelector("input");
      showError(improved.field, "improved", texts.improved_missing, first ?? undefined);
      return;
    }
    const message = words.input.value.trim();
    const data = { led_to_improvement: answer === "yes", ...(message ? { message } : {}) };
    const blobs = [
      ...before.map(({ blob }) => ({ blob, shows: /** @type {const} */ ("fault") })),
      ...after.map(({ blob }) => ({ blob, shows: /** @type {const} */ ("fix") })),
    ];
    if (await keep(screen, job, "fixed", data, blobs)) sheet.close();
  };
  draw();
  const sheet = openSheet({
    title: texts.mark_fixed,
    texts,
    content: [pair, improved.field, words.field, el("div", { class: "app-sheet__end" }, big([texts.send_fixed], send), promise(texts))],
    onClosed: () => {
      if (!isLeaving) go(back, { replace: true });
    },
  });
  return {
    leave() {
      isLeaving = true;
      if (sheet.dialog.open) sheet.close();
    },
  };
}
