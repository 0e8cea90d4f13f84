//! What says that names mean one thing: `owl:sameAs`, equal keys, and what refuses it.

use rustc_hash::{FxHashMap, FxHashSet};

use super::groups::{Groups, objects};
use super::rules::{Child, Compiled};
use crate::segment::{Pattern, Row};

/// A key that more names share than this names nothing: it is a default or a mistake.
const SHARED_MAX: usize = 64;
/// When more names than this may change their group, all groups are found anew.
const NEIGHBOURS_MAX: usize = 1 << 19;

/// Links between names, in the order in which they join.
#[derive(Default)]
pub(super) struct Links {
    pub(super) same_as: Vec<(u32, u32)>,
    /// For each key property the names that share a value.
    pub(super) sharing: Vec<Vec<Vec<u32>>>,
    /// Pairs that stay apart, both ways round.
    pub(super) refused: FxHashSet<(u32, u32)>,
}

fn of_predicate(predicate: u16) -> Pattern {
    Pattern {
        predicate: Some(predicate),
        ..Pattern::default()
    }
}

impl Links {
    /// All links of the snapshot.
    pub(super) fn all(compiled: &Compiled<'_>) -> Self {
        let mut links = Self::default();
        let same_as = compiled
            .same_as
            .filter(|_| compiled.rules.identities.same_as);
        for row in same_as
            .into_iter()
            .flat_map(|p| compiled.claims(of_predicate(p)))
        {
            links.add_same_as(compiled, row);
        }
        for row in
            (compiled.different_from.into_iter()).flat_map(|p| compiled.claims(of_predicate(p)))
        {
            links.add_refusal(compiled, row);
        }
        for &key in &compiled.keys {
            let mut pairs: Vec<(u32, u32)> = (compiled.claims(of_predicate(key)))
                .map(|row| (row.object, row.subject))
                .collect();
            pairs.sort_unstable();
            pairs.dedup();
            let shared = pairs.chunk_by(|a, b| a.0 == b.0);
            links.sharing.push(
                shared
                    .filter(|names| (2..=SHARED_MAX).contains(&names.len()))
                    .map(|names| names.iter().map(|pair| pair.1).collect())
                    .collect(),
            );
        }
        links
    }

    /// The links of some names, which must lead to none of the other names.
    pub(super) fn among(compiled: &Compiled<'_>, names: &[u32]) -> Self {
        let mut links = Self::default();
        for &name in names {
            let subject = Some(name);
            for predicate in [compiled.same_as, compiled.different_from]
                .into_iter()
                .flatten()
            {
                let pattern = Pattern {
                    subject,
                    predicate: Some(predicate),
                    object: None,
                };
                for row in compiled.claims(pattern) {
                    if compiled.same_as != Some(predicate) {
                        links.add_refusal(compiled, row);
                    } else if compiled.rules.identities.same_as {
                        links.add_same_as(compiled, row);
                    }
                }
            }
        }
        for &key in &compiled.keys {
            let values: FxHashSet<u32> = names
                .iter()
                .flat_map(|&name| objects(compiled, name, key))
                .collect();
            let mut values: Vec<u32> = values.into_iter().collect();
            values.sort_unstable();
            let shared = values
                .into_iter()
                .filter_map(|value| sharers(compiled, key, value, 0));
            links
                .sharing
                .push(shared.filter(|names| names.len() > 1).collect());
        }
        links
    }

    fn add_same_as(&mut self, compiled: &Compiled<'_>, row: Row) {
        let is_link = row.subject != row.object && compiled.is_resource(row.object);
        if is_link && compiled.is_sure(row) {
            self.same_as.push((row.subject, row.object));
        }
    }

    fn add_refusal(&mut self, compiled: &Compiled<'_>, row: Row) {
        if compiled.may_refuse(row.source) {
            self.refused.insert((row.subject, row.object));
            self.refused.insert((row.object, row.subject));
        }
    }
}

/// The names that share a value of a key; `None` when they are too many to mean anything, by more than `slack`.
fn sharers(compiled: &Compiled<'_>, key: u16, value: u32, slack: usize) -> Option<Vec<u32>> {
    let pattern = Pattern {
        object: Some(value),
        ..of_predicate(key)
    };
    let mut distinct = FxHashSet::default();
    for row in compiled.claims(pattern) {
        distinct.insert(row.subject);
        if distinct.len() > SHARED_MAX + slack {
            return None;
        }
    }
    let mut names: Vec<u32> = distinct.into_iter().collect();
    names.sort_unstable();
    Some(names)
}

/// The names whose group a change may touch, with everything that they are or were or may be linked to.
///
/// `None` when they are too many.
pub(super) fn touched_names(
    compiled: &Compiled<'_>,
    old: &Groups,
    touched: &[Row],
) -> Option<Vec<u32>> {
    let mut search = Search {
        compiled,
        old,
        found: FxHashMap::default(),
        next: Vec::new(),
    };
    for row in touched {
        let p = row.predicate;
        if compiled.different_from == Some(p) || compiled.same_as == Some(p) {
            search.add(row.subject, false);
            search.add_resource(row.object, false);
        }
        for name in compiled.said_to_be_sure(*row) {
            search.add(name, false);
        }
        if compiled.keys.contains(&p) {
            search.add(row.subject, false);
            for name in sharers(compiled, p, row.object, touched.len()).unwrap_or_default() {
                search.add(name, false);
            }
        }
        for child in &compiled.children {
            if child.link == p {
                search.add_resource(row.object, false);
            }
            if child.link == p || child.key == Some(p) {
                search.add(row.subject, false);
            }
        }
        // Which sources speak of a name decides which of the group stands for the others.
        if old.is_grouped(row.subject) {
            search.add(row.subject, false);
        }
    }
    search.run()
}

struct Search<'a, 'c> {
    compiled: &'c Compiled<'a>,
    old: &'c Groups,
    /// Names found, and whether their parts were looked at too.
    found: FxHashMap<u32, bool>,
    next: Vec<(u32, bool)>,
}

impl Search<'_, '_> {
    fn add(&mut self, name: u32, with_parts: bool) {
        let known = self.found.get(&name).copied();
        if known.is_none_or(|known| with_parts && !known) {
            self.found.insert(name, with_parts);
            self.next.push((name, with_parts));
        }
    }

    fn add_resource(&mut self, name: u32, with_parts: bool) {
        if self.compiled.is_resource(name) {
            self.add(name, with_parts);
        }
    }

    fn run(mut self) -> Option<Vec<u32>> {
        while let Some((name, with_parts)) = self.next.pop() {
            if self.found.len() > NEIGHBOURS_MAX {
                return None;
            }
            self.expand(name, with_parts);
        }
        let mut names: Vec<u32> = self.found.into_keys().collect();
        names.sort_unstable();
        Some(names)
    }

    fn expand(&mut self, name: u32, with_parts: bool) {
        let compiled = self.compiled;
        let mut mates: Vec<u32> = Vec::new();
        if self.old.is_grouped(name) {
            mates.extend(self.old.mates(name));
        }
        if let Some(same_as) = compiled
            .same_as
            .filter(|_| compiled.rules.identities.same_as)
        {
            let claimed = Pattern {
                subject: Some(name),
                ..of_predicate(same_as)
            };
            let of_others = Pattern {
                object: Some(name),
                ..of_predicate(same_as)
            };
            mates.extend(compiled.claims(claimed).map(|row| row.object));
            mates.extend(compiled.claims(of_others).map(|row| row.subject));
            mates.retain(|&mate| compiled.is_resource(mate));
        }
        for &key in &compiled.keys {
            for value in objects(compiled, name, key) {
                mates.extend(sharers(compiled, key, value, 0).unwrap_or_default());
            }
        }
        mates.retain(|&mate| mate != name);
        let with_parts = with_parts || !mates.is_empty();
        for mate in mates {
            self.add(mate, true);
        }
        for &Child { link, .. } in &compiled.children {
            let wholes = Pattern {
                object: Some(name),
                ..of_predicate(link)
            };
            for row in compiled.claims(wholes) {
                self.add(row.subject, false);
            }
            if with_parts {
                for part in objects(compiled, name, link) {
                    self.add_resource(part, true);
                }
            }
        }
    }
}
