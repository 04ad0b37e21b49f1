// @ts-check
/** The view in which words are written over a film as they are said. */

import { create } from "./api.js";
import { busy, choices, clear, explain, fault, field, focusFirst, group, more, whole } from "./fields.js";
import { gallery } from "./gallery.js";
import { h } from "./dom.js";
import { note, place, remember, title } from "./jobs.js";
import { sourceField } from "./sources.js";

const PLACES = /** @type {[string, string][]} */ ([["", "As the style has it"], ["top", "Top"], ["middle", "Middle"], ["bottom", "Bottom"]]);

/**
 * @param {HTMLElement} root
 * @param {string} argument the video to begin with
 * @param {AbortSignal} signal
 */
export function captionsView(root, argument, signal) {
  /** @type {import("./sources.js").Source | null} */
  let source = null;
  let template = { id: "", name: "" };
  const sources = sourceField((chosen) => (source = chosen));
  const styles = gallery((chosen) => (template = chosen), signal);
  const finer = finerFields();
  const button = h("button", { class: "button main large" }, "Write the captions");
  const form = h(
    "form",
    { class: "working", novalidate: true },
    h("section", { class: "sheet pad stack aside", "aria-label": "Film" }, sources.root),
    h("section", { class: "sheet pad stack", "aria-label": "Style" }, styles.root, finer.root, whole(), h("div", { class: "row sticky" }, button)),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clear(form);
    if (!source) fault(form, "source", "Choose a film first.");
    if (!template.id) fault(form, "caption_template_id", "Choose a style first.");
    if (!source || !template.id) return focusFirst(form);
    const body = new FormData();
    if ("job" in source) body.set("video_id", source.job.id);
    else body.set("video", source.file);
    body.set("caption_template_id", template.id);
    finer.add(body);
    const called = "job" in source ? title(source.job) : source.file.name;
    void busy(button, "Sending…", async (sent) => {
      try {
        const video = await create("/v1/videos/captions", body, sent);
        remember(video.id, called);
        note(video);
        location.hash = place(video);
      } catch (error) {
        explain(form, error, { video: "source", video_id: "source" });
      }
    });
  });
  root.append(h("header", {}, h("h1", { tabindex: "-1" }, "Captions that keep time"), h("p", { class: "lead" }, "Every word appears as it is said. Choose a film and a style; the words can be put right afterwards.")), form);
  return Promise.all([sources.load(argument), styles.load()]);
}

function finerFields() {
  let position = "";
  const size = h("input", { type: "range", min: "0.5", max: "2", step: "0.05", value: "1" });
  const coloured = h("input", { type: "checkbox", id: "coloured" });
  const color = h("input", { type: "color", value: "#ffd400", "aria-label": "Colour of the word being said", oninput: () => (coloured.checked = true) });
  const names = h("input", { class: "input", autocomplete: "off", placeholder: "Morgana, Avalon" });
  const transcript = h("textarea", { class: "input", rows: "4" });
  const root = more(
    "Finer settings",
    group("position", "Place", choices("position", PLACES, "", (value) => (position = value))),
    field("font_size", "Size", size),
    group("highlight_color", "Word being said", h("div", { class: "row" }, color, h("label", { class: "row tight" }, coloured, "Use this colour"))),
    field("vocabulary", "Names and rare words", names, "Spelt as you like them, with commas between"),
    field("transcript", "What is said, if you have it", transcript, "Plain text, SRT or WebVTT; nobody has to listen then"),
  );
  return {
    root,
    /** @param {FormData} form */
    add(form) {
      if (position) form.set("position", position);
      if (size.value !== "1") form.set("font_size", size.value);
      if (coloured.checked) form.set("highlight_color", color.value);
      if (names.value.trim()) form.set("vocabulary", names.value);
      if (transcript.value.trim()) form.set("transcript", transcript.value);
    },
  };
}
