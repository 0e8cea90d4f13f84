//! Snapshots that show what commits would do, for whoever has to read between two of them.

use super::prepared::patched;
use crate::commit::{Change, Commit, SourceInfo};
use crate::error::Result;
use crate::names::{SourceId, Version};
use crate::snapshot::Snapshot;
use crate::snapshot::assemble::Assembler;

impl Snapshot {
    /// Shows the graph as it would be after the commits. It has no version of its own and is never published.
    pub(crate) fn after(&self, commits: &[Commit]) -> Result<Self> {
        let mut snapshot = self.clone();
        for commit in commits {
            snapshot = snapshot.after_one(commit)?;
        }
        Ok(snapshot)
    }

    fn after_one(mut self, commit: &Commit) -> Result<Self> {
        let id = self.source_id(&commit.source).map(|id| id.0);
        if commit.change == Change::Remove {
            if let Some(id) = id {
                self.remove_source(id);
            }
            return Ok(self);
        }
        let mut assembler = Assembler::on(&self);
        let number = assembler.source(&commit.source)?;
        let rows = match &commit.change {
            Change::Replace(statements) => assembler.rows(statements, number)?,
            Change::Patch { remove, add } => {
                let old = id.map(|id| self.rows_of(id)).unwrap_or_default();
                let remove = assembler.rows(remove, number)?;
                let add = assembler.rows(add, number)?;
                patched(&old, &remove, &add)
            }
            Change::Remove => Vec::new(),
        };
        let mut next = assembler.finish(&self);
        let info = SourceInfo {
            id: SourceId(number),
            name: commit.source.clone(),
            kind: commit.kind.clone(),
            actor: commit.actor.clone(),
            statements: rows.len() as u64,
            committed_at: commit.time,
            version: Version(self.version().0 + 1),
            derived: false,
        };
        next.put_source(info, rows);
        Ok(next)
    }
}
