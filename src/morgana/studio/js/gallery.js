// @ts-check
/** The caption templates as pictures that move when they are pointed at or focused. */

import { everything } from "./api.js";
import { fill, h, newId } from "./dom.js";
import { mend } from "./fields.js";

/** @typedef {{id: string, name: string, preview_url: string, poster_url: string}} Template */

const AT_ONCE = 4; // of the six connections that browsers have to one server; events hold one
const INTENT = 120; // milliseconds: who passes over a tile does not ask for its film

/** @type {Promise<Template[]> | null} */
let loading = null;

/** @returns {Promise<Template[]>} */
export function templates() {
  loading ??= everything("/v1/videos/captions/templates");
  loading.catch(() => (loading = null));
  return loading;
}

/**
 * @param {(template: Template) => void} tell
 */
export function gallery(tell) {
  const name = newId();
  const queue = posters();
  const grid = h("div", { class: "gallery" });
  const none = h("p", { class: "soft", hidden: true }, "No style has this name.");
  const search = h("input", { class: "input", type: "search", id: newId(), placeholder: "Find by name", oninput: () => narrow() });
  const wrong = h("p", { class: "wrong", id: newId() });
  const root = h("fieldset", { class: "field", "data-field": "caption_template_id", "aria-describedby": wrong.id }, h("legend", {}, "Style"), h("div", { class: "row spread" }, h("p", { class: "hint" }, matchMedia("(hover: hover)").matches ? "Point at one to see it move" : "Tap one to see it move"), h("div", { class: "search" }, h("label", { class: "unseen", for: search.id }, "Find a style by name"), search)), wrong, grid, none);

  const narrow = () => {
    const wanted = search.value.trim().toLowerCase();
    const tiles = [...grid.querySelectorAll("label")];
    tiles.forEach((tile) => (tile.hidden = !tile.title.toLowerCase().includes(wanted)));
    none.hidden = tiles.some((tile) => !tile.hidden);
  };
  return {
    root,
    load: async () => {
      const all = await templates();
      if (grid.childElementCount) return;
      fill(grid, all.map((template) => tile(name, template, () => { mend(root); tell(template); }, queue)));
    },
  };
}

/**
 * @param {string} group
 * @param {Template} template
 * @param {() => void} tell
 * @param {IntersectionObserver} queue
 */
function tile(group, template, tell, queue) {
  const input = h("input", { type: "radio", name: group, value: template.id, onchange: tell });
  const picture = h("span", { class: "picture", "data-poster": template.poster_url });
  const label = h("label", { class: "tile", title: template.name }, input, picture, h("span", { class: "name" }, template.name));
  let waiting = 0;
  const still = () => {
    clearTimeout(waiting);
    picture.classList.remove("coming");
    picture.querySelector("video")?.remove();
  };
  const move = () => {
    if (picture.querySelector("video") || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const video = h("video", { src: template.preview_url, muted: true, loop: true, playsinline: true, "aria-hidden": "true", tabindex: "-1" });
    picture.append(video);
    picture.classList.add("coming");
    video.play().catch(() => video.remove()).finally(() => picture.classList.remove("coming"));
  };
  label.addEventListener("pointerenter", () => (waiting = setTimeout(move, INTENT)));
  label.addEventListener("pointerleave", () => { if (document.activeElement !== input) still(); });
  input.addEventListener("focus", move);
  input.addEventListener("blur", still);
  queue.observe(picture);
  return label;
}

/** Load the posters of tiles as they come into sight, a few at a time. */
function posters() {
  /** @type {HTMLElement[]} */
  const waiting = [];
  let running = 0;
  const next = () => {
    const picture = running < AT_ONCE ? waiting.shift() : undefined;
    if (!picture) return;
    running += 1;
    const image = h("img", { alt: "", decoding: "async" });
    const ended = (/** @type {boolean} */ whole) => () => {
      running -= 1;
      picture.classList.add("loaded");
      if (whole) picture.prepend(image);
      next();
    };
    image.addEventListener("load", ended(true));
    image.addEventListener("error", ended(false));
    image.src = picture.dataset.poster ?? "";
    next();
  };
  const observer = new IntersectionObserver(
    (entries) => {
      for (const entry of entries.filter((one) => one.isIntersecting)) {
        observer.unobserve(entry.target);
        waiting.push(/** @type {HTMLElement} */ (entry.target));
      }
      next();
    },
    { rootMargin: "200px" },
  );
  return observer;
}
