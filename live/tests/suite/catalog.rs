//! What is read from a server is what is in it.

use connectors::postgres::document::{Catalog, ConstraintKind, RelationKind};
use live::postgres::{FetchOptions, fetch_blocking};

use crate::server::{address, url, url_of};

fn harbour() -> Option<Catalog> {
    let url = url("harbour")?;
    Some(fetch_blocking(&address(&url), &FetchOptions::default()).unwrap())
}

#[test]
#[expect(
    clippy::too_many_lines,
    reason = "most of them are what is read and expected"
)]
fn relations_columns_and_keys_are_read() {
    let Some(catalog) = harbour() else { return };
    let relation = |name: &str| {
        catalog
            .relations
            .iter()
            .find(|found| found.name == name)
            .unwrap()
    };
    let claims = relation("claims");
    assert_eq!(claims.kind, RelationKind::PartitionedTable);
    assert_eq!(
        claims.comment.as_deref(),
        Some("Medical claims, one row per line.")
    );
    assert_eq!(claims.partition_key.as_deref(), Some("RANGE (service_day)"));
    assert_eq!(claims.row_estimate, Some(3));
    assert_eq!(relation("claims_2025").parents[0].name, "claims");
    assert_eq!(relation("claims_2025").kind, RelationKind::Partition);
    assert_eq!(relation("monthly").kind, RelationKind::MaterializedView);
    assert!(
        relation("paid_claims")
            .definition
            .as_deref()
            .unwrap()
            .contains("\"Member Data\".\"Members\"")
    );
    assert_eq!(
        relation("pg_stat_statements").extension.as_deref(),
        Some("pg_stat_statements")
    );

    let column = |relation: &str, name: &str| {
        let of = |found: &&connectors::postgres::document::Column| {
            found.relation == relation && found.name == name
        };
        catalog.columns.iter().find(of).unwrap()
    };
    assert_eq!(
        column("claims", "paid").datatype.as_deref(),
        Some("claims.money_eur")
    );
    assert_eq!(
        column("claims", "note").datatype.as_deref(),
        Some("character varying(40)")
    );
    assert_eq!(
        column("Members", "Member ID").identity.as_deref(),
        Some("always")
    );
    assert_eq!(
        column("Members", "full").generated.as_deref(),
        Some("COALESCE(email, ''::character varying)")
    );
    assert_eq!(
        column("Members", "email").comment.as_deref(),
        Some("Where we write to; personal data.")
    );
    assert_eq!(column("claims", "line").nullable, Some(false));

    let appeals: Vec<_> = catalog
        .constraints
        .iter()
        .filter(|found| found.relation == "appeals")
        .collect();
    let foreign = appeals
        .iter()
        .find(|found| found.kind == ConstraintKind::ForeignKey)
        .unwrap();
    assert_eq!(foreign.columns, ["claim_id", "line", "day"]);
    assert_eq!(
        foreign.referenced_columns,
        ["claim_id", "line", "service_day"]
    );
    assert!(catalog.missing.is_empty(), "{:?}", catalog.missing);
    assert_eq!(catalog.database.search_path, ["public"]);
}

#[test]
fn lineage_rights_and_usage_are_read() {
    let Some(catalog) = harbour() else { return };
    let mut reads: Vec<_> = catalog
        .dependencies
        .iter()
        .map(|found| format!("{} {}", found.relation, found.from.name))
        .collect();
    reads.sort();
    assert_eq!(
        reads,
        [
            "monthly claims",
            "paid_claims Members",
            "paid_claims claims",
            "paid_totals paid_claims"
        ]
    );

    let grant = |relation: Option<&str>, column: Option<&str>| {
        let fits = |found: &&connectors::postgres::document::Grant| {
            found.grantee == "harbour_reader"
                && found.relation.as_deref() == relation
                && found.column.as_deref() == column
        };
        catalog
            .grants
            .iter()
            .find(fits)
            .map(|found| found.privileges.join(","))
    };
    assert_eq!(grant(Some("claims"), None).as_deref(), Some("SELECT"));
    assert_eq!(
        grant(Some("appeals"), Some("appeal_id")).as_deref(),
        Some("SELECT")
    );
    assert_eq!(grant(None, None).as_deref(), Some("USAGE"));
    assert!(
        catalog
            .roles
            .iter()
            .any(|role| role.name == "claims_team" && !role.login)
    );

    let shape = "select count(*) from claims.paid_claims where email = $1";
    let found = catalog
        .statements
        .iter()
        .find(|found| found.query == shape)
        .unwrap();
    assert_eq!(found.calls, 2);
    let text = serde_json::to_string(&catalog).unwrap();
    assert!(
        !text.contains("secret@example.org")
            && !text.contains("'reader'")
            && !text.contains("isogloss-test")
    );
}

#[test]
fn only_the_schemas_that_are_asked_for_are_read() {
    let Some(url) = url("harbour") else { return };
    let options = |schema: &str| FetchOptions {
        schemas: vec![schema.to_owned()],
        ..FetchOptions::default()
    };
    let catalog = fetch_blocking(&address(&url), &options("Member*")).unwrap();
    assert!(
        catalog
            .relations
            .iter()
            .all(|found| found.schema == "Member Data")
    );
    assert_eq!(catalog.relations.len(), 1);
    let error = fetch_blocking(&address(&url), &options("cliams")).unwrap_err();
    assert_eq!(error.code(), "unknown_schema");
}

#[test]
fn a_user_without_rights_gets_what_it_may_see_and_is_told_the_rest() {
    let Some(url) = url_of("harbour", "harbour_reader", "reader") else {
        return;
    };
    let catalog = fetch_blocking(&address(&url), &FetchOptions::default()).unwrap();
    assert!(catalog.relations.iter().any(|found| found.name == "claims"));
    let statements: Vec<_> = catalog
        .missing
        .iter()
        .map(|found| found.part.as_str())
        .collect();
    assert_eq!(statements, ["statements"]);
    assert!(catalog.missing[0].reason.contains("pg_read_all_stats"));
}
