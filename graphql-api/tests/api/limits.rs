//! Bombs through the schema: refused before anything runs, whatever the way in.

use std::sync::Arc;

use async_graphql::futures_util::StreamExt as _;
use async_graphql::{Request, Variables, value};
use graphql_api::{Limits, schema};
use isogloss::Isogloss;

use crate::mesh::{NOW, ask, codes, fail, mesh};

fn bombs() -> Vec<(String, &'static str)> {
    let fan_out = (0..5).fold("iri".to_owned(), |inner, _| {
        format!("... on Domain {{ dataProducts(first: 100) {{ nodes {{ {inner} }} }} }}")
    });
    let fragment = |n| format!("fragment F{n} on Query {{ ...F{m} ...F{m} }} ", m = n + 1);
    let fragments = (0..30).map(fragment).collect::<Vec<_>>().concat();
    let alias = |n| format!("a{n}: serverInfo {{ name }} ");
    let aliases = (0..100).map(alias).collect::<Vec<_>>().concat();
    vec![
        (
            format!("{{ entity(iri: \"x\") {{ {fan_out} }} }}"),
            "COST_LIMIT",
        ),
        (
            format!("{{ ...F0 }} {fragments} fragment F30 on Query {{ __typename }}"),
            "LIMIT_EXCEEDED",
        ),
        (format!("{{ {aliases} }}"), "LIMIT_EXCEEDED"),
        (
            format!(
                "{{ serverInfo {} {{ name }} }}",
                "@skip(if: false) ".repeat(500)
            ),
            "LIMIT_EXCEEDED",
        ),
        ("{a".repeat(5_000), "DEPTH_LIMIT"),
        (
            "{ ...A } fragment A on Query { ...A }".to_owned(),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            format!("{{ # {}\n __typename }}", "x".repeat(70_000)),
            "LIMIT_EXCEEDED",
        ),
        ("{ nonsense".to_owned(), "GRAPHQL_PARSE_FAILED"),
        ("{ nonsense }".to_owned(), "GRAPHQL_VALIDATION_FAILED"),
        (
            "{ search(query: 5) { totalCount } }".to_owned(),
            "GRAPHQL_VALIDATION_FAILED",
        ),
    ]
}

#[tokio::test]
async fn bombs_are_refused_by_queries_and_streams_alike() {
    let (schema, _) = mesh().await;
    for (text, code) in bombs() {
        let shown: String = text.chars().take(60).collect();
        assert_eq!(
            fail(&schema, &text).await.first().map(String::as_str),
            Some(code),
            "{shown}"
        );
        let mut stream = schema.execute_stream(text);
        let first = stream.next().await.expect("an answer");
        assert_eq!(
            codes(&first).first().map(String::as_str),
            Some(code),
            "{shown} as a stream"
        );
    }
    ask(&schema, "{ serverInfo { name } }").await;
}

#[tokio::test]
async fn a_syntax_error_says_where() {
    let (schema, _) = mesh().await;
    let response = schema
        .execute("{\n  domains(first: ) { totalCount }\n}")
        .await;
    let place = response
        .errors
        .first()
        .and_then(|error| error.locations.first())
        .copied();
    assert_eq!(
        place.map(|place| place.line),
        Some(2),
        "{:?}",
        response.errors
    );
}

#[tokio::test]
async fn a_wrong_argument_is_the_users_fault_and_has_a_hint() {
    let (schema, _) = mesh().await;
    for (text, code) in [
        ("{ node(id: \"nonsense\") { id } }", "BAD_USER_INPUT"),
        ("{ domains(first: -1) { totalCount } }", "BAD_USER_INPUT"),
        (
            "{ domains(after: \"nonsense\") { totalCount } }",
            "BAD_USER_INPUT",
        ),
        (
            "{ lineage(iri: \"urn:nothing\") { partial } }",
            "UNKNOWN_ENTITY",
        ),
        (
            "{ datasets(domain: \"urn:nothing\") { totalCount } }",
            "UNKNOWN_ENTITY",
        ),
        ("{ sources(asOf: 99) { name } }", "UNKNOWN_VERSION"),
        (
            "{ search(query: \"x\", first: 101) { totalCount } }",
            "LIMIT_EXCEEDED",
        ),
        (
            "query A { __typename } query B { __typename }",
            "BAD_USER_INPUT",
        ),
    ] {
        assert_eq!(fail(&schema, text).await, [code], "{text}");
    }
    let long = Variables::from_value(value!({ "text": "x".repeat(5_000) }));
    let text = "query($text: String!) { search(query: $text) { totalCount } }";
    let response = schema.execute(Request::new(text).variables(long)).await;
    assert_eq!(codes(&response), ["LIMIT_EXCEEDED"]);
    let response = schema.execute("{ node(id: \"nonsense\") { id } }").await;
    let error = response.errors.first().expect("an error");
    assert!(
        error
            .extensions
            .as_ref()
            .is_some_and(|values| values.get("hint").is_some()),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_heavy_read_past_its_deadline_is_given_up() {
    let limits = Limits {
        deadline: std::time::Duration::ZERO,
        ..Limits::default()
    };
    let schema = schema(Isogloss::in_memory(), limits, Arc::new(|| NOW));
    assert_eq!(
        fail(
            &schema,
            "{ resolve(input: {text: \"customer\"}) { outcome } }"
        )
        .await,
        ["DEADLINE_EXCEEDED"]
    );
    ask(&schema, "{ serverInfo { graphVersion } }").await;
}

#[tokio::test]
async fn the_whole_schema_can_be_introspected() {
    let (schema, _) = mesh().await;
    let type_ref = (0..9).fold("kind name".to_owned(), |inner, _| {
        format!("kind name ofType {{ {inner} }}")
    });
    let text = format!(
        "query IntrospectionQuery {{ __schema {{ description queryType {{ name }} mutationType {{ name }} \
         subscriptionType {{ name }} types {{ ...FullType }} directives {{ name description locations args {{ ...InputValue }} }} }} }} \
         fragment FullType on __Type {{ kind name description fields(includeDeprecated: true) {{ name description \
         args {{ ...InputValue }} type {{ ...TypeRef }} isDeprecated deprecationReason }} inputFields {{ ...InputValue }} \
         interfaces {{ ...TypeRef }} enumValues(includeDeprecated: true) {{ name description isDeprecated deprecationReason }} \
         possibleTypes {{ ...TypeRef }} }} \
         fragment InputValue on __InputValue {{ name description type {{ ...TypeRef }} defaultValue }} \
         fragment TypeRef on __Type {{ {type_ref} }}"
    );
    let answer = ask(&schema, &text).await;
    assert_eq!(answer["__schema"]["queryType"]["name"], "Query");
}
