//! The types of the schema, one file each; small ones that belong to one other stand in its file.

mod candidate;
mod centrality;
mod change;
mod column;
mod connection;
mod contract;
mod data_product;
mod dataset;
mod domain;
pub(crate) mod entailment;
mod entity;
mod entity_change;
mod entity_kind;
mod entity_object;
pub(crate) mod entity_ref;
mod facet;
pub(crate) mod feedback;
pub(crate) mod identity;
mod impact;
mod ingest;
mod ingest_report;
mod lineage;
mod metric;
mod metric_query;
mod node;
mod owner;
mod paths;
mod query_reading;
mod relationship;
mod remove_source;
mod resolution;
mod search;
mod semantic_layer;
mod server_info;
pub(crate) mod source;
mod statement;
mod statement_value;
mod suggestion;
mod term;
mod user_error;
pub(crate) mod validation;

pub use candidate::{Candidate, ScorePart};
pub use centrality::{Centrality, EntityOrder};
pub use change::Change;
pub use column::Column;
pub use connection::{Connection, Edge};
pub use contract::Contract;
pub use data_product::DataProduct;
pub use dataset::Dataset;
pub use domain::Domain;
pub use entailment::{Entailment, Proof, ProofStep, StatementInput};
pub use entity::Entity;
pub use entity_change::{
    ChangeAction, ChangeFilter, ChangedProperty, ChangedValue, EntityChange, EntityChangePage,
};
pub use entity_kind::EntityKind;
pub use facet::{Facet, FacetField, FacetValue};
pub use feedback::{FeedbackVerdict, GiveFeedbackInput, GiveFeedbackPayload};
pub use identity::{
    DecideIdentityInput, DecideIdentityPayload, Identity, IdentityCandidate, IdentityCandidates,
    IdentityDecision, IdentityLink, IdentityRefusal,
};
pub use impact::{Impact, ImpactGroup, ImpactItem, ImpactQuestion, ImpactSeverity, ImpactStep};
pub use ingest::{DocumentEncoding, DocumentInput, IngestInput, IngestPayload};
pub use ingest_report::{Diagnostic, IngestReport, Severity, Understood};
pub use lineage::{
    Lineage, LineageDirection, LineageEdge, LineageFilter, LineageLevel, LineageNode, LineageRest,
};
pub use metric::Metric;
pub use metric_query::{
    AggregationNote, ColumnRole, CompiledQuery, ConditionNote, MetricQueryInput, QueryColumn,
    QueryResult, QueryStatement, RouteNote, SqlDialect,
};
pub use node::Node;
pub use owner::Owner;
pub use paths::{Path, Paths};
pub use query_reading::QueryReading;
pub use relationship::{Relationship, RelationshipDirection};
pub use remove_source::{RemoveSourceInput, RemoveSourcePayload};
pub use resolution::{
    ClarifyingOption, ClarifyingQuestion, Outcome, Resolution, ResolveInput, SetAside, Valued,
    ValuedColumn,
};
pub use search::{MatchedField, SearchConnection, SearchEdge, SearchFilter};
pub use semantic_layer::{Dimension, DimensionType, MetricType, QueryableMetric, SemanticLayer};
pub use server_info::{QueryLimits, ServerInfo};
pub use source::Source;
pub use statement::Statement;
pub use statement_value::{StatementValue, ValueKind};
pub use suggestion::Suggestion;
pub use term::{Term, TermRelation};
pub use user_error::UserError;
pub use validation::{Finding, ValidationMode, ValidationReport};

pub(crate) use connection::page_info;
pub(crate) use entity_kind::kinds_of_model;
