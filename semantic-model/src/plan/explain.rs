//! What a plan tells of itself: grain, paths taken and rejected, and where each condition went.

use std::fmt::{self, Write as _};

use serde::Serialize;

/// Why a plan is as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The columns that tell the rows of the answer apart.
    pub grain: Vec<String>,
    /// What is aggregated, each alone.
    pub aggregations: Vec<AggregationNote>,
    /// What else is to be known.
    pub notes: Vec<String>,
}

/// What is aggregated of one dataset.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AggregationNote {
    /// The metrics.
    pub metrics: Vec<String>,
    /// The dataset whose rows are aggregated, each once.
    pub dataset: String,
    /// The time by which the rows are read, and how.
    pub time: Option<String>,
    /// The way to each group.
    pub paths: Vec<PathNote>,
    /// Where each condition holds.
    pub filters: Vec<FilterNote>,
}

/// The way to a group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PathNote {
    /// The group.
    pub group: String,
    /// The way that is taken, in words.
    pub taken: String,
    /// Ways that are not, each with the reason.
    pub rejected: Vec<String>,
}

/// Where a condition holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FilterNote {
    /// The condition, with its names.
    pub condition: String,
    /// Where it is applied.
    pub applied: String,
}

impl fmt::Display for Explanation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.grain[..] {
            [] => out.write_str("one row\n")?,
            grain => writeln!(out, "one row for each {}", grain.join(", "))?,
        }
        for note in &self.aggregations {
            writeln!(out, "{} of {}", note.metrics.join(", "), note.dataset)?;
            if let Some(time) = &note.time {
                writeln!(out, "  time: {time}")?;
            }
            for path in &note.paths {
                writeln!(out, "  {}: {}", path.group, path.taken)?;
                for rejected in &path.rejected {
                    writeln!(out, "    not {rejected}")?;
                }
            }
            for filter in &note.filters {
                writeln!(out, "  where {}: {}", filter.condition, filter.applied)?;
            }
        }
        for note in &self.notes {
            out.write_str(note)?;
            out.write_char('\n')?;
        }
        Ok(())
    }
}
