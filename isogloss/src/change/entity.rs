//! What a commit did to one entity.

use graph_core::rdf::RdfTerm;
use graph_core::{CommitInfo, SubjectDifference, Timestamp};
use semantic_model::{EntityKind, Model, Said};
use serde::Serialize;

use super::Cursor;
use super::presence::Presence;

/// Values shown of one property on either side.
const VALUES_MAX: usize = 10;

/// Properties shown of one event.
const PROPERTIES_MAX: usize = 50;

/// Bytes shown of one value.
const VALUE_BYTES_MAX: usize = 1_000;

const PLAIN_TEXT: &str = "http://www.w3.org/2001/XMLSchema#string";

/// What became of an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// No source spoke of it before.
    Added,
    /// No source speaks of it any more.
    Removed,
    /// Something else is said of it than before.
    Changed,
}

impl Action {
    /// Returns the action as one lower-case word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }
}

/// What sort of value a statement has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueSort {
    /// A text, number, date or other value that stands for itself.
    Literal,
    /// A name of something.
    Iri,
    /// Something without a name of its own.
    Blank,
    /// A statement about which something is said.
    Statement,
}

/// A value that came or went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangeValue {
    /// What sort of value it is.
    pub sort: ValueSort,
    /// The value as text, its beginning where it is long.
    pub text: String,
    /// IRI of the datatype, for a literal other than plain text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub datatype: Option<String>,
    /// Language tag, for text in a language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Whether only the beginning is shown.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
}

/// What changed of one property.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangedValues {
    /// IRI of the property.
    pub predicate: String,
    /// Values that the source no longer gives, ten at most.
    pub removed: Vec<ChangeValue>,
    /// Values that the source gives now, ten at most.
    pub added: Vec<ChangeValue>,
    /// Values that are not shown.
    pub more: u64,
}

/// What one commit did to one entity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EntityChange {
    /// The place after this event, to go on from.
    #[serde(serialize_with = "as_text")]
    pub cursor: Cursor,
    /// Version of the graph that the commit made.
    pub version: u64,
    /// When, in milliseconds since 1970 UTC, by the committer's clock.
    pub time: i64,
    /// Name of the source that spoke.
    pub source: String,
    /// Kind of the connector that read it, for instance `dbt`.
    pub connector: String,
    /// Who committed.
    pub actor: String,
    /// What became of the entity.
    pub action: Action,
    /// Kind of the entity; none for what has no view of its own, such as a schema.
    pub kind: Option<EntityKind>,
    /// IRI of the entity.
    pub iri: String,
    /// Name of the entity for people: the newest, or else the last it had.
    pub label: String,
    /// IRIs of the domains that it belongs to, or belonged to when it was removed.
    pub domains: Vec<String>,
    /// What changed, property by property, fifty at most.
    pub changes: Vec<ChangedValues>,
    /// Properties that are not shown.
    pub more: u64,
}

fn as_text<S: serde::Serializer>(cursor: &Cursor, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(cursor)
}

/// What an event is made from.
pub(super) struct Facts<'f> {
    pub(super) info: &'f CommitInfo,
    pub(super) presence: Presence,
    /// The entity and the blank nodes that are part of it.
    pub(super) subjects: &'f [SubjectDifference],
    pub(super) cursor: Cursor,
}

impl EntityChange {
    /// Makes the event; the newest graph has the last word on kind, name and domains.
    pub(super) fn new(facts: &Facts<'_>, newest: &Model<'_>) -> Option<Self> {
        let own = facts.subjects.first()?;
        let iri = if own.is_iri {
            own.subject.clone()
        } else {
            format!("_:{}", own.subject)
        };
        let entity = own.is_iri.then(|| newest.entity(&own.subject)).flatten();
        let entity = entity.filter(|entity| !entity.statements().is_empty());
        let (kind, label, domains) = if let Some(entity) = entity {
            let domains = entity.domains();
            let domains = domains.iter().map(|it| it.iri()).collect();
            (entity.kind(), entity.label(), domains)
        } else {
            let said = said(own);
            (said.kind, said.label, said.domains)
        };
        let Timestamp(time) = facts.info.time;
        let (changes, more) = changed_values(facts.subjects);
        Some(Self {
            cursor: facts.cursor,
            version: facts.info.version.0,
            time,
            source: facts.info.source.as_str().to_owned(),
            connector: facts.info.kind.clone(),
            actor: facts.info.actor.clone(),
            action: match facts.presence {
                Presence { before: false, .. } => Action::Added,
                Presence { after: false, .. } => Action::Removed,
                Presence { .. } => Action::Changed,
            },
            kind,
            label,
            domains,
            iri,
            changes,
            more,
        })
    }
}

/// What the statements that came, and those that went, say of a subject.
fn said(subject: &SubjectDifference) -> Said {
    let statements = subject.added.iter().chain(&subject.removed);
    let read: Vec<(&str, String)> = statements
        .map(|it| (it.predicate.as_str(), text(&it.object)))
        .collect();
    let pairs = read
        .iter()
        .map(|(predicate, text)| (*predicate, text.as_str()));
    Said::of(&subject.subject, pairs)
}

fn text(term: &RdfTerm) -> String {
    match term {
        RdfTerm::NamedNode(node) => node.as_str().to_owned(),
        RdfTerm::Literal(literal) => literal.value().to_owned(),
        other => other.to_string(),
    }
}

fn changed_values(subjects: &[SubjectDifference]) -> (Vec<ChangedValues>, u64) {
    let mut changes: Vec<ChangedValues> = Vec::new();
    let mut left_out = std::collections::BTreeSet::new();
    for subject in subjects {
        for (statements, is_added) in [(&subject.removed, false), (&subject.added, true)] {
            for statement in statements {
                let predicate = statement.predicate.as_str();
                let known = changes.iter().position(|it| it.predicate == predicate);
                let at = match known {
                    Some(at) => at,
                    None if changes.len() >= PROPERTIES_MAX => {
                        left_out.insert(predicate.to_owned());
                        continue;
                    }
                    None => {
                        changes.push(ChangedValues {
                            predicate: predicate.to_owned(),
                            removed: Vec::new(),
                            added: Vec::new(),
                            more: 0,
                        });
                        changes.len() - 1
                    }
                };
                let change = &mut changes[at];
                let values = if is_added {
                    &mut change.added
                } else {
                    &mut change.removed
                };
                if values.len() < VALUES_MAX {
                    values.push(value(&statement.object));
                } else {
                    change.more += 1;
                }
            }
        }
    }
    changes.sort_by(|one, other| one.predicate.cmp(&other.predicate));
    for change in &mut changes {
        for values in [&mut change.removed, &mut change.added] {
            values.sort_by(|one, other| one.text.cmp(&other.text));
        }
    }
    (changes, left_out.len() as u64)
}

fn value(term: &RdfTerm) -> ChangeValue {
    let plain = |sort, text: &str| {
        let cut = text.len() > VALUE_BYTES_MAX;
        let end = (0..=VALUE_BYTES_MAX)
            .rev()
            .find(|end| text.is_char_boundary(*end));
        ChangeValue {
            sort,
            text: match end {
                Some(end) if cut => text.get(..end).unwrap_or_default().to_owned(),
                _ => text.to_owned(),
            },
            datatype: None,
            language: None,
            cut,
        }
    };
    match term {
        RdfTerm::NamedNode(node) => plain(ValueSort::Iri, node.as_str()),
        RdfTerm::BlankNode(node) => plain(ValueSort::Blank, node.as_str()),
        RdfTerm::Triple(triple) => plain(ValueSort::Statement, &triple.to_string()),
        RdfTerm::Literal(literal) => {
            let datatype = literal.datatype().as_str();
            let is_typed = literal.language().is_none() && datatype != PLAIN_TEXT;
            ChangeValue {
                datatype: is_typed.then(|| datatype.to_owned()),
                language: literal.language().map(str::to_owned),
                ..plain(ValueSort::Literal, literal.value())
            }
        }
    }
}
