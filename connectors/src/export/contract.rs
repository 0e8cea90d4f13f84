//! A contract with everything around it.

use ontologies::{dcat, dcterms, foaf, iso, org, prov, rdfs, skos};
use serde_json::{Value, json};

use super::Document;
use super::facts::{Facts, last_part};
use super::shape::{
    OF_CONTRACT, OF_LEVEL, OF_MEMBER, OF_PRICE, OF_ROLE, OF_SUPPORT, Object, fits, put, put_list,
    spread,
};
use super::{schema, server};

/// The version that is written.
pub(super) const VERSION: &str = "v3.1.0";

/// Writes every contract.
pub(super) fn all(facts: &Facts) -> Vec<Document> {
    let contracts = facts.of_class(iso::DATA_CONTRACT);
    contracts.into_iter().map(|iri| one(facts, iri)).collect()
}

fn one(facts: &Facts, iri: &str) -> Document {
    let mut notes = Vec::new();
    let mut extras = facts.extras(iri);
    let id = facts.text(iri, dcterms::IDENTIFIER);
    let id = id.map_or_else(|| last_part(iri), str::to_owned);
    let mut document = head(
        &id,
        facts.text(iri, dcat::VERSION),
        facts.text(iri, iso::STATUS),
        &mut notes,
    );
    let title = facts.text(iri, dcterms::TITLE).filter(|title| *title != id);
    put(&mut document, "name", title);
    extras.retain(|(key, value)| {
        let is_version = key == "apiVersion";
        if is_version && value != VERSION {
            notes.push(format!(
                "it was of version {value} and is written as {VERSION}"
            ));
        }
        !is_version
    });
    belonging(facts, iri, &mut document);
    if let Some(text) = facts.text(iri, dcterms::DESCRIPTION) {
        document.insert("description".to_owned(), description(text));
    }
    if let Some(moment) = facts.text(iri, dcterms::CREATED) {
        document.insert("contractCreatedTs".to_owned(), moment.into());
    }
    put_list(&mut document, "tags", tags(facts, iri));
    put_list(
        &mut document,
        "authoritativeDefinitions",
        definitions(facts, iri, &mut extras),
    );
    put_list(
        &mut document,
        "servers",
        server::of_contract(facts, iri, &mut notes),
    );
    let datasets = facts.back(iri, dcterms::CONFORMS_TO);
    let datasets: Vec<&str> = datasets
        .into_iter()
        .filter(|dataset| facts.is_a(dataset, dcat::DATASET_CLASS))
        .collect();
    put_list(
        &mut document,
        "schema",
        schema::objects(facts, iri, &datasets, &mut notes),
    );
    promises(&mut extras, &mut document);
    team(facts, iri, &mut extras, &mut document);
    spread(extras, OF_CONTRACT, &mut document);
    Document {
        name: id,
        value: Value::Object(document),
        notes,
    }
}

/// Writes service levels, roles, support and price.
fn promises(extras: &mut Vec<(String, Value)>, document: &mut Object) {
    let levels = taken(extras, |key, value| {
        key.starts_with("sla.") && fits(value, OF_LEVEL, &["property", "value"])
    });
    put_list(document, "slaProperties", levels);
    for (extra, key, keys, required) in [
        ("role", "roles", OF_ROLE, "role"),
        ("support", "support", OF_SUPPORT, "channel"),
    ] {
        let items = taken(extras, |key, value| {
            key == extra && fits(value, keys, &[required])
        });
        put_list(document, key, items);
    }
    let price = taken(extras, |key, value| {
        key == "price" && fits(value, OF_PRICE, &[])
    });
    if let Some(price) = price.into_iter().next() {
        document.insert("price".to_owned(), price);
    }
}

/// Writes the domain and the product by their names.
fn belonging(facts: &Facts, iri: &str, document: &mut Object) {
    let domain = facts.links(iri, iso::IN_DOMAIN).into_iter().next();
    put(
        document,
        "domain",
        domain.map(|domain| label(facts, domain)),
    );
    let product = facts.links(iri, iso::IN_PRODUCT).into_iter().next();
    let product = product.map(|product| name(facts, product));
    put(document, "dataProduct", product);
}

/// Starts a contract with what the standard asks for.
pub(super) fn head(
    id: &str,
    version: Option<&str>,
    status: Option<&str>,
    notes: &mut Vec<String>,
) -> Object {
    let mut document = Object::new();
    document.insert("apiVersion".to_owned(), VERSION.into());
    document.insert("kind".to_owned(), "DataContract".into());
    document.insert("id".to_owned(), id.into());
    for (key, said, default) in [("version", version, "0.0.0"), ("status", status, "draft")] {
        if said.is_none() {
            notes.push(format!("nobody says its {key}, so `{default}` is written"));
        }
        put(&mut document, key, said.or(Some(default)));
    }
    document
}

/// The paragraphs of a description as the parts that they were made of.
fn description(text: &str) -> Value {
    let mut parts = Object::new();
    let mut current = "purpose";
    for paragraph in text.split("\n\n") {
        let labelled = [("usage", "Usage: "), ("limitations", "Limitations: ")];
        let found = labelled
            .iter()
            .find_map(|(key, label)| Some((*key, paragraph.strip_prefix(label)?)));
        let (key, rest) = match found {
            Some((key, rest)) if !parts.contains_key(key) => (key, rest),
            _ => (current, paragraph),
        };
        current = key;
        match parts.get_mut(key) {
            Some(Value::String(before)) => *before = format!("{before}\n\n{rest}"),
            _ => {
                parts.insert(key.to_owned(), rest.into());
            }
        }
    }
    Value::Object(parts)
}

/// The keywords of an entity.
pub(super) fn tags(facts: &Facts, iri: &str) -> Vec<Value> {
    let texts = facts.texts(iri, dcat::KEYWORD);
    texts.into_iter().map(Value::from).collect()
}

/// What an entity means and where more is to be read; the extras that say so are taken.
pub(super) fn definitions(
    facts: &Facts,
    iri: &str,
    extras: &mut Vec<(String, Value)>,
) -> Vec<Value> {
    let whole = |value: &Value| {
        value.get("url").is_some_and(Value::is_string)
            && value.get("type").is_some_and(Value::is_string)
            && value.as_object().is_some_and(|object| {
                let known = ["id", "url", "type", "description"];
                object.keys().all(|key| known.contains(&key.as_str()))
            })
    };
    let mut found = taken(extras, |key, value| {
        key == "authoritativeDefinition" && whole(value)
    });
    for (predicate, kind) in [
        (iso::REPRESENTS, "businessDefinition"),
        (rdfs::SEE_ALSO, "reference"),
    ] {
        for link in facts.links(iri, predicate) {
            if found.iter().all(|known| known["url"] != *link) {
                found.push(json!({"url": link, "type": kind}));
            }
        }
    }
    found
}

/// Takes the extras that a test holds for.
pub(super) fn taken(
    extras: &mut Vec<(String, Value)>,
    test: impl Fn(&str, &Value) -> bool,
) -> Vec<Value> {
    let all = std::mem::take(extras);
    let (found, rest) = all.into_iter().partition(|(key, value)| test(key, value));
    *extras = rest;
    found
        .into_iter()
        .map(|(_, value): (String, Value)| value)
        .collect()
}

/// Writes the team: who the contract names as members, and others that it is attributed to.
fn team(facts: &Facts, iri: &str, extras: &mut Vec<(String, Value)>, document: &mut Object) {
    let mut members = taken(extras, |key, value| {
        key == "team.member" && fits(value, OF_MEMBER, &["username"])
    });
    let mut team = Object::new();
    for owner in facts.links(iri, prov::WAS_ATTRIBUTED_TO) {
        let name = facts.text(owner, foaf::NAME);
        let name = name.map_or_else(|| last_part(owner), str::to_owned);
        if facts.is_a(owner, org::ORGANIZATION_CLASS) && team.is_empty() {
            put(&mut team, "name", Some(name));
            put(
                &mut team,
                "description",
                facts.text(owner, dcterms::DESCRIPTION),
            );
            continue;
        }
        let is_known =
            |member: &Value| member["name"] == name.as_str() || member["username"] == name.as_str();
        if !members.iter().any(is_known) {
            let mail = facts.links(owner, foaf::MBOX).into_iter().next();
            let mail = mail.map(|mail| mail.trim_start_matches("mailto:"));
            members.push(json!({"username": mail.unwrap_or(&name), "name": name, "role": "owner"}));
        }
    }
    put_list(&mut team, "members", members);
    if !team.is_empty() {
        document.insert("team".to_owned(), Value::Object(team));
    }
}

/// The label of a domain.
pub(super) fn label(facts: &Facts, iri: &str) -> String {
    let label = facts.text(iri, skos::PREF_LABEL);
    label.map_or_else(|| last_part(iri), str::to_owned)
}

/// The name of a data product.
pub(super) fn name(facts: &Facts, iri: &str) -> String {
    let name = facts
        .text(iri, iso::NAME)
        .or_else(|| facts.text(iri, dcterms::TITLE));
    name.map_or_else(|| last_part(iri), str::to_owned)
}
