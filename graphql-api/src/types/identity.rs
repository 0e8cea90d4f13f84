//! Identities: why names are one thing, which might be, and what people decide of it.

use async_graphql::{Context, Enum, InputObject, SimpleObject};
use isogloss::Snapshot;
use isogloss::graph::{Snapshot as Graph, SourceId};
use isogloss::model::identities::{self, CandidateRequest, Link};

use crate::context::{caller, operation, read, shared, snapshot, write};
use crate::error::Result;
use crate::types::UserError;

/// The most pairs that a list of candidates has.
const CANDIDATES_MAX: u64 = 500;

/// The names of a thing, and what joins them.
#[derive(Debug, SimpleObject)]
pub struct Identity {
    /// The name that stands for the others in the merged view.
    canonical: String,
    /// All names, the one that stands for them first; with `other` the two that were asked for.
    names: Vec<String>,
    /// Whether all these names are one thing.
    is_one: bool,
    /// What joins them, the surest first; with `other` the surest way from the one to the other.
    links: Vec<IdentityLink>,
    /// Names that someone keeps apart from these.
    refusals: Vec<IdentityRefusal>,
}

/// Two names that a rule joins.
#[derive(Debug, SimpleObject)]
pub struct IdentityLink {
    /// One name.
    one: String,
    /// The other.
    other: String,
    /// The rule, such as `qualified-name`.
    rule: String,
    /// How sure it is, from 0 to 1.
    confidence: f64,
    /// What it rests on, in words.
    because: String,
    /// Names of the sources that say it.
    claimed_by: Vec<String>,
}

/// Two names that a source keeps apart.
#[derive(Debug, SimpleObject)]
pub struct IdentityRefusal {
    /// One name.
    one: String,
    /// The other.
    other: String,
    /// Name of the source that refuses.
    refused_by: String,
}

/// Tables that might be one, and are not joined.
#[derive(Debug, SimpleObject)]
pub struct IdentityCandidates {
    /// How many pairs there are.
    total: u64,
    /// The surest first.
    pairs: Vec<IdentityCandidate>,
    /// Names that so many tables share that they were not compared.
    passed_over: Vec<String>,
}

/// Two tables that might be one.
#[derive(Debug, SimpleObject)]
pub struct IdentityCandidate {
    /// One name.
    one: String,
    /// The other.
    other: String,
    /// The rule that speaks for it, such as `partial-name`.
    rule: String,
    /// How sure it is, from 0 to 1.
    confidence: f64,
    /// What it rests on, in words.
    because: String,
}

/// What someone decides of two names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "isogloss::IdentityDecision")]
pub enum IdentityDecision {
    /// They are one thing.
    Same,
    /// They are two things, whatever the rules say.
    Different,
    /// Nothing is decided: what was decided before is taken back.
    Open,
}

/// What to decide of which names.
#[derive(Debug, Clone, InputObject)]
pub struct DecideIdentityInput {
    /// One name, an IRI.
    one: String,
    /// The other.
    other: String,
    /// What is decided.
    decision: IdentityDecision,
    /// Given back as it is, to match answers with requests.
    client_mutation_id: Option<String>,
}

/// What came of a decision.
#[derive(Debug, Default, SimpleObject)]
pub struct DecideIdentityPayload {
    /// Whether it was decided so before.
    unchanged: bool,
    /// Version of the graph afterwards.
    version: u64,
    /// Why nothing was decided; empty if all went well.
    user_errors: Vec<UserError>,
    /// What the caller gave to match answers with requests.
    client_mutation_id: Option<String>,
}

fn source_name(graph: &Graph, id: SourceId) -> String {
    let info = graph.source_info(id);
    info.map_or_else(String::new, |info| info.name.to_string())
}

fn link(graph: &Graph, link: &Link) -> IdentityLink {
    IdentityLink {
        one: graph.text(link.one),
        other: graph.text(link.other),
        rule: link.rule.as_str().to_owned(),
        confidence: link.confidence,
        because: link.because.clone(),
        claimed_by: link
            .sources
            .iter()
            .map(|id| source_name(graph, *id))
            .collect(),
    }
}

fn identity_of(snapshot: &Snapshot, iri: &str, other: Option<&str>) -> Option<Identity> {
    let graph = snapshot.graph();
    let name = graph.id_of_iri(iri)?;
    let (links, names) = match other {
        None => (identities::links(graph, name), graph.names_of(name)),
        Some(other) => {
            let other = graph.id_of_iri(other)?;
            let way = identities::why(graph, name, other);
            (way.unwrap_or_default(), vec![name, other])
        }
    };
    let canonical = graph.canonical(name);
    let refusals = identities::refusals(graph, name).into_iter();
    Some(Identity {
        canonical: graph.text(canonical),
        is_one: names.iter().all(|it| graph.canonical(*it) == canonical),
        names: names.into_iter().map(|it| graph.text(it)).collect(),
        links: links.iter().map(|it| link(graph, it)).collect(),
        refusals: refusals
            .map(|refusal| IdentityRefusal {
                one: graph.text(refusal.one),
                other: graph.text(refusal.other),
                refused_by: source_name(graph, refusal.source),
            })
            .collect(),
    })
}

/// Finds the names of a thing, or why two names are one.
pub(crate) async fn identity(
    ctx: &Context<'_>,
    iri: String,
    other: Option<String>,
) -> Result<Option<Identity>> {
    let snapshot = snapshot(ctx)?;
    read(ctx, move || {
        Ok(identity_of(&snapshot, &iri, other.as_deref()))
    })
    .await
}

/// Lists the tables that might be one.
pub(crate) async fn candidates(
    ctx: &Context<'_>,
    at_least: Option<f64>,
    first: Option<u64>,
) -> Result<IdentityCandidates> {
    let defaults = CandidateRequest::default();
    let first = first.unwrap_or(defaults.limit as u64).min(CANDIDATES_MAX);
    let request = CandidateRequest {
        at_least: at_least.unwrap_or(defaults.at_least),
        limit: usize::try_from(first).unwrap_or(defaults.limit),
    };
    let snapshot = snapshot(ctx)?;
    read(ctx, move || {
        let graph = snapshot.graph();
        let found = identities::candidates(&snapshot.model(), request);
        let pairs = found.pairs.into_iter().map(|pair| IdentityCandidate {
            one: graph.text(pair.one),
            other: graph.text(pair.other),
            rule: pair.rule.as_str().to_owned(),
            confidence: pair.confidence,
            because: pair.because,
        });
        Ok(IdentityCandidates {
            total: found.total as u64,
            pairs: pairs.collect(),
            passed_over: found.passed_over,
        })
    })
    .await
}

/// Decides what two names are.
pub(crate) async fn decide(
    ctx: &Context<'_>,
    input: DecideIdentityInput,
) -> Result<DecideIdentityPayload> {
    let shared = shared(ctx)?;
    let (isogloss, actor, now) = (
        shared.isogloss.clone(),
        caller(ctx).name,
        shared.clock.now(),
    );
    let mut payload = DecideIdentityPayload {
        client_mutation_id: input.client_mutation_id.clone(),
        ..DecideIdentityPayload::default()
    };
    let decided = write(ctx, move || {
        let decision = input.decision.into();
        Ok(isogloss.decide_identity(&input.one, &input.other, decision, &actor, now)?)
    });
    match decided.await {
        Ok(receipt) => {
            operation(ctx)?.made(receipt.version.0);
            payload.unchanged = receipt.unchanged;
        }
        Err(error) => payload
            .user_errors
            .push(UserError::from_error(error, &["input"])?),
    }
    payload.version = shared.isogloss.snapshot().version().0;
    Ok(payload)
}
