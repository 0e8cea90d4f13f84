//! `GET /changes`: what commits do to entities, as server-sent events.
//!
//! The stream keeps nothing but its place in the history: a client that reads slowly, or not at all, costs one batch of
//! events, and one that comes back with `Last-Event-ID` goes on where it was.

use std::collections::VecDeque;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::IntoResponse;
use bytes::Bytes;
use futures::stream;
use isogloss::{ChangeFilter, ChangePage, Cursor};
use tokio::sync::{OwnedSemaphorePermit, watch};

use crate::params::Params;
use crate::problem::{Answer, Problem};
use crate::rest::kinds;
use crate::state::{App, blocking, now};

/// Events that are read at once.
const BATCH: usize = 64;

/// Answers with the events after a place, and then with those to come.
pub(crate) async fn changes(
    State(app): State<App>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Answer {
    let mut params = Params::parse(query.as_deref().unwrap_or_default());
    let filter = ChangeFilter {
        kinds: kinds(&mut params)?,
        sources: params.many("source"),
        domains: params.many("domain"),
        iris: params.many("iri"),
    };
    let after = params.one("after")?;
    params.finish()?;
    // A browser that reconnects asks for the same address again, and says in the header how far it came.
    let seen = headers
        .get("last-event-id")
        .map(|value| {
            value
                .to_str()
                .map_err(|_| Problem::bad_request("the header `Last-Event-ID` is not text"))
        })
        .transpose()?;
    let cursor = match seen.filter(|seen| !seen.is_empty()).or(after.as_deref()) {
        Some(text) => app
            .isogloss
            .place(text, now())
            .map_err(|error| Problem::from_isogloss(&error))?,
        None => app.isogloss.newest_cursor(),
    };
    let permit = app.feed()?;
    let mut feed = Feed {
        bell: app.bell.clone(),
        app,
        cursor,
        filter,
        ready: VecDeque::from([Bytes::from_static(b"retry: 1000\n\n")]),
        waits: false,
        ended: false,
        _permit: permit,
    };
    // What is wrong with the place has a status of its own.
    feed.read_on().await?;
    let body = Body::from_stream(stream::unfold(feed, |mut feed| async move {
        let chunk = feed.next().await?;
        Some((Ok::<Bytes, std::io::Error>(chunk), feed))
    }));
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/event-stream; charset=utf-8"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, body).into_response())
}

/// A client's place in the history.
struct Feed {
    app: App,
    /// Rings after each commit.
    bell: watch::Receiver<u64>,
    cursor: Cursor,
    filter: ChangeFilter,
    /// What is written and not yet sent: one batch at most.
    ready: VecDeque<Bytes>,
    /// Whether everything was read.
    waits: bool,
    ended: bool,
    _permit: OwnedSemaphorePermit,
}

impl Feed {
    /// Waits for the next piece of the answer; `None` when the server stops, and after an error.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(chunk) = self.ready.pop_front() {
                return Some(chunk);
            }
            if self.ended {
                return None;
            }
            if self.waits {
                let heartbeat = Duration::from_secs(self.app.config.timeouts.heartbeat_s);
                tokio::select! {
                    rung = self.bell.changed() => rung.ok()?,
                    () = tokio::time::sleep(heartbeat) => {
                        return Some(Bytes::from_static(b": still here\n\n"));
                    }
                    () = self.app.stopping.cancelled() => return None,
                }
            }
            if let Err(problem) = self.read_on().await {
                // The client comes back and is told with a status; `event: error` is for those who look.
                self.ended = true;
                let code = problem.code;
                let text = format!("event: error\ndata: {{\"code\":\"{code}\"}}\n\n");
                self.ready.push_back(Bytes::from(text));
            }
        }
    }

    /// Reads a batch.
    async fn read_on(&mut self) -> Answer<()> {
        // Looked at before the history is read: a commit in between rings again.
        self.bell.borrow_and_update();
        let permit = self.app.heavy().await?;
        let (isogloss, filter) = (self.app.isogloss.clone(), self.filter.clone());
        let cursor = self.cursor;
        let page = blocking(move || {
            let _permit = permit;
            isogloss.entity_changes(cursor, BATCH, &filter)
        })
        .await?;
        let page = page.map_err(|error| Problem::from_isogloss(&error))?;
        self.waits = !page.more;
        self.write(&page);
        self.cursor = page.cursor;
        Ok(())
    }

    /// Writes the events of a page, and its place where the events do not reach it.
    fn write(&mut self, page: &ChangePage) {
        let mut last = self.cursor;
        for event in &page.events {
            match serde_json::to_string(event) {
                // JSON has no line break outside of its strings, where it is escaped.
                Ok(data) => {
                    let text = format!("id: {}\ndata: {data}\n\n", event.cursor);
                    self.ready.push_back(Bytes::from(text));
                }
                Err(error) => tracing::error!(%error, "an event cannot be written"),
            }
            last = event.cursor;
        }
        if page.cursor != last {
            // Nobody is told, but the client remembers how far it came.
            self.ready
                .push_back(Bytes::from(format!("id: {}\n\n", page.cursor)));
        }
    }
}
