//! Drafts of contracts for the datasets of data products that no contract covers.

use ontologies::{dcat, dcterms, dprod, iso};
use serde_json::Value;

use super::Document;
use super::contract::{definitions, head, label, name, tags};
use super::facts::Facts;
use super::schema;
use super::shape::{put, put_list};

/// Writes a draft for each product that has datasets without a contract.
pub(super) fn drafts(facts: &Facts) -> Vec<Document> {
    let products = facts.of_class(dprod::DATA_PRODUCT);
    products
        .into_iter()
        .filter_map(|iri| draft(facts, iri))
        .collect()
}

fn draft(facts: &Facts, product: &str) -> Option<Document> {
    let has_contract = |dataset: &str| {
        let all = facts.links(dataset, dcterms::CONFORMS_TO);
        all.into_iter()
            .any(|one| facts.is_a(one, iso::DATA_CONTRACT))
    };
    let mut datasets = facts.links(product, dprod::OUTPUT_DATASET);
    datasets.extend(facts.back(product, iso::IN_PRODUCT));
    datasets.sort_unstable();
    datasets.dedup();
    datasets.retain(|dataset| facts.is_a(dataset, dcat::DATASET_CLASS) && !has_contract(dataset));
    if datasets.is_empty() {
        return None;
    }
    let mut notes = vec!["no contract covers these datasets, so this is a draft".to_owned()];
    let id = product.rsplit(':').next().unwrap_or(product);
    let mut document = head(id, facts.text(product, dcat::VERSION), None, &mut notes);
    put(&mut document, "name", facts.text(product, dcterms::TITLE));
    let domain = facts.links(product, dprod::DOMAIN).into_iter().next();
    put(
        &mut document,
        "domain",
        domain.map(|domain| label(facts, domain)),
    );
    put(&mut document, "dataProduct", Some(name(facts, product)));
    let purpose = facts
        .text(product, dprod::PURPOSE)
        .or_else(|| facts.text(product, dcterms::DESCRIPTION));
    if let Some(purpose) = purpose {
        document.insert(
            "description".to_owned(),
            serde_json::json!({"purpose": purpose}),
        );
    }
    put_list(&mut document, "tags", tags(facts, product));
    put_list(
        &mut document,
        "authoritativeDefinitions",
        definitions(facts, product, &mut Vec::new()),
    );
    put_list(
        &mut document,
        "schema",
        schema::objects(facts, product, &datasets, &mut notes),
    );
    Some(Document {
        name: id.to_owned(),
        value: Value::Object(document),
        notes,
    })
}
