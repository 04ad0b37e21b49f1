// @ts-check
/** Elements, made in the program: no text is ever read as HTML. */

/** @typedef {Node | string | number | null | undefined | false} Child */

const PROPERTIES = new Set(["value", "checked", "muted", "loop", "srcObject", "currentTime", "indeterminate"]);

/**
 * An element. `on...` are listeners, `true` is an attribute without a value, null and false are left out.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, unknown>} [given]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, given = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else if (PROPERTIES.has(name)) Reflect.set(element, name, value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  fill(element, ...children);
  return element;
}

/**
 * @param {Element} element
 * @param {...(Child | Child[])} children
 */
export function fill(element, ...children) {
  const kept = children.flat().filter((child) => child !== null && child !== undefined && child !== false);
  element.replaceChildren(...kept.map((child) => (child instanceof Node ? child : String(child))));
}

/**
 * The element that has to be there.
 * @param {string} selector
 * @param {ParentNode} [within]
 * @returns {HTMLElement}
 */
export function find(selector, within = document) {
  const found = within.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`nothing is ${selector}`);
  return found;
}

const PATHS = {
  play: "M8 5.5v13l10.5-6.5z",
  pause: "M8.5 5.5v13M15.5 5.5v13",
  plus: "M12 5v14M5 12h14",
  close: "M6 6l12 12M18 6L6 18",
  camera: "M4 8h3.5L9 5.5h6L16.5 8H20v11H4zM12 10a3.2 3.2 0 1 0 0 6.4 3.2 3.2 0 0 0 0-6.4z",
  microphone: "M12 3.5a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0v-5a3 3 0 0 0-3-3zM5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3",
  upload: "M12 16V5M7.5 9.5L12 5l4.5 4.5M5 19.5h14",
  download: "M12 4.5v11M7.5 11L12 15.5 16.5 11M5 19.5h14",
  trash: "M5 7h14M9.5 7V4.5h5V7M7 7l1 12.5h8L17 7",
  captions: "M3 8a3 3 0 0 1 3-3h12a3 3 0 0 1 3 3v8a3 3 0 0 1-3 3H6a3 3 0 0 1-3-3zM7 14.5h4M14 14.5h3",
  text: "M5 8V5.5h14V8M12 5.5v13M9.5 18.5h5",
  words: "M4 19.5h16M14.5 5.5l3 3L9 17l-3.5.5L6 14z",
  film: "M4 6h16v12H4zM10 9.5v5l4.5-2.5z",
  check: "M5 12.5l4.5 4.5L19 7.5",
  stop: "M7 7h10v10H7z",
  share: "M7 14.5a2.5 2.5 0 1 1 0-5 2.5 2.5 0 0 1 0 5zM17 8.5a2.5 2.5 0 1 1 0-5 2.5 2.5 0 0 1 0 5zM17 20.5a2.5 2.5 0 1 1 0-5 2.5 2.5 0 0 1 0 5zM9.2 10.9l5.6-3.6M9.2 13.1l5.6 3.6",
  mirage: "M4 11a8 8 0 0 1 16 0zM3 14.5h18M6.5 17.7h11M9.5 21h5",
};

/**
 * @param {keyof typeof PATHS} name
 * @returns {SVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

let count = 0;

/** An id that no other element of the page has. */
export function newId() {
  count += 1;
  return `x${count}`;
}

/**
 * Tell who listens to the page.
 * @param {string} text
 */
export function say(text) {
  find("#said").textContent = text;
}

/**
 * A word that passes, with a link if there is somewhere to go.
 * @param {string} text
 * @param {{label: string, href: string}} [link]
 */
export function notice(text, link) {
  const box = h(
    "div",
    { class: "notice" },
    h("p", {}, text),
    link && h("a", { href: link.href, onclick: () => box.remove() }, link.label),
    h("button", { class: "button icon", type: "button", "aria-label": "Close", onclick: () => box.remove() }, icon("close")),
  );
  find("#notices").replaceChildren(box);
  say(text);
}
