//! How sure an `owl:sameAs` must be to join, and what is said of it later.

use graph_core::rdf::{Literal, NamedNode, RdfTerm, Statement};
use graph_core::{Change, MergeRules, Snapshot, Store, SureRule, Thousandths};

use crate::merging::{Random, SAME_AS, iri, made_anew, rules, seen};
use crate::support::*;

const REIFIES: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies";

fn careful() -> MergeRules {
    let mut rules = rules();
    rules.identities.sure = SureRule {
        property: Some(iri("sure")),
        at_least: Thousandths(800),
        unsaid: vec![("dbt".to_owned(), Thousandths(700))],
        otherwise: Thousandths::ONE,
    };
    rules
}

fn same(one: &str, other: &str) -> Statement {
    Statement::new(node(one), NamedNode::new_unchecked(SAME_AS), node(other))
}

/// What a source says of such a claim, by way of something that stands for it.
fn sure(one: &str, other: &str, number: &str) -> [Statement; 2] {
    let stands = format!("claim-{one}-{other}");
    let claim = RdfTerm::from(same(one, other));
    let reifies = NamedNode::new_unchecked(REIFIES);
    [
        Statement::new(node(&stands), reifies, claim),
        fact(&stands, "sure", Literal::from(number)),
    ]
}

fn are_one(snapshot: &Snapshot, one: &str, other: &str) -> bool {
    let id = |name: &str| snapshot.id_of_iri(&iri(name)).unwrap();
    snapshot.canonical(id(one)) == snapshot.canonical(id(other))
}

#[test]
fn a_claim_joins_when_its_source_is_sure_enough() {
    let store = Store::in_memory();
    store.set_merge_rules(careful()).unwrap();
    let say = |source: &str, kind: &str, statements: Vec<Statement>| {
        let mut commit = replace(source, statements);
        kind.clone_into(&mut commit.kind);
        store.commit(commit).unwrap();
        are_one(&store.snapshot(), "a", "b")
    };
    let with = |number: &str| -> Vec<Statement> {
        let said = sure("a", "b", number);
        said.into_iter().chain([same("a", "b")]).collect()
    };
    assert!(say("x", "rdf", vec![same("a", "b")]), "others are sure");
    assert!(!say("x", "rdf", with("0.5")));
    assert!(say("x", "rdf", with("0.8")));
    assert!(!say("x", "rdf", with("0.799")));
    assert!(say("x", "rdf", with("very")), "a word is no number");
    assert!(
        !say("x", "dbt", vec![same("a", "b")]),
        "that kind only guesses"
    );
    assert!(say("x", "dbt", with("0.9")));
    // What holds for all that a source says.
    let graph = source("x").graph_iri();
    let doubt = Statement::new(graph, node("sure"), Literal::from("0.1"));
    assert!(!say("x", "rdf", vec![same("a", "b"), doubt]));
    // Of two sources one is enough.
    assert!(say("y", "rdf", vec![same("b", "a")]));
}

#[test]
fn what_is_said_of_claims_later_moves_the_names() {
    for seed in 0..4 {
        let store = Store::in_memory();
        store.set_merge_rules(careful()).unwrap();
        let mut random = Random(seed);
        let mut seen_apart = 0;
        for _ in 0..80 {
            store.commit(random.commit()).unwrap();
            let thing = |random: &mut Random| format!("thing{}", random.below(9));
            let (one, other) = (thing(&mut random), thing(&mut random));
            let number = ["0.2", "0.9"][random.below(2)];
            let [stands, says] = sure(&one, &other, number);
            let some = [same(&one, &other), stands, says];
            let some: Vec<Statement> = some.into_iter().filter(|_| random.below(3) > 0).collect();
            let none = Vec::new();
            let (remove, add) = if random.below(3) == 0 {
                (some, none)
            } else {
                (none, some)
            };
            let name = ["a", "b", "e"][random.below(3)];
            let before = store.snapshot();
            let kind = before
                .sources()
                .iter()
                .find(|info| info.name.as_str() == name);
            let mut commit = commit(name, Change::Patch { remove, add });
            if let Some(info) = kind {
                commit.kind.clone_from(&info.kind);
            }
            store.commit(commit).unwrap();
            let snapshot = store.snapshot();
            let anew = made_anew(&snapshot);
            assert_eq!(seen(&snapshot), seen(&anew), "seed {seed}");
            let all = snapshot.with_merge_rules(rules()).unwrap();
            seen_apart += usize::from(all.merge_stats() != snapshot.merge_stats());
        }
        assert!(seen_apart > 5, "doubt changed nothing: {seen_apart}");
    }
}
