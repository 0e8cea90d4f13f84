//! Quality rules: what data is expected to be, as metrics of data quality.

use graph_core::rdf::NamedNode;
use ontologies::{dcterms, dqv, iso, skos};
use semantic_model::identity::{EntityIri, IriKind, MESH, slug};

use crate::odcs::writer::Writer;
use crate::statements::named;
use crate::yaml::Node;

/// The keys that compare the measured value, with how each reads.
const OPERATORS: [(&str, &str); 9] = [
    ("mustBe", "="),
    ("mustNotBe", "!="),
    ("mustBeGreaterThan", ">"),
    ("mustBeGreaterOrEqualTo", ">="),
    ("mustBeGreaterThanOrEqualTo", ">="),
    ("mustBeLessThan", "<"),
    ("mustBeLessOrEqualTo", "<="),
    ("mustBeLessThanOrEqualTo", "<="),
    ("mustBeBetween", "between"),
];

/// Writes the rules of a dataset or column, each about it.
pub(super) fn write(node: &Node, about: &NamedNode, path: &[String], writer: &mut Writer<'_>) {
    let rules = node.get("quality").map_or(&[][..], Node::items);
    for (position, rule) in rules.iter().enumerate() {
        if rule.entries().is_empty() {
            writer.extra(about, "quality", rule);
            continue;
        }
        let measured = ["metric", "rule"].iter().find_map(|key| rule.text_of(key));
        let kind = rule.text_of("type").unwrap_or("library");
        let own_name = rule.text_of("name").or_else(|| rule.text_of("id"));
        let name = own_name.or(measured).unwrap_or(kind);
        let mut rule_path = path.to_vec();
        rule_path.push(format!("{}-{}", position + 1, slug(name)));
        let iri = writer.out.iri(IriKind::Quality, &rule_path);
        writer.understood("quality_rule", 1);
        writer.out.class(&iri, dqv::METRIC);
        writer.out.name(
            &iri,
            dcterms::TITLE,
            rule.text_of("name").or(measured).unwrap_or(kind),
        );
        if let Some(description) = rule.text_of("description") {
            writer.out.text(&iri, dcterms::DESCRIPTION, description);
        }
        writer.out.link(&iri, iso::ABOUT, about);
        // A rule that counts what is not among these values says which there are.
        let valid = rule
            .get("arguments")
            .and_then(|given| given.get("validValues"));
        if let Some(valid) = valid.or_else(|| rule.get("validValues")) {
            writer
                .out
                .values(about, iso::ALLOWED_VALUE, &valid.to_json());
        }
        if let Some(dimension) = rule.text_of("dimension") {
            in_dimension(&iri, dimension, writer);
        }
        writer
            .out
            .text(&iri, iso::EXPRESSION, &expression(rule, measured));
        writer.tags(&iri, rule);
        writer.definitions(&iri, rule);
        let handled = [
            "name",
            "description",
            "dimension",
            "tags",
            "authoritativeDefinitions",
            "query",
            "implementation",
        ];
        writer.rest(&iri, rule, &handled);
    }
}

/// Dimensions are few and the same everywhere, so they are company-wide.
fn in_dimension(rule: &NamedNode, dimension: &str, writer: &mut Writer<'_>) {
    let path = ["dimension".to_owned(), slug(dimension)];
    let iri = named(EntityIri::new(IriKind::Quality, MESH, &path).into_string());
    writer.out.class(&iri, dqv::DIMENSION);
    writer.out.name(&iri, skos::PREF_LABEL, dimension);
    writer.out.link(rule, dqv::IN_DIMENSION, &iri);
}

/// The rule as one line: the query, the implementation or the metric, and what it must be.
fn expression(rule: &Node, measured: Option<&str>) -> String {
    let written = |node: &Node| {
        let text = node.text().map(str::to_owned);
        text.unwrap_or_else(|| node.to_json().to_string())
    };
    let conditions: Vec<String> = OPERATORS
        .iter()
        .filter_map(|(key, operator)| Some(format!("{operator} {}", written(rule.get(key)?))))
        .collect();
    let query = rule.text_of("query").map(|query| {
        let is_compared = !conditions.is_empty();
        if is_compared {
            format!("({query})")
        } else {
            query.to_owned()
        }
    });
    let subject = query
        .or_else(|| rule.get("implementation").map(written))
        .or_else(|| measured.map(str::to_owned));
    let parts: Vec<String> = subject.into_iter().chain(conditions).collect();
    parts.join(" ")
}
