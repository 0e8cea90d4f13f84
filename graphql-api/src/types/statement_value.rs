//! The type `StatementValue`: what stands at the end of a statement.

use std::sync::Arc;

use async_graphql::{Enum, SimpleObject};
use isogloss::Snapshot;
use isogloss::graph::TermId;
use isogloss::graph::rdf::RdfTerm;
use isogloss::model::Model;

use crate::types::Entity;
use crate::types::entity_ref::EntityRef;

/// What sort of value a statement has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ValueKind {
    /// A text, number, date or other value that stands for itself.
    Literal,
    /// A name of something.
    Iri,
    /// Something without a name of its own.
    Blank,
    /// A statement about which something is said.
    Statement,
}

/// What a source says: a text, a number, or the name of something.
#[derive(Clone, SimpleObject)]
pub struct StatementValue {
    /// What sort of value it is.
    kind: ValueKind,
    /// The value as text; an IRI for what has a name.
    text: String,
    /// IRI of the datatype, for a literal other than plain text.
    datatype: Option<String>,
    /// Language tag, for text in a language.
    language: Option<String>,
    /// The entity that the value names, if it is one.
    entity: Option<Entity>,
}

const PLAIN_TEXT: &str = "http://www.w3.org/2001/XMLSchema#string";

impl StatementValue {
    pub(crate) fn read(snapshot: &Arc<Snapshot>, model: &Model<'_>, id: TermId) -> Self {
        let plain = |kind, text| Self {
            kind,
            text,
            datatype: None,
            language: None,
            entity: None,
        };
        match snapshot.graph().term(id) {
            RdfTerm::NamedNode(node) => Self {
                entity: EntityRef::of(snapshot, model.entity_of(id)).map(Entity::from),
                ..plain(ValueKind::Iri, node.into_string())
            },
            RdfTerm::BlankNode(node) => plain(ValueKind::Blank, node.to_string()),
            RdfTerm::Literal(literal) => {
                let datatype = literal.datatype().as_str();
                let typed = literal.language().is_none() && datatype != PLAIN_TEXT;
                Self {
                    datatype: typed.then(|| datatype.to_owned()),
                    language: literal.language().map(str::to_owned),
                    ..plain(ValueKind::Literal, literal.value().to_owned())
                }
            }
            RdfTerm::Triple(triple) => plain(ValueKind::Statement, triple.to_string()),
        }
    }
}
