// @ts-check
/** Fields of forms, each with its own place for what is wrong with it. */

import { Refusal } from "./api.js";
import { fill, h, newId } from "./dom.js";
import { Unusable } from "./media.js";

/** @typedef {import("./dom.js").Child} Child */

/**
 * @param {string} name as the API calls it
 * @param {string} label
 * @param {HTMLElement} control with an id of its own, or none yet
 * @param {string} [hint]
 */
export function field(name, label, control, hint) {
  control.id ||= newId();
  return wrapped("div", name, h("label", { for: control.id }, label), control, hint);
}

/**
 * Several controls that are one field.
 * @param {string} name
 * @param {string} label
 * @param {Child | Child[]} controls
 * @param {string} [hint]
 */
export function group(name, label, controls, hint) {
  const body = h("div", { class: "stack tight" }, controls);
  return wrapped("fieldset", name, h("legend", {}, label), body, hint);
}

/**
 * @param {"div" | "fieldset"} tag
 * @param {string} name
 * @param {HTMLElement} label
 * @param {HTMLElement} control
 * @param {string} [hint]
 */
function wrapped(tag, name, label, control, hint) {
  const wrong = h("p", { class: "wrong", id: newId() });
  const help = hint ? h("p", { class: "hint", id: newId() }, hint) : null;
  const described = [help?.id, wrong.id].filter(Boolean).join(" ");
  const root = h(tag, { class: "field", "data-field": name }, label, control, help, wrong);
  (tag === "fieldset" ? root : control).setAttribute("aria-describedby", described);
  return root;
}

/**
 * Radio buttons that look like choices.
 * @param {string} name of the group; unique in the page
 * @param {[value: string, label: string][]} choices
 * @param {string} chosen
 * @param {(value: string) => void} tell
 * @param {string} [look]
 */
export function choices(name, choices, chosen, tell, look = "") {
  return h(
    "div",
    { class: `choices ${look}` },
    choices.map(([value, label]) =>
      h("label", {}, h("input", { type: "radio", name, value, checked: value === chosen, onchange: () => tell(value) }), h("span", {}, label)),
    ),
  );
}

/**
 * @param {string} label
 * @param {Child[]} children
 */
export function more(label, ...children) {
  return h("details", { class: "more" }, h("summary", {}, label), h("div", { class: "stack" }, children));
}

/**
 * A button that takes files, also by dropping them on `target`.
 * @param {string} label
 * @param {string} accept
 * @param {(file: File) => void} take
 * @param {string} [look]
 */
export function chooser(label, accept, take, look = "button") {
  const input = h("input", {
    type: "file",
    accept,
    class: "unseen",
    tabindex: "-1",
    "aria-label": label,
    onchange: () => {
      const file = input.files?.[0];
      if (file) take(file);
      input.value = "";
    },
  });
  const button = h("button", { type: "button", class: look, onclick: () => input.click() }, label);
  return h("span", {}, button, input);
}

/**
 * @param {HTMLElement} target
 * @param {(file: File) => void} take
 * @param {HTMLElement} [lit] what shows that a file would be taken
 */
export function droppable(target, take, lit = target) {
  const hover = (/** @type {boolean} */ on) => (/** @type {Event} */ event) => {
    event.preventDefault();
    lit.classList.toggle("over", on);
  };
  target.addEventListener("dragover", hover(true));
  target.addEventListener("dragleave", hover(false));
  target.addEventListener("drop", (event) => {
    hover(false)(event);
    const file = event.dataTransfer?.files[0];
    if (file) take(file);
  });
}

/**
 * A slider that says where it stands.
 * @param {string} name as the API calls it
 * @param {string} label
 * @param {{min: number, max: number, value: number}} range
 * @param {(value: number) => string} spoken
 * @returns {{root: HTMLElement, value: () => string, changed: () => boolean}}
 */
export function slider(name, label, { min, max, value }, spoken) {
  const said = h("output", { class: "hint time" }, spoken(value));
  const input = h("input", { type: "range", id: newId(), min, max, step: "0.05", value, "aria-valuetext": spoken(value) });
  input.addEventListener("input", () => {
    fill(said, spoken(Number(input.value)));
    input.setAttribute("aria-valuetext", spoken(Number(input.value)));
  });
  const root = wrapped("div", name, h("div", { class: "row spread" }, h("label", { for: input.id }, label), said), input);
  return { root, value: () => input.value, changed: () => Number(input.value) !== value };
}

/** @param {ParentNode} form */
export function clear(form) {
  form.querySelectorAll(".wrong").forEach((wrong) => fill(wrong));
  form.querySelectorAll(".faulty").forEach((faulty) => faulty.classList.remove("faulty"));
  form.querySelectorAll("[aria-invalid]").forEach((control) => control.removeAttribute("aria-invalid"));
}

/**
 * Say what is wrong beside the field. False if the form has no such field.
 * @param {ParentNode} form
 * @param {string} name
 * @param {string} message
 */
export function fault(form, name, message) {
  const root = form.querySelector(`[data-field="${CSS.escape(name)}"]`);
  const wrong = root?.querySelector(".wrong");
  if (!(root instanceof HTMLElement) || !wrong) return false;
  root.classList.add("faulty");
  fill(wrong, message);
  root.querySelector("textarea, select, input:not([type=file])")?.setAttribute("aria-invalid", "true");
  root.closest("details")?.setAttribute("open", "");
  return true;
}

/**
 * Nothing is wrong with this field any more.
 * @param {Element} root
 */
export function mend(root) {
  root.classList.remove("faulty");
  root.querySelectorAll(".wrong").forEach((wrong) => fill(wrong));
  root.querySelectorAll("[aria-invalid]").forEach((control) => control.removeAttribute("aria-invalid"));
}

/**
 * Say all that an error tells, each at its field and the rest at the end of the form; go to the first.
 * @param {ParentNode} form
 * @param {unknown} error
 * @param {Record<string, string>} [fields] of this form, for those of the API
 */
export function explain(form, error, fields = {}) {
  const known = (/** @type {string} */ name) => fields[name] ?? name;
  if (error instanceof Refusal) {
    const problems = error.problems.length ? error.problems : [{ loc: ["body", WHOSE[error.code] ?? "form"], msg: error.message, type: "" }];
    for (const { loc, msg } of problems) {
      const entry = `${known(String(loc[1]))}.${loc[2]}`;
      fault(form, entry, spoken(msg)) || fault(form, known(String(loc[1])), spoken(msg)) || fault(form, "form", spoken(msg));
    }
  } else if (error instanceof Unusable) {
    fault(form, "form", error.message);
  } else {
    throw error;
  }
  focusFirst(form);
}

/** @param {ParentNode} form */
export function focusFirst(form) {
  const first = form.querySelector(".faulty");
  const control = first?.querySelector("textarea, select, input:not([type=file]), button");
  if (control instanceof HTMLElement) control.focus();
  first?.scrollIntoView({ block: "center", behavior: "smooth" });
}

/** A place for what no field is to blame for. */
export function whole() {
  const wrong = h("p", { class: "wrong", role: "alert" });
  return h("div", { class: "field", "data-field": "form" }, wrong);
}

/**
 * Do what a button is for, once at a time.
 * @param {HTMLButtonElement} button
 * @param {string} meanwhile
 * @param {(share: (done: number) => void) => Promise<void>} work told whom to tell how much of it is done: 0 to 1
 */
export async function busy(button, meanwhile, work) {
  if (button.getAttribute("aria-disabled") === "true") return;
  const label = button.textContent ?? "";
  button.setAttribute("aria-disabled", "true");
  button.classList.add("busy");
  button.textContent = meanwhile;
  try {
    await work((done) => (button.textContent = `${meanwhile} ${Math.floor(100 * done)} %`));
  } finally {
    button.removeAttribute("aria-disabled");
    button.classList.remove("busy");
    button.textContent = label;
  }
}

/** Whose fault it is, of errors that name no field. @type {Record<string, string>} */
const WHOSE = {
  actor_failed: "face",
  actor_not_found: "face",
  voice_not_found: "voice_id",
  model_missing: "voice_id",
  video_not_found: "source",
  video_not_ready: "source",
  video_failed: "source",
};

/** @param {string} message */
function spoken(message) {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
