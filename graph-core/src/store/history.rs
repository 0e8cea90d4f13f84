//! The history: what each version changed, and how to build an older version from it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::prepared::{patched, source_info};
use crate::commit::CommitInfo;
use crate::durable::{codec, segment_file};
use crate::error::{Error, Result};
use crate::names::Version;
use crate::segment::Row;
use crate::snapshot::Snapshot;
use crate::snapshot::assemble::Assembler;

/// After this many patches a source is stored whole again.
const PATCHES_MAX: usize = 64;

/// Where the encoded statements of a change are.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    Memory(Arc<[u8]>),
    File(segment_file::SegmentRef),
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

    /// The encoded statements that are still only in memory.
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
    pub(crate) info: CommitInfo,
    pub(crate) source: u16,
    pub(crate) evidence: Evidence,
}

/// All changes since the store was made, oldest first.
#[derive(Default)]
pub(crate) struct History {
    entries: Vec<Entry>,
    segments: Option<PathBuf>,
}

impl History {
    pub(crate) fn new(entries: Vec<Entry>, segments: Option<PathBuf>) -> Self {
        Self { entries, segments }
    }

    pub(crate) fn extend(&mut self, entries: Vec<Entry>) {
        self.entries.extend(entries);
    }

    pub(crate) fn infos(&self) -> impl Iterator<Item = &CommitInfo> {
        self.entries.iter().map(|entry| &entry.info)
    }

    pub(crate) fn latest(&self) -> Version {
        self.entries
            .last()
            .map_or(Version(0), |entry| entry.info.version)
    }

    /// Tells whether another patch of this size keeps the source quick to load.
    pub(crate) fn patch_is_cheap<'a>(
        &'a self,
        source: u16,
        pending: impl DoubleEndedIterator<Item = &'a Entry>,
        difference: usize,
        statements: usize,
    ) -> bool {
        let (mut patches, mut changed) = (1, difference as u64);
        let earlier = self.entries.iter().filter(|entry| entry.source == source);
        for entry in pending.rev().chain(earlier.rev()) {
            match entry.evidence {
                Evidence::Full(_) => break,
                Evidence::Removed => return false,
                Evidence::Patch(_) => {
                    patches += 1;
                    changed += entry.info.added + entry.info.removed;
                }
            }
        }
        patches <= PATCHES_MAX && changed * 2 < statements as u64
    }

    /// Collects what is needed to build a version, so that it can be built without holding a lock.
    pub(crate) fn plan(&self, version: Version) -> LoadPlan {
        let until = self
            .entries
            .partition_point(|entry| entry.info.version <= version);
        let mut names = Vec::new();
        let mut chains: Vec<Vec<Entry>> = Vec::new();
        for entry in &self.entries[..until] {
            let source = usize::from(entry.source);
            if chains.len() <= source {
                chains.resize(source + 1, Vec::new());
                names.resize(source + 1, None);
            }
            names[source].get_or_insert_with(|| entry.info.source.clone());
            if !matches!(entry.evidence, Evidence::Patch(_)) {
                chains[source].clear();
            }
            chains[source].push(entry.clone());
        }
        LoadPlan {
            version,
            names: names.into_iter().flatten().collect(),
            chains,
            segments: self.segments.clone(),
        }
    }

    pub(crate) fn load(&self, version: Version) -> Result<Snapshot> {
        self.plan(version).load()
    }
}

/// The latest full statements of each source and the patches since.
pub(crate) struct LoadPlan {
    version: Version,
    names: Vec<crate::names::SourceName>,
    chains: Vec<Vec<Entry>>,
    segments: Option<PathBuf>,
}

impl LoadPlan {
    pub(crate) fn load(self) -> Result<Snapshot> {
        let empty = Snapshot::empty();
        let mut assembler = Assembler::on(&empty);
        for name in &self.names {
            assembler.source(name)?;
        }
        let mut infos = Vec::new();
        let mut all = Vec::new();
        for (chain, source) in self.chains.iter().zip(0_u16..) {
            let Some(last) = chain.last() else { continue };
            if last.info.source_removed {
                continue;
            }
            let mut rows: Vec<Row> = Vec::new();
            for entry in chain {
                let (Evidence::Full(place) | Evidence::Patch(place)) = &entry.evidence else {
                    continue;
                };
                let difference = read(place, self.segments.as_deref(), &mut assembler, source)?;
                rows = if rows.is_empty() {
                    difference.added
                } else {
                    patched(&rows, &difference.removed, &difference.added)
                };
            }
            rows.sort_unstable();
            rows.dedup();
            infos.push(source_info(&last.info, source));
            all.append(&mut rows);
        }
        let mut snapshot = assembler.finish(&empty);
        snapshot.set_version(self.version);
        snapshot.put_all(infos, all);
        Ok(snapshot)
    }
}

fn read(
    place: &Place,
    segments: Option<&Path>,
    assembler: &mut Assembler,
    source: u16,
) -> Result<codec::Difference> {
    match (place, segments) {
        (Place::Memory(bytes), _) => {
            codec::decode(bytes, assembler, source)?.map_err(|reason| Error::History { reason })
        }
        (Place::File(file), Some(folder)) => {
            let bytes = segment_file::read(folder, file)?;
            let path = file.path(folder);
            codec::decode(&bytes, assembler, source)?.map_err(|reason| Error::Corrupt {
                path,
                offset: 0,
                reason,
            })
        }
        (Place::File(_), None) => Err(Error::History {
            reason: "a file is named but there is no folder",
        }),
    }
}
