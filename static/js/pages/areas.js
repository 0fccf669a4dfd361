/** The map of all areas. */

import { addAreas } from "../map/area_shapes.js";
import { addBackground, createMap, showHome } from "../map/base.js";
import { readJson } from "../parts/page.js";

/** @param {HTMLElement} element the map itself */
export async function start(element) {
  const settings = readJson(element, "map");
  const map = createMap(element, settings, readJson(element, "texts"), { scrollWheelZoom: false });
  showHome(map, settings);
  addBackground(map, settings);
  const areas = await addAreas(map, element.dataset.areas ?? "", "area-shape");
  if (areas) map.fitBounds(areas.getBounds(), { padding: [40, 40], animate: false });
}
