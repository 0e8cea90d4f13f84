// The sources: who claims what is in the graph.

import { graphql, SOURCES } from "./api.js";
import { count, entityHref, failure, h, heading, moment, show } from "./dom.js";

/** Shows the sources with their counts. */
export async function sources(target) {
  document.title = "Sources · Isogloss";
  try {
    const { sources: all, serverInfo } = await graphql(SOURCES);
    const rows = all.map((source) =>
      h(
        "tr",
        {},
        h("th", { scope: "row" }, h("a", { href: entityHref(source.iri) }, source.name)),
        h("td", {}, source.connector),
        h("td", { class: "number" }, count(source.statementCount)),
        h("td", { class: "number" }, String(source.committedVersion)),
        h("td", {}, moment(source.committedAt)),
        h("td", {}, source.actor),
      ),
    );
    const columns = ["Source", "Read as", "Statements", "Since version", "Committed (UTC)", "By"];
    show(
      target,
      h("h1", { class: "title" }, "Sources"),
      h("p", { class: "lead" }, `Every statement belongs to the source that claims it. ${count(serverInfo.statements)} statements, version ${serverInfo.graphVersion}${serverInfo.durable ? ", kept on disk" : ", kept in memory only"}.`),
      all.length
        ? h("div", { class: "scroll" }, h("table", {}, h("thead", {}, h("tr", {}, columns.map((name) => h("th", { scope: "col" }, name)))), h("tbody", {}, rows)))
        : h("div", { class: "notice" }, h("p", {}, "The graph is empty. Ingest something: "), h("code", {}, "isogloss ingest dbt target/ --source my-project --server " + location.origin)),
      heading("Export"),
      h("p", {}, "The whole graph, with the source of each statement: ", h("a", { href: "/export?format=trig" }, "TriG"), ", ", h("a", { href: "/export?format=nquads" }, "N-Quads"), "."),
    );
  } catch (error) {
    show(target, failure(error));
  }
}
