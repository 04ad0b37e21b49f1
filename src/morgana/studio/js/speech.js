// @ts-check
/** What is said: a script, with marks for the face, or a recording. */

import { chooser, choices, droppable, fault, mend } from "./fields.js";
import { fill, h, icon, newId, say } from "./dom.js";
import { Unusable, asSound, clock, record } from "./media.js";

const MARKS = [["happy", "Happy"], ["serious", "Serious"], ["surprised", "Surprised"], ["sad", "Sad"], ["auto", "As it comes"], ["pause 1s", "Pause"]];
const DRAFT = "morgana.script"; // what is typed outlives a reload
const LONGEST = 10000;
const LETTERS_A_SECOND = 14; // of the default voice at its own pace

/**
 * @param {(kind: "script" | "recording") => void} tell
 */
export function speechField(tell) {
  let kind = /** @type {"script" | "recording"} */ ("script");
  const script = scriptField();
  const recording = recordingField();
  recording.root.hidden = true;
  const tabs = choices("speech", [["script", "Type it"], ["recording", "Say it"]], kind, (value) => {
    kind = value === "script" ? "script" : "recording";
    script.root.hidden = kind !== "script";
    recording.root.hidden = kind !== "recording";
    tell(kind);
  }, "joined");
  const root = h("div", { class: "stack tight" }, h("fieldset", { class: "field" }, h("legend", {}, "Words"), tabs), script.root, recording.root);
  return {
    root,
    leave: recording.leave,
    /** The title that the words give, or null where there are none: then the person is told. */
    check() {
      if (kind === "script" && !script.text()) return void fault(root, "script", "Type what is to be said first.");
      if (kind === "recording" && !recording.file()) return void fault(root, "audio_reference", "Record or choose what is to be said first.");
      return kind === "script" ? script.text().replace(/\[[^\]]*\]/g, "").trim().replace(/\s+/g, " ") : (recording.file()?.name ?? "");
    },
    /** @param {FormData} form */
    add(form) {
      const file = recording.file();
      if (kind === "script") form.set("script", script.text());
      else if (file) form.set("audio_reference", file);
    },
  };
}

function scriptField() {
  const text = h("textarea", { class: "input script", id: newId(), rows: "7", maxlength: LONGEST, placeholder: "[happy] Hello! I am glad that you are here." });
  const count = h("p", { class: "hint", id: newId() });
  const wrong = h("p", { class: "wrong", id: newId() });
  const counted = () => {
    sessionStorage.setItem(DRAFT, text.value);
    const spoken = text.value.replace(/\[[^\]]*\]/g, "").trim().length;
    fill(count, spoken ? `About ${clock(Math.max(1, spoken / LETTERS_A_SECOND))} long` : "Marks set the face from there on.");
  };
  const mark = (/** @type {string} */ name) => {
    const space = /\S$/.test(text.value.slice(0, text.selectionStart)) ? " " : "";
    text.setRangeText(`${space}[${name}] `, text.selectionStart, text.selectionEnd, "end");
    text.focus();
    counted();
  };
  text.value = sessionStorage.getItem(DRAFT) ?? "";
  text.addEventListener("input", () => {
    counted();
    text.removeAttribute("aria-invalid");
    fill(wrong);
    text.closest(".field")?.classList.remove("faulty");
  });
  text.setAttribute("aria-describedby", `${count.id} ${wrong.id}`);
  counted();
  const marks = h("div", { class: "marks", role: "group", "aria-label": "Put a mark into the script" }, MARKS.map(([value, label]) => h("button", { type: "button", class: "mark", onclick: () => mark(value ?? "") }, icon("plus"), label ?? "")));
  const root = h("div", { class: "field", "data-field": "script" }, h("label", { class: "unseen", for: text.id }, "Script"), h("div", { class: "writing" }, text, marks), count, wrong);
  return { root, text: () => text.value.trim() };
}

function recordingField() {
  /** @type {File | null} */
  let file = null;
  let url = "";
  /** @type {{stop: () => Promise<File>} | null} */
  let running = null;
  const wrong = h("p", { class: "wrong", role: "alert" });
  const level = h("i");
  const place = h("div", { class: "drop" });
  const root = h("div", { class: "field", "data-field": "audio_reference" }, place, wrong);
  const take = async (/** @type {Blob & {name?: string}} */ given) => {
    file = await asSound(given);
    URL.revokeObjectURL(url);
    url = URL.createObjectURL(file);
    mend(root);
    fill(place, h("p", {}, h("b", {}, file.name)), h("audio", { controls: true, src: url, "aria-label": "Your recording" }), h("button", { type: "button", class: "button", onclick: () => { file = null; idle(); } }, "Use another"));
    say("The recording is ready");
  };
  const tried = (/** @type {() => Promise<void>} */ work) =>
    work().catch((error) => {
      if (!(error instanceof Unusable)) throw error;
      idle();
      root.classList.add("faulty");
      fill(wrong, error.message);
    });
  const idle = () => {
    fill(place, icon("microphone"), h("p", {}, "Drop a recording here, or"), h("div", { class: "row tight" }, h("button", { type: "button", class: "button main", onclick: () => void tried(begin) }, icon("microphone"), "Record"), chooser("Choose a file", "audio/*,video/*", (chosen) => void tried(() => take(chosen)))), h("p", { class: "hint" }, "Up to three minutes"));
  };
  const end = async () => {
    const ended = running;
    running = null;
    if (ended) await take(await ended.stop());
  };
  const begin = async () => {
    const time = h("b", { class: "time" }, "0:00");
    running = await record((loud, seconds) => {
      level.style.transform = `scaleX(${loud})`;
      fill(time, clock(seconds));
    });
    const stop = h("button", { type: "button", class: "button main", onclick: () => void tried(end) }, icon("stop"), "Stop");
    fill(place, h("p", { class: "row tight" }, h("span", { class: "tally" }), "Recording ", time), h("div", { class: "meter" }, level), stop);
    stop.focus();
    say("Recording");
  };
  droppable(place, (given) => void tried(() => take(given)));
  idle();
  return { root, file: () => file, leave: () => void tried(end) };
}
