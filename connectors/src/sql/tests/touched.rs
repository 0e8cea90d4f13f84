//! What statements touch.

use std::fmt::Write;

use expect_test::{Expect, expect};

use super::{read, read_as, shop};
use crate::sql::{Analysis, Dialect, Role};

fn touched(analysis: &Analysis) -> String {
    let mut out = String::new();
    for facts in &analysis.statements {
        let short = |text: String| text.replace("shop.public.", "");
        let names = |tables: &std::collections::BTreeSet<_>| -> Vec<String> {
            tables
                .iter()
                .map(|table: &std::sync::Arc<crate::sql::TableName>| short(table.to_string()))
                .collect()
        };
        write!(out, "{:?}", facts.kind).unwrap();
        for (word, tables) in [("reads", &facts.reads), ("writes", &facts.writes)] {
            if !tables.is_empty() {
                write!(out, " {word} {}", names(tables).join(" ")).unwrap();
            }
        }
        writeln!(out, "{}", if facts.guessed { " (guessed)" } else { "" }).unwrap();
        for (column, roles) in &facts.columns {
            let roles: Vec<String> = Role::ALL
                .into_iter()
                .filter(|role| roles.has(*role))
                .map(|role| format!("{role:?}"))
                .collect();
            writeln!(out, "  {} {}", short(column.to_string()), roles.join(" ")).unwrap();
        }
        for key in &facts.joins {
            writeln!(
                out,
                "  {} = {}",
                short(key.left.to_string()),
                short(key.right.to_string())
            )
            .unwrap();
        }
    }
    out
}

fn check(sql: &str, expected: &Expect) {
    expected.assert_eq(&touched(&read(sql)));
}

#[test]
fn columns_have_roles() {
    check(
        "select c.name, sum(o.amount) from orders o join customers c on o.customer_id = c.id and c.region = 'EU'
         where o.status = 'paid' group by c.name order by sum(o.amount) desc",
        &expect![[r#"
            Query reads customers orders
              customers.id Joined
              customers.name Selected Grouped
              customers.region Filtered
              orders.amount Selected Ordered
              orders.customer_id Joined
              orders.status Filtered
              customers.id = orders.customer_id
        "#]],
    );
    check(
        "select * from refunds where order_id in (select id from orders where amount > 3)",
        &expect![[r#"
            Query reads orders refunds
              orders.amount Filtered
              orders.id Selected
              refunds.amount Starred
              refunds.id Starred
              refunds.order_id Filtered Starred
              orders.id = refunds.order_id
        "#]],
    );
    check(
        "select count(*) from orders o, customers c where o.customer_id = c.id",
        &expect![[r#"
            Query reads customers orders
              customers.id Filtered Joined
              orders.customer_id Filtered Joined
              customers.id = orders.customer_id
        "#]],
    );
    check(
        "select a.name from customers a join customers b on a.parent_id = b.id",
        &expect![[r#"
            Query reads customers
              customers.id Joined
              customers.name Selected
              customers.parent_id Joined
              customers.id = customers.parent_id
        "#]],
    );
}

#[test]
fn statements_of_all_kinds() {
    check(
        "begin; set search_path = x; delete from refunds where id = 3; truncate orders; drop table customers",
        &expect![[r#"
            Utility
            Utility
            Delete reads refunds writes refunds
              refunds.id Filtered
            Delete writes orders
            Definition writes customers
        "#]],
    );
    check(
        "copy orders (id, amount) from stdin",
        &expect![[r#"
        Copy writes orders
    "#]],
    );
    check(
        "explain analyze select id from orders",
        &expect![[r#"
        Utility reads orders
          orders.id Selected
    "#]],
    );
    check(
        "insert into refunds (id, amount) values (1, 2), (3, 4) on conflict (id) do update set amount = excluded.amount",
        &expect![[r#"
            Insert writes refunds
              refunds.amount Written
              refunds.id Written
        "#]],
    );
    check(
        "declare c cursor for select id from orders where status = 'x'",
        &expect![[r#"
            Query reads orders
              orders.id Selected
              orders.status Filtered
        "#]],
    );
}

#[test]
fn tables_of_a_statement_that_does_not_parse_are_guessed() {
    check(
        "with x as (select 1) select from where frm orders o join x on join customers c ((",
        &expect![[r#"
            Unknown reads customers (guessed)
        "#]],
    );
}

#[test]
fn a_text_in_double_quotes_is_no_column() {
    let analysis = read_as(
        Dialect::Sqlite,
        &shop(),
        "select name from customers where region = \"EU\"",
    );
    expect![[r#"
        Query reads customers
          customers.name Selected
          customers.region Filtered
    "#]]
    .assert_eq(&touched(&analysis));
    expect!["select name from customers where region = ?"]
        .assert_eq(&analysis.statements[0].fingerprint.text);
}
