//! The vocabulary's words as numbers of one snapshot's dictionary.

use graph_core::{Snapshot, TermId};
use ontologies::{
    csvw, dcat, dcterms, dprod, dqv, duv, foaf, iso, odrl, org, owl, prov, qb, rdf, rdfs, skos,
    vcard,
};

use crate::kind::EntityKind;

/// Defines [`Words`]: one field a word, looked up once.
macro_rules! words {
    ($($field:ident = $iri:expr,)*) => {
        /// The words that the views read by; `None` where a snapshot never uses the word.
        #[derive(Debug, Clone)]
        pub(crate) struct Words {
            $(pub(crate) $field: Option<TermId>,)*
            /// The classes whose members are of a kind, the most telling kind first.
            pub(crate) classes: Vec<(TermId, EntityKind)>,
        }

        impl Words {
            pub(crate) fn look_up(graph: &Snapshot) -> Self {
                Self {
                    $($field: graph.id_of_iri($iri),)*
                    classes: classes(graph),
                }
            }
        }
    };
}

words! {
    rdf_type = rdf::TYPE,
    rdf_first = rdf::FIRST,
    rdf_rest = rdf::REST,
    pref_label = skos::PREF_LABEL,
    alt_label = skos::ALT_LABEL,
    hidden_label = skos::HIDDEN_LABEL,
    title = dcterms::TITLE,
    alternative = dcterms::ALTERNATIVE,
    rdfs_label = rdfs::LABEL,
    foaf_name = foaf::NAME,
    vcard_fn = vcard::FN,
    csvw_title = csvw::TITLE,
    iso_name = iso::NAME,
    csvw_name = csvw::NAME,
    description = dcterms::DESCRIPTION,
    definition = skos::DEFINITION,
    comment = rdfs::COMMENT,
    identifier = dcterms::IDENTIFIER,
    keyword = dcat::KEYWORD,
    classification = iso::CLASSIFICATION,
    extra = iso::EXTRA,
    status = iso::STATUS,
    in_domain = iso::IN_DOMAIN,
    in_product = iso::IN_PRODUCT,
    dprod_domain = dprod::DOMAIN,
    theme = dcat::THEME,
    product_owner = dprod::DATA_PRODUCT_OWNER,
    attributed_to = prov::WAS_ATTRIBUTED_TO,
    qualified_attribution = prov::QUALIFIED_ATTRIBUTION,
    agent = prov::AGENT_PROPERTY,
    contact_point = dcat::CONTACT_POINT,
    publisher = dcterms::PUBLISHER,
    purpose = dprod::PURPOSE,
    lifecycle_status = dprod::LIFECYCLE_STATUS,
    output_dataset = dprod::OUTPUT_DATASET,
    input_dataset = dprod::INPUT_DATASET,
    output_port = dprod::OUTPUT_PORT,
    input_port = dprod::INPUT_PORT,
    serves_dataset = dcat::SERVES_DATASET,
    access_service = dcat::ACCESS_SERVICE,
    access_service_of = dprod::IS_ACCESS_SERVICE_OF,
    distribution = dcat::DISTRIBUTION,
    distribution_of = dprod::IS_DISTRIBUTION_OF,
    conforms_to = dcterms::CONFORMS_TO,
    derived_from = prov::WAS_DERIVED_FROM,
    qualified_name = iso::QUALIFIED_NAME,
    materialization = iso::MATERIALIZATION,
    row_count = iso::ROW_COUNT,
    table_schema = csvw::TABLE_SCHEMA,
    column = csvw::COLUMN,
    primary_key = csvw::PRIMARY_KEY,
    datatype = csvw::DATATYPE,
    required = csvw::REQUIRED,
    position = iso::POSITION,
    references = iso::REFERENCES,
    represents = iso::REPRESENTS,
    concept = qb::CONCEPT,
    about = iso::ABOUT,
    expression = iso::EXPRESSION,
    aggregation = iso::AGGREGATION,
    broader = skos::BROADER,
    narrower = skos::NARROWER,
    sub_class_of = rdfs::SUB_CLASS_OF,
    related = skos::RELATED,
    exact_match = skos::EXACT_MATCH,
    close_match = skos::CLOSE_MATCH,
    equivalent_class = owl::EQUIVALENT_CLASS,
    in_scheme = skos::IN_SCHEME,
    version = dcat::VERSION,
    version_info = owl::VERSION_INFO,
    used = prov::USED,
    associated_with = prov::WAS_ASSOCIATED_WITH,
    ended_at = prov::ENDED_AT_TIME,
    usage_class = duv::USAGE,
    query_count = iso::QUERY_COUNT,
    query_text = iso::QUERY_TEXT,
    computed_on = dqv::COMPUTED_ON,
    measurement_of = dqv::IS_MEASUREMENT_OF,
    measured_value = dqv::VALUE,
    generated_at = prov::GENERATED_AT_TIME,
    mbox = foaf::MBOX,
    has_email = vcard::HAS_EMAIL,
    term = iso::TERM,
    allowed_value = iso::ALLOWED_VALUE,
    sample_value = iso::SAMPLE_VALUE,
    feedback_class = duv::USER_FEEDBACK,
    asked = iso::ASKED,
    accepted = iso::ACCEPTED,
    rejected = iso::REJECTED,
    same_as = owl::SAME_AS,
    different_from = owl::DIFFERENT_FROM,
    has_policy = odrl::HAS_POLICY,
    owl_class = owl::CLASS,
    rdfs_class = rdfs::CLASS,
}

/// Which class makes which kind; an entity of several takes the first that matches.
const CLASSES: [(&str, EntityKind); 27] = [
    (iso::DOMAIN, EntityKind::Domain),
    (dprod::DATA_PRODUCT, EntityKind::DataProduct),
    (iso::METRIC, EntityKind::Metric),
    (qb::MEASURE_PROPERTY, EntityKind::Metric),
    (iso::DATA_CONTRACT, EntityKind::Contract),
    (csvw::COLUMN_CLASS, EntityKind::Column),
    (dcat::DATASET_CLASS, EntityKind::Dataset),
    (dcat::DATASET_SERIES, EntityKind::Dataset),
    (csvw::TABLE_CLASS, EntityKind::Dataset),
    (iso::TERM, EntityKind::Term),
    (skos::CONCEPT, EntityKind::Term),
    (owl::CLASS, EntityKind::Term),
    (rdfs::CLASS, EntityKind::Term),
    (prov::AGENT_CLASS, EntityKind::Owner),
    (prov::PERSON, EntityKind::Owner),
    (prov::ORGANIZATION, EntityKind::Owner),
    (prov::SOFTWARE_AGENT, EntityKind::Owner),
    (foaf::AGENT, EntityKind::Owner),
    (foaf::PERSON, EntityKind::Owner),
    (foaf::ORGANIZATION, EntityKind::Owner),
    (foaf::GROUP, EntityKind::Owner),
    (org::ORGANIZATION_CLASS, EntityKind::Owner),
    (org::FORMAL_ORGANIZATION, EntityKind::Owner),
    (org::ORGANIZATIONAL_UNIT, EntityKind::Owner),
    (vcard::KIND, EntityKind::Owner),
    (vcard::INDIVIDUAL, EntityKind::Owner),
    (vcard::ORGANIZATION, EntityKind::Owner),
];

/// The kind of what has these classes, the most telling first; `None` when none of them tells.
pub(crate) fn kind_of_classes(classes: &[&str]) -> Option<EntityKind> {
    let known = CLASSES.iter().find(|(iri, _)| classes.contains(iri));
    known.map(|(_, kind)| *kind)
}

fn classes(graph: &Snapshot) -> Vec<(TermId, EntityKind)> {
    let known = CLASSES.iter();
    known
        .filter_map(|(iri, kind)| Some((graph.id_of_iri(iri)?, *kind)))
        .collect()
}
