//! The differences that the feed has read lately, divided into events.

use std::collections::VecDeque;
use std::sync::Arc;

use graph_core::rdf::RdfTerm;
use graph_core::{SourceDifference, Store, SubjectDifference, Version};
use parking_lot::Mutex;
use std::collections::HashMap;

use crate::Result;

/// Subjects of kept differences at most; the newest difference is kept whatever its size.
const SUBJECTS_MAX: usize = 200_000;

/// Differences kept at most.
const KEPT_MAX: usize = 16;

/// A blank node is part of what points to it, over this many blank nodes at most.
const NESTING_MAX: usize = 16;

/// What one change of one source did, divided into events: one for each thing, blank nodes with what points to them.
pub(super) struct Divided {
    pub(super) difference: SourceDifference,
    /// For each event the subject that it is about, and the blank nodes that are part of it.
    pub(super) events: Vec<(usize, Vec<usize>)>,
}

impl Divided {
    fn new(difference: SourceDifference) -> Self {
        let owners = owners(&difference);
        let mut parts: HashMap<usize, Vec<usize>> = HashMap::new();
        let mut heads = Vec::new();
        for at in 0..difference.len() {
            let mut head = at;
            for _ in 0..NESTING_MAX {
                match owners.get(&head) {
                    Some(owner) => head = *owner,
                    None => break,
                }
            }
            if head == at || owners.contains_key(&head) {
                heads.push(at);
            } else {
                parts.entry(head).or_default().push(at);
            }
        }
        let events = heads
            .into_iter()
            .map(|head| (head, parts.remove(&head).unwrap_or_default()))
            .collect();
        Self { difference, events }
    }

    /// Returns what changed about the subject of an event and its parts.
    pub(super) fn event(&self, at: usize) -> Option<(usize, Vec<SubjectDifference>)> {
        let (head, parts) = self.events.get(at)?;
        let all = std::iter::once(head).chain(parts);
        let subjects = all.filter_map(|at| self.difference.subject(*at)).collect();
        Some((*head, subjects))
    }
}

/// For each blank node of which something changed, the subject of a changed statement that points to it.
fn owners(difference: &SourceDifference) -> HashMap<usize, usize> {
    let mut blank: HashMap<String, usize> = HashMap::new();
    let subjects = || (0..difference.len()).filter_map(|at| Some((at, difference.subject(at)?)));
    for (at, subject) in subjects() {
        if !subject.is_iri {
            blank.insert(subject.subject, at);
        }
    }
    let mut owners = HashMap::new();
    if blank.is_empty() {
        return owners;
    }
    for (at, subject) in subjects() {
        for statement in subject.added.iter().chain(&subject.removed) {
            if let RdfTerm::BlankNode(node) = &statement.object
                && let Some(part) = blank.get(node.as_str())
                && *part != at
            {
                owners.entry(*part).or_insert(at);
            }
        }
    }
    owners
}

/// Differences by version, the one used last in front.
#[derive(Default)]
pub(super) struct Differences {
    kept: Mutex<VecDeque<(Version, Arc<Vec<Divided>>)>>,
}

impl Differences {
    pub(super) fn of(&self, store: &Store, version: Version) -> Result<Arc<Vec<Divided>>> {
        {
            let mut kept = self.kept.lock();
            if let Some(at) = kept.iter().position(|(known, _)| *known == version)
                && let Some(found) = kept.remove(at)
            {
                kept.push_front(found.clone());
                return Ok(found.1);
            }
        }
        let differences = store.difference(version)?;
        let found: Arc<Vec<Divided>> =
            Arc::new(differences.into_iter().map(Divided::new).collect());
        let mut kept = self.kept.lock();
        kept.push_front((version, Arc::clone(&found)));
        let mut subjects = 0;
        let mut room = 0;
        for (_, differences) in kept.iter() {
            let sizes = differences.iter().map(|it| it.difference.len());
            subjects += sizes.sum::<usize>();
            if room > 0 && subjects > SUBJECTS_MAX {
                break;
            }
            room += 1;
        }
        kept.truncate(room.min(KEPT_MAX));
        Ok(found)
    }
}
