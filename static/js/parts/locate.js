/** Asks where the person is, only when a button is pressed. */

/** @typedef {import("../lib/distance.js").Point} Point */

const OPTIONS = { enableHighAccuracy: true, timeout: 10_000, maximumAge: 30_000 };

/**
 * Find the device's position.
 * @returns {Promise<Point>}
 * @throws {Error | GeolocationPositionError} when the device does not tell
 */
function currentPosition() {
  return new Promise((resolve, reject) => {
    if (!navigator.geolocation) {
      reject(new Error("This browser has no positions"));
      return;
    }
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ latitude: coords.latitude, longitude: coords.longitude }),
      reject,
      OPTIONS,
    );
  });
}

/**
 * Make a button find the position. The button is busy, and deaf, until there is an answer.
 * @param {HTMLElement | null} button
 * @param {(point: Point) => void} onFound
 * @param {() => void} onFailed
 */
export function wireLocate(button, onFound, onFailed) {
  button?.addEventListener("click", async () => {
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    const point = await currentPosition().catch(() => null);
    button.removeAttribute("aria-busy");
    if (point) onFound(point);
    else onFailed();
  });
}
