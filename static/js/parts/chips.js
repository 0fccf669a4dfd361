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

/**
 * Make the last chip show and hide the rarer ones; they stand open when one of them is pressed.
 * @param {ParentNode} root
 */
export function wireMoreChips(root) {
  const button = root.querySelector("#more-filters");
  const chips = button?.parentElement;
  if (!button || !chips) return;
  /** @param {boolean} isOpen */
  const setOpen = (isOpen) => {
    chips.classList.toggle("chips--open", isOpen);
    button.setAttribute("aria-expanded", String(isOpen));
  };
  setOpen(chips.querySelector('.chip--more[aria-pressed="true"]') !== null);
  button.addEventListener("click", () => setOpen(!chips.classList.contains("chips--open")));
}
