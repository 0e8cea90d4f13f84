//! The merged view against a naive model of its rules, commit by commit and made anew.

use std::collections::BTreeSet;

use graph_core::rdf::{BlankNode, Literal, NamedNode, NamedOrBlankNode, RdfTerm, Statement};
use graph_core::{
    Change, ChildRule, Commit, Error, IdentityRules, MergeRules, Outcome, PropertyRule, Scope,
    Snapshot, Store, TermId,
};

use crate::merging_model::{merged as expected, written};
use crate::support::*;

pub(crate) const SAME_AS: &str = "http://www.w3.org/2002/07/owl#sameAs";
pub(crate) const DIFFERENT_FROM: &str = "http://www.w3.org/2002/07/owl#differentFrom";
const SOURCES: [(&str, &str); 5] = [
    ("a", "dbt"),
    ("b", "odcs"),
    ("c", "dbt"),
    ("d", "people"),
    ("e", "rdf"),
];

pub(crate) fn iri(local: &str) -> String {
    node(local).into_string()
}

pub(crate) fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

pub(crate) fn rules() -> MergeRules {
    let property = |local: &str, order: &[&str], single| PropertyRule {
        predicate: iri(local),
        order: names(order),
        single,
    };
    MergeRules {
        properties: vec![
            property("title", &["people", "dbt"], false),
            property("type", &[], true),
            property("owner", &["b"], false),
        ],
        order: names(&["rdf", "dbt"]),
        identities: IdentityRules {
            same_as: true,
            keys: vec![iri("key")],
            children: vec![
                ChildRule {
                    link: iri("schema"),
                    key: None,
                    fold_case: false,
                },
                ChildRule {
                    link: iri("column"),
                    key: Some(iri("name")),
                    fold_case: true,
                },
            ],
            order: names(&["dbt", "rdf"]),
            refused_by: names(&["people"]),
            ..IdentityRules::default()
        },
    }
}

pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    /// A statement out of a world so small that sources often agree, contradict each other and share keys.
    fn statement(&mut self) -> Statement {
        let thing = |random: &mut Self| node(&format!("thing{}", random.below(9)));
        let subject: NamedOrBlankNode = match self.below(12) {
            0 => BlankNode::new_unchecked("b").into(),
            _ => thing(self).into(),
        };
        let predicate = match self.below(16) {
            0 => NamedNode::new_unchecked(SAME_AS),
            1 if self.below(3) == 0 => NamedNode::new_unchecked(DIFFERENT_FROM),
            1..3 => node("key"),
            3 => node("schema"),
            4 | 5 => node("column"),
            6 | 7 => node("name"),
            8 | 9 => node("title"),
            10 | 11 => node("type"),
            12 | 13 => node("owner"),
            _ => node("plain"),
        };
        let local = predicate
            .as_str()
            .rsplit(['/', '#'])
            .next()
            .unwrap_or_default();
        let object: RdfTerm = match local {
            "key" => Literal::from(format!("{local} {}", self.below(5))).into(),
            "name" => {
                let name = if self.below(3) == 0 { "NAME" } else { "name" };
                Literal::from(format!("{name} {}", self.below(5))).into()
            }
            "title" | "type" | "plain" if self.below(4) > 0 => {
                let text = format!("text {}", self.below(3));
                match self.below(3) {
                    0 => Literal::from(text).into(),
                    1 => Literal::new_language_tagged_literal(text, "en")
                        .unwrap()
                        .into(),
                    _ => Literal::new_language_tagged_literal(text, "de")
                        .unwrap()
                        .into(),
                }
            }
            _ if self.below(15) == 0 => BlankNode::new_unchecked("b").into(),
            _ => thing(self).into(),
        };
        Statement::new(subject, predicate, object)
    }

    pub(crate) fn commit(&mut self) -> Commit {
        let (name, kind) = SOURCES[self.below(SOURCES.len())];
        let some = |random: &mut Self, bound: usize| -> Vec<Statement> {
            let count = random.below(bound);
            (0..count).map(|_| random.statement()).collect()
        };
        let change = match self.below(12) {
            0 => Change::Remove,
            1 => Change::Replace(some(self, 25)),
            _ => Change::Patch {
                remove: some(self, 40),
                add: some(self, 6),
            },
        };
        Commit {
            kind: kind.to_owned(),
            ..commit(name, change)
        }
    }
}

pub(crate) fn seen(snapshot: &Snapshot) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    for found in snapshot.matching(None, None, None, Scope::Merged) {
        let text = written(&snapshot.statement(found));
        assert!(seen.insert(text.clone()), "{text} came twice");
    }
    seen
}

pub(crate) fn made_anew(snapshot: &Snapshot) -> Snapshot {
    let rules = snapshot.merge_rules().clone();
    let without = snapshot.with_merge_rules(MergeRules::default()).unwrap();
    without.with_merge_rules(rules).unwrap()
}

#[test]
fn the_merged_view_is_that_of_the_model_after_every_commit() {
    for seed in 0..6 {
        let store = Store::in_memory();
        store.set_merge_rules(rules()).unwrap();
        let mut random = Random(seed);
        let (mut joined, mut hidden) = (0, 0);
        for _ in 0..120 {
            store.commit(random.commit()).unwrap();
            let snapshot = store.snapshot();
            let view = seen(&snapshot);
            assert_eq!(
                view,
                expected(&snapshot, &rules()),
                "seed {seed} {:?}",
                snapshot.version()
            );
            let anew = made_anew(&snapshot);
            assert_eq!(view, seen(&anew));
            let (stats, fresh) = (snapshot.merge_stats(), anew.merge_stats());
            assert_eq!(
                (stats.groups, stats.names, stats.hidden, stats.added),
                (fresh.groups, fresh.names, fresh.hidden, fresh.added)
            );
            joined += stats.groups;
            hidden += stats.hidden;
        }
        assert!(
            joined > 50 && hidden > 200,
            "the world is too calm: {joined} {hidden}"
        );
    }
}

#[test]
fn every_pattern_of_the_merged_view_selects_from_it() {
    let store = Store::in_memory();
    store.set_merge_rules(rules()).unwrap();
    let mut random = Random(99);
    for _ in 0..40 {
        store.commit(random.commit()).unwrap();
        let snapshot = store.snapshot();
        let all: Vec<_> = snapshot.matching(None, None, None, Scope::Merged).collect();
        for _ in 0..20 {
            let like = all[random.below(all.len().max(1)) % all.len()];
            let (s, p, o) = (like.subject, like.predicate, like.object);
            for case in 1..8 {
                let part = |bit: usize, id: TermId| (case & bit > 0).then_some(id);
                let (s, p, o) = (part(1, s), part(2, p), part(4, o));
                let key = |found: &graph_core::IdStatement| {
                    (found.subject, found.predicate, found.object)
                };
                let found: Vec<_> = snapshot
                    .matching(s, p, o, Scope::Merged)
                    .map(|f| key(&f))
                    .collect();
                let wanted = all.iter().filter(|found| {
                    s.is_none_or(|s| s == found.subject)
                        && p.is_none_or(|p| p == found.predicate)
                        && o.is_none_or(|o| o == found.object)
                });
                let wanted: BTreeSet<_> = wanted.map(key).collect();
                assert_eq!(found.len(), wanted.len());
                assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), wanted);
            }
        }
    }
}

#[test]
fn verdicts_agree_with_the_view() {
    let store = Store::in_memory();
    store.set_merge_rules(rules()).unwrap();
    let mut random = Random(5);
    for _ in 0..60 {
        store.commit(random.commit()).unwrap();
    }
    let snapshot = store.snapshot();
    let view = seen(&snapshot);
    let mut outcomes = BTreeSet::new();
    let claims: Vec<_> = snapshot.matching(None, None, None, Scope::Claims).collect();
    let mut judged = 0;
    let things: BTreeSet<_> = claims
        .iter()
        .map(|claim| snapshot.canonical(claim.subject))
        .collect();
    for thing in things {
        for verdict in snapshot.verdicts(thing, None) {
            let claim = verdict.claim;
            let moved = graph_core::IdStatement {
                subject: thing,
                object: if matches!(verdict.outcome, Outcome::Identity) {
                    claim.object
                } else {
                    snapshot.canonical(claim.object)
                },
                ..claim
            };
            let says = view.contains(&written(&snapshot.statement(moved)));
            match verdict.outcome {
                // The merged view may say it as another name's claim.
                Outcome::Identity | Outcome::Loop => {}
                _ => assert_eq!(verdict.shown, says, "{verdict:?}"),
            }
            if let Outcome::Lost { to, .. } = &verdict.outcome {
                assert_ne!(*to, claim.source);
            }
            judged += 1;
            outcomes.insert(format!("{:?}", std::mem::discriminant(&verdict.outcome)));
        }
    }
    assert_eq!(judged, claims.len());
    assert!(outcomes.len() >= 6, "only {outcomes:?}");
}

#[test]
fn a_key_that_everything_shares_joins_nothing() {
    let store = Store::in_memory();
    store.set_merge_rules(rules()).unwrap();
    let keyed = |count: usize| {
        let each = (0..count).map(|n| fact(&format!("t{n}"), "key", Literal::from("n/a")));
        store.commit(replace("a", each.collect())).unwrap();
        store.snapshot().merge_stats().names
    };
    assert_eq!(keyed(64), 64);
    assert_eq!(keyed(65), 0);
    assert_eq!(keyed(300), 0);
    assert_eq!(keyed(64), 64);
    assert_eq!(keyed(3), 3);
}

#[test]
fn the_view_is_kept_across_opening_and_older_versions() {
    let dir = tempfile::tempdir().unwrap();
    let mut views = Vec::new();
    {
        let store = Store::open(dir.path(), graph_core::OpenOptions::default()).unwrap();
        store.set_merge_rules(rules()).unwrap();
        let mut random = Random(3);
        for _ in 0..30 {
            store.commit(random.commit()).unwrap();
            let snapshot = store.snapshot();
            views.push((snapshot.version(), seen(&snapshot)));
        }
        for (version, view) in &views {
            assert_eq!(seen(&store.as_of(*version).unwrap()), *view);
        }
    }
    let store = Store::open(dir.path(), graph_core::OpenOptions::default()).unwrap();
    assert_eq!(
        store.snapshot().merge_stats(),
        graph_core::MergeStats::default()
    );
    store.set_merge_rules(rules()).unwrap();
    assert_eq!(
        Some(seen(&store.snapshot())),
        views.last().map(|(_, view)| view.clone())
    );
}

#[test]
fn a_rule_needs_an_iri() {
    let mut wrong = rules();
    wrong.properties[0].predicate = "title".to_owned();
    let refused = Store::in_memory().set_merge_rules(wrong);
    assert!(matches!(refused, Err(Error::InvalidMergeRule { iri }) if iri == "title"));
}
