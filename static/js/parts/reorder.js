/** A list to put in order: by dragging a handle, or with the arrow keys once a row is lifted. */

import { format } from "../lib/format.js";
import { all, need, readJson } from "./page.js";

/**
 * @typedef {object} Names how the page calls the parts of a row
 * @property {string} handle selector of the button that is dragged
 * @property {string} lifted class of the row while it is lifted
 * @property {string} form selector of the row's form, which is sent with the new place
 */

/**
 * Make the handles of a list work. `data-texts` of the list has `lifted`, `moved` and `left`; the page has
 * a live region `#move-status`.
 * @param {HTMLElement} list
 * @param {Names} names
 */
export function makeOrderable(list, names) {
  for (const handle of all(list, names.handle)) new Handle(list, handle, names);
  const moved = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (moved) moved.querySelector(/** @type {"button"} */ (names.handle))?.focus({ preventScroll: true });
}

/** @param {HTMLElement} list */
const rowsOf = (list) => all(list, ":scope > li");

class Handle {
  /**
   * @param {HTMLElement} list
   * @param {HTMLElement} handle
   * @param {Names} names
   */
  constructor(list, handle, names) {
    this.list = list;
    this.handle = handle;
    this.names = names;
    this.row = /** @type {HTMLElement} */ (handle.closest("li"));
    this.texts = readJson(list, "texts");
    this.from = -1;
    this.isDragged = false;
    handle.addEventListener("keydown", (event) => this.press(event));
    handle.addEventListener("blur", () => setTimeout(() => this.leave()));
    handle.addEventListener("pointerdown", (event) => this.grab(event));
  }

  get place() {
    return rowsOf(this.list).indexOf(this.row);
  }

  get isLifted() {
    return this.from >= 0;
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const steps = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.key === "Enter" || event.key === " ") {
      if (this.isLifted) this.drop();
      else this.lift();
    } else if (this.isLifted && steps) this.step(steps);
    else if (this.isLifted && event.key === "Escape") this.cancel();
    else return;
    event.preventDefault();
  }

  lift() {
    this.from = this.place;
    this.row.classList.add(this.names.lifted);
    this.say(this.texts.lifted);
  }

  /** @param {number} steps */
  step(steps) {
    const rows = rowsOf(this.list);
    const target = rows[this.place + steps];
    if (!target) return;
    if (steps < 0) target.before(this.row);
    else target.after(this.row);
    this.handle.focus();
    this.row.scrollIntoView({ block: "nearest" });
    this.say(this.texts.moved);
  }

  /** Put the row down and save its place. */
  drop() {
    if (!this.isLifted) return;
    const place = this.place;
    const hasMoved = place !== this.from;
    this.from = -1;
    this.row.classList.remove(this.names.lifted);
    if (!hasMoved) return;
    /** @type {HTMLFormElement} */
    const form = need(this.row, this.names.form);
    need(form, "[name=place]").setAttribute("value", String(place + 1));
    form.submit();
  }

  /** Put the row back where it was. */
  cancel() {
    if (!this.isLifted) return;
    const others = rowsOf(this.list).filter((row) => row !== this.row);
    if (this.from < others.length) others[this.from].before(this.row);
    else this.list.append(this.row);
    this.from = -1;
    this.row.classList.remove(this.names.lifted);
    this.handle.focus();
    this.say(this.texts.left);
  }

  /** Whoever leaves a lifted row has not said where it goes. */
  leave() {
    if (this.isLifted && document.activeElement !== this.handle && !this.isDragged) this.cancel();
  }

  /** @param {PointerEvent} event */
  grab(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.handle.focus();
    this.isDragged = true;
    this.lift();
    // On the document: a row that moves in the page would lose the pointer.
    const ends = new AbortController();
    const options = { signal: ends.signal };
    const end = (/** @type {() => void} */ act) => {
      ends.abort();
      this.isDragged = false;
      act();
    };
    document.addEventListener("pointermove", (moved) => this.drag(moved), options);
    document.addEventListener("pointerup", () => end(() => this.drop()), options);
    document.addEventListener("pointercancel", () => end(() => this.cancel()), options);
  }

  /** @param {PointerEvent} event */
  drag(event) {
    const rows = rowsOf(this.list);
    const over = rows.find((row) => {
      const { top, bottom } = row.getBoundingClientRect();
      return event.clientY >= top && event.clientY < bottom;
    });
    if (!over || over === this.row) return;
    const { top, height } = over.getBoundingClientRect();
    const isAbove = rows.indexOf(over) < this.place;
    if (isAbove && event.clientY < top + height / 2) over.before(this.row);
    else if (!isAbove && event.clientY > top + height / 2) over.after(this.row);
  }

  /** @param {string} text */
  say(text) {
    const values = { place: this.place + 1, count: rowsOf(this.list).length };
    need(document, "#move-status").textContent = format(text, values);
  }
}
