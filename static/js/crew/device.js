/** The name of this device: a UUID, made once. The service ends what is kept here by it. */

import { database } from "./database.js";

const KEY = "device";

/** @returns {Promise<string>} */
export async function deviceId() {
  const change = (await database()).transaction("meta", "readwrite", { durability: "strict" });
  const kept = await change.store.get(KEY);
  const id = kept ?? crypto.randomUUID();
  if (!kept) await change.store.put(id, KEY);
  await change.done;
  return id;
}
