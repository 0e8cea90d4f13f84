//! From the references of a story to the entities of the graph.

use std::collections::HashMap;

use isogloss::Snapshot;
use isogloss::model::EntityKind;

/// Which entities a reference means: `pg:pagila/public.customer` is `public.customer` of the source `pg-pagila`.
pub(super) struct Refs {
    of: HashMap<(String, String), Vec<String>>,
}

impl Refs {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let model = snapshot.model();
        let mut of: HashMap<(String, String), Vec<String>> = HashMap::new();
        let kinds = [
            EntityKind::DataProduct,
            EntityKind::Dataset,
            EntityKind::Term,
            EntityKind::Metric,
        ];
        for entity in kinds.into_iter().flat_map(|kind| model.entities(kind)) {
            let iri = entity.iri();
            let mut names = vec![iri.to_lowercase(), tail(&iri), two_tails(&iri)];
            names.extend(entity.name().map(|name| name.to_lowercase()));
            for id in entity.identifiers() {
                names.push(last(&id, &['.']));
                names.push(id.to_lowercase());
            }
            names.sort_unstable();
            names.dedup();
            for source in entity.sources() {
                // A source read in parts, `sdm.energy` and `sdm.water`, is one.
                let whole = source.name().split('.').next().unwrap_or_default();
                for name in &names {
                    let key = (whole.to_owned(), name.clone());
                    of.entry(key).or_default().push(iri.clone());
                }
            }
        }
        Self { of }
    }

    /// Returns the IRIs that a reference may mean; none when nothing in the graph answers to it.
    pub(super) fn iris(&self, reference: &str) -> &[String] {
        let (source, name) = parse(reference);
        let name = name.to_lowercase();
        let by_tail = last(&name, &['/', '.']);
        let named = |name: &str| self.of.get(&(source.clone(), name.to_owned()));
        // Only where the source has no such name in full is the last part of it taken.
        let found = named(&name).or_else(|| named(&by_tail));
        found.map_or(&[], Vec::as_slice)
    }
}

/// Splits a reference into the source that it speaks of and the name there.
pub(super) fn parse(reference: &str) -> (String, &str) {
    let (scheme, rest) = reference.split_once(':').unwrap_or(("", reference));
    let rest = rest.split('#').next().unwrap_or_default();
    match rest.split_once('/') {
        Some((scope, name)) if scoped(scheme) => (source(scheme, scope), name),
        _ => (source(scheme, ""), rest),
    }
}

/// Tells whether what follows a scheme names one of several sources of its kind.
fn scoped(scheme: &str) -> bool {
    matches!(scheme, "pg" | "dbt" | "ehr" | "lookml")
}

/// The name of the source that a scheme and its scope are read as.
pub(super) fn source(scheme: &str, scope: &str) -> String {
    let name = if scope.is_empty() {
        scheme.to_owned()
    } else {
        format!("{scheme}-{scope}")
    };
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    name.chars().map(plain).collect()
}

fn last(text: &str, separators: &[char]) -> String {
    text.rsplit(separators)
        .next()
        .unwrap_or(text)
        .to_lowercase()
}

fn tail(iri: &str) -> String {
    last(iri, &['/', '#', ':'])
}

/// The last two parts of an IRI, written as a qualified name.
fn two_tails(iri: &str) -> String {
    let mut parts = iri.rsplit(['/', '#', ':']);
    let (name, above) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    format!("{above}.{name}").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_name_a_source_and_something_in_it() {
        assert_eq!(
            parse("pg:pagila/public.customer#customer_id"),
            ("pg-pagila".to_owned(), "public.customer")
        );
        assert_eq!(
            parse("ehr:mimic_iii/PATIENTS"),
            ("ehr-mimic-iii".to_owned(), "PATIENTS")
        );
        assert_eq!(parse("osi:metric/x"), ("osi".to_owned(), "metric/x"));
        assert_eq!(parse("plain"), (String::new(), "plain"));
        assert_eq!(
            two_tails("urn:isogloss:dataset:s/public/Customer"),
            "public.customer"
        );
    }
}
