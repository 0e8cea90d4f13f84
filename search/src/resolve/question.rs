//! Asks back when the same words mean different things.

use semantic_model::EntityKind;

use super::candidates::{Placed, entity_ref};
use super::resolution::{ClarifyingOption, ClarifyingQuestion, EntityRef};
use crate::document::Documents;
use crate::resolve::ranker::Ranker;

/// At most this many meanings are offered first.
const OPTIONS_MAX: usize = 3;
/// So many further ones are kept for whoever asks for them.
const MORE_MAX: usize = 9;
/// A description is cut after this many characters.
const SNIPPET_CHARS: usize = 120;
/// At most this many columns are named to tell a dataset apart.
const KEY_COLUMNS: usize = 4;

/// Asks which of several meanings is meant; the first candidate of each product or domain is an option.
pub(crate) fn ask(
    text: &str,
    tied: &[&Placed],
    ranker: &Ranker,
    documents: &Documents,
) -> Option<ClarifyingQuestion> {
    let tied: Vec<&Placed> = tied.iter().copied().take(OPTIONS_MAX + MORE_MAX).collect();
    let mut options: Vec<ClarifyingOption> = tied
        .iter()
        .filter_map(|placed| option(placed, &tied, ranker, documents))
        .collect();
    if options.len() < 2 {
        return None;
    }
    let more = options.split_off(options.len().min(OPTIONS_MAX));
    let mut domains: Vec<&EntityRef> = options.iter().filter_map(|o| o.domain.as_ref()).collect();
    domains.sort_by(|a, b| a.iri.cmp(&b.iri));
    domains.dedup();
    let words = snippet(text);
    let rest = match more.len() {
        0 => String::new(),
        count => format!(" and {count} more"),
    };
    let text = if domains.len() > 1 && domains.len() == options.len() {
        let names: Vec<&str> = domains.iter().map(|d| d.label.as_str()).collect();
        format!(
            "`{words}` means different things in {}{rest}: which one do you mean?",
            listed(&names, !more.is_empty())
        )
    } else {
        format!(
            "`{words}` fits {} places: which one do you mean?",
            options.len() + more.len()
        )
    };
    Some(ClarifyingQuestion {
        text,
        options,
        more,
    })
}

/// Lists names; with an "and" before the last unless more come after it.
fn listed(names: &[&str], open: bool) -> String {
    match names {
        names if open => names.join(", "),
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn option(
    placed: &Placed,
    tied: &[&Placed],
    ranker: &Ranker,
    documents: &Documents,
) -> Option<ClarifyingOption> {
    let candidate = &placed.candidate;
    let term_first = placed.table.is_none() || placed.called;
    let subject = match (&candidate.term, candidate.subject()) {
        (Some(term), _) if term_first => term,
        (_, subject) => subject?,
    };
    // The domain stands beside the option; what tells it apart begins with what it is.
    let mut marks: Vec<String> = Vec::new();
    marks.extend(description(placed, documents).map(snippet));
    let product = candidate.product.as_ref();
    marks.extend(product.map(|p| format!("product {}", p.label)));
    if let Some(table) = placed.table {
        let keys = key_columns(table, tied, ranker, documents);
        if !keys.is_empty() {
            marks.push(format!("columns {}", keys.join(", ")));
        }
    }
    Some(ClarifyingOption {
        label: subject.label.clone(),
        iri: subject.iri.clone(),
        kind: subject.kind,
        domain: candidate.domain.clone(),
        distinction: marks.join("; "),
    })
}

fn description<'d>(placed: &Placed, documents: &'d Documents) -> Option<&'d str> {
    let of = |entity: &'d crate::document::Entity, kind: EntityKind, wanted: &Option<EntityRef>| {
        let same = wanted
            .as_ref()
            .is_some_and(|w| *w == entity_ref(entity, kind));
        if same {
            entity.description.as_deref()
        } else {
            None
        }
    };
    let candidate = &placed.candidate;
    let term = candidate.term.as_ref().and_then(|_| {
        documents
            .terms
            .iter()
            .find_map(|d| of(&d.entity, EntityKind::Term, &candidate.term))
    });
    let metric = candidate.metric.as_ref().and_then(|_| {
        documents
            .metrics
            .iter()
            .find_map(|d| of(&d.entity, EntityKind::Metric, &candidate.metric))
    });
    let dataset = placed.table.and_then(|t| {
        documents
            .datasets
            .get(t as usize)?
            .entity
            .description
            .as_deref()
    });
    let product = candidate.product.as_ref().and_then(|_| {
        documents
            .products
            .iter()
            .find_map(|d| of(&d.entity, EntityKind::DataProduct, &candidate.product))
    });
    term.or(metric).or(dataset).or(product)
}

/// Names columns that the other options lack, in their order.
fn key_columns<'d>(
    table: u32,
    tied: &[&Placed],
    ranker: &Ranker,
    documents: &'d Documents,
) -> Vec<&'d str> {
    let title = |column: u32| documents.columns[column as usize].entity.title();
    let elsewhere = |name: &str| {
        let others = tied
            .iter()
            .filter_map(|p| p.table)
            .filter(|&other| other != table);
        others
            .flat_map(|other| ranker.columns_of(other))
            .any(|&column| title(column).eq_ignore_ascii_case(name))
    };
    let own = ranker.columns_of(table).iter().map(|&column| title(column));
    own.filter(|name| !elsewhere(name))
        .take(KEY_COLUMNS)
        .collect()
}

fn snippet(text: &str) -> String {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if flat.chars().count() <= SNIPPET_CHARS {
        return flat;
    }
    let cut: String = flat.chars().take(SNIPPET_CHARS).collect();
    let end = cut.rfind(' ').unwrap_or(cut.len());
    format!("{}…", &cut[..end])
}
