//! The statements of each kind of entity.

use graph_core::rdf::NamedNode;
use ontologies::{csvw, dcat, dcterms, dprod, duv, foaf, iso, org, prov, qb, skos};
use semantic_model::identity::qualified_name;

use super::kinds::LineKind;
use super::write::{Line, Writer};
use crate::statements::OwnerKind;

/// Writes a domain.
pub(super) fn domain(writer: &mut Writer<'_>, line: &Line<'_>, subject: &NamedNode) {
    writer.out.class(subject, iso::DOMAIN);
    writer.out.class(subject, skos::CONCEPT);
    let name = writer.name(line);
    let label = writer.text(line, "label").unwrap_or(name);
    writer.out.name(subject, skos::PREF_LABEL, label);
    writer.description(line, subject, skos::DEFINITION);
    if let Some(parent) = writer.parent(line, &[LineKind::Domain]) {
        writer.out.link(subject, skos::BROADER, &parent.iri);
    }
}

/// Writes a data product.
pub(super) fn product(writer: &mut Writer<'_>, line: &Line<'_>, subject: &NamedNode) {
    writer.out.class(subject, dprod::DATA_PRODUCT);
    let name = writer.name(line);
    let title = writer.text(line, "label").unwrap_or(name);
    writer.out.name(subject, dcterms::TITLE, title);
    writer.out.name(subject, iso::NAME, name);
    writer.description(line, subject, dcterms::DESCRIPTION);
    writer.put(line, subject, "purpose", dprod::PURPOSE);
    if let Some(parent) = writer.parent(line, &[LineKind::Domain]) {
        writer.out.link(subject, dprod::DOMAIN, &parent.iri);
    }
}

/// Writes a dataset.
pub(super) fn dataset(writer: &mut Writer<'_>, line: &Line<'_>, subject: &NamedNode) {
    writer.out.class(subject, dcat::DATASET_CLASS);
    let name = writer.name(line);
    writer.out.name(subject, iso::NAME, name);
    writer.title(line, subject);
    writer.description(line, subject, dcterms::DESCRIPTION);
    let shape = line.record.kind_name.to_ascii_lowercase();
    match writer.text(line, "materialization") {
        Some(said) => writer.out.text(subject, iso::MATERIALIZATION, said),
        None if shape != "dataset" => writer.out.text(subject, iso::MATERIALIZATION, &shape),
        None => {}
    }
    if let Some(rows) = writer.integer(line, "rows") {
        writer.out.integer(subject, iso::ROW_COUNT, rows);
    }
    let parts = ["platform", "database", "schema"].map(|key| writer.text(line, key));
    if let Some(qualified) = writer.text(line, "qualified_name") {
        writer.out.text(subject, iso::QUALIFIED_NAME, qualified);
    } else if let [Some(platform), database, schema] = parts {
        let parts = [database.unwrap_or(""), schema.unwrap_or(""), name];
        let qualified = qualified_name(platform, &parts);
        writer.out.text(subject, iso::QUALIFIED_NAME, &qualified);
    }
    let parent = writer.parent(line, &[LineKind::Product, LineKind::Domain]);
    match parent.map(|parent| (parent.kind, parent.iri)) {
        Some((Some(LineKind::Domain), domain)) => writer.out.link(subject, iso::IN_DOMAIN, &domain),
        Some((_, product)) => {
            writer.out.link(&product, dprod::OUTPUT_DATASET, subject);
            if let Some(domain) = writer.domain_of(&product) {
                writer.out.link(subject, iso::IN_DOMAIN, &domain);
            }
        }
        None => {}
    }
}

/// Writes a column.
pub(super) fn column(writer: &mut Writer<'_>, line: &Line<'_>, subject: &NamedNode) {
    writer.out.class(subject, csvw::COLUMN_CLASS);
    let name = writer.name(line);
    writer.out.name(subject, csvw::NAME, name);
    writer.title(line, subject);
    writer.description(line, subject, dcterms::DESCRIPTION);
    writer.put(line, subject, "type", csvw::DATATYPE);
    if let Some(required) = writer.flag(line, "required") {
        writer.out.boolean(subject, csvw::REQUIRED, required);
    }
    if let Some(position) = writer.integer(line, "position") {
        writer.out.integer(subject, iso::POSITION, position);
    }
    for (key, predicate) in [
        ("values", iso::ALLOWED_VALUE),
        ("samples", iso::SAMPLE_VALUE),
    ] {
        let values = writer.texts(line, key);
        writer.out.values(subject, predicate, &values.into());
    }
    for classification in writer.texts(line, "classification") {
        writer
            .out
            .text(subject, iso::CLASSIFICATION, classification);
    }
    let primary_key = writer.flag(line, "primary_key") == Some(true);
    if let Some(dataset) = writer.parent(line, &[LineKind::Dataset]) {
        let schema = writer.schema_of(&dataset.iri);
        writer.out.link(&schema, csvw::COLUMN, subject);
        if primary_key {
            writer.out.name(&schema, csvw::PRIMARY_KEY, name);
        }
    }
}

/// Writes a term of the glossary.
pub(super) fn term(writer: &mut Writer<'_>, line: &Line<'_>, subject: &NamedNode) {
    writer.out.class(subject, iso::TERM);
    writer.out.class(subject, skos::CONCEPT);
    let name = writer.name(line);
    writer.out.name(subject, skos::PREF_LABEL, name);
    if let Some(label) = writer.text(line, "label").filter(|label| *label != name) {
        writer.out.name(subject, skos::ALT_LABEL, label);
    }
    writer.put(line, subject, "definition", skos::DEFINITION);
    let defined = writer.text(line, "definition").is_some();
    writer.description(
        line,
        subject,
        if defined {
            skos::SCOPE_NOTE
        } else {
            skos::DEFINITION
        },
    );
    writer.put(line, subject, "expression", iso::EXPRESSION);
    writer.put(line, subject, "from", dcterms::SOURCE);
    for (key, predicate) in [
        ("broader", skos::BROADER),
        ("related", skos::RELATED),
        ("exact_match", skos::EXACT_MATCH),
        ("close_match", skos::CLOSE_MATCH),
    ] {
        writer.links(line, subject, key, predicate, &[LineKind::Term]);
    }
    writer.links(line, subject, "columns", iso::ABOUT, &[LineKind::Column]);
    writer.links(
        line,
        subject,
        "about",
        iso::ABOUT,
        &[LineKind::Dataset, LineKind::Column],
    );
    placed(writer, line, subject, iso::ABOUT);
}

/// Writes a metric.
pub(super) fn metric(writer: &mut Writer<'_>, line: &Line<'_>, subject: &NamedNode) {
    writer.out.class(subject, iso::METRIC);
    writer.out.class(subject, qb::MEASURE_PROPERTY);
    let name = writer.name(line);
    let title = writer.text(line, "label").unwrap_or(name);
    writer.out.name(subject, dcterms::TITLE, title);
    writer.out.name(subject, iso::NAME, name);
    writer.description(line, subject, dcterms::DESCRIPTION);
    writer.put(line, subject, "expression", iso::EXPRESSION);
    writer.put(line, subject, "aggregation", iso::AGGREGATION);
    writer.put(line, subject, "from", dcterms::SOURCE);
    let data = [LineKind::Column, LineKind::Dataset];
    writer.links(line, subject, "columns", prov::WAS_DERIVED_FROM, &data);
    writer.links(line, subject, "about", prov::WAS_DERIVED_FROM, &data);
    placed(writer, line, subject, prov::WAS_DERIVED_FROM);
}

/// Writes where a term or metric belongs: a product, a domain, a broader term, or the data it is about.
fn placed(writer: &mut Writer<'_>, line: &Line<'_>, subject: &NamedNode, about: &str) {
    let parent = writer.parent(
        line,
        &[
            LineKind::Product,
            LineKind::Domain,
            LineKind::Term,
            LineKind::Dataset,
            LineKind::Column,
        ],
    );
    match parent.map(|parent| (parent.kind, parent.iri)) {
        Some((Some(LineKind::Domain), domain)) => writer.out.link(subject, iso::IN_DOMAIN, &domain),
        Some((Some(LineKind::Term), term)) if line.record.kind == LineKind::Term => {
            writer.out.link(subject, skos::BROADER, &term);
        }
        Some((Some(LineKind::Term), term)) => writer.out.link(subject, qb::CONCEPT, &term),
        Some((Some(LineKind::Dataset | LineKind::Column), data)) => {
            writer.out.link(subject, about, &data);
        }
        Some((_, product)) => {
            writer.out.link(subject, iso::IN_PRODUCT, &product);
            if let Some(domain) = writer.domain_of(&product) {
                writer.out.link(subject, iso::IN_DOMAIN, &domain);
            }
        }
        None => {}
    }
}

/// Writes an owner.
pub(super) fn owner(writer: &mut Writer<'_>, line: &Line<'_>, subject: &NamedNode) {
    writer.out.class(subject, prov::AGENT_CLASS);
    let name = writer.name(line);
    let label = writer.text(line, "label").unwrap_or(name);
    writer.out.name(subject, foaf::NAME, label);
    match writer.text(line, "type").map(str::to_lowercase).as_deref() {
        Some("person") => writer.out.class(subject, foaf::PERSON),
        Some("organization" | "organisation" | "team") => {
            writer.out.class(subject, org::ORGANIZATION_CLASS);
        }
        Some(other) => writer.out.extra(subject, "type", &other.into()),
        None => {}
    }
    if let Some(mail) = writer.text(line, "email") {
        writer.out.mailbox(subject, mail);
    }
    writer.description(line, subject, dcterms::DESCRIPTION);
    if let Some(parent) = writer.parent(line, &[LineKind::Owner, LineKind::Domain]) {
        let predicate = if parent.kind == Some(LineKind::Owner) {
            org::MEMBER_OF
        } else {
            iso::IN_DOMAIN
        };
        writer.out.link(subject, predicate, &parent.iri);
    }
}

/// Writes a data contract.
pub(super) fn contract(writer: &mut Writer<'_>, line: &Line<'_>, subject: &NamedNode) {
    writer.out.class(subject, iso::DATA_CONTRACT);
    writer.out.class(subject, dcterms::STANDARD);
    let name = writer.name(line);
    let title = writer.text(line, "label").unwrap_or(name);
    writer.out.name(subject, dcterms::TITLE, title);
    writer.description(line, subject, dcterms::DESCRIPTION);
    writer.put(line, subject, "version", dcat::VERSION);
    for dataset in writer.texts(line, "datasets") {
        match writer.records.find(dataset, &[LineKind::Dataset]) {
            Some(target) => writer.out.link(&target.iri, dcterms::CONFORMS_TO, subject),
            None => writer.unresolved(line, "datasets", dataset),
        }
    }
    match writer
        .parent(
            line,
            &[LineKind::Product, LineKind::Domain, LineKind::Dataset],
        )
        .map(|parent| (parent.kind, parent.iri))
    {
        Some((Some(LineKind::Domain), domain)) => writer.out.link(subject, iso::IN_DOMAIN, &domain),
        Some((Some(LineKind::Dataset), dataset)) => {
            writer.out.link(&dataset, dcterms::CONFORMS_TO, subject);
        }
        Some((_, product)) => {
            writer.out.link(subject, iso::IN_PRODUCT, &product);
            if let Some(domain) = writer.domain_of(&product) {
                writer.out.link(subject, iso::IN_DOMAIN, &domain);
            }
        }
        None => {}
    }
}

/// Writes a use of data.
pub(super) fn usage(writer: &mut Writer<'_>, line: &Line<'_>, subject: &NamedNode) {
    writer.out.class(subject, duv::USAGE);
    writer.out.class(subject, prov::ACTIVITY);
    let data = [LineKind::Dataset, LineKind::Column, LineKind::Product];
    writer.links(line, subject, "used", prov::USED, &data);
    if let Some(parent) = writer.parent(line, &data) {
        writer.out.link(subject, prov::USED, &parent.iri);
    }
    for key in ["name", "label"] {
        writer.put(line, subject, key, dcterms::TITLE);
    }
    writer.description(line, subject, dcterms::DESCRIPTION);
    writer.put(line, subject, "query", iso::QUERY_TEXT);
    if let Some(count) = writer.integer(line, "count") {
        writer.out.integer(subject, iso::QUERY_COUNT, count);
    }
    if let Some(user) = writer.text(line, "user") {
        let user = match writer.records.find(user, &[LineKind::Owner]) {
            Some(target) if target.kind == Some(LineKind::Owner) => target.iri,
            _ => writer.out.owner(user, OwnerKind::Unknown, None),
        };
        writer.out.link(subject, prov::WAS_ASSOCIATED_WITH, &user);
    }
    if let Some(at) = writer.text(line, "at") {
        writer.out.moment(subject, prov::ENDED_AT_TIME, at);
    }
}
