//! The kinds of lines and the keys that each may have.

use semantic_model::identity::IriKind;

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum LineKind {
    /// A business domain.
    Domain,
    /// A data product.
    Product,
    /// A table, view, file or topic.
    Dataset,
    /// A column of a dataset.
    Column,
    /// A term of the glossary.
    Term,
    /// A business metric.
    Metric,
    /// A person or team.
    Owner,
    /// A data contract.
    Contract,
    /// A use of data.
    Usage,
    /// A column that refers to another.
    ForeignKey,
    /// Data that flows from one thing to another.
    Lineage,
    /// Two ids for one thing.
    SameAs,
}

impl LineKind {
    /// Knows a kind by the name that a line gives it.
    pub(super) fn of(name: &str) -> Option<Self> {
        Some(match name {
            "domain" => Self::Domain,
            "product" | "data_product" => Self::Product,
            "dataset" | "table" | "view" | "file" | "topic" => Self::Dataset,
            "column" | "field" => Self::Column,
            "term" => Self::Term,
            "metric" => Self::Metric,
            "owner" => Self::Owner,
            "contract" => Self::Contract,
            "usage" => Self::Usage,
            "fk" | "foreign_key" => Self::ForeignKey,
            "lineage" => Self::Lineage,
            "sameas" | "same_as" => Self::SameAs,
            _ => return None,
        })
    }

    /// Gives the word that reports count it under.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Domain => "domain",
            Self::Product => "product",
            Self::Dataset => "dataset",
            Self::Column => "column",
            Self::Term => "term",
            Self::Metric => "metric",
            Self::Owner => "owner",
            Self::Contract => "contract",
            Self::Usage => "usage",
            Self::ForeignKey => "foreign_key",
            Self::Lineage => "lineage",
            Self::SameAs => "same_as",
        }
    }

    /// Gives the kind in the IRI of an entity; `None` for a line that relates two others.
    pub(super) fn iri_kind(self) -> Option<IriKind> {
        Some(match self {
            Self::Domain => IriKind::Domain,
            Self::Product => IriKind::Product,
            Self::Dataset => IriKind::Dataset,
            Self::Column => IriKind::Column,
            Self::Term => IriKind::Term,
            Self::Metric => IriKind::Metric,
            Self::Owner => IriKind::Owner,
            Self::Contract => IriKind::Contract,
            Self::Usage => IriKind::Usage,
            Self::ForeignKey | Self::Lineage | Self::SameAs => return None,
        })
    }

    /// Gives the kind of line whose entities have such IRIs.
    pub(super) fn of_iri(kind: IriKind) -> Option<Self> {
        const ENTITIES: [LineKind; 9] = [
            LineKind::Domain,
            LineKind::Product,
            LineKind::Dataset,
            LineKind::Column,
            LineKind::Term,
            LineKind::Metric,
            LineKind::Owner,
            LineKind::Contract,
            LineKind::Usage,
        ];
        ENTITIES
            .into_iter()
            .find(|entity| entity.iri_kind() == Some(kind))
    }

    /// Says whether a line of this kind may have a key.
    pub(super) fn knows(self, key: &str) -> bool {
        let own: &[&str] = match self {
            Self::Domain => &[],
            Self::Owner => &["email", "type"],
            Self::Product => &["purpose"],
            Self::Dataset => &[
                "platform",
                "database",
                "schema",
                "qualified_name",
                "materialization",
                "rows",
            ],
            Self::Column => &[
                "type",
                "required",
                "position",
                "primary_key",
                "classification",
                "values",
                "samples",
            ],
            Self::Term => &[
                "definition",
                "expression",
                "columns",
                "about",
                "broader",
                "related",
                "exact_match",
                "close_match",
                "from",
            ],
            Self::Metric => &["expression", "aggregation", "columns", "about", "from"],
            Self::Contract => &["version", "datasets"],
            Self::Usage => &["user", "count", "query", "at", "used"],
            Self::ForeignKey | Self::Lineage | Self::SameAs => {
                return ["kind", "from", "to"].contains(&key);
            }
        };
        COMMON.contains(&key) || own.contains(&key)
    }
}

/// The keys that every entity may have.
const COMMON: [&str; 13] = [
    "kind",
    "id",
    "parent",
    "name",
    "label",
    "description",
    "owner",
    "tags",
    "status",
    "synonyms",
    "abbreviations",
    "terms",
    "source",
];
