//! The lines as read, and the index of their ids.

use std::collections::BTreeMap;

use graph_core::rdf::NamedNode;
use rustc_hash::{FxHashMap, FxHasher};
use semantic_model::identity::{EntityIri, IriKind, is_absolute_iri};
use serde_json::Value;
use std::hash::{Hash, Hasher};

use super::kinds::LineKind;
use crate::json::{self, Object, Troubles};
use crate::statements::named;
use crate::{Diagnostic, Input, Location, Report, Severity, StatementBuilder};

/// One line that was understood as far as its kind.
pub(super) struct Record {
    /// Which document it is in.
    pub(super) file: usize,
    /// Its line, counted from 1.
    pub(super) line: u64,
    /// What it is about.
    pub(super) kind: LineKind,
    /// The kind as written, such as `view`.
    pub(super) kind_name: String,
    /// All of it.
    pub(super) object: Object,
    /// The IRI of the entity; `None` for a line that relates two others.
    pub(super) iri: Option<NamedNode>,
}

/// What an id stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// The kind of entity, if it is known.
    pub(super) kind: Option<LineKind>,
    /// Its IRI.
    pub(super) iri: NamedNode,
}

/// All lines of all documents.
pub(super) struct Records {
    /// The lines, in order.
    pub(super) lines: Vec<Record>,
    ids: FxHashMap<String, Vec<Target>>,
    /// The first id of each domain and owner, which are known by their names.
    named: FxHashMap<NamedNode, String>,
}

impl Records {
    /// Reads all documents; broken lines are reported and left out.
    pub(super) fn read(inputs: Vec<Input>, report: &mut Report, out: &StatementBuilder) -> Self {
        let mut records = Self {
            lines: Vec::new(),
            ids: FxHashMap::default(),
            named: FxHashMap::default(),
        };
        let mut unknown = BTreeMap::new();
        for (file, input) in inputs.into_iter().enumerate() {
            for (number, text) in (1..).zip(input.bytes.split(|byte| *byte == b'\n')) {
                let text = text.trim_ascii();
                if text.is_empty() {
                    continue;
                }
                let at = Location::file(&input.name).line(number);
                match parse_line(text, &at, report) {
                    Some(object) => {
                        records.take(file, number, object, &at, &mut unknown, report, out);
                    }
                    None => report.skipped += 1,
                }
            }
        }
        for (kind, (count, first)) in unknown {
            let message = format!("kind `{kind}` is not known; {count} lines of it were left out");
            report.warning("unknown_kind", message, first);
            report.skipped += count;
        }
        records
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one step of the loop above, split off for its length"
    )]
    fn take(
        &mut self,
        file: usize,
        line: u64,
        object: Object,
        at: &Location,
        unknown: &mut BTreeMap<String, (u64, Location)>,
        report: &mut Report,
        out: &StatementBuilder,
    ) {
        let Some(kind_name) = object
            .get("kind")
            .and_then(Value::as_str)
            .map(str::to_owned)
        else {
            let at = at.clone().key("kind");
            report.warning("missing_kind", "the line does not say its `kind`", at);
            report.skipped += 1;
            return;
        };
        let Some(kind) = LineKind::of(&kind_name.to_ascii_lowercase()) else {
            unknown
                .entry(kind_name)
                .or_insert_with(|| (0, at.clone().key("kind")))
                .0 += 1;
            return;
        };
        let mut record = Record {
            file,
            line,
            kind,
            kind_name,
            object,
            iri: None,
        };
        if let Some(iri_kind) = kind.iri_kind() {
            let Some(id) = id_of(&record) else {
                let at = at.clone().key("id");
                report.warning("missing_id", "the line has no `id`", at);
                report.skipped += 1;
                return;
            };
            let iri = iri_of(iri_kind, &id, &record.object, out);
            self.index(&id, kind, &iri, at, report);
            record.iri = Some(iri);
        }
        self.lines.push(record);
    }

    fn index(
        &mut self,
        id: &str,
        kind: LineKind,
        iri: &NamedNode,
        at: &Location,
        report: &mut Report,
    ) {
        if matches!(kind, LineKind::Domain | LineKind::Owner) {
            let first = self
                .named
                .entry(iri.clone())
                .or_insert_with(|| id.to_owned());
            if first != id {
                let message = format!(
                    "`{first}` and `{id}` have one name and so are one {}",
                    kind.word()
                );
                report.warning("same_name", message, at.clone().key("name"));
            }
        }
        let targets = self.ids.entry(id.to_owned()).or_default();
        if targets.iter().any(|target| target.kind == Some(kind)) {
            let message = format!("id `{id}` was used before; both lines were kept as one entity");
            report.warning("duplicate_id", message, at.clone().key("id"));
        } else {
            targets.push(Target {
                kind: Some(kind),
                iri: iri.clone(),
            });
        }
    }

    /// Finds what a reference stands for: an absolute IRI itself, else the line of that id, preferably of one of
    /// the kinds; when none has it as written, the line that has it in lower case.
    pub(super) fn find(&self, reference: &str, preferred: &[LineKind]) -> Option<Target> {
        let targets = self
            .ids
            .get(reference)
            .or_else(|| self.ids.get(&reference.to_lowercase()));
        let Some(targets) = targets else {
            return is_absolute_iri(reference).then(|| Target {
                kind: EntityIri::kind_of(reference).and_then(LineKind::of_iri),
                iri: named(reference),
            });
        };
        let wanted = |target: &&Target| target.kind.is_some_and(|kind| preferred.contains(&kind));
        targets.iter().find(wanted).or(targets.first()).cloned()
    }
}

/// Reads a line as an object, or reports why it is none.
fn parse_line(text: &[u8], at: &Location, report: &mut Report) -> Option<Object> {
    match json::parse_noting(text) {
        Ok((Value::Object(object), notes)) => {
            notes.report(&mut Troubles {
                report,
                file: &at.file,
                line: at.line,
            });
            Some(object)
        }
        Ok((other, _)) => {
            let message = format!("expected an object, found {}", json::type_name(&other));
            let diagnostic = Diagnostic::new(Severity::Error, "not_an_object", message, at.clone());
            report.push(diagnostic.hint("write one JSON object a line"));
            None
        }
        Err(error) => {
            let (_, column) = json::place_of(&error);
            let at = at.clone().column(column);
            report.error("bad_json", json::plain_message(&error), at);
            None
        }
    }
}

/// Gives the id of an entity's line; a use of data without one is known by what it says.
fn id_of(record: &Record) -> Option<String> {
    let id = match record.object.get("id") {
        Some(Value::String(id)) if !id.trim().is_empty() => return Some(id.clone()),
        Some(Value::Number(id)) => return Some(id.to_string()),
        _ => None,
    };
    if record.kind == LineKind::Usage {
        let mut hasher = FxHasher::default();
        Value::Object(record.object.clone())
            .to_string()
            .hash(&mut hasher);
        return Some(format!("{:016x}", hasher.finish()));
    }
    if record.kind == LineKind::Owner {
        let name = record.object.get("name").and_then(Value::as_str)?;
        return Some(name.to_owned());
    }
    id
}

/// Gives the IRI of an entity: domains and owners are known by their name throughout the mesh.
fn iri_of(kind: IriKind, id: &str, object: &Object, out: &StatementBuilder) -> NamedNode {
    if is_absolute_iri(id) {
        return named(id);
    }
    let name = object
        .get("name")
        .and_then(Value::as_str)
        .filter(|name| !name.trim().is_empty())
        .unwrap_or_else(|| last_part(id));
    match kind {
        IriKind::Domain => named(EntityIri::domain(name).into_string()),
        IriKind::Owner => named(EntityIri::owner(name).into_string()),
        _ => out.iri(kind, &id.split('/').collect::<Vec<_>>()),
    }
}

/// Gives the last part of an id, which stands in for a missing name.
pub(super) fn last_part(id: &str) -> &str {
    id.rsplit(['/', '#'])
        .find(|part| !part.is_empty())
        .unwrap_or(id)
}
