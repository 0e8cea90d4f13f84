//! Where columns come from.

use expect_test::{Expect, expect};

use super::{lineage_of, read, read_as, shop};
use crate::sql::{Dialect, Schema};

fn check(sql: &str, expected: &Expect) {
    expected.assert_eq(&lineage_of(&read(sql)));
}

fn check_as(dialect: Dialect, sql: &str, expected: &Expect) {
    expected.assert_eq(&lineage_of(&read_as(dialect, &shop(), sql)));
}

#[test]
fn kinds_of_influence() {
    check(
        "select id, upper(status) s, sum(amount) over (partition by customer_id order by placed_at) w,
           case when status = 'x' then amount else 0 end c, count(*) n, amount::int
         from orders",
        &expect![[r#"
            id: orders.id IDENTITY
            s: orders.status TRANSFORMATION
            w: orders.amount AGGREGATION, orders.customer_id WINDOW, orders.placed_at WINDOW
            c: orders.amount TRANSFORMATION, orders.status CONDITIONAL
            n: 
            amount: orders.amount TRANSFORMATION
        "#]],
    );
    check(
        "select customer_id, sum(amount) filter (where status = 'ok') t, string_agg(status, ',' order by placed_at) s
         from orders group by 1 having max(amount) > 3",
        &expect![[r#"
            customer_id: orders.customer_id IDENTITY
            t: orders.amount AGGREGATION, orders.status CONDITIONAL
            s: orders.placed_at SORT, orders.status AGGREGATION
        "#]],
    );
}

#[test]
fn ctes_and_stars() {
    check(
        "with o as (select * from orders where status = 'x'), c as (select id, name as customer from customers)
         select o.*, c.customer from o left join c on o.customer_id = c.id",
        &expect![[r#"
            id: orders.id IDENTITY
            customer_id: orders.customer_id IDENTITY
            amount: orders.amount IDENTITY
            status: orders.status IDENTITY
            placed_at: orders.placed_at IDENTITY
            customer: customers.name IDENTITY
        "#]],
    );
    check(
        "with recursive tree(id, root) as (
           select id, name from customers where parent_id is null
           union all select c.id, t.root from customers c join tree t on c.parent_id = t.id)
         select * from tree",
        &expect![[r#"
            id: customers.id IDENTITY
            root: customers.name IDENTITY
        "#]],
    );
}

#[test]
fn subqueries_see_what_is_outside() {
    check(
        "select id, (select max(r.amount) from refunds r where r.order_id = orders.id) refunded,
           exists (select 1 from customers c where c.id = customer_id) known
         from orders",
        &expect![[r#"
            id: orders.id IDENTITY
            refunded: refunds.amount AGGREGATION
            known: 
        "#]],
    );
    check(
        "select o.id, l.a from orders o, lateral (select amount + o.amount as a from refunds where order_id = o.id) l",
        &expect![[r#"
            id: orders.id IDENTITY
            a: orders.amount TRANSFORMATION, refunds.amount TRANSFORMATION
        "#]],
    );
}

#[test]
fn joins_by_name_make_one_column() {
    check(
        "select id, o.amount, r.amount from orders o full join refunds r using (id)",
        &expect![[r#"
            id: orders.id IDENTITY, refunds.id IDENTITY
            amount: orders.amount IDENTITY
            amount: refunds.amount IDENTITY
        "#]],
    );
    check(
        "select * from orders o join archive.orders a using (id)",
        &expect![[r#"
            id: shop.archive.orders.id IDENTITY, orders.id IDENTITY
            customer_id: orders.customer_id IDENTITY
            amount: orders.amount IDENTITY
            status: orders.status IDENTITY
            placed_at: orders.placed_at IDENTITY
            amount: shop.archive.orders.amount IDENTITY
        "#]],
    );
    check(
        "select id from orders natural join refunds",
        &expect![[r#"
        id: orders.id IDENTITY, refunds.id IDENTITY
    "#]],
    );
}

#[test]
fn set_operations_go_by_position() {
    check(
        "select id, amount from orders union all select order_id, amount from refunds order by 2",
        &expect![[r#"
            id: orders.id IDENTITY, refunds.order_id IDENTITY
            amount: orders.amount IDENTITY, refunds.amount IDENTITY
        "#]],
    );
    check_as(
        Dialect::DuckDb,
        "select id, amount from orders union by name select amount, order_id as id from refunds",
        &expect![[r#"
            id: orders.id IDENTITY, refunds.order_id IDENTITY
            amount: orders.amount IDENTITY, refunds.amount IDENTITY
        "#]],
    );
}

#[test]
fn names_find_their_tables() {
    check(
        "select id from archive.orders",
        &expect![[r#"
        id: shop.archive.orders.id IDENTITY
    "#]],
    );
    check(
        "select \"ID\", Amount from SHOP.Public.ORDERS",
        &expect![[r#"
        ID: orders.id IDENTITY
        amount: orders.amount IDENTITY
    "#]],
    );
    check_as(
        Dialect::Snowflake,
        "select id, \"amount\" from orders",
        &expect![[r#"
            ID: orders.id IDENTITY
            amount: orders.amount IDENTITY
        "#]],
    );
    check(
        "select a, b.c from nowhere.t join other.b on t.id = b.id",
        &expect![[r#"
            a: 
            c: shop.other.b.c IDENTITY
            unresolved a
        "#]],
    );
    check_as(
        Dialect::BigQuery,
        "select t.a from `proj.data.t` t",
        &expect![[r#"
            a: proj.data.t.a IDENTITY
        "#]],
    );
}

#[test]
fn pipes_are_followed() {
    check_as(
        Dialect::BigQuery,
        "from orders |> where amount > 3 |> extend amount * 2 as twice |> aggregate sum(twice) as total group by status |> order by total",
        &expect![[r#"
            status: orders.status IDENTITY
            total: orders.amount AGGREGATION
        "#]],
    );
}

#[test]
fn dialects_have_their_ways() {
    check_as(
        Dialect::Snowflake,
        "select status as s, s || 'x' as t, f.value:a::string v from orders, lateral flatten(input => status) f
         qualify row_number() over (partition by s order by amount) = 1",
        &expect![[r#"
            S: orders.status IDENTITY
            T: orders.status TRANSFORMATION
            V: orders.status TRANSFORMATION
        "#]],
    );
    check_as(
        Dialect::BigQuery,
        "select * except (amount, status) replace (upper(placed_at) as placed_at) from orders",
        &expect![[r#"
            id: orders.id IDENTITY
            customer_id: orders.customer_id IDENTITY
            placed_at: orders.placed_at TRANSFORMATION
        "#]],
    );
    check_as(
        Dialect::BigQuery,
        "select o.id, item.price, off from orders o, unnest(o.status) as item with offset off",
        &expect![[r#"
            id: orders.id IDENTITY
            price: orders.status TRANSFORMATION
            off: 
        "#]],
    );
    check_as(
        Dialect::Spark,
        "select id, v from orders lateral view explode(split(status, ',')) t as v",
        &expect![[r#"
            id: orders.id IDENTITY
            v: orders.status TRANSFORMATION
        "#]],
    );
    check_as(
        Dialect::Snowflake,
        "select * from refunds pivot (sum(amount) for order_id in (1, 2)) as p",
        &expect![[r#"
            id: refunds.id IDENTITY
            ?: refunds.amount AGGREGATION, refunds.order_id CONDITIONAL
        "#]],
    );
    check_as(
        Dialect::MsSql,
        "declare @n int = 5 select top (@n) total = sum(o.amount), o.[status] from orders o group by o.status",
        &expect![[r#"
            total: orders.amount AGGREGATION
            status: orders.status IDENTITY
        "#]],
    );
}

#[test]
fn fields_of_structs_are_made_of_their_column() {
    let mut schema = Schema::default();
    schema.add(&["t"], ["payload", "items"]);
    let sql = "select payload.user.name, t.payload.id as pid, items[1].price from t";
    expect![[r#"
        name: t.payload TRANSFORMATION
        pid: t.payload TRANSFORMATION
        price: t.items TRANSFORMATION
    "#]]
    .assert_eq(&lineage_of(&read_as(Dialect::BigQuery, &schema, sql)));
}

#[test]
fn without_a_schema_only_what_is_certain_is_said() {
    let none = Schema::default();
    let sql = "select a, t.b, c from (select *, x + 1 as a from t) t";
    expect![[r#"
        a: t.x TRANSFORMATION
        b: t.b IDENTITY
        c: t.c IDENTITY
    "#]]
    .assert_eq(&lineage_of(&read_as(Dialect::Postgres, &none, sql)));
    let sql = "select a, u.b from t join u on t.id = u.id";
    expect![[r#"
        a: 
        b: u.b IDENTITY
        unresolved a
    "#]]
    .assert_eq(&lineage_of(&read_as(Dialect::Postgres, &none, sql)));
}

#[test]
fn statements_that_write() {
    check(
        "create table big as select id, amount * 2 as twice from orders",
        &expect![[r#"
            -> shop.public.big
            id: orders.id IDENTITY
            twice: orders.amount TRANSFORMATION
        "#]],
    );
    check(
        "create view v (a, b) as select id, name from customers",
        &expect![[r#"
            -> shop.public.v
            a: customers.id IDENTITY
            b: customers.name IDENTITY
        "#]],
    );
    check(
        "insert into refunds (order_id, amount) select id, amount from orders where amount < 0",
        &expect![[r#"
            -> shop.public.refunds
            order_id: orders.id IDENTITY
            amount: orders.amount IDENTITY
        "#]],
    );
    check(
        "insert into refunds select id, id, amount from orders",
        &expect![[r#"
            -> shop.public.refunds
            id: orders.id IDENTITY
            order_id: orders.id IDENTITY
            amount: orders.amount IDENTITY
        "#]],
    );
    check(
        "update orders o set amount = o.amount - r.amount, status = 'r' from refunds r where r.order_id = o.id",
        &expect![[r#"
            -> shop.public.orders
            amount: orders.amount TRANSFORMATION, refunds.amount TRANSFORMATION
            status: 
        "#]],
    );
    check_as(
        Dialect::Snowflake,
        "merge into refunds t using (select id, amount from orders) s on t.order_id = s.id
         when matched then update set amount = s.amount + t.amount
         when not matched then insert (id, order_id, amount) values (s.id, s.id, s.amount)",
        &expect![[r#"
            -> shop.public.refunds
            AMOUNT: orders.amount IDENTITY+TRANSFORMATION, refunds.amount TRANSFORMATION
            ID: orders.id IDENTITY
            ORDER_ID: orders.id IDENTITY
        "#]],
    );
    check(
        "with gone as (delete from refunds where amount = 0 returning id) select id from gone",
        &expect![[r#"
            id: refunds.id IDENTITY
        "#]],
    );
}

#[test]
fn what_is_not_sql_is_said() {
    check(
        "select {{ column }} from orders",
        &expect![[r#"
        ! line 1 still holds a template
    "#]],
    );
    check("select from where 'secret word'", &expect![""]);
    check(
        "select 'never closed from orders",
        &expect![[r#"
        ! Unterminated string literal
    "#]],
    );
}
