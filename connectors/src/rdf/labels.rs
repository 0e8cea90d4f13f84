//! Labels that are things of their own (SKOS-XL): what they are written as is said of the concept too, where everybody looks.

use std::collections::BTreeMap;

use graph_core::rdf::{NamedOrBlankNode, RdfTerm, Statement};
use ontologies::skos;

use crate::statements::named;

const XL: &str = "http://www.w3.org/2008/05/skos-xl#";
/// The properties that lead to a label, with those that hold its text.
const LINKS: [(&str, &str); 3] = [
    ("prefLabel", skos::PREF_LABEL),
    ("altLabel", skos::ALT_LABEL),
    ("hiddenLabel", skos::HIDDEN_LABEL),
];

/// The labels of a document.
#[derive(Debug, Default)]
pub(super) struct Labels {
    /// What a label is written as.
    forms: BTreeMap<String, Vec<RdfTerm>>,
    links: Vec<(NamedOrBlankNode, &'static str, String)>,
}

impl Labels {
    /// Looks at a statement of the document.
    pub(super) fn see(&mut self, statement: &Statement) {
        let Some(word) = statement.predicate.as_str().strip_prefix(XL) else {
            return;
        };
        if word == "literalForm" {
            let label = statement.subject.to_string();
            let forms = self.forms.entry(label).or_default();
            forms.push(statement.object.clone());
        } else if let Some((_, plain)) = LINKS.iter().find(|(known, _)| *known == word) {
            let label = statement.object.to_string();
            self.links.push((statement.subject.clone(), plain, label));
        }
    }

    /// Gives the statements that say the labels plainly.
    pub(super) fn plain(self) -> impl Iterator<Item = Statement> {
        let Self { forms, links } = self;
        links.into_iter().flat_map(move |(subject, plain, label)| {
            let forms = forms.get(&label).cloned().unwrap_or_default();
            forms.into_iter().map(move |form| Statement {
                subject: subject.clone(),
                predicate: named(plain),
                object: form,
            })
        })
    }
}
