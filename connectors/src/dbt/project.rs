//! One manifest on its way to statements.

use std::collections::{BTreeMap, BTreeSet};

use graph_core::rdf::NamedNode;
use rustc_hash::{FxHashMap, FxHashSet};

use super::catalog::Catalog;
use super::document::{Document, Entry};
use super::freshness::Looks;
use super::place::Place;
use super::results::Results;
use super::{checks, datasets, extras, keys, lineage, metrics, semantic};
use crate::json::{Fields, Troubles};
use crate::{Location, Options, Report, StatementBuilder};

/// A model, seed, snapshot or source that has become a dataset.
#[derive(Clone, Debug)]
pub(super) struct Known {
    /// The dataset.
    pub(super) iri: NamedNode,
    /// The path of the dataset in its IRI, of which those of its columns and schema are made.
    pub(super) path: String,
    /// The name that `ref` and `source` use.
    pub(super) name: String,
    /// The package.
    pub(super) package: String,
    /// The name of the source, for a table that dbt reads.
    pub(super) source_name: Option<String>,
    /// Domain and data product.
    pub(super) place: Place,
    /// The data product.
    pub(super) product: Option<NamedNode>,
    /// The columns by their names in lower case.
    pub(super) columns: FxHashMap<String, NamedNode>,
    /// Whether the database itself said which columns there are.
    pub(super) columns_final: bool,
    /// The columns of which every value is there, in lower case.
    pub(super) required: BTreeSet<String>,
    /// The columns of which every value is different, in lower case.
    pub(super) unique: BTreeSet<String>,
    /// Whether the primary key is declared.
    pub(super) has_key: bool,
}

/// What must be the same in all manifests that are read together: which node has which path.
#[derive(Debug, Default)]
pub(super) struct Identities {
    owner_of_path: FxHashMap<String, String>,
    path_of_id: FxHashMap<String, String>,
    others: FxHashSet<String>,
}

impl Identities {
    /// Gives the path of a node: its relation, or its `unique_id` when it has none or another node has the same.
    pub(super) fn path(&mut self, id: &str, relation: &[String]) -> String {
        if let Some(path) = self.path_of_id.get(id) {
            return path.clone();
        }
        let wished = relation.join(".").to_lowercase();
        let free = !wished.is_empty() && !self.owner_of_path.contains_key(&wished);
        let path = if free { wished } else { id.to_owned() };
        self.owner_of_path.insert(path.clone(), id.to_owned());
        self.path_of_id.insert(id.to_owned(), path.clone());
        path
    }

    /// Notes a node that is no dataset.
    pub(super) fn note(&mut self, id: &str) {
        self.others.insert(id.to_owned());
    }

    /// Says whether a manifest has a node.
    pub(super) fn knows(&self, id: &str) -> bool {
        self.path_of_id.contains_key(id) || self.others.contains(id)
    }
}

/// One manifest with everything that its statements are made with.
pub(super) struct Project<'a> {
    pub(super) out: &'a mut StatementBuilder,
    pub(super) report: &'a mut Report,
    pub(super) options: &'a Options,
    pub(super) file: &'a str,
    /// The kind of database, such as `postgres`; empty when not known.
    pub(super) adapter: String,
    /// The datasets by `unique_id`.
    pub(super) known: FxHashMap<String, Known>,
    pub(super) identities: &'a mut Identities,
    /// The owners of the groups.
    pub(super) groups: BTreeMap<String, NamedNode>,
    pub(super) catalog: &'a Catalog,
    pub(super) results: &'a Results,
    pub(super) freshness: &'a Looks,
}

impl Project<'_> {
    /// Writes the statements of a manifest.
    pub(super) fn write(&mut self, manifest: &Document) {
        let metadata = Fields {
            object: &manifest.metadata,
            path: "metadata",
        };
        let adapter = metadata.said("adapter_type", &mut self.troubles());
        self.adapter = adapter.unwrap_or_default().to_lowercase();

        extras::groups(self, manifest.section("groups"));
        let mut tests = Vec::new();
        let mut left_out: BTreeMap<String, (u64, String)> = BTreeMap::new();
        let mut nodes = Vec::new();
        for entry in manifest
            .section("nodes")
            .iter()
            .chain(manifest.section("sources"))
        {
            match self.resource_type(entry).as_str() {
                "model" | "seed" | "snapshot" | "source" => nodes.push(entry),
                "test" => tests.push(entry),
                other => {
                    left_out
                        .entry(other.to_owned())
                        .or_insert((0, entry.path.clone()))
                        .0 += 1;
                }
            }
            if !self.is_dataset(entry) {
                self.identities.note(&entry.id);
            }
        }
        for entry in &nodes {
            datasets::register(self, entry);
        }
        for entry in &nodes {
            datasets::write(self, entry);
        }
        keys::foreign(self, &nodes);
        lineage::write(self, &nodes);
        for entry in tests {
            checks::write(self, entry);
        }
        checks::keys_from_tests(self, &nodes);
        semantic::write(self, manifest.section("semantic_models"));
        metrics::write(self, manifest);
        extras::exposures(self, manifest.section("exposures"));
        self.report_left_out(manifest, left_out);
    }

    /// Gives the type of a node as dbt calls it, else by the start of its id.
    pub(super) fn resource_type(&mut self, entry: &Entry) -> String {
        let fields = fields_of(entry);
        match fields.said("resource_type", &mut self.troubles()) {
            Some(said) => said.to_lowercase(),
            None => entry.id.split('.').next().unwrap_or_default().to_owned(),
        }
    }

    fn is_dataset(&mut self, entry: &Entry) -> bool {
        let resource_type = self.resource_type(entry);
        ["model", "seed", "snapshot", "source"].contains(&resource_type.as_str())
    }

    /// Gives where wrong types go.
    pub(super) fn troubles(&mut self) -> Troubles<'_> {
        Troubles {
            report: self.report,
            file: self.file,
            line: None,
        }
    }

    /// Gives the place of a key.
    pub(super) fn at(&self, key: &str) -> Location {
        Location::file(self.file).key(key)
    }

    fn report_left_out(&mut self, manifest: &Document, left_out: BTreeMap<String, (u64, String)>) {
        for (kind, (count, first)) in left_out {
            let message = format!("{count} nodes of type `{kind}` have no statements of their own");
            let at = self.at(&first);
            self.report.note("not_modelled", message, at);
            self.report.skipped += count;
        }
        for (section, ids) in &manifest.counted {
            for id in ids {
                self.identities.note(id);
            }
            if ids.is_empty() {
                continue;
            }
            let mut types: BTreeMap<&str, u64> = BTreeMap::new();
            for id in ids {
                *types
                    .entry(id.split('.').next().unwrap_or_default())
                    .or_default() += 1;
            }
            let types: Vec<String> = types
                .iter()
                .map(|(name, count)| format!("{count} {name}"))
                .collect();
            let (code, what) = match *section {
                "disabled" => ("disabled", "disabled nodes were left out"),
                _ => ("not_modelled", "entries have no statements of their own"),
            };
            let message = format!("{} {what}: {}", ids.len(), types.join(", "));
            let at = self.at(section);
            self.report.note(code, message, at);
            self.report.skipped += ids.len() as u64;
        }
    }
}

/// Gives the keys of an entry.
pub(super) fn fields_of(entry: &Entry) -> Fields<'_> {
    Fields {
        object: &entry.object,
        path: &entry.path,
    }
}
