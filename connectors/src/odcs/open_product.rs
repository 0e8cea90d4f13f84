//! Data products of the Open Data Product Initiative in the keys of Bitol's, so that everything after reads one shape.
//!
//! The details are those in English, or in the first language of the file; ways to the data become output ports, the
//! holder of the data the team. A contract that stands inside the product is a document of its own.

use crate::odcs::tree::{append, entry, into_entries, map, pull, rename, text, text_of};
use crate::yaml::{Entry, Node, Value};

/// The keys of the details that Bitol's standard calls otherwise.
const DETAIL_KEYS: [(&str, &str); 3] = [
    ("productID", "id"),
    ("productVersion", "version"),
    ("categories", "tags"),
];
/// The language that is read as the product's own where the file has it.
const LANGUAGE: &str = "en";

/// A product in Bitol's keys, and the contract that stands inside it.
pub(super) struct Modernised {
    pub(super) product: Node,
    pub(super) contract: Option<Node>,
}

/// Gives a product in Bitol's keys.
pub(super) fn modernised(node: Node) -> Modernised {
    let place = node.place;
    let mut outer = into_entries(node).unwrap_or_default();
    let product = pull(&mut outer, "product").map(into_entries);
    let mut entries = match product {
        Some(Ok(entries)) => entries,
        Some(Err(other)) => vec![entry("product", other)],
        None => Vec::new(),
    };
    // The version of the document is that of the standard.
    rename(
        &mut outer,
        &[("version", "apiVersion"), ("schema", "$schema")],
    );
    details(&mut entries);
    let contract = pull(&mut entries, "contract").map(Contract::of);
    ports(&mut entries, contract.as_ref());
    holder(&mut entries);
    for one in outer {
        if entries.iter().all(|own| own.key != one.key) {
            entries.push(one);
        }
    }
    let contract = contract.and_then(|mut contract| {
        if !contract.rest.is_empty() {
            let rest = std::mem::take(&mut contract.rest);
            entries.push(entry("contract", map(rest, place)));
        }
        contract.inside
    });
    Modernised {
        product: map(entries, place),
        contract,
    }
}

/// Spreads what is said in one language over the product; other languages stay as they are.
fn details(entries: &mut Vec<Entry>) {
    // Before version 3 the languages stand in the product itself.
    let mut languages = match pull(entries, "details").map(into_entries) {
        Some(Ok(languages)) => languages,
        Some(Err(other)) => return entries.push(entry("details", other)),
        None => {
            let is_language = |one: &Entry| one.key.len() == 2 && one.value.get("name").is_some();
            let (languages, rest) = std::mem::take(entries).into_iter().partition(is_language);
            *entries = rest;
            languages
        }
    };
    let at = languages.iter().position(|one| one.key == LANGUAGE);
    if languages.is_empty() {
        return;
    }
    let own = languages.remove(at.unwrap_or(0));
    let mut own = match into_entries(own.value) {
        Ok(own) => own,
        Err(other) => vec![entry("details", other)],
    };
    let tags = pull(&mut own, "tags");
    rename(&mut own, &DETAIL_KEYS);
    if let Some(tags) = tags {
        append(&mut own, "tags", tags.items().to_vec());
    }
    entries.extend(own);
    for mut other in languages {
        other.key = format!("details.{}", other.key).into();
        entries.push(other);
    }
}

/// What the product says of its contract.
struct Contract {
    id: Option<Node>,
    inside: Option<Node>,
    rest: Vec<Entry>,
}

impl Contract {
    fn of(node: Node) -> Self {
        let place = node.place;
        let mut rest = match into_entries(node) {
            Ok(entries) => entries,
            Err(other) => vec![entry("contract", other)],
        };
        let spec = pull(&mut rest, "spec");
        let inside = match spec {
            Some(spec) if matches!(spec.value, Value::Map(_)) => Some(spec),
            Some(other) => {
                rest.push(entry("spec", other));
                None
            }
            None => None,
        };
        let said = inside.as_ref().and_then(|inside| {
            let id = inside.text_of("id").or_else(|| inside.text_of("uuid"))?;
            Some(text(id, place))
        });
        let id = pull(&mut rest, "id");
        if let (Some(id), true) = (&id, said.is_some()) {
            rest.push(entry("id", id.clone()));
        }
        Self {
            id: said.or(id),
            inside,
            rest,
        }
    }
}

/// Turns ways to the data into output ports, each of them under the contract.
fn ports(entries: &mut Vec<Entry>, contract: Option<&Contract>) {
    let id = contract.and_then(|contract| contract.id.clone());
    let mut found = Vec::new();
    match pull(entries, "dataAccess").map(into_entries) {
        Some(Ok(ways)) => {
            for way in ways {
                found.push(port(&way.key, way.value));
            }
        }
        Some(Err(other)) => {
            for (position, way) in other.items().iter().enumerate() {
                found.push(port(&format!("access-{}", position + 1), way.clone()));
            }
        }
        None => {}
    }
    if found.is_empty()
        && let Some(id) = &id
    {
        let name = entry("name", text("data", id.place));
        found.push(map(vec![name], id.place));
    }
    if let Some(id) = id {
        for port in &mut found {
            if let Value::Map(entries) = &mut port.value {
                entries.push(entry("contractId", id.clone()));
            }
        }
    }
    append(entries, "outputPorts", found);
}

fn port(key: &str, node: Node) -> Node {
    let place = node.place;
    let mut entries = match into_entries(node) {
        Ok(entries) => entries,
        Err(other) => vec![entry("access", other)],
    };
    for key in ["name", "description"] {
        in_one_language(&mut entries, key);
    }
    if text_of(&entries, "name").is_none() {
        entries.push(entry("name", text(key, place)));
    } else {
        entries.push(entry("access", text(key, place)));
    }
    map(entries, place)
}

/// Takes one language of a text that stands in many; the others stay under their own key.
fn in_one_language(entries: &mut Vec<Entry>, key: &str) {
    let Some(node) = pull(entries, key) else {
        return;
    };
    let own = node
        .get(LANGUAGE)
        .or_else(|| node.entries().first().map(|first| &first.value));
    let Some(own) = own.and_then(Node::text).map(str::to_owned) else {
        entries.push(entry(key, node));
        return;
    };
    let place = node.place;
    if node.entries().len() > 1 {
        entries.push(entry(&format!("{key}.languages"), node));
    }
    entries.push(entry(key, text(own, place)));
}

/// Makes the holder of the data the team.
fn holder(entries: &mut Vec<Entry>) {
    let Some(holder) = pull(entries, "dataHolder") else {
        return;
    };
    let place = holder.place;
    let inner = holder
        .get(LANGUAGE)
        .or_else(|| {
            let first = &holder.entries().first()?.value;
            matches!(first.value, Value::Map(_)).then_some(first)
        })
        .unwrap_or(&holder)
        .clone();
    match into_entries(inner) {
        Ok(mut team) if text_of(&team, "legalName").is_some() => {
            rename(&mut team, &[("legalName", "name")]);
            entries.push(entry("team", map(team, place)));
        }
        _ => entries.push(entry("dataHolder", holder)),
    }
}
