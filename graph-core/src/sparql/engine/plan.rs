//! From the algebra to operators: puts the parts of joins in order by the real counts of the snapshot.

use std::rc::Rc;
use std::sync::Arc;

use super::algebra::{Expression, Kind, Node, Prepared, Slots};
use super::context::Context;
use super::group::Group;
use super::join::{HashJoin, HashJoinOf, Minus, Optional, Union, ValuesJoin};
use super::operator::{Extend, Filter, Graphs, Operator, Seed, Slice};
use super::order::{Distinct, Order};
use super::path::PathJoin;
use super::scan::ScanJoin;
use super::size::Sizes;

/// How much worse a part is that shares no variable with those before it.
const UNCONNECTED: f64 = 1e6;

pub(super) fn plan<'a>(cx: &Rc<Context<'a>>, prepared: &Prepared) -> Operator<'a> {
    Planner { cx }.apart(&prepared.root)
}

/// What is bound in the rows that a chain is evaluated with.
#[derive(Clone, Copy, Default)]
struct Scope {
    certain: Slots,
    possible: Slots,
    /// Inside of EXISTS everything sees the values of the row.
    everywhere: bool,
}

impl Scope {
    fn within(self, node: &Node) -> Self {
        Self {
            certain: self.certain.or(node.certain),
            possible: self.possible.or(node.possible),
            everywhere: self.everywhere,
        }
    }
}

struct Planner<'c, 'a> {
    cx: &'c Rc<Context<'a>>,
}

/// Tells whether evaluating a node for each row, with the row's values put in, gives the same as evaluating it on its
/// own and joining.
fn works_row_by_row(node: &Node, outer: Slots) -> bool {
    match &node.kind {
        Kind::Triple(_) | Kind::Path(_) | Kind::Values { .. } | Kind::Graphs(_) => true,
        Kind::Join { parts, filters } => {
            parts.iter().all(|part| works_row_by_row(part, outer))
                && filters
                    .iter()
                    .all(|filter| filter.slots().within(node.certain) && !filter.has_exists())
        }
        Kind::Union(branches) => branches
            .iter()
            .all(|branch| works_row_by_row(branch, outer)),
        Kind::Extend {
            inner,
            slot,
            expression,
        } => {
            !outer.has(*slot)
                && expression.slots().within(inner.certain)
                && !expression.has_exists()
                && works_row_by_row(inner, outer)
        }
        Kind::Optional {
            left,
            right,
            condition,
            ..
        } => {
            let seen = right.possible.or(left.certain);
            let apart = right.possible.without(left.certain).and(outer).is_empty();
            let plain = condition
                .as_ref()
                .is_none_or(|condition| !condition.has_exists() && condition.slots().within(seen));
            apart && plain && works_row_by_row(left, outer) && works_row_by_row(right, outer)
        }
        _ => false,
    }
}

impl<'a> Planner<'_, 'a> {
    fn unit(&self) -> Operator<'a> {
        Operator::Seed(Seed::unit(self.cx.width))
    }

    fn seed(&self) -> Operator<'a> {
        Operator::Seed(Seed::empty(self.cx.width))
    }

    /// Plans a node that is evaluated on its own.
    fn apart(&self, node: &Node) -> Operator<'a> {
        self.limited(node, None)
    }

    /// The same when no more than `limit` rows are asked for.
    fn limited(&self, node: &Node, limit: Option<usize>) -> Operator<'a> {
        let cx = self.cx;
        match &node.kind {
            Kind::Project(inner) => self.limited(inner, limit),
            Kind::Distinct(inner) => {
                let distinct = Distinct::new(cx, self.apart(inner), node.possible);
                Operator::Distinct(Box::new(distinct))
            }
            Kind::Order { inner, by } => {
                let input = self.apart(inner);
                for (expression, _) in by {
                    self.exists(expression, Scope::default().within(inner));
                }
                Operator::Order(Box::new(Order::new(input, by.clone(), limit)))
            }
            Kind::Slice {
                inner,
                start,
                length,
            } => {
                let most = length.map(|length| length.saturating_add(*start));
                let most = match (most, limit) {
                    (Some(a), Some(b)) => Some(a.min(b.saturating_add(*start))),
                    (a, b) => a.or(b.map(|b| b.saturating_add(*start))),
                };
                Operator::Slice(Box::new(Slice {
                    input: self.limited(inner, most),
                    skip: *start,
                    left: length.unwrap_or(usize::MAX),
                }))
            }
            Kind::Group {
                inner,
                keys,
                aggregates,
            } => {
                let input = self.apart(inner);
                for aggregate in aggregates {
                    if let Some(argument) = &aggregate.argument {
                        self.exists(argument, Scope::default().within(inner));
                    }
                }
                let group = Group::new(cx, input, keys.clone(), aggregates.clone(), inner.possible);
                Operator::Group(Box::new(group))
            }
            Kind::Minus { left, right } => {
                let input = self.apart(left);
                let shared = left.possible.and(right.possible);
                if shared.is_empty() {
                    return input;
                }
                let keys = left.certain.and(right.certain);
                let right = self.apart(right);
                Operator::Minus(Box::new(Minus::new(input, right, keys, shared, cx.width)))
            }
            _ => self.along(node, self.unit(), Scope::default()),
        }
    }

    /// Plans a node that is evaluated with the rows of `input`.
    fn along(&self, node: &Node, input: Operator<'a>, scope: Scope) -> Operator<'a> {
        let cx = self.cx;
        let width = cx.width;
        match &node.kind {
            Kind::Triple(triple) => {
                Operator::Scan(Box::new(ScanJoin::new(cx, input, *triple, false)))
            }
            Kind::Path(path) => Operator::Path(Box::new(PathJoin::new(cx, input, path.clone()))),
            Kind::Join { parts, filters } => self.join(parts, filters, input, scope),
            Kind::Optional { .. } => self.optional(node, input, scope),
            Kind::Union(branches) => {
                let branches = branches.iter().map(|branch| {
                    if is_apart(branch) {
                        // Only where nothing stands before it: then it is asked for once.
                        self.apart(branch)
                    } else {
                        self.along(branch, self.seed(), scope)
                    }
                });
                Operator::Union(Box::new(Union::new(input, branches.collect(), width)))
            }
            Kind::Values { slots, rows } => {
                let values = ValuesJoin::new(input, slots.clone(), Arc::clone(rows), width);
                Operator::Values(Box::new(values))
            }
            Kind::Extend {
                inner,
                slot,
                expression,
            } => {
                let input = if is_apart(inner) {
                    self.apart(inner)
                } else {
                    self.along(inner, input, scope)
                };
                self.exists(expression, scope.within(inner));
                Operator::Extend(Box::new(Extend {
                    input,
                    slot: *slot,
                    expression: Arc::clone(expression),
                }))
            }
            Kind::Graphs(slot) => {
                let names = cx.view.shown_graphs();
                Operator::Graphs(Box::new(Graphs::new(input, *slot, names, width)))
            }
            _ => self.apart(node),
        }
    }

    fn filter(&self, input: Operator<'a>, filter: &Arc<Expression>, scope: Scope) -> Operator<'a> {
        self.exists(filter, scope);
        Operator::Filter(Box::new(Filter::new(
            input,
            Arc::clone(filter),
            self.cx.width,
        )))
    }

    /// Orders the parts of a join, cheapest first, connected before unconnected; filters as soon as they can.
    fn join(
        &self,
        parts: &[Node],
        filters: &[Arc<Expression>],
        input: Operator<'a>,
        outer: Scope,
    ) -> Operator<'a> {
        let mut left: Vec<(&Node, Sizes)> = parts
            .iter()
            .map(|part| (part, Sizes::of(self.cx, part)))
            .collect();
        let possible = parts
            .iter()
            .fold(Slots::default(), |slots, part| slots.or(part.possible));
        let mut filters: Vec<&Arc<Expression>> = filters.iter().collect();
        let mut scope = outer;
        let mut chain = input;
        let mut is_first = true;
        while !left.is_empty() {
            let cheapest = cheapest(&left, &filters, scope, is_first);
            let (part, _) = left.swap_remove(cheapest);
            chain = self.append(chain, part, scope, is_first);
            is_first = false;
            scope = scope.within(part);
            filters.retain(|filter| {
                let ready =
                    !filter.has_exists() && filter.slots().and(possible).within(scope.certain);
                if ready {
                    let input = std::mem::replace(&mut chain, self.seed());
                    chain = self.filter(input, filter, scope);
                }
                !ready
            });
        }
        for filter in filters {
            chain = self.filter(chain, filter, scope);
        }
        chain
    }

    fn append(
        &self,
        chain: Operator<'a>,
        part: &Node,
        scope: Scope,
        is_first: bool,
    ) -> Operator<'a> {
        let alone = is_first && scope.possible.is_empty() && !scope.everywhere;
        if alone && is_apart(part) {
            return self.apart(part);
        }
        if alone || scope.everywhere || works_row_by_row(part, scope.possible) {
            return self.along(part, chain, scope);
        }
        let join = HashJoinOf {
            keys: scope.certain.and(part.certain),
            shared: scope.possible.and(part.possible),
            taken: part.possible,
            optional: false,
            condition: None,
        };
        let right = self.apart(part);
        Operator::Hash(Box::new(HashJoin::new(chain, right, join, self.cx.width)))
    }

    fn optional(&self, node: &Node, input: Operator<'a>, scope: Scope) -> Operator<'a> {
        let Kind::Optional {
            left,
            right,
            condition,
            tag,
        } = &node.kind
        else {
            return input;
        };
        let width = self.cx.width;
        let input = if is_apart(left) {
            self.apart(left)
        } else {
            self.along(left, input, scope)
        };
        let inner = scope.within(left);
        if scope.everywhere || works_row_by_row(right, inner.possible) {
            if let (Kind::Triple(triple), None) = (&right.kind, condition) {
                let scan = ScanJoin::new(self.cx, input, *triple, true);
                return Operator::Scan(Box::new(scan));
            }
            let mut chain = self.along(right, self.seed(), inner);
            if let Some(condition) = condition {
                chain = self.filter(chain, condition, inner.within(right));
            }
            return Operator::Optional(Box::new(Optional::new(input, chain, *tag, width)));
        }
        if let Some(condition) = condition {
            self.exists(condition, inner.within(right));
        }
        let join = HashJoinOf {
            keys: inner.certain.and(right.certain),
            shared: inner.possible.and(right.possible),
            taken: right.possible,
            optional: true,
            condition: condition.clone(),
        };
        let right = self.apart(right);
        Operator::Hash(Box::new(HashJoin::new(input, right, join, width)))
    }

    /// Plans the EXISTS inside of an expression.
    fn exists(&self, expression: &Expression, scope: Scope) {
        let mut found = Vec::new();
        expression.exists(&mut found);
        for (number, node) in found {
            let scope = Scope {
                everywhere: true,
                ..scope
            };
            let operator = self.along(node, self.seed(), scope);
            if let Some(place) = self.cx.exists.borrow_mut().get_mut(number) {
                *place = Some(operator);
            }
        }
    }
}

/// Tells whether a node is always evaluated on its own.
fn is_apart(node: &Node) -> bool {
    matches!(
        node.kind,
        Kind::Project(_)
            | Kind::Distinct(_)
            | Kind::Order { .. }
            | Kind::Slice { .. }
            | Kind::Group { .. }
            | Kind::Minus { .. }
    )
}

/// Of the rows that a filter looks at it lets through about so many.
const FILTERED: f64 = 0.25;

fn cheapest(
    parts: &[(&Node, Sizes)],
    filters: &[&Arc<Expression>],
    scope: Scope,
    is_first: bool,
) -> usize {
    let connected_matters = !is_first || !scope.certain.is_empty();
    let cost = |(part, sizes): &(&Node, Sizes)| {
        let rows = sizes.rows(scope.certain);
        let shares = !part.possible.and(scope.certain).is_empty();
        if connected_matters && !shares && !part.possible.is_empty() {
            return (rows + 1.0) * UNCONNECTED;
        }
        let bound = scope.certain.or(part.certain);
        let ready = |filter: &&&Arc<Expression>| {
            let slots = filter.slots();
            !slots.is_empty() && !slots.within(scope.certain) && slots.within(bound)
        };
        filters
            .iter()
            .filter(ready)
            .fold(rows, |rows, _| rows * FILTERED)
    };
    let costs = parts.iter().map(cost).enumerate();
    costs
        .min_by(|(_, a), (_, b)| a.total_cmp(b))
        .map_or(0, |(at, _)| at)
}
