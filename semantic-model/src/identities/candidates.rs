//! Tables that might be one, and other things of which a source says so, too unsure to be joined.

use std::collections::BTreeMap;

use graph_core::{Scope, TermId};
use rustc_hash::FxHashSet;

use super::{Rule, are_apart};
use crate::model::Model;
use crate::views::Dataset;

/// A table's name that more tables share says nothing, such as `events` in a hundred databases.
const NAMESAKES_MAX: usize = 32;

/// Which candidates to list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CandidateRequest {
    /// The least confidence, from 0 to 1.
    pub at_least: f64,
    /// How many at most.
    pub limit: usize,
}

impl Default for CandidateRequest {
    fn default() -> Self {
        Self {
            at_least: 0.5,
            limit: 50,
        }
    }
}

/// Two tables that might be one.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The name that stands for the one.
    pub one: TermId,
    /// The name that stands for the other.
    pub other: TermId,
    /// What speaks for it.
    pub rule: Rule,
    /// How sure it is, from 0 to 1.
    pub confidence: f64,
    /// What it rests on, for a person.
    pub because: String,
}

/// Tables that might be one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Candidates {
    /// The surest first.
    pub pairs: Vec<Candidate>,
    /// How many there are, listed or not.
    pub total: usize,
    /// Names that so many tables share that they were not compared.
    pub passed_over: Vec<String>,
}

/// Finds the tables that might be one but are not joined, and that nobody keeps apart.
///
/// Compares tables of one name only. Takes time in the tables, and in the square of those that share a name.
pub fn candidates(model: &Model<'_>, request: CandidateRequest) -> Candidates {
    let graph = model.graph();
    let mut by_name: BTreeMap<String, Vec<Table>> = BTreeMap::new();
    let mut seen = FxHashSet::default();
    for dataset in model.datasets() {
        let canonical = graph.canonical(dataset.id());
        if seen.insert(canonical) {
            for table in tables(model, dataset, canonical) {
                by_name
                    .entry(table.name().to_owned())
                    .or_default()
                    .push(table);
            }
        }
    }
    let mut found = Candidates::default();
    let mut best: BTreeMap<(TermId, TermId), Candidate> = BTreeMap::new();
    for (name, tables) in by_name {
        if tables.len() > NAMESAKES_MAX {
            found.passed_over.push(name);
            continue;
        }
        let columns: Vec<FxHashSet<String>> = if tables.len() > 1 {
            tables
                .iter()
                .map(|table| columns(model, table.id))
                .collect()
        } else {
            Vec::new()
        };
        for (at, one) in tables.iter().enumerate() {
            for (to, other) in tables.iter().enumerate().skip(at + 1) {
                let compared = compare(one, other, &columns[at], &columns[to]);
                let Some(candidate) = compared.filter(|it| it.confidence >= request.at_least)
                else {
                    continue;
                };
                if one.id == other.id || are_kept_apart(model, one.id, other.id) {
                    continue;
                }
                keep_surer(&mut best, candidate);
            }
        }
    }
    for candidate in doubted(model) {
        if candidate.confidence >= request.at_least {
            keep_surer(&mut best, candidate);
        }
    }
    found.pairs = best.into_values().collect();
    let names = |pair: &Candidate| (graph.text(pair.one), graph.text(pair.other));
    found.pairs.sort_by(|a, b| {
        let surer = b.confidence.total_cmp(&a.confidence);
        surer.then_with(|| names(a).cmp(&names(b)))
    });
    found.total = found.pairs.len();
    found.pairs.truncate(request.limit);
    found
}

/// Of several reasons why two things might be one the surest is kept.
fn keep_surer(best: &mut BTreeMap<(TermId, TermId), Candidate>, candidate: Candidate) {
    let (one, other) = (candidate.one, candidate.other);
    let known = best.entry((one.min(other), one.max(other)));
    known
        .and_modify(|known| {
            if candidate.confidence > known.confidence {
                known.clone_from(&candidate);
            }
        })
        .or_insert(candidate);
}

/// What a source says to be `owl:sameAs`, less sure than the rules ask for.
fn doubted(model: &Model<'_>) -> Vec<Candidate> {
    let graph = model.graph();
    let Some(same_as) = model.words().same_as else {
        return Vec::new();
    };
    let claims = graph.matching(None, Some(same_as), None, Scope::Claims);
    let open = claims.filter(|claim| {
        let (one, other) = (
            graph.canonical(claim.subject),
            graph.canonical(claim.object),
        );
        !graph.is_literal(claim.object)
            && one != other
            && !graph.is_sure(*claim)
            && !are_kept_apart(model, one, other)
    });
    let candidates = open.map(|claim| {
        let source = graph.source_info(claim.source);
        let source = source.map_or("a source", |info| info.name.as_str());
        Candidate {
            one: graph.canonical(claim.subject),
            other: graph.canonical(claim.object),
            rule: Rule::SameAs,
            confidence: graph.same_as_confidence(claim),
            because: format!("`{source}` says `owl:sameAs`, and is not sure enough"),
        }
    });
    candidates.collect()
}

/// Tells whether someone keeps any names of two things apart.
fn are_kept_apart(model: &Model<'_>, one: TermId, other: TermId) -> bool {
    let graph = model.graph();
    if model.words().different_from.is_none() {
        return false;
    }
    let others = graph.names_of(other);
    graph
        .names_of(one)
        .into_iter()
        .any(|one| others.iter().any(|&other| are_apart(graph, one, other)))
}

/// A table by one of its names.
struct Table {
    id: TermId,
    /// What it runs on; none for a table that only has a bare name.
    platform: Option<String>,
    /// Database, schema, table, as far as they are known.
    parts: Vec<String>,
}

impl Table {
    fn name(&self) -> &str {
        self.parts.last().map_or("", String::as_str)
    }
}

/// The tables by all the names of one thing.
fn tables(model: &Model<'_>, dataset: Dataset<'_>, canonical: TermId) -> Vec<Table> {
    let mut found = Vec::new();
    for id in model.graph().names_of(canonical) {
        for name in Dataset(model.entity_of(id)).qualified_names() {
            let (platform, bare) = name.split_once("://").unwrap_or(("", &name));
            let parts = bare.split('.').filter(|part| !part.is_empty());
            found.push(Table {
                id: canonical,
                platform: Some(platform.to_owned()).filter(|it| !it.is_empty()),
                parts: parts.map(str::to_lowercase).collect(),
            });
        }
    }
    if found.is_empty() {
        let name = dataset.name().unwrap_or_else(|| dataset.label());
        let parts = name.split('.').filter(|part| !part.trim().is_empty());
        found.push(Table {
            id: canonical,
            platform: None,
            parts: parts.map(|part| part.trim().to_lowercase()).collect(),
        });
    }
    found.retain(|table| !table.parts.is_empty());
    found
}

/// The columns of a thing under all its names.
fn columns(model: &Model<'_>, canonical: TermId) -> FxHashSet<String> {
    let names = model.graph().names_of(canonical).into_iter();
    let columns = names.flat_map(|id| Dataset(model.entity_of(id)).columns());
    columns
        .filter_map(|column| column.name())
        .map(|name| name.to_lowercase())
        .collect()
}

/// Compares two tables of one name.
fn compare(
    one: &Table,
    other: &Table,
    mine: &FxHashSet<String>,
    its: &FxHashSet<String>,
) -> Option<Candidate> {
    let common = mine.intersection(its).count();
    let all = mine.len() + its.len() - common;
    let overlap = if all == 0 {
        None
    } else {
        Some(ratio(common, all))
    };
    let platforms_fit = match (&one.platform, &other.platform) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    };
    let (short, long) = if one.parts.len() <= other.parts.len() {
        (one, other)
    } else {
        (other, one)
    };
    let is_part =
        platforms_fit && short.parts.len() < long.parts.len() && long.parts.ends_with(&short.parts);
    let (rule, base, because) = if is_part {
        let base = if short.parts.len() > 1 { 0.8 } else { 0.6 };
        let because = format!(
            "`{}` may be `{}`",
            short.parts.join("."),
            long.parts.join(".")
        );
        (Rule::PartialName, base, because)
    } else {
        let overlap = overlap.filter(|_| mine.len().min(its.len()) > 1)?;
        // Two full names of one system that differ are two tables, such as those of a test.
        let are_full =
            platforms_fit && one.platform.is_some() && one.parts.len().min(other.parts.len()) > 2;
        let most = if are_full { 0.3 } else { 0.75 };
        let because = format!("both are called `{}`", one.name());
        (Rule::SameColumns, most * overlap, because)
    };
    let (confidence, because) = match overlap {
        Some(overlap) if is_part => (
            (base + 0.15 * (2.0 * overlap - 1.0)).min(0.95),
            format!("{because}; {common} of {all} columns are called the same"),
        ),
        Some(_) => (
            base,
            format!("{because}; {common} of {all} columns are called the same"),
        ),
        None => (base, because),
    };
    Some(Candidate {
        one: one.id,
        other: other.id,
        rule,
        confidence,
        because,
    })
}

fn ratio(part: usize, whole: usize) -> f64 {
    let of = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    of(part) / of(whole)
}
