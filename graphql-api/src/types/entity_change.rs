//! The type `EntityChange`: what one commit did to one entity, as the feed of changes tells it.

use async_graphql::{Enum, InputObject, SimpleObject};
use isogloss::graph::Timestamp;

use crate::scalars::DateTime;
use crate::types::{EntityKind, ValueKind, kinds_of_model};

/// What became of an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "isogloss::Action")]
pub enum ChangeAction {
    /// No source spoke of it before.
    Added,
    /// No source speaks of it any more.
    Removed,
    /// Something else is said of it than before.
    Changed,
}

/// Which events of the feed of changes to tell.
#[derive(Debug, Clone, Default, InputObject)]
pub struct ChangeFilter {
    /// Only entities of these kinds.
    kinds: Option<Vec<EntityKind>>,
    /// Only what these sources changed, by name.
    sources: Option<Vec<String>>,
    /// Only entities of these domains, by IRI or label.
    domains: Option<Vec<String>>,
    /// Only these entities, by IRI.
    iris: Option<Vec<String>>,
}

impl ChangeFilter {
    /// Makes the filter of the crate below.
    pub(crate) fn into_feed(self) -> isogloss::ChangeFilter {
        isogloss::ChangeFilter {
            kinds: kinds_of_model(self.kinds),
            sources: self.sources.unwrap_or_default(),
            domains: self.domains.unwrap_or_default(),
            iris: self.iris.unwrap_or_default(),
        }
    }
}

/// Some events of the feed of changes in a row.
#[derive(SimpleObject)]
pub struct EntityChangePage {
    /// The events, oldest first. There may be fewer than asked for, or none, before the end.
    events: Vec<EntityChange>,
    /// The place up to which the feed was read, to go on from with `after`.
    end_cursor: String,
    /// Whether there is more to read at once.
    has_next_page: bool,
}

impl From<isogloss::ChangePage> for EntityChangePage {
    fn from(page: isogloss::ChangePage) -> Self {
        Self {
            events: page.events.into_iter().map(EntityChange::from).collect(),
            end_cursor: page.cursor.to_string(),
            has_next_page: page.more,
        }
    }
}

/// What one commit did to one entity.
#[derive(SimpleObject)]
pub struct EntityChange {
    /// The place after this event; pass it as `after` to go on from here.
    cursor: String,
    /// Version of the graph that the commit made.
    version: u64,
    /// When it was committed.
    time: DateTime,
    /// Name of the source that spoke.
    source: String,
    /// Kind of connector that read it, for instance `dbt`.
    connector: String,
    /// Who committed.
    actor: String,
    /// What became of the entity.
    action: ChangeAction,
    /// Kind of the entity; null for what has no type of its own here, such as a schema.
    kind: Option<EntityKind>,
    /// IRI of the entity.
    iri: String,
    /// Name of the entity for people: the newest, or else the last it had.
    label: String,
    /// IRIs of the domains that it belongs to, or belonged to.
    domain_iris: Vec<String>,
    /// What changed, property by property, fifty at most.
    properties: Vec<ChangedProperty>,
    /// Properties that changed too and are not shown.
    more_properties: u64,
}

/// What changed of one property.
#[derive(SimpleObject)]
pub struct ChangedProperty {
    /// IRI of the property.
    predicate: String,
    /// Values that the source no longer gives, ten at most.
    old_values: Vec<ChangedValue>,
    /// Values that the source gives now, ten at most.
    new_values: Vec<ChangedValue>,
    /// Values that are not shown.
    more_values: u64,
}

/// A value that came or went.
#[derive(SimpleObject)]
pub struct ChangedValue {
    /// What sort of value it is.
    kind: ValueKind,
    /// The value as text; an IRI for what has a name; the beginning of a long one.
    text: String,
    /// IRI of the datatype, for a literal other than plain text.
    datatype: Option<String>,
    /// Language tag, for text in a language.
    language: Option<String>,
    /// Whether only the beginning is given.
    cut: bool,
}

impl From<isogloss::EntityChange> for EntityChange {
    fn from(event: isogloss::EntityChange) -> Self {
        Self {
            cursor: event.cursor.to_string(),
            version: event.version,
            time: DateTime(Timestamp(event.time)),
            source: event.source,
            connector: event.connector,
            actor: event.actor,
            action: event.action.into(),
            kind: event.kind.map(EntityKind::from),
            iri: event.iri,
            label: event.label,
            domain_iris: event.domains,
            properties: event
                .changes
                .into_iter()
                .map(ChangedProperty::from)
                .collect(),
            more_properties: event.more,
        }
    }
}

impl From<isogloss::ChangedValues> for ChangedProperty {
    fn from(changed: isogloss::ChangedValues) -> Self {
        let values = |values: Vec<isogloss::ChangeValue>| {
            values.into_iter().map(ChangedValue::from).collect()
        };
        Self {
            predicate: changed.predicate,
            old_values: values(changed.removed),
            new_values: values(changed.added),
            more_values: changed.more,
        }
    }
}

impl From<isogloss::ChangeValue> for ChangedValue {
    fn from(value: isogloss::ChangeValue) -> Self {
        Self {
            kind: match value.sort {
                isogloss::ValueSort::Literal => ValueKind::Literal,
                isogloss::ValueSort::Iri => ValueKind::Iri,
                isogloss::ValueSort::Blank => ValueKind::Blank,
                isogloss::ValueSort::Statement => ValueKind::Statement,
            },
            text: value.text,
            datatype: value.datatype,
            language: value.language,
            cut: value.cut,
        }
    }
}
