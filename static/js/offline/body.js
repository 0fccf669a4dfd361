/** A report in the form's fields, as the JSON interface takes it. */

/** @typedef {import("./store.js").Fields} Fields */

/** @param {string} text degrees, with comma or point @returns {number} */
const degrees = (text) => Number(text.trim().replace(",", "."));

/**
 * The values of a list in one field, comma between.
 * @param {Fields} fields
 * @param {string} name
 * @returns {string[]}
 */
export function listOf(fields, name) {
  const values = (fields[name] ?? []).flatMap((text) => text.split(","));
  return [...new Set(values.map((text) => text.trim()).filter(Boolean))];
}

/**
 * What was answered to the questions of the chosen service; the pages name them `answer.SERVICE.code`.
 * @param {Fields} fields
 * @param {string} service
 * @returns {Record<string, string | string[]>}
 */
function answersOf(fields, service) {
  const prefix = `answer.${service}.`;
  const given = Object.entries(fields).filter(
    ([name, values]) => name.startsWith(prefix) && values.some(Boolean),
  );
  return Object.fromEntries(
    given.map(([name, values]) => [
      name.slice(prefix.length),
      values.length > 1 ? values.filter(Boolean) : values[0],
    ]),
  );
}

/**
 * The JSON of a report.
 * @param {Fields} fields
 * @param {readonly string[]} photos the keys of uploaded photos
 */
export function bodyOf(fields, photos) {
  const one = (/** @type {string} */ name) => (fields[name]?.[0] ?? "").trim();
  const contact = Object.fromEntries(
    ["email", "phone", "name"].map((name) => [name, one(name)]).filter(([, value]) => value),
  );
  const answers = answersOf(fields, one("service"));
  return {
    service_code: one("service"),
    position: { type: "Point", coordinates: [degrees(one("longitude")), degrees(one("latitude"))] },
    description: one("description"),
    is_acute: one("acute") === "yes",
    ...(listOf(fields, "lamps").length ? { lamps: listOf(fields, "lamps") } : {}),
    ...(photos.length ? { photos } : {}),
    ...(Object.keys(answers).length ? { answers } : {}),
    ...(Object.keys(contact).length ? { contact } : {}),
  };
}
