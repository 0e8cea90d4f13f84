//! The root of all that is told as it happens.

use std::collections::VecDeque;

use async_graphql::futures_util::stream::{self, Stream};
use async_graphql::{Context, Subscription as SubscriptionRoot};
use isogloss::graph::Version;
use isogloss::{ChangeEvent, Isogloss};
use tokio::sync::watch;

use crate::context::shared;
use crate::error::{Error, Result};
use crate::types::Change;

/// Everything that is told as it happens.
pub struct Subscription;

/// Everything that is told as it happens.
#[SubscriptionRoot]
impl Subscription {
    /// Tells every commit, each once and in order: first those after the version `after`, then those to come.
    ///
    /// However slow the reader, nothing is left out: the feed is read from the graph's own history.
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Version to go on from, for instance that of the last change seen; now unless given."
        )]
        after: Option<u64>,
    ) -> Result<impl Stream<Item = Change> + use<>> {
        let shared = shared(ctx)?;
        let newest = shared.isogloss.snapshot().version().0;
        if let Some(version) = after.filter(|after| *after > newest) {
            return Err(Error::FutureVersion { version, newest });
        }
        let feed = Feed {
            isogloss: shared.isogloss.clone(),
            bell: shared.bell.clone(),
            last: after.unwrap_or(newest),
            ready: VecDeque::new(),
        };
        Ok(stream::unfold(feed, |mut feed| async move {
            let event = feed.next().await?;
            Some((Change::from(event), feed))
        }))
    }
}

/// A reader's place in the history.
///
/// The bell only says that there is something new; what it is comes from the history, after the last version told.
/// So there is no seam between what happened before and after the reader came, and no buffer that could overflow.
struct Feed {
    isogloss: Isogloss,
    bell: watch::Receiver<u64>,
    last: u64,
    ready: VecDeque<ChangeEvent>,
}

impl Feed {
    /// Waits for the next commit; `None` once nobody can commit any more.
    async fn next(&mut self) -> Option<ChangeEvent> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                self.last = event.version;
                return Some(event);
            }
            // Looked at before the history is read: a commit in between rings again.
            self.bell.borrow_and_update();
            self.ready
                .extend(self.isogloss.changes_since(Version(self.last)));
            if self.ready.is_empty() {
                self.bell.changed().await.ok()?;
            }
        }
    }
}
