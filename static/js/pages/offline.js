/** The form in one page that works without coverage: what is sent from here waits on the device until it can go. */

import { parseDegrees } from "../lib/degrees.js";
import { button, link } from "../lib/elements.js";
import { format } from "../lib/format.js";
import { askForSync } from "../offline/strip.js";
import { photoKeys, sendAll, tellChange } from "../offline/sender.js";
import {
  allReports,
  forgetDraft,
  forgetReport,
  putReport,
  readDraft,
  saveDraft,
  textsOf,
} from "../offline/store.js";
import { wireLocate } from "../parts/locate.js";
import { all, need, readJson } from "../parts/page.js";

/** @typedef {import("../offline/store.js").Fields} Fields */
/** @typedef {import("../offline/store.js").Waiting} Waiting */
/** @typedef {import("../parts/page.js").Texts} Texts */

const MOST_PHOTOS = 5;
const FIELD_DIGITS = 6;

/** @param {HTMLFormElement} form */
export async function start(form) {
  const page = new OfflinePage(form);
  await page.start();
}

class OfflinePage {
  /** What the draft carried that has no field here, such as answers to questions. @type {Fields} */
  #carried = {};

  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
    /** @type {Texts} */
    this.texts = readJson(form, "texts");
    this.list = need(document, "#outbox");
    this.latitude = /** @type {HTMLInputElement} */ (need(form, "#latitude"));
    this.longitude = /** @type {HTMLInputElement} */ (need(form, "#longitude"));
    this.where = need(form, "#where-text");
    this.photos = /** @type {HTMLInputElement} */ (need(form, "#photo"));
  }

  async start() {
    this.#wire();
    await this.#restore();
    this.#sayWhere();
    await this.showOutbox();
  }

  #wire() {
    wireLocate(
      need(this.form, "#locate"),
      ({ latitude, longitude }) => {
        this.latitude.value = latitude.toFixed(FIELD_DIGITS);
        this.longitude.value = longitude.toFixed(FIELD_DIGITS);
        this.#sayWhere();
      },
      () => (this.where.textContent = this.texts.locate_failed),
    );
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#take();
    });
    need(this.form, "#keep").addEventListener("click", () => this.#keep());
  }

  /** Fill in what the form had when coverage was lost. */
  async #restore() {
    const draft = await readDraft();
    if (!draft) return;
    for (const [name, values] of Object.entries(draft.fields)) {
      const fields = all(this.form, `[name="${CSS.escape(name)}"]`);
      if (!fields.length) this.#carried[name] = values;
      for (const field of fields) fill(field, values);
    }
  }

  #sayWhere() {
    const place = this.#carried.place_text?.[0];
    const has = this.#position() !== null;
    const values = { latitude: this.latitude.value, longitude: this.longitude.value };
    const coordinates = format(this.texts.position, values);
    this.where.textContent = !has ? this.texts.no_position : place ? `${place} (${coordinates})` : coordinates;
  }

  #position() {
    const latitude = parseDegrees(this.latitude.value, 90);
    const longitude = parseDegrees(this.longitude.value, 180);
    return latitude === null || longitude === null ? null : { latitude, longitude };
  }

  /** @returns {Fields} all answers, with a key for sending once */
  #fields() {
    const fields = { ...this.#carried, ...textsOf(new FormData(this.form)) };
    if (!fields.idempotency_key?.[0]) fields.idempotency_key = [crypto.randomUUID()];
    return fields;
  }

  /** Put the report in the outbox, once all is there. */
  async #take() {
    if (!this.#isComplete()) return;
    const fields = this.#fields();
    const service = /** @type {HTMLSelectElement} */ (need(this.form, "#service"));
    await putReport({
      key: fields.idempotency_key[0],
      fields,
      title: service.selectedOptions[0]?.textContent?.trim() ?? "",
      pictures: [...(this.photos.files ?? [])].slice(0, MOST_PHOTOS).map((blob) => ({ blob })),
      state: "waiting",
      createdAt: Date.now(),
    });
    await forgetDraft();
    this.#carried = {};
    this.form.reset();
    this.#sayWhere();
    tellChange();
    await this.showOutbox();
    need(document, "#outbox-title").focus();
    await sendAll().catch(askForSync);
    tellChange();
    await this.showOutbox();
  }

  /** Keep what is written without sending it. */
  async #keep() {
    const data = new FormData(this.form);
    for (const [name, values] of Object.entries(this.#carried)) {
      for (const value of values) data.append(name, value);
    }
    await saveDraft(data, "what");
    need(this.form, "#kept").textContent = this.texts.kept;
  }

  /** @returns {boolean} whether nothing is missing; what is, is said and focused */
  #isComplete() {
    /** @type {[HTMLElement, boolean][]} */
    const checks = [
      [this.latitude, this.#position() !== null],
      [need(this.form, "#service"), need(this.form, "#service").value !== ""],
      [need(this.form, "#description"), need(this.form, "#description").value.trim() !== ""],
      [this.photos, (this.photos.files?.length ?? 0) <= MOST_PHOTOS],
    ];
    let first = null;
    for (const [field, isRight] of checks) {
      need(this.form, `#${field.id}-error`).hidden = isRight;
      field.setAttribute("aria-invalid", String(!isRight));
      if (!isRight) first ??= field;
    }
    if (first === this.latitude) need(this.form, "details").open = true;
    first?.focus();
    return first === null;
  }

  /** The reports on this device, with what can be done about each. */
  async showOutbox() {
    const reports = await allReports();
    this.list.replaceChildren(...reports.map((report) => this.#row(report)));
    need(document, "#outbox-part").hidden = reports.length === 0;
  }

  /** @param {Waiting} report */
  #row(report) {
    const row = document.createElement("li");
    row.className = "outbox__row";
    const [title, state] = [document.createElement("b"), document.createElement("span")];
    title.textContent = report.title;
    state.textContent = {
      waiting: this.texts.waiting,
      needs_you: format(this.texts.needs_you, { problem: report.problem ?? "" }),
      sent: format(this.texts.sent, { number: report.number ?? "" }),
    }[report.state];
    row.append(title, state);
    if (report.state === "sent" && report.follow) row.append(link(this.texts.follow, report.follow));
    if (report.state === "needs_you") row.append(button(this.texts.mend, "linkish", () => this.#mend(report)));
    if (report.state !== "sent") row.append(button(this.texts.remove, "linkish", () => this.#remove(report)));
    return row;
  }

  /** @param {Waiting} report what the service would not take: on to the form with all its answers */
  async #mend(report) {
    const { fields, key } = report;
    const uploaded = await photoKeys(report);
    if (!uploaded) {
      need(this.form, "#kept").textContent = this.texts.kept; // with its photos
      return;
    }
    const data = new FormData();
    for (const [name, values] of Object.entries({ ...fields, idempotency_key: [crypto.randomUUID()] })) {
      for (const value of values) data.append(name, value);
    }
    if (uploaded.length) data.set("photos", [...(fields.photos ?? []), ...uploaded].filter(Boolean).join(","));
    await saveDraft(data, "what");
    await forgetReport(key);
    location.assign("/meld");
  }

  /** @param {Waiting} report */
  async #remove({ key }) {
    await forgetReport(key);
    tellChange();
    await this.showOutbox();
  }
}

/**
 * @param {HTMLElement} field
 * @param {string[]} values
 */
function fill(field, values) {
  if (field instanceof HTMLInputElement && ["radio", "checkbox"].includes(field.type)) {
    field.checked = values.includes(field.value);
  } else if (field instanceof HTMLInputElement && field.type === "file") return;
  else if ("value" in field) field.value = values[0] ?? "";
}
