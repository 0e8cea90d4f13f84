//! A deterministic context graph of any size: domains, products, datasets, columns, terms, lineage and usage in the
//! vocabulary that the connectors write, spread over named sources.

use graph_core::rdf::{Literal, NamedNode, RdfTerm, Statement};
use ontologies::{csvw, dcat, dcterms, dprod, duv, iso, prov, rdf, skos, xsd};

/// Statements that one dataset brings along, about.
const STATEMENTS_A_DATASET: usize = 84;
const SOURCES: usize = 48;
const DOMAINS: usize = 40;
const LAYERS: usize = 9;

const NOUNS: [&str; 20] = [
    "order",
    "customer",
    "payment",
    "invoice",
    "shipment",
    "inventory",
    "session",
    "campaign",
    "contract",
    "policy",
    "claim",
    "account",
    "ledger",
    "employee",
    "supplier",
    "ticket",
    "device",
    "store",
    "price",
    "refund",
];
const LAYER_NAMES: [&str; LAYERS] = [
    "raw", "base", "stg", "int", "dim", "fct", "agg", "mart", "report",
];
const COLUMN_NAMES: [&str; 24] = [
    "id",
    "created_at",
    "updated_at",
    "status",
    "amount",
    "currency",
    "country",
    "email",
    "phone",
    "name",
    "type",
    "quantity",
    "tax",
    "total",
    "code",
    "description",
    "city",
    "zip",
    "score",
    "rank",
    "segment",
    "channel",
    "owner",
    "batch_id",
];
const DATATYPES: [&str; 5] = ["text", "integer", "numeric", "timestamp", "boolean"];

/// A small deterministic generator (xorshift64*), so that figures repeat.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % bound.max(1)
    }

    /// Prefers small numbers, as upstreams and users do.
    fn skewed(&mut self, bound: usize) -> usize {
        let first = self.below(bound);
        let second = self.below(first + 1);
        self.below(second + 1)
    }
}

/// What a generated graph is made of: one list of statements a source.
pub(crate) struct Generated {
    pub(crate) sources: Vec<(String, Vec<Statement>)>,
    pub(crate) datasets: usize,
}

impl Generated {
    pub(crate) fn statements(&self) -> usize {
        self.sources
            .iter()
            .map(|(_, statements)| statements.len())
            .sum()
    }
}

/// Makes a graph of about so many statements.
pub(crate) fn generate(statements: usize) -> Generated {
    let datasets = (statements / STATEMENTS_A_DATASET).max(LAYERS * 10);
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut sources = vec![("glossary".to_owned(), glossary(datasets))];
    for source in 0..SOURCES {
        let mut out = Vec::new();
        for dataset in (source..datasets).step_by(SOURCES) {
            write_dataset(&mut out, dataset, datasets, &mut random);
        }
        sources.push((format!("warehouse-{source:02}"), out));
    }
    sources.push(("usage".to_owned(), usage(datasets, &mut random)));
    Generated { sources, datasets }
}

pub(crate) fn dataset_iri(dataset: usize) -> String {
    let layer = LAYER_NAMES[dataset % LAYERS];
    let noun = NOUNS[(dataset / LAYERS) % NOUNS.len()];
    format!(
        "urn:isogloss:dataset:warehouse-{:02}/db.{layer}.{noun}_{dataset}",
        dataset % SOURCES
    )
}

pub(crate) fn term_iri(term: usize) -> String {
    format!("urn:isogloss:term:glossary/term-{term}")
}

pub(crate) fn domain_iri(domain: usize) -> String {
    format!("urn:isogloss:domain:mesh/domain-{domain}")
}

fn product_iri(product: usize) -> String {
    format!(
        "urn:isogloss:product:mesh/domain-{}/product-{product}",
        product % DOMAINS
    )
}

pub(crate) fn terms(datasets: usize) -> usize {
    datasets / 10 + 20
}

fn glossary(datasets: usize) -> Vec<Statement> {
    let mut out = Vec::new();
    for domain in 0..DOMAINS {
        let iri = domain_iri(domain);
        out.push(link(&iri, rdf::TYPE, iso::DOMAIN));
        out.push(text(&iri, skos::PREF_LABEL, &format!("Domain {domain}")));
    }
    for product in 0..=datasets / 12 {
        let iri = product_iri(product);
        out.push(link(&iri, rdf::TYPE, dprod::DATA_PRODUCT));
        out.push(text(
            &iri,
            dcterms::TITLE,
            &format!("{} product {product}", NOUNS[product % NOUNS.len()]),
        ));
        out.push(link(&iri, dprod::DOMAIN, &domain_iri(product % DOMAINS)));
    }
    for term in 0..terms(datasets) {
        let iri = term_iri(term);
        out.push(link(&iri, rdf::TYPE, skos::CONCEPT));
        out.push(text(
            &iri,
            skos::PREF_LABEL,
            &format!("{} {term}", NOUNS[term % NOUNS.len()]),
        ));
        out.push(text(
            &iri,
            skos::DEFINITION,
            &format!("What domain {} calls {term}", term % DOMAINS),
        ));
        out.push(link(&iri, iso::IN_DOMAIN, &domain_iri(term % DOMAINS)));
        if term >= 20 {
            out.push(link(&iri, skos::BROADER, &term_iri(term / 8)));
        }
    }
    out
}

fn write_dataset(out: &mut Vec<Statement>, dataset: usize, datasets: usize, random: &mut Random) {
    let iri = dataset_iri(dataset);
    let schema = format!("{iri}#schema");
    let noun = NOUNS[(dataset / LAYERS) % NOUNS.len()];
    out.push(link(&iri, rdf::TYPE, dcat::DATASET_CLASS));
    out.push(text(&iri, iso::NAME, &format!("{noun}_{dataset}")));
    out.push(text(
        &iri,
        dcterms::DESCRIPTION,
        &format!("One row for each {noun}, layer {}", dataset % LAYERS),
    ));
    out.push(link(
        &product_iri(dataset / 12),
        dprod::OUTPUT_DATASET,
        &iri,
    ));
    out.push(link(&iri, csvw::TABLE_SCHEMA, &schema));
    let layer = dataset % LAYERS;
    let upstream = (0..if layer == 0 { 0 } else { 1 + random.below(4) })
        .map(|_| (random.skewed(datasets / LAYERS)) * LAYERS + random.below(layer))
        .filter(|up| *up < datasets)
        .collect::<Vec<_>>();
    for up in &upstream {
        out.push(link(&iri, prov::WAS_DERIVED_FROM, &dataset_iri(*up)));
    }
    for column in 0..4 + random.below(20) {
        let name = COLUMN_NAMES[column % COLUMN_NAMES.len()];
        let column_iri = format!("{iri}/{name}");
        out.push(link(&schema, csvw::COLUMN, &column_iri));
        out.push(link(&column_iri, rdf::TYPE, csvw::COLUMN_CLASS));
        out.push(text(&column_iri, csvw::NAME, name));
        out.push(text(
            &column_iri,
            csvw::DATATYPE,
            DATATYPES[random.below(DATATYPES.len())],
        ));
        if let Some(up) = upstream.first() {
            out.push(link(
                &column_iri,
                prov::WAS_DERIVED_FROM,
                &format!("{}/{name}", dataset_iri(*up)),
            ));
        }
        if random.below(3) == 0 {
            out.push(link(
                &column_iri,
                iso::REPRESENTS,
                &term_iri(random.skewed(terms(datasets))),
            ));
        }
        if matches!(name, "email" | "phone" | "name") {
            out.push(text(&column_iri, iso::CLASSIFICATION, "pii"));
        }
    }
}

fn usage(datasets: usize, random: &mut Random) -> Vec<Statement> {
    let mut out = Vec::new();
    for dataset in 0..datasets {
        let iri = format!("urn:isogloss:usage:usage/{dataset}");
        let count = 1 + random.skewed(10_000);
        out.push(link(&iri, rdf::TYPE, duv::USAGE));
        out.push(link(&iri, prov::USED, &dataset_iri(dataset)));
        let count =
            Literal::new_typed_literal(count.to_string(), NamedNode::new_unchecked(xsd::INTEGER));
        out.push(statement(&iri, iso::QUERY_COUNT, count.into()));
    }
    out
}

fn link(subject: &str, predicate: &str, object: &str) -> Statement {
    statement(subject, predicate, NamedNode::new_unchecked(object).into())
}

fn text(subject: &str, predicate: &str, value: &str) -> Statement {
    statement(
        subject,
        predicate,
        Literal::new_simple_literal(value).into(),
    )
}

fn statement(subject: &str, predicate: &str, object: RdfTerm) -> Statement {
    Statement::new(
        NamedNode::new_unchecked(subject),
        NamedNode::new_unchecked(predicate),
        object,
    )
}
