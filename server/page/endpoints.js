// The endpoints, each with something to copy.

import { copyButton, h, heading, show } from "./dom.js";

/** Shows what else answers here. */
export function endpoints(target) {
  document.title = "Endpoints · Isogloss";
  const at = location.origin;
  const chip = document.querySelector("#examples a");
  const word = chip?.textContent ?? "customer";
  const plain = encodeURIComponent(word);
  const quoted = JSON.stringify(word).replaceAll("'", "");
  const blocks = [
    ["Resolve a word", "The answer of this page, for tools.", `curl '${at}/resolve?text=${plain}'`],
    [
      "GraphQL",
      "Typed reads, lineage, ingest and a live stream of changes at /graphql/ws.",
      `curl ${at}/graphql -H 'content-type: application/json' \\\n  -d '{"query":"query($t:String!){resolve(input:{text:$t}){outcome candidates{score domain{label} dataset{label} reasons}}}","variables":{"t":${quoted}}}'`,
    ],
    [
      "SPARQL 1.1",
      "SELECT, ASK, CONSTRUCT and DESCRIBE; JSON, XML, CSV, TSV, Turtle, TriG, JSON-LD by the Accept header.",
      `curl ${at}/sparql -H 'accept: text/csv' \\\n  --data-urlencode 'query=SELECT ?class (COUNT(*) AS ?n) WHERE { ?s a ?class } GROUP BY ?class ORDER BY DESC(?n)'`,
    ],
    ["Search", "Words in labels, names, descriptions and synonyms.", `curl '${at}/search?text=${plain}&limit=5'`],
    [
      "Ingest",
      "Replaces everything that one source says, in one step.",
      `isogloss ingest dbt target/ --source my-project --server ${at}`,
    ],
    ["Export", "Everything, with the source of each statement.", `curl '${at}/export?format=trig' --compressed -o graph.trig`],
    ["Operations", "Health, readiness and figures for Prometheus.", `curl ${at}/readyz ${at}/metrics`],
  ];
  show(
    target,
    h("h1", { class: "title" }, "Endpoints"),
    h("p", { class: "lead" }, "The same graph, read in the way that suits you. What is neither GraphQL nor SPARQL is described in ", h("a", { href: "/openapi.json" }, "openapi.json"), "."),
    blocks.map(([name, text, command]) =>
      h("section", { class: "endpoint" }, heading(name), h("p", {}, text), h("div", { class: "command" }, h("pre", { tabindex: "0" }, command), copyButton(command))),
    ),
  );
}
