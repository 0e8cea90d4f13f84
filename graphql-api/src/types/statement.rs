//! The type `Statement`: one claim of one source.

use std::sync::Arc;

use async_graphql::SimpleObject;
use isogloss::Snapshot;
use isogloss::model::Entity as EntityView;

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
}

/// Makes a page of what the sources say of an entity.
pub(crate) fn page(
    snapshot: &Arc<Snapshot>,
    entity: EntityView<'_>,
    predicates: Option<&[String]>,
    page: Page,
) -> Connection<Statement> {
    let graph = snapshot.graph();
    let mut claims = entity.statements();
    if let Some(wanted) = predicates {
        claims.retain(|claim| is_named(&graph.text(claim.predicate), wanted));
    }
    let total = claims.len();
    let items = claims
        .iter()
        .skip(page.offset)
        .take(page.size)
        .map(|claim| {
            let predicate = graph.text(claim.predicate);
            Statement {
                name: short_name(&predicate).to_owned(),
                predicate,
                value: StatementValue::read(snapshot, entity.model(), claim.object),
                source: SourceRef::find_id(snapshot, claim.source).map(Source),
            }
        });
    Connection::new(page, total, items.collect())
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
