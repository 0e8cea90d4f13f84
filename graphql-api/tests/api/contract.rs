//! The schema's text and documentation are promises.

use std::collections::BTreeSet;

use async_graphql::Request;
use expect_test::expect_file;
use graphql_api::{limits, sdl};
use serde_json::Value;

use crate::mesh::{data, empty};

#[test]
fn the_checked_in_schema_is_the_schema() {
    expect_file!["../../schema.graphql"].assert_eq(&sdl());
}

async fn introspect() -> Vec<Value> {
    let (schema, _) = empty();
    let text = "{ __schema { types { name kind description
        fields { name description type { ...R } args { name description } }
        inputFields { name description } enumValues { name description } } } }
        fragment R on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";
    let answer = data(schema.execute(Request::new(text)).await);
    let types = answer["__schema"]["types"]
        .as_array()
        .expect("a list of types")
        .clone();
    let ours = |ty: &Value| {
        let name = ty["name"].as_str().unwrap_or_default();
        !name.starts_with("__") && !["Boolean", "Float", "ID", "Int", "String"].contains(&name)
    };
    types.into_iter().filter(ours).collect()
}

#[tokio::test]
async fn everything_in_the_schema_is_described() {
    let mut bare = BTreeSet::new();
    let mut see = |path: String, item: &Value| {
        if item["description"]
            .as_str()
            .is_none_or(|text| text.trim().is_empty())
        {
            bare.insert(path);
        }
    };
    for ty in introspect().await {
        let name = ty["name"].as_str().unwrap_or_default();
        see(name.to_owned(), &ty);
        for list in ["fields", "inputFields", "enumValues"] {
            for member in ty[list].as_array().into_iter().flatten() {
                let path = format!("{name}.{}", member["name"].as_str().unwrap_or_default());
                for argument in member["args"].as_array().into_iter().flatten() {
                    see(
                        format!("{path}({})", argument["name"].as_str().unwrap_or_default()),
                        argument,
                    );
                }
                see(path, member);
            }
        }
    }
    assert_eq!(bare, BTreeSet::new(), "without a description");
}

/// Follows `ofType` and tells whether the type is a list, and of what.
fn list_of(ty: &Value) -> Option<&str> {
    let (mut at, mut list) = (ty, false);
    while !at["ofType"].is_null() {
        list |= at["kind"] == "LIST";
        at = &at["ofType"];
    }
    let object = matches!(at["kind"].as_str(), Some("OBJECT" | "INTERFACE" | "UNION"));
    at["name"].as_str().filter(|_| list && object)
}

#[tokio::test]
async fn the_cost_of_every_list_of_objects_is_known() {
    let mut listed = BTreeSet::new();
    for ty in introspect().await {
        let fields = ty["fields"].as_array().into_iter().flatten();
        for field in fields {
            let name = field["name"].as_str().unwrap_or_default();
            let paged = field["args"]
                .as_array()
                .into_iter()
                .flatten()
                .any(|arg| matches!(arg["name"].as_str(), Some("first" | "ids")));
            if list_of(&field["type"]).is_some() && !paged {
                listed.insert(name.to_owned());
            }
        }
    }
    let counted: BTreeSet<String> = limits::LIST_FIELDS
        .iter()
        .map(|(name, _)| *name)
        .chain(limits::COUNTED_ABOVE.iter().copied())
        .map(str::to_owned)
        .collect();
    let forgotten: Vec<&String> = listed.difference(&counted).collect();
    let gone: Vec<&String> = counted.difference(&listed).collect();
    assert!(
        forgotten.is_empty() && gone.is_empty(),
        "forgotten {forgotten:?}, gone {gone:?}"
    );
}

#[tokio::test]
async fn every_paged_list_says_where_it_ends() {
    for ty in introspect().await {
        let name = ty["name"].as_str().unwrap_or_default();
        if name.ends_with("Connection") {
            let fields: Vec<&str> = crate::mesh::texts(&ty["fields"], "name");
            for field in ["edges", "pageInfo", "totalCount"] {
                assert!(fields.contains(&field), "{name} has no {field}");
            }
        }
    }
}
