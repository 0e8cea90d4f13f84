//! Group commit: whoever gets the writer's lock writes for all who wait for it, with one sync.

use std::sync::Arc;

use parking_lot::Mutex;

use super::{Inner, Prepared};
use crate::commit::{Commit, Receipt};
use crate::error::{Error, Result};

/// So many requests share one sync at most.
const GROUP_MAX: usize = 256;

/// One request: its commits make one version.
struct Request {
    commits: Mutex<Vec<Commit>>,
    answer: Mutex<Option<Result<Vec<Receipt>>>>,
}

/// Requests in the order of their arrival.
#[derive(Default)]
pub(super) struct Queue {
    waiting: Mutex<Vec<Arc<Request>>>,
}

impl Queue {
    fn take(&self) -> Vec<Arc<Request>> {
        let mut waiting = self.waiting.lock();
        let count = waiting.len().min(GROUP_MAX);
        waiting.drain(..count).collect()
    }
}

impl Inner {
    pub(super) fn commit_all(&self, commits: Vec<Commit>) -> Result<Vec<Receipt>> {
        let own = Arc::new(Request {
            commits: Mutex::new(commits),
            answer: Mutex::new(None),
        });
        self.queue.waiting.lock().push(Arc::clone(&own));
        loop {
            let writer = self.writer.lock();
            // The one who held the lock before may have written this request along with its own.
            if let Some(answer) = own.answer.lock().take() {
                return answer;
            }
            let group = self.queue.take();
            if group.is_empty() {
                // The thread that took this request never came back with an answer: it panicked.
                let reason = "the writer stopped in the middle of a commit";
                return Err(Error::History { reason });
            }
            let requests = group
                .iter()
                .map(|request| std::mem::take(&mut *request.commits.lock()))
                .collect();
            // The lock stays held until every answer is there.
            let (written, writer) = match Prepared::holding(self, writer, requests) {
                Ok(prepared) => prepared.publish_holding(),
                Err((error, writer)) => (Err(error), writer),
            };
            match written {
                Ok(answers) => {
                    for (request, answer) in group.iter().zip(answers) {
                        *request.answer.lock() = Some(answer);
                    }
                }
                Err(error) => {
                    for request in &group {
                        *request.answer.lock() = Some(Err(error.for_another()));
                    }
                }
            }
            drop(writer);
            self.tidy_up();
        }
    }
}
