// @ts-check
/** A public page for a film: opened, its link given out, closed again. */

import { Refusal, call } from "./api.js";
import { busy } from "./fields.js";
import { fill, find, h, icon, notice } from "./dom.js";
import { kind, note, title } from "./jobs.js";

/** @typedef {import("./jobs.js").Job} Job */

/** @param {Job} job a finished video */
export function shareButton(job) {
  const button = h("button", { type: "button", class: "button large" }, icon("share"), "Share");
  button.addEventListener("click", () => void busy(button, "Opening…", () => tried(() => shared(job))));
  return button;
}

/** @param {() => Promise<void>} work */
async function tried(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    notice(error.message);
  }
}

/** @param {Job} job */
async function shared(job) {
  const path = `/v1/videos/${encodeURIComponent(job.id)}/share`;
  const body = JSON.stringify(title(job) === kind(job) ? {} : { title: title(job) });
  const opened = /** @type {Job} */ (await (await call("POST", path, { body, headers: { "Content-Type": "application/json" } })).json());
  note(opened);
  const link = h("input", { class: "input", id: "share-link", readonly: true, value: opened.share_link_url ?? "" });
  const copy = h("button", { type: "button", class: "button main", onclick: () => void copied(link) }, "Copy the link");
  const end = h("button", { type: "button", class: "button bad" }, "Stop sharing");
  const dialog = h("dialog", { "aria-labelledby": "share-title", onclose: () => dialog.remove() });
  end.addEventListener("click", () => void busy(end, "Closing…", () => tried(async () => {
    await call("DELETE", path);
    note({ ...opened, share_link_url: null });
    dialog.close();
    notice("The page is closed. Its link never works again.");
  })));
  fill(
    dialog,
    h("div", { class: "head" }, h("h2", { id: "share-title" }, "Anybody with this link can watch"), h("button", { type: "button", class: "button bare icon", "aria-label": "Close", onclick: () => dialog.close() }, icon("close"))),
    h("div", { class: "body stack tight" }, h("div", { class: "field" }, h("label", { for: link.id }, "Link"), link), h("p", {}, h("a", { href: link.value, target: "_blank", rel: "noopener" }, "Look at the page"))),
    h("div", { class: "foot" }, end, copy),
  );
  find("body").append(dialog);
  dialog.showModal();
  link.select();
}

/** @param {HTMLInputElement} link */
async function copied(link) {
  link.select();
  if (navigator.clipboard) await navigator.clipboard.writeText(link.value).catch(() => undefined);
  else document.execCommand("copy"); // the only way where the page is not behind https
  notice("The link is copied.");
}
