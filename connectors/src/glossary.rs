//! Glossaries as tables: CSV, also as Excel and other catalogs write it.
//!
//! The columns are known by their headings, in any order and spelling: term, definition, synonyms, parent, related, owner,
//! domain, status, ... What has no meaning here is kept as `iso:extra`. `docs/formats/glossary.md` is the user's page.

use std::collections::{BTreeMap, BTreeSet};

use graph_core::rdf::NamedNode;
use ontologies::{dcat, dcterms, iso, prov, rdfs, skos};
use semantic_model::identity::{IriKind, is_absolute_iri};

use crate::glossary::table::{Heading, Row, Table};
use crate::statements::{OwnerKind, named};
use crate::{Input, Location, Options, Report, StatementBuilder};

mod table;
#[cfg(test)]
mod tests;
mod words;

pub(crate) use table::is_glossary;

/// Reads glossaries; a term may name one of another file.
#[expect(
    clippy::needless_pass_by_value,
    reason = "all connectors have this signature, and some take the documents apart"
)]
pub fn read(
    inputs: Vec<Input>,
    options: &Options,
    report: &mut Report,
    out: &mut StatementBuilder,
) {
    let mut terms = Vec::new();
    for input in &inputs {
        if let Some(table) = Table::open(input, report) {
            terms.extend(table.rows.into_iter().map(|row| (input.name.as_str(), row)));
        }
    }
    let mut index = Index::default();
    let named: Vec<(&str, Row, NamedNode)> = terms
        .into_iter()
        .map(|(file, row)| {
            let iri = index.declare(&row, file, report, out);
            (file, row, iri)
        })
        .collect();
    for (file, row, iri) in &named {
        let mut writer = Writer {
            out,
            report,
            options,
            index: &mut index,
            at: Location::file(*file).line(row.line),
        };
        writer.term(row, iri);
    }
}

/// The terms by what others call them.
#[derive(Default)]
struct Index {
    /// The IRIs that are taken.
    taken: BTreeSet<String>,
    by_id: BTreeMap<String, NamedNode>,
    /// By name in lower case; `None` where two terms have it.
    by_name: BTreeMap<String, Option<NamedNode>>,
}

impl Index {
    /// Gives a row its IRI: by its id, else its name, with the domain or parent where that is taken.
    fn declare(
        &mut self,
        row: &Row,
        file: &str,
        report: &mut Report,
        out: &StatementBuilder,
    ) -> NamedNode {
        let id = row.one(Heading::Id);
        let own = id.unwrap_or(&row.name);
        let iri = if is_absolute_iri(own) {
            named(own)
        } else {
            self.unlike_others(own, row, file, report, out)
        };
        self.taken.insert(iri.as_str().to_owned());
        if let Some(id) = id {
            self.by_id
                .entry(id.to_owned())
                .or_insert_with(|| iri.clone());
        }
        for name in [Some(row.name.as_str()), row.one(Heading::Label)]
            .into_iter()
            .flatten()
        {
            self.by_name
                .entry(name.to_lowercase())
                .and_modify(|known| {
                    if known.as_ref() != Some(&iri) {
                        *known = None;
                    }
                })
                .or_insert_with(|| Some(iri.clone()));
        }
        iri
    }

    fn unlike_others(
        &self,
        own: &str,
        row: &Row,
        file: &str,
        report: &mut Report,
        out: &StatementBuilder,
    ) -> NamedNode {
        let iri = out.iri(IriKind::Term, &[own]);
        if !self.taken.contains(iri.as_str()) {
            return iri;
        }
        let context = row
            .one(Heading::Domain)
            .or_else(|| row.one(Heading::Parent));
        if let Some(context) = context {
            let iri = out.iri(IriKind::Term, &[context, own]);
            if !self.taken.contains(iri.as_str()) {
                return iri;
            }
        }
        let message = format!("another term is called `{own}`; both are kept apart");
        report.warning(
            "duplicate_term",
            message,
            Location::file(file).line(row.line),
        );
        // More rows than that are no table.
        let free = (2..u32::MAX)
            .map(|times| out.iri(IriKind::Term, &[format!("{own}~{times}")]))
            .find(|iri| !self.taken.contains(iri.as_str()));
        free.unwrap_or(iri)
    }

    /// Finds a term by id, name, or the last part of a path such as `Sales > Customer` or `Sales.Customer`.
    fn find(&self, reference: &str) -> Option<NamedNode> {
        let of = |text: &str| {
            let text = text.trim();
            let by_name = || self.by_name.get(&text.to_lowercase()).cloned().flatten();
            self.by_id.get(text).cloned().or_else(by_name)
        };
        of(reference).or_else(|| {
            let last = reference.rsplit(['>', '/', '.', '|']).next()?;
            of(last)
        })
    }
}

struct Writer<'a> {
    out: &'a mut StatementBuilder,
    report: &'a mut Report,
    options: &'a Options,
    index: &'a mut Index,
    at: Location,
}

impl Writer<'_> {
    fn term(&mut self, row: &Row, iri: &NamedNode) {
        self.report.understood("term");
        self.out.class(iri, iso::TERM);
        self.out.class(iri, skos::CONCEPT);
        let label = row.one(Heading::Label).unwrap_or(&row.name);
        self.out.name(iri, skos::PREF_LABEL, label);
        if label != row.name {
            self.out.name(iri, skos::ALT_LABEL, &row.name);
        }
        for (heading, value) in &row.cells {
            self.cell(iri, *heading, value);
        }
        for (heading, value) in &row.extras {
            self.out.extra(iri, heading, &value.as_str().into());
        }
        if row.one(Heading::Domain).is_none()
            && let Some(domain) = &self.options.mapping.default_domain
        {
            let domain = self.out.domain(domain);
            self.out.link(iri, iso::IN_DOMAIN, &domain);
        }
    }

    fn cell(&mut self, iri: &NamedNode, heading: Heading, value: &str) {
        match heading {
            Heading::Name | Heading::Label => {}
            Heading::Id => self.out.text(iri, dcterms::IDENTIFIER, value),
            Heading::Definition => self.out.text(iri, skos::DEFINITION, value),
            Heading::Status => self.out.text(iri, iso::STATUS, value),
            Heading::Expression => self.out.text(iri, iso::EXPRESSION, value),
            Heading::Classification => self.out.text(iri, iso::CLASSIFICATION, value),
            Heading::Note => self.out.text(iri, skos::NOTE, value),
            Heading::Example => self.out.text(iri, skos::EXAMPLE, value),
            Heading::Synonyms => self.names(iri, skos::ALT_LABEL, value),
            Heading::Abbreviations => self.names(iri, skos::NOTATION, value),
            Heading::Tags => self.names(iri, dcat::KEYWORD, value),
            Heading::Domain => {
                let domain = self.out.domain(value);
                self.out.link(iri, iso::IN_DOMAIN, &domain);
            }
            Heading::Owner => self.owners(iri, value),
            Heading::Parent => {
                let parent = self.other(value);
                if parent != *iri {
                    self.out.link(iri, skos::BROADER, &parent);
                }
            }
            Heading::Related => {
                for part in parts(value) {
                    let other = self.other(part);
                    self.out.link(iri, skos::RELATED, &other);
                }
            }
            Heading::Link => self.links(iri, value),
        }
    }

    fn names(&mut self, iri: &NamedNode, predicate: &str, value: &str) {
        for part in parts(value) {
            self.out.name(iri, predicate, part);
        }
    }

    fn owners(&mut self, iri: &NamedNode, value: &str) {
        for part in parts(value) {
            // OpenMetadata writes `user:ann` and `team:sales`.
            let (kind, name) = match part.split_once(':') {
                Some(("user", name)) => (OwnerKind::Person, name),
                Some(("team", name)) => (OwnerKind::Organization, name),
                _ => (OwnerKind::Unknown, part),
            };
            let (name, mail) = name_and_mail(name);
            let owner = self.out.owner(name, kind, mail);
            self.out.link(iri, prov::WAS_ATTRIBUTED_TO, &owner);
        }
    }

    fn links(&mut self, iri: &NamedNode, value: &str) {
        for part in parts(value) {
            let page = part
                .split_whitespace()
                .last()
                .filter(|page| is_absolute_iri(page));
            match page.and_then(|page| NamedNode::new(page).ok()) {
                Some(page) => self.out.link(iri, rdfs::SEE_ALSO, &page),
                None => self.out.extra(iri, "link", &part.into()),
            }
        }
    }

    /// Gives the term that a cell names; one that is in no row becomes a term of that name.
    fn other(&mut self, reference: &str) -> NamedNode {
        if let Some(known) = self.index.find(reference) {
            return known;
        }
        let name = reference.rsplit('>').next().unwrap_or(reference).trim();
        if is_absolute_iri(name) {
            return named(name);
        }
        let iri = self.out.iri(IriKind::Term, &[name]);
        let known = self.index.by_name.entry(name.to_lowercase());
        // Where two terms have the name, the reference stands for neither for sure.
        known.or_insert_with(|| Some(iri.clone()));
        self.out.class(&iri, iso::TERM);
        self.out.class(&iri, skos::CONCEPT);
        self.out.name(&iri, skos::PREF_LABEL, name);
        let message = format!("`{name}` is in no row of its own; it becomes a term all the same");
        self.report.note("unlisted_term", message, self.at.clone());
        iri
    }
}

/// Splits a cell that holds many values: at semicolons, bars and line breaks, else at commas.
fn parts(value: &str) -> impl Iterator<Item = &str> {
    let is_strong = value.contains([';', '|', '\n']);
    let splits = move |c: char| {
        if is_strong {
            matches!(c, ';' | '|' | '\n')
        } else {
            c == ','
        }
    };
    value
        .split(splits)
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

/// Takes `Ann Lee <ann@example.org>` apart.
fn name_and_mail(text: &str) -> (&str, Option<&str>) {
    let text = text.trim();
    match text.strip_suffix('>').and_then(|text| text.split_once('<')) {
        Some((name, mail)) if !name.trim().is_empty() => (name.trim(), Some(mail.trim())),
        _ => (text, None),
    }
}
