//! Checkpoints, forgetting and removing files, beside readers and writers.

use std::sync::Weak;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use parking_lot::Mutex;

use super::{CompactReport, History, Inner};
use crate::durable::{Folder, Frozen};
use crate::error::Result;
use crate::names::{Timestamp, Version};
use crate::snapshot::merging::Pressure;

/// A large graph gets a checkpoint only after this part of its size was committed.
const PART_OF_CHECKPOINT: u64 = 16;
/// A store that is closed writes a checkpoint after this part of what would start one in the background.
const PART_AT_CLOSE: u64 = 16;
/// Stores in memory look for versions to forget once in so many.
const VERSIONS_BETWEEN_LOOKS: u64 = 64;

/// The one checkpoint or compaction that may run at a time.
#[derive(Default)]
pub(super) struct Maintenance {
    itself: Weak<Inner>,
    running: Mutex<()>,
    thread: Mutex<Option<JoinHandle<()>>>,
    stop: AtomicBool,
    /// Enough is new for a checkpoint.
    due: AtomicBool,
    failure: Mutex<Option<String>>,
}

impl Maintenance {
    pub(super) fn of(itself: Weak<Inner>) -> Self {
        Self {
            itself,
            ..Self::default()
        }
    }

    pub(super) fn failure(&self) -> Option<String> {
        self.failure.lock().clone()
    }
}

/// How much history to let go.
#[derive(Clone, Copy)]
enum Forget {
    /// None: only a checkpoint is wanted.
    Nothing,
    /// What the retention lets go, once that is worth writing the history anew.
    IfWorthwhile(Timestamp),
    /// All that the retention lets go.
    All(Timestamp),
}

impl Inner {
    /// Notes whether so much is new that a checkpoint is worth writing.
    pub(super) fn note_due(&self, folder: &Folder) {
        let part = folder.checkpoint_bytes() / PART_OF_CHECKPOINT;
        let due = folder.fresh_bytes() >= self.options.checkpoint_after_bytes.max(part);
        self.maintenance.due.store(due, Ordering::Relaxed);
    }

    /// Starts what a commit made necessary, on threads of its own; the writer's lock must be free.
    pub(super) fn tidy_up(&self) {
        self.merge_soon();
        if self.maintenance.due.swap(false, Ordering::Relaxed) {
            self.maintain_in_background();
        }
    }

    /// Forgets what the retention lets go now and then.
    pub(super) fn forget_in_memory(&self, history: &mut History) {
        if history.latest().0.is_multiple_of(VERSIONS_BETWEEN_LOOKS) {
            let oldest = history.oldest_under(self.options.retention, history.newest_time());
            if oldest.0 > history.oldest().0 + self.options.retention.slack() {
                history.forget_before(oldest);
            }
        }
    }

    /// Starts a checkpoint on a thread of its own, unless one is running.
    fn maintain_in_background(&self) {
        let Some(inner) = self.maintenance.itself.upgrade() else {
            return;
        };
        let Some(mut thread) = self.maintenance.thread.try_lock() else {
            return;
        };
        if thread
            .as_ref()
            .is_some_and(|running| !running.is_finished())
        {
            return;
        }
        let work = move || {
            let now = inner.history.read().newest_time();
            let done = inner.maintain(Forget::IfWorthwhile(now));
            *inner.maintenance.failure.lock() = done.err().map(|error| error.to_string());
        };
        // Without a thread the next commit tries again.
        *thread = std::thread::Builder::new()
            .name("checkpoint".to_owned())
            .spawn(work)
            .ok();
    }

    pub(super) fn compact(&self, now: Timestamp) -> Result<CompactReport> {
        // The checkpoint holds what is in memory, what nothing mentions any more included.
        while self.merge_step(Pressure::All) {}
        if self.paths.is_some() {
            return self.maintain(Forget::All(now));
        }
        let mut history = self.history.write();
        let before = history.oldest();
        let oldest = history.oldest_under(self.options.retention, now);
        history.forget_before(oldest);
        Ok(CompactReport {
            oldest,
            newest: history.latest(),
            versions_forgotten: oldest.0 - before.0,
            ..CompactReport::default()
        })
    }

    pub(super) fn checkpoint(&self) -> Result<()> {
        let is_fresh = |folder: &Folder| folder.fresh_bytes() > 0;
        if self.writer.lock().as_ref().is_some_and(is_fresh) {
            self.maintain(Forget::Nothing)?;
        }
        Ok(())
    }

    /// Ends the thread; writes a last checkpoint if much is new.
    pub(super) fn close(&self) {
        self.maintenance.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.maintenance.thread.lock().take() {
            // A thread that panicked has said so already, and left the old checkpoint in place.
            drop(thread.join());
        }
        self.maintenance.stop.store(false, Ordering::Relaxed);
        let is_worthwhile = |folder: &Folder| {
            let part = folder.checkpoint_bytes() / PART_OF_CHECKPOINT / PART_AT_CLOSE;
            let limit = (self.options.checkpoint_after_bytes / PART_AT_CLOSE).max(part);
            folder.check_writable().is_ok() && folder.fresh_bytes() > limit
        };
        let wanted = self.writer.lock().as_ref().is_some_and(is_worthwhile);
        if wanted {
            // A checkpoint only saves time: without it the next start reads the log.
            drop(self.maintain(Forget::Nothing));
        }
        // The folder is free for others from here on, even if a snapshot's owner still holds parts of the store.
        *self.writer.lock() = None;
    }

    fn maintain(&self, forget: Forget) -> Result<CompactReport> {
        let _running = self.maintenance.running.lock();
        let Some(mut frozen) = self.freeze()? else {
            return Ok(CompactReport::default());
        };
        let newest = frozen.snapshot.version();
        let before = frozen.history.oldest();
        let bytes_before = match forget {
            Forget::All(_) => frozen.folder_bytes(),
            _ => 0,
        };
        let (fold, oldest) = self.what_to_forget(&frozen.history, forget);
        if fold && !frozen.is_folded(oldest) {
            frozen.fold(oldest)?;
            if let Some(folder) = self.writer.lock().as_mut() {
                folder.replace_logs(&frozen);
            }
            self.history.write().replace_until(newest, &frozen.history);
        }
        let bytes = frozen.write(&self.maintenance.stop)?;
        if let Some(folder) = self.writer.lock().as_mut() {
            folder.set_checkpoint_bytes(bytes);
        }
        let files_removed = {
            let _nobody_reads = self.files.write();
            let current = self.history.read();
            frozen.clean(&current)?
        };
        let bytes_after = match forget {
            Forget::All(_) => frozen.folder_bytes(),
            _ => 0,
        };
        Ok(CompactReport {
            oldest,
            newest,
            versions_forgotten: oldest.0 - before.0,
            files_removed,
            bytes_before,
            bytes_after,
        })
    }

    /// Begins a new log file and takes what the ones before say.
    fn freeze(&self) -> Result<Option<Frozen>> {
        let mut writer = self.writer.lock();
        let Some(folder) = writer.as_mut() else {
            return Ok(None);
        };
        if self.current.load().version() == Version(0) {
            return Ok(None);
        }
        folder.rotate()?;
        let history = self.history.read().clone();
        Ok(Some(folder.freeze(self.current.load_full(), history)))
    }

    /// Whether to write the history anew, and from which version on it is kept.
    fn what_to_forget(&self, history: &History, forget: Forget) -> (bool, Version) {
        let oldest = |now| history.oldest_under(self.options.retention, now);
        match forget {
            Forget::Nothing => (false, history.oldest()),
            Forget::All(now) => (true, oldest(now)),
            Forget::IfWorthwhile(now) => {
                let oldest = oldest(now);
                if oldest.0 > history.oldest().0 + self.options.retention.slack() {
                    (true, oldest)
                } else {
                    (false, history.oldest())
                }
            }
        }
    }
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inner").finish_non_exhaustive()
    }
}
