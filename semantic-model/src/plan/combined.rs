//! A statement over the answers of several others, put together to one table.

use super::{
    Catalog, ColumnKind, Compiled, Dialect, Options, PlanError, Reason, ResultColumn, compile,
};
use crate::layer::{
    Aggregation, Dataset, Expression, Field, FieldRole, GroupBy, Layer, Metric, MetricKind,
    MetricRequest, Notes, OrderBy, Query, Relation, Scope, Simple,
};

/// The table that answers of several statements make: their groups once, then the values of each under their names.
pub const COMBINED: &str = "combined";

/// Metrics are not looked into deeper than this.
const DEPTH_MAX: usize = 64;

/// The entity whose rows the table has: one a group.
const ROW: &str = "row";

/// Answers of several statements that are by the same groups, to be asked as one.
#[derive(Debug, Clone)]
pub struct Combined {
    groups: Vec<ResultColumn>,
    layer: Layer,
}

impl Combined {
    /// Puts answers together. Each comes with words for who gives it, for the refusal.
    ///
    /// # Errors
    /// [`Reason::NothingShared`] where they are not all by the same groups.
    pub fn of<'a>(
        parts: impl IntoIterator<Item = (&'a str, &'a Compiled)>,
    ) -> Result<Self, PlanError> {
        let mut parts = parts.into_iter();
        let (first, groups) = match parts.next() {
            Some((who, compiled)) => (who, groups(compiled)),
            None => ("", Vec::new()),
        };
        for (who, compiled) in parts {
            let others = self::groups(compiled);
            if !names(&others).eq(names(&groups)) {
                let list = |groups| names(groups).collect::<Vec<_>>().join(", ");
                let message = format!(
                    "{first} groups by {} and {who} by {}: say the grain of each time",
                    list(&groups),
                    list(&others)
                );
                return Err(PlanError::new(Reason::NothingShared, message));
            }
        }
        let mut layer = Layer {
            name: COMBINED.to_owned(),
            ..Layer::default()
        };
        let field = |(at, name): (usize, &str)| Field {
            name: field_of(at),
            expression: Some(Expression::new(quoted(name))),
            role: FieldRole::Dimension,
            data_type: None,
            notes: Notes::default(),
        };
        layer.datasets.push(Dataset {
            name: COMBINED.to_owned(),
            relation: Relation::Table(vec![COMBINED.to_owned()]),
            primary_entity: Some(ROW.to_owned()),
            scope: Scope::Columns,
            fields: names(&groups).enumerate().map(field).collect(),
            ..Dataset::default()
        });
        Ok(Self { groups, layer })
    }

    /// Adds a value that an answer has as its column `name`. Where the answer lacks a group it is `fill_nulls_with`.
    pub fn add_value(&mut self, name: &str, fill_nulls_with: Option<i64>) {
        // There is one row a group, so that the greatest of a value in a group is that value.
        let kind = MetricKind::Simple(Simple {
            dataset: COMBINED.to_owned(),
            aggregation: Aggregation::Max,
            expression: Some(Expression::new(quoted(name))),
            time: None,
            non_additive: None,
            fill_nulls_with,
            join_to_time_spine: false,
        });
        self.add_metric(name, kind);
    }

    /// Adds a metric that is worked out of others here.
    pub fn add_metric(&mut self, name: &str, kind: MetricKind) {
        self.layer.metrics.push(Metric {
            name: name.to_owned(),
            dataset: None,
            kind,
            filters: Vec::new(),
            time_grain: None,
            notes: Notes::default(),
        });
    }

    /// Writes what is asked of the table, for the embedded engine: `metrics` by all groups, under the conditions on metrics,
    /// the order and the limit of `query`. Its filters hold for the parts.
    ///
    /// # Errors
    /// [`PlanError`] where the query names what is not there.
    pub fn compile(
        self,
        query: &Query,
        metrics: Vec<MetricRequest>,
    ) -> Result<Compiled, PlanError> {
        let group = |(at, name): (usize, &str)| GroupBy {
            alias: Some(name.to_owned()),
            ..GroupBy::new(format!("{ROW}__{}", field_of(at)))
        };
        let asked = Query {
            metrics,
            group_by: names(&self.groups).enumerate().map(group).collect(),
            having: query.having.clone(),
            order_by: query
                .order_by
                .iter()
                .map(|it| self.order(query, it))
                .collect(),
            limit: query.limit,
            ..Query::default()
        };
        let options = Options {
            dialect: Dialect::DataFusion,
            ..Options::default()
        };
        let mut compiled = compile(&Catalog::new(self.layer), &asked, &options)?;
        // The table's groups are plain fields to the planner; what they are, the parts know.
        for (column, group) in compiled.columns.iter_mut().zip(&self.groups) {
            column.kind = group.kind;
        }
        Ok(compiled)
    }

    /// The order by a group's column, where the query says the group in its own words.
    fn order(&self, query: &Query, order: &OrderBy) -> OrderBy {
        let unnamed = |item: &GroupBy| GroupBy {
            alias: None,
            ..item.clone()
        };
        let mut asked = query.group_by.iter();
        let place = asked.position(|group| unnamed(group) == unnamed(&order.item));
        let group = place.and_then(|place| self.groups.get(place));
        OrderBy {
            item: group.map_or_else(|| order.item.clone(), |group| GroupBy::new(&group.name)),
            ..order.clone()
        }
    }
}

/// The number that stands for a metric where an engine has no row of a group.
pub fn filling(layer: &Layer, metric: &str) -> Option<i64> {
    filling_of(layer, metric, 0)
}

fn filling_of(layer: &Layer, metric: &str, depth: usize) -> Option<i64> {
    let found = layer.metrics.iter().find(|other| other.name == metric)?;
    if depth > DEPTH_MAX {
        return None;
    }
    match &found.kind {
        MetricKind::Simple(simple) => simple.fill_nulls_with,
        MetricKind::Cumulative(cumulative) => {
            filling_of(layer, &cumulative.input.metric, depth + 1)
        }
        // An input that was made for a metric over several engines is what it stands for.
        MetricKind::Derived { expression, inputs } if found.notes.hidden => match inputs.as_slice()
        {
            [input] if input.alias.as_deref() == Some(expression.sql.as_str()) => {
                filling_of(layer, &input.metric, depth + 1)
            }
            _ => None,
        },
        _ => None,
    }
}

/// The groups of an answer.
fn groups(compiled: &Compiled) -> Vec<ResultColumn> {
    let columns = compiled.columns.iter();
    let groups = columns.filter(|column| column.kind != ColumnKind::Metric);
    groups.cloned().collect()
}

fn names(groups: &[ResultColumn]) -> impl Iterator<Item = &str> {
    groups.iter().map(|group| group.name.as_str())
}

fn field_of(group: usize) -> String {
    format!("group_{}", group + 1)
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
