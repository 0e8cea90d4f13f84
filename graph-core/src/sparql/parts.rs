//! What patterns and expressions are made of, for walks that mind only a few kinds of them.

use spargebra::algebra::{AggregateExpression, Expression, GraphPattern, OrderExpression};

/// Spells out a walk twice: over what is only read, and over what is rewritten.
macro_rules! walk {
    ($part:ident, $of_pattern:ident, $of_expression:ident, $($mutable:tt)?) => {
        /// A pattern or an expression right inside of another one.
        pub(crate) enum $part<'a> {
            Pattern(&'a $($mutable)? GraphPattern),
            Expression(&'a $($mutable)? Expression),
        }

        /// The parts of a pattern: patterns first, then expressions.
        pub(crate) fn $of_pattern(pattern: &$($mutable)? GraphPattern) -> Vec<$part<'_>> {
            use GraphPattern as G;
            let mut parts = Vec::new();
            match pattern {
                G::Bgp { .. } | G::Path { .. } | G::Values { .. } => {}
                G::Join { left, right }
                | G::Lateral { left, right }
                | G::Union { left, right }
                | G::Minus { left, right } => {
                    parts.extend([$part::Pattern(left), $part::Pattern(right)]);
                }
                G::LeftJoin { left, right, expression } => {
                    parts.extend([$part::Pattern(left), $part::Pattern(right)]);
                    parts.extend(expression.into_iter().map($part::Expression));
                }
                G::Filter { expr: expression, inner } | G::Extend { expression, inner, .. } => {
                    parts.extend([$part::Pattern(inner), $part::Expression(expression)]);
                }
                G::OrderBy { inner, expression } => {
                    parts.push($part::Pattern(inner));
                    for by in expression {
                        let (OrderExpression::Asc(by) | OrderExpression::Desc(by)) = by;
                        parts.push($part::Expression(by));
                    }
                }
                G::Group { inner, aggregates, .. } => {
                    parts.push($part::Pattern(inner));
                    for (_, aggregate) in aggregates {
                        if let AggregateExpression::FunctionCall { expr, .. } = aggregate {
                            parts.push($part::Expression(expr));
                        }
                    }
                }
                G::Graph { inner, .. }
                | G::Service { inner, .. }
                | G::Project { inner, .. }
                | G::Distinct { inner }
                | G::Reduced { inner }
                | G::Slice { inner, .. } => parts.push($part::Pattern(inner)),
            }
            parts
        }

        /// The parts of an expression; that of EXISTS is its pattern.
        pub(crate) fn $of_expression(expression: &$($mutable)? Expression) -> Vec<$part<'_>> {
            use Expression as E;
            match expression {
                E::NamedNode(_) | E::Literal(_) | E::Variable(_) | E::Bound(_) => Vec::new(),
                E::Exists(pattern) => vec![$part::Pattern(pattern)],
                E::UnaryPlus(a) | E::UnaryMinus(a) | E::Not(a) => vec![$part::Expression(a)],
                E::Or(a, b)
                | E::And(a, b)
                | E::Equal(a, b)
                | E::SameTerm(a, b)
                | E::Greater(a, b)
                | E::GreaterOrEqual(a, b)
                | E::Less(a, b)
                | E::LessOrEqual(a, b)
                | E::Add(a, b)
                | E::Subtract(a, b)
                | E::Multiply(a, b)
                | E::Divide(a, b) => vec![$part::Expression(a), $part::Expression(b)],
                E::If(a, b, c) => [a, b, c].map(|part| $part::Expression(part)).into(),
                E::In(a, list) => {
                    let mut parts = vec![$part::Expression(a)];
                    parts.extend(list.into_iter().map($part::Expression));
                    parts
                }
                E::Coalesce(list) | E::FunctionCall(_, list) => {
                    list.into_iter().map($part::Expression).collect()
                }
            }
        }
    };
}

walk!(Part, of_pattern, of_expression,);
walk!(PartMut, of_pattern_mut, of_expression_mut, mut);
