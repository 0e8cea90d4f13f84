//! Why several names are one thing, who keeps names apart, and which names might be one.
//!
//! The merged view joins names by the rules of [`crate::merge`]; [`links`] says which rule joined which two, how sure
//! it is and who says what it rests on. [`candidates`] lists what is too unsure to join.

mod candidates;

use graph_core::{ChildRule, IdStatement, Scope, Snapshot, SourceId, TermId};
use ontologies::{iso, owl};

use crate::model::Model;

pub use candidates::{Candidate, CandidateRequest, Candidates, candidates};

/// Links between the parts of things go so many levels down: table, schema, column.
const LEVELS_MAX: usize = 4;

/// A rule by which names are one, or may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rule {
    /// A source says `owl:sameAs`.
    SameAs,
    /// They have one physical name: platform, database, schema and table, whatever their case and quotes.
    QualifiedName,
    /// They share the value of another property that the configuration names as a key.
    Key,
    /// They are the one part of their kind of things that are one, such as the schema of a table.
    OnlyPart,
    /// They are parts of things that are one, and have one name.
    PartName,
    /// As [`Rule::PartName`], in names of which only the case differs.
    PartNameCase,
    /// One has a physical name that ends as the other's does, and says less. Never joined.
    PartialName,
    /// Tables of one name with many columns in common. Never joined.
    SameColumns,
}

impl Rule {
    /// Returns the name of the rule.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SameAs => "same-as",
            Self::QualifiedName => "qualified-name",
            Self::Key => "key",
            Self::OnlyPart => "only-part",
            Self::PartName => "part-name",
            Self::PartNameCase => "part-name-case",
            Self::PartialName => "partial-name",
            Self::SameColumns => "same-columns",
        }
    }
}

/// Two names that a rule joins.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// One name.
    pub one: TermId,
    /// The other.
    pub other: TermId,
    /// What joins them.
    pub rule: Rule,
    /// How sure it is, from 0 to 1.
    pub confidence: f64,
    /// What it rests on, for a person.
    pub because: String,
    /// Who says it, each once.
    pub sources: Vec<SourceId>,
}

/// Two names that a source keeps apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// One name.
    pub one: TermId,
    /// The other.
    pub other: TermId,
    /// Who refuses.
    pub source: SourceId,
}

/// Returns what joins the names of a thing, the surest first; nothing for a thing of one name.
///
/// Takes time in what is said of these names; quadratic in their number, which the rules keep small.
pub fn links(graph: &Snapshot, name: TermId) -> Vec<Link> {
    links_within(graph, name, LEVELS_MAX)
}

/// Returns the surest way by which two names are one; `None` when they are not.
pub fn why(graph: &Snapshot, one: TermId, other: TermId) -> Option<Vec<Link>> {
    if graph.canonical(one) != graph.canonical(other) {
        return None;
    }
    surest(&links(graph, one), one, other)
}

/// Returns how sure a way of several links is.
pub fn confidence(way: &[Link]) -> f64 {
    way.iter().map(|link| link.confidence).product()
}

/// Returns who keeps a name, or another name of the same thing, apart from which others.
pub fn refusals(graph: &Snapshot, name: TermId) -> Vec<Refusal> {
    let Some(different) = graph.id_of_iri(owl::DIFFERENT_FROM) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for name in graph.names_of(name) {
        let outward = graph.matching(Some(name), Some(different), None, Scope::Claims);
        let inward = graph.matching(None, Some(different), Some(name), Scope::Claims);
        for claim in outward
            .chain(inward)
            .filter(|it| may_refuse(graph, it.source))
        {
            let is_known = |known: &Refusal| {
                known.source == claim.source
                    && [(claim.subject, claim.object), (claim.object, claim.subject)]
                        .contains(&(known.one, known.other))
            };
            if !found.iter().any(is_known) {
                found.push(Refusal {
                    one: claim.subject,
                    other: claim.object,
                    source: claim.source,
                });
            }
        }
    }
    found
}

/// Tells whether someone who may say so keeps two names apart.
pub fn are_apart(graph: &Snapshot, one: TermId, other: TermId) -> bool {
    let Some(different) = graph.id_of_iri(owl::DIFFERENT_FROM) else {
        return false;
    };
    [(one, other), (other, one)]
        .into_iter()
        .any(|(one, other)| {
            graph
                .matching(Some(one), Some(different), Some(other), Scope::Claims)
                .any(|claim| may_refuse(graph, claim.source))
        })
}

fn may_refuse(graph: &Snapshot, source: SourceId) -> bool {
    let names = &graph.merge_rules().identities.refused_by;
    graph.source_info(source).is_some_and(|info| {
        let is_meant = |name: &String| *name == info.kind || name == info.name.as_str();
        names.iter().any(is_meant)
    })
}

fn links_within(graph: &Snapshot, name: TermId, levels: usize) -> Vec<Link> {
    let names = graph.names_of(name);
    if names.len() < 2 || levels == 0 {
        return Vec::new();
    }
    let rules = &graph.merge_rules().identities;
    let mut links = Vec::new();
    if rules.same_as {
        same_as_links(graph, &names, &mut links);
    }
    for key in &rules.keys {
        key_links(graph, &names, key, &mut links);
    }
    for child in &rules.children {
        part_links(graph, &names, child, levels, &mut links);
    }
    links.retain(|link| !are_apart(graph, link.one, link.other));
    let text = |id| graph.text(id);
    links.sort_by(|a, b| {
        let by_names =
            || (text(a.one), text(a.other), a.rule).cmp(&(text(b.one), text(b.other), b.rule));
        b.confidence.total_cmp(&a.confidence).then_with(by_names)
    });
    links
}

/// The way of the greatest confidence: a walk that settles the surest name first.
fn surest(links: &[Link], from: TermId, to: TermId) -> Option<Vec<Link>> {
    let mut settled: Vec<TermId> = Vec::new();
    let mut open: Vec<(f64, TermId, Vec<usize>)> = vec![(1.0, from, Vec::new())];
    while let Some(best) = (0..open.len()).max_by(|&a, &b| open[a].0.total_cmp(&open[b].0)) {
        let (sure, name, way) = open.swap_remove(best);
        if name == to {
            return Some(way.into_iter().map(|at| links[at].clone()).collect());
        }
        if settled.contains(&name) {
            continue;
        }
        settled.push(name);
        for (at, link) in links.iter().enumerate() {
            let next = match name {
                _ if name == link.one => link.other,
                _ if name == link.other => link.one,
                _ => continue,
            };
            let way = way.iter().copied().chain([at]).collect();
            open.push((sure * link.confidence, next, way));
        }
    }
    None
}

fn same_as_links(graph: &Snapshot, names: &[TermId], links: &mut Vec<Link>) {
    let Some(same_as) = graph.id_of_iri(owl::SAME_AS) else {
        return;
    };
    for &one in names {
        for claim in graph.matching(Some(one), Some(same_as), None, Scope::Claims) {
            let is_link = claim.object != one && names.contains(&claim.object);
            if !is_link || !graph.is_sure(claim) {
                continue;
            }
            let is_known = |link: &&mut Link| {
                link.rule == Rule::SameAs && link.one == one && link.other == claim.object
            };
            if let Some(known) = links.iter_mut().find(is_known) {
                known.sources.push(claim.source);
                continue;
            }
            links.push(Link {
                one,
                other: claim.object,
                rule: Rule::SameAs,
                confidence: graph.same_as_confidence(claim),
                because: "a source says `owl:sameAs`".to_owned(),
                sources: vec![claim.source],
            });
        }
    }
}

/// Links of names that share the value of a key.
fn key_links(graph: &Snapshot, names: &[TermId], key: &str, links: &mut Vec<Link>) {
    let Some(predicate) = graph.id_of_iri(key) else {
        return;
    };
    let is_physical = key == iso::QUALIFIED_NAME;
    let claims: Vec<IdStatement> = names
        .iter()
        .flat_map(|&name| graph.matching(Some(name), Some(predicate), None, Scope::Claims))
        .collect();
    for (at, &one) in names.iter().enumerate() {
        for &other in &names[at + 1..] {
            let mine = claims.iter().filter(|claim| claim.subject == one);
            let shared = mine.map(|claim| claim.object).find(|value| {
                let is_its = |claim: &IdStatement| claim.subject == other && claim.object == *value;
                claims.iter().any(is_its)
            });
            let Some(value) = shared else { continue };
            let who = claims
                .iter()
                .filter(|claim| claim.object == value && [one, other].contains(&claim.subject));
            let mut sources: Vec<SourceId> = who.map(|claim| claim.source).collect();
            sources.sort_unstable();
            sources.dedup();
            let text = graph.text(value);
            links.push(Link {
                one,
                other,
                rule: if is_physical {
                    Rule::QualifiedName
                } else {
                    Rule::Key
                },
                confidence: if is_physical {
                    name_confidence(&text)
                } else {
                    0.9
                },
                because: format!("both are `{text}`"),
                sources,
            });
        }
    }
}

/// How sure it is that two things of one physical name are one: the more the name says, the surer.
fn name_confidence(name: &str) -> f64 {
    let bare = name.split_once("://").map_or(name, |(_, bare)| bare);
    match bare
        .split(['.', '/'])
        .filter(|part| !part.is_empty())
        .count()
    {
        0 | 1 => 0.9,
        2 => 0.95,
        _ => 0.99,
    }
}

/// Links of the parts of things that are one.
fn part_links(
    graph: &Snapshot,
    names: &[TermId],
    rule: &ChildRule,
    levels: usize,
    links: &mut Vec<Link>,
) {
    let Some(link) = graph.id_of_iri(&rule.link) else {
        return;
    };
    let wholes: Vec<(TermId, Vec<IdStatement>)> = names
        .iter()
        .map(|&name| {
            (
                name,
                graph
                    .matching(None, Some(link), Some(name), Scope::Claims)
                    .collect(),
            )
        })
        .collect();
    for (at, (one, of_one)) in wholes.iter().enumerate() {
        for (other, of_other) in &wholes[at + 1..] {
            let pair = of_one.iter().find_map(|a| {
                let is_one = |b: &&IdStatement| {
                    a.subject != b.subject
                        && graph.canonical(a.subject) == graph.canonical(b.subject)
                };
                of_other.iter().find(is_one).map(|b| (a, b))
            });
            let (Some((a, b)), Some((kind, because))) =
                (pair, part_rule(graph, rule, *one, *other))
            else {
                continue;
            };
            let above = links_within(graph, a.subject, levels - 1);
            let Some(way) = surest(&above, a.subject, b.subject) else {
                continue;
            };
            let own = if kind == Rule::PartNameCase {
                0.95
            } else {
                1.0
            };
            let mut sources = vec![a.source, b.source];
            sources.sort_unstable();
            sources.dedup();
            links.push(Link {
                one: *one,
                other: *other,
                rule: kind,
                confidence: own * confidence(&way),
                because: format!(
                    "{because} of `{}` and `{}`, which are one",
                    graph.text(a.subject),
                    graph.text(b.subject)
                ),
                sources,
            });
        }
    }
}

/// How two parts are told to be one, and in which words.
fn part_rule(
    graph: &Snapshot,
    rule: &ChildRule,
    one: TermId,
    other: TermId,
) -> Option<(Rule, String)> {
    let Some(key) = &rule.key else {
        return Some((Rule::OnlyPart, "the only parts of their kind".to_owned()));
    };
    let key = graph.id_of_iri(key)?;
    let texts = |name| {
        graph
            .objects(name, key)
            .map(|value| graph.text(value))
            .collect::<Vec<_>>()
    };
    let (mine, its) = (texts(one), texts(other));
    if let Some(name) = mine.iter().find(|name| its.contains(name)) {
        return Some((Rule::PartName, format!("both are `{name}`")));
    }
    let folded = |name: &&String| {
        its.iter()
            .any(|other| other.to_lowercase() == name.to_lowercase())
    };
    let name = mine.iter().find(folded).filter(|_| rule.fold_case)?;
    Some((
        Rule::PartNameCase,
        format!("both are `{name}` but for the case"),
    ))
}

/// What someone who is sure enough says to be the same.
pub(crate) fn said_same(model: &Model<'_>, id: TermId) -> Vec<TermId> {
    let word = model.words().same_as;
    let mut found = model.objects(id, word);
    found.retain(|other| !model.is_literal(*other));
    found.extend(model.subjects(word, id));
    found.retain(|other| model.graph().is_surely_same(id, *other));
    found
}

/// The names of things that are the same table for someone who reads a single entity: refused ones left out.
pub(crate) fn without_refused(model: &Model<'_>, of: TermId, ids: &mut Vec<TermId>) {
    if model.words().different_from.is_some() {
        ids.retain(|&id| !are_apart(model.graph(), of, id));
    }
}

#[cfg(test)]
mod tests;
