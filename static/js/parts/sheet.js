/** The bottom sheet on phones: a press or a pull on its handle opens and closes it. */

const CLICK_SLACK = 6;
const PULL = 48;

/**
 * @param {HTMLElement} sheet gets the class `sheet--open`, and `sheet--dragging` during a pull
 * @param {HTMLElement} handle a button with aria-expanded
 */
export function wireSheet(sheet, handle) {
  /** @type {{ y: number, height: number } | null} */
  let pull = null;
  let pulled = false;

  const isOpen = () => sheet.classList.contains("sheet--open");

  /** @param {boolean} open */
  const setOpen = (open) => {
    sheet.classList.toggle("sheet--open", open);
    handle.setAttribute("aria-expanded", String(open));
  };

  const letGo = () => {
    sheet.classList.remove("sheet--dragging");
    sheet.style.removeProperty("height");
    pull = null;
  };

  handle.style.touchAction = "none";
  handle.addEventListener("click", () => {
    if (!pulled) setOpen(!isOpen());
    pulled = false;
  });
  handle.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    pulled = false;
    pull = { y: event.clientY, height: sheet.offsetHeight };
    handle.setPointerCapture(event.pointerId);
  });
  handle.addEventListener("pointermove", (event) => {
    if (!pull) return;
    const up = pull.y - event.clientY;
    if (Math.abs(up) > CLICK_SLACK) pulled = true;
    if (!pulled) return;
    sheet.classList.add("sheet--dragging");
    sheet.style.height = `${pull.height + up}px`;
  });
  handle.addEventListener("pointerup", (event) => {
    if (!pull) return;
    const up = pull.y - event.clientY;
    letGo();
    if (pulled && Math.abs(up) >= PULL) setOpen(up > 0);
  });
  handle.addEventListener("pointercancel", letGo);
}
