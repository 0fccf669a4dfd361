/** A line of links that is wider than the phone: it begins where the page in use can be seen. */

/**
 * @param {HTMLElement} line what scrolls, around the links
 */
export function start(line) {
  const link = line.querySelector("[aria-current]");
  if (!link) return;
  const [here, all] = [link.getBoundingClientRect(), line.getBoundingClientRect()];
  line.scrollLeft += (here.left + here.right - all.left - all.right) / 2;
}
