//! The catalog's everyday questions. `{dataset}`, `{hub}`, `{term}`, `{domain}` and `{number}` stand for parameters;
//! each query is asked in [`VARIANTS`] of them.

use crate::generate::{Generator, domain_iri, platform_iri, term_iri};

pub(super) const VARIANTS: usize = 16;

const PREFIXES: &str = "PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX dprod: <https://ekgf.github.io/dprod/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX csvw: <http://www.w3.org/ns/csvw#>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX iso: <https://isogloss.dev/ns#>
";

pub(super) struct Question {
    pub(super) name: &'static str,
    text: &'static str,
}

impl Question {
    /// Tells whether the rows themselves are settled: a LIMIT without ORDER BY settles only their number.
    pub(super) fn is_settled(&self) -> bool {
        !self.text.contains("LIMIT") || self.text.contains("ORDER BY")
    }

    /// The texts of all variants.
    pub(super) fn texts(&self, graph: Generator) -> Vec<String> {
        (0..VARIANTS)
            .map(|at| {
                let text = self
                    .text
                    .replace("{dataset}", &graph.report_dataset(at, VARIANTS))
                    .replace("{hub}", &graph.hub_dataset(at))
                    .replace("{term}", &term_iri(3 + at * 5))
                    .replace("{top}", &term_iri(at))
                    .replace("{domain}", &domain_iri(at * 3 + 1))
                    .replace("{platform}", &platform_iri(at % 3))
                    .replace("{number}", &(at * 3 + 1).to_string());
                format!("{PREFIXES}{text}")
            })
            .collect()
    }
}

const fn ask(name: &'static str, text: &'static str) -> Question {
    Question { name, text }
}

pub(super) const QUESTIONS: [Question; 24] = [
    ask("point", "SELECT ?p ?o WHERE { <{dataset}> ?p ?o }"),
    ask(
        "columns",
        "SELECT ?c ?n ?t WHERE { <{dataset}> csvw:tableSchema ?s . ?s csvw:column ?c . ?c csvw:name ?n ; csvw:datatype ?t }",
    ),
    ask(
        "term-datasets",
        "SELECT DISTINCT ?d ?t WHERE { ?c iso:represents <{term}> . ?s csvw:column ?c . ?d csvw:tableSchema ?s . ?d dcterms:title ?t }",
    ),
    ask(
        "lineage-3",
        "SELECT DISTINCT ?a ?b ?c WHERE { <{dataset}> prov:wasDerivedFrom ?a . ?a prov:wasDerivedFrom ?b . ?b prov:wasDerivedFrom ?c }",
    ),
    ask(
        "lineage-up",
        "SELECT ?u WHERE { <{dataset}> prov:wasDerivedFrom+ ?u }",
    ),
    ask(
        "lineage-down",
        "SELECT (COUNT(?u) AS ?n) WHERE { ?u prov:wasDerivedFrom+ <{hub}> }",
    ),
    ask(
        "lineage-ask",
        "SELECT ?n WHERE { <{hub}> iso:name ?n FILTER EXISTS { <{dataset}> prov:wasDerivedFrom+ <{hub}> } }",
    ),
    ask(
        "contains-page",
        "SELECT ?d ?t WHERE { ?d a dcat:Dataset ; dcterms:title ?t FILTER(CONTAINS(LCASE(?t), \"order report\")) } LIMIT 20",
    ),
    ask(
        "contains-count",
        "SELECT (COUNT(DISTINCT ?d) AS ?n) WHERE { ?d dcterms:title ?t FILTER(CONTAINS(LCASE(STR(?t)), \"payment\")) }",
    ),
    ask(
        "per-domain",
        "SELECT ?m (COUNT(DISTINCT ?d) AS ?n) (SUM(?c) AS ?uses) WHERE { ?p dprod:domain ?m . ?p dprod:outputDataset ?d . \
         ?u prov:used ?d ; iso:queryCount ?c } GROUP BY ?m",
    ),
    ask(
        "conflict-manual",
        "SELECT ?d ?v ?w ?g WHERE { GRAPH <urn:isogloss:source:manual-catalog> { ?d dcterms:publisher ?v } \
         GRAPH ?g { ?d dcterms:publisher ?w } FILTER(?v != ?w) }",
    ),
    ask(
        "conflict-all",
        "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?d dcterms:publisher ?v } GRAPH ?h { ?d dcterms:publisher ?w } \
         FILTER(?v != ?w && STR(?g) < STR(?h)) }",
    ),
    ask(
        "optional-page",
        "SELECT * WHERE { ?p dprod:domain <{domain}> . ?p dprod:outputDataset ?d . ?d dcterms:title ?t OPTIONAL { ?d dcterms:description ?e } \
         OPTIONAL { ?d dcterms:publisher ?o . ?o foaf:name ?n } OPTIONAL { ?d prov:wasDerivedFrom ?u } } LIMIT 50",
    ),
    ask(
        "top-used",
        "SELECT ?d ?t ?n WHERE { ?p dprod:domain <{domain}> . ?p dprod:outputDataset ?d . ?d dcterms:title ?t . ?u prov:used ?d . \
         ?u iso:queryCount ?n } ORDER BY DESC(?n) ?d LIMIT 20",
    ),
    ask(
        "pii-in-domain",
        "SELECT (COUNT(DISTINCT ?c) AS ?n) WHERE { ?c iso:classification \"pii\" . ?s csvw:column ?c . ?d csvw:tableSchema ?s . \
         ?p dprod:outputDataset ?d . ?p dprod:domain <{domain}> }",
    ),
    ask(
        "term-subtree",
        "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?t skos:broader* <{top}> . ?c iso:represents ?t . ?s csvw:column ?c }",
    ),
    ask(
        "per-source",
        "SELECT ?g (COUNT(?d) AS ?n) WHERE { GRAPH ?g { ?d a dcat:Dataset } } GROUP BY ?g",
    ),
    ask(
        "skewed-owner",
        "SELECT ?d ?t WHERE { ?d dcterms:source <{platform}> ; dcterms:publisher ?o ; dcterms:title ?t . ?o foaf:name \"Person {number}\" }",
    ),
    ask(
        "skewed-label",
        "SELECT (COUNT(*) AS ?n) WHERE { ?c csvw:name \"email\" . ?c iso:classification \"pii\" . ?c iso:represents ?t . \
         ?t iso:inDomain <{domain}> . ?t skos:prefLabel ?l FILTER(STRSTARTS(?l, \"Claim\")) }",
    ),
    ask(
        "around",
        "SELECT ?s ?p ?o WHERE { { BIND(<{dataset}> AS ?s) ?s ?p ?o } UNION { BIND(<{dataset}> AS ?o) ?s ?p ?o } }",
    ),
    ask(
        "undocumented",
        "SELECT ?d WHERE { ?p dprod:domain <{domain}> . ?p dprod:outputDataset ?d FILTER NOT EXISTS { ?d dcterms:description ?e } }",
    ),
    ask(
        "column-lineage",
        "SELECT ?c ?n ?u WHERE { <{dataset}> csvw:tableSchema/csvw:column ?c . ?c csvw:name ?n . ?c prov:wasDerivedFrom+ ?u }",
    ),
    ask(
        "big-tables",
        "SELECT ?o (COUNT(?d) AS ?n) (MAX(?r) AS ?most) WHERE { ?d iso:rowCount ?r ; dcterms:publisher ?o FILTER(?r > 500000) } GROUP BY ?o",
    ),
    ask(
        "name-like",
        "SELECT ?d ?n WHERE { ?p dprod:domain <{domain}> ; dprod:outputDataset ?d . ?d iso:name ?n FILTER(REGEX(?n, \"^(claim|order)_.*[05]$\", \"i\")) } ORDER BY ?n",
    ),
];
