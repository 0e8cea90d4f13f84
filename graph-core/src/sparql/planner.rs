//! Puts the patterns of a query in order before the optimiser sees it.
//!
//! The optimiser has no statistics but keeps the order of `LATERAL` chains: so patterns go, cheapest first by the real
//! counts of the snapshot, into such a chain, each evaluated with the variables of those before it. Where rows are made
//! without reading statements (hash joins, VALUES) a [`tick`] stands, which charges them to the query's budgets: before
//! the rows of VALUES and on all sides of a hash join, since the optimiser moves filters in between.

use std::cell::Cell;

use oxrdf::NamedNode;
use spargebra::Query;
use spargebra::algebra::{AggregateExpression, Expression, GraphPattern, OrderExpression};
use spargebra::term::{NamedNodePattern, Variable};

use super::estimate;
use super::rewrite::{flatten, inline_rows, lateral, nothing, tick, ticked};
use super::variables::{Names, Scope, add_triple, certain, name, possible, works_row_by_row};
use crate::error::{Error, Result};
use crate::snapshot::Snapshot;

/// How much worse a pattern is that shares no variable with those before it.
const UNCONNECTED: f64 = 1e6;

/// Patterns may be spelled out for so many graphs in one query.
const SPELLED_OUT_MAX: usize = 4096;

/// Plans a query that sees the named graphs `graphs`.
pub(super) fn plan(mut query: Query, snapshot: &Snapshot, graphs: &[NamedNode]) -> Result<Query> {
    let planner = Planner {
        snapshot,
        graphs,
        spelled_out: Cell::new(0),
        variables: Cell::new(0),
    };
    let (Query::Select { pattern, .. }
    | Query::Ask { pattern, .. }
    | Query::Construct { pattern, .. }
    | Query::Describe { pattern, .. }) = &mut query;
    let whole = std::mem::replace(pattern, nothing());
    *pattern = planner.pattern(whole, &Scope::default());
    if planner.spelled_out.get() > SPELLED_OUT_MAX {
        let reason = "a sub-select or MINUS inside of it would be repeated for too many graphs";
        return Err(Error::QueryRefused {
            feature: "GRAPH with a variable",
            reason,
        });
    }
    Ok(query)
}

/// Bytes that the evaluator may keep of each statement read or row made: nothing unless some part of the query keeps
/// rows. An upper bound by the width of a row.
pub(super) fn bytes_kept(pattern: &GraphPattern) -> u64 {
    if !keeps_rows(pattern) {
        return 0;
    }
    let mut names = possible(pattern);
    pattern.on_in_scope_variable(|variable| {
        names.insert(variable.as_str().to_owned());
    });
    ROW_BYTES + SLOT_BYTES * names.len() as u64
}

/// What the evaluator takes for a row and for each of its values, about.
const ROW_BYTES: u64 = 48;
const SLOT_BYTES: u64 = 8;

fn keeps_rows(pattern: &GraphPattern) -> bool {
    use GraphPattern as G;
    match pattern {
        G::Join { .. }
        | G::Minus { .. }
        | G::OrderBy { .. }
        | G::Distinct { .. }
        | G::Group { .. }
        | G::Path { .. } => true,
        G::LeftJoin { left, right, .. } => {
            !matches!(&**left, G::Bgp { patterns } if patterns.is_empty()) || keeps_rows(right)
        }
        G::Lateral { left, right } | G::Union { left, right } => {
            keeps_rows(left) || keeps_rows(right)
        }
        G::Filter { inner, .. }
        | G::Extend { inner, .. }
        | G::Project { inner, .. }
        | G::Reduced { inner }
        | G::Slice { inner, .. }
        | G::Graph { inner, .. } => keeps_rows(inner),
        G::Bgp { .. } | G::Values { .. } | G::Service { .. } => false,
    }
}

fn reads_statements(pattern: &GraphPattern) -> bool {
    matches!(
        pattern,
        GraphPattern::Bgp { .. } | GraphPattern::Path { .. }
    )
}

/// Tells whether a part is evaluated apart from the rest, so that it does not see which graph the rest is in.
fn hides_graph(pattern: &GraphPattern) -> bool {
    use GraphPattern as G;
    match pattern {
        G::Project { .. } | G::Group { .. } | G::Minus { .. } => true,
        G::Join { left, right }
        | G::Lateral { left, right }
        | G::LeftJoin { left, right, .. }
        | G::Union { left, right } => hides_graph(left) || hides_graph(right),
        G::Filter { inner, .. }
        | G::Extend { inner, .. }
        | G::OrderBy { inner, .. }
        | G::Distinct { inner }
        | G::Reduced { inner }
        | G::Slice { inner, .. } => hides_graph(inner),
        G::Bgp { .. } | G::Path { .. } | G::Values { .. } | G::Graph { .. } | G::Service { .. } => {
            false
        }
    }
}

struct Planner<'a> {
    snapshot: &'a Snapshot,
    graphs: &'a [NamedNode],
    /// How often a pattern was spelled out for a graph; over the limit nothing more is.
    spelled_out: Cell<usize>,
    /// Number of variables made up for the steps of paths.
    variables: Cell<usize>,
}

impl Planner<'_> {
    /// Plans a pattern that is evaluated with `scope` bound.
    fn pattern(&self, pattern: GraphPattern, scope: &Scope) -> GraphPattern {
        use GraphPattern as G;
        let same = |inner: Box<GraphPattern>| Box::new(self.pattern(*inner, scope));
        let apart = |inner: Box<GraphPattern>| Box::new(self.pattern(*inner, &Scope::default()));
        match pattern {
            G::Bgp { .. } | G::Path { .. } | G::Join { .. } => self.join(pattern, scope),
            G::LeftJoin {
                left,
                right,
                expression,
            } => self.left_join(*left, *right, expression, scope),
            G::Filter { expr, inner } => {
                let inner = same(inner);
                let expr = self.expression(expr, &within(scope, &inner));
                G::Filter { expr, inner }
            }
            G::Extend {
                inner,
                variable,
                expression,
            } => {
                let inner = same(inner);
                let expression = self.expression(expression, &within(scope, &inner));
                G::Extend {
                    inner,
                    variable,
                    expression,
                }
            }
            G::Union { left, right } => G::Union {
                left: same(left),
                right: same(right),
            },
            G::Graph {
                name: NamedNodePattern::Variable(name),
                inner,
            } if hides_graph(&inner) => {
                self.pattern(self.each_graph(&name, &inner), &Scope::default())
            }
            G::Graph { name, inner } => G::Graph {
                name,
                inner: same(inner),
            },
            G::Lateral { left, right } => {
                let left = same(left);
                let right = self.pattern(*right, &within(scope, &left));
                lateral(ticked(*left, 1 + inline_rows(&right)), right)
            }
            // The evaluator compares each row with every row on the right when they share no variable.
            G::Minus { left, right } => G::Minus {
                left: Box::new(ticked(*same(left), 1)),
                right: apart(right),
            },
            other => self.modifier(other, scope),
        }
    }

    /// Plans what stands around whole groups: order, distinctness, projection, grouping.
    fn modifier(&self, pattern: GraphPattern, scope: &Scope) -> GraphPattern {
        use GraphPattern as G;
        let same = |inner: Box<GraphPattern>| Box::new(self.pattern(*inner, scope));
        let apart = |inner: Box<GraphPattern>| Box::new(self.pattern(*inner, &Scope::default()));
        match pattern {
            G::OrderBy { inner, expression } => {
                let inner = same(inner);
                let scope = within(scope, &inner);
                let order = |by: OrderExpression| match by {
                    OrderExpression::Asc(by) => OrderExpression::Asc(self.expression(by, &scope)),
                    OrderExpression::Desc(by) => OrderExpression::Desc(self.expression(by, &scope)),
                };
                G::OrderBy {
                    inner,
                    expression: expression.into_iter().map(order).collect(),
                }
            }
            G::Distinct { inner } => G::Distinct { inner: same(inner) },
            G::Reduced { inner } => G::Reduced { inner: same(inner) },
            G::Slice {
                inner,
                start,
                length,
            } => G::Slice {
                inner: same(inner),
                start,
                length,
            },
            G::Project { inner, variables } => G::Project {
                inner: apart(inner),
                variables,
            },
            G::Group {
                inner,
                variables,
                mut aggregates,
            } => {
                let inner = apart(inner);
                let scope = within(&Scope::default(), &inner);
                for (_, aggregate) in &mut aggregates {
                    if let AggregateExpression::FunctionCall { expr, .. } = aggregate {
                        *expr = self.expression(expr.clone(), &scope);
                    }
                }
                G::Group {
                    inner,
                    variables,
                    aggregates,
                }
            }
            other => other,
        }
    }

    /// Spells `GRAPH ?name { inner }` out for each graph; the union is a balanced tree, for the sake of the stack.
    fn each_graph(&self, name: &Variable, inner: &GraphPattern) -> GraphPattern {
        let one = |graph: &NamedNode| {
            let row = vec![Some(graph.clone().into())];
            let values = GraphPattern::Values {
                variables: vec![name.clone()],
                bindings: vec![row],
            };
            let inside = GraphPattern::Graph {
                name: graph.clone().into(),
                inner: Box::new(inner.clone()),
            };
            GraphPattern::Join {
                left: Box::new(values),
                right: Box::new(inside),
            }
        };
        self.spelled_out
            .set(self.spelled_out.get() + self.graphs.len());
        if self.spelled_out.get() > SPELLED_OUT_MAX {
            return nothing();
        }
        let mut branches: Vec<GraphPattern> = self.graphs.iter().map(one).collect();
        while branches.len() > 1 {
            let mut pairs = branches.into_iter();
            let mut joined = Vec::with_capacity(pairs.len() / 2 + 1);
            while let Some(left) = pairs.next() {
                joined.push(match pairs.next() {
                    Some(right) => GraphPattern::Union {
                        left: Box::new(left),
                        right: Box::new(right),
                    },
                    None => left,
                });
            }
            branches = joined;
        }
        let none = GraphPattern::Values {
            variables: vec![name.clone()],
            bindings: Vec::new(),
        };
        branches.pop().unwrap_or(none)
    }

    /// Orders the parts of a join, cheapest first, connected before unconnected.
    fn join(&self, pattern: GraphPattern, scope: &Scope) -> GraphPattern {
        let mut parts = Vec::new();
        flatten(pattern, &self.variables, &mut parts);
        let mut scope = scope.clone();
        let mut chain: Option<GraphPattern> = None;
        while !parts.is_empty() {
            let connected_matters = chain.is_some() || !scope.certain.is_empty();
            let cost = |part: &GraphPattern| {
                let rows = estimate::pattern(part, self.snapshot, &scope.certain);
                if connected_matters && !shares(part, &scope.certain) {
                    (rows + 1.0) * UNCONNECTED
                } else {
                    rows
                }
            };
            let costs = parts.iter().map(cost);
            let cheapest = costs
                .enumerate()
                .min_by(|(_, a), (_, b)| a.total_cmp(b))
                .map_or(0, |(at, _)| at);
            let part = parts.remove(cheapest);
            let (sure, maybe) = (certain(&part), possible(&part));
            chain = Some(self.append(chain, part, &scope));
            scope.certain.extend(sure);
            scope.possible.extend(maybe);
        }
        chain.unwrap_or_else(nothing)
    }

    fn append(
        &self,
        chain: Option<GraphPattern>,
        part: GraphPattern,
        scope: &Scope,
    ) -> GraphPattern {
        let Some(chain) = chain else {
            return if reads_statements(&part) {
                part
            } else {
                self.pattern(part, scope)
            };
        };
        if reads_statements(&part) {
            return lateral(chain, part);
        }
        if works_row_by_row(&part, &scope.possible) {
            let part = self.pattern(part, scope);
            return lateral(charged(chain, &part), part);
        }
        let part = self.pattern(part, &Scope::default());
        ticked(
            GraphPattern::Join {
                left: Box::new(ticked(chain, 1)),
                right: Box::new(ticked(part, 1)),
            },
            1,
        )
    }

    /// Plans OPTIONAL with the variables of the left side bound on the right.
    fn left_join(
        &self,
        left: GraphPattern,
        right: GraphPattern,
        expression: Option<Expression>,
        scope: &Scope,
    ) -> GraphPattern {
        let left = self.pattern(left, scope);
        let inner = within(scope, &left);
        let condition = |right: &GraphPattern| {
            expression.map(|expression| self.expression(expression, &within(&inner, right)))
        };
        if works_row_by_row(&right, &inner.possible) {
            let right = self.pattern(right, &inner);
            let expression = condition(&right);
            let left = charged(left, &right);
            let optional = GraphPattern::LeftJoin {
                left: Box::new(nothing()),
                right: Box::new(right),
                expression,
            };
            return lateral(left, optional);
        }
        let right = self.pattern(right, &Scope::default());
        let expression = condition(&right);
        ticked(
            GraphPattern::LeftJoin {
                left: Box::new(ticked(left, 1)),
                right: Box::new(ticked(right, 1)),
                expression,
            },
            1,
        )
    }

    /// Plans the EXISTS patterns of an expression with the variables of the row bound.
    fn expression(&self, expression: Expression, scope: &Scope) -> Expression {
        use Expression as E;
        let one = |inner: Box<Expression>| Box::new(self.expression(*inner, scope));
        let all = |list: Vec<Expression>| {
            list.into_iter()
                .map(|item| self.expression(item, scope))
                .collect()
        };
        match expression {
            E::Exists(pattern) => {
                let pattern = self.pattern(*pattern, scope);
                let charge = inline_rows(&pattern);
                let pattern = if charge > 0 {
                    lateral(tick(charge), pattern)
                } else {
                    pattern
                };
                E::Exists(Box::new(pattern))
            }
            E::Or(a, b) => E::Or(one(a), one(b)),
            E::And(a, b) => E::And(one(a), one(b)),
            E::Not(a) => E::Not(one(a)),
            E::Equal(a, b) => E::Equal(one(a), one(b)),
            E::If(a, b, c) => E::If(one(a), one(b), one(c)),
            E::Coalesce(list) => E::Coalesce(all(list)),
            E::FunctionCall(function, list) => E::FunctionCall(function, all(list)),
            other => other,
        }
    }
}

/// Charges the rows that `part` will make out of nothing for each row of the chain.
fn charged(chain: GraphPattern, part: &GraphPattern) -> GraphPattern {
    match inline_rows(part) {
        0 => chain,
        rows => ticked(chain, rows),
    }
}

/// What is bound behind a pattern.
fn within(scope: &Scope, pattern: &GraphPattern) -> Scope {
    let mut scope = scope.clone();
    scope.certain.extend(certain(pattern));
    scope.possible.extend(possible(pattern));
    scope
}

fn shares(part: &GraphPattern, bound: &Names) -> bool {
    match part {
        GraphPattern::Bgp { patterns } => patterns.iter().any(|triple| {
            let mut names = Names::default();
            add_triple(triple, &mut names);
            names.is_empty() || names.iter().any(|name| bound.contains(name))
        }),
        GraphPattern::Path {
            subject, object, ..
        } => {
            let names = [name(subject), name(object)];
            names.iter().all(Option::is_none)
                || names.iter().flatten().any(|name| bound.contains(name))
        }
        other => possible(other).iter().any(|name| bound.contains(name)),
    }
}
