/** The draft's rules: put in order by dragging or with the keyboard, and one menu open at a time. */

import { all } from "../parts/page.js";
import { makeOrderable } from "../parts/reorder.js";

/** @param {HTMLElement} list */
export function start(list) {
  makeOrderable(list, { handle: ".rule__handle", lifted: "rule--lifted", form: ".rule__move" });
  closeOtherMenus(list);
}

/** @param {HTMLElement} list */
function closeOtherMenus(list) {
  const menus = all(list, "details.more");
  const close = (/** @type {Node | null} */ kept) => {
    for (const menu of menus) if (!kept || !menu.contains(kept)) menu.removeAttribute("open");
  };
  document.addEventListener("click", (event) => close(/** @type {Node} */ (event.target)));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = menus.find((menu) => menu.hasAttribute("open"));
    close(null);
    open?.querySelector("summary")?.focus();
  });
}
