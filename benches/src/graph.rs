//! Load rate, bytes a statement and query latency of the graph, against Oxigraph's in-memory store in the same run.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use graph_core::rdf::Statement;
use graph_core::sparql::{ParseLimits, Query, QueryOptions, QueryResults};
use graph_core::{Change, Commit, Store, Timestamp};
use oxigraph::model::{GraphName, NamedNode, Quad};
use oxigraph::sparql::{QueryResults as PeerResults, SparqlEvaluator};
use serde_json::json;

use crate::generate::{Generated, dataset_iri, domain_iri, generate, term_iri};
use crate::measure::{Latencies, print, round};

const PREFIXES: &str = "PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX dprod: <https://ekgf.github.io/dprod/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX csvw: <http://www.w3.org/ns/csvw#>
PREFIX iso: <https://isogloss.dev/ns#>
";

/// The catalog's everyday questions; `{dataset}`, `{term}` and `{domain}` stand for generated IRIs.
const QUERIES: [(&str, &str); 12] = [
    ("point", "SELECT ?p ?o WHERE { <{dataset}> ?p ?o }"),
    (
        "columns",
        "SELECT ?c ?n WHERE { <{dataset}> csvw:tableSchema ?s . ?s csvw:column ?c . ?c csvw:name ?n }",
    ),
    (
        "term-datasets",
        "SELECT DISTINCT ?d WHERE { ?c iso:represents <{term}> . ?s csvw:column ?c . ?d csvw:tableSchema ?s }",
    ),
    (
        "lineage-3",
        "SELECT ?c WHERE { <{dataset}> prov:wasDerivedFrom ?a . ?a prov:wasDerivedFrom ?b . ?b prov:wasDerivedFrom ?c }",
    ),
    (
        "lineage-up",
        "SELECT ?u WHERE { <{dataset}> prov:wasDerivedFrom+ ?u }",
    ),
    (
        "lineage-down",
        "SELECT (COUNT(?u) AS ?n) WHERE { ?u prov:wasDerivedFrom+ <{hub}> }",
    ),
    (
        "contains",
        "SELECT ?d WHERE { ?d iso:name ?n FILTER(CONTAINS(LCASE(?n), \"claim_1\")) } LIMIT 20",
    ),
    (
        "per-domain",
        "SELECT ?m (COUNT(?d) AS ?n) WHERE { ?p dprod:domain ?m . ?p dprod:outputDataset ?d } GROUP BY ?m",
    ),
    (
        "optional-page",
        "SELECT * WHERE { ?p dprod:domain <{domain}> . ?p dprod:outputDataset ?d . OPTIONAL { ?d iso:name ?n } \
         OPTIONAL { ?d dcterms:description ?t } OPTIONAL { ?d prov:wasDerivedFrom ?u } } LIMIT 50",
    ),
    (
        "top-used",
        "SELECT ?d ?n WHERE { ?p dprod:domain <{domain}> . ?p dprod:outputDataset ?d . ?u prov:used ?d . \
         ?u iso:queryCount ?n } ORDER BY DESC(?n) LIMIT 20",
    ),
    (
        "pii-in-domain",
        "SELECT (COUNT(?c) AS ?n) WHERE { ?c iso:classification \"pii\" . ?s csvw:column ?c . ?d csvw:tableSchema ?s . \
         ?p dprod:outputDataset ?d . ?p dprod:domain <{domain}> }",
    ),
    (
        "per-source",
        "SELECT ?g (COUNT(?d) AS ?n) WHERE { GRAPH ?g { ?d a dcat:Dataset } } GROUP BY ?g",
    ),
];

pub(crate) fn run(statements: usize, against: bool) -> Result<()> {
    let generated = generate(statements);
    let total = generated.statements();
    let started = Instant::now();
    let ours = load(&generated)?;
    let load_s = started.elapsed().as_secs_f64();
    let heap = ours.snapshot().heap_bytes() as f64 / total as f64;
    print(&json!({
        "bench": "load", "statements": total, "datasets": generated.datasets, "seconds": round(load_s * 1e3) / 1e3,
        "statements_per_s": round(total as f64 / load_s), "heap_bytes_per_statement": round(heap),
    }));
    let peer = if against {
        Some(Peer::load(&generated)?)
    } else {
        None
    };
    let mut speedups = Vec::new();
    for (name, query) in QUERIES {
        let text = fill(query, generated.datasets);
        let rows = count(&ours, &text)?;
        let latencies = Latencies::measure(Duration::from_secs(1), || count(&ours, &text));
        let mut line =
            json!({ "bench": "query", "name": name, "rows": rows, "latency": latencies.as_json() });
        if let Some(peer) = &peer {
            ensure!(
                peer.count(&text)? == rows,
                "`{name}`: the peer gives other rows"
            );
            let theirs = Latencies::measure(Duration::from_secs(1), || peer.count(&text));
            let speedup = theirs.percentile(50) / latencies.percentile(50);
            speedups.push(speedup);
            line["peer"] = theirs.as_json();
            line["speedup"] = json!(round(speedup));
        }
        print(&line);
    }
    let mut last =
        json!({ "bench": "graph", "statements": total, "bytes_per_statement": round(heap) });
    if let Some(peer) = &peer {
        let geomean = (speedups.iter().map(|s| s.ln()).sum::<f64>() / speedups.len() as f64).exp();
        last["geomean_speedup"] = json!(round(geomean));
        last["min_speedup"] = json!(round(
            speedups.iter().copied().fold(f64::INFINITY, f64::min)
        ));
        last["load_ratio"] = json!(round(peer.load_s / load_s));
    }
    print(&last);
    Ok(())
}

fn fill(query: &str, datasets: usize) -> String {
    let middle = datasets / 2 / 9 * 9 + 8;
    let query = query
        .replace("{dataset}", &dataset_iri(middle))
        .replace("{hub}", &dataset_iri(0));
    let query = query
        .replace("{term}", &term_iri(3))
        .replace("{domain}", &domain_iri(7));
    format!("{PREFIXES}{query}")
}

fn load(generated: &Generated) -> Result<Store> {
    let store = Store::in_memory();
    let mut commits = Vec::new();
    for (name, statements) in &generated.sources {
        commits.push(Commit {
            source: name.parse()?,
            kind: "generated".to_owned(),
            actor: "bench".to_owned(),
            time: Timestamp(0),
            change: Change::Replace(statements.clone()),
        });
    }
    store.prepare(commits)?.publish()?;
    Ok(store)
}

fn count(store: &Store, text: &str) -> Result<usize> {
    let options = QueryOptions {
        deadline: None,
        max_statements: u64::MAX,
        ..QueryOptions::default()
    };
    let query = Query::parse(text, None, &ParseLimits::default())?;
    let snapshot = store.snapshot();
    match snapshot.query(&query, &options)? {
        QueryResults::Solutions(rows) => {
            let mut n = 0;
            for row in rows {
                row?;
                n += 1;
            }
            Ok(n)
        }
        _ => Ok(1),
    }
}

/// Oxigraph's in-memory store, loaded with the same statements.
struct Peer {
    store: oxigraph::store::Store,
    load_s: f64,
}

impl Peer {
    fn load(generated: &Generated) -> Result<Self> {
        let store = oxigraph::store::Store::new()?;
        let started = Instant::now();
        for (name, statements) in &generated.sources {
            let graph = GraphName::from(NamedNode::new(format!("urn:isogloss:source:{name}"))?);
            let mut loader = store.bulk_loader();
            loader.load_quads(statements.iter().map(|s| quad(s, &graph)))?;
            loader.commit()?;
        }
        let load_s = started.elapsed().as_secs_f64();
        Ok(Self { store, load_s })
    }

    fn count(&self, text: &str) -> Result<usize> {
        let mut prepared = SparqlEvaluator::new().parse_query(text)?;
        prepared.dataset_mut().set_default_graph_as_union();
        match prepared.on_store(&self.store).execute()? {
            PeerResults::Solutions(rows) => {
                let mut n = 0;
                for row in rows {
                    row?;
                    n += 1;
                }
                Ok(n)
            }
            _ => Ok(1),
        }
    }
}

fn quad(statement: &Statement, graph: &GraphName) -> Quad {
    Quad::new(
        statement.subject.clone(),
        statement.predicate.clone(),
        statement.object.clone(),
        graph.clone(),
    )
}
