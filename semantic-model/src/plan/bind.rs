//! Expressions of a model, bound to the columns that they are computed from.
//!
//! A field may be computed from other fields of its dataset and, over joins that repeat no row, from fields of others.
//! Binding writes them out down to columns, so that no later stage has to know that fields can name fields.

use std::collections::BTreeSet;
use std::str::FromStr;

use rustc_hash::FxHashMap;
use sqlparser::ast::{AccessExpr, Expr, Ident};

use super::condition::is_aggregate;
use super::fragment::{Column, Fragment, Prepared, hole};
use super::graph::Graph;
use super::holes::take_names;
use super::id::place;
use super::index::Index;
use super::names::nearest;
use super::routes::Routes;
use super::{DatasetId, Dialect, FieldId, Path, PlanError, Reason, parse, windows};
use crate::layer::{Expression, Layer, Relation, Scope};

/// Fields that name fields that name fields, and so on, no further than this.
const DEPTH_MAX: usize = 64;
/// An expression that is written out to more columns than this is refused.
const LEAVES_MAX: usize = 4096;

/// Binds expressions as they are in one dialect.
pub(super) struct Binder<'a> {
    layer: &'a Layer,
    index: &'a Index,
    /// The joins, once they are known; keys of joins are bound without.
    graph: Option<&'a Graph>,
    dialect: Option<Dialect>,
    known: FxHashMap<FieldId, Result<Fragment<Column>, PlanError>>,
    open: Vec<FieldId>,
}

impl<'a> Binder<'a> {
    pub(super) fn new(
        layer: &'a Layer,
        index: &'a Index,
        graph: Option<&'a Graph>,
        dialect: Option<Dialect>,
    ) -> Self {
        Self {
            layer,
            index,
            graph,
            dialect,
            known: FxHashMap::default(),
            open: Vec::new(),
        }
    }

    /// Binds a field.
    pub(super) fn field(&mut self, id: FieldId) -> Result<Fragment<Column>, PlanError> {
        if let Some(known) = self.known.get(&id) {
            return known.clone();
        }
        self.not_open(id)?;
        self.open.push(id);
        let bound = self.open_field(id);
        self.open.pop();
        self.known.insert(id, bound.clone());
        bound
    }

    fn open_field(&mut self, id: FieldId) -> Result<Fragment<Column>, PlanError> {
        let field = &self.layer.datasets[place(id.dataset.0)].fields[place(id.index)];
        match &field.expression {
            None => Ok(own_column(Ident::new(&field.name))),
            Some(expression) => {
                let bound = self.expression(expression, id.dataset)?;
                self.not_aggregated(id, &expression.sql, &bound)?;
                Ok(bound)
            }
        }
    }

    /// Refuses fields that put many rows together: by which rows, only a metric and its groups say.
    fn not_aggregated(
        &self,
        id: FieldId,
        sql: &str,
        bound: &Fragment<Column>,
    ) -> Result<(), PlanError> {
        if bound.any(is_aggregate) {
            let message = format!(
                "field `{}` is defined by an aggregate, `{sql}`; make it a metric",
                self.spell(id)
            );
            return Err(PlanError::new(Reason::AggregateInField, message).about(self.spell(id)));
        }
        windows::check(sql, &bound.ast)
    }

    fn not_open(&self, id: FieldId) -> Result<(), PlanError> {
        if self.open.contains(&id) {
            let names: Vec<String> = self.open.iter().map(|open| self.spell(*open)).collect();
            let message = format!(
                "field `{}` is computed from itself: {}",
                self.spell(id),
                names.join(" -> ")
            );
            return Err(PlanError::new(Reason::CyclicDefinition, message).about(self.spell(id)));
        }
        if self.open.len() >= DEPTH_MAX {
            let message = format!(
                "field `{}` is computed from fields more than {DEPTH_MAX} deep",
                self.spell(id)
            );
            return Err(PlanError::new(Reason::InvalidLayer, message).about(self.spell(id)));
        }
        Ok(())
    }

    fn spell(&self, id: FieldId) -> String {
        let dataset = &self.layer.datasets[place(id.dataset.0)];
        format!("{}.{}", dataset.name, dataset.fields[place(id.index)].name)
    }

    /// Binds an expression over the rows of a dataset.
    pub(super) fn expression(
        &mut self,
        expression: &Expression,
        dataset: DatasetId,
    ) -> Result<Fragment<Column>, PlanError> {
        self.bind(self.parse(expression)?, dataset)
    }

    /// Binds a parsed expression over the rows of a dataset.
    pub(super) fn bind(
        &mut self,
        ast: Expr,
        dataset: DatasetId,
    ) -> Result<Fragment<Column>, PlanError> {
        let written = ast.to_string();
        let bound = take_names(ast).expand(|name| self.name(name, dataset))?;
        if bound.leaves.len() > LEAVES_MAX {
            return Err(parse::invalid(
                &written,
                &format!("written out it names more than {LEAVES_MAX} columns"),
            ));
        }
        Ok(bound)
    }

    fn parse(&self, expression: &Expression) -> Result<Expr, PlanError> {
        let own = self.dialect.and_then(|dialect| {
            let mut texts = expression.dialects.iter();
            texts.find(|(name, _)| Dialect::from_str(name) == Ok(dialect))
        });
        match own {
            Some((_, sql)) => parse::expression(sql, self.dialect),
            None => parse::expression(&expression.sql, None),
        }
    }

    fn name(&mut self, name: &[Ident], dataset: DatasetId) -> Result<Fragment<Column>, PlanError> {
        match name {
            [] => Ok(own_column(Ident::new(""))),
            [bare] => self.bare(bare, dataset, false),
            [.., owner, element] => self.qualified(owner, element, name, dataset),
        }
    }

    fn bare(
        &mut self,
        name: &Ident,
        dataset: DatasetId,
        always_fields: bool,
    ) -> Result<Fragment<Column>, PlanError> {
        let scope = self.layer.datasets[place(dataset.0)].scope;
        if scope == Scope::Columns && !always_fields {
            return Ok(own_column(name.clone()));
        }
        match self.index.field(dataset, &name.value) {
            // Inside itself, a name is that of the column that the field is made from.
            Some(id) if self.open.last() == Some(&id) => Ok(own_column(name.clone())),
            Some(id) => self.field(id),
            None => Ok(own_column(name.clone())),
        }
    }

    fn qualified(
        &mut self,
        owner: &Ident,
        element: &Ident,
        whole: &[Ident],
        dataset: DatasetId,
    ) -> Result<Fragment<Column>, PlanError> {
        let own = &self.layer.datasets[place(dataset.0)];
        if owner.value == own.name || is_table(&own.relation, &owner.value) {
            return self.bare(element, dataset, owner.value == own.name);
        }
        let Some(graph) = self.graph else {
            return Err(self.unknown_owner(owner, element));
        };
        let routes = Routes::new(self.layer, self.index, graph);
        if !routes.is_owner(&owner.value) {
            if own.scope == Scope::Columns || self.index.field(dataset, &whole[0].value).is_some() {
                return Ok(part_of_column(whole));
            }
            return Err(self.unknown_owner(owner, element));
        }
        let route = routes
            .path_to_owner(dataset, &owner.value, &element.value)
            .map_err(|mut error| {
                if error.reason == Reason::FinerGrain {
                    error.reason = Reason::UnaggregatedFinerGrain;
                }
                error
            })?;
        let end = graph.end(dataset, &route);
        let there = self.elsewhere(element, end)?;
        there.try_map(|column| {
            Ok(Column {
                path: route.join(&column.path),
                name: column.name.clone(),
            })
        })
    }

    /// Binds a name of another dataset; what is open there is not what is open here, but a cycle is a cycle.
    fn elsewhere(
        &mut self,
        element: &Ident,
        dataset: DatasetId,
    ) -> Result<Fragment<Column>, PlanError> {
        match self.index.field(dataset, &element.value) {
            Some(id) => self.field(id),
            None => Ok(own_column(element.clone())),
        }
    }

    fn unknown_owner(&self, owner: &Ident, element: &Ident) -> PlanError {
        let known = self
            .layer
            .datasets
            .iter()
            .map(|dataset| dataset.name.as_str());
        let message = format!(
            "`{}.{}` names no dataset of the layer that can be looked up here",
            owner.value, element.value
        );
        PlanError::new(Reason::InvalidLayer, message)
            .about(format!("{}.{}", owner.value, element.value))
            .or(nearest(&owner.value, known))
    }
}

fn own_column(name: Ident) -> Fragment<Column> {
    Fragment::leaf(Column {
        path: Path::default(),
        name,
    })
}

/// A field inside a column that is a structure.
fn part_of_column(whole: &[Ident]) -> Fragment<Column> {
    let mut column = own_column(whole[0].clone());
    let inside = whole[1..].iter().cloned();
    column.ast = Expr::CompoundFieldAccess {
        root: Box::new(hole(0)),
        access_chain: inside
            .map(|name| AccessExpr::Dot(Expr::Identifier(name)))
            .collect(),
    };
    column
}

fn is_table(relation: &Relation, name: &str) -> bool {
    match relation {
        Relation::Table(parts) => parts.last().is_some_and(|table| table == name),
        Relation::Query(_) => false,
    }
}

/// Returns the dialects that some expression of the layer has a text of its own for.
pub(super) fn dialects_in_use(layer: &Layer) -> Vec<Dialect> {
    let fields = layer.datasets.iter().flat_map(|dataset| &dataset.fields);
    let of_fields = fields.filter_map(|field| field.expression.as_ref());
    let entities = layer.datasets.iter().flat_map(|dataset| &dataset.entities);
    let of_entities = entities.flat_map(|entity| &entity.expressions);
    let of_metrics = layer.metrics.iter().filter_map(metric_expression);
    let names: BTreeSet<&str> = of_fields
        .chain(of_entities)
        .chain(of_metrics)
        .flat_map(|expression| expression.dialects.keys().map(String::as_str))
        .collect();
    let mut dialects: Vec<Dialect> = Vec::new();
    for name in names {
        if let Ok(dialect) = Dialect::from_str(name)
            && !dialects.contains(&dialect)
        {
            dialects.push(dialect);
        }
    }
    dialects
}

fn metric_expression(metric: &crate::layer::Metric) -> Option<&Expression> {
    use crate::layer::MetricKind;
    match &metric.kind {
        MetricKind::Simple(simple) => simple.expression.as_ref(),
        MetricKind::Derived { expression, .. } | MetricKind::Expression(expression) => {
            Some(expression)
        }
        _ => None,
    }
}

/// The binders of a layer: one for what holds in general, and one for each dialect that some expression is given in.
pub(super) struct Binders<'a> {
    base: Binder<'a>,
    others: Vec<(Dialect, Binder<'a>)>,
}

impl<'a> Binders<'a> {
    pub(super) fn new(
        layer: &'a Layer,
        index: &'a Index,
        graph: Option<&'a Graph>,
        dialects: &[Dialect],
    ) -> Self {
        let binder = |dialect| Binder::new(layer, index, graph, dialect);
        Self {
            base: binder(None),
            others: dialects.iter().map(|d| (*d, binder(Some(*d)))).collect(),
        }
    }

    /// Binds something as it is in every dialect.
    pub(super) fn prepare(
        &mut self,
        mut bind: impl FnMut(&mut Binder<'a>) -> Result<Fragment<Column>, PlanError>,
    ) -> Result<Prepared, PlanError> {
        let base = bind(&mut self.base)?;
        let mut dialects = Vec::new();
        for (dialect, binder) in &mut self.others {
            let own = bind(binder)?;
            if own != base {
                dialects.push((*dialect, own));
            }
        }
        Ok(Prepared::new(base, dialects))
    }

    /// Binds an expression over the rows of a dataset.
    pub(super) fn expression(
        &mut self,
        expression: &Expression,
        dataset: DatasetId,
    ) -> Result<Prepared, PlanError> {
        self.prepare(|binder| binder.expression(expression, dataset))
    }

    /// Binds the column of a name, or the field where expressions of the dataset may name fields.
    pub(super) fn column(&mut self, name: &str, dataset: DatasetId) -> Result<Prepared, PlanError> {
        let name = Ident::new(name);
        self.prepare(|binder| binder.bare(&name, dataset, false))
    }

    /// Binds the field or column of a name.
    pub(super) fn named(&mut self, name: &str, dataset: DatasetId) -> Result<Prepared, PlanError> {
        let name = Ident::new(name);
        self.prepare(|binder| binder.bare(&name, dataset, true))
    }
}
