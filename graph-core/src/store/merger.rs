//! Merging layers beside the commits, on a thread of the store's own.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

use parking_lot::{Condvar, Mutex, RwLock};

use super::Inner;
use crate::snapshot::Snapshot;
use crate::snapshot::merging::Pressure;

/// When layers are merged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Merging {
    /// On a thread of its own: commits do not wait for it.
    #[default]
    Background,
    /// At the end of each commit, on its thread: the same commits make the same layers.
    Inline,
    /// Only when [`crate::Store::merge_step`] or [`crate::Store::merge_all`] is called, or when there are too many.
    Manual,
}

/// So long without a commit, and there is time to merge more.
const QUIET: Duration = Duration::from_millis(100);

type Listener = Box<dyn Fn(&Arc<Snapshot>) + Send + Sync>;

/// The thread, which starts when there is something to merge and ends with the store, and what it shares with commits.
#[derive(Default)]
pub(super) struct Merger {
    itself: Weak<Inner>,
    thread: Mutex<Option<JoinHandle<()>>>,
    listeners: RwLock<Vec<Listener>>,
    /// One merge at a time.
    working: Mutex<()>,
    /// Commits came since the thread looked.
    news: Mutex<bool>,
    wake: Condvar,
    stop: AtomicBool,
}

impl Merger {
    pub(super) fn of(itself: Weak<Inner>) -> Self {
        Self {
            itself,
            ..Self::default()
        }
    }

    pub(super) fn on_merged(&self, listener: Listener) {
        self.listeners.write().push(listener);
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn tell(&self) {
        *self.news.lock() = true;
        self.wake.notify_one();
    }

    /// Waits for a commit; tells whether one came.
    fn news_within(&self, time: Option<Duration>) -> bool {
        let mut news = self.news.lock();
        match time {
            _ if *news => (),
            Some(time) => {
                self.wake.wait_for(&mut news, time);
            }
            None => self.wake.wait(&mut news),
        }
        std::mem::take(&mut *news)
    }
}

impl Inner {
    /// Says that a commit was published; the writer's lock must be free.
    pub(super) fn merge_soon(&self) {
        match self.options.merging {
            Merging::Inline => while self.merge_step(Pressure::Commits) {},
            Merging::Background if self.current.load().plan(Pressure::Idle).is_some() => {
                self.merger.tell();
                self.start_merging();
            }
            Merging::Background | Merging::Manual => (),
        }
    }

    fn start_merging(&self) {
        let mut thread = self.merger.thread.lock();
        if let (None, Some(inner)) = (&*thread, self.merger.itself.upgrade()) {
            // Without a thread the commits themselves keep the number of layers bounded.
            *thread = std::thread::Builder::new()
                .name("merge".to_owned())
                .spawn(move || inner.keep_merging())
                .ok();
        }
    }

    /// Ends the thread, with the merge that it is at.
    pub(super) fn stop_merging(&self) {
        self.merger.stop.store(true, Ordering::Relaxed);
        self.merger.tell();
        let thread = self.merger.thread.lock().take();
        // A listener may have dropped the store: then this is the thread itself.
        if let Some(thread) = thread
            && thread.thread().id() != std::thread::current().id()
        {
            // A merge that panicked has changed nothing.
            drop(thread.join());
        }
    }

    fn keep_merging(&self) {
        while !self.merger.is_stopped() {
            if self.merge_step(Pressure::Commits) {
                continue;
            }
            if !self.merger.news_within(Some(QUIET)) && !self.merge_step(Pressure::Idle) {
                self.merger.news_within(None);
            }
        }
    }

    /// Merges once if it is worth it; tells whether it was.
    pub(super) fn merge_step(&self, pressure: Pressure) -> bool {
        let _working = self.merger.working.lock();
        let start = self.current.load_full();
        let Some(plan) = start.plan(pressure) else {
            return false;
        };
        start.hold(&plan);
        let merged = start.run(&plan, &self.merger.stop);
        let next = merged.and_then(|merged| {
            let _writer = self.writer.lock();
            let next = Arc::new(self.current.load().with_merged(merged)?);
            self.current.store(Arc::clone(&next));
            Some(next)
        });
        start.release();
        drop(start);
        if let Some(next) = &next {
            for listener in self.merger.listeners.read().iter() {
                listener(next);
            }
        }
        // What could not be put in is tried anew with the newer layers.
        !self.merger.is_stopped()
    }
}
