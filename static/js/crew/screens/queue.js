/** What waits on this device, what needs the person, and what was sent the last day. */

import { format, formatCount } from "../../lib/format.js";
import { momentOf } from "./moments.js";
import { big, el, heard, icon, put, redraw } from "./pieces.js";
import { followersOf } from "../mending.js";
import { hanging, needing, pending } from "../predict.js";
import { standing } from "../sync.js";

/** @typedef {import("../types.js").Context} Context */
/** @typedef {import("../types.js").Kept} Kept */
/** @typedef {import("../types.js").ActionState} ActionState */

/** @type {Record<ActionState, string>} */
const SIGNS = {
  saved: "CloudSlash",
  sending: "ArrowUp",
  sent: "CheckmarkCircleFill",
  needs_you: "ExclamationmarkTriangleFill",
};

/**
 * @param {HTMLElement} main
 * @param {Context} context
 */
export async function render(main, context) {
  const queue = new Queue(main, context);
  await queue.draw();
  return context.store.onChange(() => queue.draw());
}

class Queue {
  /**
   * @param {HTMLElement} main
   * @param {Context} context
   */
  constructor(main, context) {
    this.context = context;
    this.page = el("div", { class: "app-page" });
    /** @type {Kept[]} */
    this.actions = [];
    /** @type {Set<Kept>} what waits for a report that is not coming */
    this.hanging = new Set();
    const send = big([context.texts.queue_send], () => context.sync(), { id: "send-now" });
    main.append(this.page, el("div", { class: "bar app-bar" }, send));
    context.heading({ title: context.texts.queue_title, back: "/felt/" });
  }

  async draw() {
    const { store, texts } = this.context;
    const [actions, now] = await Promise.all([store.actions(), standing()]);
    const focused = document.activeElement?.id ?? "";
    const newest = [...actions].reverse();
    this.actions = actions;
    this.hanging = new Set(hanging(actions));
    const parts = [
      this.#part("queue_needs", needing(newest)),
      this.#part("queue_waiting", pending(actions)),
      this.#part("queue_sent", newest.filter(({ state }) => state === "sent")),
    ].filter(Boolean);
    const none = el("div", {}, el("h2", { class: "h3" }, texts.queue_none), el("p", {}, texts.queue_none_text));
    const contact = now.lastContact
      ? format(texts.queue_synced, { when: momentOf(new Date(now.lastContact).toISOString(), texts, new Date()) })
      : texts.queue_never;
    redraw(this.page, [...(parts.length ? parts : [none]), el("p", { class: "muted" }, contact)]);
    if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus();
  }

  /**
   * @param {string} name of the text above the part
   * @param {Kept[]} actions
   */
  #part(name, actions) {
    if (!actions.length) return null;
    const rows = actions.map((kept) => this.#row(kept));
    return el(
      "section",
      { class: "app-part", "aria-labelledby": name },
      el("h2", { class: "h3", id: name }, this.context.texts[name]),
      el("ul", { class: "crew-queue" }, ...rows),
    );
  }

  /** @param {Kept} kept */
  #row(kept) {
    const { texts } = this.context;
    const { action, title, result } = kept;
    const state = this.hanging.has(kept) ? "needs_you" : kept.state;
    const photos = action.data.photos?.length ?? 0;
    const words = action.data.message ?? action.data.description ?? "";
    const about = [result?.number ?? kept.shownAs ?? action.job, momentOf(action.at, texts, new Date())];
    if (photos) about.push(formatCount(texts.with_photos_one, texts.with_photos_many, photos));
    return el(
      "li",
      { "data-state": state, "data-kind": action.kind },
      icon(SIGNS[state]),
      el(
        "div",
        {},
        el("b", {}, [texts[`did_${action.kind}`], title].filter(Boolean).join(" · ")),
        el("p", { class: "muted" }, about.filter(Boolean).join(" · ")),
        words && el("p", { class: "prose" }, words),
        el("p", { class: "crew-queue__state" }, this.#stateOf(kept)),
        state === "needs_you" && this.#ways(kept),
      ),
    );
  }

  /** @param {Kept} kept @returns {string} */
  #stateOf(kept) {
    const { texts } = this.context;
    const { state, result } = kept;
    if (this.hanging.has(kept)) {
      const isHere = this.actions.some(({ action }) => action.id === kept.action.report);
      return isHere ? texts.hangs_on_refused : texts.hangs_on_deleted;
    }
    if (state === "sent" && result?.outcome === "merged") return texts.was_merged;
    if (state === "sent" && result?.outcome === "already") return result.sentence || texts.was_already;
    if (state !== "needs_you") return texts[`state_${state}`];
    if (result?.outcome === "conflict") return kept.objection || texts.in_conflict;
    const fallback = result?.errors?.photos === "" ? texts.photos_lost : texts.was_refused;
    return result?.sentence || fallback;
  }

  /** What the person can do about it. @param {Kept} kept */
  #ways(kept) {
    const { action, result, title } = kept;
    const { texts, go } = this.context;
    const isHanging = this.hanging.has(kept);
    const ways = el("div", { class: "crew-queue__ways" });
    const name = heard(`: ${title}`);
    if (result?.outcome === "conflict") {
      put(ways, big([texts.choose, name], () => go(`/felt/konflikt/${action.id}`), { id: `choose-${action.id}` }));
      return ways;
    }
    const hasPhotos = Boolean(action.data.photos?.length) && action.kind !== "photo";
    const isAboutPhotos = result?.errors?.photos !== undefined;
    if (!isHanging && isAboutPhotos && hasPhotos) {
      put(ways, big([texts.without_photos, name], () => this.#again(action.id, { photos: [] }), { id: `without-${action.id}` }));
    } else if (!isHanging && !isAboutPhotos) {
      put(ways, big([texts.try_send, name], () => this.#again(action.id, {}), { id: `again-${action.id}`, "data-variant": "secondary" }));
    }
    put(ways, el("button", { type: "button", class: "app-quiet", id: `delete-${action.id}`, onclick: () => this.#ask(action.id) }, texts.delete_here, heard(`: ${title}`)));
    return ways;
  }

  /**
   * @param {string} id
   * @param {Partial<import("../types.js").ActionData>} data
   */
  async #again(id, data) {
    const { store, sync, say, texts } = this.context;
    await store.again(id, data);
    say(texts.state_saved);
    document.getElementById("title")?.focus();
    await sync();
  }

  /** Deleting what nobody else has is asked about first. @param {string} id */
  #ask(id) {
    const { texts, store, say } = this.context;
    const count = followersOf(this.actions, id).length;
    const dialog = el(
      "dialog",
      { class: "crew-ask", "aria-labelledby": "ask-title" },
      el(
        "form",
        { method: "dialog" },
        el("h2", { class: "h2", id: "ask-title" }, texts.delete_title),
        el("p", {}, texts.delete_text),
        count > 0 && el("p", { id: "delete-more" }, formatCount(texts.delete_more_one, texts.delete_more_many, count)),
        el("button", { class: "ds-button app-big", value: "keep" }, texts.delete_keep),
        el("button", { class: "ds-button app-big", value: "delete", "data-variant": "secondary", "data-color": "danger", id: "delete-sure" }, texts.delete_here),
      ),
    );
    dialog.addEventListener("close", async () => {
      const isSure = dialog.returnValue === "delete";
      dialog.remove();
      if (!isSure) {
        document.getElementById(`delete-${id}`)?.focus();
        return;
      }
      await store.remove(id);
      say(texts.deleted);
      document.getElementById("title")?.focus();
    });
    document.body.append(dialog);
    dialog.showModal();
  }
}
