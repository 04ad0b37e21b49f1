// @ts-check
/** How far a job is: a sun that rises over the sea, a number, and what is being done. */

import { fill, h, icon, say } from "./dom.js";
import { doing, title } from "./jobs.js";

/** @typedef {import("./jobs.js").Job} Job */

/** @param {Job} job */
export function progressScene(job) {
  const number = h("p", { class: "percent", "aria-hidden": "true" });
  const words = h("p", { class: "soft" });
  const bar = h("div", { role: "progressbar", "aria-label": `Progress of ${title(job)}`, "aria-valuemin": "0", "aria-valuemax": "100", class: "meter" }, h("i"));
  const sun = h("i", { class: "sun" });
  const root = h("div", { class: "scene" }, h("div", { class: "sky", "aria-hidden": "true" }, sun, h("i", { class: "sea" })), number, bar, words);
  let quarter = 0;
  const update = (/** @type {Job} */ now) => {
    fill(number, `${now.progress} %`);
    fill(words, `${doing(now)}…`);
    bar.setAttribute("aria-valuenow", String(now.progress));
    bar.setAttribute("aria-valuetext", `${now.progress} percent. ${doing(now)}.`);
    bar.classList.toggle("waiting", now.stage === null);
    const inner = /** @type {HTMLElement} */ (bar.firstElementChild);
    inner.style.transform = `scaleX(${Math.max(0.02, now.progress / 100)})`;
    sun.style.transform = `translate(-50%, ${82 - 0.72 * now.progress}%)`;
    const reached = Math.floor(now.progress / 25);
    if (reached > quarter) say(`${now.progress} percent. ${doing(now)}.`);
    quarter = reached;
  };
  update(job);
  return { root, update };
}

/** A small one, for cards. @param {Job} job */
export function progressTile(job) {
  const bar = h("i");
  bar.style.transform = `scaleX(${Math.max(0.02, job.progress / 100)})`;
  return h("span", { class: "tiled" }, icon("mirage"), h("span", { class: "small" }, job.stage === null ? "Waiting" : `${job.progress} %`), h("span", { class: `meter ${job.stage === null ? "waiting" : ""}` }, bar));
}
