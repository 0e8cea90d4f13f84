//! Answers that are written while they are computed: a thread with a deep stack on one side, the client on the other.
//!
//! The answer begins with the first full chunk, or with the end where it is shorter, so that what fails before has a
//! status of its own. What fails later breaks the connection: a client never takes a part for the whole.

use std::io;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::StreamExt;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tokio_stream::wrappers::ReceiverStream;

use crate::observe::GRAPH_VERSION;
use crate::problem::{Answer, Problem};

/// Bytes that are gathered before they are sent on.
const CHUNK_BYTES: usize = 64 << 10;

/// Chunks that wait for the client; more of them stop the writer.
const CHUNKS_WAITING: usize = 4;

/// Bytes of stack of a writer: queries nest up to 128 levels, which parser and evaluator walk by recursion.
const STACK_BYTES: usize = 32 << 20;

/// Calls off the work when the client is gone, or the answer complete.
pub(crate) struct CancelOnDrop<F: FnOnce()>(Option<F>);

impl<F: FnOnce()> CancelOnDrop<F> {
    /// Makes a guard that calls `cancel` when it is dropped.
    pub(crate) fn new(cancel: F) -> Self {
        Self(Some(cancel))
    }
}

impl<F: FnOnce()> Drop for CancelOnDrop<F> {
    fn drop(&mut self) {
        if let Some(cancel) = self.0.take() {
            cancel();
        }
    }
}

/// What the writer writes to.
pub(crate) struct Output {
    buffer: Vec<u8>,
    media_type: &'static str,
    begin: Option<oneshot::Sender<Answer<Begun>>>,
    chunks: mpsc::Sender<io::Result<Bytes>>,
    waiting: Option<mpsc::Receiver<io::Result<Bytes>>>,
    ended: bool,
}

/// The beginning of an answer.
struct Begun {
    media_type: &'static str,
    content: Content,
}

enum Content {
    Whole(Bytes),
    Chunks(mpsc::Receiver<io::Result<Bytes>>),
}

impl Output {
    /// Names the media type; to be called before anything is written.
    pub(crate) fn media_type(&mut self, media_type: &'static str) {
        self.media_type = media_type;
    }

    /// Sends the answer's head off, with its content or the way to it.
    fn begin(&mut self, content: Answer<Content>) -> io::Result<()> {
        let Some(begin) = self.begin.take() else {
            return Ok(());
        };
        let begun = content.map(|content| Begun {
            media_type: self.media_type,
            content,
        });
        begin
            .send(begun)
            .map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    fn send(&mut self) -> io::Result<()> {
        if let Some(waiting) = self.waiting.take() {
            self.begin(Ok(Content::Chunks(waiting)))?;
        }
        let chunk = Bytes::from(std::mem::take(&mut self.buffer));
        self.chunks
            .blocking_send(Ok(chunk))
            .map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    /// Ends the answer, well or badly. A client that has left is told nothing.
    fn end(mut self, outcome: Answer<()>) {
        let sent = match outcome {
            Ok(()) if self.begin.is_some() => {
                let whole = Bytes::from(std::mem::take(&mut self.buffer));
                self.begin(Ok(Content::Whole(whole)))
            }
            Ok(()) => self.send(),
            Err(problem) if self.begin.is_some() => self.begin(Err(problem)),
            // Dropping it unended breaks the stream.
            Err(_) => return,
        };
        self.ended = true;
        if sent.is_err() {
            tracing::debug!("the client left before its answer");
        }
    }
}

impl io::Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= CHUNK_BYTES {
            self.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if !self.ended && self.begin.is_none() {
            let cut = io::Error::other("the answer could not be completed");
            self.chunks.blocking_send(Err(cut)).ok();
        }
    }
}

/// Answers with what `write` writes on a thread of its own.
///
/// `permit` is given back when the writer ends, `guard` is dropped when the client has its answer or leaves.
pub(crate) async fn answer(
    version: u64,
    permit: OwnedSemaphorePermit,
    guard: impl Send + 'static,
    write: impl FnOnce(&mut Output) -> Answer<()> + Send + 'static,
) -> Answer {
    let (begin, begun) = oneshot::channel();
    let (chunks, waiting) = mpsc::channel(CHUNKS_WAITING);
    let mut output = Output {
        buffer: Vec::new(),
        media_type: "application/octet-stream",
        begin: Some(begin),
        chunks,
        waiting: Some(waiting),
        ended: false,
    };
    let writer = move || {
        let _permit = permit;
        let outcome = write(&mut output);
        output.end(outcome);
    };
    let thread = std::thread::Builder::new()
        .name("isogloss-writer".to_owned())
        .stack_size(STACK_BYTES);
    thread
        .spawn(writer)
        .map_err(|_| Problem::busy("the server has no thread left"))?;
    if let Ok(begun) = begun.await {
        return Ok(respond(version, begun?, guard));
    }
    tracing::error!("a writer ended without an answer");
    Err(Problem::internal())
}

/// Does work that recurses over the input on a thread of its own, and waits for its outcome.
///
/// `permit` is given back when the work ends, `guard` is dropped when the client leaves before.
pub(crate) async fn deep<T: Send + 'static>(
    permit: OwnedSemaphorePermit,
    guard: impl Send + 'static,
    work: impl FnOnce() -> Answer<T> + Send + 'static,
) -> Answer<T> {
    let (send, outcome) = oneshot::channel();
    let worker = move || {
        let _permit = permit;
        if send.send(work()).is_err() {
            tracing::debug!("the client left before its answer");
        }
    };
    let thread = std::thread::Builder::new()
        .name("isogloss-worker".to_owned())
        .stack_size(STACK_BYTES);
    thread
        .spawn(worker)
        .map_err(|_| Problem::busy("the server has no thread left"))?;
    let outcome = outcome.await;
    drop(guard);
    outcome.unwrap_or_else(|_| {
        tracing::error!("a worker ended without an answer");
        Err(Problem::internal())
    })
}

/// Makes the response; the guard lives as long as its body.
fn respond(version: u64, begun: Begun, guard: impl Send + 'static) -> Response {
    let body = match begun.content {
        Content::Whole(bytes) => Body::from(bytes),
        Content::Chunks(chunks) => {
            Body::from_stream(ReceiverStream::new(chunks).map(move |chunk| {
                let _alive = &guard;
                chunk
            }))
        }
    };
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static(begun.media_type),
        ),
        (header::VARY, HeaderValue::from_static("accept")),
        (GRAPH_VERSION, HeaderValue::from(version)),
    ];
    (StatusCode::OK, headers, body).into_response()
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use http_body_util::BodyExt;
    use tokio::sync::Semaphore;

    use super::*;

    async fn permit() -> OwnedSemaphorePermit {
        Arc::new(Semaphore::new(1))
            .acquire_owned()
            .await
            .expect("a new semaphore is open")
    }

    #[tokio::test]
    async fn a_short_answer_is_whole_and_a_long_one_is_complete() {
        for size in [10, CHUNK_BYTES * 10] {
            let response = answer(1, permit().await, (), move |output| {
                output
                    .write_all(&vec![b'x'; size])
                    .map_err(|_| Problem::internal())
            });
            let body = response.await.expect("it is written").into_body();
            assert_eq!(
                body.collect().await.expect("complete").to_bytes().len(),
                size
            );
        }
    }

    #[tokio::test]
    async fn an_early_failure_has_its_status_and_a_late_one_breaks_the_body() {
        let early = answer(1, permit().await, (), |_| Err(Problem::bad_request("no"))).await;
        assert_eq!(early.expect_err("refused").status, StatusCode::BAD_REQUEST);
        let late = answer(1, permit().await, (), |output| {
            output
                .write_all(&vec![b'x'; CHUNK_BYTES])
                .map_err(|_| Problem::internal())?;
            Err(Problem::bad_request("too late"))
        });
        let body = late.await.expect("it began").into_body();
        assert!(
            body.collect().await.is_err(),
            "a part must not look like the whole"
        );
    }

    #[tokio::test]
    async fn a_client_that_leaves_calls_the_work_off() {
        let cancelled = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&cancelled);
        let guard = CancelOnDrop::new(move || flag.store(true, Ordering::SeqCst));
        let (ended, outcome) = oneshot::channel();
        let response = answer(1, permit().await, guard, move |output| {
            let mut written = Ok(());
            while written.is_ok() {
                written = output.write_all(&[b'x'; 4096]);
            }
            ended.send(()).ok();
            Err(Problem::internal())
        });
        drop(response.await.expect("it began"));
        outcome.await.expect("the writer noticed");
        assert!(cancelled.load(Ordering::SeqCst));
    }
}
