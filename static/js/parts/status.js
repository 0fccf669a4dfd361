/** One line about how the page is doing, with at most one way on. */

/** @typedef {{ text: string, label?: string, act?: () => void }} Message */

/** The most important kind of message first; only one is shown at a time. */
const ORDER = /** @type {const} */ (["failed", "loading", "note", "tiles_away"]);
/** @typedef {(typeof ORDER)[number]} Kind */

export class StatusLine {
  /** @param {HTMLElement} element with role=status */
  constructor(element) {
    this.element = element;
    /** @type {Map<Kind, Message>} */
    this.messages = new Map();
  }

  /**
   * Show a message until it is cleared; a more important one goes before it.
   * @param {Kind} kind
   * @param {Message} message
   */
  set(kind, message) {
    this.messages.set(kind, message);
    this.#render();
  }

  /** @param {Kind} kind */
  clear(kind) {
    if (this.messages.delete(kind)) this.#render();
  }

  /**
   * Show or clear a message that only has a sentence.
   * @param {Kind} kind
   * @param {boolean} isShown
   * @param {string} text
   */
  toggle(kind, isShown, text) {
    if (isShown) this.set(kind, { text });
    else this.clear(kind);
  }

  #render() {
    const kind = ORDER.find((name) => this.messages.has(name));
    const message = kind && this.messages.get(kind);
    this.element.replaceChildren(...(message ? contentOf(message) : []));
  }
}

/**
 * @param {Message} message
 * @returns {HTMLElement[]}
 */
function contentOf({ text, label, act }) {
  const sentence = document.createElement("span");
  sentence.textContent = text;
  if (!label || !act) return [sentence];
  const button = document.createElement("button");
  button.type = "button";
  button.className = "map__retry";
  button.textContent = label;
  button.addEventListener("click", act);
  return [sentence, button];
}
