//! A deterministic context graph of any size: domains, products, datasets, columns, terms, owners, lineage and usage in
//! the vocabulary that the connectors write, spread over named sources. Sources are made one at a time and each from a
//! seed of its own, so that a graph never has to be in memory twice.

pub(crate) mod distractors;
mod words;

use graph_core::rdf::{Literal, NamedNode, RdfTerm, Statement};
use ontologies::{csvw, dcat, dcterms, dprod, duv, foaf, iso, org, prov, rdf, skos, xsd};

use words::{COLUMN_NAMES, DATATYPES, LAYER_NAMES, LAYERS, NOUNS, PLATFORMS};

/// Statements that one dataset brings along, about.
const STATEMENTS_A_DATASET: usize = 118;
/// Columns of a dataset: from 4 to 36, 20 on average.
const COLUMNS_MIN: usize = 4;
const COLUMNS_SPREAD: usize = 33;
const DOMAINS: usize = 40;
const TOP_TERMS: usize = 20;
/// One dataset in so many has claims in the manual catalog.
const MANUAL_EVERY: usize = 20;
/// Datasets of the small source, ten statements each.
const SMALL_DATASETS: usize = 1_000;

/// A small deterministic generator (xorshift64*), so that figures repeat.
struct Random(u64);

impl Random {
    fn of(kind: u64, number: usize) -> Self {
        let mut random = Self(
            (number as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15)
                ^ kind.wrapping_mul(0xD1B5_4A32_D192_ED03)
                | 1,
        );
        random.below(2);
        random
    }

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

/// The shape of a graph; [`Generator::sources`] makes it.
#[derive(Clone, Copy)]
pub(crate) struct Generator {
    pub(crate) datasets: usize,
    warehouses: usize,
}

impl Generator {
    /// A graph of about so many statements, in so many sources.
    pub(crate) fn new(statements: usize, sources: usize) -> Self {
        Self {
            datasets: (statements / STATEMENTS_A_DATASET).max(LAYERS * 40),
            warehouses: sources.saturating_sub(4).max(1),
        }
    }

    /// Makes the sources one after the other.
    pub(crate) fn sources(self) -> impl Iterator<Item = (String, Vec<Statement>)> {
        let first = [("glossary".to_owned(), self.glossary())];
        let warehouses =
            (0..self.warehouses).map(move |at| (format!("warehouse-{at:04}"), self.warehouse(at)));
        let last = [0, 1, 2].into_iter().map(move |at| match at {
            0 => ("usage".to_owned(), self.usage()),
            1 => ("manual-catalog".to_owned(), self.manual_catalog()),
            _ => ("small".to_owned(), self.small(0)),
        });
        first.into_iter().chain(warehouses).chain(last)
    }

    pub(crate) fn dataset_iri(self, dataset: usize) -> String {
        let layer = LAYER_NAMES[dataset % LAYERS];
        let source = dataset % self.warehouses;
        format!(
            "urn:isogloss:dataset:warehouse-{source:04}/db.{layer}.{}_{dataset}",
            noun(dataset)
        )
    }

    /// A dataset of the top layer, number `nth` of `of` spread over all; never one with claims in the manual catalog.
    pub(crate) fn report_dataset(self, nth: usize, of: usize) -> String {
        let mut at = self.datasets * (nth + 1) / (of + 2) / LAYERS * LAYERS + LAYERS - 1;
        while is_manual(at) {
            at += LAYERS;
        }
        self.dataset_iri(at)
    }

    /// A dataset of the lowest layer that many others derive from.
    pub(crate) fn hub_dataset(self, nth: usize) -> String {
        self.dataset_iri(nth * LAYERS)
    }

    fn persons(self) -> usize {
        self.datasets / 50 + 50
    }

    fn terms(self) -> usize {
        self.datasets / 10 + TOP_TERMS * 9
    }

    fn columns(dataset: usize) -> usize {
        COLUMNS_MIN + Random::of(1, dataset).below(COLUMNS_SPREAD)
    }

    fn upstream(self, dataset: usize) -> Vec<usize> {
        let layer = dataset % LAYERS;
        if layer == 0 {
            return Vec::new();
        }
        let mut random = Random::of(2, dataset);
        let mut upstream: Vec<usize> = (0..=random.below(4))
            .map(|_| random.skewed(self.datasets / LAYERS) * LAYERS + random.below(layer))
            .collect();
        upstream.sort_unstable();
        upstream.dedup();
        upstream
    }

    fn glossary(self) -> Vec<Statement> {
        let mut out = Vec::new();
        for domain in 0..DOMAINS {
            let iri = domain_iri(domain);
            out.push(link(&iri, rdf::TYPE, iso::DOMAIN));
            out.push(text(&iri, skos::PREF_LABEL, &format!("Domain {domain}")));
        }
        for person in 0..self.persons() {
            let iri = person_iri(person);
            out.push(link(&iri, rdf::TYPE, foaf::PERSON));
            out.push(text(&iri, foaf::NAME, &format!("Person {person}")));
            out.push(link(
                &iri,
                org::MEMBER_OF,
                &format!("urn:isogloss:unit:people/{}", person % 60),
            ));
        }
        for product in 0..=self.datasets / 12 {
            let iri = product_iri(product);
            let owner = Random::of(3, product).below(self.persons());
            let title = format!(
                "{} data product {product}",
                capital(NOUNS[product % NOUNS.len()])
            );
            out.push(link(&iri, rdf::TYPE, dprod::DATA_PRODUCT));
            out.push(tagged(&iri, dcterms::TITLE, &title));
            out.push(link(&iri, dprod::DOMAIN, &domain_iri(product % DOMAINS)));
            out.push(link(&iri, dprod::DATA_PRODUCT_OWNER, &person_iri(owner)));
        }
        for term in 0..self.terms() {
            self.write_term(&mut out, term);
        }
        out
    }

    fn write_term(self, out: &mut Vec<Statement>, term: usize) {
        let iri = term_iri(term);
        let mut random = Random::of(4, term);
        let noun = NOUNS[term % NOUNS.len()];
        let domain = term % DOMAINS;
        out.push(link(&iri, rdf::TYPE, skos::CONCEPT));
        out.push(tagged(
            &iri,
            skos::PREF_LABEL,
            &format!("{} {term}", capital(noun)),
        ));
        let definition = format!(
            "What domain {domain} means by {noun} number {term}, as its stewards agreed on it."
        );
        out.push(tagged(&iri, skos::DEFINITION, &definition));
        out.push(link(&iri, iso::IN_DOMAIN, &domain_iri(domain)));
        if term.is_multiple_of(3) {
            out.push(tagged(&iri, skos::ALT_LABEL, &format!("{noun}-{term}")));
        }
        if term >= TOP_TERMS {
            out.push(link(&iri, skos::BROADER, &term_iri((term - TOP_TERMS) / 8)));
        }
        if term.is_multiple_of(4) {
            out.push(link(
                &iri,
                skos::RELATED,
                &term_iri(random.below(self.terms())),
            ));
        }
    }

    fn warehouse(self, warehouse: usize) -> Vec<Statement> {
        let mut out = Vec::new();
        for dataset in (warehouse..self.datasets).step_by(self.warehouses) {
            self.write_dataset(&mut out, dataset);
        }
        out
    }

    fn write_dataset(self, out: &mut Vec<Statement>, dataset: usize) {
        let iri = self.dataset_iri(dataset);
        let schema = format!("{iri}#schema");
        let mut random = Random::of(5, dataset);
        let noun = noun(dataset);
        let layer = LAYER_NAMES[dataset % LAYERS];
        out.push(link(&iri, rdf::TYPE, dcat::DATASET_CLASS));
        out.push(text(&iri, iso::NAME, &format!("{noun}_{dataset}")));
        let title = format!("{} {layer} table {dataset}", capital(noun));
        out.push(tagged(&iri, dcterms::TITLE, &title));
        if random.below(8) != 0 {
            let description = format!(
                "One row for each {noun} of the {layer} layer, refreshed daily; batch {}.",
                dataset % 97
            );
            out.push(tagged(&iri, dcterms::DESCRIPTION, &description));
        }
        out.push(link(
            &product_iri(dataset / 12),
            dprod::OUTPUT_DATASET,
            &iri,
        ));
        out.push(link(&iri, csvw::TABLE_SCHEMA, &schema));
        out.push(link(
            &iri,
            dcterms::PUBLISHER,
            &person_iri(self.publisher(dataset)),
        ));
        out.push(link(
            &iri,
            dcterms::SOURCE,
            &platform_iri(random.skewed(PLATFORMS.len())),
        ));
        out.push(date(&iri, dcterms::MODIFIED, dataset));
        let rows = random.skewed(1_000_000);
        out.push(number(&iri, iso::ROW_COUNT, rows));
        let upstream = self.upstream(dataset);
        for up in &upstream {
            out.push(link(&iri, prov::WAS_DERIVED_FROM, &self.dataset_iri(*up)));
        }
        for column in 0..Self::columns(dataset) {
            self.write_column(
                out,
                &iri,
                &schema,
                column,
                upstream.first().copied(),
                &mut random,
            );
        }
    }

    fn write_column(
        self,
        out: &mut Vec<Statement>,
        dataset: &str,
        schema: &str,
        column: usize,
        upstream: Option<usize>,
        random: &mut Random,
    ) {
        let name = COLUMN_NAMES[column % COLUMN_NAMES.len()];
        let iri = format!("{dataset}/{name}");
        out.push(link(schema, csvw::COLUMN, &iri));
        out.push(link(&iri, rdf::TYPE, csvw::COLUMN_CLASS));
        out.push(text(&iri, csvw::NAME, name));
        out.push(text(
            &iri,
            csvw::DATATYPE,
            DATATYPES[random.below(DATATYPES.len())],
        ));
        if let Some(up) = upstream.filter(|up| column < Self::columns(*up)) {
            let above = format!("{}/{name}", self.dataset_iri(up));
            out.push(link(&iri, prov::WAS_DERIVED_FROM, &above));
        }
        if random.below(3) == 0 {
            out.push(link(
                &iri,
                iso::REPRESENTS,
                &term_iri(random.skewed(self.terms())),
            ));
        }
        if matches!(name, "email" | "phone" | "name") {
            out.push(text(&iri, iso::CLASSIFICATION, "pii"));
        }
        if random.below(6) == 0 {
            out.push(number(&iri, iso::POSITION, column));
        }
    }

    fn publisher(self, dataset: usize) -> usize {
        Random::of(6, dataset).skewed(self.persons())
    }

    fn usage(self) -> Vec<Statement> {
        let mut out = Vec::new();
        for dataset in 0..self.datasets {
            let mut random = Random::of(7, dataset);
            let iri = format!("urn:isogloss:usage:usage/{dataset}");
            out.push(link(&iri, rdf::TYPE, duv::USAGE));
            out.push(link(&iri, prov::USED, &self.dataset_iri(dataset)));
            out.push(number(&iri, iso::QUERY_COUNT, 1 + random.skewed(10_000)));
        }
        out
    }

    /// What people say of one dataset in twenty: another publisher than its warehouse says, or the same date again.
    fn manual_catalog(self) -> Vec<Statement> {
        let mut out = Vec::new();
        for dataset in (0..self.datasets).filter(|at| is_manual(*at)) {
            let iri = self.dataset_iri(dataset);
            let mut random = Random::of(8, dataset);
            let other = 1 + random.below(self.persons() - 1);
            let publisher = (self.publisher(dataset) + other) % self.persons();
            out.push(link(&iri, dcterms::PUBLISHER, &person_iri(publisher)));
            out.push(date(&iri, dcterms::MODIFIED, dataset));
            out.push(tagged(
                &iri,
                skos::NOTE,
                &format!("Checked by hand, batch {}", dataset % 31),
            ));
        }
        out
    }

    /// The source of 10,000 statements that is replaced again and again; about a tenth of it changes with `edition`.
    pub(crate) fn small(self, edition: usize) -> Vec<Statement> {
        let mut out = Vec::new();
        for dataset in 0..SMALL_DATASETS {
            let iri = format!("urn:isogloss:dataset:small/db.small.table_{dataset}");
            out.push(link(&iri, rdf::TYPE, dcat::DATASET_CLASS));
            out.push(text(&iri, iso::NAME, &format!("small_{dataset}")));
            out.push(tagged(
                &iri,
                dcterms::TITLE,
                &format!("Small table {dataset}"),
            ));
            out.push(number(
                &iri,
                iso::ROW_COUNT,
                1_000 + dataset * 7 + edition * 13,
            ));
            let upstream = self.dataset_iri(dataset * 31 % self.datasets);
            out.push(link(&iri, prov::WAS_DERIVED_FROM, &upstream));
            for name in &COLUMN_NAMES[..5] {
                out.push(link(&iri, csvw::COLUMN, &format!("{iri}/{name}")));
            }
        }
        out
    }
}

fn is_manual(dataset: usize) -> bool {
    dataset % MANUAL_EVERY == 7
}

fn noun(dataset: usize) -> &'static str {
    NOUNS[(dataset / LAYERS) % NOUNS.len()]
}

fn capital(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_uppercase() + rest
}

pub(crate) fn term_iri(term: usize) -> String {
    format!("urn:isogloss:term:glossary/term-{term}")
}

pub(crate) fn domain_iri(domain: usize) -> String {
    format!("urn:isogloss:domain:mesh/domain-{}", domain % DOMAINS)
}

pub(crate) fn platform_iri(platform: usize) -> String {
    format!(
        "urn:isogloss:platform:{}",
        PLATFORMS[platform % PLATFORMS.len()]
    )
}

fn person_iri(person: usize) -> String {
    format!("urn:isogloss:person:people/u{person}")
}

fn product_iri(product: usize) -> String {
    format!(
        "urn:isogloss:product:mesh/domain-{}/product-{product}",
        product % DOMAINS
    )
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

fn tagged(subject: &str, predicate: &str, value: &str) -> Statement {
    let literal = Literal::new_language_tagged_literal_unchecked(value, "en");
    statement(subject, predicate, literal.into())
}

fn number(subject: &str, predicate: &str, value: usize) -> Statement {
    typed(subject, predicate, value.to_string(), xsd::INTEGER)
}

fn date(subject: &str, predicate: &str, dataset: usize) -> Statement {
    let (month, day) = (1 + dataset % 12, 1 + dataset / 12 % 28);
    typed(
        subject,
        predicate,
        format!("2026-{month:02}-{day:02}"),
        xsd::DATE,
    )
}

fn typed(subject: &str, predicate: &str, value: String, datatype: &str) -> Statement {
    let literal = Literal::new_typed_literal(value, NamedNode::new_unchecked(datatype));
    statement(subject, predicate, literal.into())
}

fn statement(subject: &str, predicate: &str, object: RdfTerm) -> Statement {
    Statement::new(
        NamedNode::new_unchecked(subject),
        NamedNode::new_unchecked(predicate),
        object,
    )
}
