// @ts-check
/** Who speaks: a button that shows the voice, and a dialog with all of them, each to be heard. */

import { everything } from "./api.js";
import { choices } from "./fields.js";
import { fill, find, h, icon } from "./dom.js";

/** @typedef {{id: string, name: string, language: string, gender: string, engine: string, available: boolean, preview_url: string | null}} Voice */

const LANGUAGES = new Intl.DisplayNames(["en"], { type: "language" });
const sound = new Audio();

/** @type {Promise<Voice[]> | null} */
let loading = null;

/** Those that can speak now. @returns {Promise<Voice[]>} */
export async function voices() {
  return (await everyVoice()).filter((voice) => voice.available);
}

/** Those too whose weights are not there. @returns {Promise<Voice[]>} */
export function everyVoice() {
  loading ??= everything("/v1/voices");
  loading.catch(() => (loading = null));
  return loading;
}

/** @param {Voice} voice */
export function described(voice) {
  return `${LANGUAGES.of(voice.language) ?? voice.language}, ${voice.gender}`;
}

/**
 * A button that plays the voice, and stops.
 * @param {Voice} voice
 */
export function listenButton(voice) {
  const button = h("button", { type: "button", class: "button icon", "aria-pressed": "false", "aria-label": `Hear ${voice.name}` }, icon("play"));
  const silent = () => {
    button.setAttribute("aria-pressed", "false");
    fill(button, icon("play"));
  };
  button.addEventListener("click", () => {
    const playing = button.getAttribute("aria-pressed") === "true";
    sound.pause();
    sound.dispatchEvent(new Event("left"));
    if (playing || !voice.preview_url) return;
    button.setAttribute("aria-pressed", "true");
    fill(button, icon("pause"));
    for (const end of ["ended", "error", "left"]) sound.addEventListener(end, silent, { once: true });
    sound.src = voice.preview_url;
    sound.play().catch(silent);
  });
  return button;
}

export function hush() {
  sound.pause();
  sound.dispatchEvent(new Event("left"));
}

/**
 * Let the person choose of those that can speak now.
 * @param {Voice[]} every
 * @param {string} chosen
 * @returns {Promise<string>} the id; the one chosen before if the dialog is closed
 */
export function choose(every, chosen) {
  const all = every.filter((voice) => voice.available);
  return new Promise((done) => {
    let result = chosen;
    let language = all.find((voice) => voice.id === chosen)?.language.split("-")[0] ?? "en";
    const list = h("ul", { class: "voices" });
    const show = () => fill(list, all.filter((voice) => voice.language.startsWith(language)).map((voice) => row(voice, result, (id) => (result = id))));
    const known = [...new Set(all.map((voice) => voice.language.split("-")[0] ?? ""))];
    const filter = choices("voice-language", known.map((code) => [code, LANGUAGES.of(code) ?? code]), language, (code) => {
      language = code;
      show();
    });
    const dialog = h("dialog", { "aria-labelledby": "voices-title", onclose: () => { hush(); dialog.remove(); done(result); } });
    fill(
      dialog,
      h("div", { class: "head" }, h("h2", { id: "voices-title" }, "Choose a voice"), h("button", { type: "button", class: "button bare icon", "aria-label": "Close", onclick: () => dialog.close() }, icon("close"))),
      h("div", { class: "body stack" }, known.length > 1 && h("fieldset", {}, h("legend", { class: "unseen" }, "Language"), filter), h("fieldset", {}, h("legend", { class: "unseen" }, "Voice"), list), lacking(every)),
      h("div", { class: "foot" }, h("button", { type: "button", class: "button main", onclick: () => dialog.close() }, "Use this voice")),
    );
    show();
    find("body").append(dialog);
    dialog.showModal();
    list.querySelector("input:checked")?.scrollIntoView({ block: "center" });
  });
}

/**
 * How to get the voices whose weights are not there; nothing if all are.
 * @param {Voice[]} every
 */
function lacking(every) {
  const absent = every.filter((voice) => !voice.available);
  const engine = absent[0]?.engine;
  if (!engine) return null;
  const more = absent.length === 1 ? "One more is" : `${absent.length} more are`;
  return h("p", { class: "soft small" }, `${more} not installed on this server. Whoever runs it can get them with `, h("code", {}, `morgana models pull ${engine}`), ".");
}

/**
 * @param {Voice} voice
 * @param {string} chosen
 * @param {(id: string) => void} tell
 */
function row(voice, chosen, tell) {
  const input = h("input", { type: "radio", name: "voice", value: voice.id, checked: voice.id === chosen, onchange: () => tell(voice.id) });
  return h("li", {}, h("label", {}, input, h("span", {}, h("b", {}, voice.name), h("span", { class: "soft small" }, described(voice)))), listenButton(voice));
}
