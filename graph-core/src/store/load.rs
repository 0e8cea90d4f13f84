//! Building a version out of another one and the stored changes between them.

use std::sync::Arc;

use super::prepared::{patched, source_info};
use super::{Entry, Evidence, Place};
use crate::durable::{FolderPaths, codec};
use crate::error::{Error, Result};
use crate::names::{SourceName, Version};
use crate::segment::Row;
use crate::snapshot::Snapshot;
use crate::snapshot::assemble::Assembler;

/// What happens to one source.
pub(crate) enum Step {
    /// It is not there in the wanted version.
    Remove { source: u16 },
    /// Its statements come from stored ones alone.
    Build { source: u16, chain: Vec<Entry> },
    /// Stored differences are applied to what it says in the base.
    Patch { source: u16, chain: Vec<Entry> },
}

/// A base and what turns it into the wanted version.
pub(crate) struct LoadPlan {
    pub(super) base: Arc<Snapshot>,
    pub(super) version: Version,
    pub(super) names: Vec<Arc<SourceName>>,
    pub(super) steps: Vec<Step>,
    pub(super) paths: Option<FolderPaths>,
}

impl LoadPlan {
    /// Reads what is needed and builds the version.
    pub(crate) fn load(self) -> Result<Snapshot> {
        if self.base.version() == Version(0) && self.base.is_empty() {
            return self.load_at_once();
        }
        let mut snapshot = self.on_base()?;
        for step in &self.steps {
            let (source, chain, from_base) = match step {
                Step::Remove { source } => {
                    snapshot.remove_source(*source);
                    continue;
                }
                Step::Build { source, chain } => (*source, chain, false),
                Step::Patch { source, chain } => (*source, chain, true),
            };
            let Some(last) = chain.last() else { continue };
            let rows = if from_base {
                snapshot.rows_of(source)
            } else {
                Vec::new()
            };
            let mut assembler = Assembler::on(&snapshot);
            let rows = self.replay(rows, chain, source, &mut assembler)?;
            snapshot = assembler.finish(&snapshot);
            snapshot.put_source(source_info(last), rows);
        }
        snapshot.set_version(self.version);
        Ok(snapshot)
    }

    /// The base with every source numbered as the history numbers it.
    fn on_base(&self) -> Result<Snapshot> {
        let mut assembler = Assembler::on(&self.base);
        for (name, number) in self.names.iter().zip(0_u16..) {
            if assembler.source(name)? != number {
                return Err(Error::History {
                    reason: "a source has another number than before",
                });
            }
        }
        Ok(assembler.finish(&self.base))
    }

    /// Builds a version out of nothing: all rows are sorted once.
    fn load_at_once(self) -> Result<Snapshot> {
        let mut assembler = Assembler::on(&self.base);
        for name in &self.names {
            assembler.source(name)?;
        }
        let mut infos = Vec::new();
        let mut all = Vec::new();
        for step in &self.steps {
            let (Step::Build { source, chain } | Step::Patch { source, chain }) = step else {
                continue;
            };
            let Some(last) = chain.last() else { continue };
            let mut rows = self.replay(Vec::new(), chain, *source, &mut assembler)?;
            infos.push(source_info(last));
            all.append(&mut rows);
        }
        let mut snapshot = assembler.finish(&self.base);
        snapshot.set_version(self.version);
        snapshot.put_all(infos, &all);
        Ok(snapshot)
    }

    /// The first source of which a snapshot says something else than the stored changes; the base must be empty.
    pub(crate) fn first_difference(&self, snapshot: &Snapshot) -> Result<Option<SourceName>> {
        let mut seen = 0;
        for step in &self.steps {
            let Step::Build { source, chain } = step else {
                continue;
            };
            let Some(last) = chain.last() else { continue };
            seen += 1;
            // Terms have the numbers of the snapshot: what it does not know gets a number of its own and differs.
            let mut assembler = Assembler::on(snapshot);
            let rows = self.replay(Vec::new(), chain, *source, &mut assembler)?;
            let info = source_info(last);
            if snapshot.source_info(info.id) != Some(&info) || snapshot.rows_of(*source) != rows {
                return Ok(Some(info.name));
            }
        }
        let extra = snapshot.sources().len() != seen;
        Ok(extra
            .then(|| snapshot.sources().last().map(|info| info.name.clone()))
            .flatten())
    }

    fn replay(
        &self,
        mut rows: Vec<Row>,
        chain: &[Entry],
        source: u16,
        assembler: &mut Assembler,
    ) -> Result<Vec<Row>> {
        for entry in chain {
            let difference = match &entry.evidence {
                Evidence::Full(place) => {
                    rows = Vec::new();
                    read(place, self.paths.as_ref(), assembler, source)?
                }
                Evidence::Patch(place) => read(place, self.paths.as_ref(), assembler, source)?,
                Evidence::Removed => continue,
            };
            rows = if rows.is_empty() {
                difference.added
            } else {
                patched(&rows, &difference.removed, &difference.added)
            };
        }
        rows.sort_unstable();
        rows.dedup();
        if let Some(last) = chain.last()
            && last.statements != rows.len() as u64
        {
            return Err(self.miscounted(last));
        }
        Ok(rows)
    }

    /// Every checksum is right and yet the number of statements is not what the log says.
    fn miscounted(&self, entry: &Entry) -> Error {
        let reason = "the statements are not as many as the log says";
        match (entry.evidence.place(), &self.paths) {
            (Some(place), Some(paths)) => paths.corrupt(place, reason),
            _ => Error::History { reason },
        }
    }
}

/// Reads and decodes the statements of a change.
pub(crate) fn read(
    place: &Place,
    paths: Option<&FolderPaths>,
    assembler: &mut Assembler,
    source: u16,
) -> Result<codec::Difference> {
    match (place, paths) {
        (Place::Memory(bytes), _) => {
            codec::decode(bytes, assembler, source)?.map_err(|reason| Error::History { reason })
        }
        (place, Some(paths)) => {
            let bytes = paths.read(place)?;
            codec::decode(&bytes, assembler, source)?.map_err(|reason| paths.corrupt(place, reason))
        }
        (_, None) => Err(Error::History {
            reason: "a file is named but there is no folder",
        }),
    }
}
