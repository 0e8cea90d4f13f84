//! Reading one JSON artifact, section by section, without holding what nobody needs.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;

use rustc_hash::FxHashMap;
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use self::count::CountSeed;
use crate::json::{self, Nulls, Object, Troubles, ValueSeed};

mod count;

/// Sections of which every entry is kept.
const SECTIONS: [&str; 8] = [
    "metadata",
    "nodes",
    "sources",
    "exposures",
    "metrics",
    "semantic_models",
    "groups",
    "results",
];

/// How many entries a section may have; more would take more than 4 GB of memory on their way to statements.
pub(super) const ENTRIES_MAX: usize = 400_000;

/// Sections of which the entries are only counted, for the report.
const COUNTED: [&str; 5] = [
    "disabled",
    "saved_queries",
    "unit_tests",
    "functions",
    "errors",
];

/// Keys of an entry that are long and that no statement is made of, where it is not a model.
const HEAVY: [&str; 8] = [
    "compiled_code",
    "compiled_sql",
    "raw_code",
    "raw_sql",
    "compiled",
    "extra_ctes",
    "unrendered_config",
    "doc_blocks",
];

/// Keys of nodes and sources that no statement is made of: a project has thousands of each.
const UNUSED: [&str; 13] = [
    "build_path",
    "checksum",
    "compiled_path",
    "created_at",
    "docs",
    "extra_ctes_injected",
    "file_key_name",
    "language",
    "patch_path",
    "path",
    "refs",
    "root_path",
    "time_spine",
];

/// An entry, its `config` and each of its columns are kept without what is null.
const LEVELS_WITHOUT_NULL: u8 = 2;

/// One entry of a section.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Its key in the section, which for dbt is the `unique_id`; the place for a list.
    pub(super) id: String,
    /// Its path in the document.
    pub(super) path: String,
    /// What it says, without the long texts.
    pub(super) object: Object,
}

/// An artifact as read.
#[derive(Clone, Debug, Default)]
pub(super) struct Document {
    /// What the artifact says of itself.
    pub(super) metadata: Object,
    sections: BTreeMap<&'static str, Vec<Entry>>,
    /// The keys of the entries of counted sections.
    pub(super) counted: BTreeMap<&'static str, Vec<String>>,
}

impl Document {
    /// Reads an artifact; gives `None` and an error diagnostic when it is not JSON.
    ///
    /// Wrong types and duplicate keys are warnings. Half of an escaped surrogate pair is read as U+FFFD.
    pub(super) fn read(bytes: Vec<u8>, troubles: &mut Troubles<'_>) -> Option<Self> {
        let mut read = Self::parse(&bytes);
        if read.as_ref().is_err_and(|error| !error.is_eof())
            && let Some((text, mended)) = json::mend(&bytes)
        {
            // The text is long; only one of the two is kept.
            drop(bytes);
            read = Self::parse(&text);
            mended.report(troubles.report, &troubles.at(""));
        }
        match read {
            Ok((document, found)) => {
                for (path, message, code) in found {
                    let at = troubles.at(&path);
                    troubles.report.warning(code, message, at);
                    troubles.report.skipped += u64::from(code == "wrong_type");
                }
                Some(document)
            }
            Err(error) => {
                let (line, column) = json::place_of(&error);
                let at = troubles.at("").line(line).column(column);
                let message = json::plain_message(&error);
                let too_many = SECTIONS.iter().any(|section| message == too_many(section));
                let code = if too_many {
                    "too_many_entries"
                } else {
                    "bad_json"
                };
                troubles.report.error(code, message, at);
                troubles.report.skipped += 1;
                None
            }
        }
    }

    fn parse(bytes: &[u8]) -> Result<(Self, Found), serde_json::Error> {
        let found = RefCell::new(Vec::new());
        let mut deserializer = serde_json::Deserializer::from_slice(bytes);
        let document = DocumentSeed { found: &found }.deserialize(&mut deserializer)?;
        deserializer.end()?;
        Ok((document, found.into_inner()))
    }

    /// Gives the entries of a section in the order of the document.
    pub(super) fn section(&self, name: &str) -> &[Entry] {
        self.sections.get(name).map_or(&[], Vec::as_slice)
    }

    /// Says whether the document has a section at all, empty or not.
    pub(super) fn has(&self, name: &str) -> bool {
        self.sections.contains_key(name)
    }
}

/// What was wrong: path, message and code.
type Found = Vec<(String, String, &'static str)>;

struct DocumentSeed<'a> {
    found: &'a RefCell<Found>,
}

impl<'de> DeserializeSeed<'de> for DocumentSeed<'_> {
    type Value = Document;

    fn deserialize<D: serde::Deserializer<'de>>(self, input: D) -> Result<Document, D::Error> {
        input.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for DocumentSeed<'_> {
    type Value = Document;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a dbt artifact, which is an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut keys: A) -> Result<Document, A::Error> {
        let mut document = Document::default();
        while let Some(key) = keys.next_key::<String>()? {
            let known = |names: &[&'static str]| names.iter().copied().find(|name| *name == key);
            let section = |section| SectionSeed {
                section,
                found: self.found,
            };
            if known(&["metadata"]).is_some() {
                let metadata = keys.next_value_seed(EntrySeed {
                    path: "metadata",
                    found: self.found,
                })?;
                document.metadata = metadata.unwrap_or_default();
            } else if let Some(name) = known(&SECTIONS) {
                let entries = keys.next_value_seed(section(name))?;
                document.sections.entry(name).or_default().extend(entries);
            } else if let Some(name) = known(&COUNTED) {
                let entries = keys.next_value_seed(CountSeed)?;
                document.counted.entry(name).or_default().extend(entries);
            } else {
                keys.next_value::<IgnoredAny>()?;
            }
        }
        Ok(document)
    }
}

fn too_many(section: &str) -> String {
    format!("more than {ENTRIES_MAX} entries in section `{section}`, which is the limit")
}

/// Reads a section: an object of objects, or a list of them.
struct SectionSeed<'a> {
    section: &'static str,
    found: &'a RefCell<Found>,
}

impl SectionSeed<'_> {
    fn path(&self, id: &str) -> String {
        format!("{}.{id}", self.section)
    }

    fn refuse(&self, what: &str) -> Vec<Entry> {
        self.found.borrow_mut().push((
            self.section.to_owned(),
            format!("expected an object of entries, found {what}"),
            "wrong_type",
        ));
        Vec::new()
    }
}

impl<'de> DeserializeSeed<'de> for SectionSeed<'_> {
    type Value = Vec<Entry>;

    fn deserialize<D: serde::Deserializer<'de>>(self, input: D) -> Result<Vec<Entry>, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for SectionSeed<'_> {
    type Value = Vec<Entry>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a section")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut keys: A) -> Result<Vec<Entry>, A::Error> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut places = FxHashMap::default();
        while let Some(id) = keys.next_key::<String>()? {
            let path = self.path(&id);
            let seed = EntrySeed {
                path: &path,
                found: self.found,
            };
            let Some(object) = keys.next_value_seed(seed)? else {
                continue;
            };
            let place = *places.entry(id.clone()).or_insert(entries.len());
            if let Some(before) = entries.get_mut(place) {
                before.object = object;
                let message = "the key occurs twice; the last one was taken".to_owned();
                self.found
                    .borrow_mut()
                    .push((path, message, "duplicate_key"));
            } else if entries.len() < ENTRIES_MAX {
                entries.push(Entry { id, path, object });
            } else {
                return Err(A::Error::custom(too_many(self.section)));
            }
        }
        Ok(entries)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<Entry>, A::Error> {
        let mut entries = Vec::new();
        for place in 0.. {
            let path = format!("{}[{place}]", self.section);
            let seed = EntrySeed {
                path: &path,
                found: self.found,
            };
            match items.next_element_seed(seed)? {
                None => break,
                Some(None) => {}
                Some(Some(_)) if entries.len() == ENTRIES_MAX => {
                    return Err(A::Error::custom(too_many(self.section)));
                }
                Some(Some(object)) => {
                    let id = object.get("unique_id").and_then(Value::as_str);
                    let id = id.map_or_else(|| format!("[{place}]"), str::to_owned);
                    entries.push(Entry { id, path, object });
                }
            }
        }
        Ok(entries)
    }

    fn visit_unit<E>(self) -> Result<Vec<Entry>, E> {
        Ok(Vec::new())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Vec<Entry>, E> {
        Ok(self.refuse("a boolean"))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Vec<Entry>, E> {
        Ok(self.refuse("a number"))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Vec<Entry>, E> {
        Ok(self.refuse("a number"))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Vec<Entry>, E> {
        Ok(self.refuse("a number"))
    }

    fn visit_str<E>(self, _: &str) -> Result<Vec<Entry>, E> {
        Ok(self.refuse("a text"))
    }
}

/// Reads an entry without its long texts; gives `None` for what is no object.
struct EntrySeed<'a> {
    path: &'a str,
    found: &'a RefCell<Found>,
}

impl<'de> DeserializeSeed<'de> for EntrySeed<'_> {
    type Value = Option<Object>;

    fn deserialize<D: serde::Deserializer<'de>>(self, input: D) -> Result<Self::Value, D::Error> {
        let duplicates = RefCell::new(Vec::new());
        // Lineage is read from what dbt compiled of models and snapshots; that of tests is long and of no use.
        let has_lineage = ["nodes.model.", "nodes.snapshot."]
            .iter()
            .any(|start| self.path.starts_with(start));
        let mut left_out = if has_lineage { &HEAVY[2..] } else { &HEAVY }.to_vec();
        let is_node = ["nodes.", "sources."]
            .iter()
            .any(|start| self.path.starts_with(start));
        if is_node {
            left_out.extend(UNUSED);
        }
        let seed = ValueSeed {
            duplicates: &duplicates,
            left_out: &left_out,
            nulls: if is_node {
                Nulls::Dropped(LEVELS_WITHOUT_NULL)
            } else {
                Nulls::Kept
            },
        };
        let value = seed.deserialize(input)?;
        for key in duplicates.into_inner() {
            self.found.borrow_mut().push((
                format!("{}.{key}", self.path),
                "the key occurs twice; the last one was taken".into(),
                "duplicate_key",
            ));
        }
        Ok(match value {
            Value::Object(object) => Some(object),
            Value::Null => None,
            other => {
                self.found.borrow_mut().push((
                    self.path.to_owned(),
                    format!("expected an object, found {}", json::type_name(&other)),
                    "wrong_type",
                ));
                None
            }
        })
    }
}
