//! Why a claim is in the merged view or not.

use rustc_hash::FxHashSet;

use super::groups::Groups;
use super::rules::{Compiled, Order};
use super::view::{Claim, Moved, by_rank, compete, moved, winners};
use crate::names::{SourceId, TermId};
use crate::segment::{Pattern, Row};
use crate::snapshot::{IdStatement, Snapshot};

/// What the merged view makes of one claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The claim, as its source makes it.
    pub claim: IdStatement,
    /// Whether the merged view says it, with the names that stand for its ends.
    pub shown: bool,
    /// Why.
    pub outcome: Outcome,
}

/// Why a claim is in the merged view or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The property has no rule: the values of every source count.
    NoRule,
    /// No other source claims another value.
    Undisputed,
    /// Other sources claim other values, and this source comes before them.
    Won {
        /// The name or kind by which the rule lists the source; `None` when it does not.
        listed_as: Option<String>,
    },
    /// A source that comes first claims another value.
    Lost {
        /// That source.
        to: SourceId,
        /// The name or kind by which the rule lists it; `None` when it lists neither, and the name of the source decides.
        listed_as: Option<String>,
    },
    /// The property has one value only, and the same source claims one that comes first.
    Surplus,
    /// It says that two names mean one thing, as the merged view does for all names that were joined.
    Identity,
    /// It links two names of one thing.
    Loop,
}

impl Snapshot {
    /// Returns every claim about a thing under any of its names, with what the merged view makes of it.
    ///
    /// Sorted by predicate, value, source, subject, each by its number.
    pub fn verdicts(&self, thing: TermId, predicate: Option<TermId>) -> Vec<Verdict> {
        let compiled = Compiled::new(self, self.merge_rules());
        let nothing = Groups::default();
        let groups = self.merge_state().map_or(&nothing, |state| state.groups());
        let wanted = match predicate.map(|predicate| self.predicate_number(predicate.0)) {
            Some(None) => return Vec::new(),
            Some(number) => number,
            None => None,
        };
        let mut rows: Vec<Row> = Vec::new();
        for name in groups.mates(groups.canonical(thing.0)) {
            let pattern = Pattern {
                subject: Some(name),
                predicate: wanted,
                object: None,
            };
            rows.extend(compiled.claims(pattern));
        }
        rows.sort_unstable_by_key(|row| (row.predicate, row.object, row.source, row.subject));
        let mut verdicts = Vec::with_capacity(rows.len());
        for of_predicate in rows.chunk_by(|a, b| a.predicate == b.predicate) {
            judge(&compiled, groups, of_predicate, &mut verdicts);
        }
        verdicts
    }

    pub(crate) fn id_statement(&self, row: Row) -> IdStatement {
        IdStatement {
            subject: TermId(row.subject),
            predicate: TermId(self.predicate_table().term(row.predicate)),
            object: TermId(row.object),
            source: SourceId(row.source),
        }
    }
}

fn judge(compiled: &Compiled<'_>, groups: &Groups, rows: &[Row], verdicts: &mut Vec<Verdict>) {
    let moved: Vec<Moved> = rows
        .iter()
        .map(|&row| moved(compiled, groups, row))
        .collect();
    let claims: Vec<Claim> = moved.iter().filter_map(Moved::claim).collect();
    let wins = winners(compiled, &claims);
    let kept: FxHashSet<u32> = (claims.iter().zip(&wins))
        .filter(|(_, wins)| **wins)
        .map(|(claim, _)| claim.object)
        .collect();
    let mut position = 0;
    for (&row, moved) in rows.iter().zip(&moved) {
        let (shown, outcome) = match moved {
            Moved::Identity => (is_told(groups, row), Outcome::Identity),
            Moved::Loop => (false, Outcome::Loop),
            Moved::Claim(claim) => {
                position += 1;
                (
                    kept.contains(&claim.object),
                    outcome(compiled, &claims, position - 1),
                )
            }
        };
        verdicts.push(Verdict {
            claim: compiled.snapshot.id_statement(row),
            shown,
            outcome,
        });
    }
}

/// Tells whether the merged view says the same of the names.
fn is_told(groups: &Groups, row: Row) -> bool {
    let canonical = groups.canonical(row.subject);
    row.subject == canonical && row.object != canonical && groups.canonical(row.object) == canonical
}

fn outcome(compiled: &Compiled<'_>, claims: &[Claim], position: usize) -> Outcome {
    let claim = claims[position];
    let source = claim.row.source;
    let Some(rule) = compiled.rule_of(claim.row.predicate) else {
        return Outcome::NoRule;
    };
    let listed_as = |source| {
        let order = Order::Property(rule);
        compiled
            .names(order)
            .get(compiled.rank(order, source))
            .cloned()
    };
    let single = compiled.rules.properties[rule].single;
    let mut disputed = false;
    let mut is_before = true;
    for at in by_rank(compiled, rule, claims) {
        let other = claims[at];
        is_before &= at != position;
        if other.object == claim.object || !compete(compiled, other.object, claim.object) {
            continue;
        }
        if other.row.source != source {
            if is_before {
                return Outcome::Lost {
                    to: SourceId(other.row.source),
                    listed_as: listed_as(other.row.source),
                };
            }
            disputed = true;
        } else if is_before && single {
            return Outcome::Surplus;
        }
    }
    if disputed {
        Outcome::Won {
            listed_as: listed_as(source),
        }
    } else {
        Outcome::Undisputed
    }
}
