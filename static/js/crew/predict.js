/** What a person sees before the service has answered: the service's job with their own actions on top. Pure. */

/** @typedef {import("./types.js").Job} Job */
/** @typedef {import("./types.js").Kept} Kept */
/** @typedef {import("./types.js").Round} Round */
/** @typedef {import("./types.js").Service} Service */
/** @typedef {import("./types.js").Action} Action */
/** @typedef {import("./types.js").LogLine} LogLine */

/** @type {Readonly<Record<string, string>>} the status that an action leads to */
export const LEADS_TO = {
  start: "in_progress",
  pause: "planned",
  fixed: "fixed",
  no_action: "no_action",
  duplicate: "duplicate",
  return: "assessing",
};
/** What may always be added, also to what is closed. */
export const ALWAYS = ["note", "material", "photo"];
/** What may be done at once to a report that was made here. */
const AT_ONCE = ["start", "message", ...ALWAYS, "fixed", "no_action"];
const INTERNAL = new Set(["note", "material", "return", "hand_back", "pause"]);
const LEAVES = new Set(["hand_back"]);

/** @param {Kept} kept whether the service has not answered it */
const isUnsent = ({ state }) => state === "saved" || state === "sending";

/**
 * What was done to a report that will not be sent unless the person does something: it needs them or was deleted.
 * @param {readonly Kept[]} actions
 * @returns {Kept[]}
 */
export function hanging(actions) {
  const reports = actions.filter(({ action, state }) => action.kind === "report" && state !== "needs_you");
  const coming = new Set(reports.map(({ action }) => action.id));
  return actions.filter((kept) => isUnsent(kept) && kept.action.report && !kept.shownAs && !coming.has(kept.action.report));
}

/**
 * The actions that the service has not answered and can be sent, in order.
 * @param {readonly Kept[]} actions
 * @returns {Kept[]}
 */
export function pending(actions) {
  const stuck = new Set(hanging(actions));
  return actions.filter((kept) => isUnsent(kept) && !stuck.has(kept));
}

/**
 * The actions that a person must decide about, and what hangs on them.
 * @param {readonly Kept[]} actions
 * @returns {Kept[]}
 */
export function needing(actions) {
  const stuck = new Set(hanging(actions));
  return actions.filter((kept) => kept.state === "needs_you" || stuck.has(kept));
}

/**
 * Whether an action is about a job.
 * @param {Action} action
 * @param {Pick<Job, "number">} job
 * @param {string} [shownAs] the number that the report has got since
 */
export function isAbout({ job, report, kind, id }, { number }, shownAs) {
  return [job, report, shownAs, kind === "report" ? id : null].includes(number);
}

/**
 * The job as the person sees it.
 * @param {Job} job as the service knows it
 * @param {readonly Kept[]} actions
 * @returns {Job}
 */
export function predicted(job, actions) {
  return pending(actions)
    .filter((kept) => kept.action.kind !== "report" && isAbout(kept.action, job, kept.shownAs))
    .map(({ action }) => action)
    .reduce(withAction, job);
}

/**
 * @param {Job} job
 * @param {Action} action
 * @returns {Job}
 */
function withAction(job, action) {
  const { kind, data } = action;
  const status = LEADS_TO[kind] ?? job.status;
  const photos = (data.photos ?? []).map(({ id, shows }) => ({ key: "", id, shows, state: "saved" }));
  return {
    ...job,
    status,
    verbs: verbsAfter(job.verbs, kind),
    photos: [...job.photos, ...photos],
    log: [lineOf(action), ...job.log],
    ...(LEAVES.has(kind) ? { has_left: true } : {}),
  };
}

/** @param {Action} action @returns {LogLine} */
function lineOf({ id, kind, at, data }) {
  return { at, kind, who: null, text: data.message ?? "", is_internal: INTERNAL.has(kind), action: id };
}

/**
 * What may be done after an action; the service says it more exactly when it has answered.
 * @param {readonly string[]} verbs
 * @param {string} kind
 * @returns {string[]}
 */
export function verbsAfter(verbs, kind) {
  if (kind === "start") return [...verbs.filter((verb) => verb !== "start" && verb !== "pause"), "pause"];
  if (kind === "pause") return [...verbs.filter((verb) => verb !== "start" && verb !== "pause"), "start"];
  if (kind in LEADS_TO || LEAVES.has(kind)) return verbs.filter((verb) => ALWAYS.includes(verb));
  return [...verbs];
}

/**
 * The jobs that were made on this device and have no number yet.
 * @param {readonly Kept[]} actions
 * @param {readonly Service[]} services
 * @returns {Job[]}
 */
export function madeHere(actions, services) {
  return pending(actions)
    .filter(({ action }) => action.kind === "report")
    .map(({ action: { id, at, data } }) => {
      const service = services.find(({ code }) => code === data.service_code);
      /** @type {Job} */
      const made = {
        number: id,
        version: 0,
        status: "received",
        service: service?.name ?? data.service_code ?? "",
        service_code: data.service_code ?? "",
        group: service?.group ?? "",
        department_id: null,
        place: "",
        position: data.position ?? null,
        description: data.description ?? "",
        requested_at: at,
        due_at: null,
        is_acute: data.is_acute ?? false,
        refusals: 0,
        photos: (data.photos ?? []).map((photo) => ({ key: "", state: "saved", ...photo })),
        lamps: [],
        answers: [],
        log: [],
        verbs: [...AT_ONCE],
        is_new: true,
      };
      return predicted(made, actions);
    });
}

/**
 * A round with the person's own ticks on top.
 * @param {Round} round
 * @param {readonly Kept[]} actions
 * @returns {Round}
 */
export function predictedRound(round, actions) {
  /** @type {Map<number | undefined, "done" | "waiting">} */
  const ticked = new Map();
  for (const { action } of pending(actions)) {
    if (action.kind === "tick") ticked.set(action.data.stop, "done");
    if (action.kind === "untick") ticked.set(action.data.stop, "waiting");
  }
  const stops = round.stops.map((stop) => ({ ...stop, state: ticked.get(stop.id) ?? stop.state }));
  return { ...round, stops };
}

/**
 * What an action says that the person had before them.
 * @param {Job | undefined} job as the service knows it
 * @param {readonly Kept[]} actions
 * @returns {import("./types.js").Seen | null}
 */
export function seenOf(job, actions) {
  if (!job || job.is_new) return null;
  return { version: job.version, status: predicted(job, actions).status };
}

/**
 * How things stand for the whole queue.
 * @param {readonly Kept[]} actions of everybody who has used this device
 * @param {string | null} account who uses it now
 * @returns {{ waiting: number, needing: number, foreign: number }}
 */
export function countsOf(actions, account) {
  const mine = actions.filter((kept) => kept.account === account);
  const foreign = actions.filter((kept) => kept.account !== account);
  return {
    waiting: pending(mine).length,
    needing: needing(mine).length,
    foreign: pending(foreign).length + needing(foreign).length,
  };
}
