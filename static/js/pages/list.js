/** The list of all reports: a button that puts the nearest first. */

import { need } from "../parts/page.js";
import { wireLocate } from "../parts/locate.js";

/** About ten metres: the address of the page does not need to say more. */
const DECIMALS = 4;

/** @param {HTMLElement} root */
export function start(root) {
  const said = need(root, "#list-said");
  wireLocate(
    root.querySelector("#locate"),
    ({ latitude, longitude }) => {
      const address = new URL(location.href);
      for (const name of ["cursor", "sok", "sted", "bbox"]) address.searchParams.delete(name);
      address.searchParams.set("latitude", latitude.toFixed(DECIMALS));
      address.searchParams.set("longitude", longitude.toFixed(DECIMALS));
      location.assign(address);
    },
    () => {
      said.textContent = said.dataset.failed ?? "";
    },
  );
}
