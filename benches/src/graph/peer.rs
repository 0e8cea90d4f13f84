//! Oxigraph's in-memory store, loaded with the same statements.

use std::time::Instant;

use anyhow::Result;
use graph_core::rdf::Statement;
use oxigraph::model::{GraphName, NamedNode, Quad};
use oxigraph::sparql::{PreparedSparqlQuery, QueryResults, SparqlEvaluator};
use oxigraph::store::Store;

use super::Rows;
use crate::generate::Generator;

pub(super) struct Peer {
    store: Store,
    pub(super) load_s: f64,
}

impl Peer {
    pub(super) fn load(graph: Generator) -> Result<Self> {
        let store = Store::new()?;
        let mut load_s = 0.0;
        for (name, statements) in graph.sources() {
            let graph = GraphName::from(NamedNode::new(format!("urn:isogloss:source:{name}"))?);
            let started = Instant::now();
            let mut loader = store.bulk_loader();
            loader.load_quads(statements.into_iter().map(|s| quad(s, &graph)))?;
            loader.commit()?;
            load_s += started.elapsed().as_secs_f64();
        }
        Ok(Self { store, load_s })
    }

    pub(super) fn parse(text: &str) -> Result<PreparedSparqlQuery> {
        let mut prepared = SparqlEvaluator::new().parse_query(text)?;
        prepared.dataset_mut().set_default_graph_as_union();
        Ok(prepared)
    }

    pub(super) fn run(&self, query: PreparedSparqlQuery, rows: &mut Rows) -> Result<()> {
        match query.on_store(&self.store).execute()? {
            QueryResults::Solutions(solutions) => {
                for solution in solutions {
                    rows.add(solution?.values());
                }
            }
            _ => rows.count += 1,
        }
        Ok(())
    }
}

fn quad(statement: Statement, graph: &GraphName) -> Quad {
    Quad::new(
        statement.subject,
        statement.predicate,
        statement.object,
        graph.clone(),
    )
}
