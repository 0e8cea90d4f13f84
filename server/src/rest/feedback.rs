//! `/feedback`: what words did and did not mean, said, read and taken back.

use axum::extract::{RawQuery, Request, State};
use axum::http::StatusCode;
use isogloss::Verdict;
use serde::Deserialize;
use serde_json::{Value, json};

use super::ingest::check_type;
use super::{ACTOR, document};
use crate::body;
use crate::params::Params;
use crate::problem::{Answer, Problem};
use crate::state::{App, blocking, now};

/// The longest request that says something: words, an IRI and a verdict.
const BYTES_MAX: usize = 64 << 10;

/// Who says what of which asset.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    text: String,
    iri: String,
    verdict: Spoken,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Spoken {
    Accept,
    Reject,
}

impl From<Spoken> for Verdict {
    fn from(spoken: Spoken) -> Self {
        match spoken {
            Spoken::Accept => Self::Accept,
            Spoken::Reject => Self::Reject,
        }
    }
}

/// Counts that an asset is, or is not, what words mean.
pub(crate) async fn give(State(app): State<App>, request: Request) -> Answer {
    let (parts, content) = request.into_parts();
    Params::parse(parts.uri.query().unwrap_or_default()).finish()?;
    check_type(body::media_type(&parts.headers).as_deref())?;
    let bytes = body::read(&parts.headers, content, "the request", BYTES_MAX).await?;
    let said: Said = serde_json::from_slice(&bytes).map_err(|error| {
        Problem::bad_request(format!(
            "the body is not {{\"text\": ..., \"iri\": ..., \"verdict\": \"accept\" or \"reject\"}}: {error}"
        ))
        .with("line", error.line())
        .with("column", error.column())
    })?;
    let permit = app.heavy().await?;
    let isogloss = app.isogloss.clone();
    let receipt = blocking(move || {
        let _permit = permit;
        isogloss.feedback(&said.text, &said.iri, said.verdict.into(), ACTOR, now())
    })
    .await?;
    let receipt = receipt.map_err(|error| Problem::from_isogloss(&error))?;
    document(
        receipt.version.0,
        &json!({ "source": receipt.source.as_str(), "added": receipt.added, "removed": receipt.removed }),
    )
}

/// Lists what was said.
pub(crate) async fn list(State(app): State<App>, RawQuery(query): RawQuery) -> Answer {
    let mut params = Params::parse(query.as_deref().unwrap_or_default());
    let snapshot = app.snapshot(&mut params).await?;
    let iri = params.one("iri")?;
    params.finish()?;
    let version = snapshot.version().0;
    let said = blocking(move || snapshot.model().feedback()).await?;
    let wanted = said
        .iter()
        .filter(|one| iri.as_ref().is_none_or(|iri| *iri == one.about));
    let rows: Vec<Value> = wanted
        .map(|one| {
            json!({
                "asked": one.asked, "about": one.about, "accepted": one.accepted, "rejected": one.rejected,
            })
        })
        .collect();
    document(version, &json!({ "feedback": rows }))
}

/// Forgets what was said of one asset as the meaning of words.
pub(crate) async fn forget(State(app): State<App>, RawQuery(query): RawQuery) -> Answer {
    let mut params = Params::parse(query.as_deref().unwrap_or_default());
    let (text, iri) = (params.required("text")?, params.required("iri")?);
    params.finish()?;
    let permit = app.heavy().await?;
    let isogloss = app.isogloss.clone();
    let forgotten = blocking(move || {
        let _permit = permit;
        isogloss.forget_feedback(&text, &iri, ACTOR, now())
    })
    .await?;
    let forgotten = forgotten.map_err(|error| Problem::from_isogloss(&error))?;
    let Some((voices, receipt)) = forgotten else {
        return Err(Problem::new(
            StatusCode::NOT_FOUND,
            "NOT_FOUND",
            "nobody said anything of this asset as the meaning of these words",
        )
        .hint("what was said is at GET /feedback"));
    };
    document(receipt.version.0, &json!({ "forgotten": voices }))
}
