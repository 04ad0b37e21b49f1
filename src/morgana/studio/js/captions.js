// @ts-check
/** The view in which words are written over a film as they are said. */

import { create } from "./api.js";
import { busy, choices, clear, explain, fault, field, focusFirst, group, more, slider, whole } from "./fields.js";
import { gallery } from "./gallery.js";
import { h } from "./dom.js";
import { note, place, remember, title } from "./jobs.js";
import { sourceField } from "./sources.js";

const PLACES = /** @type {[string, string][]} */ ([["", "As the style has it"], ["top", "Top"], ["middle", "Middle"], ["bottom", "Bottom"]]);

/** @type {ReturnType<typeof built> | null} */
let kept = null;

/**
 * As it was left, but for the film that it is asked for.
 * @param {HTMLElement} root
 * @param {string} argument the video to begin with
 */
export function captionsView(root, argument) {
  kept ??= built();
  const { head, form, open } = kept;
  clear(form);
  root.append(head, form);
  return open(argument);
}

function built() {
  /** @type {import("./sources.js").Source | null} */
  let source = null;
  let template = { id: "", name: "" };
  const finer = finerFields();
  const sources = sourceField((chosen) => {
    if (source) finer.forget();
    source = chosen;
  });
  const styles = gallery((chosen) => (template = chosen));
  const button = h("button", { class: "button main large" }, "Write the captions");
  const form = h(
    "form",
    { class: "working", novalidate: true },
    h("section", { class: "sheet pad stack aside", "aria-label": "Film" }, sources.root),
    h("section", { class: "sheet pad stack", "aria-label": "Style" }, styles.root, finer.root, whole(), h("div", { class: "row sticky" }, button)),
  );
  /** @type {Promise<unknown>} */
  let opening = Promise.resolve();
  const send = async (/** @type {(done: number) => void} */ sent) => {
    await opening.catch(() => undefined); // the film that was asked for may still be on its way
    clear(form);
    if (!source) fault(form, "source", "Choose a film first.");
    if (!template.id) fault(form, "caption_template_id", "Choose a style first.");
    if (!source || !template.id) return focusFirst(form);
    const body = new FormData();
    if ("job" in source) {
      body.set("video_id", source.job.id);
      if (source.job.caption_template_id) body.set("replace_captions", "true"); // nobody wants both
    } else body.set("video", source.file);
    body.set("caption_template_id", template.id);
    finer.add(body);
    const called = "job" in source ? title(source.job) : source.file.name;
    try {
      const video = await create("/v1/videos/captions", body, sent);
      remember(video.id, called);
      note(video);
      location.hash = place(video);
    } catch (error) {
      explain(form, error, { video: "source", video_id: "source" });
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void busy(button, "Sending…", send);
  });
  const head = h("header", {}, h("h1", { tabindex: "-1" }, "Captions that keep time"), h("p", { class: "lead" }, "Every word appears as it is said. Choose a film and a style; the words can be put right afterwards."));
  return { head, form, open: (/** @type {string} */ wanted) => (opening = Promise.all([sources.load(wanted), styles.load()])) };
}

function finerFields() {
  let position = "";
  const size = slider("font_size", "Size", { min: 0.5, max: 2, value: 1 }, (value) => `${Math.round(100 * value)} %`);
  const coloured = h("input", { type: "checkbox", id: "coloured" });
  const color = h("input", { type: "color", value: "#ffd400", "aria-label": "Colour of the word being said", oninput: () => (coloured.checked = true) });
  const names = h("input", { class: "input", autocomplete: "off", placeholder: "Morgana, Avalon" });
  const transcript = h("textarea", { class: "input", rows: "4" });
  const root = more(
    "Finer settings",
    group("position", "Place", choices("position", PLACES, "", (value) => (position = value))),
    size.root,
    group("highlight_color", "Word being said", h("div", { class: "row" }, color, h("label", { class: "row tight" }, coloured, "Use this colour"))),
    field("vocabulary", "Names and rare words", names, "Spelt as you like them, with commas between"),
    field("transcript", "What is said, if you have it", transcript, "Plain text, SRT or WebVTT; nobody has to listen then"),
  );
  return {
    root,
    /** The words of one film are not those of another. */
    forget() {
      transcript.value = "";
    },
    /** @param {FormData} form */
    add(form) {
      if (position) form.set("position", position);
      if (size.changed()) form.set("font_size", size.value());
      if (coloured.checked) form.set("highlight_color", color.value);
      if (names.value.trim()) form.set("vocabulary", names.value);
      if (transcript.value.trim()) form.set("transcript", transcript.value);
    },
  };
}
