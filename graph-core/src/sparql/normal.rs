//! Rewrites that make the algebra mean what the standard says, whoever evaluates it afterwards.

use oxrdf::Variable;
use spargebra::algebra::{
    AggregateExpression, AggregateFunction, Expression, Function, GraphPattern, OrderExpression,
};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};

use super::variables::certain;

/// Rewrites a whole pattern.
pub(super) fn normalise(pattern: &mut GraphPattern) {
    Normaliser { made_up: 0 }.pattern(pattern);
}

struct Normaliser {
    made_up: usize,
}

impl Normaliser {
    fn pattern(&mut self, pattern: &mut GraphPattern) {
        use GraphPattern as G;
        match pattern {
            G::Bgp { .. } | G::Path { .. } | G::Values { .. } | G::Service { .. } => {}
            G::Join { left, right }
            | G::Lateral { left, right }
            | G::Union { left, right }
            | G::Minus { left, right } => {
                self.pattern(left);
                self.pattern(right);
            }
            G::LeftJoin {
                left,
                right,
                expression,
            } => {
                self.pattern(left);
                self.pattern(right);
                if let Some(part) = expression {
                    self.expression(part);
                }
            }
            G::Filter { expr, inner } => {
                self.pattern(inner);
                self.expression(expr);
            }
            G::Extend {
                inner, expression, ..
            } => {
                self.pattern(inner);
                self.expression(expression);
            }
            G::OrderBy { inner, expression } => {
                self.pattern(inner);
                for by in expression {
                    let (OrderExpression::Asc(by) | OrderExpression::Desc(by)) = by;
                    self.expression(by);
                }
            }
            G::Group {
                inner, aggregates, ..
            } => {
                self.pattern(inner);
                for (_, aggregate) in aggregates {
                    self.aggregate(aggregate);
                }
            }
            G::Graph { inner, name } => {
                self.pattern(inner);
                if let NamedNodePattern::Variable(name) = name.clone() {
                    let inner = std::mem::take(inner.as_mut());
                    *pattern = self.graph(&name, inner);
                }
            }
            G::Project { inner, .. }
            | G::Distinct { inner }
            | G::Reduced { inner }
            | G::Slice { inner, .. } => self.pattern(inner),
        }
    }

    /// `GROUP_CONCAT` joins texts: what they were before, and in which language, is gone.
    fn aggregate(&mut self, aggregate: &mut AggregateExpression) {
        if let AggregateExpression::FunctionCall { name, expr, .. } = aggregate {
            self.expression(expr);
            if matches!(name, AggregateFunction::GroupConcat { .. }) {
                let text = expr.clone();
                *expr = Expression::FunctionCall(Function::Str, vec![text]);
            }
        }
    }

    /// Looks for EXISTS.
    fn expression(&mut self, expression: &mut Expression) {
        use Expression as E;
        match expression {
            E::NamedNode(_) | E::Literal(_) | E::Variable(_) | E::Bound(_) => {}
            E::Exists(pattern) => self.pattern(pattern),
            expression => each_part(expression, &mut |part| self.expression(part)),
        }
    }

    /// The name of the graph is joined with what the pattern inside says, where that speaks of the name itself.
    fn graph(&mut self, name: &Variable, mut inner: GraphPattern) -> GraphPattern {
        // What every row has to bind is joined with the graph's name as it is.
        let apart = binds(&inner, name) && !certain(&inner).contains(name.as_str());
        let own = if apart {
            self.made_up += 1;
            // No variable of a query has a space in its name.
            let own = Variable::new_unchecked(format!("graph {}", self.made_up));
            rename(&mut inner, name, &own);
            Some(own)
        } else {
            None
        };
        let graph = |inner: GraphPattern| GraphPattern::Graph {
            name: name.clone().into(),
            inner: Box::new(inner),
        };
        let joined = if reads(&inner) {
            graph(inner)
        } else {
            // Nothing in there is in a graph, so nothing would bind the name.
            GraphPattern::Join {
                left: Box::new(graph(GraphPattern::default())),
                right: Box::new(inner),
            }
        };
        let Some(own) = own else { return joined };
        let unbound = Expression::Not(Box::new(Expression::Bound(own.clone())));
        let same = Expression::SameTerm(
            Box::new(Expression::Variable(own)),
            Box::new(Expression::Variable(name.clone())),
        );
        GraphPattern::Filter {
            expr: Expression::Or(Box::new(unbound), Box::new(same)),
            inner: Box::new(joined),
        }
    }
}

/// Tells whether a pattern reads statements or graphs somewhere.
fn reads(pattern: &GraphPattern) -> bool {
    use GraphPattern as G;
    match pattern {
        G::Bgp { patterns } => !patterns.is_empty(),
        G::Values { .. } => false,
        G::Path { .. } | G::Graph { .. } | G::Service { .. } | G::Filter { .. } => true,
        G::Join { left, right }
        | G::Lateral { left, right }
        | G::Union { left, right }
        | G::Minus { left, right }
        | G::LeftJoin { left, right, .. } => reads(left) || reads(right),
        G::Extend { inner, .. }
        | G::OrderBy { inner, .. }
        | G::Group { inner, .. }
        | G::Project { inner, .. }
        | G::Distinct { inner }
        | G::Reduced { inner }
        | G::Slice { inner, .. } => reads(inner),
    }
}

/// Tells whether a pattern gives the variable a value. A filter that only asks for it does not: there most people mean
/// the graph.
fn binds(pattern: &GraphPattern, variable: &Variable) -> bool {
    use GraphPattern as G;
    match pattern {
        G::Bgp { patterns } => patterns.iter().any(|triple| in_triple(triple, variable)),
        G::Path {
            subject, object, ..
        } => in_term(subject, variable) || in_term(object, variable),
        G::Values { variables, .. } => variables.contains(variable),
        G::Graph { name, inner } => is(name, variable) || binds(inner, variable),
        G::Service { name, inner, .. } => is(name, variable) || binds(inner, variable),
        G::Join { left, right }
        | G::Lateral { left, right }
        | G::Union { left, right }
        | G::LeftJoin { left, right, .. } => binds(left, variable) || binds(right, variable),
        G::Minus { left, right } => binds(left, variable) || binds(right, variable),
        G::Extend {
            inner, variable: v, ..
        } => v == variable || binds(inner, variable),
        G::Group {
            variables,
            aggregates,
            inner,
        } => {
            aggregates.iter().any(|(made, _)| made == variable)
                || variables.contains(variable) && binds(inner, variable)
        }
        G::Project { inner, variables } => variables.contains(variable) && binds(inner, variable),
        G::Filter { inner, .. }
        | G::OrderBy { inner, .. }
        | G::Distinct { inner }
        | G::Reduced { inner }
        | G::Slice { inner, .. } => binds(inner, variable),
    }
}

fn is(name: &NamedNodePattern, variable: &Variable) -> bool {
    matches!(name, NamedNodePattern::Variable(name) if name == variable)
}

fn in_term(term: &TermPattern, variable: &Variable) -> bool {
    match term {
        TermPattern::Variable(name) => name == variable,
        TermPattern::Triple(triple) => in_triple(triple, variable),
        _ => false,
    }
}

fn in_triple(triple: &TriplePattern, variable: &Variable) -> bool {
    in_term(&triple.subject, variable)
        || is(&triple.predicate, variable)
        || in_term(&triple.object, variable)
}

/// Gives a variable another name wherever it is the same variable.
fn rename(pattern: &mut GraphPattern, from: &Variable, to: &Variable) {
    use GraphPattern as G;
    let swap = |variable: &mut Variable| {
        if variable == from {
            variable.clone_from(to);
        }
    };
    let node = |name: &mut NamedNodePattern| {
        if let NamedNodePattern::Variable(variable) = name {
            swap(variable);
        }
    };
    match pattern {
        G::Bgp { patterns } => {
            for triple in patterns {
                rename_triple(triple, from, to);
            }
        }
        G::Path {
            subject, object, ..
        } => {
            rename_term(subject, from, to);
            rename_term(object, from, to);
        }
        G::Values { variables, .. } => variables.iter_mut().for_each(swap),
        G::Graph { name, inner } | G::Service { name, inner, .. } => {
            node(name);
            rename(inner, from, to);
        }
        G::Join { left, right }
        | G::Lateral { left, right }
        | G::Union { left, right }
        | G::Minus { left, right } => {
            rename(left, from, to);
            rename(right, from, to);
        }
        G::LeftJoin {
            left,
            right,
            expression,
        } => {
            rename(left, from, to);
            rename(right, from, to);
            if let Some(part) = expression {
                rename_in(part, from, to);
            }
        }
        G::Filter { expr, inner } => {
            rename_in(expr, from, to);
            rename(inner, from, to);
        }
        other => rename_around(other, from, to),
    }
}

/// Does the same for what stands around whole groups.
fn rename_around(pattern: &mut GraphPattern, from: &Variable, to: &Variable) {
    use GraphPattern as G;
    let swap = |variable: &mut Variable| {
        if variable == from {
            variable.clone_from(to);
        }
    };
    match pattern {
        G::Extend {
            inner,
            variable,
            expression,
        } => {
            swap(variable);
            rename_in(expression, from, to);
            rename(inner, from, to);
        }
        G::OrderBy { inner, expression } => {
            for by in expression {
                let (OrderExpression::Asc(by) | OrderExpression::Desc(by)) = by;
                rename_in(by, from, to);
            }
            rename(inner, from, to);
        }
        G::Group {
            inner,
            variables,
            aggregates,
        } => {
            variables.iter_mut().for_each(swap);
            for (made, aggregate) in aggregates {
                swap(made);
                if let AggregateExpression::FunctionCall { expr, .. } = aggregate {
                    rename_in(expr, from, to);
                }
            }
            rename(inner, from, to);
        }
        // Inside of a sub-select that does not give it out it is another variable.
        G::Project { inner, variables } if variables.contains(from) => {
            variables.iter_mut().for_each(swap);
            rename(inner, from, to);
        }
        G::Distinct { inner } | G::Reduced { inner } | G::Slice { inner, .. } => {
            rename(inner, from, to);
        }
        _ => {}
    }
}

fn rename_term(term: &mut TermPattern, from: &Variable, to: &Variable) {
    match term {
        TermPattern::Variable(variable) if variable == from => variable.clone_from(to),
        TermPattern::Triple(triple) => rename_triple(triple, from, to),
        _ => {}
    }
}

fn rename_triple(triple: &mut TriplePattern, from: &Variable, to: &Variable) {
    rename_term(&mut triple.subject, from, to);
    if let NamedNodePattern::Variable(variable) = &mut triple.predicate
        && variable == from
    {
        variable.clone_from(to);
    }
    rename_term(&mut triple.object, from, to);
}

fn rename_in(expression: &mut Expression, from: &Variable, to: &Variable) {
    use Expression as E;
    match expression {
        E::NamedNode(_) | E::Literal(_) => {}
        E::Variable(variable) | E::Bound(variable) => {
            if variable == from {
                variable.clone_from(to);
            }
        }
        E::Exists(pattern) => rename(pattern, from, to),
        expression => each_part(expression, &mut |part| rename_in(part, from, to)),
    }
}

/// Visits the expressions that an expression is made of.
fn each_part(expression: &mut Expression, visit: &mut dyn FnMut(&mut Expression)) {
    use Expression as E;
    match expression {
        E::NamedNode(_) | E::Literal(_) | E::Variable(_) | E::Bound(_) | E::Exists(_) => {}
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
        | E::Divide(a, b) => {
            visit(a);
            visit(b);
        }
        E::UnaryPlus(a) | E::UnaryMinus(a) | E::Not(a) => visit(a),
        E::If(a, b, c) => [a, b, c].into_iter().for_each(|part| visit(part)),
        E::In(a, list) => {
            visit(a);
            list.iter_mut().for_each(visit);
        }
        E::Coalesce(list) | E::FunctionCall(_, list) => list.iter_mut().for_each(visit),
    }
}
