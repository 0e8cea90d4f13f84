//! What went wrong with one request, as `application/problem+json` (RFC 9457).

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

/// One refused or failed request.
///
/// `code` is for programs and never changes; `detail` is for people.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    detail: String,
    /// Boxed, so that the way of a good answer carries little.
    more: Box<More>,
}

/// What few problems have.
#[derive(Clone, Debug, Default)]
struct More {
    hint: Option<String>,
    extra: Map<String, Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// The answer of a handler.
pub(crate) type Answer<T = Response> = Result<T, Problem>;

impl Problem {
    /// Makes a problem with a status, a code and a sentence.
    pub(crate) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
            more: Box::default(),
        }
    }

    /// Makes a 400 about the request's parameters or body.
    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BAD_USER_INPUT", detail)
    }

    /// Makes a 413 that names the limit.
    pub(crate) fn too_large(what: &str, limit: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "TOO_LARGE",
            format!("{what} is larger than {limit} bytes"),
        )
        .with("limit", limit)
    }

    /// Makes a 503 that may be tried again.
    pub(crate) fn busy(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "BUSY", detail)
            .header(header::RETRY_AFTER, HeaderValue::from_static("1"))
    }

    /// Makes a 500 that says nothing of the inside; what happened is in the log under the request id.
    pub(crate) fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "INTERNAL",
            "the server failed on this request; its log has the reason under the request id",
        )
    }

    /// Adds what the caller can do about it.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.more.hint = Some(hint.into());
        self
    }

    /// Adds a member of the document.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.extra.insert(name.to_owned(), value.into());
        self
    }

    /// Adds a header of the answer.
    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.more.headers.push((name, value));
        self
    }

    /// Turns an error of the graph into the status that fits its code.
    pub(crate) fn from_isogloss(error: &isogloss::Error) -> Self {
        let code = error.code();
        let status = status_of(code, error.is_users_fault());
        if status.is_server_error() && !matches!(code, "BUDGET_EXCEEDED" | "TIMEOUT") {
            tracing::error!(code, error = %Chain(error), "request failed");
            return Self::internal();
        }
        let mut problem = Self::new(status, code, Chain(error).to_string());
        if status == StatusCode::SERVICE_UNAVAILABLE {
            problem = problem.header(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        problem.more.hint = error.hint();
        problem
    }
}

/// Maps an error code of the graph to the status of the answer.
fn status_of(code: &str, users_fault: bool) -> StatusCode {
    match code {
        "UNKNOWN_ENTITY" | "UNKNOWN_SOURCE" | "UNKNOWN_VERSION" | "UNKNOWN_GRAPH" => {
            StatusCode::NOT_FOUND
        }
        "VERSION_NOT_KEPT" => StatusCode::GONE,
        "WRITE_REFUSED" => StatusCode::FORBIDDEN,
        "GRAPH_EXISTS" => StatusCode::CONFLICT,
        "TIMEOUT" | "DEADLINE_EXCEEDED" => StatusCode::REQUEST_TIMEOUT,
        "BUDGET_EXCEEDED" => StatusCode::SERVICE_UNAVAILABLE,
        "TOO_LARGE" => StatusCode::PAYLOAD_TOO_LARGE,
        "NOT_VALID" | "DAMAGED_INPUT" => StatusCode::UNPROCESSABLE_ENTITY,
        _ if users_fault => StatusCode::BAD_REQUEST,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Shows an error with its causes, each once.
pub(crate) struct Chain<'a>(pub(crate) &'a dyn std::error::Error);

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut last = self.0.to_string();
        formatter.write_str(&last)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            let text = error.to_string();
            // A transparent wrapper says what its cause says.
            if text != last {
                write!(formatter, ": {text}")?;
            }
            last = text;
            cause = error.source();
        }
        Ok(())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut document = Map::new();
        document.insert("type".to_owned(), "about:blank".into());
        document.insert(
            "title".to_owned(),
            self.status.canonical_reason().unwrap_or("Error").into(),
        );
        document.insert("status".to_owned(), self.status.as_u16().into());
        document.insert("code".to_owned(), self.code.into());
        document.insert("detail".to_owned(), self.detail.into());
        if let Some(hint) = self.more.hint {
            document.insert("hint".to_owned(), hint.into());
        }
        document.extend(self.more.extra);
        let mut response = Response::new(Body::from(Value::Object(document).to_string()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.extend(self.more.headers);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_their_statuses() {
        assert_eq!(status_of("UNKNOWN_ENTITY", true), StatusCode::NOT_FOUND);
        assert_eq!(
            status_of("BUDGET_EXCEEDED", true),
            StatusCode::SERVICE_UNAVAILABLE
        );
        assert_eq!(status_of("ANYTHING_ELSE", true), StatusCode::BAD_REQUEST);
        assert_eq!(
            status_of("ANYTHING_ELSE", false),
            StatusCode::INTERNAL_SERVER_ERROR
        );
    }
}
