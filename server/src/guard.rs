//! Who may ask: the `Host` allow-list against DNS rebinding, and the refusal of other sites' pages.

use std::sync::atomic::Ordering;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::config::Config;
use crate::problem::{Answer, Problem};
use crate::state::App;

/// Routes that a prober asks by whatever address it knows, and that tell nothing.
const PROBES: [&str; 3] = ["/healthz", "/livez", "/readyz"];

/// Reading routes that are refused to other sites' pages too, as they can be made to work hard.
const GUARDED_READS: [&str; 6] = [
    "/changes",
    "/graphql",
    "/graphql/ws",
    "/sparql",
    "/store",
    "/store/{*graph}",
];

/// Refuses requests for another host and requests that another site's page sends.
pub(crate) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("", MatchedPath::as_str);
    let checked = if PROBES.contains(&route) {
        Ok(())
    } else {
        check_host(&app.config, request.uri(), request.headers())
            .and_then(|host| check_site(&app.config, route, &request, &host))
    };
    match checked {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

/// Cuts off a request whose answer does not begin in time.
pub(crate) async fn deadline(State(app): State<App>, request: Request, next: Next) -> Response {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("", MatchedPath::as_str);
    let times = &app.config.timeouts;
    let limit = match route {
        "/ingest" | "/store" | "/store/{*graph}" => times.ingest(),
        // The query's own deadline comes first and says more.
        "/sparql" | "/export" => times
            .request()
            .max(times.query() + std::time::Duration::from_secs(2)),
        _ => times.request(),
    };
    if let Ok(response) = tokio::time::timeout(limit, next.run(request)).await {
        return response;
    }
    app.metrics.refused.fetch_add(1, Ordering::Relaxed);
    Problem::new(
        StatusCode::REQUEST_TIMEOUT,
        "TIMEOUT",
        format!("no answer within {} seconds", limit.as_secs()),
    )
    .into_response()
}

/// Checks the host that the request is for, and returns it with its port.
fn check_host(config: &Config, uri: &Uri, headers: &HeaderMap) -> Answer<String> {
    let mut lines = headers.get_all(header::HOST).iter();
    let (first, second) = (lines.next(), lines.next());
    if second.is_some() {
        return Err(Problem::bad_request(
            "the request has several `Host` headers",
        ));
    }
    let host = match (uri.authority(), first) {
        (Some(authority), _) => authority.as_str(),
        (None, Some(value)) => value
            .to_str()
            .map_err(|_| Problem::bad_request("the `Host` header is not text"))?,
        (None, None) => return Err(Problem::bad_request("the request has no `Host` header")),
    };
    let host = host.to_ascii_lowercase();
    if is_allowed(config, without_port(&host)) {
        return Ok(host);
    }
    let shown: String = host.chars().take(128).collect();
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "HOST_NOT_ALLOWED",
        format!("this server does not answer for the host `{shown}`"),
    )
    .hint("add it to `allowed_hosts` in the `[server]` table of isogloss.toml"))
}

/// Says whether the server answers for a host.
fn is_allowed(config: &Config, host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let is_loopback = host == "localhost"
        || bare.parse::<std::net::IpAddr>().is_ok_and(|address| {
            address.is_loopback() || (address == config.listen.ip() && !address.is_unspecified())
        });
    is_loopback
        || config
            .allowed_hosts
            .iter()
            .any(|allowed| allowed.eq_ignore_ascii_case(host))
}

/// Takes the port off, and leaves the brackets of an IPv6 address alone.
fn without_port(host: &str) -> &str {
    if let Some(end) = host.rfind(']') {
        return host.get(..=end).unwrap_or(host);
    }
    host.rsplit_once(':').map_or(host, |(name, _)| name)
}

/// Refuses what a page of another site sends, where it could change something or make work.
fn check_site(config: &Config, route: &str, request: &Request, host: &str) -> Answer<()> {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if reads && !GUARDED_READS.contains(&route) {
        return Ok(());
    }
    let text = |name: &str| {
        request
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap_or("null"))
    };
    let refused = |what: &str| {
        Err(Problem::new(
            StatusCode::FORBIDDEN,
            "CROSS_SITE",
            format!("a page of another site may not send this request: {what}"),
        )
        .hint("allow its origin in `allowed_origins` in the `[server]` table of isogloss.toml"))
    };
    if let Some(origin) = text("origin") {
        if config
            .allowed_origins
            .iter()
            .any(|allowed| allowed.eq_ignore_ascii_case(origin))
        {
            return Ok(());
        }
        let of_origin = origin.split_once("://").map(|(_, rest)| rest);
        if !of_origin.is_some_and(|rest| rest.eq_ignore_ascii_case(host)) {
            return refused("its `Origin` is not this server");
        }
    }
    match text("sec-fetch-site") {
        None | Some("same-origin" | "none") => Ok(()),
        Some(_) => refused("`Sec-Fetch-Site` says so"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        let config = Config {
            allowed_hosts: vec!["data.example".to_owned()],
            ..Config::default()
        };
        for (host, allowed) in [
            ("localhost:4400", true),
            ("127.0.0.1", true),
            ("127.0.0.1:80", true),
            ("[::1]:4400", true),
            ("data.example:443", true),
            ("evil.example", false),
            ("localhost.evil.example", false),
            ("127.0.0.1.evil.example", false),
            ("0.0.0.0:4400", false),
        ] {
            assert_eq!(is_allowed(&config, without_port(host)), allowed, "{host}");
        }
    }
}
