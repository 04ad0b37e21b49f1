// @ts-check
/** The words of a captioned film: each can be mended, and the film made again. */

import { create, get } from "./api.js";
import { busy, clear, explain, whole } from "./fields.js";
import { fill, h } from "./dom.js";
import { clock } from "./media.js";
import { note, place, remember, title } from "./jobs.js";

/** @typedef {import("./jobs.js").Job} Job */
/** @typedef {{text: string, start: number, end: number}} Word */
/** @typedef {{language: string | null, duration: number, words: Word[]}} Transcript */

const LINE = 10; // words, if nothing ends a line before
const PAUSE = 0.6; // seconds, which end a line

/**
 * @param {Job} job a captioned video
 * @param {HTMLVideoElement} video
 */
export async function transcriptEditor(job, video) {
  const transcript = /** @type {Transcript} */ (await get(`/v1/videos/${job.id}/transcript`));
  const inputs = transcript.words.map((word, index) => wordInput(word, index, video));
  const lines = grouped(transcript.words).map((line) =>
    h("li", {}, h("button", { type: "button", class: "at", "aria-label": `Play from ${clock(line[0]?.word.start ?? 0)}`, onclick: () => { video.currentTime = line[0]?.word.start ?? 0; void video.play(); } }, clock(line[0]?.word.start ?? 0)), h("span", {}, line.map(({ index }) => inputs[index] ?? ""))),
  );
  const button = h("button", { class: "button main" }, "Render with these words");
  const undo = h("button", { type: "button", class: "button bare", hidden: true, onclick: () => inputs.forEach((input, at) => { input.value = transcript.words[at]?.text ?? ""; changed(); button.focus(); }) }, "Undo all");
  const tally = h("p", { class: "hint", role: "status" });
  const form = h("form", { class: "stack tight", "aria-label": "Words" }, h("p", { class: "hint" }, "Put a word right, or empty it to leave it out. Times stay as they are."), h("ol", { class: "lines" }, lines), tally, whole(), h("div", { class: "row" }, button, undo));
  const changed = () => {
    const count = inputs.filter((input, at) => input.value.trim() !== transcript.words[at]?.text).length;
    fill(tally, count ? `${count} ${count === 1 ? "word" : "words"} changed` : "");
    undo.hidden = !count;
    inputs.forEach((input, at) => input.classList.toggle("changed", input.value.trim() !== transcript.words[at]?.text));
  };
  form.addEventListener("input", changed);
  video.addEventListener("timeupdate", () => inputs.forEach((input, at) => {
    const word = transcript.words[at];
    input.classList.toggle("now", !!word && word.start <= video.currentTime && video.currentTime < word.end);
  }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clear(form);
    const words = mended(transcript.words, inputs.map((input) => input.value));
    const body = new FormData();
    body.set("video_id", job.id);
    body.set("replace_captions", "true");
    body.set("caption_template_id", job.caption_template_id ?? "");
    body.set("transcript", JSON.stringify({ words, language: transcript.language }));
    void busy(button, "Sending…", async () => {
      try {
        const video = await create("/v1/videos/captions", body);
        remember(video.id, title(job));
        note(video);
        location.hash = place(video);
      } catch (error) {
        explain(form, error, { transcript: "form", video_id: "form", caption_template_id: "form" });
      }
    });
  });
  return form;
}

/**
 * @param {Word} word
 * @param {number} index
 * @param {HTMLVideoElement} video
 */
function wordInput(word, index, video) {
  const input = h("input", { class: "word", value: word.text, "aria-label": `Word ${index + 1}`, size: Math.max(1, word.text.length), autocomplete: "off", autocapitalize: "off" });
  input.addEventListener("focus", () => { if (video.paused) video.currentTime = word.start + 0.01; });
  input.addEventListener("input", () => (input.size = Math.max(1, input.value.length)));
  return input;
}

/**
 * What is said now: emptied words are left out, and of two words in one place each has its part of the time.
 * @param {Word[]} words
 * @param {string[]} texts
 * @returns {Word[]}
 */
export function mended(words, texts) {
  return words.flatMap((word, at) => {
    const parts = (texts[at] ?? "").trim().split(/\s+/).filter(Boolean);
    const letters = parts.reduce((sum, part) => sum + part.length, 0);
    let start = word.start;
    return parts.map((text, index) => {
      const end = index === parts.length - 1 ? word.end : start + ((word.end - word.start) * text.length) / letters;
      const part = { text, start, end };
      start = end;
      return part;
    });
  });
}

/** @param {Word[]} words */
function grouped(words) {
  /** @type {{word: Word, index: number}[][]} */
  const lines = [];
  words.forEach((word, index) => {
    const before = words[index - 1];
    const ended = !before || word.start - before.end > PAUSE || /[.!?]$/.test(before.text) || (lines.at(-1)?.length ?? 0) >= LINE;
    if (ended) lines.push([]);
    lines.at(-1)?.push({ word, index });
  });
  return lines;
}
