/** Has the browser keep the app, so that it opens without coverage, and asks it not to throw away what is kept. */

/** So long the start waits for a newer version that is ready. */
const PATIENCE = 3000;

/**
 * Let a newer version that is ready take over: at the start, before anything is shown that could be lost.
 * @returns {Promise<void>} resolved when the app may start; never, when the page is loaded anew
 */
export async function takeNewer() {
  const { serviceWorker } = navigator;
  const registration = await serviceWorker?.getRegistration("/felt/").catch(() => null);
  const waiting = registration?.waiting;
  if (!waiting || !serviceWorker.controller) return;
  await new Promise((start) => {
    const reload = () => location.reload();
    serviceWorker.addEventListener("controllerchange", reload, { once: true });
    setTimeout(() => {
      serviceWorker.removeEventListener("controllerchange", reload);
      start(undefined);
    }, PATIENCE);
    waiting.postMessage("take over");
  });
}

/**
 * Start the worker. A newer one waits until the app is opened the next time.
 * @param {string} address of the worker
 * @returns {Promise<boolean>} whether the browser keeps the app
 */
export async function startKeeping(address) {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return false;
  const known = await serviceWorker.getRegistration("/felt/").catch(() => null);
  const registration = await serviceWorker
    .register(address, { scope: "/felt/", type: "module", updateViaCache: "none" })
    .catch(() => known); // the browser cannot, or the service is away: the next start tries again
  await navigator.storage?.persist?.();
  return Boolean(registration);
}
