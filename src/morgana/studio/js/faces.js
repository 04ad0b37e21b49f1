// @ts-check
/** Whose face: one that the server knows, a photo, or one taken with the camera. */

import { call, create, everything } from "./api.js";
import { busy, chooser, droppable, explain, fault, mend } from "./fields.js";
import { fill, find, h, icon, newId, notice, say } from "./dom.js";
import { Unusable, asPicture, close, open, snapshot } from "./media.js";

/**
 * @typedef {{id: string, name: string, status: string, error: {message: string} | null, voice_id: string | null, built_in: boolean, synthetic: boolean, summary: string | null, portrait_url: string}} Actor
 * @typedef {{actor: Actor} | {file: File, url: string}} Face
 */

/** @returns {Promise<Actor[]>} those that can be used, the built-in ones last */
export async function actors() {
  const all = /** @type {Actor[]} */ (await everything("/v1/actors"));
  return all.filter((actor) => actor.status !== "FAILED").sort((a, b) => Number(a.built_in) - Number(b.built_in));
}

/**
 * The field.
 * @param {(face: Face | null) => void} tell
 */
export function faceField(tell) {
  /** @type {Face | null} */
  let face = null;
  const name = newId();
  const frame = h("div", { class: "frame" });
  const list = h("div", { class: "faces" });
  const wrong = h("p", { class: "wrong", id: newId(), role: "alert" });
  const root = h("fieldset", { class: "field", "data-field": "face", "aria-describedby": wrong.id }, h("legend", {}, "Face"), frame, list, h("p", { class: "hint" }, h("span", { class: "dropping" }, "Or drop a photo here. "), "Best is one face that looks at you."), wrong);

  const choose = (/** @type {Face | null} */ chosen) => {
    if (face && "url" in face && face !== chosen) URL.revokeObjectURL(face.url);
    face = chosen;
    mend(root);
    fill(frame, ...shown(face, keep, forget));
    tell(face);
  };
  const take = async (/** @type {File} */ file) => {
    try {
      const picture = await asPicture(file);
      list.querySelectorAll("input").forEach((input) => (input.checked = false));
      choose({ file: picture, url: URL.createObjectURL(picture) });
      say(`${file.name} is chosen`);
    } catch (error) {
      if (!(error instanceof Unusable)) throw error;
      fault(root.parentNode ?? root, "face", error.message);
    }
  };
  const refocus = () => find("input:checked", list).focus();
  const keep = async (/** @type {string} */ called) => {
    if (!face || !("file" in face)) return refocus;
    const form = new FormData();
    form.set("name", called);
    form.set("portrait", face.file);
    const actor = /** @type {Actor} */ (await create("/v1/actors", form));
    notice(`${actor.name} is kept for next time.`);
    await load(actor.id);
    return refocus;
  };
  const forget = async (/** @type {Actor} */ actor) => {
    await call("DELETE", `/v1/actors/${encodeURIComponent(actor.id)}`);
    notice(`${actor.name} is removed. Videos made with this face stay.`);
    await load();
    refocus();
  };
  const load = async (/** @type {string} */ wanted = "") => {
    const all = await actors();
    const before = !wanted && face && "actor" in face ? face.actor.id : wanted;
    const photo = !wanted && face && "file" in face ? face : null;
    const first = photo ? undefined : (all.find((actor) => actor.id === before) ?? all[0]);
    fill(
      list,
      all.map((actor) => portrait(name, actor, actor === first, () => choose({ actor }))),
      chooser("Upload a photo", "image/*", (file) => void take(file)),
      h("button", { type: "button", class: "button", onclick: async () => { const file = await photograph(); if (file) await take(file); } }, icon("camera"), "Camera"),
    );
    choose(photo ?? (first ? { actor: first } : null));
  };
  droppable(root, (file) => void take(file), frame);
  fill(frame, ...shown(null, keep, forget));
  return { root, load, take };
}

/**
 * @param {Face | null} face
 * @param {(name: string) => Promise<() => void>} keep
 * @param {(actor: Actor) => Promise<void>} forget
 */
function shown(face, keep, forget) {
  if (face === null) return [h("div", { class: "none" }, icon("upload"), h("p", {}, "Drop a portrait here"), h("p", { class: "soft small" }, "One face, looking at the camera"))];
  if ("actor" in face) {
    const { actor } = face;
    const drop = h("button", { type: "button", class: "button", onclick: () => void forget(actor) }, icon("trash"), "Remove");
    const unreal = h("span", { class: "soft small" }, "Generated: a person who does not exist");
    const alt = actor.summary ? `${actor.name}: ${actor.summary}` : `Portrait of ${actor.name}`;
    return [h("img", { src: actor.portrait_url, alt }), h("div", { class: "plate" }, h("b", {}, actor.name), actor.synthetic && unreal, !actor.built_in && drop)];
  }
  const button = h("button", { type: "button", class: "button", onclick: () => name(keep) }, icon("plus"), "Keep this face");
  return [h("img", { src: face.url, alt: "Your portrait" }), h("div", { class: "plate" }, h("b", {}, "Your photo"), button)];
}

/**
 * @param {string} group
 * @param {Actor} actor
 * @param {boolean} chosen
 * @param {() => void} tell
 */
function portrait(group, actor, chosen, tell) {
  const input = h("input", { type: "radio", name: group, value: actor.id, checked: chosen, onchange: tell, onclick: tell });
  return h("label", { class: "face", title: actor.name }, input, h("img", { src: actor.portrait_url, alt: "", loading: "lazy" }), h("span", { class: "unseen" }, actor.name));
}

/** @param {(name: string) => Promise<() => void>} keep gives what to do once its dialog is closed */
function name(keep) {
  const input = h("input", { class: "input", id: "face-name", maxlength: "100", autocomplete: "off" });
  const button = h("button", { class: "button main" }, "Keep");
  const wrong = h("p", { class: "wrong", role: "alert" });
  const form = h("form", { class: "stack" }, h("div", { class: "field", "data-field": "name" }, h("label", { for: "face-name" }, "What shall it be called?"), input, wrong), button);
  const dialog = h("dialog", { "aria-labelledby": "face-title", onclose: () => dialog.remove() });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!input.value.trim()) {
      fault(form, "name", "Give it a name first.");
      input.focus();
      return;
    }
    void busy(button, "Keeping…", async () => {
      try {
        const back = await keep(input.value);
        dialog.close();
        back();
      } catch (error) {
        explain(form, error, { portrait: "name", form: "name" });
      }
    });
  });
  fill(dialog, h("div", { class: "head" }, h("h2", { id: "face-title" }, "Keep this face"), h("button", { type: "button", class: "button bare icon", "aria-label": "Close", onclick: () => dialog.close() }, icon("close"))), h("div", { class: "body" }, form));
  find("body").append(dialog);
  dialog.showModal();
}

/** A photo taken now; null if the person thinks better of it. @returns {Promise<File | null>} */
function photograph() {
  return new Promise((done) => {
    /** @type {MediaStream | null} */
    let stream = null;
    /** @type {File | null} */
    let taken = null;
    const video = h("video", { autoplay: true, playsinline: true, muted: true, class: "mirror" });
    const wrong = h("p", { class: "wrong", role: "alert" });
    const shoot = h("button", { type: "button", class: "button main large", disabled: true, onclick: async () => { taken = await snapshot(video); dialog.close(); } }, icon("camera"), "Take the photo");
    const dialog = h("dialog", { "aria-labelledby": "camera-title", onclose: () => { if (stream) close(stream); dialog.remove(); done(taken); } });
    fill(
      dialog,
      h("div", { class: "head" }, h("h2", { id: "camera-title" }, "Look into the camera"), h("button", { type: "button", class: "button bare icon", "aria-label": "Close", onclick: () => dialog.close() }, icon("close"))),
      h("div", { class: "body stack" }, video, h("p", { class: "soft" }, "Face the light, mouth closed, shoulders in the picture."), wrong),
      h("div", { class: "foot" }, shoot),
    );
    find("body").append(dialog);
    dialog.showModal();
    video.addEventListener("loadeddata", () => shoot.removeAttribute("disabled"));
    open("camera").then(
      (opened) => {
        stream = opened;
        if (dialog.open) video.srcObject = opened;
        else close(opened);
      },
      (error) => fill(wrong, error.message),
    );
  });
}
