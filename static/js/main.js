/** Starts the scripts a page asks for with `data-module`; every page works without them. */

document.documentElement.classList.add("js");

/**
 * Load the page module named on the element and start it there; `data-started` tells when it has.
 * @param {HTMLElement} element
 */
async function startModule(element) {
  const page = await import(`./pages/${element.dataset.module}.js`);
  await page.start(element);
  element.dataset.started = "";
}

for (const element of document.querySelectorAll("[data-module]")) {
  if (element instanceof HTMLElement) startModule(element);
}

if (document.body.dataset.offline) {
  import("./offline/start.js").then(({ start }) => start(document.body));
}
