//! The root of all that is told as it happens.

use std::collections::VecDeque;

use async_graphql::futures_util::stream::{self, Stream};
use async_graphql::{Context, Subscription as SubscriptionRoot};
use isogloss::graph::Version;
use isogloss::{ChangeEvent, Cursor, Isogloss};
use tokio::sync::watch;

use crate::context::shared;
use crate::error::{Error, Result};
use crate::types::{Change, ChangeFilter, EntityChange};

/// Entity changes that are read at once.
const BATCH: usize = 64;

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
        let oldest = shared.isogloss.oldest_cursor().version();
        if let Some(version) = after.filter(|after| *after < oldest.0) {
            let version = Version(version);
            return Err(isogloss::Error::VersionNotKept { version, oldest }.into());
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

    /// Tells what each commit does to entities, each event once and in order: first those after the place `after`,
    /// then those to come. A client that was away goes on from the cursor of the last event that it saw.
    async fn entity_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Where to go on from: the cursor of the last event seen, a version or a time; now unless given."
        )]
        after: Option<String>,
        #[graphql(desc = "Which events to tell, all unless given.")] filter: Option<ChangeFilter>,
    ) -> Result<impl Stream<Item = async_graphql::Result<EntityChange>> + use<>> {
        let shared = shared(ctx)?;
        let isogloss = shared.isogloss.clone();
        let cursor = match after {
            Some(text) => isogloss.place(&text, shared.clock.now())?,
            None => isogloss.newest_cursor(),
        };
        let mut feed = EntityFeed {
            isogloss,
            bell: shared.bell.clone(),
            cursor,
            filter: filter.unwrap_or_default().into_feed(),
            ready: VecDeque::new(),
            failed: false,
        };
        // What is wrong with the place is told at once, not with the next commit.
        feed.read_on().await?;
        Ok(stream::unfold(feed, |mut feed| async move {
            let event = feed.next().await?;
            Some((event, feed))
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

/// A reader's place in the feed of changed entities; it holds one batch of events at most.
struct EntityFeed {
    isogloss: Isogloss,
    bell: watch::Receiver<u64>,
    cursor: Cursor,
    filter: isogloss::ChangeFilter,
    ready: VecDeque<isogloss::EntityChange>,
    failed: bool,
}

impl EntityFeed {
    /// Waits for the next event; `None` after an error, and once nobody can commit any more.
    async fn next(&mut self) -> Option<async_graphql::Result<EntityChange>> {
        while !self.failed {
            if let Some(event) = self.ready.pop_front() {
                return Some(Ok(EntityChange::from(event)));
            }
            // Looked at before the history is read: a commit in between rings again.
            self.bell.borrow_and_update();
            match self.read_on().await {
                Ok(true) => {}
                Ok(false) => self.bell.changed().await.ok()?,
                Err(error) => {
                    self.failed = true;
                    return Some(Err(async_graphql::Error::new_with_source(error)));
                }
            }
        }
        None
    }

    /// Reads a batch; false when there was nothing more to read.
    async fn read_on(&mut self) -> Result<bool> {
        let (isogloss, filter) = (self.isogloss.clone(), self.filter.clone());
        let cursor = self.cursor;
        let read = move || isogloss.entity_changes(cursor, BATCH, &filter);
        let page = tokio::task::spawn_blocking(read)
            .await
            .map_err(Error::Worker)??;
        self.cursor = page.cursor;
        self.ready.extend(page.events);
        Ok(page.more || !self.ready.is_empty())
    }
}
