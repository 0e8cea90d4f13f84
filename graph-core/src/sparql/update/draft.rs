//! What a request has changed so far, source by source, on top of the snapshot that it began with.

use std::borrow::Cow;

use oxrdf::{BlankNode, NamedOrBlankNode, Term, Triple};
use rustc_hash::FxHashMap;

use super::{PEOPLE, UpdateOptions};
use crate::commit::{Change, Commit};
use crate::dictionary::split_blank_label;
use crate::error::{Budget, Error, Result};
use crate::names::SourceName;
use crate::snapshot::Snapshot;

/// What becomes of one source.
struct Delta {
    exists: bool,
    /// Whether what the source said before still stands, but for the changes.
    kept: bool,
    /// True for a statement that is added, false for one that is removed.
    changes: FxHashMap<Triple, bool>,
}

/// The changes of a request.
pub(super) struct Draft<'a> {
    base: &'a Snapshot,
    options: &'a UpdateOptions,
    /// The sources that were touched, in the order in which they first were.
    deltas: Vec<(SourceName, Delta)>,
    places: FxHashMap<SourceName, usize>,
    /// The graph with the changes, made when it is asked for.
    shown: Option<Snapshot>,
    /// The numbers that new sources had when they were last shown.
    numbers: FxHashMap<SourceName, u16>,
    written: u64,
    bytes: u64,
    blanks: u64,
}

impl<'a> Draft<'a> {
    pub(super) fn new(base: &'a Snapshot, options: &'a UpdateOptions) -> Self {
        Self {
            base,
            options,
            deltas: Vec::new(),
            places: FxHashMap::default(),
            shown: None,
            numbers: FxHashMap::default(),
            written: 0,
            bytes: 0,
            blanks: 0,
        }
    }

    /// The graph as the operations until now make it.
    pub(super) fn snapshot(&mut self) -> Result<&Snapshot> {
        if self.deltas.is_empty() {
            return Ok(self.base);
        }
        let shown = match self.shown.take() {
            Some(shown) => shown,
            None => self.base.after(&self.commits())?,
        };
        for (source, _) in &self.deltas {
            let number = shown.source_id(source).map(|id| (source.clone(), id.0));
            self.numbers.extend(number);
        }
        Ok(self.shown.insert(shown))
    }

    pub(super) fn exists(&self, source: &SourceName) -> bool {
        match self.places.get(source).and_then(|&at| self.deltas.get(at)) {
            Some((_, delta)) => delta.exists,
            None => self.base.source_id(source).is_some(),
        }
    }

    /// The names of all sources that exist now.
    pub(super) fn sources(&self) -> Vec<SourceName> {
        let old = self.base.sources().iter().map(|info| &info.name);
        let new = self.deltas.iter().map(|(name, _)| name);
        let new = new.filter(|name| self.base.source_id(name).is_none());
        old.chain(new)
            .filter(|name| self.exists(name))
            .cloned()
            .collect()
    }

    /// Checks once that the source may be changed.
    fn touch(&mut self, source: &SourceName) -> Result<&mut Delta> {
        self.shown = None;
        if !self.places.contains_key(source) {
            self.options.may_write.check(source, self.base)?;
            let delta = Delta {
                exists: self.base.source_id(source).is_some(),
                kept: true,
                changes: FxHashMap::default(),
            };
            self.places.insert(source.clone(), self.deltas.len());
            self.deltas.push((source.clone(), delta));
        }
        let at = self.places.get(source).copied().unwrap_or_default();
        let found = self.deltas.get_mut(at).map(|(_, delta)| delta);
        Ok(found.expect("the place of a touched source is its delta's"))
    }

    /// Adds a statement to a source, or removes it.
    pub(super) fn write(
        &mut self,
        source: &SourceName,
        statement: Triple,
        add: bool,
    ) -> Result<()> {
        self.written += 1;
        self.bytes += bytes(&statement);
        let max = self.options.max_written;
        if self.written > max {
            let budget = Budget::Written(max);
            return Err(Error::OverBudget { budget });
        }
        let max = self.options.query.max_result_bytes;
        if self.bytes > max {
            let budget = Budget::ResultBytes(max);
            return Err(Error::OverBudget { budget });
        }
        let statement = self.own(source, statement);
        let delta = self.touch(source)?;
        if add {
            delta.exists = true;
            delta.changes.insert(statement, true);
        } else if delta.exists {
            delta.changes.insert(statement, false);
        }
        Ok(())
    }

    /// Lets a source exist and say nothing.
    pub(super) fn empty(&mut self, source: &SourceName) -> Result<()> {
        let delta = self.touch(source)?;
        delta.exists = true;
        delta.kept = false;
        delta.changes.clear();
        Ok(())
    }

    /// Lets a source not exist.
    pub(super) fn remove(&mut self, source: &SourceName) -> Result<()> {
        self.empty(source)?;
        self.touch(source)?.exists = false;
        Ok(())
    }

    /// Lets a source exist, with what it says.
    pub(super) fn create(&mut self, source: &SourceName) -> Result<()> {
        self.touch(source)?.exists = true;
        Ok(())
    }

    /// What a source says now; its blank nodes carry where they are from.
    pub(super) fn content(&mut self, source: &SourceName) -> Result<Vec<Triple>> {
        let snapshot = self.snapshot()?;
        let Some(id) = snapshot.source_id(source) else {
            return Ok(Vec::new());
        };
        let found = snapshot.matching(None, None, None, crate::snapshot::Scope::Source(id));
        Ok(found.map(|found| snapshot.statement(found)).collect())
    }

    /// Makes a blank node that no source has.
    pub(super) fn fresh(&mut self) -> BlankNode {
        self.blanks += 1;
        let version = self.base.version().0 + 1;
        BlankNode::new_unchecked(format!("u{version}-{}", self.blanks))
    }

    /// The commits that make the changes.
    pub(super) fn commits(&self) -> Vec<Commit> {
        let commits = self.deltas.iter().filter_map(|(source, delta)| {
            let known = self.base.source_id(source);
            let known = known.and_then(|id| self.base.source_info(id));
            Some(Commit {
                source: source.clone(),
                kind: known.map_or(PEOPLE, |info| info.kind.as_str()).to_owned(),
                actor: self.options.actor.clone(),
                time: self.options.time,
                change: delta.change(known.is_some())?,
            })
        });
        commits.collect()
    }

    /// A statement with the blank nodes of the source under their own labels, and others under that of their source.
    fn own(&self, source: &SourceName, statement: Triple) -> Triple {
        let known = self.base.source_id(source).map(|id| id.0);
        let number = known.or_else(|| self.numbers.get(source).copied());
        own_triple(statement, number)
    }
}

impl Delta {
    fn change(&self, existed: bool) -> Option<Change> {
        if !self.exists {
            return existed.then_some(Change::Remove);
        }
        let all = |added: bool| {
            let chosen = self.changes.iter().filter(|(_, is)| **is == added);
            let mut chosen: Vec<Triple> = chosen.map(|(statement, _)| statement.clone()).collect();
            // So that the same request numbers its terms in the same order.
            chosen.sort_by_cached_key(ToString::to_string);
            chosen
        };
        Some(if existed && self.kept {
            Change::Patch {
                remove: all(false),
                add: all(true),
            }
        } else {
            Change::Replace(all(true))
        })
    }
}

fn own_triple(triple: Triple, source: Option<u16>) -> Triple {
    let subject = match triple.subject {
        NamedOrBlankNode::BlankNode(node) => own_blank(&node, source).into(),
        subject @ NamedOrBlankNode::NamedNode(_) => subject,
    };
    let object = match triple.object {
        Term::BlankNode(node) => own_blank(&node, source).into(),
        Term::Triple(inner) => own_triple(*inner, source).into(),
        object => object,
    };
    Triple {
        subject,
        predicate: triple.predicate,
        object,
    }
}

/// A node that was copied from source to source keeps the label of where it is from.
fn own_blank(node: &BlankNode, source: Option<u16>) -> BlankNode {
    let mut label = node.as_str();
    while let Some((_, own)) = split_blank_label(label)
        && split_blank_label(own).is_some()
    {
        label = own;
    }
    match split_blank_label(label) {
        Some((of, own)) if Some(of) == source => BlankNode::new_unchecked(own),
        _ => BlankNode::new_unchecked(label),
    }
}

/// What a statement weighs against the bytes that a request may write.
fn bytes(statement: &Triple) -> u64 {
    let object: Cow<'_, str> = match &statement.object {
        Term::NamedNode(node) => node.as_str().into(),
        Term::Literal(literal) => literal.value().into(),
        Term::BlankNode(_) => "".into(),
        Term::Triple(inner) => return 64 + bytes(inner),
    };
    64 + object.len() as u64
}
