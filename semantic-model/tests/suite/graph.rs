//! Small graphs in Turtle, one document a source.

use std::fmt::Write as _;
use std::sync::Arc;

use graph_core::rdf::Statement;
use graph_core::{Change, Commit, Snapshot, Store, Timestamp};
use oxrdfio::{RdfFormat, RdfParser};
use semantic_model::Entity;

/// Reads each document as the source of that name; the prefixes of the vocabulary are known to all.
pub(crate) fn snapshot(sources: &[(&str, &str)]) -> Arc<Snapshot> {
    let sources: Vec<(&str, Vec<Statement>)> = sources
        .iter()
        .map(|(name, document)| (*name, statements(document)))
        .collect();
    commit(&sources)
}

/// Commits the statements of each source of that name.
pub(crate) fn commit(sources: &[(&str, Vec<Statement>)]) -> Arc<Snapshot> {
    let store = Store::in_memory();
    for (name, statements) in sources {
        let commit = Commit {
            source: name.parse().expect("the test names its sources well"),
            kind: "rdf".to_owned(),
            actor: "test".to_owned(),
            time: Timestamp(0),
            change: Change::Replace(statements.clone()),
        };
        store
            .commit(commit)
            .expect("a store in memory takes every commit");
    }
    store.snapshot()
}

fn statements(document: &str) -> Vec<Statement> {
    let mut turtle = "@prefix : <https://example.org/> .\n".to_owned();
    for (prefix, namespace) in ontologies::prefixes() {
        writeln!(turtle, "@prefix {prefix}: <{namespace}> .").expect("a string takes every text");
    }
    turtle.push_str(document);
    let quads = RdfParser::from_format(RdfFormat::Turtle).for_slice(&turtle);
    quads
        .map(|quad| Statement::from(quad.expect("the test writes valid Turtle")))
        .collect()
}

/// The labels of some views, in their order.
pub(crate) fn labels<'m>(entities: impl IntoIterator<Item = impl Into<Entity<'m>>>) -> String {
    let labels: Vec<String> = entities
        .into_iter()
        .map(|entity| entity.into().label())
        .collect();
    labels.join(", ")
}

/// A company of two domains: what dbt, a warehouse, a glossary, a contract and a query log say of it.
pub(crate) const MESH: &[(&str, &str)] = &[
    ("dbt", DBT),
    ("warehouse", WAREHOUSE),
    ("glossary", GLOSSARY),
    ("contract", CONTRACT),
    ("log", LOG),
];

const DBT: &str = r#"
:care a iso:Domain, skos:Concept ; skos:prefLabel "Care" ; skos:definition "All that has to do with treatment." .
:finance a iso:Domain, skos:Concept ; skos:prefLabel "Finance" .
:visits a dprod:DataProduct ; dcterms:title "Visits" ; iso:name "visits" ; dcterms:description "Every visit." ;
    dprod:domain :care ; dprod:dataProductOwner :ann ; dprod:purpose "Planning" ; iso:status "active" ;
    dprod:outputDataset :fct_visits ; dprod:inputDataset :raw_visits ; dcat:keyword "core", "care" .
:ann a prov:Agent, foaf:Person ; foaf:name "Ann Lee" ; foaf:mbox <mailto:ann@example.org> .
:raw_visits a dcat:Dataset ; iso:name "raw_visits" ; iso:materialization "source" .
:fct_visits a dcat:Dataset, csvw:Table ; iso:name "fct_visits" ; dcterms:description "One row a visit." ;
    iso:qualifiedName "postgres://shop.care.fct_visits" ; iso:materialization "table" ; iso:rowCount 1200 ;
    prov:wasDerivedFrom :raw_visits ; csvw:tableSchema :fct_visits_schema .
:fct_visits_schema a csvw:Schema ; csvw:primaryKey "visit_id" ; csvw:column :visit_id, :patient_id, :cost .
:visit_id a csvw:Column ; csvw:name "visit_id" ; iso:position 1 ; csvw:required true ; csvw:datatype "bigint" .
:patient_id a csvw:Column ; csvw:name "patient_id" ; iso:position 2 ; iso:references :patients_id ;
    iso:represents :patient ; iso:classification "pii" .
:cost a csvw:Column ; csvw:name "cost" ; dcterms:title "Cost of the visit" ; iso:position 3 ; csvw:required false .
:visit_cost a iso:Metric, qb:MeasureProperty ; dcterms:title "Visit cost" ; iso:name "visit_cost" ;
    iso:expression "sum(cost)" ; iso:aggregation "sum" ; iso:inDomain :care ; qb:concept :spend ;
    prov:wasDerivedFrom :cost .
:not_null a dqv:Metric ; dcterms:title "not_null" ; dcterms:description "visit_id is never null" .
:check a dqv:QualityMeasurement ; dqv:computedOn :visit_id ; dqv:isMeasurementOf :not_null ; dqv:value true ;
    iso:status "pass" .
"#;

const WAREHOUSE: &str = r#"
:pg_fct_visits a dcat:Dataset, csvw:Table ; iso:name "fct_visits" ; iso:qualifiedName "postgres://shop.care.fct_visits" ;
    dcterms:conformsTo :visits_contract ; iso:represents :visit ; csvw:tableSchema :pg_schema .
:pg_schema a csvw:Schema ; csvw:column :pg_visit_id .
:pg_visit_id a csvw:Column ; csvw:name "visit_id" ; iso:position 1 .
:patients a dcat:Dataset ; iso:name "patients" ; csvw:tableSchema :patients_schema ; iso:inDomain :care .
:patients_schema a csvw:Schema ; csvw:column :patients_id .
:patients_id a csvw:Column ; csvw:name "id" .
"#;

const GLOSSARY: &str = r#"
:care skos:prefLabel "Care" .
:hospital a iso:Domain, skos:Concept ; skos:prefLabel "Hospital" ; skos:broader :care .
:patient a iso:Term, skos:Concept ; skos:prefLabel "Patient", "Patient"@de ; skos:altLabel "member", "Kranker"@de ;
    skos:hiddenLabel "pat" ; skos:definition "Who is treated." ; iso:inDomain :care ; skos:broader :person ;
    skos:related :visit ; skos:inScheme :words ; iso:about :patients ; skos:exactMatch <https://other.example/Patient> .
:person a iso:Term, skos:Concept ; skos:prefLabel "Person" ; iso:inDomain :care .
:visit a iso:Term, skos:Concept ; skos:prefLabel "Visit" ; iso:inDomain :care ; iso:inProduct :visits .
:spend a iso:Term, skos:Concept ; skos:prefLabel "Spend" ; iso:inDomain :finance ; iso:expression "sum(amount)" .
:words a skos:ConceptScheme ; skos:prefLabel "The words" .
"#;

const CONTRACT: &str = r#"
:visits_contract a iso:DataContract, dcterms:Standard ; dcterms:title "Visits contract" ; dcat:version "1.2.0" ;
    iso:status "active" ; iso:inProduct :visits ; iso:extra "price={}" .
:fct_visits dcterms:description "One row a visit." .
"#;

const LOG: &str = r#"
:u1 a duv:Usage, prov:Activity ; prov:used :fct_visits, :cost ; iso:queryCount 40 ; prov:wasAssociatedWith :ann ;
    iso:queryText "select sum(cost) from fct_visits" .
:u2 a duv:Usage, prov:Activity ; prov:used :fct_visits .
:run a prov:Activity ; prov:used :fct_visits .
"#;
