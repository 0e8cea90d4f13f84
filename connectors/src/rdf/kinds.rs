//! What kinds of things RDF documents speak of, and which of them lack a label.

use std::collections::BTreeMap;

use graph_core::rdf::{NamedOrBlankNode, RdfTerm, Statement};
use ontologies::{
    dcat, dcterms, dprod, dqv, foaf, iso, odrl, org, owl, prov, qb, rdf, rdfs, sh, skos,
};
use rustc_hash::FxHashMap;

use crate::{Location, Report};

/// The classes that are recognised and the kind that a thing of each counts as.
const CLASSES: [(&str, &str); 34] = [
    (iso::DOMAIN, "domain"),
    (iso::TERM, "term"),
    (skos::CONCEPT, "term"),
    (owl::CLASS, "term"),
    (rdfs::CLASS, "term"),
    (skos::CONCEPT_SCHEME, "scheme"),
    (skos::COLLECTION, "collection"),
    (rdf::PROPERTY, "property"),
    (owl::OBJECT_PROPERTY, "property"),
    (owl::DATATYPE_PROPERTY, "property"),
    (owl::ANNOTATION_PROPERTY, "property"),
    (owl::NAMED_INDIVIDUAL, "individual"),
    (owl::ONTOLOGY, "ontology"),
    (dprod::DATA_PRODUCT, "data_product"),
    (dcat::CATALOG_CLASS, "catalog"),
    (dcat::DATASET_CLASS, "dataset"),
    (dcat::DISTRIBUTION_CLASS, "distribution"),
    (dcat::DATA_SERVICE, "service"),
    (iso::METRIC, "metric"),
    (qb::MEASURE_PROPERTY, "metric"),
    (iso::DATA_CONTRACT, "contract"),
    (dqv::METRIC, "quality_rule"),
    (dqv::QUALITY_MEASUREMENT, "quality"),
    (prov::AGENT_CLASS, "owner"),
    (foaf::AGENT, "owner"),
    (foaf::PERSON, "owner"),
    (foaf::ORGANIZATION, "owner"),
    (org::ORGANIZATION_CLASS, "owner"),
    (prov::ACTIVITY, "activity"),
    (odrl::POLICY, "policy"),
    (odrl::OFFER, "policy"),
    (odrl::SET, "policy"),
    (sh::NODE_SHAPE, "shape"),
    (sh::PROPERTY_SHAPE, "shape"),
];

/// The properties that give a thing a name to show.
const LABELS: [&str; 5] = [
    skos::PREF_LABEL,
    rdfs::LABEL,
    dcterms::TITLE,
    foaf::NAME,
    "https://schema.org/name",
];

/// The kinds whose things should have a label.
const LABELLED: [&str; 5] = ["term", "domain", "data_product", "dataset", "metric"];

/// What was seen of one thing.
#[derive(Default)]
struct Seen {
    kinds: Vec<&'static str>,
    has_label: bool,
}

/// Counts the things that statements speak of, each once a kind.
pub(super) struct Kinds {
    classes: FxHashMap<&'static str, &'static str>,
    things: FxHashMap<String, Seen>,
}

impl Default for Kinds {
    fn default() -> Self {
        Self {
            classes: CLASSES.into_iter().collect(),
            things: FxHashMap::default(),
        }
    }
}

impl Kinds {
    /// Takes in a statement.
    pub(super) fn see(&mut self, statement: &Statement) {
        let predicate = statement.predicate.as_str();
        let is_type = predicate == rdf::TYPE;
        if !is_type && !LABELS.contains(&predicate) {
            return;
        }
        let subject = match &statement.subject {
            NamedOrBlankNode::NamedNode(node) => node.as_str(),
            NamedOrBlankNode::BlankNode(node) => node.as_str(),
        };
        let is_blank = matches!(statement.subject, NamedOrBlankNode::BlankNode(_));
        if !is_type {
            self.thing(subject).has_label = true;
            return;
        }
        let RdfTerm::NamedNode(class) = &statement.object else {
            return;
        };
        let Some(kind) = self.classes.get(class.as_str()).copied() else {
            return;
        };
        // Anonymous classes are parts of axioms, not terms.
        if is_blank && kind == "term" {
            return;
        }
        let kinds = &mut self.thing(subject).kinds;
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }

    fn thing(&mut self, subject: &str) -> &mut Seen {
        self.things.entry(subject.to_owned()).or_default()
    }

    /// Writes the counts into the report, and notes how many things have no label.
    pub(super) fn report(self, report: &mut Report) {
        let mut counts: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        let mut things: Vec<(String, Seen)> = self.things.into_iter().collect();
        things.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        for (_, seen) in &things {
            for kind in &seen.kinds {
                let (all, unlabelled) = counts.entry(kind).or_default();
                *all += 1;
                *unlabelled += u64::from(!seen.has_label);
            }
        }
        for (kind, (all, unlabelled)) in counts {
            report.understood_many(kind, all);
            if unlabelled > 0 && LABELLED.contains(&kind) {
                let message =
                    format!("things of kind {kind} without a label: {unlabelled} of {all}");
                report.note("no_label", message, Location::file("all documents"));
            }
        }
    }
}
