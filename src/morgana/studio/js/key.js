// @ts-check
/** The API key: from the server where the page is open beside it, else asked for; kept in this browser. */

import { fill, find, h } from "./dom.js";

const PLACE = "morgana.key";

/** @type {Promise<string> | null} */
let coming = null;

/** @returns {Promise<string>} */
export async function key() {
  return localStorage.getItem(PLACE) ?? newKey();
}

export function forgetKey() {
  localStorage.removeItem(PLACE);
}

/** A key from the server or, failing that, from the person. @returns {Promise<string>} */
export function newKey() {
  coming ??= fetched()
    .then((found) => found ?? asked())
    .then((found) => {
      localStorage.setItem(PLACE, found);
      return found;
    })
    .finally(() => {
      coming = null;
    });
  return coming;
}

async function fetched() {
  try {
    const answer = await fetch("/studio/key", { method: "POST" });
    return answer.ok ? String((await answer.json()).key) : null;
  } catch {
    return null;
  }
}

/** @returns {Promise<string>} */
function asked() {
  return new Promise((done) => {
    const wrong = h("p", { class: "wrong", id: "key-wrong", role: "alert" });
    const input = h("input", { class: "input", id: "key", autocomplete: "off", spellcheck: "false", "aria-describedby": "key-hint key-wrong" });
    const form = h(
      "form",
      { class: "stack", onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); void tried(input, wrong, (found) => { dialog.close(); dialog.remove(); done(found); }); } },
      h("p", { class: "soft", id: "key-hint" }, "This server is not on your own machine, so it wants to know who you are. Whoever runs it makes keys with ", h("code", {}, "morgana keys create --name you"), ". The key stays in this browser."),
      h("div", { class: "field" }, h("label", { for: "key" }, "API key"), input, wrong),
      h("button", { class: "button main large" }, "Open the studio"),
    );
    const dialog = h("dialog", { "data-stays": true, "aria-labelledby": "key-title", oncancel: (/** @type {Event} */ event) => event.preventDefault() });
    fill(dialog, h("div", { class: "head" }, h("h2", { id: "key-title" }, "Which key is yours?")), h("div", { class: "body" }, form));
    find("body").append(dialog);
    dialog.showModal();
  });
}

/**
 * @param {HTMLInputElement} input
 * @param {HTMLElement} wrong
 * @param {(key: string) => void} done
 */
async function tried(input, wrong, done) {
  const given = input.value.trim();
  const say = (/** @type {string} */ text) => {
    wrong.textContent = text;
    input.setAttribute("aria-invalid", "true");
    input.focus();
  };
  if (!/^[\x21-\x7e]+$/.test(given)) return say(given ? "A key has no spaces and only plain letters, digits and signs." : "Paste a key first.");
  try {
    const answer = await fetch("/v1/videos?limit=1", { headers: { "x-api-key": given } });
    if (answer.ok) return done(given);
    if (answer.status === 429) return say("Too many wrong keys came from here. Wait a minute, then try again.");
    return say("The server does not know this key. Was it copied whole, or has it been revoked?");
  } catch {
    return say("The server cannot be reached. Try again in a moment.");
  }
}
