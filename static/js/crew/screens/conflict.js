/** Two versions of how a job ended, side by side. The person decides; nothing is lost either way. */

import { format } from "../../lib/format.js";
import { momentOf } from "./moments.js";
import { pictureOf } from "./pictures.js";
import { big, el, promise, put, statusTag } from "./pieces.js";
import { LEADS_TO } from "../predict.js";

/** @typedef {import("../types.js").Context} Context */
/** @typedef {import("../types.js").Kept} Kept */
/** @typedef {import("../types.js").Version} Version */
/** @typedef {import("../types.js").JobPhoto} JobPhoto */

/**
 * @param {HTMLElement} main
 * @param {Context} context
 */
export async function render(main, context) {
  const { params, store, texts, heading } = context;
  const kept = await store.action(params.id);
  const page = el("div", { class: "app-page" });
  main.append(page);
  heading({ title: texts.conflict_title, about: kept?.title ?? "", back: "/felt/ko" });
  const { theirs } = kept?.result ?? {};
  if (!kept || kept.state !== "needs_you" || !theirs) {
    put(page, el("p", {}, texts.conflict_gone));
    return;
  }
  const both = el(
    "div",
    { class: "crew-both" },
    side("mine", texts.conflict_yours, kept.result?.mine ?? mineOf(kept), kept.action.data.photos ?? [], context),
    side("theirs", texts.conflict_theirs, theirs, [], context),
  );
  const choose = async (/** @type {"mine" | "theirs"} */ keep) => {
    const data = { conflict: kept.action.id, keep };
    await context.act({ kind: "resolve", job: kept.shownAs ?? kept.action.job, title: kept.title, data });
    context.say(texts.conflict_chosen);
    context.go("/felt/ko", { replace: true });
  };
  put(
    page,
    kept.objection && el("p", { id: "objection", role: "alert" }, el("b", {}, texts.conflict_objection), " ", kept.objection),
    el("p", {}, kept.result?.sentence || texts.conflict_text),
    both,
    big([texts.keep_mine], () => choose("mine"), { id: "keep-mine", "data-variant": "secondary", "aria-describedby": "mine-means" }),
    el("p", { class: "muted", id: "mine-means" }, texts.keep_mine_text),
    big([texts.keep_theirs], () => choose("theirs"), { id: "keep-theirs", "data-variant": "secondary", "aria-describedby": "theirs-means" }),
    el("p", { class: "muted", id: "theirs-means" }, texts.keep_theirs_text),
    promise(texts),
  );
}

/**
 * What the person said, as it is kept here.
 * @param {Kept} kept
 * @returns {Version}
 */
function mineOf({ action: { kind, at, data } }) {
  return {
    status: LEADS_TO[kind] ?? kind,
    message: data.message ?? null,
    led_to_improvement: data.led_to_improvement ?? null,
    at,
    who: null,
    photos: [],
  };
}

/**
 * @param {"mine" | "theirs"} name
 * @param {string} title
 * @param {Version} version
 * @param {import("../types.js").PhotoRef[]} taken photos that lie on this device
 * @param {Context} context
 */
function side(name, title, version, taken, { texts, store }) {
  const when = momentOf(version.at, texts, new Date());
  const by = version.who ? format(texts.conflict_by, { who: version.who, when }) : when;
  const improved = version.led_to_improvement ? texts.conflict_improved : texts.conflict_not_improved;
  const photos = taken.length ? taken.map((photo) => ({ ...photo, key: "", state: "saved" })) : version.photos.map(photoOf);
  const pictures = photos.map((photo) => pictureOf(photo, texts.conflict_photo, store));
  return el(
    "section",
    { "aria-labelledby": `${name}-title`, id: `side-${name}` },
    el("h2", { class: "h3", id: `${name}-title` }, title),
    el("p", {}, statusTag(version.status, texts)),
    version.led_to_improvement !== null && version.led_to_improvement !== undefined && el("p", {}, improved),
    el("p", { class: "prose" }, version.message || texts.conflict_no_words),
    pictures.length > 0 && el("div", { class: "crew-both__photos" }, ...pictures),
    el("p", { class: "muted" }, by),
  );
}

/** @param {Version["photos"][number]} photo @returns {JobPhoto} */
function photoOf(photo) {
  if (typeof photo === "string") return { key: photo, shows: "fix", state: "shown" };
  return { key: "", state: "", ...photo };
}
