//! What the merged view says of one thing.

use std::collections::BTreeSet;

use super::groups::Groups;
use super::rules::{Compiled, Order};
use crate::dictionary::{Aux, Kind};
use crate::names::TermId;
use crate::segment::{Pattern, Row};

/// The difference between the merged view and the union.
#[derive(Default)]
pub(super) struct Corrections {
    /// Statements of the union that the merged view leaves out, all as of source 0.
    pub(super) hidden: Vec<Row>,
    /// Statements of the merged view that are not in the union, each with a source that claims it.
    pub(super) extra: Vec<Row>,
}

/// One claim, moved to the names that stand for its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) row: Row,
    /// The name that stands for the object.
    pub(super) object: u32,
}

/// What became of a claim before any rule was asked.
pub(super) enum Moved {
    /// It may be in the merged view.
    Claim(Claim),
    /// It says that two names mean one thing, which the merged view says in its own way.
    Identity,
    /// It links two names of one thing.
    Loop,
}

impl Moved {
    pub(super) fn claim(&self) -> Option<Claim> {
        match self {
            Self::Claim(claim) => Some(*claim),
            Self::Identity | Self::Loop => None,
        }
    }
}

/// Moves a claim to the names that stand for its ends.
pub(super) fn moved(compiled: &Compiled<'_>, groups: &Groups, row: Row) -> Moved {
    if compiled.rules.identities.same_as && compiled.is_same_as(row.predicate, row.object) {
        return Moved::Identity;
    }
    let object = groups.canonical(row.object);
    if row.subject != row.object && object == groups.canonical(row.subject) {
        return Moved::Loop;
    }
    Moved::Claim(Claim { row, object })
}

/// Compares the merged view of one thing with what the union says of all its names.
pub(super) fn correct(
    compiled: &Compiled<'_>,
    groups: &Groups,
    canonical: u32,
    corrections: &mut Corrections,
) {
    let mut claims: Vec<Claim> = Vec::new();
    let mut union: BTreeSet<(u32, u16, u32)> = BTreeSet::new();
    for name in groups.mates(canonical) {
        let pattern = Pattern {
            subject: Some(name),
            ..Pattern::default()
        };
        for row in compiled.claims(pattern) {
            union.insert((row.subject, row.predicate, row.object));
            claims.extend(moved(compiled, groups, row).claim());
        }
    }
    claims.sort_unstable_by_key(|claim| (claim.row.predicate, claim.object, claim.row.source));
    let mut kept: Vec<Row> = Vec::with_capacity(claims.len());
    for of_predicate in claims.chunk_by(|a, b| a.row.predicate == b.row.predicate) {
        let winners = winners(compiled, of_predicate);
        for (claim, _) in of_predicate.iter().zip(winners).filter(|(_, wins)| *wins) {
            kept.push(Row {
                subject: canonical,
                object: claim.object,
                ..claim.row
            });
        }
    }
    if let Some(predicate) = compiled.same_as {
        let same = |&object: &u32| Row {
            subject: canonical,
            predicate,
            object,
            source: 0,
        };
        kept.extend(groups.others(canonical).iter().map(same));
    }
    kept.sort_unstable();
    kept.dedup_by_key(|row| (row.subject, row.predicate, row.object));
    for &(subject, predicate, object) in &union {
        let is_kept = subject == canonical
            && (kept.binary_search_by_key(&(predicate, object), |row| (row.predicate, row.object)))
                .is_ok();
        if !is_kept {
            corrections.hidden.push(Row {
                subject,
                predicate,
                object,
                source: 0,
            });
        }
    }
    let is_new = |row: &Row| !union.contains(&(row.subject, row.predicate, row.object));
    corrections.extra.extend(kept.into_iter().filter(is_new));
}

/// Tells for each claim of one property of one thing whether a rule lets it into the merged view.
///
/// Values compete when they are in the same language, and a value without a language with every other. From the best
/// source to the last, a claim wins when no better one competes with it.
pub(super) fn winners(compiled: &Compiled<'_>, claims: &[Claim]) -> Vec<bool> {
    let mut wins = vec![true; claims.len()];
    let Some(rule) = claims
        .first()
        .and_then(|claim| compiled.rule_of(claim.row.predicate))
    else {
        return wins;
    };
    let single = compiled.rules.properties[rule].single;
    let of_one_source = claims
        .windows(2)
        .all(|pair| pair[0].row.source == pair[1].row.source);
    if claims.len() < 2 || of_one_source && !single {
        return wins;
    }
    let mut taken = Taken::default();
    let ordered = by_rank(compiled, rule, claims);
    for of_source in ordered.chunk_by(|&a, &b| claims[a].row.source == claims[b].row.source) {
        for &at in of_source {
            wins[at] = taken.leaves(language(compiled, claims[at].object));
            if single {
                taken.take(language(compiled, claims[at].object));
            }
        }
        for &at in of_source {
            taken.take(language(compiled, claims[at].object));
        }
    }
    wins
}

/// Positions of the claims, of the best source first; ties go by the name of the source, then by the text.
pub(super) fn by_rank(compiled: &Compiled<'_>, rule: usize, claims: &[Claim]) -> Vec<usize> {
    let mut ordered: Vec<usize> = (0..claims.len()).collect();
    ordered.sort_by_cached_key(|&at| {
        let claim = &claims[at];
        let source = claim.row.source;
        (
            compiled.rank(Order::Property(rule), source),
            compiled.source_name(source),
            compiled.snapshot.term(TermId(claim.object)).to_string(),
        )
    });
    ordered
}

/// The languages in which a value was found.
#[derive(Default)]
struct Taken<'a> {
    plain: bool,
    languages: BTreeSet<&'a str>,
}

impl<'a> Taken<'a> {
    fn leaves(&self, language: Option<&'a str>) -> bool {
        match language {
            Some(language) => !self.plain && !self.languages.contains(language),
            None => !self.plain && self.languages.is_empty(),
        }
    }

    fn take(&mut self, language: Option<&'a str>) {
        match language {
            Some(language) => {
                self.languages.insert(language);
            }
            None => self.plain = true,
        }
    }
}

/// Tells whether two values cannot both be in the merged view when a rule decides.
pub(super) fn compete(compiled: &Compiled<'_>, one: u32, other: u32) -> bool {
    match (language(compiled, one), language(compiled, other)) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    }
}

/// The language tag of a text; tags are kept in lower case by the parsers.
fn language<'a>(compiled: &Compiled<'a>, object: u32) -> Option<&'a str> {
    let key = compiled.snapshot.dictionary().key(object);
    match (key.kind, key.aux) {
        (Kind::Lang | Kind::LangLtr | Kind::LangRtl, Aux::Name(tag)) => Some(tag),
        _ => None,
    }
}
