//! Each typed view over the mesh.

use expect_test::{Expect, expect};
use graph_core::Scope;
use semantic_model::{Column, Entity, EntityKind, Model, Relation, Source};

use crate::graph::{MESH, labels, snapshot};

fn iri(local: &str) -> String {
    format!("https://example.org/{local}")
}

fn check(actual: &str, expect: &Expect) {
    expect.assert_eq(actual);
}

/// One line each.
fn lines(parts: impl Iterator<Item = String>) -> String {
    parts.map(|line| line + "\n").collect()
}

#[test]
fn every_kind_is_listed() {
    let graph = snapshot(MESH);
    let model = Model::new(&graph);
    let list = |kind: EntityKind| format!("{kind}: {}", labels(model.entities(kind)));
    check(
        &lines(EntityKind::ALL.into_iter().map(list)),
        &expect![[r#"
            domain: Care, Finance, Hospital
            data_product: Visits
            dataset: fct_visits, patients, fct_visits, raw_visits
            column: Cost of the visit, patient_id, id, visit_id, visit_id
            term: Patient, Person, Spend, Visit
            metric: Visit cost
            contract: Visits contract
            owner: Ann Lee
            source: 
        "#]],
    );
    for kind in EntityKind::ALL
        .into_iter()
        .filter(|kind| *kind != EntityKind::Source)
    {
        assert_eq!(model.count(kind), model.entities(kind).len());
        assert!(
            model
                .entities(kind)
                .into_iter()
                .all(|entity| entity.kind() == Some(kind))
        );
    }
    assert_eq!(model.count(EntityKind::Source), MESH.len());
}

#[test]
fn a_domain_knows_what_lies_in_it() {
    let graph = snapshot(MESH);
    let model = Model::new(&graph);
    let care = model.domain(&iri("care")).unwrap();
    check(
        &format!(
            "{}: {}\nchildren: {}\nproducts: {}\ndatasets: {}\nglossary: {}\nmetrics: {}\n",
            care.label(),
            care.definition().unwrap_or_default(),
            labels(care.children()),
            labels(care.data_products()),
            labels(care.datasets()),
            labels(care.glossary()),
            labels(care.metrics()),
        ),
        &expect![[r#"
            Care: All that has to do with treatment.
            children: Hospital
            products: Visits
            datasets: fct_visits, patients
            glossary: Patient, Person, Visit
            metrics: Visit cost
        "#]],
    );
    let hospital = model.domain(&iri("hospital")).unwrap();
    assert_eq!(hospital.parent(), Some(care));
    assert_eq!(hospital.domain(), Some(care));
    assert!(model.term(&iri("care")).is_none());
}

#[test]
fn a_data_product_leads_to_all_it_offers() {
    let graph = snapshot(MESH);
    let model = Model::new(&graph);
    let visits = model.product(&iri("visits")).unwrap();
    check(
        &format!(
            "{} ({}), {}: {}\npurpose: {}\nstatus: {}\ndomain: {}\nowners: {}\noffers: {}\nreads: {}\ncontracts: {}\nglossary: {}\nkeywords: {}\n",
            visits.label(),
            visits.name().unwrap_or_default(),
            visits.iri(),
            visits.description().unwrap_or_default(),
            visits.purpose().unwrap_or_default(),
            visits.lifecycle_status().unwrap_or_default(),
            labels(visits.domains()),
            labels(visits.owners()),
            labels(visits.datasets()),
            labels(visits.input_datasets()),
            labels(visits.contracts()),
            labels(visits.glossary()),
            visits.keywords().join(", "),
        ),
        &expect![[r#"
            Visits (visits), https://example.org/visits: Every visit.
            purpose: Planning
            status: active
            domain: Care
            owners: Ann Lee
            offers: fct_visits
            reads: raw_visits
            contracts: Visits contract
            glossary: Visit
            keywords: care, core
        "#]],
    );
}

#[test]
fn a_dataset_shares_what_its_twin_says() {
    let graph = snapshot(MESH);
    let model = Model::new(&graph);
    let shared = |name: &str| {
        let dataset = model.dataset(&iri(name)).unwrap();
        assert_eq!(dataset.twins().len(), 1);
        format!(
            "domain: {}\nproducts: {}\nterms: {}\ncontracts: {}\nowners: {}\n",
            labels(dataset.domains()),
            labels(dataset.products()),
            labels(dataset.terms()),
            labels(dataset.contracts()),
            labels(dataset.owners()),
        )
    };
    check(
        &shared("fct_visits"),
        &expect![[r#"
            domain: Care
            products: Visits
            terms: Visit
            contracts: Visits contract
            owners: Ann Lee
        "#]],
    );
    assert_eq!(shared("fct_visits"), shared("pg_fct_visits"));
    assert_eq!(
        model
            .datasets_named("postgres://shop.care.fct_visits")
            .len(),
        2
    );
    assert!(model.datasets_named("postgres://nowhere").is_empty());
}

#[test]
fn a_dataset_tells_its_shape_use_and_quality() {
    let graph = snapshot(MESH);
    let model = Model::new(&graph);
    let visits = model.dataset(&iri("fct_visits")).unwrap();
    let columns = visits.columns().into_iter().map(|column| {
        format!(
            "  {} {:?} {:?} key: {} refers to: {}",
            column.label(),
            column.datatype(),
            column.required(),
            column.is_primary_key(),
            labels(column.references())
        )
    });
    check(
        &format!(
            "{} {:?} {:?}\n{}used {} times, upstream: {}, metrics: {}\n{:#?}\n",
            visits.label(),
            visits.materialization(),
            visits.row_count(),
            lines(columns),
            visits.usage_count(),
            labels(visits.upstream()),
            labels(visits.metrics()),
            visits
                .checks()
                .into_iter()
                .map(|check| (check.rule, check.description, check.status, check.value))
                .collect::<Vec<_>>(),
        ),
        &expect![[r#"
            fct_visits Some("table") Some(1200)
              visit_id Some("bigint") Some(true) key: true refers to: 
              patient_id None None key: false refers to: id
              Cost of the visit None Some(false) key: false refers to: 
            used 41 times, upstream: raw_visits, metrics: Visit cost
            [
                (
                    "not_null",
                    Some(
                        "visit_id is never null",
                    ),
                    Some(
                        "pass",
                    ),
                    Some(
                        "true",
                    ),
                ),
            ]
        "#]],
    );
    let most = &visits.usages()[0];
    assert_eq!(
        (most.queries, most.text.as_deref()),
        (40, Some("select sum(cost) from fct_visits"))
    );
    assert_eq!(
        most.by.map(|owner| owner.label()).as_deref(),
        Some("Ann Lee")
    );
    assert_eq!(
        visits.column("VISIT_ID").map(Column::position),
        Some(Some(1))
    );
    assert!(visits.column("nowhere").is_none());
}

#[test]
fn a_column_belongs_where_its_dataset_does() {
    let graph = snapshot(MESH);
    let model = Model::new(&graph);
    let patient_id = model.column(&iri("patient_id")).unwrap();
    check(
        &format!(
            "dataset: {}\ndomain: {}\nproduct: {}\nowners: {}\nterms: {}\nclassification: {}\n",
            labels(patient_id.dataset()),
            labels(patient_id.domains()),
            labels(patient_id.products()),
            labels(patient_id.owners()),
            labels(patient_id.terms()),
            patient_id.classifications().join(", "),
        ),
        &expect![[r#"
            dataset: fct_visits
            domain: Care
            product: Visits
            owners: Ann Lee
            terms: Patient
            classification: pii
        "#]],
    );
    let id = model.column(&iri("patients_id")).unwrap();
    assert_eq!(id.referenced_by(), [patient_id]);
    assert_eq!(model.column(&iri("cost")).unwrap().usage_count(), 40);
}

#[test]
fn a_term_knows_its_words_and_carriers() {
    let graph = snapshot(MESH);
    let model = Model::new(&graph);
    let patient = model.term(&iri("patient")).unwrap();
    check(
        &format!(
            "{}: {}\nalso: {}\nhidden: {}\nevery name: {}\nbroader: {}\nrelated: {}\nschemes: {}\nabout: {}\ncarriers: {}\nmatches: {}\n",
            patient.label(),
            patient.definition().unwrap_or_default(),
            patient.alt_labels().join(", "),
            patient.hidden_labels().join(", "),
            patient.labels().join(", "),
            labels(patient.broader()),
            labels(patient.related()),
            labels(patient.schemes()),
            labels(patient.about()),
            labels(patient.carriers()),
            labels(patient.exact_matches()),
        ),
        &expect![[r#"
            Patient: Who is treated.
            also: member, Kranker
            hidden: pat
            every name: Patient, member, Kranker, pat
            broader: Person
            related: Visit
            schemes: The words
            about: patients
            carriers: patient_id
            matches: Patient
        "#]],
    );
    let person = model.term(&iri("person")).unwrap();
    assert_eq!(person.narrower(), [patient]);
    let visit = model.term(&iri("visit")).unwrap();
    assert_eq!(visit.related(), [patient]);
    let spend = model.term(&iri("spend")).unwrap();
    assert_eq!(
        (labels(spend.carriers()), labels(spend.domain())),
        ("Visit cost".into(), "Finance".into())
    );
    assert_eq!(spend.expression().as_deref(), Some("sum(amount)"));
}

#[test]
fn a_metric_a_contract_and_an_owner_tell_what_they_hold() {
    let graph = snapshot(MESH);
    let model = Model::new(&graph);
    let cost = model.metric(&iri("visit_cost")).unwrap();
    let contract = model.contract(&iri("visits_contract")).unwrap();
    let ann = model.owner(&iri("ann")).unwrap();
    check(
        &format!(
            "{} {:?} {:?} {} {} from {}\n{} {:?} {:?} in {} of {} {:?}\n{} {:?} {:?} owns {}\n",
            cost.label(),
            cost.expression(),
            cost.aggregation(),
            labels(cost.domains()),
            labels(cost.terms()),
            labels(cost.upstream()),
            contract.label(),
            contract.version(),
            contract.status(),
            labels(contract.domains()),
            labels(contract.datasets()),
            contract.extras(),
            ann.label(),
            ann.emails(),
            ann.is_person(),
            labels(ann.owned()),
        ),
        &expect![[r#"
            Visit cost Some("sum(cost)") Some("sum") Care Spend from Cost of the visit
            Visits contract Some("1.2.0") Some("active") in Care of fct_visits ["price={}"]
            Ann Lee ["ann@example.org"] Some(true) owns Visits
        "#]],
    );
}

fn short(iri: String) -> String {
    ontologies::shorten(&iri).unwrap_or(iri)
}

#[test]
fn an_entity_shows_every_claim_with_its_source() {
    let graph = snapshot(MESH);
    let model = Model::new(&graph);
    let visits = model.entity(&iri("fct_visits")).unwrap();
    let claims = visits.statements().into_iter().map(|claim| {
        let source = graph
            .source_info(claim.source)
            .map(|info| info.name.to_string());
        let (predicate, object) = (graph.text(claim.predicate), graph.text(claim.object));
        format!(
            "{} {} @ {}",
            short(predicate),
            short(object),
            source.unwrap_or_default()
        )
    });
    check(
        &lines(claims),
        &expect![[r#"
        dcterms:description One row a visit. @ dbt
        dcterms:description One row a visit. @ contract
        rdf:type csvw:Table @ dbt
        rdf:type dcat:Dataset @ dbt
        csvw:tableSchema https://example.org/fct_visits_schema @ dbt
        prov:wasDerivedFrom https://example.org/raw_visits @ dbt
        iso:materialization table @ dbt
        iso:name fct_visits @ dbt
        iso:qualifiedName postgres://shop.care.fct_visits @ dbt
        iso:rowCount 1200 @ dbt
    "#]],
    );
    let sources: Vec<&str> = visits.sources().into_iter().map(Source::name).collect();
    assert_eq!(sources, ["dbt", "contract"]);
    let claims = graph.matching(Some(visits.id()), None, None, Scope::Claims);
    assert_eq!(visits.statements().len(), claims.count());
}

#[test]
fn an_entity_shows_its_ties_both_ways() {
    let graph = snapshot(MESH);
    let model = Model::new(&graph);
    let visits = model.entity(&iri("fct_visits")).unwrap();
    let ties = |list: Vec<Relation<'_>>| {
        let shown = list.into_iter();
        lines(shown.map(|tie| {
            format!(
                "{} {}",
                short(graph.text(tie.predicate)),
                tie.entity.label()
            )
        }))
    };
    check(
        &format!(
            "out\n{}in\n{}",
            ties(visits.relations_out()),
            ties(visits.relations_in())
        ),
        &expect![[r#"
            out
            csvw:tableSchema fct_visits_schema
            prov:wasDerivedFrom raw_visits
            in
            prov:used run
            prov:used u1
            prov:used u2
            dprod:outputDataset Visits
        "#]],
    );
}

#[test]
fn sources_are_views_of_the_snapshot() {
    let graph = snapshot(MESH);
    let model = Model::new(&graph);
    let names: Vec<&str> = model.sources().into_iter().map(Source::name).collect();
    assert_eq!(names, ["dbt", "warehouse", "glossary", "contract", "log"]);
    let log = model.source("log").unwrap();
    assert_eq!(
        (log.kind(), log.actor(), log.statements()),
        ("rdf", "test", 12)
    );
    assert_eq!(log.iri(), "urn:isogloss:source:log");
    assert!(model.source("nobody").is_none());
}

#[test]
fn what_nobody_speaks_of_is_no_entity() {
    let graph = snapshot(MESH);
    let model = Model::new(&graph);
    assert!(model.entity("https://example.org/nobody").is_none());
    assert!(
        model.entity(ontologies::iso::QUERY_COUNT).is_none(),
        "a predicate alone is no entity"
    );
    let other: Entity<'_> = model.entity("https://other.example/Patient").unwrap();
    assert_eq!((other.kind(), other.label().as_str()), (None, "Patient"));
    let empty = snapshot(&[]);
    let nothing = Model::new(&empty);
    assert!(
        EntityKind::ALL
            .into_iter()
            .all(|kind| nothing.count(kind) == 0)
    );
}
