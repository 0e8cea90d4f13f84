//! `isogloss search`: entities by their words.

use isogloss::model::{Entity, EntityKind};
use isogloss::search::SearchRequest;

use crate::arguments::Search;
use crate::commands::{Outcome, open_then};
use crate::failure::{Failure, FailureKind};
use crate::output;

pub(super) fn run(options: &Search) -> Outcome {
    let kinds = kinds(&options.kind)?;
    let snapshot = open_then(&options.data, options.then)?;
    let request = SearchRequest {
        kinds,
        domains: options.domain.clone(),
        limit: options.limit,
        ..SearchRequest::new(&options.text)
    };
    let results = snapshot.search(&request)?;
    if options.output.json {
        return output::json(&results);
    }
    if results.hits.is_empty() {
        output::note("nothing found");
    }
    if let Some(better) = &results.did_you_mean {
        output::note(&format!("did you mean: {better}?"));
    }
    let model = snapshot.model();
    let label = |iri: &String| model.entity(iri).map_or_else(|| iri.clone(), Entity::label);
    let rows: Vec<_> = results
        .hits
        .iter()
        .map(|hit| {
            let domain = hit.domain.as_ref().map(label).unwrap_or_default();
            vec![
                format!("{:.2}", hit.score),
                hit.kind.to_string(),
                hit.label.clone(),
                domain,
                hit.iri.clone(),
            ]
        })
        .collect();
    output::text(&output::table(
        &["score", "kind", "label", "domain", "iri"],
        &rows,
    ))?;
    output::note(&format!("{} of {}", results.hits.len(), results.total));
    Ok(())
}

/// Parses kinds as the command line names them.
pub(super) fn kinds(names: &[String]) -> Result<Vec<EntityKind>, Failure> {
    names
        .iter()
        .map(|name| {
            name.parse()
                .map_err(|e| Failure::new(FailureKind::Usage, format!("{e}")))
        })
        .collect()
}
