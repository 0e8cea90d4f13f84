//! Runs one test of SPARQL Update.

use std::path::Path;

use graph_core::sparql::{Evaluator, MayWrite, ParseLimits, Update, UpdateOptions};
use graph_core::{Error, Scope, Snapshot};
use oxrdf::{Dataset, GraphName, Quad};

use crate::compare::{lines, same_dataset};
use crate::manifest::{self, Test};
use crate::query::{DEFAULT, EVALUATORS, options, store};

pub(crate) fn parse(root: &Path, test: &Test) -> Result<Update, Error> {
    let text = manifest::read(root, &test.request);
    Update::parse(&text, Some(&test.request), &ParseLimits::default())
}

pub(crate) fn evaluate(root: &Path, test: &Test) -> Result<(), String> {
    for evaluator in EVALUATORS {
        evaluate_with(root, test, evaluator)?;
    }
    Ok(())
}

fn evaluate_with(root: &Path, test: &Test, evaluator: Evaluator) -> Result<(), String> {
    let update = parse(root, test).map_err(|error| error.to_string())?;
    let store = store(root, &test.data);
    let options = UpdateOptions {
        may_write: MayWrite::All,
        query: options(evaluator),
        ..UpdateOptions::default()
    };
    let report = store.update(&update, &options);
    report.map_err(|error| error.to_string())?;
    let found = dataset(&store.snapshot());
    let expected = dataset(&self::store(root, &test.after).snapshot());
    if same_dataset(&expected, &found) {
        Ok(())
    } else {
        let (expected, found) = (lines(&expected), lines(&found));
        Err(format!("expected\n{expected}\n  found\n{found}"))
    }
}

fn dataset(snapshot: &Snapshot) -> Dataset {
    let mut dataset = Dataset::new();
    for info in snapshot.sources() {
        let name = if info.name.as_str() == DEFAULT {
            GraphName::DefaultGraph
        } else {
            info.name.graph_iri().into()
        };
        for found in snapshot.matching(None, None, None, Scope::Source(info.id)) {
            let statement = snapshot.statement(found);
            dataset.insert(&Quad {
                subject: statement.subject,
                predicate: statement.predicate,
                object: statement.object,
                graph_name: name.clone(),
            });
        }
    }
    dataset
}
