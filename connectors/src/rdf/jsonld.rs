//! What JSON-LD needs around its parser: is it JSON-LD at all, and where its contexts come from.
//!
//! A remote `@context` is never fetched. It is taken from another input whose file name is the last part
//! of its IRI, or, for those of DPROD, DCAT and schema.org, from our own reading of that vocabulary.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use oxrdfio::{JsonLdProfile, LoadedDocument, RdfFormat};
use serde_json::Value;

/// Our own reading of DPROD's JSON-LD terms, used when its context is named but not given.
const DPROD_CONTEXT: &str = include_str!("dprod_context.json");
/// The starts of the IRIs under which DPROD's context was published.
const DPROD_CONTEXT_STARTS: [&str; 3] = [
    "https://ekgf.github.io/dprod/",
    "https://ekgf.org/dprod/",
    "https://w3id.org/dprod/",
];

/// Our own reading of DCAT, of DCAT-AP and of Project Open Data, in which the same keys mean the same.
const DCAT_CONTEXT: &str = include_str!("dcat_context.json");
/// The ends of the IRIs under which contexts of these were published.
const DCAT_CONTEXT_ENDS: [&str; 6] = [
    "/dcat.jsonld",
    "/dcat-ap.jsonld",
    "/dcat-ap_hvd.jsonld",
    "/DCAT-AP.jsonld",
    "project-open-data.cio.gov/v1.1/schema/catalog.jsonld",
    "/dcat-us-3.0.jsonld",
];
/// What schema.org's context comes down to: every key is a word of it.
const SCHEMA_ORG_CONTEXT: &str =
    r#"{"@context": {"@vocab": "http://schema.org/", "id": "@id", "type": "@type"}}"#;

/// The inputs that can serve as contexts, by file name.
#[derive(Default)]
pub(super) struct Contexts<'a> {
    by_file_name: BTreeMap<&'a str, Vec<&'a [u8]>>,
}

/// Where a context was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// Among the inputs.
    Input,
    /// Our own reading of a known vocabulary.
    BuiltIn,
}

/// The contexts of one document: those found with their content, and those that are not here.
#[derive(Debug, Default)]
pub(super) struct Resolved {
    pub(super) found: BTreeMap<String, (Origin, Vec<u8>)>,
    pub(super) missing: BTreeSet<String>,
}

impl<'a> Contexts<'a> {
    /// Offers a document as a context under its file name.
    pub(super) fn offer(&mut self, name: &'a str, bytes: &'a [u8]) {
        let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
        let file = file.strip_suffix(".gz").unwrap_or(file);
        self.by_file_name.entry(file).or_default().push(bytes);
    }

    /// Finds every remote context that the document names, and those that these name in turn.
    pub(super) fn resolve(&self, document: &Value, base: &str) -> Resolved {
        let mut resolved = Resolved::default();
        let mut wanted: Vec<String> = remote_contexts(document)
            .into_iter()
            .map(|reference| absolute(&reference, base))
            .collect();
        while let Some(iri) = wanted.pop() {
            if resolved.found.contains_key(&iri) || resolved.missing.contains(&iri) {
                continue;
            }
            if let Some((content, value)) = self.input(&iri) {
                let nested = remote_contexts(&value);
                wanted.extend(nested.iter().map(|reference| absolute(reference, &iri)));
                resolved
                    .found
                    .insert(iri, (Origin::Input, content.to_vec()));
            } else if let Some(content) = built_in(&iri, document) {
                resolved.found.insert(iri, (Origin::BuiltIn, content));
            } else {
                resolved.missing.insert(iri);
            }
        }
        resolved
    }

    /// The only input with the file name of this IRI that holds a context.
    fn input(&self, iri: &str) -> Option<(&'a [u8], Value)> {
        let path = iri.split(['?', '#']).next().unwrap_or(iri);
        let file = path.rsplit('/').next().filter(|file| !file.is_empty())?;
        let mut found = self
            .by_file_name
            .get(file)?
            .iter()
            .filter_map(|bytes| Some((*bytes, serde_json::from_slice::<Value>(bytes).ok()?)))
            .filter(|(_, value)| value.get("@context").is_some())
            // What names this context itself is a document that is called like it.
            .filter(|(_, value)| {
                let mut named = remote_contexts(value).into_iter();
                !named.any(|reference| absolute(&reference, iri) == iri)
            });
        let only = found.next()?;
        found.next().is_none().then_some(only)
    }
}

/// Our own reading of a context that is named but not given.
fn built_in(iri: &str, document: &Value) -> Option<Vec<u8>> {
    let path = iri.split(['?', '#']).next().unwrap_or(iri);
    let bare = path.trim_end_matches('/');
    let bare = bare.split_once("://").map_or(bare, |(_, rest)| rest);
    if is_dprod(iri) {
        Some(dprod_context(document))
    } else if DCAT_CONTEXT_ENDS.iter().any(|end| path.ends_with(end)) {
        Some(DCAT_CONTEXT.as_bytes().to_vec())
    } else if [
        "schema.org",
        "www.schema.org",
        "schema.org/docs/jsonldcontext.jsonld",
    ]
    .contains(&bare)
    {
        Some(SCHEMA_ORG_CONTEXT.as_bytes().to_vec())
    } else {
        None
    }
}

fn is_dprod(iri: &str) -> bool {
    let path = iri.split(['?', '#']).next().unwrap_or(iri);
    path.ends_with(".jsonld")
        && DPROD_CONTEXT_STARTS
            .iter()
            .any(|start| path.starts_with(start))
}

/// Our reading of DPROD, with `id` as the node's own IRI unless the document also writes `@id`.
fn dprod_context(document: &Value) -> Vec<u8> {
    let both = any_object(document, &mut |object| {
        object.contains_key("id") && object.contains_key("@id")
    });
    let id = if both {
        "http://purl.org/dc/terms/identifier"
    } else {
        "@id"
    };
    DPROD_CONTEXT.replace("{id}", id).into_bytes()
}

fn absolute(reference: &str, base: &str) -> String {
    oxiri::Iri::parse(base)
        .ok()
        .and_then(|base| base.resolve(reference).ok())
        .map_or_else(|| reference.to_owned(), oxiri::Iri::into_inner)
}

/// A loader that knows the resolved contexts and nothing else.
pub(super) fn loader(
    resolved: Resolved,
) -> impl Fn(&str) -> Result<LoadedDocument, Box<dyn Error + Send + Sync>> {
    move |iri| match resolved.found.get(iri) {
        Some((_, content)) => Ok(LoadedDocument {
            url: iri.to_owned(),
            content: content.clone(),
            format: RdfFormat::JsonLd {
                profile: JsonLdProfile::Context.into(),
            },
        }),
        None => Err("it is not among the inputs, and none is ever fetched".into()),
    }
}

/// Whether a JSON text means to be JSON-LD: its outermost objects have a keyword.
pub(super) fn is_json_ld(document: &Value) -> bool {
    let marked = |value: &Value| {
        ["@context", "@id", "@graph", "@type"]
            .iter()
            .any(|keyword| value.get(keyword).is_some())
    };
    match document {
        Value::Array(items) => items.iter().any(marked),
        other => marked(other),
    }
}

/// Whether a document holds a context and nothing else.
pub(super) fn is_context_only(document: &Value) -> bool {
    document
        .as_object()
        .is_some_and(|object| object.len() == 1 && object.contains_key("@context"))
}

/// The references to contexts that stand elsewhere, in the order of the document.
fn remote_contexts(document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    any_object(document, &mut |object| {
        for context in object.get("@context").into_iter().flat_map(one_or_many) {
            let named = context
                .as_str()
                .or_else(|| context.get("@import")?.as_str());
            found.extend(named.map(str::to_owned));
        }
        false
    });
    found
}

fn one_or_many(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items,
        other => std::slice::from_ref(other),
    }
}

/// Whether `test` holds for any object of the document; the parser has bounded the depth.
fn any_object(
    value: &Value,
    test: &mut impl FnMut(&serde_json::Map<String, Value>) -> bool,
) -> bool {
    match value {
        Value::Object(object) => {
            test(object) || object.values().any(|value| any_object(value, test))
        }
        Value::Array(items) => items.iter().any(|item| any_object(item, test)),
        _ => false,
    }
}

/// The keys that no context of the document maps, and how often each stands: JSON-LD drops their values.
///
/// Empty when a context has a default vocabulary, for then every key means something.
pub(super) fn unmapped_keys(document: &Value, resolved: &Resolved) -> BTreeMap<String, u64> {
    let mut terms = BTreeSet::new();
    let mut has_vocabulary = false;
    let loaded = resolved.found.values();
    let loaded: Vec<Value> = loaded
        .filter_map(|(_, bytes)| serde_json::from_slice(bytes).ok())
        .collect();
    for value in loaded.iter().chain([document]) {
        any_object(value, &mut |object| {
            for context in object.get("@context").into_iter().flat_map(one_or_many) {
                any_object(context, &mut |definitions| {
                    has_vocabulary |= definitions.get("@vocab").is_some_and(|v| !v.is_null());
                    terms.extend(definitions.keys().cloned());
                    false
                });
            }
            false
        });
    }
    let mut unmapped = BTreeMap::new();
    if !has_vocabulary {
        count_unmapped(document, &terms, &mut unmapped);
    }
    unmapped
}

fn count_unmapped(value: &Value, terms: &BTreeSet<String>, unmapped: &mut BTreeMap<String, u64>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                let known = key.starts_with('@') || key.contains(':') || terms.contains(key);
                if !known {
                    *unmapped.entry(key.clone()).or_insert(0) += 1;
                }
                if key != "@context" {
                    count_unmapped(value, terms, unmapped);
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                count_unmapped(item, terms, unmapped);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Contexts, Origin, is_context_only, is_json_ld, unmapped_keys};

    #[test]
    fn contexts_come_from_the_inputs_and_never_from_elsewhere() {
        let context = br#"{"@context": ["b.jsonld", {"t": "http://t"}]}"#;
        let nested = br#"{"@context": {"u": "http://u"}}"#;
        let mut contexts = Contexts::default();
        contexts.offer("dir/a.jsonld", context);
        contexts.offer("dir/b.jsonld", nested);
        let document = json!({"@context": ["https://x.org/a.jsonld", "https://x.org/other.jsonld"],
            "t": 1, "lost": {"u": 2, "lost": 3}});
        let resolved = contexts.resolve(&document, "urn:isogloss:document:s/d");
        let found: Vec<_> = resolved.found.keys().collect();
        assert_eq!(found, ["https://x.org/a.jsonld", "https://x.org/b.jsonld"]);
        assert!(resolved.missing.contains("https://x.org/other.jsonld"));
        let lost = unmapped_keys(&document, &resolved);
        assert_eq!(
            lost.into_iter().collect::<Vec<_>>(),
            [("lost".to_owned(), 2)]
        );
    }

    #[test]
    fn the_built_in_context_is_sound_json_and_leaves_a_plain_id_beside_an_iri() {
        let iri = "https://ekgf.github.io/dprod/dprod.jsonld";
        for (document, id) in [
            (json!({"@context": iri, "id": "x"}), "\"@id\""),
            (
                json!({"@context": iri, "id": "x", "@id": "http://y"}),
                "terms/identifier",
            ),
        ] {
            let resolved = Contexts::default().resolve(&document, "urn:isogloss:document:s/d");
            let (origin, content) = &resolved.found[iri];
            assert_eq!(*origin, Origin::BuiltIn);
            let value: serde_json::Value =
                serde_json::from_slice(content).expect("it is sound JSON");
            assert!(value["@context"]["id"].to_string().contains(id), "{value}");
        }
    }

    #[test]
    fn contexts_of_catalogs_are_built_in() {
        for iri in [
            "https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld",
            "https://semiceu.github.io/DCAT-AP/releases/3.0.0/context/dcat-ap.jsonld",
            "https://schema.org/",
            "http://schema.org",
        ] {
            let document = json!({"@context": iri});
            let resolved = Contexts::default().resolve(&document, "urn:isogloss:document:s/d");
            let (origin, content) = &resolved.found[iri];
            assert_eq!(*origin, Origin::BuiltIn);
            serde_json::from_slice::<serde_json::Value>(content).expect("it is sound JSON");
        }
    }

    #[test]
    fn plain_json_is_told_from_json_ld() {
        assert!(is_json_ld(&json!([{"a": 1}, {"@id": "x"}])));
        assert!(!is_json_ld(&json!({"$schema": "x", "a": {"@id": "x"}})));
        assert!(is_context_only(&json!({"@context": {}})));
    }
}
