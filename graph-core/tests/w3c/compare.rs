//! Compares what came out with what should have: rows and graphs are equal when one renaming of blank nodes makes them so.

use std::collections::HashMap;

use oxrdf::Term;
use oxrdf::dataset::CanonicalizationAlgorithm;
use oxrdf::vocab::{rdf, xsd};
use oxrdf::{BlankNode, Dataset, Graph, NamedNodeRef, NamedOrBlankNode, NamedOrBlankNodeRef};

const RS: &str = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#";

/// The result of a query, gathered.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "few of them live at once")]
pub(crate) enum Gathered {
    Boolean(bool),
    Rows {
        variables: Vec<String>,
        rows: Vec<HashMap<String, Term>>,
        ordered: bool,
    },
    Graph(Graph),
}

/// Tells whether two results say the same.
pub(crate) fn same(expected: &Gathered, found: &Gathered) -> bool {
    match (expected, found) {
        (Gathered::Boolean(a), Gathered::Boolean(b)) => a == b,
        (Gathered::Graph(a), Gathered::Graph(b)) => canonical(a) == canonical(b),
        (
            Gathered::Rows {
                variables: a,
                rows: expected,
                ordered,
            },
            Gathered::Rows {
                variables: b,
                rows: found,
                ..
            },
        ) => {
            let sorted = |names: &[String]| {
                let mut names = names.to_vec();
                names.sort();
                names
            };
            sorted(a) == sorted(b)
                && expected.len() == found.len()
                && rows_match(expected, &mut found.clone(), *ordered, &Naming::default())
        }
        _ => false,
    }
}

pub(crate) fn canonical(graph: &Graph) -> Graph {
    let mut graph = graph.clone();
    graph.canonicalize(CanonicalizationAlgorithm::Unstable);
    graph
}

pub(crate) fn same_dataset(expected: &Dataset, found: &Dataset) -> bool {
    let canonical = |dataset: &Dataset| {
        let mut dataset = dataset.clone();
        dataset.canonicalize(CanonicalizationAlgorithm::Unstable);
        dataset
    };
    canonical(expected) == canonical(found)
}

/// Which blank node stands for which, both ways.
#[derive(Clone, Default)]
struct Naming {
    there: HashMap<BlankNode, BlankNode>,
    back: HashMap<BlankNode, BlankNode>,
}

fn rows_match(
    expected: &[HashMap<String, Term>],
    found: &mut Vec<HashMap<String, Term>>,
    ordered: bool,
    naming: &Naming,
) -> bool {
    let Some((first, rest)) = expected.split_first() else {
        return true;
    };
    let candidates = if ordered { 1 } else { found.len() };
    for at in 0..candidates {
        let mut naming = naming.clone();
        if !row_matches(first, &found[at], &mut naming) {
            continue;
        }
        let row = found.remove(at);
        if rows_match(rest, found, ordered, &naming) {
            return true;
        }
        found.insert(at, row);
    }
    false
}

fn row_matches(
    expected: &HashMap<String, Term>,
    found: &HashMap<String, Term>,
    naming: &mut Naming,
) -> bool {
    expected.len() == found.len()
        && expected.iter().all(|(name, term)| {
            found
                .get(name)
                .is_some_and(|other| term_matches(term, other, naming))
        })
}

fn term_matches(expected: &Term, found: &Term, naming: &mut Naming) -> bool {
    match (expected, found) {
        (Term::BlankNode(a), Term::BlankNode(b)) => {
            let there = naming.there.entry(a.clone()).or_insert_with(|| b.clone());
            let back = naming.back.entry(b.clone()).or_insert_with(|| a.clone());
            there == b && back == a
        }
        (Term::Triple(a), Term::Triple(b)) => {
            let subjects: (Term, Term) = (a.subject.clone().into(), b.subject.clone().into());
            a.predicate == b.predicate
                && term_matches(&subjects.0, &subjects.1, naming)
                && term_matches(&a.object, &b.object, naming)
        }
        (a, b) => a == b || same_number(a, b),
    }
}

/// A computed number may be written in another of the forms that its datatype has for the same value.
fn same_number(a: &Term, b: &Term) -> bool {
    let (Term::Literal(a), Term::Literal(b)) = (a, b) else {
        return false;
    };
    let numeric = [xsd::INTEGER, xsd::DECIMAL, xsd::DOUBLE, xsd::FLOAT];
    a.datatype() == b.datatype()
        && numeric.contains(&a.datatype())
        && match (a.value().parse::<f64>(), b.value().parse::<f64>()) {
            (Ok(a), Ok(b)) => a.total_cmp(&b).is_eq(),
            _ => false,
        }
}

/// Reads a result that is written as a graph: a `rs:ResultSet`, or else the graph itself.
pub(crate) fn from_graph(graph: Graph) -> Gathered {
    let rs = |name: &str| oxrdf::NamedNode::new_unchecked(format!("{RS}{name}"));
    let set = graph
        .subject_for_predicate_object(rdf::TYPE, rs("ResultSet").as_ref())
        .map(NamedOrBlankNodeRef::into_owned);
    let Some(set) = set else {
        return Gathered::Graph(graph);
    };
    let one = |node: &NamedOrBlankNode, name: &str| -> Option<Term> {
        let found = graph.object_for_subject_predicate(node, rs(name).as_ref())?;
        Some(found.into_owned())
    };
    let many = |node: &NamedOrBlankNode, name: NamedNodeRef<'_>| -> Vec<Term> {
        let found = graph.objects_for_subject_predicate(node, name);
        found.map(oxrdf::TermRef::into_owned).collect()
    };
    if let Some(Term::Literal(answer)) = one(&set, "boolean") {
        return Gathered::Boolean(answer.value() == "true");
    }
    let mut rows = Vec::new();
    for solution in many(&set, rs("solution").as_ref()) {
        let solution = node(solution);
        let mut row = HashMap::new();
        for binding in many(&solution, rs("binding").as_ref()) {
            let binding = node(binding);
            let name = literal(one(&binding, "variable"));
            row.insert(name, one(&binding, "value").unwrap());
        }
        let index = one(&solution, "index").map(|index| literal(Some(index)));
        rows.push((index.map(|index| index.parse::<usize>().unwrap()), row));
    }
    let ordered = !rows.is_empty() && rows.iter().all(|(index, _)| index.is_some());
    rows.sort_by_key(|(index, _)| *index);
    Gathered::Rows {
        variables: many(&set, rs("resultVariable").as_ref())
            .into_iter()
            .map(|name| literal(Some(name)))
            .collect(),
        rows: rows.into_iter().map(|(_, row)| row).collect(),
        ordered,
    }
}

fn literal(term: Option<Term>) -> String {
    match term {
        Some(Term::Literal(literal)) => literal.value().to_owned(),
        other => panic!("{other:?} is no literal"),
    }
}

fn node(term: Term) -> NamedOrBlankNode {
    match term {
        Term::NamedNode(node) => node.into(),
        Term::BlankNode(node) => node.into(),
        other => panic!("{other} is no node"),
    }
}

/// A readable list of statements, for messages.
pub(crate) fn lines(dataset: &Dataset) -> String {
    let mut lines: Vec<String> = dataset.iter().map(|quad| quad.to_string()).collect();
    lines.sort();
    lines.join("\n")
}
