//! The parts of an expression, for a walk that does not recurse.

use sqlparser::ast::{
    AccessExpr, Expr, FunctionArg, FunctionArgExpr, FunctionArgumentClause, FunctionArguments,
    Subscript,
};

/// Gives the expressions directly inside one, left to right; what needs care of its own ([`Expr::Function`],
/// [`Expr::Case`], names and queries) has none here.
#[expect(clippy::too_many_lines, reason = "one line a form of expression")]
pub(super) fn parts<'e>(expr: &'e Expr, found: &mut Vec<&'e Expr>) {
    match expr {
        Expr::IsFalse(one)
        | Expr::IsNotFalse(one)
        | Expr::IsTrue(one)
        | Expr::IsNotTrue(one)
        | Expr::IsNull(one)
        | Expr::IsNotNull(one)
        | Expr::IsUnknown(one)
        | Expr::IsNotUnknown(one)
        | Expr::Nested(one)
        | Expr::OuterJoin(one)
        | Expr::Prior(one) => found.push(one),
        Expr::IsDistinctFrom(left, right) | Expr::IsNotDistinctFrom(left, right) => {
            found.extend([left.as_ref(), right.as_ref()]);
        }
        Expr::BinaryOp { left, right, .. }
        | Expr::AnyOp { left, right, .. }
        | Expr::AllOp { left, right, .. } => found.extend([left.as_ref(), right.as_ref()]),
        Expr::IsNormalized { expr, .. }
        | Expr::UnaryOp { expr, .. }
        | Expr::Cast { expr, .. }
        | Expr::Extract { expr, .. }
        | Expr::Ceil { expr, .. }
        | Expr::Floor { expr, .. }
        | Expr::Collate { expr, .. }
        | Expr::Named { expr, .. }
        | Expr::InSubquery { expr, .. }
        | Expr::Prefixed { value: expr, .. } => found.push(expr),
        Expr::Convert { expr, styles, .. } => {
            found.push(expr);
            found.extend(styles);
        }
        Expr::InList { expr, list, .. } => {
            found.push(expr);
            found.extend(list);
        }
        Expr::InUnnest {
            expr, array_expr, ..
        } => found.extend([expr.as_ref(), array_expr.as_ref()]),
        Expr::Between {
            expr, low, high, ..
        } => found.extend([expr.as_ref(), low.as_ref(), high.as_ref()]),
        Expr::Like { expr, pattern, .. }
        | Expr::ILike { expr, pattern, .. }
        | Expr::SimilarTo { expr, pattern, .. }
        | Expr::RLike { expr, pattern, .. } => found.extend([expr.as_ref(), pattern.as_ref()]),
        Expr::AtTimeZone {
            timestamp,
            time_zone,
        } => found.extend([timestamp.as_ref(), time_zone.as_ref()]),
        Expr::Position { expr, r#in } => found.extend([expr.as_ref(), r#in.as_ref()]),
        Expr::Substring {
            expr,
            substring_from,
            substring_for,
            ..
        } => {
            found.push(expr);
            found.extend(substring_from.as_deref());
            found.extend(substring_for.as_deref());
        }
        Expr::Trim {
            trim_what,
            expr,
            trim_characters,
            ..
        } => {
            found.extend(trim_what.as_deref());
            found.push(expr);
            found.extend(trim_characters.iter().flatten());
        }
        Expr::Overlay {
            expr,
            overlay_what,
            overlay_from,
            overlay_for,
        } => {
            found.extend([expr.as_ref(), overlay_what.as_ref(), overlay_from.as_ref()]);
            found.extend(overlay_for.as_deref());
        }
        Expr::GroupingSets(sets) | Expr::Cube(sets) | Expr::Rollup(sets) => {
            found.extend(sets.iter().flatten());
        }
        Expr::Tuple(items) => found.extend(items),
        Expr::Struct { values, .. } => found.extend(values),
        Expr::Dictionary(fields) => found.extend(fields.iter().map(|field| field.value.as_ref())),
        Expr::Map(map) => {
            for entry in &map.entries {
                found.extend([entry.key.as_ref(), entry.value.as_ref()]);
            }
        }
        Expr::Array(array) => found.extend(&array.elem),
        Expr::Interval(interval) => found.push(&interval.value),
        Expr::JsonAccess { value, .. } => found.push(value),
        Expr::CompoundFieldAccess { root, access_chain } => {
            found.push(root);
            for access in access_chain {
                subscript(access, found);
            }
        }
        Expr::Lambda(lambda) => found.push(&lambda.body),
        Expr::MemberOf(member) => found.extend([member.value.as_ref(), member.array.as_ref()]),
        Expr::Identifier(_)
        | Expr::CompoundIdentifier(_)
        | Expr::Value(_)
        | Expr::TypedString(_)
        | Expr::Function(_)
        | Expr::Case { .. }
        | Expr::Exists { .. }
        | Expr::Subquery(_)
        | Expr::MatchAgainst { .. }
        | Expr::Wildcard(_)
        | Expr::QualifiedWildcard(..) => {}
    }
}

/// Gives the expressions in the brackets of an access; what stands behind a dot is a field and no column.
pub(super) fn subscript<'e>(access: &'e AccessExpr, found: &mut Vec<&'e Expr>) {
    match access {
        AccessExpr::Dot(_) => {}
        AccessExpr::Subscript(Subscript::Index { index }) => found.push(index),
        AccessExpr::Subscript(Subscript::Slice {
            lower_bound,
            upper_bound,
            stride,
        }) => {
            found.extend(lower_bound);
            found.extend(upper_bound);
            found.extend(stride);
        }
    }
}

/// What the arguments of a call hold.
#[derive(Default)]
pub(super) struct Arguments<'e> {
    pub(super) values: Vec<&'e Expr>,
    /// What orders the values inside an aggregate.
    pub(super) order: Vec<&'e Expr>,
    /// The query in place of arguments.
    pub(super) query: Option<&'e sqlparser::ast::Query>,
}

/// Takes the arguments of a call apart.
pub(super) fn arguments(arguments: &FunctionArguments) -> Arguments<'_> {
    let mut found = Arguments::default();
    match arguments {
        FunctionArguments::None => {}
        FunctionArguments::Subquery(query) => found.query = Some(query),
        FunctionArguments::List(list) => {
            found.values.extend(list.args.iter().filter_map(argument));
            for clause in &list.clauses {
                match clause {
                    FunctionArgumentClause::OrderBy(order) => {
                        found.order.extend(order.iter().map(|order| &order.expr));
                    }
                    FunctionArgumentClause::Having(bound) => found.order.push(&bound.1),
                    _ => {}
                }
            }
        }
    }
    found
}

/// Gives the expression of one argument; `*` has none.
pub(super) fn argument(argument: &FunctionArg) -> Option<&Expr> {
    let (FunctionArg::Named { arg, .. }
    | FunctionArg::ExprNamed { arg, .. }
    | FunctionArg::Unnamed(arg)) = argument;
    match arg {
        FunctionArgExpr::Expr(expr) => Some(expr),
        _ => None,
    }
}

/// Gives the name that a database gives to an expression without one, as far as one can use it.
pub(super) fn name_of(expr: &Expr) -> Option<&sqlparser::ast::Ident> {
    let mut expr = expr;
    loop {
        expr = match expr {
            Expr::Identifier(name) => return Some(name),
            Expr::CompoundIdentifier(parts) => return parts.last(),
            Expr::Named { name, .. } => return Some(name),
            Expr::Nested(inner)
            | Expr::Cast { expr: inner, .. }
            | Expr::Collate { expr: inner, .. } => inner,
            Expr::Function(function) => match function.name.0.last()? {
                sqlparser::ast::ObjectNamePart::Identifier(name) => return Some(name),
                sqlparser::ast::ObjectNamePart::Function(_) => return None,
            },
            Expr::CompoundFieldAccess { access_chain, .. } => {
                return access_chain.iter().rev().find_map(|access| match access {
                    AccessExpr::Dot(Expr::Identifier(name)) => Some(name),
                    _ => None,
                });
            }
            _ => return None,
        };
    }
}
