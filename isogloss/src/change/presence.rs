//! Whether the graph spoke of a thing before a change and after it.
//!
//! No old version is built for that: from the newest one the changes are taken back one by one, newest first, with a
//! count of statements for each thing that they touch. What is found out about a change stays true and is kept.

use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::sync::Arc;

use graph_core::rdf::{BlankNode, RdfTerm};
use graph_core::{Scope, Snapshot, Store, Version};
use parking_lot::Mutex;
use std::collections::HashMap;

use crate::Result;

/// Things whose presence is kept at most, a byte for each.
const KEPT_MAX: usize = 16 << 20;

/// Whether the graph spoke of a thing on either side of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Presence {
    pub(super) before: bool,
    pub(super) after: bool,
}

/// For each change of a version, the presence of each of its subjects.
pub(super) type OfVersion = Arc<Vec<Vec<Presence>>>;

/// What was found out.
#[derive(Default)]
pub(super) struct Presences {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    versions: BTreeMap<u64, OfVersion>,
    size: usize,
}

impl Kept {
    fn insert(&mut self, version: u64, found: &OfVersion) {
        let size = |of: &OfVersion| of.iter().map(Vec::len).sum::<usize>();
        self.size += size(found);
        if let Some(known) = self.versions.insert(version, Arc::clone(found)) {
            self.size -= size(&known);
        }
        // A reader goes from old to new: what it needs last goes first.
        while self.size > KEPT_MAX && self.versions.len() > 1 {
            if let Some((_, gone)) = self.versions.pop_last() {
                self.size -= size(&gone);
            }
        }
    }
}

impl Presences {
    /// Finds out about every change of a version, which the newest snapshot has behind it.
    pub(super) fn of(
        &self,
        store: &Store,
        newest: &Snapshot,
        version: Version,
    ) -> Result<OfVersion> {
        if let Some(found) = self.kept.lock().versions.get(&version.0) {
            return Ok(Arc::clone(found));
        }
        let mut counts: HashMap<u64, usize> = HashMap::new();
        let mut found = OfVersion::default();
        for version in (version.0..=newest.version().0).rev() {
            let differences = store.difference(Version(version))?;
            let mut of_changes: Vec<Vec<Presence>> = Vec::with_capacity(differences.len());
            for difference in differences.iter().rev() {
                let presence = |at: usize| {
                    let text = difference.subject_text(at).unwrap_or_default();
                    let (removed, added) = difference.counts(at);
                    let after = counts
                        .entry(hash(&text))
                        .or_insert_with(|| count(newest, &text));
                    let was = (*after + removed).saturating_sub(added);
                    let presence = Presence {
                        before: was > 0,
                        after: *after > 0,
                    };
                    *after = was;
                    presence
                };
                of_changes.push((0..difference.len()).map(presence).collect());
            }
            of_changes.reverse();
            found = Arc::new(of_changes);
            self.kept.lock().insert(version, &found);
        }
        Ok(found)
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// Counts the claims about a subject.
fn count(graph: &Snapshot, subject: &str) -> usize {
    let id = graph.id_of_iri(subject).or_else(|| {
        let node = BlankNode::new(subject).ok()?;
        graph.id(&RdfTerm::BlankNode(node))
    });
    id.map_or(0, |id| {
        graph.matching(Some(id), None, None, Scope::Claims).count()
    })
}
