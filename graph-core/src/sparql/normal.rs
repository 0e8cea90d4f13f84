//! Rewrites that make the algebra mean what the standard says, whoever evaluates it afterwards.

use oxrdf::Variable;
use spargebra::algebra::{
    AggregateExpression, AggregateFunction, Expression, Function, GraphPattern,
};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};

use super::parts::{self, PartMut};
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
        self.parts(parts::of_pattern_mut(pattern));
        match pattern {
            GraphPattern::Group { aggregates, .. } => {
                for (_, aggregate) in aggregates {
                    join_texts(aggregate);
                }
            }
            GraphPattern::Graph {
                inner,
                name: NamedNodePattern::Variable(name),
            } => {
                let (name, inner) = (name.clone(), std::mem::take(inner.as_mut()));
                *pattern = self.graph(&name, inner);
            }
            _ => {}
        }
    }

    /// Goes on inside, also to the patterns of EXISTS.
    fn parts(&mut self, parts: Vec<PartMut<'_>>) {
        for part in parts {
            match part {
                PartMut::Pattern(pattern) => self.pattern(pattern),
                PartMut::Expression(expression) => {
                    self.parts(parts::of_expression_mut(expression));
                }
            }
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

/// `GROUP_CONCAT` joins texts: what they were before, and in which language, is gone.
fn join_texts(aggregate: &mut AggregateExpression) {
    if let AggregateExpression::FunctionCall { name, expr, .. } = aggregate
        && matches!(name, AggregateFunction::GroupConcat { .. })
    {
        let text = expr.clone();
        *expr = Expression::FunctionCall(Function::Str, vec![text]);
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
        G::Graph { name, .. } | G::Service { name, .. } => {
            if let NamedNodePattern::Variable(variable) = name {
                swap(variable);
            }
        }
        G::Extend { variable, .. } => swap(variable),
        G::Group {
            variables,
            aggregates,
            ..
        } => {
            variables.iter_mut().for_each(swap);
            for (made, _) in aggregates {
                swap(made);
            }
        }
        G::Project { variables, .. } => {
            // Inside of a sub-select that does not give it out it is another variable.
            if !variables.contains(from) {
                return;
            }
            variables.iter_mut().for_each(swap);
        }
        _ => {}
    }
    rename_parts(parts::of_pattern_mut(pattern), from, to);
}

fn rename_parts(parts: Vec<PartMut<'_>>, from: &Variable, to: &Variable) {
    for part in parts {
        match part {
            PartMut::Pattern(pattern) => rename(pattern, from, to),
            PartMut::Expression(Expression::Variable(variable) | Expression::Bound(variable)) => {
                if variable == from {
                    variable.clone_from(to);
                }
            }
            PartMut::Expression(other) => {
                rename_parts(parts::of_expression_mut(other), from, to);
            }
        }
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
