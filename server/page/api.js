// What the page asks the server. Every query is here, and a test of the server runs each against the schema.

/** A refusal or failure, in the server's words. */
export class ApiError extends Error {
  constructor(message, hint, requestId) {
    super(message);
    this.hint = hint;
    this.requestId = requestId;
  }
}

export const INFO = `query Info {
  serverInfo { version graphVersion statements sources durable }
  domains(first: 100) { nodes { iri label dataProducts(first: 1) { totalCount } } }
}`;

export const SUGGEST = `query Suggest($p: String!) {
  suggest(prefix: $p, first: 8) { text kind iri }
}`;

export const RESOLVE = `query Resolve($input: ResolveInput!) {
  resolve(input: $input, first: 12) {
    outcome answerability confidence version usedContext unmatchedWords
    candidates {
      score reasons parts { name value }
      product { iri label } domain { iri label } dataset { iri label } columns { iri label }
      term { iri label definition } metric { iri label expression }
    }
    question { text options { label distinction entity { iri kind label } domain { iri label } } }
  }
}`;

export const ENTITY = `query Entity($iri: String!) {
  entity(iri: $iri) {
    __typename iri kind label description version
    domains { iri label } owners { iri label } terms { iri label }
    statements(first: 100) {
      totalCount
      nodes { predicate name value { kind text language datatype entity { iri kind label } } source { name connector } }
    }
    relationships(first: 60, direction: IN) { totalCount nodes { type name direction entity { iri kind label } } }
  }
}`;

export const DETAILS = `query Details($iri: String!) {
  entity(iri: $iri) {
    ... on Dataset {
      name qualifiedName materialization usageCount
      products { iri label } contracts { iri label }
    }
    ... on DataProduct {
      name status purpose
      datasets(first: 50) { totalCount nodes { iri label } }
      metrics(first: 20) { nodes { iri label } } contracts { iri label }
    }
    ... on Domain {
      parent { iri label } children { iri label }
      dataProducts(first: 50) { totalCount nodes { iri label } }
    }
    ... on Term {
      definition altLabels broader { iri label } related { iri label }
      carriers(first: 50) { totalCount nodes { iri kind label } }
    }
    ... on Metric { expression aggregation }
    ... on Column { datatype required dataset { iri label } references { iri label } }
    ... on Contract { contractVersion status }
    ... on Owner { emails }
    ... on Source { name connector actor statementCount committedAt }
  }
}`;

export const COLUMNS = `query Columns($iri: String!) {
  entity(iri: $iri) {
    ... on Dataset {
      columns(first: 60) { totalCount nodes { iri name datatype required description terms { iri label } } }
    }
  }
}`;

export const LINEAGE = `query Lineage($iri: String!, $level: LineageLevel!) {
  up: lineage(iri: $iri, direction: UP, level: $level, maxHops: 6, maxNodes: 60) {
    nodes { hops entity { iri kind label } } partial
  }
  down: lineage(iri: $iri, direction: DOWN, level: $level, maxHops: 6, maxNodes: 60) {
    nodes { hops entity { iri kind label } } partial
  }
}`;

export const SOURCES = `query Sources {
  sources { iri name connector actor statementCount committedAt committedVersion }
  serverInfo { graphVersion statements durable }
}`;

async function failed(response) {
  const id = response.headers.get("x-request-id");
  let message = `The server answered ${response.status}.`;
  let hint;
  try {
    const body = await response.json();
    message = body.detail ?? body.errors?.[0]?.message ?? message;
    hint = body.hint ?? body.errors?.[0]?.extensions?.hint;
  } catch {
    // Not JSON: the status has to do.
  }
  return new ApiError(message, hint, id);
}

/** Runs a GraphQL query and returns its data. */
export async function graphql(query, variables = {}, signal) {
  const response = await fetch("/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/graphql-response+json" },
    body: JSON.stringify({ query, variables }),
    signal,
  });
  if (!response.ok) throw await failed(response);
  const { data, errors } = await response.json();
  if (errors?.length && !data) throw new ApiError(errors[0].message, errors[0].extensions?.hint);
  return data;
}

/** Runs a SPARQL query; gives `{head, results}`, `{head, boolean}` or `{text}` for a graph. */
export async function sparql(query) {
  const response = await fetch("/sparql", {
    method: "POST",
    headers: { "content-type": "application/sparql-query", accept: "application/sparql-results+json, text/turtle;q=0.9" },
    body: query,
  });
  if (!response.ok) throw await failed(response);
  const isTable = (response.headers.get("content-type") ?? "").includes("json");
  return isTable ? response.json() : { text: await response.text() };
}

/** The words to begin with. */
export async function examples() {
  const response = await fetch("/examples");
  if (!response.ok) throw await failed(response);
  return (await response.json()).examples;
}

let facts;

/** What the server says of itself and the domains; asked once, nothing when it could not be had. */
export const info = () => (facts ??= graphql(INFO).catch(() => undefined));
