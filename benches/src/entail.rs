//! What it takes to derive what follows, anew and after one source was replaced.

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result};
use graph_core::entail::{Entailment, Limits, Regime};
use graph_core::rdf::{NamedNode, Statement};
use graph_core::{Change, Commit, Store, Timestamp};
use ontologies::{csvw, dcat, dcterms, iso, prov, rdf, rdfs, skos};
use serde_json::json;

use crate::generate::Generator;
use crate::measure::{print, round};

/// A schema for the generated graph, so that RDFS and OWL have something to say about most of it.
fn schema() -> Result<Vec<Statement>> {
    let owl = |name: &str| format!("http://www.w3.org/2002/07/owl#{name}");
    let dcat_resource = format!("{}Resource", dcat::NAMESPACE);
    let inverse = owl("inverseOf");
    let used_by = format!("{}usedBy", iso::NAMESPACE);
    let rows = [
        (
            dcat::DATASET_CLASS,
            rdfs::SUB_CLASS_OF,
            dcat_resource.as_str(),
        ),
        (
            dcat_resource.as_str(),
            rdfs::SUB_CLASS_OF,
            prov::ENTITY_CLASS,
        ),
        (csvw::COLUMN_CLASS, rdfs::SUB_CLASS_OF, prov::ENTITY_CLASS),
        (csvw::COLUMN, rdfs::DOMAIN, csvw::SCHEMA),
        (csvw::COLUMN, rdfs::RANGE, csvw::COLUMN_CLASS),
        (prov::WAS_DERIVED_FROM, rdfs::RANGE, prov::ENTITY_CLASS),
        (dcterms::TITLE, rdfs::SUB_PROPERTY_OF, rdfs::LABEL),
        (csvw::NAME, rdfs::SUB_PROPERTY_OF, rdfs::LABEL),
        (prov::WAS_DERIVED_FROM, inverse.as_str(), used_by.as_str()),
        (
            skos::BROADER,
            rdf::TYPE,
            "http://www.w3.org/2002/07/owl#TransitiveProperty",
        ),
    ];
    rows.iter()
        .map(|(s, p, o)| {
            let iri = |text: &str| NamedNode::new(text);
            Ok(Statement::new(iri(s)?, iri(p)?, iri(o)?))
        })
        .collect()
}

fn replace(store: &Store, name: &str, statements: Vec<Statement>) -> Result<()> {
    store.commit(Commit {
        source: name.parse()?,
        kind: "bench".to_owned(),
        actor: "bench".to_owned(),
        time: Timestamp(0),
        change: Change::Replace(statements),
    })?;
    Ok(())
}

/// Derives by each regime, then replaces the small source over and over and keeps what follows up to date.
pub(crate) fn run(statements: usize, edits: usize) -> Result<()> {
    let generator = Generator::new(statements, 52);
    let store = Store::in_memory();
    for (name, said) in generator.sources() {
        replace(&store, &name, said)?;
    }
    replace(&store, "schema", schema()?)?;
    let limits = Limits {
        max_derived: 50_000_000,
        max_visits: u64::MAX,
        deadline: None,
        ..Limits::default()
    };
    for regime in Regime::ALL {
        let mut entailment = Arc::new(Entailment::of(store.snapshot(), regime, &limits)?);
        let anew = entailment.work().took;
        print(&json!({
            "regime": regime.name(), "claims": store.snapshot().len(), "derived": entailment.len(),
            "visits": entailment.work().visits, "derive_ms": round(anew.as_secs_f64() * 1e3),
        }));
        let (mut derive, mut whole) = (Vec::new(), Vec::new());
        let mut changed = 0;
        for edition in 1..=edits {
            replace(&store, "small", generator.small(edition))?;
            let started = Instant::now();
            entailment = Arc::new(entailment.next(store.snapshot(), &limits)?);
            whole.push(started.elapsed().as_secs_f64() * 1e3);
            derive.push(entailment.work().took.as_secs_f64() * 1e3);
            changed = entailment.work().changed;
            anyhow::ensure!(entailment.work().incremental, "was derived anew");
        }
        let again = Entailment::of(store.snapshot(), regime, &limits)?;
        anyhow::ensure!(
            again.len() == entailment.len(),
            "kept up to date is not what it is anew"
        );
        derive.sort_by(f64::total_cmp);
        whole.sort_by(f64::total_cmp);
        let middle = |sorted: &[f64]| sorted.get(sorted.len() / 2).copied();
        print(&json!({
            "regime": regime.name(), "replaced": "small", "changed": changed, "derived": entailment.len(),
            "update_ms_p50": round(middle(&derive).context("no edits")?),
            "update_and_show_ms_p50": round(middle(&whole).context("no edits")?),
        }));
    }
    Ok(())
}
