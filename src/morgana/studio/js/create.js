// @ts-check
/** The view in which a talking video is made. */

import { create } from "./api.js";
import { faceField } from "./faces.js";
import { busy, choices, clear, explain, fault, focusFirst, group, more, slider, whole } from "./fields.js";
import { fill, find, h } from "./dom.js";
import { note, place, remember } from "./jobs.js";
import { speechField } from "./speech.js";
import { choose, described, everyVoice, hush, listenButton } from "./voices.js";

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
  const voice = voiceField();
  const faces = faceField((chosen) => {
    face = chosen;
    voice.follow(chosen && "actor" in chosen ? chosen.actor : null);
  });
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
  /** @type {Promise<unknown>} */
  let opening = Promise.resolve();
  const send = async (/** @type {(done: number) => void} */ sent) => {
    await opening.catch(() => undefined); // the face that is chosen at first may still be on its way
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
    try {
      const video = await create("/v1/videos", body, sent);
      if (title) remember(video.id, title);
      note(video);
      location.hash = place(video);
    } catch (error) {
      explain(form, error, { image_reference: "face", actor_id: "face" });
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void busy(button, "Sending…", send);
  });
  const head = h("header", {}, h("h1", { tabindex: "-1" }, "Give it a face, and words"), h("p", { class: "lead" }, "A portrait and a few sentences become a video of that person talking. Use faces of people who agreed to it."));
  const leave = () => {
    hush();
    speech.leave();
  };
  return { head, form, leave, open: () => (opening = Promise.all([faces.load(), voice.load()])) };
}

/** The voice of the face, where it has one that can speak, until the person chooses another. */
function voiceField() {
  const DEFAULT = "heart";
  let wanted = "";
  /** @type {import("./faces.js").Actor | null} */
  let actor = null;
  /** @type {import("./voices.js").Voice[]} */
  let all = [];
  const line = h("div", { class: "voice" }, h("p", { class: "soft" }, "Looking for voices…"));
  const missing = h("p", { class: "soft small", hidden: true });
  const root = group("voice_id", "Voice", [line, missing]);
  const usable = () => all.filter((voice) => voice.available);
  const speaking = () => {
    const ids = [wanted, actor?.voice_id, DEFAULT];
    return ids.map((id) => usable().find((voice) => voice.id === id)).find(Boolean) ?? usable()[0];
  };
  const show = () => {
    const voice = speaking();
    if (!voice) return fill(line, h("p", { class: "soft" }, "No voice is installed on this server. Whoever runs it can get them with ", h("code", {}, "morgana models pull"), "."));
    const change = h("button", { type: "button", class: "button", "aria-haspopup": "dialog", onclick: async () => { wanted = await choose(all, voice.id); show(); find("[aria-haspopup]", line).focus(); } }, "Change voice");
    fill(line, listenButton(voice), h("p", {}, h("b", {}, voice.name), h("span", { class: "soft small" }, described(voice))), change);
    const own = all.find((one) => one.id === actor?.voice_id);
    missing.hidden = !actor || !own || own.available || wanted !== "";
    fill(missing, `${actor?.name}’s own voice, ${own?.name} (${own?.gender}), is not installed on this server. Whoever runs it can get it with `, h("code", {}, `morgana models pull ${own?.engine}`), ".");
  };
  return {
    root,
    id: () => speaking()?.id ?? "",
    follow: (/** @type {import("./faces.js").Actor | null} */ chosen) => {
      actor = chosen;
      if (all.length) show();
    },
    load: async () => {
      all = await everyVoice();
      show();
    },
  };
}
