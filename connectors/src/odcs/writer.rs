//! What the parts of this connector share when they write: places, extras, tags, definitions.

use std::collections::BTreeSet;

use graph_core::rdf::NamedNode;
use ontologies::{dcat, iso, rdfs};
use semantic_model::identity::is_absolute_iri;

use crate::statements::OwnerKind;
use crate::yaml::{Node, Place, Value};
use crate::{Location, Report, StatementBuilder};

/// The parts of a key that say its value is a secret.
const SECRET_PARTS: [&str; 6] = [
    "password",
    "passwd",
    "secret",
    "privatekey",
    "accesskey",
    "credential",
];

/// Writes the statements of one document and reports on it.
pub(super) struct Writer<'a> {
    file: &'a str,
    report: &'a mut Report,
    pub(super) out: &'a mut StatementBuilder,
    /// The owners that were counted already, over all documents.
    owners: &'a mut BTreeSet<String>,
}

impl<'a> Writer<'a> {
    /// Makes a writer for a document of this file.
    pub(super) fn new(
        file: &'a str,
        report: &'a mut Report,
        out: &'a mut StatementBuilder,
        owners: &'a mut BTreeSet<String>,
    ) -> Self {
        Self {
            file,
            report,
            out,
            owners,
        }
    }

    /// Declares a person or team and counts each once.
    pub(super) fn owner(&mut self, name: &str, kind: OwnerKind, mail: Option<&str>) -> NamedNode {
        let owner = self.out.owner(name, kind, mail);
        if self.owners.insert(owner.as_str().to_owned()) {
            self.report.understood("owner");
        }
        owner
    }

    /// The location of a key in this file.
    fn location(&self, place: Place, key: &str) -> Location {
        super::at(self.file, place).key(key)
    }

    /// Warns about a key.
    pub(super) fn warn(&mut self, code: &'static str, message: String, place: Place, key: &str) {
        let location = self.location(place, key);
        self.report.warning(code, message, location);
    }

    /// Notes something about a key.
    pub(super) fn note(&mut self, code: &'static str, message: String, place: Place, key: &str) {
        let location = self.location(place, key);
        self.report.note(code, message, location);
    }

    /// Counts understood entities.
    pub(super) fn understood(&mut self, kind: &str, count: u64) {
        self.report.understood_many(kind, count);
    }

    /// Keeps every key of a map that was not `handled`, as extras; secrets are left out and said so.
    pub(super) fn rest(&mut self, subject: &NamedNode, node: &Node, handled: &[&str]) {
        for entry in node.entries() {
            if handled.contains(&entry.key.as_ref()) || entry.value.is_empty() {
                continue;
            }
            if entry.key == "customProperties" {
                self.custom(subject, &entry.value);
                continue;
            }
            if !self.withholds(&entry.key, entry.place) {
                self.extra(subject, &entry.key, &entry.value);
            }
        }
    }

    /// Whether a key looks like that of a secret; if so it is reported as left out.
    fn withholds(&mut self, key: &str, place: Place) -> bool {
        let secret = is_secret(key);
        if secret {
            let message = format!("the value of `{key}` looks like a secret and is not kept");
            self.warn("secret", message, place, key);
            self.report.skipped += 1;
        }
        secret
    }

    /// Keeps one value as an extra, without the secrets in it.
    pub(super) fn extra(&mut self, subject: &NamedNode, key: &str, value: &Node) {
        let public = self.public(value);
        self.out.extra(subject, key, &public.to_json());
    }

    /// The value without the entries that look like secrets; each is reported.
    fn public(&mut self, node: &Node) -> Node {
        let value = match &node.value {
            Value::List(items) => Value::List(items.iter().map(|item| self.public(item)).collect()),
            Value::Map(entries) => {
                let mut kept = Vec::with_capacity(entries.len());
                for entry in entries {
                    if !entry.value.is_empty() && self.withholds(&entry.key, entry.place) {
                        continue;
                    }
                    let mut entry = entry.clone();
                    entry.value = self.public(&entry.value);
                    kept.push(entry);
                }
                Value::Map(kept)
            }
            other => other.clone(),
        };
        Node {
            value,
            place: node.place,
        }
    }

    /// Keeps custom properties as extras under their own names.
    fn custom(&mut self, subject: &NamedNode, list: &Node) {
        for item in list.items() {
            match (item.text_of("property"), item.get("value")) {
                (Some(property), Some(_)) if self.withholds(property, item.place) => {}
                (Some(property), Some(value)) => self.extra(subject, property, value),
                // A property without a value says nothing, but that it is there.
                (Some(property), None) => {
                    self.out.extra(subject, property, &serde_json::Value::Null);
                }
                // v2 and hand-written files use plain maps.
                (None, _) => self.rest(subject, item, &[]),
            }
        }
    }

    /// Adds tags as keywords.
    pub(super) fn tags(&mut self, subject: &NamedNode, node: &Node) {
        for tag in node.get("tags").map_or(&[][..], Node::items) {
            match tag.text() {
                Some(tag) => self.out.name(subject, dcat::KEYWORD, tag),
                None => self.extra(subject, "tags", tag),
            }
        }
    }

    /// Adds authoritative definitions: a business definition that is an IRI is what the data represents,
    /// another IRI is something to see, anything else is an extra.
    pub(super) fn definitions(&mut self, subject: &NamedNode, node: &Node) {
        for definition in node
            .get("authoritativeDefinitions")
            .map_or(&[][..], Node::items)
        {
            let url = definition.text_of("url").or_else(|| definition.text());
            let kind = definition
                .text_of("type")
                .unwrap_or_default()
                .to_lowercase();
            let means = [
                "businessdefinition",
                "semantics",
                "semantic",
                "glossary",
                "term",
            ];
            match url.and_then(iri) {
                Some(iri) => {
                    let predicate = if means.contains(&kind.as_str()) {
                        iso::REPRESENTS
                    } else {
                        rdfs::SEE_ALSO
                    };
                    self.out.link(subject, predicate, &iri);
                    if definition.get("description").is_some() {
                        self.extra(subject, "authoritativeDefinition", definition);
                    }
                }
                None => self.extra(subject, "authoritativeDefinition", definition),
            }
        }
    }

    /// Adds a boolean that the file gives as one; anything else is kept as an extra.
    pub(super) fn boolean(&mut self, subject: &NamedNode, predicate: &str, node: &Node, key: &str) {
        match node.get(key).map(|value| (&value.value, value)) {
            Some((Value::Bool(value), _)) => self.out.boolean(subject, predicate, *value),
            Some((_, value)) => self.extra(subject, key, value),
            None => {}
        }
    }
}

/// The text as an IRI, when it is a whole one.
pub(super) fn iri(text: &str) -> Option<NamedNode> {
    is_absolute_iri(text)
        .then(|| NamedNode::new(text).ok())
        .flatten()
}

fn is_secret(key: &str) -> bool {
    let plain: String = key
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    SECRET_PARTS.iter().any(|part| plain.contains(part)) || plain == "token" || plain == "apikey"
}

#[cfg(test)]
mod tests {
    use super::is_secret;

    #[test]
    fn secrets_are_known_by_their_keys() {
        for key in [
            "password",
            "db_password",
            "clientSecret",
            "private-key",
            "token",
            "apiKey",
        ] {
            assert!(is_secret(key), "{key}");
        }
        for key in ["primaryKey", "tokenCount", "passThrough", "business-key"] {
            assert!(!is_secret(key), "{key}");
        }
    }
}
