//! The description of the service, which is what GET without a query gets.

use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use isogloss::Snapshot;
use isogloss::graph::rdf::{BlankNode, Literal, NamedNode, NamedOrBlankNode, RdfTerm, Statement};
use isogloss::graph::results;

use super::{GRAPHS, choose, not_acceptable, with_charset};
use crate::config::DefaultGraph;
use crate::problem::{Answer, Problem};
use crate::state::App;

const SD: &str = "http://www.w3.org/ns/sparql-service-description#";
const FORMATS: &str = "http://www.w3.org/ns/formats/";
const TRIPLES: &str = "http://rdfs.org/ns/void#triples";
const TYPE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";

/// What is read and written, by the names that the W3C gives.
const RESULTS: [&str; 10] = [
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "N-Quads",
    "TriG",
    "RDF_XML",
    "JSON-LD",
];
const INPUTS: [&str; 4] = ["Turtle", "N-Triples", "RDF_XML", "JSON-LD"];

/// What to say to a person who opens the address in a browser.
const HINT: &str = "This is the SPARQL endpoint. Ask it by GET with ?query=, by POST with a form, or by POST with a \
                    body of the type application/sparql-query; change it by POST with a body of the type \
                    application/sparql-update. There is a console at /#/sparql.\n";

/// Describes the service to a program, and says what it is to a person.
pub(super) fn describe(app: &App, endpoint: &str, headers: &HeaderMap) -> Answer {
    let mut offers = GRAPHS
        .map(|(media_type, format)| (media_type, Some(format)))
        .to_vec();
    offers.extend([("text/html", None), ("text/plain", None)]);
    let vary = (header::VARY, "accept");
    let (media_type, format) = choose(headers, &offers).ok_or_else(not_acceptable)?;
    let Some(format) = format else {
        let hint = (header::CONTENT_TYPE, "text/plain; charset=utf-8");
        return Ok(([hint, vary], HINT).into_response());
    };
    let mut out = Vec::new();
    results::write_graph(description(app, endpoint), format, &mut out)
        .map_err(|_| Problem::internal())?;
    let content_type = (header::CONTENT_TYPE, with_charset(media_type));
    Ok(([content_type, vary], out).into_response())
}

/// Statements about one node after the other.
struct Writer {
    statements: Vec<Statement>,
    nodes: usize,
}

impl Writer {
    fn say(
        &mut self,
        subject: impl Into<NamedOrBlankNode>,
        predicate: &str,
        object: impl Into<RdfTerm>,
    ) {
        let predicate = NamedNode::new_unchecked(predicate);
        let statement = Statement::new(subject, predicate, object);
        self.statements.push(statement);
    }

    fn node(&mut self, class: &str) -> BlankNode {
        self.nodes += 1;
        let node = BlankNode::new_unchecked(format!("n{}", self.nodes));
        self.say(node.clone(), TYPE, sd(class));
        node
    }

    fn graph(&mut self, statements: u64) -> BlankNode {
        let graph = self.node("Graph");
        self.say(graph.clone(), TRIPLES, Literal::from(statements));
        graph
    }
}

fn sd(name: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("{SD}{name}"))
}

fn description(app: &App, endpoint: &str) -> Vec<Statement> {
    let snapshot = app.isogloss.snapshot();
    let mut writer = Writer {
        statements: Vec::new(),
        nodes: 0,
    };
    let service = writer.node("Service");
    let property = |name: &str| format!("{SD}{name}");
    let endpoint = NamedNode::new_unchecked(endpoint);
    writer.say(service.clone(), &property("endpoint"), endpoint);
    let mut languages = vec!["SPARQL11Query"];
    if app.config.may_write().is_some() {
        languages.push("SPARQL11Update");
    }
    for language in languages {
        writer.say(
            service.clone(),
            &property("supportedLanguage"),
            sd(language),
        );
    }
    let mut features = vec!["EmptyGraphs"];
    if app.config.sparql.default_graph == DefaultGraph::Merged {
        features.push("UnionDefaultGraph");
    }
    for feature in features {
        writer.say(service.clone(), &property("feature"), sd(feature));
    }
    for (name, formats) in [
        ("resultFormat", RESULTS.as_slice()),
        ("inputFormat", &INPUTS),
    ] {
        for format in formats {
            let format = NamedNode::new_unchecked(format!("{FORMATS}{format}"));
            writer.say(service.clone(), &property(name), format);
        }
    }
    let dataset = dataset(app, &snapshot, &mut writer);
    writer.say(service, &property("defaultDataset"), dataset);
    writer.statements
}

/// Describes the default graph and the graph of each source.
fn dataset(app: &App, snapshot: &Snapshot, writer: &mut Writer) -> BlankNode {
    let property = |name: &str| format!("{SD}{name}");
    let pure = app.config.sparql.default_graph == DefaultGraph::People;
    let is_default = |name: &str| pure && name == "people";
    let dataset = writer.node("Dataset");
    let people = snapshot
        .sources()
        .iter()
        .find(|info| is_default(info.name.as_str()));
    let default = if pure {
        writer.graph(people.map_or(0, |info| info.statements))
    } else {
        // How many different statements there are is only known by reading them all.
        writer.node("Graph")
    };
    writer.say(dataset.clone(), &property("defaultGraph"), default);
    for info in snapshot.sources() {
        if is_default(info.name.as_str()) {
            continue;
        }
        let named = writer.node("NamedGraph");
        writer.say(named.clone(), &property("name"), info.name.graph_iri());
        let graph = writer.graph(info.statements);
        writer.say(named.clone(), &property("graph"), graph);
        writer.say(dataset.clone(), &property("namedGraph"), named);
    }
    dataset
}
