//! One graph of every source that stories name.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use isogloss::connectors::{Input, InputLimits, Kind, Mapping, read_paths};
use isogloss::model::EntityKind;
use isogloss::{Ingest, Isogloss};
use serde_json::json;

use super::foreign::{self, Foreign};
use super::refs::parse;
use super::{Domain, Item, Story};
use crate::failure::{Failure, FailureKind};

/// The stories' sources in one graph.
pub(super) struct Loaded {
    pub(super) mesh: Isogloss,
    /// What was not found or not read whole.
    pub(super) notes: Vec<String>,
}

/// How the sources of a scheme are read.
#[derive(Clone, Copy)]
enum Read {
    By(Kind),
    As(Foreign),
}

/// What references start with, the folder of its corpora, and the start of the folder in it; `*` is the reference's scope.
const SCHEMES: &[(&str, &str, &str, Read)] = &[
    ("pg", "databases", "*", Read::By(Kind::PostgresCatalog)),
    ("dbt", "dbt", "*", Read::By(Kind::Dbt)),
    ("pudl", "catalogs", "pudl", Read::By(Kind::Frictionless)),
    ("datahub", "catalogs", "datahub", Read::By(Kind::DataHub)),
    ("fibo", "ontologies", "fibo", Read::By(Kind::Rdf)),
    ("schemaorg", "ontologies", "schema_org", Read::By(Kind::Rdf)),
    ("cim", "ontologies", "cim", Read::By(Kind::Rdf)),
    ("osi", "semantic", "osi", Read::By(Kind::SemanticLayer)),
    ("fhir", "ontologies", "fhir", Read::As(Foreign::Fhir)),
    ("omop", "ontologies", "omop", Read::As(Foreign::Omop)),
    ("ehr", "querylogs", "ehr", Read::As(Foreign::Spider)),
    ("lookml", "semantic", "lookml", Read::As(Foreign::LookMl)),
    (
        "sdm",
        "contracts",
        "smart_data_models",
        Read::As(Foreign::JsonSchema),
    ),
];

/// One source to read.
struct Wanted {
    scheme: String,
    scope: String,
}

/// Reads the sources that the references of stories name.
pub(super) fn load(corpora: &Path, stories: &[Story]) -> Result<Loaded, Failure> {
    let mut wanted: BTreeMap<String, Wanted> = BTreeMap::new();
    for reference in stories
        .iter()
        .flat_map(|s| &s.items)
        .flat_map(Item::references)
    {
        let (name, _) = parse(reference);
        let scheme = reference.split(':').next().unwrap_or_default().to_owned();
        let rest = reference.get(scheme.len() + 1..).unwrap_or_default();
        let scope = if name.len() > scheme.len() {
            rest.split('/').next().unwrap_or_default()
        } else {
            ""
        };
        wanted.entry(name).or_insert_with(|| Wanted {
            scope: scope.to_owned(),
            scheme,
        });
    }
    let domains: Vec<&Domain> = stories.iter().flat_map(|s| &s.domains).collect();
    let mut loaded = Loaded {
        mesh: Isogloss::in_memory(),
        notes: Vec::new(),
    };
    let mut places = Vec::new();
    for (name, wanted) in &wanted {
        loaded.add(corpora, name, wanted, &domains, &mut places)?;
    }
    loaded.place(&domains, &places)?;
    Ok(loaded)
}

/// Where a source belongs: the domains that name it.
struct Placed<'d> {
    source: String,
    domains: Vec<&'d Domain>,
}

impl Placed<'_> {
    /// The domain that its data is read into: one of its own below several, or the one.
    fn domain(&self) -> Option<&str> {
        match self.domains.as_slice() {
            [] => None,
            [one] => Some(&one.id),
            _ => Some(&self.source),
        }
    }
}

impl Loaded {
    fn add<'d>(
        &mut self,
        corpora: &Path,
        name: &str,
        wanted: &Wanted,
        domains: &[&'d Domain],
        places: &mut Vec<Placed<'d>>,
    ) -> Result<(), Failure> {
        let bare = wanted.scheme.split('-').next().unwrap_or_default();
        let Some(&(_, above, start, how)) = SCHEMES.iter().find(|s| s.0 == bare) else {
            self.notes.push(format!(
                "no source is known for `{name}`: its references are missing"
            ));
            return Ok(());
        };
        let start = if start == "*" {
            wanted.scope.as_str()
        } else {
            start
        };
        let Some(folder) = find(&corpora.join(above), start) else {
            self.notes.push(format!(
                "no folder for `{name}` in `{}`",
                corpora.join(above).display()
            ));
            return Ok(());
        };
        let placed = place(name, wanted, &folder, domains);
        match how {
            Read::By(kind) => self.read(name, kind, &folder, &placed)?,
            Read::As(foreign) => {
                let read = foreign::lines(foreign, &folder, &wanted.scope)?;
                let parts: Vec<String> = read.iter().map(|(part, _)| letters(part)).collect();
                for (part, lines) in read {
                    let home = part_of(&letters(&part), &parts, &placed);
                    let lines = foreign::written(&lines, home.domain());
                    let input = Input::text(format!("{name}.jsonl"), lines);
                    // Several parts of one source are one; each has its domain.
                    let part_name = if part.is_empty() {
                        name.to_owned()
                    } else {
                        format!("{name}.{part}")
                    };
                    self.ingest(&part_name, Kind::CatalogLines, vec![input], home.domain())?;
                    places.push(Placed {
                        source: part_name,
                        ..home
                    });
                }
                return Ok(());
            }
        }
        places.push(placed);
        Ok(())
    }

    fn read(
        &mut self,
        name: &str,
        kind: Kind,
        folder: &Path,
        placed: &Placed<'_>,
    ) -> Result<(), Failure> {
        let paths = match kind {
            Kind::Dbt => vec![
                folder.join("manifest.json.gz"),
                folder.join("manifest.json"),
            ],
            Kind::PostgresCatalog => vec![
                folder.join("information_schema.json.gz"),
                folder.join("information_schema.json"),
            ],
            Kind::SemanticLayer => vec![folder.join("examples")],
            _ => vec![folder.to_path_buf()],
        };
        let paths: Vec<PathBuf> = paths.into_iter().filter(|path| path.exists()).collect();
        let found =
            read_paths(kind, &paths, &InputLimits::default()).map_err(isogloss::Error::from)?;
        self.ingest(name, kind, found.inputs, placed.domain())
    }

    fn ingest(
        &mut self,
        name: &str,
        kind: Kind,
        inputs: Vec<Input>,
        domain: Option<&str>,
    ) -> Result<(), Failure> {
        let source = name.parse().map_err(|error| {
            Failure::new(
                FailureKind::Input,
                format!("`{name}` names no source: {error}"),
            )
        })?;
        let mapping = Mapping {
            default_domain: domain.map(str::to_owned),
            ..Mapping::default()
        };
        let ingested = self.mesh.ingest(Ingest {
            mapping,
            ..Ingest::new(source, kind, inputs)
        })?;
        if ingested.report.errors > 0 {
            self.notes.push(format!(
                "{name}: {} parts could not be read",
                ingested.report.errors
            ));
        }
        Ok(())
    }

    /// Says which domains there are, and which terms belong to them: vocabularies name no domain themselves.
    fn place(&mut self, domains: &[&Domain], places: &[Placed<'_>]) -> Result<(), Failure> {
        let mut lines: BTreeSet<String> = BTreeSet::new();
        for domain in domains {
            let line = json!({"kind": "domain", "id": domain.id, "name": domain.id, "label": domain.title});
            lines.insert(line.to_string());
        }
        for placed in places.iter().filter(|p| p.domains.len() > 1) {
            for above in &placed.domains {
                let line = json!({"kind": "domain", "id": placed.source, "name": placed.source, "parent": above.id});
                lines.insert(line.to_string());
            }
        }
        let snapshot = self.mesh.snapshot();
        // The domains that a source has of its own are part of that which the story gives it.
        for entity in snapshot.model().entities(EntityKind::Domain) {
            let iri = entity.iri();
            let sources = entity.sources();
            let own = !places.iter().any(|p| {
                p.domains
                    .iter()
                    .any(|d| iri.ends_with(&format!("/{}", d.id)))
            });
            let home = places
                .iter()
                .find(|p| sources.iter().any(|s| s.name() == p.source));
            if let Some(above) = home.and_then(Placed::domain)
                && own
                && !iri.ends_with(&format!("/{above}"))
            {
                let line =
                    json!({"kind": "domain", "id": iri, "name": entity.label(), "parent": above});
                lines.insert(line.to_string());
            }
        }
        for entity in snapshot.model().entities(EntityKind::Term) {
            let sources = entity.sources();
            let home = places
                .iter()
                .find(|p| sources.iter().any(|s| s.name() == p.source));
            if let Some(domain) = home.and_then(Placed::domain)
                && entity.domain().is_none()
            {
                let line = json!({"kind": "term", "id": entity.iri(), "name": entity.label(), "parent": domain});
                lines.insert(line.to_string());
            }
        }
        let text: Vec<String> = lines.into_iter().collect();
        let input = Input::text("domains.jsonl", text.join("\n"));
        self.ingest("story", Kind::CatalogLines, vec![input], None)
    }
}

/// Finds the folder of a corpus whose name starts with, or holds, a word.
fn find(above: &Path, start: &str) -> Option<PathBuf> {
    let mut folders: Vec<PathBuf> = fs::read_dir(above)
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    let name = |path: &&PathBuf| {
        path.file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .to_lowercase()
    };
    let start = start.to_lowercase();
    let exact = folders.iter().find(|path| name(path) == start);
    let starts = || folders.iter().find(|path| name(path).starts_with(&start));
    let holds = || folders.iter().find(|path| name(path).contains(&start));
    exact.or_else(starts).or_else(holds).cloned()
}

/// Finds the domains that name a source: by its scope, else by its scheme, else by its folder.
fn place<'d>(name: &str, wanted: &Wanted, folder: &Path, domains: &[&'d Domain]) -> Placed<'d> {
    let folder = folder
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let start: Vec<&str> = folder.split('_').take(3).collect();
    let scheme = wanted.scheme.split('-').next().unwrap_or_default();
    for word in [wanted.scope.as_str(), scheme, &start.join(" ")] {
        let plain = letters(word);
        let named = domains.iter().filter(|d| {
            !plain.is_empty()
                && (letters(&d.title).contains(&plain) || letters(&d.id).contains(&plain))
        });
        let named: Vec<&Domain> = named.copied().collect();
        if !named.is_empty() {
            return Placed {
                source: name.to_owned(),
                domains: named,
            };
        }
    }
    Placed {
        source: name.to_owned(),
        domains: Vec::new(),
    }
}

/// Of the domains of a source those of one of its parts: the ones that name it, else those that name no part.
fn part_of<'d>(part: &str, parts: &[String], whole: &Placed<'d>) -> Placed<'d> {
    let names =
        |domain: &Domain, part: &str| !part.is_empty() && letters(&domain.id).contains(part);
    let named: Vec<&Domain> = whole
        .domains
        .iter()
        .filter(|d| names(d, part))
        .copied()
        .collect();
    let unnamed = |d: &&&Domain| !parts.iter().any(|part| names(d, part));
    let domains = if named.is_empty() {
        whole.domains.iter().filter(unnamed).copied().collect()
    } else {
        named
    };
    Placed {
        source: whole.source.clone(),
        domains,
    }
}

fn letters(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}
