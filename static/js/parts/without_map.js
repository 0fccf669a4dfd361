/** Placing the pin without looking at a map: places near it to press, and buttons that move it by metres. */

import { moveBy } from "../lib/distance.js";
import { all, need } from "./page.js";

/** @typedef {import("../lib/distance.js").Point} Point */
/** @typedef {import("./around.js").Around} Around */

/** @type {Record<string, [number, number]>} north and east of each way */
const WAYS = { north: [1, 0], south: [-1, 0], east: [0, 1], west: [0, -1] };

/**
 * Open and close the part of the form that needs no map. It is open where something in it was answered.
 * @param {HTMLElement} root
 */
export function wireWithoutMap(root) {
  const button = need(root, "#without-map");
  const panel = need(root, "#uten-kart");

  /** @param {boolean} isOpen */
  const show = (isOpen) => {
    panel.hidden = !isOpen;
    button.setAttribute("aria-expanded", String(isOpen));
  };

  button.addEventListener("click", () => {
    show(panel.hidden);
    if (!panel.hidden) need(root, "#bare-title").focus();
  });
  show(panel.querySelector("[aria-invalid=true]") !== null);
}

/**
 * @param {HTMLElement} root
 * @param {() => Point} current
 * @param {(point: Point) => void} onMoved
 */
export function wireMoves(root, current, onMoved) {
  for (const button of all(root, "[data-way]")) {
    button.addEventListener("click", () => {
      const [north, east] = WAYS[button.dataset.way ?? ""] ?? [0, 0];
      const chosen = root.querySelector("input[data-step]:checked");
      const metres = chosen instanceof HTMLInputElement ? Number(chosen.value) : 0;
      onMoved(moveBy(current(), north * metres, east * metres));
    });
  }
}

/**
 * Show the places around the pin as buttons that move it there. The focus stays in the list.
 * @param {HTMLElement} root
 * @param {Around["places"]} places
 * @param {(place: Point) => void} onChosen
 */
export function showNearby(root, places, onChosen) {
  const list = need(root, "#nearby-list");
  const hadFocus = list.contains(document.activeElement);
  list.replaceChildren(
    ...places.map((place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "nearby__place";
      button.textContent = place.text;
      button.addEventListener("click", () => onChosen(place));
      const item = document.createElement("li");
      item.append(button);
      return item;
    }),
  );
  need(root, "#nearby").hidden = places.length === 0;
  if (!hadFocus) return;
  const next = list.querySelector("button") ?? need(root, "#bare-title");
  next.focus();
}
