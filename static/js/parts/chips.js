/** The chips above the map: toggle buttons that filter pins and list. */

import { filterOf } from "../lib/filters.js";
import { all } from "./page.js";

/** @typedef {import("../lib/filters.js").Filter} Filter */

/**
 * Make the chips toggle.
 * @param {ParentNode} root
 * @param {(filter: Filter) => void} onChange
 * @returns {Filter} the filter as the page first shows it
 */
export function wireChips(root, onChange) {
  const chips = all(root, ".chip[data-filter]");

  /** @param {HTMLElement} chip */
  const isPressed = (chip) => chip.getAttribute("aria-pressed") === "true";
  const current = () =>
    filterOf(chips.filter(isPressed).map((chip) => chip.dataset.filter ?? ""));

  for (const chip of chips) {
    chip.addEventListener("click", () => {
      chip.setAttribute("aria-pressed", String(!isPressed(chip)));
      onChange(current());
    });
  }
  return current();
}
