//! The page at `/`: files that are compiled into the binary, and the words that it offers first.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::params::Params;
use crate::problem::{Answer, Problem};
use crate::state::{App, blocking};

/// The files of the page: name, media type, content.
pub(crate) const FILES: [(&str, &str, &str); 12] = [
    (
        "page.css",
        "text/css; charset=utf-8",
        include_str!("../page/page.css"),
    ),
    ("page.js", SCRIPT, include_str!("../page/page.js")),
    ("api.js", SCRIPT, include_str!("../page/api.js")),
    ("ask.js", SCRIPT, include_str!("../page/ask.js")),
    ("console.js", SCRIPT, include_str!("../page/console.js")),
    ("dom.js", SCRIPT, include_str!("../page/dom.js")),
    ("endpoints.js", SCRIPT, include_str!("../page/endpoints.js")),
    ("entity.js", SCRIPT, include_str!("../page/entity.js")),
    ("map.js", SCRIPT, include_str!("../page/map.js")),
    ("sources.js", SCRIPT, include_str!("../page/sources.js")),
    (
        "icon.svg",
        "image/svg+xml",
        include_str!("../page/icon.svg"),
    ),
    ("index.html", "text/html; charset=utf-8", INDEX),
];

const SCRIPT: &str = "text/javascript; charset=utf-8";
const INDEX: &str = include_str!("../page/index.html");

/// How many words the page offers when the configuration names none.
const EXAMPLES: usize = 6;

/// Answers with the page.
pub(crate) async fn index(headers: HeaderMap) -> Response {
    file(&headers, "text/html; charset=utf-8", INDEX)
}

/// Answers with a file of the page.
pub(crate) async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Answer {
    let found = FILES.iter().find(|(known, ..)| *known == name);
    let (_, media_type, content) = found.ok_or_else(|| {
        Problem::new(
            StatusCode::NOT_FOUND,
            "NOT_FOUND",
            "the page has no such file",
        )
    })?;
    Ok(file(&headers, media_type, content))
}

/// Answers with the words to begin with: the configured ones, or those with the most meanings.
pub(crate) async fn examples(State(app): State<App>, RawQuery(query): RawQuery) -> Answer {
    Params::parse(query.as_deref().unwrap_or_default()).finish()?;
    let configured = app.config.page.examples.clone();
    let words = if configured.is_empty() {
        let snapshot = app.isogloss.snapshot();
        blocking(move || ambiguous_words(&snapshot, EXAMPLES)).await?
    } else {
        configured
    };
    Ok(Json(json!({ "examples": words })).into_response())
}

/// Answers with a file, or with 304 when the browser has it.
fn file(headers: &HeaderMap, media_type: &'static str, content: &'static str) -> Response {
    let tag = format!("\"{:x}\"", checksum(content));
    // Only the address stays the same across releases, so that the browser must ask each time.
    let mut response = if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == tag.as_bytes())
    {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, media_type)], content).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(value) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, value);
    }
    response
}

/// Sums a text up (FNV-1a), for telling releases of a file apart.
fn checksum(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Finds the labels of terms that the most domains use, most first; linear in the terms.
fn ambiguous_words(snapshot: &isogloss::Snapshot, most: usize) -> Vec<String> {
    let model = snapshot.model();
    let mut domains_of: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for term in model.terms() {
        let places: Vec<String> = term.domains().iter().map(|domain| domain.iri()).collect();
        let mut words = term.alt_labels();
        words.push(term.label());
        for word in words
            .into_iter()
            .filter(|word| (3..=32).contains(&word.chars().count()))
        {
            domains_of
                .entry(word.to_lowercase())
                .or_default()
                .extend(places.iter().cloned());
        }
    }
    let mut words: Vec<(usize, String)> = domains_of
        .into_iter()
        .map(|(word, domains)| (domains.len(), word))
        .collect();
    words.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    words.into_iter().take(most).map(|(_, word)| word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_asks_nobody_else() {
        for (name, _, content) in FILES {
            // The namespace of SVG and the vocabularies in sample queries are names, not addresses to fetch.
            let names = ["http://www.w3.org/", "https://isogloss.dev/ns#"];
            let content = names
                .iter()
                .fold(content.to_owned(), |text, known| text.replace(known, ""));
            for outside in [
                "http://",
                "https://",
                "src=\"//",
                "href=\"//",
                "url(",
                "@import",
            ] {
                assert!(!content.contains(outside), "`{name}` has `{outside}`");
            }
        }
    }

    #[test]
    fn the_page_has_nothing_inline_that_the_policy_would_block() {
        for inline in ["<script>", " style=\"", " onclick=\"", "javascript:"] {
            assert!(!INDEX.contains(inline), "{inline}");
        }
        for (name, _, content) in FILES {
            for markup in [
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "document.write",
                "eval(",
            ] {
                assert!(
                    !content.contains(markup),
                    "`{name}` builds markup with `{markup}`"
                );
            }
        }
    }

    #[test]
    fn every_file_that_a_file_names_is_served() {
        for (name, _, content) in FILES {
            for part in content.split(['"', '\'']) {
                let wanted = part
                    .strip_prefix("/page/")
                    .or_else(|| part.strip_prefix("./"));
                if let Some(wanted) = wanted {
                    assert!(
                        FILES.iter().any(|(known, ..)| *known == wanted),
                        "`{name}` wants `{wanted}`"
                    );
                }
            }
        }
    }
}
