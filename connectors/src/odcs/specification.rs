//! Contracts of the Data Contract Specification in the keys of ODCS v3, so that everything after reads one shape.
//!
//! `models` with `fields` become schema objects with properties, `servicelevels` service levels, `info` and `terms`
//! what the contract says of itself. A field that refers to a definition takes over what that says, and represents
//! the term that the definition becomes.

use crate::odcs::definitions::term_iri;
use crate::odcs::tree::{append, entry, into_entries, list, map, pull, rename, text, text_of};
use crate::yaml::{Entry, Node, Place, Value};

/// The key by which a document says that it is of this format.
pub(super) const MARK: &str = "dataContractSpecification";

/// The keys of a model that ODCS calls otherwise.
const MODEL_KEYS: [(&str, &str); 2] = [("type", "physicalType"), ("title", "businessName")];
/// The keys of a field that ODCS calls otherwise.
const FIELD_KEYS: [(&str, &str); 3] = [
    ("type", "logicalType"),
    ("title", "businessName"),
    ("primary", "primaryKey"),
];
/// The keys of a definition that are about the term and not about the fields that refer to it.
const OF_TERM: [&str; 4] = ["name", "domain", "links", "tags"];
/// How deep definitions may refer to one another.
const DEPTH_MAX: usize = 16;
/// How many nodes the references of a document may add.
const ADDED_MAX: usize = 100_000;

/// What a reference could not be followed for, and where.
pub(super) struct Unfollowed {
    pub(super) message: String,
    pub(super) place: Place,
}

/// Gives the contract in the keys of ODCS, and the references that could not be followed.
pub(super) fn modernised(node: Node, source: &str) -> (Node, Vec<Unfollowed>) {
    let place = node.place;
    let mut fields = Fields {
        source,
        id: node.text_of("id").unwrap_or_default().to_owned(),
        definitions: node.get("definitions").cloned(),
        added: 0,
        unfollowed: Vec::new(),
    };
    let mut entries = match into_entries(node) {
        Ok(entries) => entries,
        Err(node) => return (node, Vec::new()),
    };
    rename(&mut entries, &[("schema", "schemaSpecification")]);
    about(&mut entries);
    links(&mut entries);
    if let Some(servers) = pull(&mut entries, "servers") {
        entries.push(entry("servers", named(servers, "server")));
    }
    if let Some(levels) = pull(&mut entries, "servicelevels") {
        entries.push(entry("slaProperties", service_levels(levels)));
    }
    if let Some(models) = pull(&mut entries, "models") {
        entries.push(fields.models(models));
    }
    (map(entries, place), fields.unfollowed)
}

/// Spreads `info` and `terms` over the keys that ODCS has for them.
fn about(entries: &mut Vec<Entry>) {
    let mut described = Vec::new();
    let info = pull(entries, "info").map(into_entries);
    match info {
        Some(Ok(mut info)) => {
            rename(&mut info, &[("title", "name")]);
            if let Some(purpose) = pull(&mut info, "description") {
                described.push(entry("purpose", purpose));
            }
            if let Some(owner) = pull(&mut info, "owner") {
                let place = owner.place;
                let team = map(vec![entry("name", owner)], place);
                entries.push(entry("team", team));
            }
            if let Some(contact) = pull(&mut info, "contact") {
                entries.push(entry("support", contacts(contact)));
            }
            let taken = |key: &str, entries: &[Entry]| entries.iter().any(|e| e.key == key);
            for mut one in info {
                if taken(&one.key, entries) {
                    one.key = format!("info.{}", one.key).into();
                }
                entries.push(one);
            }
        }
        Some(Err(other)) => entries.push(entry("info", other)),
        None => {}
    }
    match pull(entries, "terms").map(into_entries) {
        Some(Ok(terms)) => described.extend(terms),
        Some(Err(other)) => entries.push(entry("terms", other)),
        None => {}
    }
    let place = described.first().map(|first| first.place);
    if let Some(place) = place {
        entries.push(entry("description", map(described, place)));
    }
}

/// Gives a contact as the one channel of support that it is.
fn contacts(contact: Node) -> Node {
    let place = contact.place;
    match into_entries(contact) {
        Ok(mut channel) => {
            rename(&mut channel, &[("name", "channel")]);
            list(vec![map(channel, place)], place)
        }
        Err(other) => list(vec![other], place),
    }
}

/// Gives a map of maps as a list, each with its name under `key`.
fn named(node: Node, key: &str) -> Node {
    let place = node.place;
    let items = match into_entries(node) {
        Ok(entries) => entries,
        Err(other) => return other,
    };
    let items = items.into_iter().map(|item| {
        let name = entry(key, text(item.key.into_owned(), item.place));
        let mut entries = vec![name];
        match into_entries(item.value) {
            Ok(own) => entries.extend(own.into_iter().filter(|own| own.key != key)),
            Err(other) if other.is_empty() => {}
            Err(other) => entries.push(entry("value", other)),
        }
        map(entries, item.place)
    });
    list(items.collect(), place)
}

/// Gives service levels as a list, each with the fields that it speaks of as its element.
fn service_levels(node: Node) -> Node {
    let mut levels = named(node, "property");
    if let Value::List(items) = &mut levels.value {
        for item in items {
            let place = item.place;
            let fields: Vec<String> = item
                .entries()
                .iter()
                .filter(|entry| entry.key.to_lowercase().ends_with("timestampfield"))
                .filter_map(|entry| entry.value.text().map(str::to_owned))
                .collect();
            if let (false, Value::Map(entries)) = (fields.is_empty(), &mut item.value) {
                entries.push(entry("element", text(fields.join(","), place)));
            }
        }
    }
    levels
}

/// Turns links into definitions that stand elsewhere.
fn links(entries: &mut Vec<Entry>) {
    let Some(links) = pull(entries, "links") else {
        return;
    };
    match into_entries(links) {
        Ok(links) => {
            let links = links.into_iter().map(|link| {
                let kind = entry("type", text(link.key.into_owned(), link.place));
                map(vec![kind, entry("url", link.value)], link.place)
            });
            append(entries, "authoritativeDefinitions", links.collect());
        }
        Err(other) => entries.push(entry("links", other)),
    }
}

/// The fields of a document's models, and the definitions that they refer to.
struct Fields<'a> {
    source: &'a str,
    /// The contract's id.
    id: String,
    definitions: Option<Node>,
    /// How many nodes references have added so far.
    added: usize,
    unfollowed: Vec<Unfollowed>,
}

impl Fields<'_> {
    fn models(&mut self, models: Node) -> Entry {
        let place = models.place;
        let models = match into_entries(models) {
            Ok(models) => models,
            // A list or a text is reported by whoever reads the objects.
            Err(other) => return entry("schema", other),
        };
        let models = models.into_iter().map(|model| self.model(model));
        let models = models.collect();
        entry("schema", list(models, place))
    }

    fn model(&mut self, model: Entry) -> Node {
        let place = model.place;
        let name = entry("name", text(model.key.into_owned(), place));
        let mut entries = match into_entries(model.value) {
            Ok(entries) => entries,
            Err(other) => vec![entry("value", other)],
        };
        entries.retain(|entry| entry.key != "name");
        entries.insert(0, name);
        rename(&mut entries, &MODEL_KEYS);
        links(&mut entries);
        self.nested(&mut entries, 0);
        primary_key(&mut entries);
        map(entries, place)
    }

    /// Turns the fields below a model or a field into properties.
    fn nested(&mut self, entries: &mut Vec<Entry>, depth: usize) {
        let Some(fields) = pull(entries, "fields") else {
            return;
        };
        let place = fields.place;
        match into_entries(fields) {
            Ok(fields) => {
                let fields = fields.into_iter().map(|field| {
                    self.field(Some(field.key.as_ref()), field.place, field.value, depth)
                });
                let fields = fields.collect();
                entries.push(entry("properties", list(fields, place)));
            }
            Err(other) => entries.push(entry("fields", other)),
        }
    }

    fn field(&mut self, name: Option<&str>, place: Place, node: Node, depth: usize) -> Node {
        let mut entries = match into_entries(node) {
            Ok(entries) => entries,
            Err(other) if other.is_empty() => Vec::new(),
            // `email: string` says the type alone.
            Err(other) => vec![entry("type", other)],
        };
        self.follow(&mut entries, place, depth);
        if let Some(name) = name {
            entries.retain(|entry| entry.key != "name");
            entries.insert(0, entry("name", text(name, place)));
        }
        rename(&mut entries, &FIELD_KEYS);
        links(&mut entries);
        sensitivity(&mut entries);
        references(&mut entries);
        sources(&mut entries);
        self.nested(&mut entries, depth + 1);
        rename(&mut entries, &[("values", "items")]);
        if let Some(items) = pull(&mut entries, "items") {
            let place = items.place;
            let items = self.field(None, place, items, depth + 1);
            entries.push(entry("items", items));
        }
        map(entries, place)
    }

    /// Follows `$ref: '#/definitions/name'`: what the definition says holds where the field does not say otherwise.
    fn follow(&mut self, entries: &mut Vec<Entry>, place: Place, depth: usize) {
        let Some(reference) = text_of(entries, "$ref").map(str::to_owned) else {
            return;
        };
        let name = reference.strip_prefix("#/definitions/");
        let found = name.and_then(|name| self.definitions.as_ref()?.get(name));
        let (Some(name), Some(found)) = (name, found) else {
            let message = format!("`{reference}` is no definition of this document");
            self.unfollowed.push(Unfollowed { message, place });
            return;
        };
        self.added += size_of(found);
        if depth >= DEPTH_MAX || self.added > ADDED_MAX {
            let message = format!("`{reference}` is not followed: definitions nest too deep here");
            self.unfollowed.push(Unfollowed { message, place });
            return;
        }
        let taken: Vec<Entry> = found
            .entries()
            .iter()
            .filter(|one| !OF_TERM.contains(&one.key.as_ref()))
            .filter(|one| entries.iter().all(|own| own.key != one.key))
            .cloned()
            .collect();
        let term = term_iri(self.source, &self.id, name);
        entries.retain(|entry| entry.key != "$ref");
        entries.extend(taken);
        let link = [("type", "businessDefinition"), ("url", term.as_str())];
        let link = link.map(|(key, value)| entry(key, text(value, place)));
        append(
            entries,
            "authoritativeDefinitions",
            vec![map(link.into(), place)],
        );
    }
}

/// How many nodes a tree has.
fn size_of(node: &Node) -> usize {
    let below: usize = match &node.value {
        Value::List(items) => items.iter().map(size_of).sum(),
        Value::Map(entries) => entries.iter().map(|entry| size_of(&entry.value)).sum(),
        _ => 0,
    };
    below + 1
}

/// Marks personal data: as its class where the field names none, and as a tag.
fn sensitivity(entries: &mut Vec<Entry>) {
    let Some(found) = entries.iter().find(|entry| entry.key == "pii") else {
        return;
    };
    if found.value.value != Value::Bool(true) {
        return;
    }
    let tag = text("pii", found.place);
    if text_of(entries, "classification").is_none() {
        entries.push(entry("classification", tag.clone()));
    }
    append(entries, "tags", vec![tag]);
}

/// Turns `references: model.field` into a relationship.
fn references(entries: &mut Vec<Entry>) {
    if let Some(to) = pull(entries, "references") {
        let place = to.place;
        let related = map(vec![entry("to", to)], place);
        append(entries, "relationships", vec![related]);
    }
}

/// Names the fields that a field was made from, beside the lineage as it is written.
fn sources(entries: &mut Vec<Entry>) {
    let lineage = entries.iter().find(|entry| entry.key == "lineage");
    let inputs = lineage.and_then(|lineage| lineage.value.get("inputFields"));
    let inputs: Vec<Node> = inputs
        .map_or(&[][..], Node::items)
        .iter()
        .filter_map(|input| {
            let full = format!("{}.{}", input.text_of("name")?, input.text_of("field")?);
            Some(text(full, input.place))
        })
        .collect();
    append(entries, "transformSourceObjects", inputs);
}

/// Marks the properties that a model's `primaryKey` lists, in its order.
fn primary_key(entries: &mut Vec<Entry>) {
    let Some(key) = pull(entries, "primaryKey") else {
        return;
    };
    let properties = entries.iter_mut().find(|entry| entry.key == "properties");
    let mut unknown = Vec::new();
    let mut properties = properties.map(|entry| &mut entry.value.value);
    for (position, part) in (1..).zip(key.items()) {
        let property = match properties.as_deref_mut() {
            Some(Value::List(items)) => items
                .iter_mut()
                .find(|item| item.text_of("name") == part.text()),
            _ => None,
        };
        let Some(Value::Map(property)) = property.map(|node| &mut node.value) else {
            unknown.push(part.clone());
            continue;
        };
        property.retain(|entry| entry.key != "primaryKey");
        let of = |value| Node {
            value,
            place: part.place,
        };
        property.push(entry("primaryKey", of(Value::Bool(true))));
        let number = Value::Number(i32::to_string(&position).into());
        property.push(entry("primaryKeyPosition", of(number)));
    }
    append(entries, "primaryKey", unknown);
}
