//! The type `Statement`: one claim of one source.

use std::sync::Arc;

use async_graphql::SimpleObject;
use isogloss::Snapshot;
use isogloss::graph::{Outcome, Snapshot as Graph};
use isogloss::model::{Entity as EntityView, provenance};

use crate::cursor::Page;
use crate::types::source::SourceRef;
use crate::types::{Connection, Source, StatementValue};

/// One claim of one source about an entity.
#[derive(Clone, SimpleObject)]
pub struct Statement {
    /// IRI of the property.
    predicate: String,
    /// Short name of the property: its IRI after the last `#`, `/` or `:`.
    name: String,
    /// What the source says.
    value: StatementValue,
    /// The source that says it.
    source: Option<Source>,
    /// IRI by which the source calls the entity; another one than the entity's own when several names mean it.
    subject: String,
    /// Whether the merged view says it too.
    shown: bool,
    /// Why the merged view says it or not.
    why: String,
    /// How sure the source is of it, from 0 to 1, if it says so.
    confidence: Option<f64>,
    /// The run of a tool that made it, if the source says so.
    run: Option<String>,
}

/// Makes a page of what the sources say of an entity.
pub(crate) fn page(
    snapshot: &Arc<Snapshot>,
    entity: EntityView<'_>,
    predicates: Option<&[String]>,
    page: Page,
) -> Connection<Statement> {
    let graph = snapshot.graph();
    let mut verdicts = entity.verdicts();
    if let Some(wanted) = predicates {
        verdicts.retain(|verdict| is_named(&graph.text(verdict.claim.predicate), wanted));
    }
    let total = verdicts.len();
    let items = verdicts
        .iter()
        .skip(page.offset)
        .take(page.size)
        .map(|verdict| {
            let claim = verdict.claim;
            let predicate = graph.text(claim.predicate);
            let said = provenance::annotation(graph, claim);
            Statement {
                name: short_name(&predicate).to_owned(),
                value: StatementValue::read(snapshot, entity.model(), claim.object),
                source: SourceRef::find_id(snapshot, claim.source).map(Source),
                subject: graph.text(claim.subject),
                shown: verdict.shown,
                why: why(graph, short_name(&predicate), &verdict.outcome),
                confidence: said.confidence,
                run: said.run,
                predicate,
            }
        });
    Connection::new(page, total, items.collect())
}

/// Says in words what the merged view made of a claim.
fn why(graph: &Graph, property: &str, outcome: &Outcome) -> String {
    match outcome {
        Outcome::NoRule => format!("the values of every source count for `{property}`"),
        Outcome::Undisputed => "no other source says otherwise".to_owned(),
        Outcome::Won {
            listed_as: Some(name),
        } => {
            format!("other sources say otherwise, and `{name}` comes before them for `{property}`")
        }
        Outcome::Won { listed_as: None } => format!(
            "other sources say otherwise, none is listed for `{property}`, and this one is first by its name"
        ),
        Outcome::Lost { to, listed_as } => {
            let source = graph
                .source_info(*to)
                .map_or("", |source| source.name.as_str());
            match listed_as {
                Some(name) => format!(
                    "source `{source}` says otherwise, and `{name}` comes first for `{property}`"
                ),
                None => format!(
                    "source `{source}` says otherwise, none is listed for `{property}`, and it is first by its name"
                ),
            }
        }
        Outcome::Surplus => {
            format!("`{property}` has one value, and this source says another one that is first")
        }
        Outcome::Identity => "it says that two names mean one thing".to_owned(),
        Outcome::Loop => "it links two names of one thing".to_owned(),
    }
}

/// Tells whether one of the names is the IRI or its short name.
pub(crate) fn is_named(iri: &str, names: &[String]) -> bool {
    names
        .iter()
        .any(|name| name == iri || name == short_name(iri))
}

/// Returns an IRI after its last `#`, `/` or `:`, or whole if nothing follows one.
pub(crate) fn short_name(iri: &str) -> &str {
    match iri.rsplit(['#', '/', ':']).next() {
        Some(name) if !name.is_empty() => name,
        _ => iri,
    }
}

#[cfg(test)]
mod tests {
    use super::short_name;

    #[test]
    fn a_short_name_is_what_follows_the_last_separator() {
        assert_eq!(
            short_name("http://www.w3.org/2004/02/skos/core#prefLabel"),
            "prefLabel"
        );
        assert_eq!(short_name("http://purl.org/dc/terms/title"), "title");
        assert_eq!(short_name("urn:x:y"), "y");
        assert_eq!(short_name("http://example.org/"), "http://example.org/");
    }
}
