//! The report as RDF: a `sh:ValidationReport`.

use graph_core::rdf::{BlankNode, Literal, NamedNode, NamedOrBlankNode, RdfTerm, Statement};

use super::{Finding, Report};
use crate::vocabulary::{RDF_TYPE, XSD, sh};

impl Report {
    /// Returns the report as the statements that SHACL prescribes.
    ///
    /// The findings that were not kept are missing here too, and `sh:conforms` speaks of all.
    pub fn statements(&self) -> Vec<Statement> {
        let mut out = Vec::new();
        let mut next = 0_u32;
        let mut fresh = move || {
            next += 1;
            BlankNode::new_unchecked(format!("r{next}"))
        };
        let report: NamedOrBlankNode = fresh().into();
        add(&mut out, &report, RDF_TYPE, named(&sh("ValidationReport")));
        let conforms = Literal::new_typed_literal(
            self.conforms().to_string(),
            NamedNode::new_unchecked(format!("{XSD}boolean")),
        );
        add(&mut out, &report, &sh("conforms"), conforms.into());
        for finding in &self.findings {
            let result = write(finding, &mut fresh, &mut out);
            add(&mut out, &report, &sh("result"), result);
        }
        out
    }
}

fn write(
    finding: &Finding,
    fresh: &mut impl FnMut() -> BlankNode,
    out: &mut Vec<Statement>,
) -> RdfTerm {
    let result: NamedOrBlankNode = fresh().into();
    add(out, &result, RDF_TYPE, named(&sh("ValidationResult")));
    add(out, &result, &sh("focusNode"), finding.focus.clone());
    if let Some(path) = &finding.path {
        let path = path.write(fresh, out);
        add(out, &result, &sh("resultPath"), path);
    }
    if let Some(value) = &finding.value {
        add(out, &result, &sh("value"), value.clone());
    }
    add(out, &result, &sh("sourceShape"), finding.shape.clone());
    let component = finding.component.iri();
    add(
        out,
        &result,
        &sh("sourceConstraintComponent"),
        component.into(),
    );
    let severity = finding.severity.iri();
    add(out, &result, &sh("resultSeverity"), severity.into());
    for message in &finding.messages {
        add(out, &result, &sh("resultMessage"), message.clone().into());
    }
    if finding.messages.is_empty() {
        let reason = Literal::new_simple_literal(&finding.reason);
        add(out, &result, &sh("resultMessage"), reason.into());
    }
    result.into()
}

fn add(out: &mut Vec<Statement>, subject: &NamedOrBlankNode, predicate: &str, object: RdfTerm) {
    let predicate = NamedNode::new_unchecked(predicate);
    out.push(Statement::new(subject.clone(), predicate, object));
}

fn named(iri: &str) -> RdfTerm {
    NamedNode::new_unchecked(iri).into()
}
