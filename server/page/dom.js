// Building elements. Text from the graph only ever enters as text nodes: nothing here reads markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

/** Makes an HTML element; a string among the children becomes a text node. */
export const h = (name, attributes, ...children) => fill(document.createElement(name), attributes, children);

/** Makes an SVG element. */
export const svg = (name, attributes, ...children) => fill(document.createElementNS(SVG, name), attributes, children);

/** Replaces what an element holds. */
export function show(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter(Boolean));
}

/** Formats a count for reading. */
export const count = (number) => Number(number).toLocaleString("en");

/** "1 column", "3 columns". */
export const plural = (number, word) => `${count(number)} ${word}${Number(number) === 1 ? "" : "s"}`;

/** DATA_PRODUCT -> data product. */
export const kindName = (kind) => String(kind ?? "").toLowerCase().replaceAll("_", " ");

/** The last readable part of an IRI. */
export function localName(iri) {
  const tail = String(iri).split(/[#/:]/).filter(Boolean).pop() ?? String(iri);
  try {
    return decodeURIComponent(tail);
  } catch {
    return tail;
  }
}

/** The hash route of an entity. */
export const entityHref = (iri) => `#/entity/${encodeURIComponent(iri)}`;

/** A link to an entity's view. */
export const entityLink = (entity, className) =>
  h("a", { href: entityHref(entity.iri), class: className, title: entity.iri }, entity.label || localName(entity.iri));

/** A small name of a kind of thing. */
export const tag = (text, className = "") => h("span", { class: `tag ${className}` }, text);

/** Elements between which a comma stands. */
export const commas = (items) => items.flatMap((item, index) => (index ? [", ", item] : [item]));

/** Says that something failed, in the server's own words. */
export function failure(error) {
  const hint = error.hint ? h("p", { class: "hint" }, error.hint) : null;
  const id = error.requestId ? h("p", { class: "hint" }, `request ${error.requestId}`) : null;
  return h("div", { class: "notice", role: "alert" }, h("p", {}, h("strong", {}, "That did not work. "), error.message), hint, id);
}

/** Sets what stands between backticks apart: the server quotes names and words so. */
export const marked = (text) => text.split("`").map((part, index) => (index % 2 ? h("em", {}, part) : part));

/** A heading with a quiet count behind it. */
export const heading = (text, number) =>
  h("h2", {}, text, number === undefined ? null : h("span", { class: "count" }, count(number)));

/** A time for reading; nothing when it is not one. */
export function moment(value) {
  const date = new Date(typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString().slice(0, 16).replace("T", " ");
}

/** A button that copies a text and says so. */
export function copyButton(text) {
  const button = h("button", { type: "button", class: "copy" }, "Copy");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Select it by hand";
    }
    setTimeout(() => (button.textContent = "Copy"), 1600);
  });
  return button;
}
