//! Small pieces of syntax trees.

use sqlparser::ast::helpers::attached_token::AttachedToken;
use sqlparser::ast::{self, Ident};

use crate::plan::dialect::Dialect;

/// The character that quotes identifiers.
const fn quote(dialect: Dialect) -> char {
    match dialect {
        Dialect::Spark | Dialect::BigQuery => '`',
        _ => '"',
    }
}

/// A quoted identifier, as it is.
///
/// The tree takes a quote that is doubled, or has a backslash before it, for escaped and prints it as it stands, so
/// that it must be escaped before.
pub(super) fn quoted(dialect: Dialect, name: &str) -> Ident {
    let quote = quote(dialect);
    if !name.contains([quote, '\\']) {
        return Ident::with_quote(quote, name);
    }
    let escaped = if dialect == Dialect::BigQuery {
        name.replace('\\', "\\\\").replace('`', "\\`")
    } else {
        name.replace(quote, &format!("{quote}{quote}"))
    };
    Ident::with_quote(quote, escaped)
}

/// A quoted identifier of the engine's own, in the case in which the engine keeps names that nobody quoted.
///
/// The names of a layer are written as people write SQL, without quotes.
pub(super) fn stored(dialect: Dialect, name: &str) -> Ident {
    match dialect {
        Dialect::Snowflake if !name.chars().any(char::is_uppercase) => {
            quoted(dialect, &name.to_uppercase())
        }
        _ => quoted(dialect, name),
    }
}

/// The name of a table.
pub(super) fn table_name(dialect: Dialect, parts: &[String]) -> ast::ObjectName {
    let idents: Vec<Ident> = parts.iter().map(|part| stored(dialect, part)).collect();
    idents.into()
}

pub(super) fn number(value: usize) -> ast::Expr {
    ast::Expr::value(ast::Value::Number(value.to_string(), false))
}

pub(super) fn select() -> ast::Select {
    ast::Select {
        select_token: AttachedToken::empty(),
        optimizer_hints: Vec::new(),
        distinct: None,
        select_modifiers: None,
        top: None,
        top_before_distinct: false,
        projection: Vec::new(),
        exclude: None,
        into: None,
        from: Vec::new(),
        lateral_views: Vec::new(),
        prewhere: None,
        selection: None,
        connect_by: Vec::new(),
        group_by: ast::GroupByExpr::Expressions(Vec::new(), Vec::new()),
        cluster_by: Vec::new(),
        distribute_by: Vec::new(),
        sort_by: Vec::new(),
        having: None,
        named_window: Vec::new(),
        qualify: None,
        window_before_qualify: false,
        value_table_mode: None,
        flavor: ast::SelectFlavor::Standard,
    }
}

pub(super) fn query(
    select: ast::Select,
    order: Vec<ast::OrderByExpr>,
    limit: Option<u64>,
) -> ast::Query {
    ast::Query {
        with: None,
        body: Box::new(ast::SetExpr::Select(Box::new(select))),
        order_by: (!order.is_empty()).then_some(ast::OrderBy {
            kind: ast::OrderByKind::Expressions(order),
            interpolate: None,
        }),
        limit_clause: limit.map(|limit| ast::LimitClause::LimitOffset {
            limit: Some(ast::Expr::value(ast::Value::Number(
                limit.to_string(),
                false,
            ))),
            offset: None,
            limit_by: Vec::new(),
        }),
        fetch: None,
        locks: Vec::new(),
        for_clause: None,
        settings: None,
        format_clause: None,
        pipe_operators: Vec::new(),
    }
}

pub(super) fn order(expr: ast::Expr, descending: bool, nulls_first: bool) -> ast::OrderByExpr {
    ast::OrderByExpr {
        expr,
        options: ast::OrderByOptions {
            asc: Some(!descending),
            nulls_first: Some(nulls_first),
        },
        with_fill: None,
    }
}

fn alias(name: &Ident) -> ast::TableAlias {
    ast::TableAlias {
        explicit: true,
        name: name.clone(),
        columns: Vec::new(),
        at: None,
    }
}

pub(super) fn table(name: ast::ObjectName, alias_name: &Ident) -> ast::TableFactor {
    ast::TableFactor::Table {
        name,
        alias: Some(alias(alias_name)),
        args: None,
        with_hints: Vec::new(),
        version: None,
        with_ordinality: false,
        partitions: Vec::new(),
        json_path: None,
        sample: None,
        index_hints: Vec::new(),
    }
}

pub(super) fn derived(query: ast::Query, alias_name: &Ident) -> ast::TableFactor {
    ast::TableFactor::Derived {
        lateral: false,
        subquery: Box::new(query),
        alias: Some(alias(alias_name)),
        sample: None,
    }
}

pub(super) fn named(name: Ident, query: ast::Query) -> ast::Cte {
    ast::Cte {
        alias: ast::TableAlias {
            explicit: false,
            ..alias(&name)
        },
        query: Box::new(query),
        from: None,
        materialized: None,
        closing_paren_token: AttachedToken::empty(),
    }
}

pub(super) fn with(tables: Vec<ast::Cte>) -> ast::With {
    ast::With {
        with_token: AttachedToken::empty(),
        recursive: false,
        cte_tables: tables,
    }
}

/// A call of a function.
pub(super) fn call(name: &str, arguments: Vec<ast::Expr>) -> ast::Expr {
    ast::Expr::Function(function(name, arguments))
}

pub(super) fn function(name: &str, arguments: Vec<ast::Expr>) -> ast::Function {
    let args = arguments
        .into_iter()
        .map(|argument| ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Expr(argument)))
        .collect();
    ast::Function {
        name: Ident::new(name).into(),
        uses_odbc_syntax: false,
        parameters: ast::FunctionArguments::None,
        args: ast::FunctionArguments::List(ast::FunctionArgumentList {
            duplicate_treatment: None,
            args,
            clauses: Vec::new(),
        }),
        filter: None,
        null_treatment: None,
        over: None,
        within_group: Vec::new(),
    }
}

/// The expression in parentheses, unless it cannot be torn apart by what stands around it.
pub(super) fn atom(expr: ast::Expr) -> ast::Expr {
    match expr {
        ast::Expr::Identifier(_)
        | ast::Expr::CompoundIdentifier(_)
        | ast::Expr::Value(_)
        | ast::Expr::Function(_)
        | ast::Expr::Cast { .. }
        | ast::Expr::Nested(_)
        | ast::Expr::Extract { .. }
        | ast::Expr::Case { .. } => expr,
        expr => ast::Expr::Nested(Box::new(expr)),
    }
}

pub(super) fn binary(left: ast::Expr, op: ast::BinaryOperator, right: ast::Expr) -> ast::Expr {
    ast::Expr::BinaryOp {
        left: Box::new(atom(left)),
        op,
        right: Box::new(atom(right)),
    }
}

pub(super) fn cast(expr: ast::Expr, data_type: ast::DataType) -> ast::Expr {
    ast::Expr::Cast {
        kind: ast::CastKind::Cast,
        expr: Box::new(expr),
        data_type,
        array: false,
        format: None,
    }
}

pub(super) fn case(
    condition: ast::Expr,
    result: ast::Expr,
    otherwise: Option<ast::Expr>,
) -> ast::Expr {
    ast::Expr::Case {
        case_token: AttachedToken::empty(),
        end_token: AttachedToken::empty(),
        operand: None,
        conditions: vec![ast::CaseWhen { condition, result }],
        else_result: otherwise.map(Box::new),
    }
}
