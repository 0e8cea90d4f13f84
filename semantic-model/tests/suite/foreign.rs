//! The views over RDF that was not written for us.

use expect_test::expect;
use semantic_model::{EntityKind, Model};

use crate::graph::{labels, snapshot};

/// The shape of DPROD's own equity trade example: ports and distributions lead to the datasets.
const DPROD: &str = r#"
:equity a dprod:DataProduct ; dcterms:title "Equity Trade" ; dprod:dataProductOwner <https://people.example/AnnTaylor> ;
    dprod:domain :trading ; dprod:lifecycleStatus <https://ekgf.github.io/dprod/data/lifecycle-status/Consume> ;
    dprod:outputPort :euronext_port, :lseg_port, :api .
:euronext_port a dcat:DataService ; dprod:isAccessServiceOf :euronext_files .
:euronext_files a dcat:Distribution ; dprod:isDistributionOf :euronext .
:lseg_port a dcat:DataService .
:lseg_files a dcat:Distribution ; dcat:accessService :lseg_port .
:lseg a dcat:Dataset ; dcterms:title "LSEG" ; dcat:distribution :lseg_files .
:api a dcat:DataService ; dcterms:title "API" ; dcat:servesDataset :all .
:all a dcat:Dataset ; dcterms:title "All trades" ; dcat:theme :markets ;
    prov:qualifiedAttribution [ prov:agent :desk ] ; dcat:contactPoint [ vcard:fn "Help desk" ] .
:euronext a dcat:Dataset ; dcterms:title "Euronext" ; dcterms:publisher :exchange .
:exchange a foaf:Organization ; foaf:name "Exchange" .
:desk a org:OrganizationalUnit ; skos:prefLabel "Data desk" .
:orphan a dcat:Dataset ; dcterms:title "Orphan" ; dcat:theme :markets .
:markets a skos:Concept ; skos:prefLabel "Markets" .
"#;

#[test]
fn ports_of_a_dprod_document_lead_to_its_datasets_and_back() {
    let graph = snapshot(&[("dprod", DPROD)]);
    let model = Model::new(&graph);
    let equity = model.product("https://example.org/equity").unwrap();
    assert_eq!(labels(equity.datasets()), "All trades, Euronext, LSEG");
    assert_eq!(labels(equity.ports()), "API, euronext_port, lseg_port");
    for dataset in equity.datasets() {
        assert_eq!(dataset.products(), [equity], "{dataset:?}");
        assert_eq!(labels(dataset.domains()), "trading", "{dataset:?}");
    }
    assert_eq!(equity.lifecycle_status().as_deref(), Some("Consume"));
    let orphan = model.dataset("https://example.org/orphan").unwrap();
    assert_eq!(
        (orphan.products().len(), labels(orphan.domains())),
        (0, "Markets".to_owned())
    );
}

#[test]
fn owners_are_found_however_they_are_written() {
    let graph = snapshot(&[("dprod", DPROD)]);
    let model = Model::new(&graph);
    let owners = |local: &str| {
        labels(
            model
                .entity(&format!("https://example.org/{local}"))
                .unwrap()
                .owners(),
        )
    };
    assert_eq!(owners("equity"), "AnnTaylor");
    assert_eq!(owners("all"), "Data desk, Help desk");
    assert_eq!(owners("euronext"), "Exchange");
    assert_eq!(owners("lseg"), "AnnTaylor", "the product's owner answers");
    let ann = model.owner("https://people.example/AnnTaylor").unwrap();
    assert_eq!(
        (ann.is_person(), labels(ann.owned())),
        (None, "Equity Trade".to_owned())
    );
    assert_eq!(labels(model.owners()), "Data desk, Exchange, AnnTaylor");
    assert_eq!(
        labels(model.domains()),
        "trading",
        "named as a domain, though of no class"
    );
}

#[test]
fn concepts_and_labelled_classes_are_terms() {
    let ontology = r#"
:Party a owl:Class ; rdfs:label "party"@en, "Partei"@de ; skos:definition "A person or organisation." .
:LegalEntity a rdfs:Class ; rdfs:label "legal entity"@en ; rdfs:subClassOf :Party, [ a owl:Restriction ] .
:Unnamed a owl:Class ; rdfs:subClassOf :Party .
[] a owl:Class ; rdfs:label "no name of its own" .
:hasName a owl:DatatypeProperty ; rdfs:label "has name" .
:gneiss a skos:Concept ; skos:prefLabel "gneis"@fr, "gneiss"@en ; skos:broader :rock ; skos:scopeNote "banded" .
:rock a skos:Concept ; rdfs:comment "Any rock." .
:theme a skos:Concept ; skos:prefLabel "Geology" .
:survey a dprod:DataProduct ; dprod:domain :theme .
"#;
    let graph = snapshot(&[("onto", ontology)]);
    let model = Model::new(&graph);
    let shown = model.terms().into_iter().map(|term| {
        format!(
            "{}: {:?} < {}",
            term.label(),
            term.definition(),
            labels(term.broader())
        )
    });
    let shown: Vec<String> = shown.collect();
    expect![[r#"
        legal entity: None < party
        party: Some("A person or organisation.") < 
        gneiss: None < rock
        rock: Some("Any rock.") < "#]]
    .assert_eq(&shown.join("\n"));
    let theme = model.entity("https://example.org/theme").unwrap();
    assert_eq!(
        theme.kind(),
        Some(EntityKind::Domain),
        "a product lies in it"
    );
    let party = model.term("https://example.org/Party").unwrap();
    assert_eq!(labels(party.narrower()), "legal entity");
}

#[test]
fn columns_in_a_list_keep_its_order() {
    let csvw = r#"
:table a csvw:Table ; csvw:tableSchema [ csvw:column ( :c :a :b ) ] .
:c a csvw:Column ; csvw:name "c" . :a a csvw:Column ; csvw:name "a" . :b csvw:name "b" ; a csvw:Column .
:other a csvw:Table ; csvw:tableSchema [ csvw:column :y, :x ] .
:x csvw:name "x" ; csvw:datatype xsd:integer .
"#;
    let graph = snapshot(&[("csvw", csvw)]);
    let model = Model::new(&graph);
    let table = model.dataset("https://example.org/table").unwrap();
    assert_eq!(labels(table.columns()), "c, a, b");
    assert!(
        table
            .columns()
            .into_iter()
            .all(|column| column.dataset() == Some(table))
    );
    let other = model.dataset("https://example.org/other").unwrap();
    assert_eq!(labels(other.columns()), "x, y");
    let x = other.column("x").unwrap();
    assert_eq!(
        (x.kind(), x.datatype().as_deref()),
        (Some(EntityKind::Column), Some("integer"))
    );
}

#[test]
fn a_list_of_columns_that_runs_in_a_circle_ends() {
    let circle = r#"
:table a csvw:Table ; csvw:tableSchema :schema .
:schema csvw:column :l1 . :l1 rdf:first :a ; rdf:rest :l2 . :l2 rdf:first :b ; rdf:rest :l2 .
:a a csvw:Column . :b a csvw:Column .
"#;
    let graph = snapshot(&[("csvw", circle)]);
    let model = Model::new(&graph);
    let table = model.dataset("https://example.org/table").unwrap();
    assert_eq!(labels(table.columns()), "a, b");
    assert!(
        model
            .column("https://example.org/b")
            .unwrap()
            .dataset()
            .is_none_or(|found| found == table)
    );
}
