//! Reading a request's body within a limit.

use axum::body::Body;
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use futures::StreamExt;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use crate::problem::{Answer, Problem};

/// Bytes that are read and thrown away, so that a sender in mid-sentence hears why it was refused.
const DISCARD_BYTES_MAX: usize = 64 << 20;

/// Reads the whole body.
///
/// A body that says it is too large is refused before it is read; one that turns out to be, as soon as it does.
pub(crate) async fn read(
    headers: &HeaderMap,
    body: Body,
    what: &str,
    limit: usize,
) -> Answer<Bytes> {
    let announced = headers.get(header::CONTENT_LENGTH);
    let announced = announced
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse::<u64>().ok());
    if announced.is_some_and(|bytes| bytes > limit as u64) {
        if !headers.contains_key(header::EXPECT) {
            discard(body).await;
        }
        return Err(Problem::too_large(what, limit));
    }
    match Limited::new(body, limit).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Problem::too_large(what, limit)),
        Err(_) => Err(Problem::bad_request(
            "the body of the request could not be read to its end",
        )),
    }
}

/// Reads a body to its end, or to a limit, and keeps nothing.
async fn discard(body: Body) {
    let mut left = DISCARD_BYTES_MAX;
    let mut chunks = body.into_data_stream();
    while let Some(Ok(chunk)) = chunks.next().await {
        match left.checked_sub(chunk.len()) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}

/// Returns the media type of the body, in lower case and without parameters.
pub(crate) fn media_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(
        value
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase(),
    )
}
