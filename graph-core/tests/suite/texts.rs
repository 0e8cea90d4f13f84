//! Text search inside of queries, over an index that knows three things.

use std::sync::Arc;

use graph_core::rdf::Literal;
use graph_core::sparql::{
    ParseLimits, Query, QueryOptions, QueryResults, TextHit, TextSearch, Update, UpdateOptions,
};
use graph_core::{Error, Result, Store};

use crate::support::*;

/// Finds what has a word of the text in its name; the more of them, the better.
#[derive(Debug)]
struct Names;

impl TextSearch for Names {
    fn search(
        &self,
        text: &str,
        limit: usize,
    ) -> std::result::Result<Vec<TextHit>, Box<dyn std::error::Error + Send + Sync>> {
        if text == "broken" {
            return Err("the index is broken".into());
        }
        let score = |name: &str| text.split(' ').filter(|word| name.contains(word)).count();
        let mut hits: Vec<_> = ["customer", "customer-churn", "churn-rate"]
            .into_iter()
            .map(|name| TextHit {
                iri: node(name).into_string(),
                score: score(name) as f64,
            })
            .filter(|hit| hit.score > 0.0)
            .collect();
        hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.iri.cmp(&b.iri)));
        hits.truncate(limit);
        Ok(hits)
    }
}

fn store() -> Store {
    let store = Store::in_memory();
    let says = ["customer", "customer-churn", "churn-rate", "other"]
        .iter()
        .enumerate()
        .map(|(at, name)| fact(name, "rank", Literal::from(i32::try_from(at).unwrap())));
    store.commit(replace("s", says.collect())).unwrap();
    store
}

fn options() -> QueryOptions {
    QueryOptions {
        text: Some(Arc::new(Names)),
        ..QueryOptions::default()
    }
}

fn ask(text: &str) -> Result<Vec<String>> {
    let text = format!(
        "PREFIX : <http://example.com/> PREFIX iso: <https://isogloss.dev/ns#> SELECT {text}"
    );
    let query = Query::parse(&text, None, &ParseLimits::default())?;
    let (store, options) = (store(), options());
    let snapshot = store.snapshot();
    let QueryResults::Solutions(rows) = snapshot.query(&query, &options)? else {
        panic!("a SELECT has rows");
    };
    let line = |row: graph_core::sparql::Row| {
        let terms = row.iter().flatten().map(|term| match term {
            graph_core::rdf::RdfTerm::Literal(literal) => literal.value().to_owned(),
            other => other.to_string().replace("http://example.com/", ""),
        });
        terms.collect::<Vec<_>>().join(" ")
    };
    rows.map(|row| Ok(line(row?))).collect()
}

#[test]
fn the_hits_join_with_the_graph() {
    let churn = ["<churn-rate> 2", "<customer-churn> 1"];
    for text in [
        "?e ?r { ?e iso:matches 'churn' ; :rank ?r } ORDER BY ?e",
        "?e ?r { BIND('churn' AS ?text) ?e iso:matches ?text ; :rank ?r } ORDER BY ?e",
        "?e ?r { ?e :rank ?r { VALUES ?text { 'churn' } ?e iso:matches ?text } } ORDER BY ?e",
        "?e ?r { [] iso:search 'churn' ; iso:entity ?e . ?e :rank ?r } ORDER BY ?e",
        "?e ?r { ?e :rank ?r FILTER EXISTS { ?e iso:matches 'churn' } } ORDER BY ?e",
        "?e ?r { GRAPH ?g { ?e iso:matches 'churn' ; :rank ?r } } ORDER BY ?e",
    ] {
        assert_eq!(ask(text).unwrap(), churn, "{text}");
    }
    assert_eq!(
        ask("?e ?s { [] iso:search 'customer churn' ; iso:entity ?e ; iso:score ?s ; iso:limit 2 } ORDER BY DESC(?s)").unwrap(),
        ["<customer-churn> 2", "<churn-rate> 1"]
    );
    assert_eq!(
        ask("?s { [] iso:search 'customer' ; iso:entity :customer ; iso:score ?s }").unwrap(),
        ["1"]
    );
    assert_eq!(
        ask("?r { :customer iso:matches 'customer' ; :rank ?r }").unwrap(),
        ["0"]
    );
    assert!(
        ask("?r { :other iso:matches 'customer' ; :rank ?r }")
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        ask("?e { ?e iso:matches 'customer' . ?e iso:matches 'churn' }").unwrap(),
        ["<customer-churn>"]
    );
    assert!(ask("?e { ?e iso:matches 'nothing' }").unwrap().is_empty());
}

#[test]
fn what_cannot_be_searched_is_refused() {
    for text in [
        "?e { ?e iso:matches ?text }",
        "?e { ?e :rank ?text . ?e iso:matches ?text }",
        "?e { VALUES ?text { 'a' 'b' } ?e iso:matches ?text }",
        "?e { ?e iso:matches :iri }",
        "?e { ?x iso:search 'a' ; iso:entity ?e }",
        "?e { [] iso:search 'a' ; iso:entity ?e ; iso:limit 0 }",
        "?e { [] iso:search 'a' ; iso:entity ?e ; iso:limit ?n }",
        "?e { [] iso:search 'a' ; iso:entity ?e ; :rank 1 }",
        "?e { ?e iso:matches/:rank ?r }",
    ] {
        assert!(
            matches!(ask(text), Err(Error::QueryRefused { .. })),
            "{text}"
        );
    }
    assert!(matches!(
        ask("?e { ?e iso:matches 'broken' }"),
        Err(Error::Evaluation(_))
    ));
    let text = "ASK { ?e <https://isogloss.dev/ns#matches> 'a' }";
    let query = Query::parse(text, None, &ParseLimits::default()).unwrap();
    let without = store()
        .snapshot()
        .query(&query, &QueryOptions::default())
        .map(|_| ());
    assert!(matches!(without, Err(Error::QueryRefused { .. })));
}

#[test]
fn an_update_searches_too() {
    let store = store();
    let text = "PREFIX : <http://example.com/> PREFIX iso: <https://isogloss.dev/ns#>
        INSERT { ?e :found true } WHERE { ?e iso:matches 'churn' }";
    let update = Update::parse(text, None, &ParseLimits::default()).unwrap();
    let options = UpdateOptions {
        query: options(),
        ..UpdateOptions::default()
    };
    assert_eq!(store.update(&update, &options).unwrap().added, 2);
}
