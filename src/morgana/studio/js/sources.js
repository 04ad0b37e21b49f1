// @ts-check
/** Which film: one that was made here, or one of the person's own. */

import { chooser, droppable, fault, mend } from "./fields.js";
import { fill, h, icon, newId } from "./dom.js";
import { all, begin, kind, look, title, unfinished } from "./jobs.js";

/** @typedef {import("./jobs.js").Job} Job */
/** @typedef {{job: Job} | {file: File, url: string}} Source */

const LISTED = 12;

/**
 * @param {(source: Source | null) => void} tell
 */
export function sourceField(tell) {
  const frame = h("div", { class: "screen" });
  const list = h("div", { class: "films" });
  const wrong = h("p", { class: "wrong", id: newId() });
  const root = h("fieldset", { class: "field", "data-field": "source", "aria-describedby": wrong.id }, h("legend", {}, "Film"), frame, list, wrong);
  const name = newId();
  /** @type {Source | null} */
  let source = null;

  const choose = (/** @type {Source | null} */ chosen) => {
    if (source && "url" in source) URL.revokeObjectURL(source.url);
    source = chosen;
    mend(root);
    fill(frame, ...shown(source, take));
    tell(source);
  };
  const take = (/** @type {File} */ file) => {
    if (!/^video\/(mp4|quicktime)$/.test(file.type)) {
      fault(root.parentNode ?? root, "source", "This film cannot be used. Choose one in MP4 or MOV.");
      return;
    }
    list.querySelectorAll("input").forEach((input) => (input.checked = false));
    choose({ file, url: URL.createObjectURL(file) });
  };
  const show = (/** @type {Job[]} */ jobs, /** @type {string} */ chosen) =>
    fill(list, jobs.map((job) => h("label", { class: "film", title: title(job) }, h("input", { type: "radio", name, value: job.id, checked: job.id === chosen, onchange: () => choose({ job }) }), h("img", { src: job.thumbnail_url, alt: "", loading: "lazy" }), h("span", { class: "unseen" }, `${title(job)}, ${kind(job)}`))));
  droppable(frame, take);
  fill(frame, ...shown(null, take));
  return {
    root,
    take,
    /** @param {string} asked the id of a film; without, it is the one chosen before */
    load: async (asked) => {
      await begin();
      const before = source && "job" in source ? source.job.id : "";
      const wanted = asked || (all().some((one) => one.id === before) ? before : "");
      if (before && !wanted) choose(null);
      const job = wanted ? await look("video", wanted) : null;
      const ready = all().filter((one) => one.object === "video" && one.status === "COMPLETE").slice(0, LISTED);
      if (job && !unfinished(job) && !ready.some((one) => one.id === job.id)) ready.unshift(job);
      show(ready, wanted);
      if (job && (wanted !== before || asked)) choose({ job });
    },
  };
}

/**
 * @param {Source | null} source
 * @param {(file: File) => void} take
 */
function shown(source, take) {
  const other = chooser(source ? "Use another film" : "Choose a film", "video/mp4,video/quicktime", take);
  if (source === null) return [h("div", { class: "none" }, icon("film"), h("p", {}, "Drop a film here"), h("p", { class: "soft small" }, "MP4 or MOV, up to 5 minutes and 50 MB"), other)];
  const url = "url" in source ? source.url : source.job.video_url;
  const poster = "job" in source ? source.job.thumbnail_url : null;
  const label = "job" in source ? title(source.job) : source.file.name;
  return [h("video", { src: url, poster, controls: true, playsinline: true, preload: "metadata", "aria-label": label }), h("div", { class: "row spread" }, h("p", { class: "small name" }, label), other)];
}
