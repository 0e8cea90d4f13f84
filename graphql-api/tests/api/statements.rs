//! Claims that contradict each other: winner, losers and why.

use isogloss::graph::rdf::{BlankNode, Literal, NamedNode, Statement};
use isogloss::graph::{Change, Commit};
use serde_json::json;

use crate::mesh::{NOW, ask, mesh};

const CUSTOMERS: &str = "urn:isogloss:dataset:shop/billing/customers";
const TYPE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
const DATASET: &str = "http://www.w3.org/ns/dcat#Dataset";
const DESCRIPTION: &str = "http://purl.org/dc/terms/description";

fn node(iri: &str) -> NamedNode {
    NamedNode::new_unchecked(iri)
}

#[tokio::test]
async fn winner_and_losers_are_shown_with_the_rule_that_decided() {
    let (schema, graph) = mesh().await;
    let said = Statement::new(
        node(CUSTOMERS),
        node(DESCRIPTION),
        Literal::from("Who owes us."),
    );
    let reifies = node("http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies");
    let about = BlankNode::new_unchecked("s");
    let confidence = Statement::new(
        about.clone(),
        node("https://isogloss.dev/ns#confidence"),
        Literal::new_typed_literal("0.8", node("http://www.w3.org/2001/XMLSchema#decimal")),
    );
    let run = Statement::new(
        node("urn:isogloss:source:people"),
        node("https://isogloss.dev/ns#run"),
        Literal::from("review 7"),
    );
    graph
        .commit(Commit {
            source: "people".parse().expect("a name"),
            kind: "people".to_owned(),
            actor: "ann".to_owned(),
            time: NOW,
            change: Change::Replace(vec![
                said.clone(),
                Statement::new(about, reifies, said),
                confidence,
                run,
            ]),
        })
        .expect("a commit");
    let text = format!(
        "{{ entity(iri: \"{CUSTOMERS}\") {{ description
            statements(predicate: [\"description\"]) {{ nodes {{
                subject shown why confidence run value {{ text }} source {{ name actor }} }} }}
            keys: statements(predicate: [\"type\"], first: 1) {{ nodes {{ shown why confidence }} }} }} }}"
    );
    let entity = &ask(&schema, &text).await["entity"];
    assert_eq!(
        entity["statements"]["nodes"],
        json!([
            {
                "subject": CUSTOMERS, "shown": false, "confidence": null, "run": null,
                "why": "source `people` says otherwise, and `people` comes first for `description`",
                "value": {"text": "Parties that we invoice."},
                "source": {"name": "shop", "actor": "tester"},
            },
            {
                "subject": CUSTOMERS, "shown": true, "confidence": 0.8, "run": "review 7",
                "why": "other sources say otherwise, and `people` comes before them for `description`",
                "value": {"text": "Who owes us."},
                "source": {"name": "people", "actor": "ann"},
            },
        ])
    );
    assert_eq!(
        entity["keys"]["nodes"],
        json!([{"shown": true, "why": "the values of every source count for `type`", "confidence": null}])
    );
}

#[tokio::test]
async fn the_claims_about_every_name_of_an_entity_are_listed() {
    let (schema, graph) = mesh().await;
    let twin = "urn:isogloss:dataset:contract/customers";
    let same = "http://www.w3.org/2002/07/owl#sameAs";
    graph
        .commit(Commit {
            source: "contract".parse().expect("a name"),
            kind: "odcs".to_owned(),
            actor: "ann".to_owned(),
            time: NOW,
            change: Change::Replace(vec![
                Statement::new(node(twin), node(TYPE), node(DATASET)),
                Statement::new(node(twin), node(same), node(CUSTOMERS)),
                Statement::new(node(twin), node(DESCRIPTION), Literal::from("As promised.")),
            ]),
        })
        .expect("a commit");
    for asked in [twin, CUSTOMERS] {
        let text = format!(
            "{{ entity(iri: \"{asked}\") {{ statements(predicate: [\"{DESCRIPTION}\", \"sameAs\"]) {{
                nodes {{ name subject shown why source {{ name }} }} }} }} }}"
        );
        let entity = &ask(&schema, &text).await["entity"];
        assert_eq!(
            entity["statements"]["nodes"],
            json!([
                {
                    "name": "description", "subject": twin, "shown": true, "source": {"name": "contract"},
                    "why": "other sources say otherwise, and `odcs` comes before them for `description`",
                },
                {
                    "name": "description", "subject": CUSTOMERS, "shown": false, "source": {"name": "shop"},
                    "why": "source `contract` says otherwise, and `odcs` comes first for `description`",
                },
                {
                    "name": "sameAs", "subject": twin, "shown": false, "source": {"name": "contract"},
                    "why": "it says that two names mean one thing",
                },
            ])
        );
    }
}
