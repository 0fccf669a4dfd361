/** Drawing boxes over a photo: each fills a row of fields, and each row is shown as a box. */

import { format } from "../lib/format.js";
import { all, need, readJson } from "../parts/page.js";

const SIDES = /** @type {const} */ (["left", "top", "width", "height"]);
const LEAST = 1;

/** @param {HTMLFormElement} form */
export function start(form) {
  const texts = readJson(form, "texts");
  const photo = need(form, ".black-out__photo");
  const said = need(form, "[data-said]");
  const rows = all(form, ".black-out__box").map((element, at) => new Row(element, photo, at + 1));
  for (const row of rows) row.show();
  /** @type {{ row: Row, x: number, y: number } | null} */
  let drawing = null;
  photo.addEventListener("pointerdown", (event) => {
    const row = rows.find((one) => one.isEmpty);
    if (!row || event.button !== 0) return;
    event.preventDefault();
    photo.setPointerCapture(event.pointerId);
    drawing = { row, ...place(photo, event) };
  });
  photo.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    const { x, y } = place(photo, event);
    drawing.row.fill({
      left: Math.min(x, drawing.x),
      top: Math.min(y, drawing.y),
      width: Math.abs(x - drawing.x),
      height: Math.abs(y - drawing.y),
    });
  });
  const end = () => {
    if (!drawing) return;
    const { row } = drawing;
    drawing = null;
    if (row.isTiny) row.empty();
    else said.textContent = format(texts.drawn, { number: row.number });
  };
  photo.addEventListener("pointerup", end);
  photo.addEventListener("pointercancel", end);
}

/**
 * Where a pointer is, in per cent of the photo.
 * @param {HTMLElement} photo
 * @param {PointerEvent} event
 */
function place(photo, event) {
  const frame = photo.getBoundingClientRect();
  /** @param {number} part */
  const within = (part) => Math.min(Math.max(part * 100, 0), 100);
  return {
    x: within((event.clientX - frame.left) / frame.width),
    y: within((event.clientY - frame.top) / frame.height),
  };
}

/** A row of fields, and its box on the photo. */
class Row {
  /**
   * @param {HTMLElement} element
   * @param {HTMLElement} photo
   * @param {number} number
   */
  constructor(element, photo, number) {
    this.element = element;
    this.number = number;
    /** @type {HTMLInputElement[]} */
    this.inputs = SIDES.map((side) => need(element, `input[name=${side}]`));
    this.cover = document.createElement("span");
    this.cover.className = "black-out__cover";
    this.cover.setAttribute("aria-hidden", "true");
    this.cover.textContent = String(number);
    photo.append(this.cover);
    for (const input of this.inputs) input.addEventListener("input", () => this.show());
    need(element, "[data-empty]").addEventListener("click", () => this.empty());
  }

  get values() {
    return this.inputs.map((input) => Number.parseFloat(input.value.replace(",", ".")));
  }

  get isEmpty() {
    return this.inputs.every((input) => !input.value);
  }

  get isTiny() {
    const [, , width, height] = this.values;
    return !(width >= LEAST && height >= LEAST);
  }

  /** @param {Record<"left" | "top" | "width" | "height", number>} box */
  fill(box) {
    for (const [at, side] of SIDES.entries()) this.inputs[at].value = box[side].toFixed(1);
    this.show();
  }

  empty() {
    for (const input of this.inputs) input.value = "";
    this.show();
  }

  show() {
    const { values } = this;
    const isWhole = values.every(Number.isFinite);
    this.cover.hidden = !isWhole;
    this.cover.style.display = isWhole ? "" : "none";
    if (!this.isEmpty) delete this.element.dataset.spare;
    for (const [at, side] of SIDES.entries()) this.cover.style[side] = `${values[at]}%`;
  }
}
