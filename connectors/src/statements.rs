//! The small writer that every connector uses.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};

use graph_core::SourceName;
use graph_core::rdf::{Literal, NamedNode, NamedOrBlankNode, RdfTerm, Statement};
use ontologies::{dcterms, dprod, foaf, iso, org, prov, rdf, skos, xsd};
use rustc_hash::{FxHashMap, FxHasher};
use semantic_model::identity::{EntityIri, IriKind, is_absolute_iri};

use crate::{Location, Report};

/// The most values of one column that are taken from a document.
pub const VALUES_MAX: usize = 200;
/// A value longer than this is left out of the values of a column.
pub const VALUE_CHARS_MAX: usize = 80;

/// Collects the statements of one source, each once, in the order they were added.
///
/// Predicates and classes are the constants of the `ontologies` crate. Text is cleaned on its way in: control
/// characters and invisible tag characters go, and names lose bidirectional and zero-width marks too, so that
/// two names that look alike are alike; [`StatementBuilder::report_cleaned`] says how often that happened.
#[derive(Clone, Debug)]
pub struct StatementBuilder {
    source: SourceName,
    statements: Vec<Statement>,
    /// The place of the first statement of each hash.
    seen: FxHashMap<u64, u32>,
    /// Mesh-wide entities that are declared already.
    declared: BTreeSet<String>,
    cleaned: u64,
}

impl StatementBuilder {
    /// Gives an empty builder for a source.
    pub fn new(source: &SourceName) -> Self {
        Self {
            source: source.clone(),
            statements: Vec::new(),
            seen: FxHashMap::default(),
            declared: BTreeSet::new(),
            cleaned: 0,
        }
    }

    /// Gives the source whose statements these are.
    pub fn source(&self) -> &SourceName {
        &self.source
    }

    /// Says how many statements there are.
    pub fn len(&self) -> usize {
        self.statements.len()
    }

    /// Says whether there is no statement yet.
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    /// Gives the statements, each once.
    pub fn finish(self) -> Vec<Statement> {
        self.statements
    }

    /// Gives the IRI of something that this source names: `urn:isogloss:<kind>:<source>/<path>`.
    pub fn iri<S: AsRef<str>>(&self, kind: IriKind, path: &[S]) -> NamedNode {
        named(EntityIri::new(kind, self.source.as_str(), path).into_string())
    }

    /// Adds a statement as it is.
    pub fn statement(&mut self, statement: Statement) {
        let mut hasher = FxHasher::default();
        statement.hash(&mut hasher);
        let next = u32::try_from(self.statements.len()).unwrap_or(u32::MAX);
        let first = *self.seen.entry(hasher.finish()).or_insert(next);
        // Two different statements of one hash are both kept; a later repeat of the second is then kept twice,
        // which the store forgives.
        if first == next || self.statements.get(first as usize) != Some(&statement) {
            self.statements.push(statement);
        }
    }

    /// Adds a statement.
    pub fn add(
        &mut self,
        subject: impl Into<NamedOrBlankNode>,
        predicate: &str,
        object: impl Into<RdfTerm>,
    ) {
        self.statement(Statement {
            subject: subject.into(),
            predicate: named(predicate),
            object: object.into(),
        });
    }

    /// Says that something is of a class.
    pub fn class(&mut self, subject: &NamedNode, class: &str) {
        self.add(subject.clone(), rdf::TYPE, named(class));
    }

    /// Links one thing to another.
    pub fn link(&mut self, subject: &NamedNode, predicate: &str, object: &NamedNode) {
        self.add(subject.clone(), predicate, object.clone());
    }

    /// Adds a text, trimmed and cleaned; an empty one says nothing and is left out.
    pub fn text(&mut self, subject: &NamedNode, predicate: &str, text: &str) {
        let text = self.clean(text, Strictness::Text).into_owned();
        if !text.is_empty() {
            self.add(
                subject.clone(),
                predicate,
                Literal::new_simple_literal(text),
            );
        }
    }

    /// Adds a text in a language; a tag that is not well-formed is dropped and the text kept.
    pub fn text_in(&mut self, subject: &NamedNode, predicate: &str, text: &str, language: &str) {
        let text = self.clean(text, Strictness::Text).into_owned();
        if !text.is_empty() {
            let literal = Literal::new_language_tagged_literal(text.clone(), language)
                .unwrap_or_else(|_| Literal::new_simple_literal(text));
            self.add(subject.clone(), predicate, literal);
        }
    }

    /// Adds a name or label: like a text, without bidirectional and zero-width marks.
    pub fn name(&mut self, subject: &NamedNode, predicate: &str, name: &str) {
        let name = self.clean(name, Strictness::Name).into_owned();
        if !name.is_empty() {
            self.add(
                subject.clone(),
                predicate,
                Literal::new_simple_literal(name),
            );
        }
    }

    /// Adds an `xsd:boolean`.
    pub fn boolean(&mut self, subject: &NamedNode, predicate: &str, value: bool) {
        self.add(subject.clone(), predicate, Literal::from(value));
    }

    /// Adds an `xsd:integer`.
    pub fn integer(&mut self, subject: &NamedNode, predicate: &str, value: i64) {
        self.add(subject.clone(), predicate, Literal::from(value));
    }

    /// Adds an `xsd:double`.
    pub fn double(&mut self, subject: &NamedNode, predicate: &str, value: f64) {
        self.add(subject.clone(), predicate, Literal::from(value));
    }

    /// Adds a moment: `xsd:dateTime` when it is well-formed, a plain text otherwise.
    pub fn moment(&mut self, subject: &NamedNode, predicate: &str, moment: &str) {
        let moment = moment.trim();
        if is_date_time(moment) {
            let literal = Literal::new_typed_literal(moment, named(xsd::DATE_TIME));
            self.add(subject.clone(), predicate, literal);
        } else {
            self.text(subject, predicate, moment);
        }
    }

    /// Keeps a value that has no place of its own, as `iso:extra "key=<JSON>"`.
    pub fn extra(&mut self, subject: &NamedNode, key: &str, value: &serde_json::Value) {
        let text = format!("{key}={value}");
        self.text(subject, iso::EXTRA, &text);
    }

    /// Says which values a column may hold ([`iso::ALLOWED_VALUE`]) or held ([`iso::SAMPLE_VALUE`]), from a JSON list.
    ///
    /// Takes the first [`VALUES_MAX`] texts, numbers and truth values; what is longer than [`VALUE_CHARS_MAX`] is prose and no value.
    pub fn values(&mut self, column: &NamedNode, predicate: &str, values: &serde_json::Value) {
        let list = values.as_array().map_or(&[][..], Vec::as_slice);
        let texts = list.iter().filter_map(|value| match value {
            serde_json::Value::String(text) => Some(text.clone()),
            serde_json::Value::Number(number) => Some(number.to_string()),
            serde_json::Value::Bool(truth) => Some(truth.to_string()),
            _ => None,
        });
        let short = texts.filter(|text| text.chars().count() <= VALUE_CHARS_MAX);
        for text in short.take(VALUES_MAX) {
            self.text(column, predicate, &text);
        }
    }

    /// Declares the company-wide domain of this name and gives its IRI; an absolute IRI is kept as it is.
    pub fn domain(&mut self, name: &str) -> NamedNode {
        let domain = mesh_iri(name, EntityIri::domain);
        if self.declare(&domain) && !is_absolute_iri(name) {
            self.class(&domain, iso::DOMAIN);
            self.class(&domain, skos::CONCEPT);
            self.name(&domain, skos::PREF_LABEL, name);
        }
        domain
    }

    /// Declares the company-wide data product of this name in a domain and gives its IRI; an absolute IRI is
    /// kept as it is.
    pub fn product(&mut self, domain: &str, name: &str) -> NamedNode {
        self.product_titled(domain, name, name)
    }

    /// Declares a data product like [`StatementBuilder::product`], with a title that reads better than its name.
    pub fn product_titled(&mut self, domain: &str, name: &str, title: &str) -> NamedNode {
        let product = mesh_iri(name, |name| EntityIri::product(domain, name));
        if self.declare(&product) && !is_absolute_iri(name) {
            let domain = self.domain(domain);
            self.class(&product, dprod::DATA_PRODUCT);
            self.name(&product, dcterms::TITLE, title);
            self.name(&product, iso::NAME, name);
            self.link(&product, dprod::DOMAIN, &domain);
        }
        product
    }

    /// Declares the company-wide owner of this name and gives its IRI; an absolute IRI is kept as it is.
    ///
    /// A name that is an address is an owner of that address.
    pub fn owner(&mut self, name: &str, kind: OwnerKind, mail: Option<&str>) -> NamedNode {
        let owner = mesh_iri(name, EntityIri::owner);
        if !is_absolute_iri(name) {
            self.class(&owner, prov::AGENT_CLASS);
            self.name(&owner, foaf::NAME, name);
            match kind {
                OwnerKind::Person => self.class(&owner, foaf::PERSON),
                OwnerKind::Organization => self.class(&owner, org::ORGANIZATION_CLASS),
                OwnerKind::Unknown => {}
            }
        }
        match mail {
            Some(mail) => self.mailbox(&owner, mail),
            None if is_mail(name) => self.mailbox(&owner, name),
            None => {}
        }
        owner
    }

    /// Adds a mail address; text that is none is kept as `iso:extra`.
    pub fn mailbox(&mut self, owner: &NamedNode, mail: &str) {
        if is_mail(mail) {
            self.add(
                owner.clone(),
                foaf::MBOX,
                named(format!("mailto:{}", mail.trim())),
            );
        } else if !mail.trim().is_empty() {
            self.extra(owner, "email", &mail.into());
        }
    }

    /// Says in a report how many texts lost characters that nobody should see or miss.
    pub fn report_cleaned(&self, report: &mut Report) {
        if self.cleaned > 0 {
            let message = format!(
                "control or invisible characters were taken out of {} texts",
                self.cleaned
            );
            report.note("text_cleaned", message, Location::default());
        }
    }

    /// Says whether something is met for the first time.
    fn declare(&mut self, iri: &NamedNode) -> bool {
        if self.declared.contains(iri.as_str()) {
            return false;
        }
        self.declared.insert(iri.as_str().to_owned())
    }

    fn clean<'t>(&mut self, text: &'t str, strictness: Strictness) -> Cow<'t, str> {
        let clean = cleaned(text, strictness);
        if matches!(clean, Cow::Owned(_)) {
            self.cleaned += 1;
        }
        clean
    }
}

/// What is known about an owner besides the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnerKind {
    /// A human being.
    Person,
    /// A team, a department or a company.
    Organization,
    /// It is not known which.
    Unknown,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Strictness {
    Text,
    Name,
}

/// Gives the IRI of something known throughout the mesh; an absolute IRI is kept as it is.
fn mesh_iri(name: &str, make: impl FnOnce(&str) -> EntityIri) -> NamedNode {
    if is_absolute_iri(name) {
        named(name)
    } else {
        named(make(&cleaned(name, Strictness::Name)).into_string())
    }
}

/// Wraps an IRI that is known to be one.
pub(crate) fn named(iri: impl Into<String>) -> NamedNode {
    NamedNode::new_unchecked(iri)
}

fn cleaned(text: &str, strictness: Strictness) -> Cow<'_, str> {
    let bad = |c: char| match c {
        '\n' | '\r' | '\t' => false,
        '\u{e0000}'..='\u{e007f}' => true,
        '\u{200b}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}' => strictness == Strictness::Name,
        c => c.is_control(),
    };
    let text = text.trim();
    if text.contains(bad) {
        Cow::Owned(text.replace(bad, "").trim().to_owned())
    } else {
        Cow::Borrowed(text)
    }
}

fn is_mail(text: &str) -> bool {
    let text = text.trim();
    let plain = |c: char| c.is_ascii_alphanumeric() || ".!#$&'*+-=_~@".contains(c);
    text.matches('@').count() == 1
        && !text.starts_with('@')
        && !text.ends_with('@')
        && text.chars().all(plain)
}

/// Checks the form of an `xsd:dateTime`: `YYYY-MM-DDThh:mm:ss`, then a fraction and a zone if any.
fn is_date_time(text: &str) -> bool {
    if text.len() < 19 || !text.is_ascii() {
        return false;
    }
    let zoned = chrono::DateTime::parse_from_rfc3339(text).is_ok();
    let plain = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").is_ok();
    (zoned || plain) && text.as_bytes().get(10) == Some(&b'T') && !text.ends_with('z')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn builder() -> StatementBuilder {
        StatementBuilder::new(&"shop".parse().unwrap())
    }

    fn lines(builder: StatementBuilder) -> String {
        let lines: Vec<String> = builder.finish().iter().map(ToString::to_string).collect();
        lines.join("\n")
    }

    #[test]
    fn a_statement_added_twice_is_there_once() {
        let mut out = builder();
        let table = out.iri(IriKind::Dataset, &["db.public.orders"]);
        for _ in 0..2 {
            out.text(&table, dcterms::TITLE, " Orders ");
            out.text(&table, dcterms::TITLE, "  ");
            out.integer(&table, iso::ROW_COUNT, 7);
        }
        expect_test::expect![[r#"
            <urn:isogloss:dataset:shop/db.public.orders> <http://purl.org/dc/terms/title> "Orders"
            <urn:isogloss:dataset:shop/db.public.orders> <https://isogloss.dev/ns#rowCount> "7"^^<http://www.w3.org/2001/XMLSchema#integer>"#]]
        .assert_eq(&lines(out));
    }

    #[test]
    fn mesh_wide_names_are_declared_once() {
        let mut out = builder();
        out.product("Customer Care", "Visits");
        let count = out.len();
        out.product("customer care", "visits");
        assert_eq!(out.len(), count);
        let foreign = out.domain("https://example.org/d");
        assert_eq!(foreign.as_str(), "https://example.org/d");
        assert_eq!(out.len(), count);
    }

    #[test]
    fn an_owner_with_an_address_has_a_mailbox() {
        let mut out = builder();
        out.owner("Ann", OwnerKind::Person, Some("ann@example.org"));
        out.owner("bob@example.org", OwnerKind::Unknown, None);
        let text = lines(out);
        assert!(
            text.contains("<mailto:ann@example.org>") && text.contains("<mailto:bob@example.org>")
        );
    }

    #[test]
    fn text_loses_what_nobody_should_see() {
        let mut out = builder();
        let subject = out.iri(IriKind::Term, &["t"]);
        out.text(&subject, skos::DEFINITION, "a\u{0}b\n\u{e0041}\u{202e}c");
        out.name(&subject, skos::PREF_LABEL, "custo\u{200b}mer\u{202e}");
        let mut report = Report::default();
        out.report_cleaned(&mut report);
        assert_eq!(report.count("text_cleaned"), 1);
        let text = lines(out);
        assert!(
            text.contains("\"ab\\n\u{202e}c\"") && text.contains("\"customer\""),
            "{text}"
        );
    }

    #[test]
    fn only_well_formed_moments_are_typed() {
        for good in [
            "2026-11-22T16:13:00.276356Z",
            "2026-11-22T16:13:00",
            "2026-11-22T16:13:00.2+01:00",
        ] {
            assert!(is_date_time(good), "{good}");
        }
        for bad in [
            "2026-11-22",
            "2026-11-22 16:13:00Z",
            "2026-13-22T16:13:00Z",
            "yesterday, at ten o'clock",
        ] {
            assert!(!is_date_time(bad), "{bad}");
        }
    }
}
