//! Entailment: against a naive oracle, kept up to date against derived anew, proofs, limits, the view.

use std::collections::BTreeSet;
use std::sync::Arc;

use graph_core::entail::{Entailment, Limits, Proof, Regime};
use graph_core::rdf::{Literal, NamedNode, RdfTerm, Statement};
use graph_core::{Change, Commit, Error, Scope, Snapshot, Store, Timestamp};
use proptest::prelude::*;

type Fact = [String; 3];

const RDF_TYPE: &str = "rdf:type";

fn expand(name: &str) -> String {
    for (prefix, namespace) in [
        ("rdf:", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
        ("rdfs:", "http://www.w3.org/2000/01/rdf-schema#"),
        ("owl:", "http://www.w3.org/2002/07/owl#"),
        ("skos:", "http://www.w3.org/2004/02/skos/core#"),
    ] {
        if let Some(local) = name.strip_prefix(prefix) {
            return format!("{namespace}{local}");
        }
    }
    format!("urn:x:{name}")
}

fn statement([s, p, o]: [&str; 3]) -> Statement {
    let iri = |name: &str| NamedNode::new_unchecked(expand(name));
    let object: RdfTerm = match o.strip_prefix('"') {
        Some(text) => Literal::new_simple_literal(text).into(),
        None => iri(o).into(),
    };
    Statement::new(iri(s), iri(p), object)
}

fn say(store: &Store, source: &str, facts: &[[&str; 3]]) {
    store
        .commit(Commit {
            source: source.try_into().unwrap(),
            kind: "rdf".to_owned(),
            actor: "test".to_owned(),
            time: Timestamp(0),
            change: Change::Replace(facts.iter().map(|fact| statement(*fact)).collect()),
        })
        .unwrap();
}

fn derive(store: &Store, regime: Regime) -> Entailment {
    Entailment::of(store.snapshot(), regime, &Limits::default()).unwrap()
}

fn all(snapshot: &Snapshot, scope: Scope) -> BTreeSet<Fact> {
    let text = |statement: Statement| {
        [
            statement.subject.to_string(),
            statement.predicate.to_string(),
            statement.object.to_string(),
        ]
    };
    let found = snapshot.matching(None, None, None, scope);
    found.map(|found| text(snapshot.statement(found))).collect()
}

fn facts(statements: &[[&str; 3]]) -> BTreeSet<Fact> {
    let text = |fact: &[&str; 3]| {
        let statement = statement(*fact);
        [
            statement.subject.to_string(),
            statement.predicate.to_string(),
            statement.object.to_string(),
        ]
    };
    statements.iter().map(text).collect()
}

/// Every conclusion of one round, by the rules written out once more and without any index.
fn round(set: &BTreeSet<Fact>, regime: Regime) -> BTreeSet<Fact> {
    let mut out = BTreeSet::new();
    let w = |name: &str| format!("<{}>", expand(name));
    let mut add = |s: &String, p: &String, o: &String| {
        if s.starts_with('<') && p.starts_with('<') && !(s == o && *p == w("owl:sameAs")) {
            out.insert([s.clone(), p.clone(), o.clone()]);
        }
    };
    let skos = |local: &str| w(&format!("skos:{local}"));
    for [s, p, o] in set {
        if regime == Regime::Skos {
            for (from, to) in [
                ("broader", "broaderTransitive"),
                ("narrower", "narrowerTransitive"),
                ("broadMatch", "broader"),
                ("narrowMatch", "narrower"),
                ("relatedMatch", "related"),
                ("exactMatch", "closeMatch"),
                ("topConceptOf", "inScheme"),
            ] {
                if *p == skos(from) {
                    add(s, &skos(to), o);
                }
            }
            for (one, other) in [
                ("broader", "narrower"),
                ("broaderTransitive", "narrowerTransitive"),
                ("broadMatch", "narrowMatch"),
                ("topConceptOf", "hasTopConcept"),
                ("related", "related"),
                ("relatedMatch", "relatedMatch"),
                ("closeMatch", "closeMatch"),
                ("exactMatch", "exactMatch"),
            ] {
                if *p == skos(one) {
                    add(o, &skos(other), s);
                }
                if *p == skos(other) {
                    add(o, &skos(one), s);
                }
            }
        }
        if regime == Regime::OwlRl {
            for (equivalent, sub) in [
                ("owl:equivalentClass", "rdfs:subClassOf"),
                ("owl:equivalentProperty", "rdfs:subPropertyOf"),
            ] {
                if *p == w(equivalent) {
                    add(s, &w(sub), o);
                    add(o, &w(sub), s);
                }
            }
            if *p == w("owl:sameAs") {
                add(o, p, s);
            }
        }
        for [s2, p2, o2] in set {
            pair([s, p, o], [s2, p2, o2], regime, set, &mut add);
        }
    }
    out
}

fn pair(
    [s, p, o]: [&String; 3],
    [s2, p2, o2]: [&String; 3],
    regime: Regime,
    set: &BTreeSet<Fact>,
    add: &mut dyn FnMut(&String, &String, &String),
) {
    let w = |name: &str| format!("<{}>", expand(name));
    let is =
        |property: &String, class: &str| set.contains(&[property.clone(), w(RDF_TYPE), w(class)]);
    let transitive: &[&str] = match regime {
        Regime::Skos => &[
            "skos:broaderTransitive",
            "skos:narrowerTransitive",
            "skos:exactMatch",
        ],
        _ => &["rdfs:subClassOf", "rdfs:subPropertyOf"],
    };
    if p == p2 && o == s2 && transitive.iter().any(|name| *p == w(name)) {
        add(s, p, o2);
    }
    if regime == Regime::Skos {
        return;
    }
    let used = p2 == s;
    match () {
        () if *p == w("rdfs:domain") && used => add(s2, &w(RDF_TYPE), o),
        () if *p == w("rdfs:range") && used => add(o2, &w(RDF_TYPE), o),
        () if *p == w("rdfs:subPropertyOf") && used => add(s2, o, o2),
        () if *p == w("rdfs:subClassOf") && *p2 == w(RDF_TYPE) && o2 == s => add(s2, p2, o),
        () => {}
    }
    if regime == Regime::Rdfs {
        return;
    }
    if *p == w("owl:inverseOf") {
        if used {
            add(o2, o, s2);
        }
        if p2 == o {
            add(o2, s, s2);
        }
    }
    if *p == w(RDF_TYPE) && *o == w("owl:SymmetricProperty") && used {
        add(o2, p2, s2);
    }
    if p == p2 {
        let same = w("owl:sameAs");
        if o == s2 && (*p == same || is(p, "owl:TransitiveProperty")) {
            add(s, p, o2);
        }
        if s == s2 && is(p, "owl:FunctionalProperty") {
            add(o, &same, o2);
        }
        if o == o2 && is(p, "owl:InverseFunctionalProperty") {
            add(s, &same, s2);
        }
    }
    if *p == w("owl:sameAs") {
        if s == s2 {
            add(o, p2, o2);
        }
        if s == p2 {
            add(s2, o, o2);
        }
        if s == o2 {
            add(s2, p2, o);
        }
    }
}

fn closure(claims: &BTreeSet<Fact>, regime: Regime) -> BTreeSet<Fact> {
    let mut set = claims.clone();
    loop {
        let size = set.len();
        let new = round(&set, regime);
        set.extend(new);
        if set.len() == size {
            return set;
        }
    }
}

fn node() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["a", "b", "c", "d"])
}

fn property() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["p", "q", "r"])
}

fn fact(regime: Regime) -> BoxedStrategy<[&'static str; 3]> {
    let class = || prop::sample::select(vec!["A", "B", "C"]);
    let instance = (node(), property(), node()).prop_map(|(s, p, o)| [s, p, o]);
    if regime == Regime::Skos {
        let words = vec![
            "skos:broader",
            "skos:narrower",
            "skos:broaderTransitive",
            "skos:related",
            "skos:broadMatch",
            "skos:relatedMatch",
            "skos:closeMatch",
            "skos:exactMatch",
            "skos:topConceptOf",
            "p",
        ];
        return (node(), prop::sample::select(words), node())
            .prop_map(|(s, p, o)| [s, p, o])
            .boxed();
    }
    let typed = (node(), class()).prop_map(|(s, c)| [s, RDF_TYPE, c]);
    let classes = (class(), class()).prop_map(|(c, d)| [c, "rdfs:subClassOf", d]);
    let properties = (property(), property()).prop_map(|(p, q)| [p, "rdfs:subPropertyOf", q]);
    let ends = (
        property(),
        prop::sample::select(vec!["rdfs:domain", "rdfs:range"]),
        class(),
    )
        .prop_map(|(p, end, c)| [p, end, c]);
    let literal = (node(), property()).prop_map(|(s, p)| [s, p, "\"text"]);
    let rdfs = prop_oneof![4 => instance, 2 => typed, 1 => classes, 1 => properties, 1 => ends, 1 => literal];
    if regime == Regime::Rdfs {
        return rdfs.boxed();
    }
    let kinds = vec![
        "owl:SymmetricProperty",
        "owl:TransitiveProperty",
        "owl:FunctionalProperty",
        "owl:InverseFunctionalProperty",
    ];
    let kinds = (property(), prop::sample::select(kinds)).prop_map(|(p, kind)| [p, RDF_TYPE, kind]);
    let inverse = (property(), property()).prop_map(|(p, q)| [p, "owl:inverseOf", q]);
    let same = (node(), node()).prop_map(|(s, o)| [s, "owl:sameAs", o]);
    let classes = (class(), class()).prop_map(|(c, d)| [c, "owl:equivalentClass", d]);
    let properties = (property(), property()).prop_map(|(p, q)| [p, "owl:equivalentProperty", q]);
    prop_oneof![8 => rdfs, 1 => kinds, 1 => inverse, 1 => same, 1 => classes, 1 => properties]
        .boxed()
}

type Edit = (&'static str, Vec<[&'static str; 3]>);

fn edits(regime: Regime) -> impl Strategy<Value = Vec<Edit>> {
    let source = prop::sample::select(vec!["one", "two", "three"]);
    let said = prop::collection::vec(fact(regime), 0..9);
    prop::collection::vec((source, said), 1..7)
}

/// Derives anew after each edit, and keeps a line of entailments up to date beside it.
fn check(regime: Regime, edits: &[Edit]) {
    let store = Store::in_memory();
    let mut kept = derive(&store, regime);
    for (source, said) in edits {
        say(&store, source, said);
        let snapshot = store.snapshot();
        kept = kept
            .next(Arc::clone(&snapshot), &Limits::default())
            .unwrap();
        assert!(kept.work().incremental);
        let anew = derive(&store, regime);
        let claims = all(&snapshot, Scope::Claims);
        let expected = closure(&claims, regime);
        assert_eq!(all(anew.view(), Scope::Union), expected, "{regime} anew");
        assert_eq!(
            all(kept.view(), Scope::Union),
            expected,
            "{regime} kept up to date"
        );
        assert_eq!(kept.len(), expected.len() - claims.len());
        assert_eq!(all(kept.view(), Scope::Claims), claims);
        for found in kept
            .view()
            .matching(None, None, None, Scope::Union)
            .take(20)
        {
            let statement = kept.view().statement(found);
            let proof = kept.why(&statement, &Limits::default()).unwrap().unwrap();
            assert_eq!(proof.statement, statement);
            assert_sound(&proof, &claims);
        }
    }
}

/// Holds a proof to its word: claims at the leaves, and no statement that rests on itself.
fn assert_sound(proof: &Proof, claims: &BTreeSet<Fact>) {
    fn walk<'p>(proof: &'p Proof, above: &mut Vec<&'p Statement>, claims: &BTreeSet<Fact>) {
        assert!(
            !above.contains(&&proof.statement),
            "{} rests on itself",
            proof.statement
        );
        let Statement {
            subject,
            predicate,
            object,
        } = &proof.statement;
        let text = [
            subject.to_string(),
            predicate.to_string(),
            object.to_string(),
        ];
        assert_eq!(proof.rule.is_none(), claims.contains(&text), "{text:?}");
        assert_eq!(proof.rule.is_none(), !proof.sources.is_empty());
        assert_eq!(proof.rule.is_none(), proof.premises.is_empty());
        above.push(&proof.statement);
        for premise in &proof.premises {
            walk(premise, above, claims);
        }
        above.pop();
    }
    walk(proof, &mut Vec::new(), claims);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn skos_is_what_the_oracle_says_however_it_came(edits in edits(Regime::Skos)) {
        check(Regime::Skos, &edits);
    }

    #[test]
    fn rdfs_is_what_the_oracle_says_however_it_came(edits in edits(Regime::Rdfs)) {
        check(Regime::Rdfs, &edits);
    }

    #[test]
    fn owl_is_what_the_oracle_says_however_it_came(edits in edits(Regime::OwlRl)) {
        check(Regime::OwlRl, &edits);
    }
}

#[test]
fn what_follows_is_a_graph_of_its_own_and_no_claim() {
    let store = Store::in_memory();
    say(
        &store,
        "glossary",
        &[["a", "skos:broader", "b"], ["b", "skos:broader", "c"]],
    );
    let entailed = derive(&store, Regime::Skos);
    let view = entailed.view();
    let source = Regime::Skos.source_name().unwrap();
    assert_eq!(source.graph_iri().as_str(), "urn:isogloss:entailment:skos");
    let id = view.source_id(&source).unwrap();
    let derived = all(view, Scope::Source(id));
    assert_eq!(derived.len(), entailed.len());
    assert!(derived.is_superset(&facts(&[
        ["a", "skos:broaderTransitive", "c"],
        ["c", "skos:narrowerTransitive", "a"],
        ["b", "skos:narrower", "a"],
    ])));
    assert!(view.source_info(id).unwrap().derived);
    assert_eq!(
        all(view, Scope::Claims),
        all(entailed.base(), Scope::Claims)
    );
    assert_eq!(view.len(), entailed.base().len());
}

#[test]
fn lineage_is_not_transitive_unless_someone_says_so() {
    let store = Store::in_memory();
    say(
        &store,
        "jobs",
        &[["c", "derivedFrom", "b"], ["b", "derivedFrom", "a"]],
    );
    assert!(derive(&store, Regime::OwlRl).is_empty());
    say(
        &store,
        "person",
        &[["derivedFrom", RDF_TYPE, "owl:TransitiveProperty"]],
    );
    let entailed = derive(&store, Regime::OwlRl);
    assert_eq!(entailed.len(), 1);
    let far = statement(["c", "derivedFrom", "a"]);
    let proof = entailed.why(&far, &Limits::default()).unwrap().unwrap();
    assert_eq!((proof.rule.as_deref(), proof.steps()), (Some("prp-trp"), 1));
    let sources: Vec<&str> = proof
        .premises
        .iter()
        .map(|p| p.sources[0].as_str())
        .collect();
    assert_eq!(sources, ["person", "jobs", "jobs"]);
    let unknown = statement(["a", "derivedFrom", "c"]);
    assert_eq!(entailed.why(&unknown, &Limits::default()).unwrap(), None);
}

#[test]
fn a_removed_reason_takes_only_what_has_no_other() {
    let store = Store::in_memory();
    say(
        &store,
        "one",
        &[
            ["A", "rdfs:subClassOf", "B"],
            ["B", "rdfs:subClassOf", "C"],
            ["x", RDF_TYPE, "A"],
        ],
    );
    say(&store, "two", &[["p", "rdfs:domain", "C"], ["x", "p", "y"]]);
    let before = derive(&store, Regime::Rdfs);
    say(
        &store,
        "one",
        &[["A", "rdfs:subClassOf", "B"], ["x", RDF_TYPE, "A"]],
    );
    let after = before.next(store.snapshot(), &Limits::default()).unwrap();
    assert!(after.work().incremental && after.work().doubted > 0);
    let id = after
        .view()
        .source_id(&Regime::Rdfs.source_name().unwrap())
        .unwrap();
    let expected = facts(&[["x", RDF_TYPE, "B"], ["x", RDF_TYPE, "C"]]);
    assert_eq!(all(after.view(), Scope::Source(id)), expected);
}

#[test]
fn limits_end_in_an_error_that_names_them() {
    let store = Store::in_memory();
    let names: Vec<String> = (0..200).map(|at| format!("n{at}")).collect();
    let chain: Vec<[&str; 3]> = names
        .windows(2)
        .map(|w| [&*w[0], "skos:broader", &*w[1]])
        .collect();
    say(&store, "glossary", &chain);
    let of =
        |limits: Limits| Entailment::of(store.snapshot(), Regime::Skos, &limits).map(|e| e.len());
    let few = of(Limits {
        max_derived: 1000,
        ..Limits::default()
    });
    assert!(
        matches!(
            few,
            Err(Error::EntailmentTooLarge {
                regime: "skos",
                limit: 1000,
                ..
            })
        ),
        "{few:?}"
    );
    let short = of(Limits {
        max_visits: 1000,
        ..Limits::default()
    });
    assert!(
        matches!(short, Err(Error::EntailmentTooLarge { limit: 1000, .. })),
        "{short:?}"
    );
    let limits = Limits::default();
    limits.cancel.cancel();
    assert!(matches!(of(limits), Err(Error::Cancelled)));
    assert_eq!(of(Limits::default()).unwrap(), 199 * 200 + 199);
}
