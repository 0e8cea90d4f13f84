// The view of one entity: what it is, what it carries, where it comes from, and who says so.

import { COLUMNS, DETAILS, ENTITY, graphql, LINEAGE } from "./api.js";
import { commas, count, entityLink, failure, h, heading, kindName, localName, moment, plural, show, tag } from "./dom.js";

/** Shows the entity of an IRI. */
export async function entity(target, iri) {
  show(target, h("p", { class: "waiting" }, "Reading…"));
  try {
    const parts = await Promise.all([ENTITY, DETAILS, COLUMNS].map((query) => graphql(query, { iri })));
    const found = parts[0].entity && Object.assign({}, ...parts.map((part) => part.entity));
    if (!found) {
      show(target, h("div", { class: "notice" }, h("p", {}, "The graph says nothing about this IRI."), h("p", {}, h("code", {}, iri))));
      return;
    }
    document.title = `${found.label} · Isogloss`;
    const lineage = h("div", {});
    show(target, head(found), body(found), lineage, statements(found), incoming(found));
    if (["Dataset", "Column"].includes(found.__typename)) await showLineage(lineage, found);
  } catch (error) {
    show(target, failure(error));
  }
}

/** Name, kind, description and the facts beside them. */
function head(found) {
  const links = (items) => (items?.length ? commas(items.map((item) => entityLink(item))) : null);
  const list = (connection) => links(connection?.nodes);
  const facts = [
    ["domain", links(found.domains)],
    ["part of", links(found.parent ? [found.parent] : [])],
    ["data product", links(found.products)],
    ["dataset", links(found.dataset ? [found.dataset] : [])],
    ["owner", links(found.owners)],
    ["means", links(found.terms)],
    ["synonyms", found.altLabels?.join(", ")],
    ["broader", links(found.broader)],
    ["related", links(found.related)],
    ["type", found.datatype],
    ["refers to", links([found.references ?? []].flat())],
    ["contract", links(found.contracts)],
    ["status", found.status],
    ["release", found.contractVersion],
    ["purpose", found.purpose],
    ["physical name", found.qualifiedName ?? (found.name !== found.label ? found.name : null)],
    ["built as", found.materialization],
    ["used", found.usageCount ? plural(found.usageCount, "query").replace("querys", "queries") : null],
    ["aggregation", found.aggregation],
    ["metrics", list(found.metrics)],
    ["mail", found.emails?.join(", ")],
    ["read as", found.connector],
    ["statements", found.statementCount === undefined ? null : count(found.statementCount)],
    ["committed", found.committedAt ? `${moment(found.committedAt)} UTC` : null],
    ["by", found.actor],
  ].filter(([, value]) => value && (!Array.isArray(value) || value.length));
  const description = found.definition ?? found.description;
  return h(
    "header",
    { class: "entity" },
    h("p", { class: "kind" }, tag(kindName(found.kind))),
    h("h1", { class: "title" }, found.label),
    description ? h("p", { class: "definition" }, description) : null,
    found.expression ? h("pre", {}, found.expression) : null,
    h("dl", { class: "facts" }, facts.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))),
    h("p", { class: "iri mono" }, found.iri),
  );
}

/** What the entity holds: columns, datasets, products, carriers. */
function body(found) {
  const lists = [
    ["Columns", found.columns, columns],
    ["Datasets", found.datasets, cards],
    ["Data products", found.dataProducts, cards],
    ["Sub-domains", found.children && { totalCount: found.children.length, nodes: found.children }, cards],
    ["Carried by", found.carriers, cards],
  ];
  return lists
    .filter(([, connection]) => connection?.nodes?.length)
    .map(([name, connection, render]) => h("section", {}, heading(name, connection.totalCount), render(connection.nodes), rest(connection)));
}

const rest = ({ totalCount, nodes }) =>
  totalCount > nodes.length ? h("p", { class: "quiet" }, `The first ${count(nodes.length)} of ${count(totalCount)}.`) : null;

const cards = (items) =>
  h("ul", { class: "tiles" }, items.map((item) => h("li", {}, entityLink(item), item.kind ? tag(kindName(item.kind)) : null)));

/** The columns of a dataset. */
function columns(items) {
  const rows = items.map((column) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, h("span", { class: "mono" }, entityLink({ iri: column.iri, label: column.name }))),
      h("td", { class: "mono" }, column.datatype ?? ""),
      h("td", {}, column.required ? "required" : ""),
      h("td", {}, commas(column.terms.map((term) => entityLink(term)))),
      h("td", {}, column.description ?? ""),
    ),
  );
  return table(["Column", "Type", "", "Means", "Description"], rows);
}

/** Every statement about the entity, with the source that claims it. */
function statements(found) {
  const { nodes, totalCount } = found.statements;
  const rows = nodes.map(({ predicate, name, value, source }) =>
    h(
      "tr",
      {},
      h("th", { scope: "row", title: predicate }, name ?? localName(predicate)),
      h("td", { class: "value" }, valueOf(value)),
      h("td", {}, h("a", { class: "source", href: `#/sources`, title: source.connector }, source.name)),
    ),
  );
  return h("section", {}, heading("Statements", totalCount), table(["Says", "Value", "Claimed by"], rows), rest(found.statements));
}

/** One value: a link when it is an entity. */
function valueOf(value) {
  if (value.entity) return [entityLink(value.entity), " ", tag(kindName(value.entity.kind))];
  if (value.kind === "IRI") return h("a", { class: "mono", href: `#/entity/${encodeURIComponent(value.text)}` }, value.text);
  return [value.text, value.language ? tag(value.language) : null];
}

/** What speaks of the entity. */
function incoming(found) {
  const { nodes, totalCount } = found.relationships;
  if (!nodes.length) return null;
  const rows = nodes.map(({ type, name, entity: from }) =>
    h("tr", {}, h("th", { scope: "row" }, entityLink(from), " ", tag(kindName(from.kind))), h("td", { title: type }, name ?? localName(type))),
  );
  return h("section", {}, heading("Pointed to by", totalCount), table(["Entity", "As"], rows), rest(found.relationships));
}

const table = (names, rows) =>
  h("div", { class: "scroll" }, h("table", {}, h("thead", {}, h("tr", {}, names.map((name) => h("th", { scope: "col" }, name)))), h("tbody", {}, rows)));

/** What the dataset or column is made from and what is made from it, by distance. */
async function showLineage(target, found) {
  const level = found.__typename === "Column" ? "COLUMN" : "DATASET";
  const { up, down } = await graphql(LINEAGE, { iri: found.iri, level });
  const side = (title, walk, empty) => {
    const steps = new Map();
    for (const { hops, entity: node } of walk.nodes) if (hops > 0) steps.set(hops, [...(steps.get(hops) ?? []), node]);
    const items = [...steps].sort(([a], [b]) => a - b);
    return h(
      "div",
      { class: "side" },
      h("h3", {}, title),
      items.length
        ? h("ol", {}, items.map(([hops, nodes]) => h("li", {}, h("span", { class: "hops" }, plural(hops, "step")), h("div", {}, nodes.map((node) => entityLink(node, "chip mono"))))))
        : h("p", { class: "quiet" }, empty),
      walk.partial ? h("p", { class: "quiet" }, "There is more further away.") : null,
    );
  };
  if (![...up.nodes, ...down.nodes].some(({ hops }) => hops > 0)) return;
  show(
    target,
    h("section", { class: "lineage" }, heading("Lineage"), h("div", { class: "sides" }, side("Made from", up, "Nothing upstream is known."), side("Feeds", down, "Nothing downstream is known."))),
  );
}
