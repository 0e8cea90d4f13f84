//! Bombs of every sort, and what must pass.

use async_graphql::{Variables, value};

use super::{Cost, Limits, check};
use crate::error::{Code, Error, Result};

/// Writes something for each number up to `count`.
fn repeat(count: usize, write: impl Fn(usize) -> String) -> String {
    (0..count).map(write).collect::<Vec<_>>().concat()
}

fn cost(text: &str) -> Result<Cost> {
    check(text, &Variables::default(), None, &Limits::default())
}

fn refused(text: &str) -> Code {
    match cost(text) {
        Ok(cost) => unreachable!(
            "was allowed at {cost:?}: {}",
            text.chars().take(200).collect::<String>()
        ),
        Err(error) => error.code(),
    }
}

#[test]
fn a_plain_query_is_measured() {
    let text =
        "query Q { a: domains(first: 10) { nodes { label @include(if: true) } } sources { name } }";
    let cost = cost(text).expect("a plain query");
    assert_eq!(cost.fields, 5);
    assert_eq!((cost.depth, cost.root_fields), (3, 2));
    assert_eq!((cost.aliases, cost.directives), (1, 1));
    // domains 1 + 10 x (nodes 1 + label 1), sources 1 + 20 x name 1.
    assert_eq!(cost.cost, 21 + 21);
}

#[test]
fn fan_out_is_a_product() {
    let mut text = "iri".to_owned();
    for field in ["columns", "datasets", "dataProducts", "children", "domains"] {
        text = format!("{field}(first: 100) {{ nodes {{ {text} }} }}");
    }
    assert_eq!(refused(&format!("{{ {text} }}")), Code::CostLimit);
    let two =
        "{ domains(first: 100) { nodes { dataProducts(first: 100) { nodes { iri label } } } } }";
    assert!(cost(two).is_ok());
}

#[test]
fn page_sizes_come_from_variables_and_their_defaults_too() {
    let text = "query Q($n: Int = 7) { domains(first: $n) { totalCount } }";
    assert_eq!(cost(text).expect("allowed").cost, 8);
    let given = Variables::from_value(value!({ "n": 30 }));
    let limits = Limits::default();
    assert_eq!(
        check(text, &given, None, &limits).expect("allowed").cost,
        31
    );
    let given = Variables::from_value(value!({ "n": 101 }));
    assert!(matches!(
        check(text, &given, None, &limits),
        Err(Error::TooMany {
            found: 101,
            max: 100,
            ..
        })
    ));
}

#[test]
fn pages_ids_nodes_and_paths_have_a_largest_size() {
    let ids = vec!["\"x\""; 101].join(" ");
    for text in [
        "{ domains(first: 101) { totalCount } }".to_owned(),
        "{ domains(first: 99999999999999999999999) { totalCount } }".to_owned(),
        format!("{{ nodes(ids: [{ids}]) {{ id }} }}"),
        "{ lineage(iri: \"x\", maxNodes: 2001) { partial } }".to_owned(),
        "{ paths(from: \"x\", to: \"y\", k: 21) { partial } }".to_owned(),
    ] {
        assert_eq!(refused(&text), Code::LimitExceeded, "{text}");
    }
}

#[test]
fn alias_bombs_are_refused() {
    let many = repeat(51, |n| format!("a{n}: serverInfo {{ name }} "));
    assert_eq!(refused(&format!("{{ {many} }}")), Code::LimitExceeded);
    let nested = repeat(60, |n| format!("a{n}: label "));
    assert_eq!(
        refused(&format!("{{ domains {{ nodes {{ {nested} }} }} }}")),
        Code::LimitExceeded
    );
}

#[test]
fn root_field_bombs_are_refused() {
    let text = format!("{{ {} }}", "serverInfo { name } ".repeat(21));
    assert_eq!(refused(&text), Code::LimitExceeded);
}

#[test]
fn directive_bombs_are_refused() {
    let many = "@include(if: true) ".repeat(51);
    for text in [
        format!("{{ serverInfo {many} {{ name }} }}"),
        format!("query {many} {{ serverInfo {{ name }} }}"),
        format!("query($x: Int {many}) {{ serverInfo {{ name }} }}"),
        format!("{{ ... {many} {{ serverInfo {{ name }} }} }}"),
    ] {
        assert_eq!(refused(&text), Code::LimitExceeded, "{text}");
    }
}

/// Each fragment spreads the next twice: 2 to the 30 fields from 1 kB of text.
fn fragment_bomb(levels: usize) -> String {
    let text = repeat(levels, |level| {
        format!(
            "fragment F{level} on Query {{ ...F{next} ...F{next} }} ",
            next = level + 1
        )
    });
    text + &format!("fragment F{levels} on Query {{ __typename }} ")
}

#[test]
fn fragment_bombs_are_refused_without_expanding_them() {
    assert_eq!(
        refused(&format!("{{ ...F0 }} {}", fragment_bomb(30))),
        Code::LimitExceeded
    );
    assert_eq!(
        refused(&format!("{{ __typename }} {}", fragment_bomb(30))),
        Code::LimitExceeded,
        "unspread"
    );
    let other = format!(
        "query A {{ __typename }} query B {{ ...F0 }} {}",
        fragment_bomb(30)
    );
    let named = check(&other, &Variables::default(), Some("A"), &Limits::default());
    assert!(named.is_err(), "the other operation is validated too");
    assert!(cost(&format!("{{ ...F0 }} {}", fragment_bomb(4))).is_ok());
}

#[test]
fn fragment_cycles_are_refused() {
    for text in [
        "{ ...A } fragment A on Query { ...A }",
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ... { ...A } }",
        "{ __typename } fragment A on Query { serverInfo { ...A } }",
    ] {
        assert_eq!(refused(text), Code::GraphqlValidationFailed, "{text}");
    }
}

#[test]
fn long_chains_of_fragments_are_refused() {
    let chain = |length: usize| -> String {
        repeat(length, |n| {
            format!("fragment F{n} on Query {{ ...F{} }} ", n + 1)
        }) + &format!("fragment F{length} on Query {{ __typename }} {{ ...F0 }}")
    };
    assert_eq!(refused(&chain(60)), Code::DepthLimit);
    assert_eq!(refused(&chain(1_000)), Code::LimitExceeded);
    assert!(cost(&chain(10)).is_ok());
}

#[test]
fn deep_nesting_is_refused_before_the_parser_recurses() {
    for open in [
        "{a",
        "{a(b:[",
        "{a(b:{c:",
        "query($a:[",
        "...on A{",
        "{[(",
        "[",
    ] {
        assert_eq!(refused(&open.repeat(5_000)), Code::DepthLimit, "{open}");
    }
    let levels = |count: usize| format!("{}a{}", "{a".repeat(count), "}".repeat(count));
    assert_eq!(refused(&levels(16)), Code::DepthLimit);
    assert_eq!(refused(&levels(40)), Code::DepthLimit);
    let inline = |count: usize| format!("{{{}a{}}}", "...{".repeat(count), "}".repeat(count));
    assert_eq!(refused(&inline(50)), Code::DepthLimit);
    assert!(cost(&levels(14)).is_ok() && cost(&inline(20)).is_ok());
}

#[test]
fn brackets_in_strings_and_comments_do_not_nest() {
    let open = "{[(".repeat(200);
    for text in [
        format!("{{ node(id: \"{open}\") {{ id }} }}"),
        format!("{{ node(id: \"\\\"{open}\\\\\") {{ id }} }}"),
        format!("{{ node(id: \"\"\"{open} \\\"\"\" {open}\"\"\") {{ id }} }}"),
        format!("{{ # {open}\n __typename }}"),
    ] {
        assert!(cost(&text).is_ok(), "{text}: {:?}", cost(&text));
    }
}

#[test]
fn a_string_does_not_hide_what_follows_it() {
    for prefix in [
        "\"a\"",
        "\"a\\\"b\"",
        "\"\"\"a\"b\"\"\"",
        "\"\"",
        "\"\"\"\"\"\"",
        "\"open\n",
    ] {
        let text = format!("{prefix}{}", "{a".repeat(200));
        assert_eq!(refused(&text), Code::DepthLimit, "{prefix}");
    }
}

#[test]
fn long_texts_and_many_tokens_are_refused() {
    assert_eq!(refused(&" ".repeat(70_000)), Code::LimitExceeded);
    assert_eq!(refused(&"a ".repeat(10_001)), Code::LimitExceeded);
    assert_eq!(refused(&"{}".repeat(10_000)), Code::LimitExceeded);
    assert_eq!(
        refused(&"query { a } ".repeat(30)),
        Code::GraphqlParseFailed,
        "two without a name"
    );
    let named = repeat(21, |n| format!("query Q{n} {{ __typename }} "));
    assert_eq!(refused(&named), Code::LimitExceeded);
}

#[test]
fn what_is_no_graphql_is_a_parse_error() {
    for text in [
        "",
        "{",
        "}",
        "{ a",
        "mutation",
        "\"",
        "\"\"\"",
        "{ a(b: \"\\) }",
        "\u{0}",
        "💥",
        "{ a } }",
    ] {
        assert_eq!(refused(text), Code::GraphqlParseFailed, "{text:?}");
    }
}

#[test]
fn introspection_is_exempt_but_bounded() {
    let type_of = |levels: usize| {
        (0..levels).fold("kind name".to_owned(), |inner, _| {
            format!("kind name ofType {{ {inner} }}")
        })
    };
    let standard = format!(
        "{{ __schema {{ queryType {{ name }} types {{ ...T }} directives {{ name args {{ ...I }} }} }} }} \
         fragment T on __Type {{ kind name description fields(includeDeprecated: true) {{ name args {{ ...I }} \
         type {{ ...R }} }} inputFields {{ ...I }} interfaces {{ ...R }} enumValues {{ name }} possibleTypes {{ ...R }} }} \
         fragment I on __InputValue {{ name description type {{ ...R }} defaultValue }} \
         fragment R on __Type {{ {} }}",
        type_of(9)
    );
    let measured = cost(&standard).expect("the standard introspection query");
    assert_eq!((measured.depth, measured.cost), (1, 1));
    assert!(measured.introspection_depth > 10, "{measured:?}");

    let bomb = (0..6).fold("name".to_owned(), |inner, _| {
        format!("fields {{ type {{ {inner} }} }}")
    });
    assert_eq!(
        refused(&format!("{{ __schema {{ types {{ {bomb} }} }} }}")),
        Code::CostLimit
    );
    let deep = format!("{{ __type(name: \"Query\") {{ {} }} }}", type_of(25));
    assert_eq!(refused(&deep), Code::DepthLimit);
}

#[test]
fn an_operation_that_is_not_there_is_named() {
    let text = "query A { __typename } query B { __typename }";
    let error = check(text, &Variables::default(), Some("C"), &Limits::default());
    assert!(matches!(error, Err(Error::UnknownOperation { name }) if name == "C"));
    assert!(check(text, &Variables::default(), Some("B"), &Limits::default()).is_ok());
}

#[test]
fn arithmetic_on_costs_saturates() {
    let limits = Limits {
        depth: 40,
        cost: u64::MAX - 1,
        page_size: u64::MAX,
        ..Limits::default()
    };
    let mut text = "iri".to_owned();
    for _ in 0..15 {
        text = format!("datasets(first: 9223372036854775807) {{ {text} }}");
    }
    let error = check(
        &format!("{{ {text} }}"),
        &Variables::default(),
        None,
        &limits,
    );
    assert!(
        matches!(error, Err(Error::TooCostly { cost: u64::MAX, .. })),
        "{error:?}"
    );
}
