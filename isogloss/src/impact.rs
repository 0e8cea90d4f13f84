//! What a change touches through meaning, in IRIs, with the reasons.

use graph_core::traverse::Limits;
use graph_core::{Scope, TermId};
use semantic_model::impact::{self, Flow, Impacted, Place, Step};
use semantic_model::{Entity, Model};
use serde::Serialize;

use crate::lineage::known;
use crate::{Result, Snapshot};

pub use semantic_model::impact::{Question as ImpactQuestion, Severity as ImpactSeverity};

/// Sources named for one step of a reason.
const SOURCES_MAX: usize = 8;

/// What impact is asked for.
#[derive(Clone, Copy, Debug)]
pub struct ImpactRequest {
    /// What breaks if the entity changes, or what it rests on.
    pub question: ImpactQuestion,
    /// How many steps to go at most; what is not shown, such as a schema between column and dataset, is none.
    pub max_hops: u32,
    /// How many things to reach at most.
    pub max_nodes: usize,
}

impl Default for ImpactRequest {
    fn default() -> Self {
        Self {
            question: ImpactQuestion::Impact,
            max_hops: 10,
            max_nodes: 1_000,
        }
    }
}

/// What a change touches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Impact {
    /// IRI of the entity that was asked about.
    pub root: String,
    /// What is reached, by kind.
    pub groups: Vec<ImpactGroup>,
    /// Things in all groups together.
    pub total: usize,
    /// Whether a limit left something out.
    pub partial: bool,
}

/// Impacted things of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImpactGroup {
    /// The kind as one word, as of [`semantic_model::EntityKind::as_str`], or `policy`.
    pub kind: &'static str,
    /// The things, the hardest hit first, then the nearest.
    pub items: Vec<ImpactItem>,
}

/// One impacted thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImpactItem {
    /// Its IRI.
    pub iri: String,
    /// Its name for people.
    pub label: String,
    /// How hard the change arrives: `breaks`, `affects` or `informs`.
    #[serde(serialize_with = "severity_word")]
    pub severity: ImpactSeverity,
    /// Steps from the entity that was asked about.
    pub hops: u32,
    /// Why: the statements on the way, from the entity that was asked about.
    pub why: Vec<ImpactStep>,
}

/// One statement of a reason, in the direction in which impact flows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImpactStep {
    /// IRI of where the step begins.
    pub from: String,
    /// IRI of the statement's predicate.
    pub predicate: String,
    /// IRI of where the step ends.
    pub to: String,
    /// Whether the statement is about where the step ends: then its subject is `to`.
    pub reversed: bool,
    /// Names of sources that say so, eight at most.
    pub sources: Vec<String>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
fn severity_word<S: serde::Serializer>(
    severity: &ImpactSeverity,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(word(*severity))
}

/// Returns the severity as one lower-case word.
pub(crate) fn word(severity: ImpactSeverity) -> &'static str {
    match severity {
        ImpactSeverity::Breaks => "breaks",
        ImpactSeverity::Affects => "affects",
        ImpactSeverity::Informs => "informs",
    }
}

impl Snapshot {
    /// Follows a change of an entity through meaning, or finds what it rests on.
    ///
    /// # Errors
    /// [`crate::Error::UnknownEntity`] if the graph says nothing about the IRI.
    pub fn impact(&self, iri: &str, request: &ImpactRequest) -> Result<Impact> {
        let model = self.model();
        let root = known(&model, iri)?;
        let limits = Limits {
            max_hops: request.max_hops,
            max_nodes: request.max_nodes,
        };
        let found = impact::search(root, request.question, limits);
        let total = found.items.len();
        let mut groups: Vec<(Place, ImpactGroup)> = Vec::new();
        for item in &found.items {
            let made = make_item(&model, item);
            match groups.iter_mut().find(|(place, _)| *place == item.place) {
                Some((_, group)) => group.items.push(made),
                None => groups.push((
                    item.place,
                    ImpactGroup {
                        kind: match item.place {
                            Place::Kind(kind) => kind.as_str(),
                            Place::Policy => "policy",
                            Place::Part => "part",
                        },
                        items: vec![made],
                    },
                )),
            }
        }
        groups.sort_by_key(|(place, _)| *place);
        Ok(Impact {
            root: iri.to_owned(),
            groups: groups.into_iter().map(|(_, group)| group).collect(),
            total,
            partial: found.partial,
        })
    }
}

fn make_item(model: &Model<'_>, item: &Impacted) -> ImpactItem {
    let entity = model.entity_of(item.id);
    ImpactItem {
        iri: entity.iri(),
        label: entity.label(),
        severity: item.severity,
        hops: item.hops,
        why: item.why.iter().map(|step| make_step(model, step)).collect(),
    }
}

fn make_step(model: &Model<'_>, step: &Step) -> ImpactStep {
    let name = |id| Entity::iri(model.entity_of(id));
    let reversed = step.flow == Flow::Against;
    let (subject, object) = if reversed {
        (step.to, step.from)
    } else {
        (step.from, step.to)
    };
    let mut sources = sources_of(model, Some(subject), step.predicate, Some(object));
    if sources.is_empty() {
        // Two tables are one by a name that both carry: there is no statement between them.
        sources = sources_of(model, Some(step.to), step.predicate, None);
    }
    ImpactStep {
        from: name(step.from),
        predicate: name(step.predicate),
        to: name(step.to),
        reversed,
        sources,
    }
}

pub(crate) fn sources_of(
    model: &Model<'_>,
    subject: Option<TermId>,
    predicate: TermId,
    object: Option<TermId>,
) -> Vec<String> {
    let graph = model.graph();
    let claims = graph.matching(subject, Some(predicate), object, Scope::Claims);
    let mut names: Vec<String> = claims
        .take(SOURCES_MAX)
        .filter_map(|claim| graph.source_info(claim.source))
        .map(|info| info.name.as_str().to_owned())
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}
