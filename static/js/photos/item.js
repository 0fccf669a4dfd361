/** One photo in a form's row of photos: its picture, how far it has come, and a button that takes it away. */

import { button } from "../lib/elements.js";
import { format } from "../lib/format.js";

/** @typedef {import("../parts/page.js").Texts} Texts */
/** @typedef {"sending" | "stored" | "failed" | "refused"} State */

export class Item {
  /**
   * @param {Texts} texts
   * @param {number} number as it is called
   * @param {HTMLLIElement} element
   */
  constructor(texts, number, element) {
    this.texts = texts;
    this.name = format(texts.name, { number });
    this.element = element;
    element.className = "photos__item";
    /** @type {State} */
    this.state = "sending";
    this.key = "";
    this.mark = "";
    /** @type {File | null} */
    this.file = null;
    this.stop = new AbortController();
    this.bar = document.createElement("progress");
    this.bar.className = "photos__progress";
    this.bar.setAttribute("aria-label", format(texts.progress, { name: this.name }));
    this.again = button(texts.again, "photos__again");
    this.away = button("", "photos__remove");
    this.away.append(hidden(format(texts.remove, { name: this.name })), cross(texts.cross));
    this.render();
  }

  /** @param {HTMLElement} picture a canvas, or an image */
  show(picture) {
    picture.classList.add("photos__picture");
    if (picture instanceof HTMLImageElement) picture.alt = this.name;
    else {
      picture.setAttribute("role", "img");
      picture.setAttribute("aria-label", this.name);
    }
    this.picture = picture;
    this.render();
  }

  /** @param {State} state */
  become(state) {
    this.state = state;
    this.render();
  }

  /** @param {string} key @param {string} url of a small picture */
  store(key, url) {
    this.key = key;
    if (!this.picture) {
      const image = new Image();
      image.src = url;
      this.show(image);
    }
    this.become("stored");
  }

  render() {
    this.element.dataset.state = this.state;
    const parts = [this.picture ?? blank(), this.away];
    if (this.state === "sending") parts.push(this.bar);
    if (this.state === "failed") parts.push(this.again);
    this.element.replaceChildren(...parts);
  }
}

/** @param {string} text read aloud only */
function hidden(text) {
  const made = document.createElement("span");
  made.className = "ds-sr-only";
  made.textContent = text;
  return made;
}

/** @param {string} href of the drawing */
function cross(href) {
  const space = "http://www.w3.org/2000/svg";
  const made = document.createElementNS(space, "svg");
  made.setAttribute("class", "i");
  made.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", href);
  made.append(use);
  return made;
}

function blank() {
  const made = document.createElement("span");
  made.className = "photos__picture";
  return made;
}
