/** Who is signed in, as the service and this device know it. */

import { ask, setToken } from "./api.js";
import { doorOf } from "./sending.js";
import { forgetAll, forgetJobs, saveSession, session, touch } from "./store.js";
import { deleteMeta, getMeta, putMeta } from "./database.js";

/** @typedef {import("./types.js").Session} Session */
/** @typedef {import("./sending.js").Door} Door */

export { session };

/**
 * Ask who is signed in. An ended device forgets everything here and now.
 * @returns {Promise<Door>}
 */
export async function refreshSession() {
  const reply = await ask("session");
  const met = doorOf(reply);
  const isUnderstood = Boolean(reply?.ok) && typeof reply?.body.account === "string";
  const door = met === "open" && !isUnderstood ? "away" : met;
  if (door === "open" && reply) {
    setToken(reply.body.csrf_token);
    await saveSession(reply.body);
  }
  await metAt(door);
  return door;
}

/**
 * Remember how the service met us, so that other pages and the next start know. Who is nobody here any more
 * does not see the jobs, nor who reported them; what is not sent stays.
 * @param {Door} door
 */
export async function metAt(door) {
  if (door === "ended") await forgetAll();
  if (door === "signed_out" || door === "no_access") await forgetJobs();
  if (door === "away") {
    await putMeta("away", true);
    return;
  }
  await deleteMeta("away");
  await putMeta("door", door);
  if (door === "open" || door === "other_account") await touch();
}

/** @returns {Promise<{ door: Door, isAway: boolean }>} as it was the last time; before the first time open */
export async function lastDoor() {
  const [door, isAway] = await Promise.all([getMeta("door"), getMeta("away")]);
  return { door: door ?? "open", isAway: Boolean(isAway) };
}
