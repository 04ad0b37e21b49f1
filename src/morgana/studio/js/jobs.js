// @ts-check
/** Everything that is or was being made, as the server tells it: loaded in pages, kept up to date by events. */

import { Refusal, call, get, listen, pause } from "./api.js";

/**
 * @typedef {{code: string, message: string}} Failure
 * @typedef {{index: number, text: string, status: string, video_url: string | null, thumbnail_url?: string | null, error: Failure | null}} Result
 * @typedef {{id: string, object: "video" | "text_overlay", status: string, created_at: number, completed_at: number | null, progress: number, stage: string | null, error: Failure | null, source_video_id?: string | null, caption_template_id?: string | null, actor_id?: string | null, voice_id?: string | null, video_url?: string | null, thumbnail_url?: string | null, share_link_url?: string | null, results?: Result[]}} Job
 */

const TITLES = "morgana.titles";
const PAGE = 24;

/** @type {Map<string, Job>} */
const known = new Map();
/** @type {Set<(job: Job | null, before: Job | undefined) => void>} */
const watchers = new Set();
/** What more there is of each list. */
const lists = {
  video: { path: "/v1/videos", after: "", more: true },
  text_overlay: { path: "/v1/meta/text_overlays", after: "", more: true },
};

/** @param {Job} job */
export function unfinished(job) {
  return job.status === "PROCESSING" || job.status === "QUEUED";
}

/** The newest first. */
export function all() {
  return [...known.values()].sort((a, b) => b.created_at - a.created_at || (a.id < b.id ? 1 : -1));
}

export function more() {
  return Object.values(lists).some((list) => list.more);
}

/**
 * Be told of each change: of the job as it is now, or null if it is gone.
 * @param {(job: Job | null, before: Job | undefined) => void} tell
 * @param {AbortSignal} signal
 */
export function watch(tell, signal) {
  watchers.add(tell);
  signal.addEventListener("abort", () => watchers.delete(tell));
}

/** @type {Promise<void> | null} */
let newest = null;

/** Load the newest, once. Jobs that are known already may be any: those that were looked at, or told of. */
export function begin() {
  newest ??= load().catch((error) => {
    newest = null;
    throw error;
  });
  return newest;
}

/** Load the next page of what there is. */
export async function load() {
  await Promise.all(
    Object.values(lists)
      .filter((list) => list.more)
      .map(async (list) => {
        const answer = await get(`${list.path}?limit=${PAGE}${list.after}`);
        const found = /** @type {Job[]} */ (Array.isArray(answer) ? answer : answer.data);
        list.more = found.length === PAGE;
        list.after = `&after=${encodeURIComponent(found.at(-1)?.id ?? "")}`;
        found.forEach((job) => known.set(job.id, job));
      }),
  );
}

/**
 * @param {"video" | "text_overlay"} object
 * @param {string} id
 * @returns {Promise<Job>}
 */
export async function look(object, id) {
  const job = /** @type {Job} */ (await get(`${lists[object].path}/${encodeURIComponent(id)}`));
  note(job);
  return job;
}

/**
 * Note what a job is now; an answer that was overtaken by an event on the way tells nothing new.
 * @param {Job} job
 */
export function note(job) {
  const before = known.get(job.id);
  if (before && unfinished(job) && (!unfinished(before) || job.progress < before.progress)) return;
  known.set(job.id, job);
  watchers.forEach((tell) => tell(job, before));
}

/**
 * Cancel what is being made; delete what is finished.
 * @param {Job} job
 */
export async function remove(job) {
  const answer = await call("DELETE", `${lists[job.object].path}/${encodeURIComponent(job.id)}`);
  if (answer.status === 204) gone(job.id);
  else note(await answer.json());
}

/** @param {string} id */
function gone(id) {
  const before = known.get(id);
  known.delete(id);
  watchers.forEach((tell) => tell(null, before));
}

/** Listen for as long as the page is open. */
export async function follow() {
  for (let wait = 500; ; wait = Math.min(wait * 2, 15000)) {
    try {
      /** @type {Set<string>} */
      const told = new Set();
      await listen((name, body) => {
        wait = 500;
        if (name === "deleted") gone(body.id);
        else if (name === "ready") void missed(told);
        else if (name !== "actor") {
          told.add(body.id);
          note(body);
        }
      }, new AbortController().signal);
    } catch (error) {
      if (!(error instanceof Refusal) && !(error instanceof TypeError)) throw error;
    }
    await pause(wait);
  }
}

/**
 * Look at what was unfinished when the connection broke, and is not any more.
 * @param {Set<string>} told
 */
async function missed(told) {
  for (const job of all().filter((job) => unfinished(job) && !told.has(job.id))) {
    await look(job.object, job.id).catch((error) => {
      if (error instanceof Refusal && error.status === 404) gone(job.id);
    });
  }
}

/**
 * @param {string} id
 * @param {string} title
 */
export function remember(id, title) {
  const titles = Object.entries(remembered()).slice(-499);
  localStorage.setItem(TITLES, JSON.stringify(Object.fromEntries([...titles, [id, title.slice(0, 120)]])));
}

/** @returns {Record<string, string>} */
function remembered() {
  return JSON.parse(localStorage.getItem(TITLES) ?? "{}");
}

/** @param {Job} job */
export function title(job) {
  return remembered()[job.id] ?? (job.results?.length ? `“${job.results[0]?.text}”` : kind(job));
}

/** @param {Job} job */
export function kind(job) {
  if (job.object === "text_overlay") return "Text on video";
  return job.caption_template_id ? "Captioned video" : "Talking video";
}

/** @param {Job} job */
export function place(job) {
  return job.object === "text_overlay" ? `#texts/${job.id}` : `#video/${job.id}`;
}

const DOING = {
  fetch: "Gathering the files",
  start: "Getting ready",
  analyse: "Studying the face",
  speak: "Speaking the script",
  listen: "Listening to the words",
  design: "Finding the right place",
  render: "Drawing the frames",
  publish: "Putting it on the shelf",
};

/** What is being done for it, in words. @param {Job} job */
export function doing(job) {
  if (job.stage === null) return "Waiting for its turn";
  return DOING[/** @type {keyof typeof DOING} */ (job.stage)] ?? "Working on it";
}
