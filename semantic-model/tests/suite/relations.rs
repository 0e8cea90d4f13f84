//! Relations of terms that an ontology names.

use expect_test::expect;
use semantic_model::Model;

use crate::graph::snapshot;

const ONTOLOGY: &str = r#"
:Party a owl:Class ; rdfs:label "party" .
:Person a owl:Class ; rdfs:label "person" ; rdfs:subClassOf :Party .
:Company a owl:Class ; rdfs:label "company" ;
    rdfs:subClassOf :Party, [ a owl:Restriction ; owl:onProperty :employs ; owl:someValuesFrom :Person ] .
:Account a owl:Class ; rdfs:label "account" ;
    owl:equivalentClass [ a owl:Restriction ; owl:onProperty :heldBy ;
        owl:allValuesFrom [ a owl:Class ; owl:unionOf (:Person :Company) ] ] .
:employs a owl:ObjectProperty ; rdfs:label "employs" .
:heldBy a owl:ObjectProperty ; rdfs:label "is held by" ; rdfs:domain :Account ; rdfs:range :Party .
:signs a owl:ObjectProperty ; rdfs:label "signs" ;
    rdfs:domain [ a owl:Class ; owl:unionOf (:Person :Company) ] ; rdfs:range :Contract .
:Contract a owl:Class ; rdfs:label "contract" ; :governs :Account .
:governs a owl:ObjectProperty ; rdfs:label "governs" .
:age a owl:DatatypeProperty ; rdfs:domain :Person ; rdfs:range <http://www.w3.org/2001/XMLSchema#int> .
:memberOf a rdf:Property ; rdfs:label "member of" ;
    <https://schema.org/domainIncludes> :Person ; <https://schema.org/rangeIncludes> :Company, :Party .
"#;

fn relations(term: &str) -> String {
    let graph = snapshot(&[("words", ONTOLOGY)]);
    let model = Model::new(&graph);
    let term = model
        .term(&format!("https://example.org/{term}"))
        .expect("it is a term");
    let relations = term.relations(100).into_iter().map(|relation| {
        let arrow = if relation.is_inverse { "<-" } else { "->" };
        let (property, target) = (relation.property.label(), relation.target.label());
        format!("{arrow} {property} {target}")
    });
    relations.collect::<Vec<_>>().join("\n")
}

#[test]
fn domains_ranges_and_unions_relate_terms() {
    expect![[r#"
        <- employs company
        -> member of company
        -> member of party
        -> signs contract"#]]
    .assert_eq(&relations("Person"));
    expect![[r#"
        <- is held by account
        <- member of person"#]]
    .assert_eq(&relations("Party"));
}

#[test]
fn restrictions_and_links_relate_terms() {
    expect![[r#"
        -> employs person
        <- member of person
        -> signs contract"#]]
    .assert_eq(&relations("Company"));
    expect![[r#"
        <- governs contract
        -> is held by company
        -> is held by party
        -> is held by person"#]]
    .assert_eq(&relations("Account"));
    expect![[r#"
        -> governs account
        <- signs company
        <- signs person"#]]
    .assert_eq(&relations("Contract"));
}
