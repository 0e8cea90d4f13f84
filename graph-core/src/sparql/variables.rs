//! Which variables a pattern binds, certainly or possibly.

use rustc_hash::FxHashSet;
use spargebra::algebra::{Expression, GraphPattern};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};

/// Names of variables; blank nodes of a pattern act as variables and are kept with their `_:`.
pub(super) type Names = FxHashSet<String>;

/// What is bound when a pattern is evaluated for one row of what stands before it.
#[derive(Clone, Default)]
pub(super) struct Scope {
    pub(super) certain: Names,
    pub(super) possible: Names,
}

pub(super) fn name(term: &TermPattern) -> Option<String> {
    match term {
        TermPattern::Variable(variable) => Some(variable.as_str().to_owned()),
        TermPattern::BlankNode(node) => Some(format!("_:{}", node.as_str())),
        _ => None,
    }
}

fn add_term(term: &TermPattern, names: &mut Names) {
    match term {
        TermPattern::Triple(triple) => add_triple(triple, names),
        term => names.extend(name(term)),
    }
}

pub(super) fn add_triple(triple: &TriplePattern, names: &mut Names) {
    add_term(&triple.subject, names);
    add_node(&triple.predicate, names);
    add_term(&triple.object, names);
}

fn add_node(node: &NamedNodePattern, names: &mut Names) {
    if let NamedNodePattern::Variable(variable) = node {
        names.insert(variable.as_str().to_owned());
    }
}

/// Variables that every row of the pattern binds.
pub(super) fn certain(pattern: &GraphPattern) -> Names {
    use GraphPattern as G;
    match pattern {
        G::Bgp { patterns } => {
            let mut names = Names::default();
            for triple in patterns {
                add_triple(triple, &mut names);
            }
            names
        }
        G::Path {
            subject, object, ..
        } => {
            let mut names = Names::default();
            add_term(subject, &mut names);
            add_term(object, &mut names);
            names
        }
        G::Join { left, right } | G::Lateral { left, right } => {
            let mut names = certain(left);
            names.extend(certain(right));
            names
        }
        G::Union { left, right } => {
            let right = certain(right);
            certain(left)
                .into_iter()
                .filter(|name| right.contains(name))
                .collect()
        }
        G::Graph { name, inner } => {
            let mut names = certain(inner);
            add_node(name, &mut names);
            names
        }
        G::Values {
            variables,
            bindings,
        } => {
            let always = variables.iter().enumerate().filter(|(at, _)| {
                bindings
                    .iter()
                    .all(|row| row.get(*at).is_some_and(Option::is_some))
            });
            always
                .map(|(_, variable)| variable.as_str().to_owned())
                .collect()
        }
        G::Project { inner, variables }
        | G::Group {
            inner, variables, ..
        } => {
            let inner = certain(inner);
            variables
                .iter()
                .map(|variable| variable.as_str().to_owned())
                .filter(|name| inner.contains(name))
                .collect()
        }
        G::LeftJoin { left: inner, .. }
        | G::Minus { left: inner, .. }
        | G::Filter { inner, .. }
        | G::Extend { inner, .. }
        | G::OrderBy { inner, .. }
        | G::Distinct { inner }
        | G::Reduced { inner }
        | G::Slice { inner, .. } => certain(inner),
        G::Service { .. } => Names::default(),
    }
}

/// Variables that some row of the pattern may bind.
pub(super) fn possible(pattern: &GraphPattern) -> Names {
    let mut names = certain(pattern);
    pattern.on_in_scope_variable(|variable| {
        names.insert(variable.as_str().to_owned());
    });
    names
}

/// Collects the variables of an expression; false when it holds an EXISTS, whose variables are not all listed.
pub(super) fn of_expression(expression: &Expression, names: &mut Names) -> bool {
    use Expression as E;
    match expression {
        E::NamedNode(_) | E::Literal(_) => true,
        E::Variable(variable) | E::Bound(variable) => {
            names.insert(variable.as_str().to_owned());
            true
        }
        E::Exists(_) => false,
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
        | E::Divide(a, b) => of_expression(a, names) & of_expression(b, names),
        E::UnaryPlus(a) | E::UnaryMinus(a) | E::Not(a) => of_expression(a, names),
        E::If(a, b, c) => {
            of_expression(a, names) & of_expression(b, names) & of_expression(c, names)
        }
        E::In(a, list) => list.iter().fold(of_expression(a, names), |plain, item| {
            plain & of_expression(item, names)
        }),
        E::Coalesce(list) | E::FunctionCall(_, list) => list
            .iter()
            .fold(true, |plain, item| plain & of_expression(item, names)),
    }
}

/// Tells whether evaluating the pattern once for each row, with the row's variables put in, gives the same as
/// evaluating it on its own and joining: then it needs no more than the statements around the row.
pub(super) fn works_row_by_row(pattern: &GraphPattern, outer: &Names) -> bool {
    use GraphPattern as G;
    match pattern {
        G::Bgp { .. } | G::Path { .. } | G::Values { .. } => true,
        G::Join { left, right } | G::Lateral { left, right } | G::Union { left, right } => {
            works_row_by_row(left, outer) && works_row_by_row(right, outer)
        }
        G::Graph { inner, .. } => works_row_by_row(inner, outer),
        G::Filter { expr, inner } => {
            let mut used = Names::default();
            let bound = certain(inner);
            of_expression(expr, &mut used)
                && used.is_subset(&bound)
                && works_row_by_row(inner, outer)
        }
        G::LeftJoin {
            left,
            right,
            expression,
        } => {
            let bound = certain(left);
            let mut seen = possible(right);
            let right_is_apart = seen
                .iter()
                .all(|name| bound.contains(name) || !outer.contains(name));
            seen.extend(bound);
            let mut used = Names::default();
            let plain = expression
                .as_ref()
                .is_none_or(|expression| of_expression(expression, &mut used));
            plain
                && right_is_apart
                && used.is_subset(&seen)
                && works_row_by_row(left, outer)
                && works_row_by_row(right, outer)
        }
        _ => false,
    }
}
