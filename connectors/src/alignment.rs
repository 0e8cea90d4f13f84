//! Alignments of ontologies, in the format of the Alignment API that the OAEI uses: RDF/XML or any other RDF.
//!
//! Each cell is a candidate: `skos:exactMatch`, `closeMatch`, `broadMatch`, `narrowMatch` or `relatedMatch` between two
//! entities, with the measure as `iso:confidence` of that statement. Nothing is merged by it.
//! `docs/formats/alignment.md` is the user's page.

use std::collections::BTreeMap;

use graph_core::rdf::{NamedNode, NamedOrBlankNode, RdfTerm, Statement};
use ontologies::{iso, owl, prov, rdf as rdf_words, skos};
use semantic_model::identity::IriKind;

use crate::statements::named;
use crate::{Input, Kind, Location, Options, Report, Severity, StatementBuilder};

/// The vocabulary of the format, without the `#` that some writers add.
pub(crate) const NAMESPACE: &str = "http://knowledgeweb.semanticweb.org/heterogeneity/alignment";
/// What links a statement about a statement to it.
const REIFIES: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies";
/// From which measure on an equivalence is taken as exact.
const EXACT_MIN: f64 = 1.0;

/// Reads alignments.
pub fn read(
    inputs: Vec<Input>,
    options: &Options,
    report: &mut Report,
    out: &mut StatementBuilder,
) {
    for input in inputs {
        let file = input.name.clone();
        let last = input.file_name();
        let mut triples = StatementBuilder::new(&options.source);
        let mut own = Report::new(Kind::Alignment);
        crate::rdf::read(vec![input], options, &mut own, &mut triples);
        pass_on(own, report);
        let nodes = Nodes::of(triples.finish());
        let mut writer = Writer {
            out,
            report,
            file: &file,
            alignment: None,
        };
        writer.alignment(&nodes, &last);
        writer.cells(&nodes);
    }
}

/// Passes on what went wrong with the syntax; an id of a cell, which is no RDF, is no loss.
fn pass_on(own: Report, report: &mut Report) {
    for diagnostic in own.diagnostics {
        let is_cell_id =
            diagnostic.code == "unqualified_attributes" && diagnostic.message.contains("`cid`");
        if diagnostic.severity != Severity::Note && !is_cell_id {
            report.push(diagnostic);
        }
    }
}

/// The nodes of a document by what they are called, with what is said of them in the format's own words.
struct Nodes {
    all: BTreeMap<String, Said>,
}

/// What is said of a node: local names of properties with their values.
type Said = Vec<(String, RdfTerm)>;

impl Nodes {
    fn of(statements: Vec<Statement>) -> Self {
        let mut all: BTreeMap<String, Said> = BTreeMap::new();
        for statement in statements {
            let word = match local(statement.predicate.as_str()) {
                Some(word) => word.to_owned(),
                None if statement.predicate.as_str() == rdf_words::TYPE => "a".to_owned(),
                None => statement.predicate.as_str().to_owned(),
            };
            let subject = match statement.subject {
                NamedOrBlankNode::NamedNode(node) => node.into_string(),
                NamedOrBlankNode::BlankNode(node) => node.to_string(),
            };
            all.entry(subject)
                .or_default()
                .push((word, statement.object));
        }
        Self { all }
    }

    /// The nodes of a class, by its local name.
    fn of_class(&self, class: &str) -> impl Iterator<Item = (&String, &Said)> {
        self.all.iter().filter(move |(_, said)| {
            said.iter().any(|(word, value)| {
                matches!((word.as_str(), value), ("a", RdfTerm::NamedNode(found)) if local(found.as_str()) == Some(class))
            })
        })
    }
}

/// The local name of a word of the format.
fn local(iri: &str) -> Option<&str> {
    let rest = iri.strip_prefix(NAMESPACE)?;
    Some(rest.strip_prefix('#').unwrap_or(rest))
}

fn text_of(said: &Said, wanted: &str) -> Option<String> {
    said.iter().find_map(|(word, value)| match value {
        RdfTerm::Literal(literal) if word == wanted => Some(literal.value().trim().to_owned()),
        RdfTerm::NamedNode(node) if word == wanted => Some(node.as_str().to_owned()),
        _ => None,
    })
}

fn iri_of(said: &Said, wanted: &str) -> Option<NamedNode> {
    said.iter().find_map(|(word, value)| match value {
        RdfTerm::NamedNode(node) if word == wanted => Some(node.clone()),
        // Some writers give the entity as a text.
        RdfTerm::Literal(literal) if word == wanted => {
            let text = literal.value().trim();
            semantic_model::identity::is_absolute_iri(text).then(|| named(text))
        }
        _ => None,
    })
}

/// What a relation of the format says, as a word of SKOS and whether it holds from the second entity to the first.
fn predicate(relation: &str, measure: f64) -> Option<&'static str> {
    let last = relation.rsplit(['.', '#', '/']).next().unwrap_or(relation);
    Some(match last.trim_end_matches("Relation") {
        "=" | "Equiv" | "Equivalence" | "equivalence" | "equivalent" => {
            if measure >= EXACT_MIN {
                skos::EXACT_MATCH
            } else {
                skos::CLOSE_MATCH
            }
        }
        // The first entity is narrower than the second.
        "<" | "<=" | "&lt;" | "Subsumed" | "SubsumedBy" | "subsumedBy" | "InstanceOf" => {
            skos::BROAD_MATCH
        }
        ">" | ">=" | "&gt;" | "Subsume" | "Subsumes" | "subsumes" | "HasInstance" => {
            skos::NARROW_MATCH
        }
        "%" | "Incompat" | "Disjoint" | "incompatible" => owl::DISJOINT_WITH,
        "~" | "?" | "~>" | "NonTransitiveImplication" | "related" => skos::RELATED_MATCH,
        _ => return None,
    })
}

struct Writer<'a> {
    out: &'a mut StatementBuilder,
    report: &'a mut Report,
    file: &'a str,
    alignment: Option<NamedNode>,
}

impl Writer<'_> {
    fn warn(&mut self, code: &'static str, message: String, key: &str) {
        let at = Location::file(self.file).key(key);
        self.report.warning(code, message, at);
        self.report.skipped += 1;
    }

    /// Writes how the cells came to be, as the activity that they come from.
    fn alignment(&mut self, nodes: &Nodes, name: &str) {
        let Some((_, said)) = nodes.of_class("Alignment").next() else {
            let at = Location::file(self.file);
            let message = "this document has no `Alignment`; its cells are read all the same";
            self.report.warning("no_alignment", message, at);
            return;
        };
        let iri = self.out.iri(IriKind::Activity, &["alignment", name]);
        self.out.class(&iri, prov::ACTIVITY);
        self.out.name(&iri, ontologies::dcterms::TITLE, name);
        for (word, value) in said {
            match value {
                RdfTerm::NamedNode(node) if word == "onto1" || word == "onto2" => {
                    self.out.link(&iri, prov::USED, node);
                }
                RdfTerm::Literal(literal) if word != "a" => {
                    self.out.extra(&iri, word, &literal.value().into());
                }
                _ => {}
            }
        }
        self.report.understood("alignment");
        self.alignment = Some(iri);
    }

    fn cells(&mut self, nodes: &Nodes) {
        for (position, (_, said)) in (1..).zip(nodes.of_class("Cell")) {
            self.cell(said, &format!("Cell[{position}]"));
        }
    }

    fn cell(&mut self, said: &Said, key: &str) {
        let (Some(one), Some(other)) = (iri_of(said, "entity1"), iri_of(said, "entity2")) else {
            let message =
                "a cell does not name two entities; expressions over entities are not read";
            self.warn("bad_cell", message.to_owned(), key);
            return;
        };
        let relation = text_of(said, "relation").unwrap_or_else(|| "=".to_owned());
        let measure = text_of(said, "measure");
        // Some matchers write numbers as people of their country do.
        let plain = measure.as_deref().map(|text| text.trim().replace(',', "."));
        let number = plain.and_then(|text| text.parse::<f64>().ok());
        let number = number.filter(|number| (0.0..=1.0).contains(number));
        if let (Some(text), None) = (&measure, number) {
            let message = format!("the measure `{text}` is no number from 0 to 1 and is left out");
            self.warn("bad_measure", message, key);
        }
        let known = predicate(&relation, number.unwrap_or(EXACT_MIN));
        let statement = Statement {
            subject: one.clone().into(),
            predicate: named(known.unwrap_or(skos::RELATED_MATCH)),
            object: other.clone().into(),
        };
        self.report.understood("match");
        self.out.statement(statement.clone());
        let path = ["match", one.as_str(), &relation, other.as_str()];
        let about = self.out.iri(IriKind::Derivation, &path);
        self.out
            .add(about.clone(), REIFIES, RdfTerm::from(statement));
        if let Some(number) = number {
            self.out.double(&about, iso::CONFIDENCE, number);
        }
        if let Some(alignment) = self.alignment.clone() {
            self.out.link(&about, prov::WAS_GENERATED_BY, &alignment);
        }
        if known.is_none() {
            self.out
                .extra(&about, "relation", &relation.as_str().into());
            let at = Location::file(self.file).key(key);
            let message = format!(
                "the relation `{relation}` is not known; the entities are only said to be related"
            );
            self.report.note("unknown_relation", message, at);
        }
        for (word, value) in said {
            let handled = ["a", "entity1", "entity2", "measure", "relation"];
            if let (false, RdfTerm::Literal(literal)) = (handled.contains(&word.as_str()), value) {
                self.out.extra(&about, word, &literal.value().into());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::shared::{lines, options, read_shared, read_texts, report_lines, shared};
    use crate::{Input, Kind};

    fn document(cells: &str) -> String {
        format!(
            "<?xml version='1.0'?><rdf:RDF xmlns='http://knowledgeweb.semanticweb.org/heterogeneity/alignment#' \
             xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><Alignment><method>names</method>\
             <onto1><Ontology rdf:about='http://a'/></onto1>{cells}</Alignment></rdf:RDF>"
        )
    }

    fn cell(one: &str, other: &str, measure: &str, relation: &str) -> String {
        format!(
            "<map><Cell><entity1 rdf:resource='{one}'/><entity2 rdf:resource='{other}'/>\
             <measure>{measure}</measure><relation>{relation}</relation></Cell></map>"
        )
    }

    #[test]
    fn cells_become_candidate_matches_with_their_measure() {
        let cells = [
            cell("http://a#1", "http://b#1", "1.0", "="),
            cell("http://a#2", "http://b#2", "0.75", "="),
            cell("http://a#3", "http://b#3", "0.5", "&lt;"),
            cell(
                "http://a#4",
                "http://b#4",
                "0.5",
                "fr.inrialpes.exmo.align.impl.rel.SubsumeRelation",
            ),
            cell("http://a#5", "http://b#5", "many", "odd"),
            cell("http://a#7", "http://b#7", "0,25", "&lt;="),
            "<map><Cell><entity1 rdf:resource='http://a#6'/></Cell></map>".to_owned(),
        ];
        let text = document(&cells.concat());
        let read = read_texts(Kind::Alignment, &[("x.rdf", &text)], &options());
        let found = lines(&read);
        for line in [
            "http://a#1 skos:exactMatch http://b#1",
            "http://a#2 skos:closeMatch http://b#2",
            "http://a#3 skos:broadMatch http://b#3",
            "http://a#4 skos:narrowMatch http://b#4",
            "http://a#5 skos:relatedMatch http://b#5",
            "http://a#7 skos:broadMatch http://b#7",
            "activity:s/alignment/x.rdf iso:extra \"method=\\\"names\\\"\"",
            "activity:s/alignment/x.rdf prov:used http://a",
        ] {
            assert!(found.lines().any(|one| one == line), "{line}\n{found}");
        }
        assert!(
            found.contains("iso:confidence \"0.75\"^^<xsd:double>"),
            "{found}"
        );
        assert!(found.contains("iso:confidence \"0.25\""), "{found}");
        assert_eq!(read.report.understood["match"], 6);
        let report = report_lines(&read.report);
        for part in [
            "the measure `many` is no number",
            "the relation `odd` is not known",
            "does not name two entities",
        ] {
            assert!(report.contains(part), "{part}\n{report}");
        }
    }

    #[test]
    fn what_is_no_alignment_is_an_error_and_nothing_is_lost_of_a_real_one() {
        let other = vec![Input::text("x.rdf", "<html/>")];
        assert!(crate::read(Kind::Alignment, other, &options()).is_err());
        let path = "corpora/alignments/oaei_conference_ecommerce/cmt-conference/reference.xml";
        let Some(read) = read_shared(Kind::Alignment, &[path]) else {
            return;
        };
        let file = shared(path).unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        assert_eq!(Kind::detect(&file), Some(Kind::Alignment));
        let cells = text.matches("<Cell ").count() as u64;
        assert!(cells > 10, "{cells}");
        assert_eq!(read.report.understood["match"], cells);
        assert_eq!(read.report.skipped, 0, "{}", report_lines(&read.report));
    }
}
