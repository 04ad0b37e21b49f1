// @ts-check
/** The view of all that is or was made. */

import { busy, choices } from "./fields.js";
import { fill, h, icon } from "./dom.js";
import { subtitle } from "./film.js";
import { all, begin, load, look, more, place, title, unfinished, watch } from "./jobs.js";
import { progressTile } from "./progress.js";

/** @typedef {import("./jobs.js").Job} Job */

const FILTERS = /** @type {Record<string, (job: Job) => boolean>} */ ({
  All: () => true,
  "In progress": unfinished,
  Talking: (job) => job.object === "video" && !job.caption_template_id,
  Captioned: (job) => !!job.caption_template_id,
  Texts: (job) => job.object === "text_overlay",
});

/**
 * @param {HTMLElement} root
 * @param {string} _argument
 * @param {AbortSignal} signal
 */
export async function libraryView(root, _argument, signal) {
  let filter = "All";
  const grid = h("ul", { class: "cards", "aria-label": "Films" });
  const button = h("button", { type: "button", class: "button", hidden: true }, "Show more");
  const filters = h("fieldset", {}, h("legend", { class: "unseen" }, "Show"), choices("filter", Object.keys(FILTERS).map((name) => [name, name]), filter, (name) => { filter = name; show(); }));
  const body = h("div", { class: "stack" }, filters, grid, h("div", { class: "row" }, button));
  const show = () => {
    const jobs = all().filter(FILTERS[filter] ?? (() => true));
    filters.hidden = !all().length;
    grid.hidden = !jobs.length;
    const cards = new Map([...grid.children].map((card) => [card.getAttribute("data-id"), card]));
    const wanted = jobs.map((job) => {
      const old = cards.get(job.id);
      const next = card(job);
      if (!old || old.getAttribute("data-state") !== next.getAttribute("data-state")) {
        if (old?.contains(document.activeElement)) queueMicrotask(() => next.querySelector("a")?.focus());
        return next;
      }
      return old;
    });
    if (wanted.length !== grid.children.length || wanted.some((one, at) => grid.children[at] !== one)) fill(grid, wanted);
    body.querySelector(".empty")?.remove();
    if (!jobs.length) grid.after(all().length ? h("p", { class: "empty soft" }, "Nothing of this kind yet.") : nothing());
    button.hidden = !more() || !jobs.length;
  };
  button.addEventListener("click", () => void busy(button, "Loading…", async () => { await load(); show(); }));
  root.append(h("header", {}, h("h1", { tabindex: "-1" }, "Library"), h("p", { class: "lead" }, "All that you have made, and what is being made now.")), body);
  await begin();
  if (signal.aborted) return;
  show();
  watch(show, signal);
}

function nothing() {
  return h("div", { class: "empty" }, icon("mirage"), h("h2", {}, "Nothing here yet"), h("p", {}, "Films appear here as soon as you start one, and stay until you delete them."), h("a", { class: "button main large", href: "#create" }, "Make the first one"));
}

/** @param {Job} job */
function card(job) {
  const picture = h("span", { class: "thumb" }, thumbnail(job));
  const state = job.status === "FAILED" ? h("b", { class: "badge bad" }, "Did not work") : job.status === "CANCELLED" ? h("b", { class: "badge" }, "Cancelled") : null;
  const link = h("a", { href: place(job) }, picture, h("span", { class: "name" }, title(job)));
  return h("li", { class: "card", "data-id": job.id, "data-state": `${job.status} ${job.progress} ${job.stage}` }, link, h("p", { class: "soft small" }, subtitle(job)), state);
}

/** @param {Job} job */
function thumbnail(job) {
  if (unfinished(job)) return progressTile(job);
  const first = job.results?.find((result) => result.video_url);
  const picture = job.thumbnail_url ?? first?.thumbnail_url;
  const film = job.video_url ?? first?.video_url;
  if (picture) return h("img", { src: picture, alt: "", loading: "lazy", onerror: () => void look(job.object, job.id).catch(() => undefined) });
  if (film) return h("video", { src: `${film}#t=0.1`, preload: "metadata", muted: true, playsinline: true, tabindex: "-1", "aria-hidden": "true" });
  return h("span", { class: "tiled" }, icon(job.status === "FAILED" ? "close" : "film"));
}
