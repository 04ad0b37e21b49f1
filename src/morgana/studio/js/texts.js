// @ts-check
/** The view in which up to four texts are written over copies of a film. */

import { create, everything } from "./api.js";
import { busy, choices, clear, explain, fault, focusFirst, group, more, whole } from "./fields.js";
import { fill, h, icon, newId } from "./dom.js";
import { note, place, remember } from "./jobs.js";
import { sourceField } from "./sources.js";

/** @typedef {{name: string, kind: "font" | "look", summary: string, available: boolean, preview_url: string | null}} Font */

const MOST = 4;
const PLACES = /** @type {[string, string][]} */ ([["", "Where it reads best"], ["top", "Top"], ["middle", "Middle"], ["bottom", "Bottom"]]);
const GROUNDS = /** @type {[string, string][]} */ ([["", "As needed"], ["none", "None"], ["box", "A box"], ["line", "Line by line"]]);

/** @type {ReturnType<typeof built> | null} */
let kept = null;

/**
 * As it was left, but for the film that it is asked for.
 * @param {HTMLElement} root
 * @param {string} argument the video to begin with
 */
export function textView(root, argument) {
  kept ??= built();
  const { head, form, open } = kept;
  clear(form);
  root.append(head, form);
  return open(argument);
}

function built() {
  /** @type {import("./sources.js").Source | null} */
  let source = null;
  let position = "";
  let background = "";
  /** @type {Font[]} */
  let fonts = [];
  /** @type {ReturnType<typeof textRow>[]} */
  let rows = [];
  const sources = sourceField((chosen) => (source = chosen));
  const list = h("ol", { class: "stack texts" });
  const another = h("button", { type: "button", class: "button", onclick: () => add(true) }, icon("plus"), "Another text");
  const add = (/** @type {boolean} */ focused) => {
    const row = textRow(fonts, () => {
      rows = rows.filter((one) => one !== row);
      renumber();
      rows.at(-1)?.focus();
    });
    rows.push(row);
    renumber();
    if (focused) row.focus();
  };
  const renumber = () => {
    fill(list, rows.map((row) => row.root));
    rows.forEach((row, at) => row.number(at, rows.length > 1));
    another.hidden = rows.length >= MOST;
  };
  const button = h("button", { class: "button main large" }, "Write it");
  const finer = more("Finer settings", group("position", "Place", choices("text-position", PLACES, "", (value) => (position = value))), group("background", "Behind the letters", choices("text-background", GROUNDS, "", (value) => (background = value))));
  const form = h(
    "form",
    { class: "working", novalidate: true },
    h("section", { class: "sheet pad stack aside", "aria-label": "Film" }, sources.root),
    h("section", { class: "sheet pad stack", "aria-label": "Texts" }, h("div", { class: "field", "data-field": "texts" }, h("h2", {}, "Texts"), h("p", { class: "hint" }, "Up to four; each is written over a copy of its own, to compare."), h("p", { class: "wrong" })), list, h("div", {}, another), finer, whole(), h("div", { class: "row sticky" }, button)),
  );
  /** @type {Promise<unknown>} */
  let opening = Promise.resolve();
  const send = async (/** @type {(done: number) => void} */ sent) => {
    await opening.catch(() => undefined); // the film that was asked for may still be on its way
    clear(form);
    if (!source) fault(form, "source", "Choose a film first.");
    const empty = rows.filter((row) => !row.text());
    empty.forEach((row) => row.blame("Write something, or remove this text."));
    if (!source || empty.length) return focusFirst(form);
    const body = new FormData();
    if ("job" in source) body.set("video_id", source.job.id);
    else body.set("video", source.file);
    for (const row of rows) row.add(body);
    if (position) body.set("position", position);
    if (background) body.set("background", background);
    try {
      const made = await create("/v1/meta/text_overlays", body, sent);
      remember(made.id, `“${rows[0]?.text()}”`);
      note(made);
      location.hash = place(made);
    } catch (error) {
      explain(form, error, { video: "source", video_id: "source" });
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void busy(button, "Sending…", send);
  });
  const head = h("header", {}, h("h1", { tabindex: "-1" }, "A line that is read at once"), h("p", { class: "lead" }, "A headline, a price, a question. Colour, size and place are chosen so that it is legible and covers no face."));
  add(false);
  const offer = async () => {
    if (fonts.length) return; // or each visit would take away what is chosen
    fonts = (await everything("/v1/fonts")).filter((/** @type {Font} */ font) => font.available);
    rows.forEach((row) => row.offer(fonts));
  };
  return { head, form, open: (/** @type {string} */ wanted) => (opening = Promise.all([sources.load(wanted), offer()])) };
}

/**
 * @param {Font[]} fonts
 * @param {() => void} remove
 */
function textRow(fonts, remove) {
  const text = h("textarea", { class: "input", id: newId(), rows: "2", maxlength: "1000", placeholder: "Sale ends Sunday" });
  const select = h("select", { class: "input", id: newId(), onchange: () => preview() });
  const picture = h("img", { alt: "", class: "specimen", hidden: true });
  const coloured = h("input", { type: "checkbox", id: newId() });
  const color = h("input", { type: "color", value: "#ffffff", oninput: () => (coloured.checked = true) });
  const wrong = h("p", { class: "wrong", id: newId() });
  const label = h("label", { for: text.id });
  const drop = h("button", { type: "button", class: "button bare icon", onclick: remove }, icon("trash"));
  text.setAttribute("aria-describedby", wrong.id);
  text.addEventListener("input", () => {
    fill(wrong);
    body.classList.remove("faulty");
  });
  const body = h("div", { class: "field" }, h("div", { class: "row spread" }, label, drop), text, wrong);
  const root = h("li", { class: "stack tight" }, body, h("div", { class: "look" }, h("div", { class: "field" }, h("label", { for: select.id }, "Look"), select), h("div", { class: "field" }, h("span", { class: "label" }, "Colour"), h("div", { class: "row tight" }, color, h("label", { class: "row tight small" }, coloured, "Use it")))), picture);
  let known = fonts;
  const preview = () => {
    const font = known.find((one) => one.name === select.value);
    picture.hidden = !font?.preview_url;
    if (font?.preview_url) picture.src = font.preview_url;
  };
  const offer = (/** @type {Font[]} */ all) => {
    known = all;
    const options = (/** @type {"font" | "look"} */ kind) => all.filter((font) => font.kind === kind).map((font) => h("option", { value: font.name }, font.kind === "look" ? `${font.name}: ${font.summary}` : font.name));
    fill(select, h("option", { value: "" }, "Chosen for you"), h("optgroup", { label: "Looks" }, options("look")), h("optgroup", { label: "Fonts" }, options("font")));
  };
  offer(fonts);
  return {
    root,
    offer,
    text: () => text.value.trim(),
    focus: () => text.focus(),
    /** @param {string} message */
    blame(message) {
      body.classList.add("faulty");
      text.setAttribute("aria-invalid", "true");
      fill(wrong, message);
    },
    /**
     * @param {number} at
     * @param {boolean} many
     */
    number(at, many) {
      fill(label, many ? `Text ${at + 1}` : "Text");
      drop.hidden = !many;
      drop.setAttribute("aria-label", `Remove text ${at + 1}`);
      color.setAttribute("aria-label", `Colour of text ${at + 1}`);
      body.dataset.field = `texts.${at}`;
    },
    /** @param {FormData} form */
    add(form) {
      form.append("texts", text.value.trim());
      form.append("fonts", select.value);
      form.append("colors", coloured.checked ? color.value : "");
    },
  };
}
