//! What a query may cost, and the meter that holds it to that.

use std::fmt;
use std::time::Duration;

use arrow::record_batch::RecordBatch;
use tokio::time::Instant;

/// What one query may cost. `None` is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Time from the start of the query to its last row.
    pub time: Option<Duration>,
    /// Rows of the answer.
    pub rows: Option<u64>,
    /// Bytes of the answer, as Arrow arrays in memory.
    pub bytes: Option<u64>,
    /// Bytes that the embedded engine may hold while it works (hash tables, sorts). A server has its own limit.
    pub memory: Option<usize>,
}

impl Budget {
    /// The defaults: a minute, a million rows, 512 MB of answer, 1 GiB of working memory.
    pub const DEFAULT: Self = Self {
        time: Some(Duration::from_mins(1)),
        rows: Some(1_000_000),
        bytes: Some(512 * 1024 * 1024),
        memory: Some(1024 * 1024 * 1024),
    };

    /// No limit at all, for callers that bound the work themselves.
    pub const UNLIMITED: Self = Self {
        time: None,
        rows: None,
        bytes: None,
        memory: None,
    };
}

impl Default for Budget {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// The limit that a query went over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exceeded {
    /// It took longer than this.
    Time(Duration),
    /// Its answer has more rows than this.
    Rows(u64),
    /// Its answer is larger than this many bytes.
    Bytes(u64),
    /// It needed more working memory than this many bytes.
    Memory(usize),
}

impl fmt::Display for Exceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time(limit) => write!(f, "its time of {limit:?}"),
            Self::Rows(limit) => write!(f, "its {limit} rows"),
            Self::Bytes(limit) => write!(f, "its {limit} bytes of answer"),
            Self::Memory(limit) => write!(f, "its {limit} bytes of working memory"),
        }
    }
}

/// Counts one query's cost against its budget. Starts when it is made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Meter {
    budget: Budget,
    deadline: Option<Instant>,
    rows: u64,
    bytes: u64,
}

impl Meter {
    /// Starts the clock.
    pub(crate) fn start(budget: &Budget) -> Self {
        Self {
            budget: *budget,
            deadline: budget
                .time
                .and_then(|time| Instant::now().checked_add(time)),
            rows: 0,
            bytes: 0,
        }
    }

    /// When the query must be done.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// What is over when the deadline has passed.
    pub(crate) fn late(&self) -> Exceeded {
        Exceeded::Time(self.budget.time.unwrap_or_default())
    }

    /// Time that is left, for a server's own timer. `None` without a deadline.
    pub(crate) fn left(&self) -> Option<Duration> {
        Some(self.deadline?.saturating_duration_since(Instant::now()))
    }

    /// Counts a batch of the answer.
    pub(crate) fn count(&mut self, batch: &RecordBatch) -> Result<(), Exceeded> {
        self.rows = self.rows.saturating_add(batch.num_rows() as u64);
        self.bytes = self.bytes.saturating_add(bytes(batch));
        match (self.budget.rows, self.budget.bytes) {
            (Some(limit), _) if self.rows > limit => Err(Exceeded::Rows(limit)),
            (_, Some(limit)) if self.bytes > limit => Err(Exceeded::Bytes(limit)),
            _ => Ok(()),
        }
    }
}

/// Bytes of the rows themselves: a batch may be a slice of larger buffers.
fn bytes(batch: &RecordBatch) -> u64 {
    let sizes = batch
        .columns()
        .iter()
        .map(|column| column.to_data().get_slice_memory_size());
    // A type whose slices the library cannot measure counts with its buffers.
    sizes
        .zip(batch.columns())
        .map(|(size, column)| size.unwrap_or_else(|_| column.get_array_memory_size()) as u64)
        .sum()
}
