//! Which predicates carry impact, which way, between what, and how hard: the one place that says so.
//!
//! `docs/lineage.md` shows both tables.

use ontologies::{csvw, dcat, dcterms, dprod, iso, odrl, prov, qb, rdf};

use super::{Place, Severity};
use crate::kind::EntityKind as Kind;

/// Which way a statement carries impact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// From its subject to its object.
    Along,
    /// From its object to its subject.
    Against,
}

/// What a node is to a search, beside what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Mode {
    /// Impact goes on from it by every rule.
    Full,
    /// It is on the way from the entity asked about down to its parts.
    Parts,
    /// It is on the way from a dataset to the metrics over its columns, which are not shown themselves.
    Carrier,
}

/// From where a rule applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// From everywhere.
    Anywhere,
    /// Only from the entity asked about.
    Root,
    /// From everywhere; one step weaker when the question was about a column, whose own lineage says it exactly.
    Coarse,
}

/// One line of the plan.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    pub(super) from: &'static [Place],
    pub(super) predicate: &'static str,
    pub(super) flow: Flow,
    pub(super) to: &'static [Place],
    pub(super) severity: Severity,
    pub(super) reach: Reach,
    pub(super) mode: (Mode, Mode),
}

const DATASET: &[Place] = &[Place::Kind(Kind::Dataset)];
const COLUMN: &[Place] = &[Place::Kind(Kind::Column)];
const METRIC: &[Place] = &[Place::Kind(Kind::Metric)];
const PRODUCT: &[Place] = &[Place::Kind(Kind::DataProduct)];
const TERM: &[Place] = &[Place::Kind(Kind::Term)];
const CONTRACT: &[Place] = &[Place::Kind(Kind::Contract)];
const OWNER: &[Place] = &[Place::Kind(Kind::Owner)];
const DOMAIN: &[Place] = &[Place::Kind(Kind::Domain)];
const POLICY: &[Place] = &[Place::Policy];
const PART: &[Place] = &[Place::Part];
/// What data is made from and what is computed from it.
const DATA: &[Place] = &[
    Place::Kind(Kind::Dataset),
    Place::Kind(Kind::Column),
    Place::Kind(Kind::Metric),
];
/// What carries a meaning and belongs to somebody.
const GOODS: &[Place] = &[
    Place::Kind(Kind::Dataset),
    Place::Kind(Kind::Column),
    Place::Kind(Kind::Metric),
    Place::Kind(Kind::DataProduct),
];
const OWNED: &[Place] = &[
    Place::Kind(Kind::Dataset),
    Place::Kind(Kind::Column),
    Place::Kind(Kind::Metric),
    Place::Kind(Kind::DataProduct),
    Place::Kind(Kind::Term),
    Place::Kind(Kind::Contract),
    Place::Policy,
];
const ANYTHING: &[Place] = &[
    Place::Kind(Kind::Domain),
    Place::Kind(Kind::DataProduct),
    Place::Kind(Kind::Dataset),
    Place::Kind(Kind::Column),
    Place::Kind(Kind::Term),
    Place::Kind(Kind::Metric),
    Place::Kind(Kind::Contract),
    Place::Policy,
];

const FULL: (Mode, Mode) = (Mode::Full, Mode::Full);

const fn rule(
    from: &'static [Place],
    predicate: &'static str,
    flow: Flow,
    to: &'static [Place],
    severity: Severity,
) -> Rule {
    Rule {
        from,
        predicate,
        flow,
        to,
        severity,
        reach: Reach::Anywhere,
        mode: FULL,
    }
}

const fn only(reach: Reach, rule: Rule) -> Rule {
    Rule { reach, ..rule }
}

const fn in_mode(from: Mode, to: Mode, rule: Rule) -> Rule {
    Rule {
        mode: (from, to),
        ..rule
    }
}

use Flow::{Against, Along};
use Severity::{Affects, Breaks, Informs};

/// What breaks, or has to be thought of, when something changes.
pub(super) const IMPACT: &[Rule] = &[
    // A column is part of its dataset, by way of the schema or a list in it.
    rule(COLUMN, csvw::COLUMN, Against, PART, Breaks),
    rule(COLUMN, rdf::FIRST, Against, PART, Breaks),
    rule(PART, rdf::REST, Against, PART, Breaks),
    rule(PART, csvw::COLUMN, Against, PART, Breaks),
    rule(PART, csvw::TABLE_SCHEMA, Against, DATASET, Breaks),
    // The dataset asked about is made of its columns.
    only(
        Reach::Root,
        in_mode(
            Mode::Full,
            Mode::Parts,
            rule(DATASET, csvw::TABLE_SCHEMA, Along, PART, Breaks),
        ),
    ),
    in_mode(
        Mode::Parts,
        Mode::Parts,
        rule(PART, csvw::COLUMN, Along, PART, Breaks),
    ),
    in_mode(
        Mode::Parts,
        Mode::Parts,
        rule(PART, rdf::REST, Along, PART, Breaks),
    ),
    in_mode(
        Mode::Parts,
        Mode::Full,
        rule(PART, csvw::COLUMN, Along, COLUMN, Breaks),
    ),
    in_mode(
        Mode::Parts,
        Mode::Full,
        rule(PART, rdf::FIRST, Along, COLUMN, Breaks),
    ),
    // Data is made from data, metrics from either.
    only(
        Reach::Coarse,
        rule(DATASET, prov::WAS_DERIVED_FROM, Against, DATASET, Breaks),
    ),
    rule(DATASET, prov::WAS_DERIVED_FROM, Against, COLUMN, Breaks),
    rule(DATASET, prov::WAS_DERIVED_FROM, Against, METRIC, Breaks),
    rule(COLUMN, prov::WAS_DERIVED_FROM, Against, DATA, Breaks),
    rule(METRIC, prov::WAS_DERIVED_FROM, Against, DATA, Breaks),
    rule(COLUMN, iso::REFERENCES, Against, COLUMN, Affects),
    // A metric over a column of a dataset that changed.
    in_mode(
        Mode::Full,
        Mode::Carrier,
        rule(DATASET, csvw::TABLE_SCHEMA, Along, PART, Affects),
    ),
    in_mode(
        Mode::Carrier,
        Mode::Carrier,
        rule(PART, csvw::COLUMN, Along, PART, Affects),
    ),
    in_mode(
        Mode::Carrier,
        Mode::Carrier,
        rule(PART, rdf::REST, Along, PART, Affects),
    ),
    in_mode(
        Mode::Carrier,
        Mode::Carrier,
        rule(PART, csvw::COLUMN, Along, COLUMN, Affects),
    ),
    in_mode(
        Mode::Carrier,
        Mode::Carrier,
        rule(PART, rdf::FIRST, Along, COLUMN, Affects),
    ),
    in_mode(
        Mode::Carrier,
        Mode::Full,
        rule(COLUMN, prov::WAS_DERIVED_FROM, Against, METRIC, Affects),
    ),
    // What it means.
    rule(GOODS, iso::REPRESENTS, Along, TERM, Affects),
    rule(GOODS, qb::CONCEPT, Along, TERM, Affects),
    rule(GOODS, iso::ABOUT, Against, TERM, Affects),
    only(
        Reach::Root,
        rule(TERM, iso::REPRESENTS, Against, GOODS, Affects),
    ),
    only(
        Reach::Root,
        rule(TERM, qb::CONCEPT, Against, GOODS, Affects),
    ),
    only(Reach::Root, rule(TERM, iso::ABOUT, Along, GOODS, Affects)),
    // Who offers it, and who reads it.
    rule(DATA, iso::IN_PRODUCT, Along, PRODUCT, Affects),
    rule(DATASET, dprod::OUTPUT_DATASET, Against, PRODUCT, Affects),
    rule(DATASET, dprod::INPUT_DATASET, Against, PRODUCT, Breaks),
    rule(DATASET, dcat::SERVES_DATASET, Against, PART, Breaks),
    rule(DATASET, dcat::DISTRIBUTION, Along, PART, Breaks),
    rule(DATASET, dprod::IS_DISTRIBUTION_OF, Against, PART, Breaks),
    rule(PART, dcat::ACCESS_SERVICE, Along, PART, Breaks),
    rule(PART, dprod::IS_ACCESS_SERVICE_OF, Against, PART, Breaks),
    rule(PART, dcat::DISTRIBUTION, Against, PRODUCT, Affects),
    rule(PART, dprod::OUTPUT_PORT, Against, PRODUCT, Affects),
    rule(PART, dprod::INPUT_PORT, Against, PRODUCT, Breaks),
    only(
        Reach::Root,
        rule(PRODUCT, dprod::OUTPUT_DATASET, Along, DATASET, Breaks),
    ),
    only(
        Reach::Root,
        rule(PRODUCT, iso::IN_PRODUCT, Against, DATA, Breaks),
    ),
    // What was promised of it.
    rule(DATASET, dcterms::CONFORMS_TO, Along, CONTRACT, Affects),
    rule(PRODUCT, dcterms::CONFORMS_TO, Along, CONTRACT, Affects),
    rule(PRODUCT, iso::IN_PRODUCT, Against, CONTRACT, Informs),
    only(
        Reach::Root,
        rule(CONTRACT, dcterms::CONFORMS_TO, Against, GOODS, Affects),
    ),
    // What governs it.
    rule(OWNED, odrl::HAS_POLICY, Along, POLICY, Affects),
    rule(OWNED, odrl::TARGET, Against, POLICY, Affects),
    rule(OWNED, odrl::TARGET, Against, PART, Affects),
    rule(PART, odrl::PERMISSION, Against, POLICY, Affects),
    rule(PART, odrl::PROHIBITION, Against, POLICY, Affects),
    rule(PART, odrl::OBLIGATION, Against, POLICY, Affects),
    // Who has to know.
    rule(OWNED, dprod::DATA_PRODUCT_OWNER, Along, OWNER, Informs),
    rule(OWNED, prov::WAS_ATTRIBUTED_TO, Along, OWNER, Informs),
    rule(OWNED, dcat::CONTACT_POINT, Along, OWNER, Informs),
    rule(OWNED, dcterms::PUBLISHER, Along, OWNER, Informs),
    rule(OWNED, prov::QUALIFIED_ATTRIBUTION, Along, PART, Informs),
    rule(PART, prov::AGENT_PROPERTY, Along, OWNER, Informs),
    rule(DATA, prov::USED, Against, PART, Informs),
    rule(PART, prov::WAS_ASSOCIATED_WITH, Along, OWNER, Informs),
    // A domain, or somebody who answers for things, is asked about.
    only(
        Reach::Root,
        rule(DOMAIN, iso::IN_DOMAIN, Against, ANYTHING, Affects),
    ),
    only(
        Reach::Root,
        rule(DOMAIN, dprod::DOMAIN, Against, ANYTHING, Affects),
    ),
    only(
        Reach::Root,
        rule(OWNER, dprod::DATA_PRODUCT_OWNER, Against, ANYTHING, Informs),
    ),
    only(
        Reach::Root,
        rule(OWNER, prov::WAS_ATTRIBUTED_TO, Against, ANYTHING, Informs),
    ),
];

/// What something rests on: what would change it by changing.
pub(super) const FOUNDATIONS: &[Rule] = &[
    only(
        Reach::Coarse,
        rule(DATASET, prov::WAS_DERIVED_FROM, Along, DATASET, Breaks),
    ),
    rule(DATASET, prov::WAS_DERIVED_FROM, Along, COLUMN, Breaks),
    rule(COLUMN, prov::WAS_DERIVED_FROM, Along, DATA, Breaks),
    rule(METRIC, prov::WAS_DERIVED_FROM, Along, DATA, Breaks),
    rule(COLUMN, csvw::COLUMN, Against, PART, Breaks),
    rule(COLUMN, rdf::FIRST, Against, PART, Breaks),
    rule(PART, rdf::REST, Against, PART, Breaks),
    rule(PART, csvw::COLUMN, Against, PART, Breaks),
    rule(PART, csvw::TABLE_SCHEMA, Against, DATASET, Breaks),
    rule(COLUMN, iso::REFERENCES, Along, COLUMN, Affects),
    rule(GOODS, iso::REPRESENTS, Along, TERM, Affects),
    rule(GOODS, qb::CONCEPT, Along, TERM, Affects),
    only(
        Reach::Root,
        rule(TERM, iso::REPRESENTS, Against, GOODS, Affects),
    ),
    only(
        Reach::Root,
        rule(TERM, qb::CONCEPT, Against, GOODS, Affects),
    ),
    rule(PRODUCT, dprod::OUTPUT_DATASET, Along, DATASET, Breaks),
    rule(PRODUCT, dprod::INPUT_DATASET, Along, DATASET, Breaks),
    rule(PRODUCT, dcat::DISTRIBUTION, Along, DATASET, Breaks),
    rule(PRODUCT, dprod::OUTPUT_PORT, Along, PART, Breaks),
    rule(PRODUCT, dprod::INPUT_PORT, Along, PART, Breaks),
    rule(PART, dcat::SERVES_DATASET, Along, DATASET, Breaks),
    rule(PART, dprod::IS_ACCESS_SERVICE_OF, Along, PART, Breaks),
    rule(PART, dprod::IS_DISTRIBUTION_OF, Along, DATASET, Breaks),
    only(
        Reach::Root,
        rule(PRODUCT, iso::IN_PRODUCT, Against, DATA, Breaks),
    ),
    only(
        Reach::Root,
        rule(CONTRACT, dcterms::CONFORMS_TO, Against, GOODS, Affects),
    ),
    only(
        Reach::Root,
        rule(DOMAIN, iso::IN_DOMAIN, Against, ANYTHING, Affects),
    ),
    only(
        Reach::Root,
        rule(DOMAIN, dprod::DOMAIN, Against, ANYTHING, Affects),
    ),
];
