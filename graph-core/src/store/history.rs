//! The history: what each version changed, which versions are kept, and what an older one is built from.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::load::{LoadPlan, Step};
use super::retention::Retention;
use crate::commit::CommitInfo;
use crate::durable::{FolderPaths, LogSlice, SegmentRef};
use crate::names::{SourceName, Timestamp, Version};
use crate::snapshot::Snapshot;

/// After this many patches a source is stored whole again.
const PATCHES_MAX: u32 = 64;

/// Where the encoded statements of a change are.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    Memory(Arc<[u8]>),
    File(SegmentRef),
    Log(LogSlice),
}

/// What is stored of a change.
#[derive(Clone, Debug)]
pub(crate) enum Evidence {
    /// All statements of the source.
    Full(Place),
    /// What was removed from and added to what the source said before.
    Patch(Place),
    /// The source was removed.
    Removed,
}

impl Evidence {
    pub(crate) fn full(bytes: Vec<u8>) -> Self {
        Self::Full(Place::Memory(bytes.into()))
    }

    pub(crate) fn patch(bytes: Vec<u8>) -> Self {
        Self::Patch(Place::Memory(bytes.into()))
    }

    pub(crate) fn place(&self) -> Option<&Place> {
        match self {
            Self::Full(place) | Self::Patch(place) => Some(place),
            Self::Removed => None,
        }
    }

    pub(crate) fn place_mut(&mut self) -> Option<&mut Place> {
        match self {
            Self::Full(place) | Self::Patch(place) => Some(place),
            Self::Removed => None,
        }
    }
}

/// One change of one source.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) version: Version,
    pub(crate) time: Timestamp,
    pub(crate) source: u16,
    pub(crate) name: Arc<SourceName>,
    pub(crate) kind: Arc<str>,
    pub(crate) actor: Arc<str>,
    pub(crate) added: u64,
    pub(crate) removed: u64,
    pub(crate) statements: u64,
    pub(crate) evidence: Evidence,
}

impl Entry {
    pub(crate) fn info(&self) -> CommitInfo {
        CommitInfo {
            version: self.version,
            source: SourceName::clone(&self.name),
            kind: String::from(&*self.kind),
            actor: String::from(&*self.actor),
            time: self.time,
            added: self.added,
            removed: self.removed,
            statements: self.statements,
            source_removed: matches!(self.evidence, Evidence::Removed),
        }
    }
}

/// How the newest state of a source is stored: as so many patches on its last full statements.
#[derive(Clone, Copy, Debug, Default)]
struct Chain {
    stored: bool,
    patches: u32,
    changed: u64,
}

impl Chain {
    fn add(&mut self, entry: &Entry) {
        match entry.evidence {
            Evidence::Full(_) => {
                *self = Self {
                    stored: true,
                    ..Self::default()
                }
            }
            Evidence::Removed => *self = Self::default(),
            Evidence::Patch(_) => {
                self.patches += 1;
                self.changed += entry.added + entry.removed;
            }
        }
    }
}

/// The changes that make the kept versions, oldest first.
///
/// Changes of versions before `oldest` are there only when a kept version is built from them.
#[derive(Clone, Default)]
pub(crate) struct History {
    entries: Vec<Entry>,
    /// Every source that ever was, by number.
    names: Vec<Arc<SourceName>>,
    labels: FxHashSet<Arc<str>>,
    chains: Vec<Chain>,
    oldest: Version,
}

impl History {
    /// Puts a history together from its parts; `names` are the sources by number, also of those without entries.
    pub(crate) fn new(names: Vec<SourceName>, oldest: Version, entries: Vec<Entry>) -> Self {
        let mut history = Self {
            names: names.into_iter().map(Arc::new).collect(),
            oldest,
            ..Self::default()
        };
        history.extend(entries);
        history
    }

    /// Adds the changes of new versions.
    pub(crate) fn extend(&mut self, entries: Vec<Entry>) {
        self.entries.reserve(entries.len());
        for mut entry in entries {
            let source = usize::from(entry.source);
            if self.names.len() <= source {
                self.names.resize(source + 1, Arc::clone(&entry.name));
            }
            if self.chains.len() <= source {
                self.chains.resize(source + 1, Chain::default());
            }
            entry.name = Arc::clone(&self.names[source]);
            self.share(&mut entry.kind);
            self.share(&mut entry.actor);
            self.chains[source].add(&entry);
            self.entries.push(entry);
        }
    }

    /// Few actors and kinds make many changes: each text is held once.
    fn share(&mut self, label: &mut Arc<str>) {
        match self.labels.get(label) {
            Some(known) => *label = Arc::clone(known),
            None => {
                self.labels.insert(Arc::clone(label));
            }
        }
    }

    /// The commits of the kept versions after one.
    pub(crate) fn infos_since(&self, after: Version) -> impl Iterator<Item = CommitInfo> + '_ {
        let from = after.max(Version(self.oldest.0.saturating_sub(1)));
        let start = self.entries.partition_point(|entry| entry.version <= from);
        self.entries[start..].iter().map(Entry::info)
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(crate) fn names(&self) -> &[Arc<SourceName>] {
        &self.names
    }

    pub(crate) fn latest(&self) -> Version {
        self.entries
            .last()
            .map_or(self.oldest, |entry| entry.version.max(self.oldest))
    }

    pub(crate) fn oldest(&self) -> Version {
        self.oldest
    }

    /// The latest kept version whose time is not after `time`: order is by version, clocks may jump.
    pub(crate) fn version_at(&self, time: Timestamp) -> Option<Version> {
        let start = self.entries.partition_point(|e| e.version < self.oldest);
        let kept = self.entries[start..].iter().rev();
        let found = kept.into_iter().find(|entry| entry.time <= time);
        match found {
            Some(entry) => Some(entry.version),
            None => (self.oldest == Version(0)).then_some(Version(0)),
        }
    }

    /// The time of the newest change.
    pub(crate) fn newest_time(&self) -> Timestamp {
        self.entries.last().map_or(Timestamp(0), |entry| entry.time)
    }

    /// Tells whether another patch of this size keeps the source quick to load.
    pub(crate) fn patch_is_cheap<'a>(
        &self,
        source: u16,
        pending: impl Iterator<Item = &'a Entry>,
        difference: usize,
        statements: usize,
    ) -> bool {
        let mut chain = self
            .chains
            .get(usize::from(source))
            .copied()
            .unwrap_or_default();
        pending.for_each(|entry| chain.add(entry));
        let changed = chain.changed + difference as u64;
        chain.stored && chain.patches < PATCHES_MAX && changed * 2 < statements as u64
    }

    /// The oldest version that must stay under the limits.
    pub(crate) fn oldest_under(&self, retention: Retention, now: Timestamp) -> Version {
        let by_count = retention
            .max_versions
            .map(|count| Version((self.latest().0 + 1).saturating_sub(count.max(1))));
        let by_age = retention.max_age_ms.map(|age| {
            let limit = Timestamp(now.0.saturating_sub(age.max(0)));
            self.version_at(limit).unwrap_or(self.oldest)
        });
        let wanted = match (by_count, by_age) {
            (Some(count), Some(age)) => count.min(age),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => self.oldest,
        };
        wanted.clamp(self.oldest, self.latest())
    }

    /// The same history without the versions before `oldest`, and without changes that no kept version is built from.
    pub(crate) fn without_before(&self, oldest: Version) -> Self {
        let mut needed: Vec<bool> = self
            .entries
            .iter()
            .map(|entry| entry.version >= oldest)
            .collect();
        for chain in self.chains_at(oldest) {
            for &at in &chain {
                needed[at] |= !matches!(self.entries[at].evidence, Evidence::Removed);
            }
        }
        let kept = self
            .entries
            .iter()
            .zip(needed)
            .filter(|(_, needed)| *needed);
        Self {
            entries: kept.map(|(entry, _)| entry.clone()).collect(),
            names: self.names.clone(),
            labels: self.labels.clone(),
            chains: self.chains.clone(),
            oldest: oldest.max(self.oldest),
        }
    }

    /// The same history with its changes in other places.
    pub(crate) fn with_entries(&self, entries: Vec<Entry>) -> Self {
        Self {
            entries,
            ..self.clone()
        }
    }

    /// Takes in what a compaction made of the versions up to `last`; later ones stay as they are.
    pub(crate) fn replace_until(&mut self, last: Version, compacted: &Self) {
        let later = self.entries.partition_point(|entry| entry.version <= last);
        self.entries
            .splice(0..later, compacted.entries.iter().cloned());
        self.oldest = compacted.oldest;
        self.share_anew();
    }

    /// Forgets versions at once, for stores without files.
    pub(crate) fn forget_before(&mut self, oldest: Version) {
        if oldest > self.oldest {
            *self = self.without_before(oldest);
            self.share_anew();
        }
    }

    /// Lets go of labels that only forgotten changes used.
    fn share_anew(&mut self) {
        self.labels.clear();
        for entry in &self.entries {
            self.labels.insert(Arc::clone(&entry.kind));
            self.labels.insert(Arc::clone(&entry.actor));
        }
    }

    /// Collects for each change of a version the latest full statements of its source before it, the patches since and
    /// the change itself, which comes last.
    pub(super) fn changes_of(&self, version: Version) -> Vec<Vec<Entry>> {
        let of = |entry: &Entry| entry.version;
        let from = self.entries.partition_point(|entry| of(entry) < version);
        let until = self.entries.partition_point(|entry| of(entry) <= version);
        let chain = |at: usize| {
            let change = &self.entries[at];
            let mut chain = vec![change.clone()];
            // A patch is the difference itself.
            if !matches!(change.evidence, Evidence::Patch(_)) {
                let earlier = self.entries[..at].iter().rev();
                for entry in earlier.filter(|entry| entry.source == change.source) {
                    if matches!(entry.evidence, Evidence::Removed) {
                        break;
                    }
                    chain.push(entry.clone());
                    if matches!(entry.evidence, Evidence::Full(_)) {
                        break;
                    }
                }
            }
            chain.reverse();
            chain
        };
        (from..until).map(chain).collect()
    }

    /// For each source the entries that make its state at a version: from its last full statements on.
    fn chains_at(&self, version: Version) -> Vec<Vec<usize>> {
        let until = self
            .entries
            .partition_point(|entry| entry.version <= version);
        let mut chains: Vec<Vec<usize>> = vec![Vec::new(); self.names.len()];
        for (at, entry) in self.entries[..until].iter().enumerate() {
            let chain = &mut chains[usize::from(entry.source)];
            if !matches!(entry.evidence, Evidence::Patch(_)) {
                chain.clear();
            }
            chain.push(at);
        }
        chains
    }

    /// Collects what turns one version into another, so that it can be built without holding a lock.
    ///
    /// Sources that say the same in both are not touched: an older version costs what has changed since.
    pub(crate) fn plan(
        &self,
        base: Arc<Snapshot>,
        version: Version,
        paths: Option<FolderPaths>,
    ) -> LoadPlan {
        let before = self.chains_at(base.version());
        let wanted = self.chains_at(version);
        let mut steps = Vec::new();
        for ((before, wanted), source) in before.iter().zip(&wanted).zip(0_u16..) {
            if before.last() == wanted.last() {
                continue;
            }
            let entries = |ats: &[usize]| ats.iter().map(|&at| self.entries[at].clone()).collect();
            let last = wanted.last().map(|&at| &self.entries[at]);
            let step = match last {
                None => Step::Remove { source },
                Some(last) if matches!(last.evidence, Evidence::Removed) => Step::Remove { source },
                Some(_) => match wanted.strip_prefix(before.as_slice()) {
                    Some(rest) if !before.is_empty() => Step::Patch {
                        source,
                        chain: entries(rest),
                    },
                    _ => Step::Build {
                        source,
                        chain: entries(wanted),
                    },
                },
            };
            steps.push(step);
        }
        LoadPlan {
            base,
            version,
            names: self.names.clone(),
            steps,
            paths,
        }
    }
}
