//! Joins on columns of unlike types, found before an engine runs them that would make the types fit by itself.
//!
//! PostgreSQL refuses them, and the embedded engine looks at its own plans. Spark reads text as numbers.

use std::collections::BTreeMap;

use arrow::datatypes::SchemaRef;
use semantic_model::layer::Aggregation;
use semantic_model::plan::relation::{Block, Plan, Rows};
use semantic_model::plan::scalar::{Operator, Scalar, Type};

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::kinds::Kind;
use crate::table::TableName;

/// Refuses a plan whose joins compare values of unlike kinds, as far as the tables' columns tell.
pub(super) async fn check(engine: &dyn Engine, plan: &Plan) -> Result<()> {
    let joins = || plan.blocks().iter().filter(|block| block.sources.len() > 1);
    if joins().next().is_none() {
        return Ok(());
    }
    let types = Types {
        plan,
        tables: schemas(engine, plan).await,
    };
    for block in joins() {
        let conditions = block.sources.iter().flat_map(|source| &source.on);
        for condition in conditions {
            types.alike(engine.name(), block, condition)?;
        }
    }
    Ok(())
}

/// The columns of the tables that a plan reads. A table that is not there is for the query itself to miss.
async fn schemas(engine: &dyn Engine, plan: &Plan) -> BTreeMap<TableName, SchemaRef> {
    let mut tables = BTreeMap::new();
    let sources = plan.blocks().iter().flat_map(|block| &block.sources);
    for source in sources {
        let Rows::Table(parts) = &source.rows else {
            continue;
        };
        let table = TableName::new(parts.iter().cloned());
        if tables.contains_key(&table) {
            continue;
        }
        if let Ok(schema) = engine.schema(&table).await {
            tables.insert(table, schema);
        }
    }
    tables
}

struct Types<'p> {
    plan: &'p Plan,
    tables: BTreeMap<TableName, SchemaRef>,
}

impl Types<'_> {
    fn alike(&self, engine: &str, block: &Block, condition: &Scalar) -> Result<()> {
        let Scalar::Binary(left, operator, right) = condition else {
            return Ok(());
        };
        if matches!(
            operator,
            Operator::Add | Operator::Subtract | Operator::Divide
        ) {
            return Ok(());
        }
        match (self.kind(block, left), self.kind(block, right)) {
            (Some(one), Some(other)) if one != other => Err(Error::TypeMismatch {
                engine: engine.to_owned(),
                message: format!(
                    "{} is {} and {} is {}",
                    name(block, left),
                    one.as_str(),
                    name(block, right),
                    other.as_str()
                ),
            }),
            _ => Ok(()),
        }
    }

    /// The kind of a value of a block's sources, where it is known.
    fn kind(&self, block: &Block, value: &Scalar) -> Option<Kind> {
        match value {
            Scalar::Column(source, name) => self.column(block, *source, name),
            Scalar::Stored(source, name) => self.column(block, *source, &name.value),
            Scalar::Truncate(..) | Scalar::Shift(..) => Some(Kind::Date),
            Scalar::Part(..) => Some(Kind::Number),
            Scalar::Cast(_, Type::Moment | Type::FineMoment) => Some(Kind::Date),
            Scalar::Cast(_, Type::Double | Type::Integer) => Some(Kind::Number),
            Scalar::Cast(_, Type::Text) => Some(Kind::Text),
            Scalar::Coalesce(values) => values.iter().find_map(|value| self.kind(block, value)),
            Scalar::Aggregate(Aggregation::Min | Aggregation::Max, Some(value)) => {
                self.kind(block, value)
            }
            // What is written down is read as what it is compared with.
            _ => None,
        }
    }

    fn column(&self, block: &Block, source: usize, name: &str) -> Option<Kind> {
        match &block.sources.get(source)?.rows {
            Rows::Block(id) => {
                let inner = self.plan.block(*id);
                self.kind(inner, &inner.column(name)?.value)
            }
            Rows::Table(parts) => {
                let schema = self.tables.get(&TableName::new(parts.iter().cloned()))?;
                let mut fields = schema.fields().iter();
                let field = fields.find(|field| field.name().eq_ignore_ascii_case(name))?;
                Kind::of(field.data_type())
            }
            Rows::Query(_) => None,
        }
    }
}

/// A value in words: the column with its source.
fn name(block: &Block, value: &Scalar) -> String {
    let of = |source: usize, column: &str| match block.sources.get(source) {
        Some(source) => format!("`{}.{column}`", source.label),
        None => format!("`{column}`"),
    };
    match value {
        Scalar::Column(source, name) => of(*source, name),
        Scalar::Stored(source, name) => of(*source, &name.value),
        _ => "a value of it".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use semantic_model::formats::metricflow::read_manifest;
    use semantic_model::layer::{GroupBy, MetricRequest, Query};
    use semantic_model::plan::{Catalog, Options, compile};

    use super::*;
    use crate::datafusion::DataFusion;

    const MANIFEST: &str = r#"{"semantic_models": [
        {"name": "orders", "node_relation": {"alias": "orders"}, "defaults": {"agg_time_dimension": "day"},
         "entities": [{"name": "order", "type": "primary", "expr": "id"}, {"name": "customer", "type": "foreign", "expr": "customer_id"}],
         "dimensions": [{"name": "day", "type": "time", "type_params": {"time_granularity": "day"}}],
         "measures": [{"name": "amount", "agg": "sum", "create_metric": true}]},
        {"name": "customers", "node_relation": {"alias": "customers"},
         "entities": [{"name": "customer", "type": "primary", "expr": "customer_id"}],
         "dimensions": [{"name": "region", "type": "categorical"}]}], "metrics": []}"#;

    async fn checked(key: &str) -> String {
        let engine = DataFusion::new("cluster").expect("an engine");
        let tables = format!(
            "CREATE TABLE orders (id INT, customer_id INT, day DATE, amount INT); CREATE TABLE customers (customer_id {key}, region VARCHAR)"
        );
        engine.load_script(&tables).await.expect("tables");
        let read = read_manifest("manifest.json", MANIFEST).expect("a manifest");
        let query = Query {
            metrics: vec![MetricRequest {
                name: "amount".to_owned(),
                alias: None,
            }],
            group_by: vec![GroupBy::new("customer__region")],
            ..Query::default()
        };
        let compiled = compile(&Catalog::new(read.layer), &query, &Options::default());
        match check(&engine, &compiled.expect("a plan").plan).await {
            Ok(()) => "fits".to_owned(),
            Err(error) => format!("{}: {error}", error.code()),
        }
    }

    #[tokio::test]
    async fn keys_of_unlike_types_are_found_before_anything_runs() {
        expect!["TYPE_MISMATCH: types do not fit in engine `cluster`: `orders.customer_id` is a number and `customers.customer_id` is text"].assert_eq(&checked("VARCHAR").await);
        assert_eq!(checked("BIGINT").await, "fits");
    }
}
