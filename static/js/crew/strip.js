/** The dark strip under the header: saved here, sent, needs you. It always tells. */

import { link } from "../lib/elements.js";
import { icon } from "./screens/pieces.js";
import { linesOf } from "./lines.js";
import { onChange } from "./store.js";
import { standing } from "./sync.js";

/** @typedef {import("./types.js").Texts} Texts */
/** @typedef {import("./lines.js").Line} Line */

export class Strip {
  /**
   * @param {HTMLElement} element
   * @param {Texts} texts
   * @param {(path: string) => void} go
   */
  constructor(element, texts, go) {
    this.element = element;
    this.texts = texts;
    this.go = go;
    this.warning = "";
    this.said = "";
  }

  async start() {
    onChange(() => this.show());
    await this.show();
  }

  /** Something could not be saved: that stays until the next change. @param {string} sentence */
  warn(sentence) {
    this.warning = sentence;
    this.show();
  }

  async show() {
    const now = await standing();
    const lines = linesOf(now, this.texts, navigator.onLine, document.body.dataset.signIn ?? "");
    if (this.warning) lines.unshift({ state: "needs_you", sign: "ExclamationmarkTriangleFill", text: this.warning });
    const said = JSON.stringify(lines);
    if (said === this.said) return; // a live region is not to say the same twice
    this.said = said;
    this.warning = "";
    this.element.replaceChildren(...lines.map((line) => this.#draw(line)));
    this.element.dataset.state = now.state;
  }

  /** @param {Line} line */
  #draw({ state, sign, text, way }) {
    const element = document.createElement("p");
    element.className = "strip__line";
    element.dataset.state = state;
    const words = document.createElement("span");
    words.textContent = text;
    element.append(icon(sign), words);
    if (way) {
      const made = link(way.text, way.path);
      if (!way.isOutside) {
        made.addEventListener("click", (event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          this.go(way.path);
        });
      }
      element.append(made);
    }
    return element;
  }
}
