//! The type `Impact`: what a change touches through meaning.

use std::sync::Arc;

use async_graphql::{Enum, SimpleObject};
use isogloss::Snapshot;

use crate::types::Entity;

/// What to ask of an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "isogloss::ImpactQuestion")]
pub enum ImpactQuestion {
    /// What breaks, or has to be thought of, when it changes.
    Impact,
    /// What it rests on: by changing, this would change it.
    Foundations,
}

/// How hard a change arrives; the weakest step on the way decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "isogloss::ImpactSeverity")]
pub enum ImpactSeverity {
    /// It is made from what changes: it may stop working or change its values.
    Breaks,
    /// It means, offers, promises or governs what changes.
    Affects,
    /// It has to know.
    Informs,
}

/// What a change touches.
#[derive(SimpleObject)]
pub struct Impact {
    /// The entity that was asked about.
    root: Option<Entity>,
    /// What is reached, by kind.
    groups: Vec<ImpactGroup>,
    /// Things in all groups together.
    total_count: u64,
    /// Whether a limit left something out.
    partial: bool,
    /// Version of the graph that was walked.
    version: u64,
}

/// Impacted things of one kind.
#[derive(SimpleObject)]
pub struct ImpactGroup {
    /// The kind as one lower-case word: that of an entity, such as `data_product`, or `policy`.
    kind: String,
    /// The things, the hardest hit first, then the nearest.
    items: Vec<ImpactItem>,
}

/// One impacted thing.
#[derive(SimpleObject)]
pub struct ImpactItem {
    /// IRI of the thing.
    iri: String,
    /// Its name for people.
    label: String,
    /// The thing as an entity; null for a policy.
    entity: Option<Entity>,
    /// How hard the change arrives.
    severity: ImpactSeverity,
    /// Steps from the entity that was asked about.
    hops: u64,
    /// Why: the statements on the way, from the entity that was asked about.
    why: Vec<ImpactStep>,
}

/// One statement of a reason, in the direction in which impact flows.
#[derive(SimpleObject)]
pub struct ImpactStep {
    /// IRI of where the step begins.
    from: String,
    /// IRI of the statement's predicate.
    predicate: String,
    /// IRI of where the step ends.
    to: String,
    /// Whether the statement is about where the step ends: then its subject is `to`.
    reversed: bool,
    /// Names of sources that say so, eight at most.
    sources: Vec<String>,
}

impl Impact {
    /// Takes what was found in `snapshot`.
    pub(crate) fn read(snapshot: &Arc<Snapshot>, found: isogloss::Impact) -> Self {
        let groups = found.groups.into_iter().map(|group| ImpactGroup {
            kind: group.kind.to_owned(),
            items: group
                .items
                .into_iter()
                .map(|item| ImpactItem::read(snapshot, item))
                .collect(),
        });
        Self {
            root: Entity::find(snapshot, &found.root),
            groups: groups.collect(),
            total_count: found.total as u64,
            partial: found.partial,
            version: snapshot.version().0,
        }
    }
}

impl ImpactItem {
    fn read(snapshot: &Arc<Snapshot>, item: isogloss::ImpactItem) -> Self {
        let why = item.why.into_iter().map(|step| ImpactStep {
            from: step.from,
            predicate: step.predicate,
            to: step.to,
            reversed: step.reversed,
            sources: step.sources,
        });
        Self {
            entity: Entity::find(snapshot, &item.iri),
            iri: item.iri,
            label: item.label,
            severity: item.severity.into(),
            hops: item.hops.into(),
            why: why.collect(),
        }
    }
}
