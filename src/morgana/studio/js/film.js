// @ts-check
/** The views of one job: a video, or the films that texts were written over. */

import { Refusal, call } from "./api.js";
import { busy } from "./fields.js";
import { fill, find, h, icon, notice } from "./dom.js";
import { all, kind, look, remove, title, unfinished, watch } from "./jobs.js";
import { progressScene } from "./progress.js";
import { shareButton } from "./share.js";
import { transcriptEditor } from "./transcript.js";
import { templates } from "./gallery.js";

/** @typedef {import("./jobs.js").Job} Job */

const SUBTITLES = { srt: "SRT", vtt: "WebVTT", ass: "ASS" };
const AGO = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/**
 * @param {HTMLElement} root
 * @param {string} id
 * @param {AbortSignal} signal
 */
export function videoView(root, id, signal) {
  return jobView(root, "video", id, signal);
}

/**
 * @param {HTMLElement} root
 * @param {string} id
 * @param {AbortSignal} signal
 */
export function textsView(root, id, signal) {
  return jobView(root, "text_overlay", id, signal);
}

/**
 * @param {HTMLElement} root
 * @param {"video" | "text_overlay"} object
 * @param {string} id
 * @param {AbortSignal} signal
 */
async function jobView(root, object, id, signal) {
  const known = all().find((job) => job.id === id);
  let state = "";
  /** @type {ReturnType<typeof progressScene> | null} */
  let scene = null;
  const show = (/** @type {Job} */ job) => {
    const now = `${unfinished(job)} ${job.status}`;
    if (state === now || (state.startsWith("true") && unfinished(job))) return scene?.update(job);
    const ended = state.startsWith("true") && job.status === "COMPLETE";
    state = now;
    scene = unfinished(job) ? progressScene(job) : null;
    const focused = root.contains(document.activeElement) && !ended;
    fill(root, ...whole(job, scene?.root));
    if (focused || ended) find("h1", root).focus();
    document.title = `${title(job)} · Morgana`;
  };
  watch((job, before) => {
    if (job?.id === id) show(job);
    else if (!job && before?.id === id) location.hash = "#library";
  }, signal);
  if (known) show(known);
  try {
    await look(object, id);
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 404) throw error;
    fill(root, h("div", { class: "empty" }, icon("film"), h("h1", { tabindex: "-1" }, "This film is not here"), h("p", {}, "It was deleted, or belongs to another key."), h("a", { class: "button main", href: "#library" }, "To the library")));
  }
}

/**
 * @param {Job} job
 * @param {HTMLElement} [scene]
 * @returns {import("./dom.js").Child[]}
 */
function whole(job, scene) {
  const head = h("header", {}, h("p", { class: "soft small" }, subtitle(job)), h("h1", { tabindex: "-1", class: "title" }, title(job)));
  if (scene) return [head, h("section", { class: "sheet", "aria-label": "Progress" }, scene), h("p", { class: "soft under" }, "You can leave: it goes on without you, and waits in the library."), h("div", { class: "row" }, removeButton(job), h("a", { class: "button bare", href: "#create" }, "Make another meanwhile"))];
  if (job.status !== "COMPLETE") return [head, ended(job), h("div", { class: "row" }, h("a", { class: "button main", href: again(job) }, "Try again"), removeButton(job))];
  return [head, job.object === "video" ? film(job) : results(job)];
}

/** @param {Job} job */
function film(job) {
  const video = h("video", { src: job.video_url, poster: job.thumbnail_url, controls: true, playsinline: true, preload: "metadata", "aria-label": title(job) });
  const side = h("div", { class: "stack" }, actions(job));
  if (job.caption_template_id) {
    const style = h("p", { class: "soft small" });
    void templates().then((known) => fill(style, known.find((one) => one.id === job.caption_template_id)?.name ?? "")).catch(() => undefined);
    const words = h("section", { class: "sheet pad stack tight", "aria-labelledby": "words" }, h("div", { class: "row spread" }, h("h2", { id: "words" }, "Words"), style), h("p", { class: "soft" }, "Looking for them…"));
    side.append(words);
    void transcriptEditor(job, video).then(
      (form) => words.lastElementChild?.replaceWith(form),
      (error) => words.lastElementChild?.replaceWith(h("p", { class: "soft" }, error instanceof Refusal ? "The words of this film are not known." : "The words cannot be loaded. Open this page again.")),
    );
  }
  return h("div", { class: "watching" }, h("div", { class: "stage" }, video), side);
}

/** @param {Job} job */
function actions(job) {
  return h(
    "section",
    { class: "stack tight", "aria-label": "What to do with it" },
    h("div", { class: "row" }, h("a", { class: "button main large", href: job.video_url, download: `${job.id}.mp4` }, icon("download"), "Download"), shareButton(job)),
    h("div", { class: "row tight" }, h("a", { class: "button", href: `#captions/${job.id}` }, icon("captions"), job.caption_template_id ? "Another style" : "Add captions"), h("a", { class: "button", href: `#text/${job.id}` }, icon("text"), "Write text on it"), removeButton(job)),
    subtitles(job),
  );
}

/** The words as files for other players and programs. @param {Job} job */
function subtitles(job) {
  const buttons = Object.entries(SUBTITLES).map(([form, called]) => {
    const button = h("button", { type: "button", class: "button", "aria-label": `Download subtitles in ${called}` }, form.toUpperCase());
    button.addEventListener("click", () => void busy(button, "…", () => saved(job, form)));
    return button;
  });
  return h("div", { class: "row tight", role: "group", "aria-label": "Subtitles" }, h("span", { class: "soft small" }, "Subtitles"), buttons);
}

/**
 * A link alone would not do: the server wants the key.
 * @param {Job} job
 * @param {string} form
 */
async function saved(job, form) {
  try {
    const answer = await call("GET", `/v1/videos/${encodeURIComponent(job.id)}/transcript.${form}`);
    const url = URL.createObjectURL(await answer.blob());
    h("a", { href: url, download: `${job.id}.${form}` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000); // once the browser has taken it
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    notice(error.message);
  }
}

/** @param {Job} job */
function results(job) {
  const shown = (job.results ?? []).map((result) =>
    h(
      "li",
      { class: "sheet result" },
      result.video_url
        ? h("video", { src: result.video_url, poster: result.thumbnail_url, controls: true, playsinline: true, preload: "metadata", "aria-label": result.text })
        : h("div", { class: "alert" }, h("h3", {}, "This one could not be made"), h("p", {}, result.error?.message ?? "")),
      h("div", { class: "row spread" }, h("p", { class: "name" }, result.text), result.video_url && h("a", { class: "button", href: result.video_url, download: true, "aria-label": `Download ${result.text}` }, icon("download"), "Download")),
    ),
  );
  return h("div", { class: "stack" }, h("ul", { class: "results" }, shown), h("div", { class: "row" }, h("a", { class: "button", href: "#text" }, "Write another"), removeButton(job)));
}

/** @param {Job} job */
function ended(job) {
  if (job.status === "CANCELLED") return h("div", { class: "sheet pad stack tight" }, h("h2", {}, "It was cancelled"), h("p", { class: "soft" }, "Nothing was made. Delete it to remove what you had sent."));
  return h("div", { class: "alert", role: "group", "aria-label": "What went wrong" }, h("h2", {}, "This did not work"), h("p", {}, job.error?.message ?? ""));
}

/** @param {Job} job */
function again(job) {
  if (job.object === "text_overlay") return "#text";
  return job.caption_template_id ? `#captions/${job.source_video_id ?? ""}` : "#create";
}

/** @param {Job} job */
function removeButton(job) {
  if (unfinished(job)) {
    const cancel = h("button", { type: "button", class: "button" }, "Cancel");
    cancel.addEventListener("click", () => void busy(cancel, "Cancelling…", () => tried(job)));
    return cancel;
  }
  const button = h("button", { type: "button", class: "button bad", onclick: () => sure(job) }, icon("trash"), "Delete");
  return button;
}

/** @param {Job} job */
function sure(job) {
  const button = h("button", { type: "button", class: "button main" }, "Delete for good");
  const dialog = h("dialog", { "aria-labelledby": "sure-title", onclose: () => dialog.remove() });
  button.addEventListener("click", () => void busy(button, "Deleting…", async () => { await tried(job); dialog.close(); }));
  fill(dialog, h("div", { class: "head" }, h("h2", { id: "sure-title" }, "Delete this film?")), h("div", { class: "body" }, h("p", { class: "soft" }, "It is removed from the server with all its files, and cannot be brought back. Films that were made of it stay.")), h("div", { class: "foot" }, h("button", { type: "button", class: "button", onclick: () => dialog.close() }, "Keep it"), button));
  find("body").append(dialog);
  dialog.showModal();
}

/** @param {Job} job */
async function tried(job) {
  try {
    await remove(job);
    notice(unfinished(job) ? "It is cancelled." : "It is deleted.");
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    notice(error.message);
  }
}

/** What it is and when it was begun; what it is only if the title does not say so. @param {Job} job */
export function subtitle(job) {
  const when = ago(job.created_at);
  return title(job) === kind(job) ? when.replace(/^./, (letter) => letter.toUpperCase()) : `${kind(job)}, ${when}`;
}

/** @param {number} moment Unix time in seconds */
function ago(moment) {
  const minutes = Math.round((Date.now() / 1000 - moment) / 60);
  if (minutes < 1) return "just now";
  if (minutes < 60) return AGO.format(-minutes, "minute");
  if (minutes < 24 * 60) return AGO.format(-Math.round(minutes / 60), "hour");
  return AGO.format(-Math.round(minutes / 60 / 24), "day");
}
