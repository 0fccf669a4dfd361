/** Pins drawn from the page's own template and sprite; the fill tells how far a report has come. */

/** @typedef {import("../lib/filters.js").Phase} Phase */
/** @typedef {{ phase: Phase, group: string, isOverdue?: boolean }} PinLook */

/**
 * @returns {{ template: HTMLTemplateElement, sprite: string }}
 * @throws {Error} when the page has no pin template
 */
function source() {
  const template = document.querySelector("#pin-template");
  if (!(template instanceof HTMLTemplateElement)) throw new Error("The page has no #pin-template");
  return { template, sprite: template.dataset.sprite ?? "" };
}

/**
 * The address of a drawing in the sprite.
 * @param {string} name
 * @returns {string}
 */
export function symbolUrl(name) {
  return `${source().sprite}#${name}`;
}

/**
 * @param {PinLook} look
 * @returns {string | null} the badge's drawing, or null for none
 */
function badgeOf({ phase, isOverdue }) {
  if (isOverdue) return "badge-overdue";
  return phase === "fixed" || phase === "closed" ? `badge-${phase}` : null;
}

/**
 * Draw a pin. It is a picture only; whoever uses it gives it its name.
 * @param {PinLook} look
 * @returns {HTMLElement}
 */
export function drawPin(look) {
  const copy = source().template.content.firstElementChild?.cloneNode(true);
  const pin = /** @type {HTMLElement} */ (copy);
  pin.classList.add(`pin--${look.phase}`);
  pin.querySelector(".pin-body")?.setAttribute("href", symbolUrl(`body-${look.phase}`));
  pin.querySelector(".pin-icon")?.setAttribute("href", symbolUrl(`icon-${look.group}`));
  const badge = badgeOf(look);
  const badgeUse = pin.querySelector(".pin-badge");
  if (badge) badgeUse?.setAttribute("href", symbolUrl(badge));
  else badgeUse?.remove();
  return pin;
}

/**
 * A Leaflet icon whose tip stands on the place.
 * @param {PinLook} look
 * @returns {L.DivIcon}
 */
export function pinIcon(look) {
  const isSmall = look.phase === "closed";
  return L.divIcon({
    className: "pin-marker",
    html: drawPin(look),
    iconSize: isSmall ? [32, 40] : [40, 50],
    iconAnchor: isSmall ? [16, 38] : [20, 48],
  });
}
