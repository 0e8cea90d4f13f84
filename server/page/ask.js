// The ask box with its completion, and the resolution it leads to.

import { graphql, info, RESOLVE, SUGGEST } from "./api.js";
import { entityHref, entityLink, failure, h, heading, kindName, marked, plural, show, tag } from "./dom.js";
import { map } from "./map.js";

const form = document.getElementById("ask");
const input = document.getElementById("text");
const picker = document.getElementById("domain");
const list = document.getElementById("completions");

const OUTCOMES = {
  RESOLVED: ["Resolved", "One meaning stands out."],
  AMBIGUOUS: ["Ambiguous", "The word means different things here."],
  UNKNOWN: ["Unknown", "Nothing in the graph means this well enough to say so."],
};

/** Shows the question and its answer, or the empty page. */
export async function ask(target, params) {
  const text = params.get("text")?.trim() ?? "";
  input.value = text;
  pick(params.get("domain") ?? "");
  close();
  document.title = text ? `${text} · Isogloss` : "Isogloss";
  if (!text) {
    input.focus({ preventScroll: true });
    show(target, mesh(await info()));
    return;
  }
  show(target, h("p", { class: "waiting" }, "Resolving…"));
  const request = { text };
  if (params.get("domain")) request.domain = params.get("domain");
  if (params.get("hint")) request.hint = params.get("hint");
  try {
    const { resolve } = await graphql(RESOLVE, { input: request });
    show(target, answer(text, params, resolve));
  } catch (error) {
    show(target, failure(error));
  }
}

/** Chooses a domain in the picker, now or when it is filled. */
function pick(domain) {
  picker.dataset.wanted = domain;
  picker.value = domain;
}

/** Fills the picker with the domains there are. */
export function offerDomains(domains) {
  for (const domain of domains) picker.append(h("option", { value: domain.label }, domain.label));
  pick(picker.dataset.wanted ?? "");
}

/** The domains of the mesh, for who does not know yet what to ask. */
function mesh(facts) {
  if (!facts?.domains.nodes.length) return null;
  const tiles = facts.domains.nodes.map((domain, index) =>
    h(
      "li",
      { class: `hue${index % 6}` },
      h("a", { href: entityHref(domain.iri) }, h("strong", {}, domain.label), h("span", {}, plural(domain.dataProducts.totalCount, "data product"))),
    ),
  );
  return h("section", {}, heading("Domains of the mesh", tiles.length), h("ul", { class: "mesh" }, tiles));
}

/** The whole answer. */
function answer(text, params, resolution) {
  const [name, sentence] = OUTCOMES[resolution.outcome] ?? [resolution.outcome, ""];
  const groups = byDomain(resolution.candidates);
  const context = [
    ...resolution.usedContext.map((used) => h("span", { class: "used" }, used)),
    resolution.unmatchedWords.length
      ? h("span", { class: "unmatched" }, "not understood: ", resolution.unmatchedWords.join(", "))
      : null,
  ];
  return [
    h(
      "header",
      { class: `outcome ${resolution.outcome.toLowerCase()}` },
      h("p", { class: "entry" }, text),
      h("p", { class: "verdict" }, h("span", { class: "badge" }, name), h("span", {}, sentence)),
      h(
        "p",
        { class: "figures" },
        figure("answerable", resolution.answerability),
        figure("confidence", resolution.confidence),
        h("span", {}, `version ${resolution.version}`),
        context,
      ),
    ),
    question(text, params, resolution),
    groups.length ? h("div", { class: "senses" }, groups.map((group, index) => sense(group, index, scale(resolution)))) : null,
  ];
}

const figure = (name, value) => h("span", {}, `${name} ${Math.round(value * 100)} %`);

/** The greatest part of any candidate: what the bars are measured by. */
const scale = (resolution) =>
  Math.max(0.0001, ...resolution.candidates.flatMap((candidate) => candidate.parts.map((part) => Math.abs(part.value))));

/** The clarifying question: each answer is a region of the map. */
function question(text, params, resolution) {
  if (!resolution.question) return null;
  const options = resolution.question.options.map((option) => ({
    title: option.domain?.label ?? kindName(option.entity?.kind),
    label: option.label,
    note: option.distinction,
    href: optionHref(text, params, option, resolution.question.options),
  }));
  return h("section", { class: "question", "aria-label": "Clarifying question" }, h("h2", {}, marked(resolution.question.text)), map(text, options));
}

/** Where an option leads: the same word asked in its domain where that tells the options apart, else the entity. */
function optionHref(text, params, option, options) {
  const domain = option.domain?.label;
  const alone = options.filter((other) => other.domain?.label === domain).length === 1;
  if (domain && alone && domain !== params.get("domain")) return `#/ask?${new URLSearchParams({ text, domain })}`;
  return option.entity ? entityHref(option.entity.iri) : `#/ask?${new URLSearchParams({ text: option.label })}`;
}

/** Groups candidates by domain, in the order of each domain's best. */
function byDomain(candidates) {
  const groups = new Map();
  for (const candidate of candidates) {
    const key = candidate.domain?.iri ?? "";
    if (!groups.has(key)) groups.set(key, { domain: candidate.domain, candidates: [] });
    groups.get(key).candidates.push(candidate);
  }
  return [...groups.values()];
}

/** One domain's meanings. */
function sense({ domain, candidates }, index, most) {
  const title = domain ? entityLink(domain) : "without a domain";
  return h(
    "section",
    { class: `sense hue${index % 6}` },
    h("h3", {}, title, h("span", { class: "count" }, String(candidates.length))),
    candidates.map((candidate) => card(candidate, most)),
  );
}

/** One candidate, with its reasons and the parts of its score. */
function card(candidate, most) {
  const lead = candidate.term ?? candidate.metric ?? candidate.dataset ?? candidate.product ?? candidate.columns[0] ?? candidate.domain;
  const kinds = [
    ["term", candidate.term],
    ["metric", candidate.metric],
    ["dataset", candidate.dataset],
    ["data product", candidate.product],
  ];
  const kind = kinds.find(([, entity]) => entity && entity === lead)?.[0] ?? (candidate.columns.length ? "column" : "domain");
  // The same table in two sources has the same column twice.
  const columns = [...new Map(candidate.columns.map((column) => [column.label.toLowerCase(), column])).values()];
  const rest = kinds.filter(([, entity]) => entity && entity !== lead);
  return h(
    "article",
    { class: "card" },
    h("header", {}, h("h4", {}, lead ? entityLink(lead) : "unnamed"), tag(kind), score(candidate)),
    candidate.term?.definition ? h("p", { class: "definition" }, candidate.term.definition) : null,
    h(
      "dl",
      { class: "carried" },
      rest.flatMap(([name, entity]) => [h("dt", {}, name), h("dd", {}, entityLink(entity))]),
      candidate.metric?.expression ? [h("dt", {}, "formula"), h("dd", {}, h("code", {}, candidate.metric.expression))] : null,
      kind !== "column" && columns.length
        ? [h("dt", {}, "columns"), h("dd", {}, columns.slice(0, 8).map((column) => entityLink(column, "mono chip")), more(columns.length - 8))]
        : null,
    ),
    h("ul", { class: "reasons" }, candidate.reasons.map((reason) => h("li", {}, marked(reason)))),
    candidate.parts.length ? h("ul", { class: "parts", "aria-label": "Parts of the score" }, candidate.parts.map((part) => bar(part, most))) : null,
  );
}

const more = (number) => (number > 0 ? h("span", { class: "quiet" }, `and ${number} more`) : null);
const score = (candidate) => h("span", { class: "score", title: "score" }, candidate.score.toFixed(2));

/** One part of a score as a bar. */
function bar(part, most) {
  const fill = h("span", { class: part.value < 0 ? "fill minus" : "fill" });
  fill.style.width = `${Math.min(100, (Math.abs(part.value) / most) * 100).toFixed(1)}%`;
  return h(
    "li",
    {},
    h("span", { class: "name" }, part.name.replaceAll("_", " ")),
    h("span", { class: "track", "aria-hidden": "true" }, fill),
    h("span", { class: "value" }, part.value.toFixed(2)),
  );
}

// The combobox, after the pattern of the ARIA authoring practices.

let options = [];
let active = -1;
let pending;
let latest;

function close() {
  clearTimeout(pending);
  latest?.abort();
  options = [];
  active = -1;
  list.hidden = true;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function mark(index) {
  active = index;
  [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === index)));
  if (index >= 0) input.setAttribute("aria-activedescendant", `completion-${index}`);
  else input.removeAttribute("aria-activedescendant");
}

async function complete() {
  const prefix = input.value.trim();
  latest?.abort();
  if (!prefix) return close();
  latest = new AbortController();
  try {
    const { suggest } = await graphql(SUGGEST, { p: prefix }, latest.signal);
    options = suggest;
    show(
      list,
      options.map((option, index) =>
        h(
          "li",
          { id: `completion-${index}`, role: "option", "aria-selected": "false", onpointerdown: (event) => (event.preventDefault(), choose(index)) },
          h("span", {}, option.text),
          tag(kindName(option.kind)),
        ),
      ),
    );
    list.hidden = options.length === 0;
    input.setAttribute("aria-expanded", String(options.length > 0));
    mark(-1);
  } catch {
    // Typing goes on without completions; the answer itself reports failures.
  }
}

function choose(index) {
  input.value = options[index]?.text ?? input.value;
  submit();
}

function submit() {
  const query = new URLSearchParams({ text: input.value.trim() });
  if (picker.value) query.set("domain", picker.value);
  close();
  const hash = `#/ask?${query}`;
  if (location.hash === hash) window.dispatchEvent(new HashChangeEvent("hashchange"));
  else location.hash = hash;
}

/** Wires the form up, once. */
export function startAsking() {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (input.value.trim()) submit();
  });
  picker.addEventListener("change", () => input.value.trim() && submit());
  input.addEventListener("input", () => {
    clearTimeout(pending);
    pending = setTimeout(complete, 90);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return close();
    if (list.hidden || !options.length) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark(active < 0 && step < 0 ? options.length - 1 : (active + step + options.length) % options.length);
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      choose(active);
    }
  });
}
