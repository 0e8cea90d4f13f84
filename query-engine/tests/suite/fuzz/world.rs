//! Random tables, and the models that describe them.

use std::fmt::Write as _;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Int64Array, StringArray};
use arrow::datatypes::{Date32Type, Field as ArrowField, Schema};
use arrow::record_batch::RecordBatch;
use chrono::{Days, NaiveDate};
use query_engine::{DataFusion, TableName};
use semantic_model::layer::{
    Dataset, Entity, EntityRole, Expression, Field, FieldRole, Grain, Join, JoinCondition, Layer,
    Metric, Notes, Relation, Scope, TimeField, TimeSpine,
};

use super::Random;

/// How a model says what joins what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// By entities of the same name, with metrics of one aggregation each, as dbt projects do.
    Entities,
    /// By declared joins, with metrics as expressions, as Ossie models do.
    Joins,
}

/// A table: an `id` that is never NULL, two numbers, a colour, a day, and keys of other tables.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: String,
    /// The tables whose `id` a row of it may hold, by their places.
    pub(crate) keys: Vec<usize>,
    pub(crate) rows: Vec<Row>,
}

#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) id: i64,
    pub(crate) numbers: [Option<i64>; 2],
    pub(crate) colour: Option<&'static str>,
    pub(crate) day: Option<NaiveDate>,
    /// The values of the keys, in the order of the table's.
    pub(crate) keys: Vec<Option<i64>>,
}

/// Some tables; keys only point to later ones, and never in two ways to the same.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) tables: Vec<Table>,
}

const COLOURS: [&str; 4] = ["red", "green", "", "it's"];

impl World {
    pub(crate) fn random(random: &mut Random) -> Self {
        let count = 2 + random.below(4);
        let mut world = Self { tables: Vec::new() };
        // From the last to the first, so that what a key points to is there.
        for place in (0..count).rev() {
            let mut keys: Vec<usize> = Vec::new();
            for target in place + 1..count {
                let shift = count - world.tables.len();
                let known = |at: usize| world.reachable_from(at - shift, shift);
                let reached: Vec<usize> = keys.iter().flat_map(|key| known(*key)).collect();
                let is_new = known(target).iter().all(|end| !reached.contains(end));
                if is_new && !random.once_in(3) {
                    keys.push(target);
                }
            }
            let rows = rows(random, keys.len());
            let name = format!("t{place}");
            world.tables.insert(0, Table { name, keys, rows });
        }
        world
    }

    /// The tables that a row of a table leads to, itself first; places are moved while the world is made.
    fn reachable_from(&self, at: usize, shift: usize) -> Vec<usize> {
        let mut found = vec![at + shift];
        for key in &self.tables[at].keys {
            found.extend(self.reachable_from(key - shift, shift));
        }
        found
    }

    pub(crate) fn reachable(&self, at: usize) -> Vec<usize> {
        self.reachable_from(at, 0)
    }

    /// The row that a row of a table leads to in another.
    #[expect(
        clippy::option_option,
        reason = "no way, or a way that this row has no end of"
    )]
    pub(crate) fn look_up(&self, from: usize, row: usize, to: usize) -> Option<Option<usize>> {
        if from == to {
            return Some(Some(row));
        }
        let table = &self.tables[from];
        for (key, target) in table.keys.iter().enumerate() {
            if !self.reachable(*target).contains(&to) {
                continue;
            }
            let value = table.rows[row].keys[key];
            let next =
                value.and_then(|id| self.tables[*target].rows.iter().position(|r| r.id == id));
            return match next {
                Some(next) => self.look_up(*target, next, to),
                None => Some(None),
            };
        }
        None
    }

    /// The tables in memory, under the schema's name.
    pub(crate) fn fill(&self, engine: &DataFusion, schema: &str) {
        for table in &self.tables {
            let mut columns: Vec<(String, ArrayRef)> = Vec::new();
            let ids = table.rows.iter().map(|row| row.id);
            columns.push(("id".to_owned(), Arc::new(Int64Array::from_iter_values(ids))));
            for (at, name) in ["v", "w"].into_iter().enumerate() {
                let values: Int64Array = table.rows.iter().map(|row| row.numbers[at]).collect();
                columns.push((name.to_owned(), Arc::new(values)));
            }
            let colours: StringArray = table.rows.iter().map(|row| row.colour).collect();
            columns.push(("c".to_owned(), Arc::new(colours)));
            columns.push(("d".to_owned(), days(table.rows.iter().map(|row| row.day))));
            for (at, target) in table.keys.iter().enumerate() {
                let values: Int64Array = table.rows.iter().map(|row| row.keys[at]).collect();
                columns.push((format!("t{target}_id"), Arc::new(values)));
            }
            register(
                engine,
                &TableName::new([schema, table.name.as_str()]),
                columns,
            );
        }
        let calendar = vec![("day".to_owned(), days(calendar().map(Some)))];
        register(engine, &TableName::new([schema, CALENDAR]), calendar);
    }

    /// Statements that make and fill the same tables in a server.
    pub(crate) fn script(&self) -> String {
        let mut script = String::new();
        for table in &self.tables {
            let keys = table
                .keys
                .iter()
                .map(|target| format!("t{target}_id bigint"));
            let columns = ["id bigint", "v bigint", "w bigint", "c text", "d date"];
            let columns: Vec<String> = columns.map(str::to_owned).into_iter().chain(keys).collect();
            let (name, columns) = (&table.name, columns.join(", "));
            writeln!(script, "CREATE TABLE {name} ({columns});").unwrap();
            for row in &table.rows {
                let values = row.values().join(", ");
                writeln!(script, "INSERT INTO {name} VALUES ({values});").unwrap();
            }
        }
        let days: Vec<String> = calendar().map(|day| format!("('{day}')")).collect();
        let days = days.join(", ");
        writeln!(
            script,
            "CREATE TABLE {CALENDAR} (day date); INSERT INTO {CALENDAR} VALUES {days};"
        )
        .unwrap();
        script
    }

    /// The model of the tables, with metrics.
    pub(crate) fn layer(&self, style: Style, schema: &str, metrics: Vec<Metric>) -> Layer {
        let relation = |table: &str| Relation::Table(vec![schema.to_owned(), table.to_owned()]);
        let mut layer = Layer {
            name: "world".to_owned(),
            metrics,
            ..Layer::default()
        };
        for (at, table) in self.tables.iter().enumerate() {
            let dataset = dataset(at, table, style);
            layer.datasets.push(Dataset {
                relation: relation(&table.name),
                ..dataset
            });
            if style == Style::Joins {
                let joins = table.keys.iter().map(|target| join(at, *target));
                layer.joins.extend(joins);
            }
        }
        layer.time_spines.push(TimeSpine {
            relation: relation(CALENDAR),
            column: "day".to_owned(),
            grain: Grain::Day,
            custom_grains: Vec::new(),
        });
        layer
    }
}

impl Row {
    /// The values as SQL has them.
    fn values(&self) -> Vec<String> {
        let shown = |value: Option<String>| value.unwrap_or_else(|| "NULL".to_owned());
        let number = |value: &Option<i64>| shown(value.map(|value| value.to_string()));
        let colour = self
            .colour
            .map(|colour| format!("'{}'", colour.replace('\'', "''")));
        let day = self.day.map(|day| format!("'{day}'"));
        let mut values = vec![self.id.to_string()];
        values.extend(self.numbers.iter().map(number));
        values.extend([shown(colour), shown(day)]);
        values.extend(self.keys.iter().map(number));
        values
    }
}

const CALENDAR: &str = "calendar";

/// The days of the calendar: fifty, over the turns of a year and of two months.
pub(crate) fn calendar() -> impl Iterator<Item = NaiveDate> {
    let first = NaiveDate::from_ymd_opt(2025, 12, 20).unwrap();
    first.iter_days().take(50)
}

fn days(days: impl Iterator<Item = Option<NaiveDate>>) -> ArrayRef {
    let number = |day: NaiveDate| Date32Type::from_naive_date(day);
    Arc::new(days.map(|day| day.map(number)).collect::<Date32Array>())
}

fn register(engine: &DataFusion, name: &TableName, columns: Vec<(String, ArrayRef)>) {
    let fields: Vec<ArrowField> = columns
        .iter()
        .map(|(name, column)| ArrowField::new(name, column.data_type().clone(), true))
        .collect();
    let schema = Arc::new(Schema::new(fields));
    let arrays = columns.into_iter().map(|(_, column)| column).collect();
    let batch = RecordBatch::try_new(Arc::clone(&schema), arrays).unwrap();
    engine.register_batches(name, schema, vec![batch]).unwrap();
}

fn rows(random: &mut Random, keys: usize) -> Vec<Row> {
    let count = if random.once_in(6) {
        0
    } else {
        random.below(9)
    };
    let number = |random: &mut Random| {
        let value = i64::try_from(random.below(7)).unwrap() - 2;
        (!random.once_in(5)).then_some(value)
    };
    (0..count)
        .map(|id| Row {
            id: i64::try_from(id).unwrap(),
            numbers: [number(random), number(random)],
            colour: (!random.once_in(5)).then(|| COLOURS[random.below(COLOURS.len())]),
            // Now and then outside of the calendar.
            day: (!random.once_in(6)).then(|| {
                let first = NaiveDate::from_ymd_opt(2025, 12, 18).unwrap();
                first + Days::new(u64::try_from(random.below(50)).unwrap())
            }),
            // Some point at rows that are not there.
            keys: (0..keys)
                .map(|_| number(random).map(|key| key + 2))
                .collect(),
        })
        .collect()
}

fn dataset(at: usize, table: &Table, style: Style) -> Dataset {
    let field = |name: &str| Field {
        name: name.to_owned(),
        expression: None,
        role: FieldRole::Dimension,
        data_type: None,
        notes: Notes::default(),
    };
    let mut dataset = Dataset {
        name: table.name.clone(),
        fields: ["v", "w", "c"].into_iter().map(field).collect(),
        ..Dataset::default()
    };
    match style {
        Style::Entities => {
            dataset.fields.push(Field {
                role: FieldRole::Time(TimeField {
                    grain: Grain::Day.into(),
                    partition: false,
                    validity: None,
                }),
                ..field("d")
            });
            dataset.default_time = Some("d".to_owned());
            dataset.scope = Scope::Columns;
            dataset
                .entities
                .push(entity(at, EntityRole::Primary, "id".to_owned()));
            for target in &table.keys {
                dataset.entities.push(entity(
                    *target,
                    EntityRole::Foreign,
                    format!("t{target}_id"),
                ));
            }
        }
        Style::Joins => {
            dataset.primary_key = vec!["id".to_owned()];
            dataset.fields.push(field("id"));
        }
    }
    dataset
}

fn entity(table: usize, role: EntityRole, key: String) -> Entity {
    Entity {
        name: format!("e{table}"),
        role,
        expressions: vec![Expression::new(key)],
        notes: Notes::default(),
    }
}

fn join(from: usize, to: usize) -> Join {
    Join {
        name: format!("t{from}_to_t{to}"),
        from: format!("t{from}"),
        to: format!("t{to}"),
        alias: None,
        on: JoinCondition::Columns(vec![(format!("t{to}_id"), "id".to_owned())]),
        cardinality: None,
        notes: Notes::default(),
    }
}
