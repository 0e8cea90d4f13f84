// The map of a word: a region for each meaning, with the isogloss between two of them.

import { h, svg } from "./dom.js";

/** A small generator of numbers from a word, so that a word's map always looks the same. */
function numbers(word) {
  let state = 2166136261;
  for (const char of word) state = Math.imul(state ^ char.codePointAt(0), 16777619);
  return () => {
    state = Math.imul(state ^ (state >>> 15), 2246822519) ^ Math.imul(state ^ (state >>> 13), 3266489917);
    return ((state >>> 0) % 1000) / 1000;
  };
}

/** A wavy line from top to bottom around `x`, in a box of 1000 by 240. */
function border(x, next) {
  const sway = () => x + (next() - 0.5) * 34;
  let path = `M${sway().toFixed(0)} -10`;
  let from = x;
  for (let y = 0; y < 240; y += 80) {
    const to = sway();
    path += `C${(from + 26 * (next() - 0.5)).toFixed(0)} ${y + 26} ${(to + 60 * (next() - 0.5)).toFixed(0)} ${y + 54} ${to.toFixed(0)} ${y + 82}`;
    from = to;
  }
  return path;
}

/** Draws regions that are links: `options` are `{title, label, note, href}`. */
export function map(word, options) {
  const next = numbers(word);
  const width = 1000 / Math.max(1, options.length);
  const lines = options.slice(1).map((_, index) => border((index + 1) * width, next));
  const contours = options.flatMap((_, index) => {
    const [x, y] = [(index + 0.6 + next() * 0.14) * width, 70 + next() * 100];
    return [1, 0.68, 0.36].map((size) =>
      svg("ellipse", { class: `contour hue${index % 6}`, cx: x, cy: y, rx: size * width * 0.21, ry: size * 58 }),
    );
  });
  const drawing = svg(
    "svg",
    { viewBox: "0 0 1000 240", preserveAspectRatio: "none", "aria-hidden": "true" },
    contours,
    lines.map((d) => svg("path", { class: "isogloss", d })),
  );
  const regions = options.map((option, index) =>
    h(
      "a",
      { class: `region hue${index % 6}`, href: option.href },
      h("span", { class: "where" }, option.title),
      h("span", { class: "what" }, option.label),
      h("span", { class: "note" }, option.note),
    ),
  );
  return h("div", { class: `map of${Math.min(options.length, 6)}` }, drawing, regions);
}
