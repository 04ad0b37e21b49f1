// @ts-check
/** The page: one view at a time, by the part of the address after the #. */

import { Refusal } from "./api.js";
import { captionsView } from "./captions.js";
import { createView } from "./create.js";
import { fill, find, h, notice } from "./dom.js";
import { textsView, videoView } from "./film.js";
import { all, follow, place, title, unfinished, watch } from "./jobs.js";
import { libraryView } from "./library.js";
import { textView } from "./texts.js";

/** @typedef {(root: HTMLElement, argument: string, signal: AbortSignal) => Promise<unknown>} View */

const VIEWS = /** @type {Record<string, {show: View, title: string, tab: string}>} */ ({
  create: { show: createView, title: "Create", tab: "create" },
  captions: { show: captionsView, title: "Captions", tab: "captions" },
  text: { show: textView, title: "Text", tab: "text" },
  library: { show: libraryView, title: "Library", tab: "library" },
  video: { show: videoView, title: "Film", tab: "library" },
  texts: { show: textsView, title: "Films with text", tab: "library" },
});

let leaving = new AbortController();

/** @param {boolean} first */
async function go(first) {
  const [name = "", argument = ""] = location.hash.slice(1).split("/");
  const view = VIEWS[name] ?? VIEWS.create;
  if (!view) return;
  leaving.abort();
  document.querySelectorAll("dialog[open]:not([data-stays])").forEach((dialog) => dialog instanceof HTMLDialogElement && dialog.close());
  leaving = new AbortController();
  const { signal } = leaving;
  document.querySelectorAll(".bar nav a").forEach((link) => {
    const here = link.getAttribute("href") === `#${view.tab}`;
    here ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
  });
  document.title = `${view.title} · Morgana`;
  const main = h("main", { id: "main", tabindex: "-1" });
  find("#main").replaceWith(main);
  scrollTo(0, 0);
  try {
    const shown = view.show(main, argument, signal);
    if (!first) main.querySelector("h1")?.focus({ preventScroll: true });
    await shown;
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof Refusal)) throw error;
    main.prepend(h("div", { class: "alert stopped", role: "alert" }, h("h2", {}, "Something is missing"), h("p", {}, error.message), h("div", {}, h("button", { type: "button", class: "button", onclick: () => void go(false) }, "Try again"))));
  }
}

function count() {
  const running = all().filter(unfinished).length;
  const badge = find("#busy");
  badge.hidden = !running;
  fill(badge, running || "", running && h("span", { class: "unseen" }, " in progress"));
}

watch((job, before) => {
  count();
  if (!job || !before || !unfinished(before) || unfinished(job) || location.hash === place(job)) return;
  if (job.status === "COMPLETE") notice(`${title(job)} is ready.`, { label: "Watch", href: place(job) });
  if (job.status === "FAILED") notice(`${title(job)} did not work.`, { label: "Why?", href: place(job) });
}, new AbortController().signal);

find(".skip").addEventListener("click", (event) => {
  event.preventDefault(); // its address is not that of a view
  find("#main").focus();
});
addEventListener("hashchange", () => void go(false));
addEventListener("dragover", (event) => event.preventDefault()); // a file dropped beside its place opens nothing
addEventListener("drop", (event) => event.preventDefault());
void go(true);
void follow();
