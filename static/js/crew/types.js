/** The JSON between the field app and the service, and what a screen is handed. Types only. */

/** @typedef {"start" | "pause" | "message" | "note" | "material" | "photo" | "fixed" | "no_action" | "duplicate" | "return" | "hand_back" | "report" | "tick" | "untick" | "resolve"} Kind */
/** @typedef {"done" | "merged" | "already" | "conflict" | "refused" | "later"} Outcome */
/** @typedef {"received" | "assessing" | "assigned" | "planned" | "in_progress" | "fixed" | "no_action" | "duplicate" | string} Status */

/** @typedef {{ key: string, shows: "fault" | "fix", state: string, id?: string }} JobPhoto `id`: taken here and not sent yet, see `store.photoOf` */
/** @typedef {{ number: string, circuit: string | null }} Lamp */
/** @typedef {{ label: string, text: string }} Answer */
/** @typedef {{ at: string, kind: string, who: string | null, text: string, is_internal: boolean, action?: string }} LogLine `action`: the id of an action that this device keeps */
/**
 * @typedef {object} Job a report as the crew sees it
 * @property {string} number
 * @property {number} version grows with every change
 * @property {Status} status
 * @property {string} service the name, in the person's language
 * @property {string} service_code
 * @property {string} group the code of its group: decides the drawing
 * @property {number | null} department_id
 * @property {string} place
 * @property {[number, number] | null} position longitude, latitude in EPSG:4326
 * @property {string} description
 * @property {string} requested_at ISO 8601
 * @property {string | null} due_at ISO 8601
 * @property {boolean} is_acute
 * @property {number} refusals
 * @property {string} [name]
 * @property {string} [phone]
 * @property {JobPhoto[]} photos
 * @property {Lamp[]} lamps
 * @property {Answer[]} answers
 * @property {LogLine[]} log the newest first
 * @property {string[]} verbs what the person may do now
 * @property {boolean} [has_left] handed back here: it goes to somebody else when this is sent
 * @property {boolean} [is_new] made here, without a number of its own yet: `number` is the action's id
 */

/** @typedef {{ id: number, number: string, rank: number, state: "waiting" | "done" | "moved", planned_since: string }} Stop */
/** @typedef {{ id: number, title: string, day: string, department_id: number, stops: Stop[] }} Round */
/** @typedef {{ code: string, name: string, group: string, group_name: string }} Service */
/** @typedef {{ id: number, name: string }} Department */

/**
 * @typedef {object} Snapshot what the device knows of the service: `GET jobs`
 * @property {string} account the opaque name of the account it belongs to
 * @property {string} generated_at
 * @property {string} day the municipality's date
 * @property {Department[]} departments
 * @property {Job[]} jobs
 * @property {Round[]} rounds
 * @property {Service[]} services
 */

/**
 * @typedef {object} Session `GET session`
 * @property {string} account
 * @property {string} csrf_token
 * @property {Department[]} departments
 * @property {boolean} is_foreman
 * @property {{ id: string, label: string }} device
 * @property {number} keep_hours how long jobs are kept here without contact
 */

/** @typedef {{ version: number, status: Status }} Seen what the person had before them */
/** @typedef {{ id: string, shows: "fault" | "fix" }} PhotoRef */
/**
 * @typedef {object} ActionData what each kind needs; see docs/api.md
 * @property {string} [message]
 * @property {PhotoRef[]} [photos]
 * @property {boolean} [led_to_improvement]
 * @property {string} [original] the number it is already reported under
 * @property {string} [service_code]
 * @property {[number, number]} [position]
 * @property {string} [description]
 * @property {boolean} [is_acute]
 * @property {number} [stop]
 * @property {string} [conflict] the id of the action that is in conflict
 * @property {"mine" | "theirs"} [keep]
 */

/**
 * @typedef {object} Action what a person did, as it is sent
 * @property {string} id a UUID made here
 * @property {Kind} kind
 * @property {string | null} job the number; null for `report`, and for what is done to a report that has no number yet
 * @property {string | null} report the id of the action `report` that made the job
 * @property {Seen | null} seen
 * @property {string} at ISO 8601, by this device's clock
 * @property {ActionData} data
 */

/** @typedef {{ status: Status, message: string | null, led_to_improvement: boolean | null, at: string, who: string | null, photos: (string | PhotoRef | JobPhoto)[] }} Version one side of a conflict */

/**
 * @typedef {object} Result what became of an action
 * @property {string} id
 * @property {Outcome} outcome
 * @property {Job} [job] as it is now; absent when it is no longer theirs
 * @property {string} [number]
 * @property {string} [sentence] what to tell the person
 * @property {Record<string, string>} [errors]
 * @property {string[]} [missing] photos to upload before the action is sent again
 * @property {Version} [theirs]
 * @property {Version} [mine]
 * @property {boolean} [isLocal] no word of the service on this action: refused on the way there
 */

/** @typedef {"saved" | "sending" | "sent" | "needs_you"} ActionState */

/**
 * @typedef {object} Kept an action in the queue of this device
 * @property {number} [order] they are sent in this order; given by the database
 * @property {string} account whose it is
 * @property {Action} action
 * @property {ActionState} state
 * @property {string} title what it is about, in words, also when the job is gone from here
 * @property {Result} [result] what the service answered
 * @property {string} [shownAs] the number that the report it is about has got since
 * @property {string} [resolved] the id of the action `resolve` that decides its conflict
 * @property {string} [objection] why the person's decision of this conflict could not be carried out
 * @property {number} [settledAt] when it was answered for good, in milliseconds
 */

/** @typedef {{ id: string, action: string, account: string, blob: Blob, isUploaded: boolean }} KeptPhoto */

/**
 * @typedef {object} Draft what a screen hands to `store.addAction`; the rest is filled in
 * @property {Kind} kind
 * @property {string | null} [job] the number, or `is_new`'s id
 * @property {ActionData} [data]
 * @property {string} [title]
 */

/** @typedef {"saved" | "sending" | "sent" | "needs_you" | "signed_out" | "other_account" | "no_access" | "ended"} SyncState how things stand for the whole device */
/**
 * @typedef {object} Standing
 * @property {SyncState} state
 * @property {number} waiting saved here and not sent
 * @property {number} needing the person is needed
 * @property {number} foreign kept here for other people who have used this device
 * @property {boolean} isAway the service could not be reached
 * @property {number | null} lastContact in milliseconds
 */

/** @typedef {Record<string, string>} Texts by English key */

/** @typedef {typeof import("./store.js")} Store */
/** @typedef {{ title: string, about?: string, back?: string }} Heading `back`: where the arrow leads; without it there is the menu */
/**
 * @typedef {object} Context what each screen's `render(main, context)` is handed
 * @property {Record<string, string>} params parts of the address: `number` (of a job), `id`
 * @property {Store} store
 * @property {Texts} texts
 * @property {(path: string, options?: { replace?: boolean }) => void} go to another screen, e.g. `go("/felt/")`
 * @property {(sentence: string) => void} say aloud, in the live region
 * @property {(heading: Heading) => void} heading the words in the dark header; the title is the page's h1
 * @property {Session | null} session null before the first contact; without the token
 * @property {() => Promise<void>} sync send and fetch now, because the person asks for it
 * @property {(draft: Draft, blobs?: { blob: Blob, shows: "fault" | "fix" }[]) => Promise<Kept>} act put an action in the queue and send it when there is coverage
 */

export {};
