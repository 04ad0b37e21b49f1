// @ts-check
/** The view in which a talking video is made. */

import { create } from "./api.js";
import { faceField } from "./faces.js";
import { busy, choices, clear, explain, fault, focusFirst, group, more, slider, whole } from "./fields.js";
import { fill, find, h } from "./dom.js";
import { note, place, remember } from "./jobs.js";
import { speechField } from "./speech.js";
import { choose, described, hush, listenButton, voices } from "./voices.js";

/** @typedef {import("./faces.js").Face} Face */

const EXPRESSIONS = /** @type {[string, string][]} */ ([["", "Natural"], ["neutral", "Neutral"], ["happy", "Happy"], ["serious", "Serious"], ["surprised", "Surprised"], ["sad", "Sad"]]);

/** @type {ReturnType<typeof built> | null} */
let kept = null;

/**
 * As it was left: what did not work can be mended, and tried again.
 * @param {HTMLElement} root
 * @param {string} _argument
 * @param {AbortSignal} signal
 */
export function createView(root, _argument, signal) {
  kept ??= built();
  const { head, form, open, leave } = kept;
  clear(form);
  root.append(head, form);
  signal.addEventListener("abort", leave);
  return open();
}

function built() {
  /** @type {Face | null} */
  let face = null;
  let kind = "script";
  const faces = faceField((chosen) => (face = chosen));
  const voice = voiceField();
  const speech = speechField((chosen) => {
    kind = chosen;
    voice.root.hidden = pace.root.hidden = chosen !== "script";
  });
  let expression = "";
  const feeling = group("expression", "Expression", choices("expression", EXPRESSIONS, "", (value) => (expression = value)));
  const strength = slider("expression_intensity", "Strength of the expression", { min: 0, max: 1, value: 0.5 }, (value) => `${Math.round(100 * value)} %`);
  const pace = slider("speed", "Pace", { min: 0.5, max: 2, value: 1 }, (value) => `${value.toFixed(2)}×`);
  const finer = more("Finer settings", strength.root, pace.root);
  const button = h("button", { class: "button main large" }, "Make the video");
  const form = h(
    "form",
    { class: "creating", novalidate: true },
    h("section", { class: "sheet pad stack", "aria-label": "Face" }, faces.root),
    h("section", { class: "sheet pad stack", "aria-label": "Words and voice" }, speech.root, voice.root, feeling, finer, whole(), h("div", { class: "row sticky" }, button)),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clear(form);
    const title = speech.check();
    const chosen = face;
    if (!chosen) fault(form, "face", "Choose a face first: a photo, the camera, or one that is there.");
    if (!chosen || title === undefined) return focusFirst(form);
    const body = new FormData();
    if ("actor" in chosen) body.set("actor_id", chosen.actor.id);
    else body.set("image_reference", chosen.file);
    speech.add(body);
    if (kind === "script") {
      if (voice.id()) body.set("voice_id", voice.id());
      if (pace.changed()) body.set("speed", pace.value());
    }
    if (expression) body.set("expression", expression);
    if (strength.changed()) body.set("expression_intensity", strength.value());
    hush();
    void busy(button, "Sending…", async (sent) => {
      try {
        const video = await create("/v1/videos", body, sent);
        if (title) remember(video.id, title);
        note(video);
        location.hash = place(video);
      } catch (error) {
        explain(form, error, { image_reference: "face", actor_id: "face" });
      }
    });
  });
  const head = h("header", {}, h("h1", { tabindex: "-1" }, "Give it a face, and words"), h("p", { class: "lead" }, "A portrait and a few sentences become a video of that person talking. Use faces of people who agreed to it."));
  const leave = () => {
    hush();
    speech.leave();
  };
  return { head, form, leave, open: () => Promise.all([faces.load(), voice.load()]) };
}

function voiceField() {
  const DEFAULT = "heart";
  let chosen = "";
  /** @type {import("./voices.js").Voice[]} */
  let all = [];
  const line = h("div", { class: "voice" }, h("p", { class: "soft" }, "Looking for voices…"));
  const root = group("voice_id", "Voice", line);
  const show = () => {
    const voice = all.find((one) => one.id === chosen);
    if (!voice) return fill(line, h("p", { class: "soft" }, "No voice is installed on this server. Whoever runs it can get them with ", h("code", {}, "morgana models pull"), "."));
    const change = h("button", { type: "button", class: "button", "aria-haspopup": "dialog", onclick: async () => { chosen = await choose(all, chosen); show(); find("[aria-haspopup]", line).focus(); } }, "Change voice");
    fill(line, listenButton(voice), h("p", {}, h("b", {}, voice.name), h("span", { class: "soft small" }, described(voice))), change);
  };
  return {
    root,
    id: () => chosen,
    load: async () => {
      all = await voices();
      chosen = [chosen, DEFAULT].find((id) => all.some((voice) => voice.id === id)) ?? all[0]?.id ?? "";
      show();
    },
  };
}
