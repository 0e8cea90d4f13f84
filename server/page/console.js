// A small SPARQL console: a text area and a table.

import { sparql } from "./api.js";
import { count, entityHref, failure, h, plural, show } from "./dom.js";

const FIRST = `# What is in the graph, by class
SELECT ?class (COUNT(DISTINCT ?thing) AS ?things)
WHERE { ?thing a ?class }
GROUP BY ?class
ORDER BY DESC(?things)
LIMIT 30`;

const SAMPLES = [
  ["classes", FIRST],
  [
    "words in several domains",
    `# Labels of terms that more than one domain uses
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX iso: <https://isogloss.dev/ns#>
SELECT ?word (COUNT(DISTINCT ?domain) AS ?domains)
WHERE {
  ?term skos:prefLabel|skos:altLabel ?label ; iso:inDomain ?domain .
  BIND(LCASE(STR(?label)) AS ?word)
}
GROUP BY ?word
HAVING (COUNT(DISTINCT ?domain) > 1)
ORDER BY DESC(?domains) ?word
LIMIT 50`,
  ],
  [
    "datasets and their columns",
    `PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX csvw: <http://www.w3.org/ns/csvw#>
PREFIX iso: <https://isogloss.dev/ns#>
SELECT ?dataset ?name (COUNT(?column) AS ?columns)
WHERE {
  ?dataset a dcat:Dataset ; iso:name ?name .
  OPTIONAL { ?dataset csvw:tableSchema/csvw:column ?column }
}
GROUP BY ?dataset ?name
ORDER BY DESC(?columns)
LIMIT 50`,
  ],
  [
    "who claims it",
    `# Each source is a named graph
SELECT ?source (COUNT(*) AS ?statements)
WHERE { GRAPH ?source { ?s ?p ?o } }
GROUP BY ?source
ORDER BY DESC(?statements)`,
  ],
];

/** Shows the console; `query` among the parameters is run at once. */
export async function sparqlConsole(target, params) {
  document.title = "SPARQL · Isogloss";
  const given = params.get("query");
  const area = h("textarea", { id: "query", rows: 11, spellcheck: "false", class: "mono" });
  area.value = given ?? FIRST;
  const results = h("div", { class: "results", "aria-live": "polite" });
  const run = async () => {
    show(results, h("p", { class: "waiting" }, "Running…"));
    const started = performance.now();
    try {
      const answer = await sparql(area.value);
      show(results, rendered(answer, performance.now() - started));
    } catch (error) {
      show(results, failure(error));
    }
  };
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      run();
    }
  });
  const samples = SAMPLES.map(([name, text]) =>
    h("button", { type: "button", class: "link", onclick: () => ((area.value = text), run()) }, name),
  );
  show(
    target,
    h("h1", { class: "title" }, "SPARQL"),
    h("p", { class: "lead" }, "Over the merged view of all sources; each source is a named graph too."),
    h("p", { class: "chips plain" }, h("span", {}, "Samples"), samples),
    h("label", { class: "hidden", for: "query" }, "Query"),
    area,
    h("p", {}, h("button", { type: "button", onclick: run }, "Run"), h("span", { class: "quiet" }, " or Ctrl+Enter")),
    results,
  );
  if (given) await run();
}

/** The answer as a table, a word or a text. */
function rendered(answer, took) {
  const time = `${took.toFixed(0)} ms`;
  if (answer.text !== undefined) return [h("p", { class: "quiet" }, time), h("pre", {}, answer.text.slice(0, 200000))];
  if (answer.boolean !== undefined) return h("p", {}, h("strong", {}, answer.boolean ? "yes" : "no"), h("span", { class: "quiet" }, ` in ${time}`));
  const rows = answer.results.bindings;
  const shown = rows.slice(0, 500);
  const note = rows.length > shown.length ? `, the first ${count(shown.length)} shown` : "";
  return [
    h("p", { class: "quiet" }, `${plural(rows.length, "row")} in ${time}${note}`),
    h(
      "div",
      { class: "scroll" },
      h(
        "table",
        {},
        h("thead", {}, h("tr", {}, answer.head.vars.map((name) => h("th", { scope: "col" }, name)))),
        h("tbody", {}, shown.map((row) => h("tr", {}, answer.head.vars.map((name) => h("td", {}, term(row[name])))))),
      ),
    ),
  ];
}

/** One RDF term; an IRI leads to its entity. */
function term(value) {
  if (!value) return "";
  if (value.type === "uri") return h("a", { class: "mono", href: entityHref(value.value) }, value.value);
  if (value.type === "triple") return JSON.stringify(value.value);
  return value.value + (value["xml:lang"] ? ` @${value["xml:lang"]}` : "");
}
