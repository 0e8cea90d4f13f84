//! Commits that wait for the writer, and what came of them.

use std::sync::Arc;

use graph_core::{Commit, Receipt};
use parking_lot::Mutex;

use crate::{Error, Result};

/// So many requests share one sync and one index at most.
const GROUP_MAX: usize = 256;

/// One request: its commits make one version.
pub(crate) struct Request {
    commits: Mutex<Vec<Commit>>,
    answer: Mutex<Option<Result<Vec<Receipt>>>>,
}

impl Request {
    pub(crate) fn answer(&self) -> Option<Result<Vec<Receipt>>> {
        self.answer.lock().take()
    }
}

/// A request whose turn has come.
pub(crate) struct Waiting(Arc<Request>);

impl Waiting {
    pub(crate) fn take_commits(&self) -> Vec<Commit> {
        std::mem::take(&mut *self.0.commits.lock())
    }

    pub(crate) fn answer(&self, answer: Result<Vec<Receipt>>) {
        *self.0.answer.lock() = Some(answer);
    }

    /// Gives the same failure to another one who waited for the same write.
    pub(crate) fn fail(&self, error: &Error) {
        let error = match error {
            Error::Graph(error) => error.for_another(),
            other => graph_core::Error::Output(std::io::Error::other(other.to_string())),
        };
        self.answer(Err(error.into()));
    }
}

/// Requests in the order of their arrival.
#[derive(Default)]
pub(crate) struct Queue {
    waiting: Mutex<Vec<Arc<Request>>>,
}

impl Queue {
    pub(crate) fn push(&self, commits: Vec<Commit>) -> Arc<Request> {
        let request = Arc::new(Request {
            commits: Mutex::new(commits),
            answer: Mutex::new(None),
        });
        self.waiting.lock().push(Arc::clone(&request));
        request
    }

    pub(crate) fn take(&self) -> Vec<Waiting> {
        let mut waiting = self.waiting.lock();
        let count = waiting.len().min(GROUP_MAX);
        waiting.drain(..count).map(Waiting).collect()
    }
}
