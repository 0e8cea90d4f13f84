//! Conversions: how many of one event are followed by another of the same entity.

use std::sync::Arc;

use super::leaf::{Leaf, LeafGroup};
use super::{Ask, Flow, Part, Restriction, Shown};
use crate::layer::{Calculation, Conversion, Grain, MetricKind};
use crate::plan::assembly::Assembly;
use crate::plan::body::Input;
use crate::plan::planner::{Planner, unknown};
use crate::plan::relation::{Block, BlockId, JoinKind, Name, Rows};
use crate::plan::scalar::{Operator, Scalar, Window, WindowFunction};
use crate::plan::time::earlier;
use crate::plan::{Condition, DatasetId, MetricId, Path, PlanError, Reason};

const ENTITY: &str = "event_entity";
const TIME: &str = "event_time";
const EVENT: &str = "event_number";
const VALUE: &str = "event_value";
const HOLDS: &str = "event_counts";
const PLACE: &str = "place_before_event";

/// What is asked of events.
#[derive(Clone, Copy)]
struct Events<'e> {
    entity: &'e str,
    properties: &'e [&'e str],
    /// The grain at which times are compared.
    grain: Grain,
    /// Conditions that tell which of the events count.
    own: &'e [Condition],
    /// Whether each has a number of its own.
    numbered: bool,
}

impl<'c> Planner<'c> {
    /// Plans a conversion metric.
    ///
    /// Every conversion is given to the last base event of its entity in the window before it, and shown by that
    /// event's groups. Conditions of the query tell which base events there are. Those of the metric itself tell which
    /// of the given conversions count: a conversion that goes to another event does not come back.
    pub(super) fn conversion(
        &mut self,
        metric: MetricId,
        [base, conversion]: [&'c Input; 2],
        ask: Ask<'c>,
        name: &Name,
    ) -> Result<Flow, PlanError> {
        let catalog = self.catalog;
        let MetricKind::Conversion(declared) = &catalog.metric(metric).kind else {
            return Err(super::not_planned(self, metric));
        };
        let own = catalog.metric_filters(metric);
        if !ask.offsets.is_empty() {
            return Err(PlanError::new(
                Reason::NotSupported,
                format!("conversion metric `{name}` cannot be read with an offset"),
            )
            .about(&**name));
        }
        let own_ask = ask.clone();
        let all: Name = format!("{name}_base").into();
        let followed: Name = format!("{name}_conversions").into();
        let Part::Leaf(base) = self.part(base.metric, &own_ask.input(base), None, &all)? else {
            return Err(not_simple(name));
        };
        let alone = Ask::default().input(conversion);
        let Part::Leaf(mut after) = self.part(conversion.metric, &alone, None, &followed)? else {
            return Err(not_simple(name));
        };
        if declared.fill_nulls_with.is_some() {
            for measure in &mut after.measures {
                measure.shown.fill = declared.fill_nulls_with;
            }
        }
        let conversions = self.conversions(declared, own, &base, &after, &followed)?;
        let fill = after
            .measures
            .first()
            .and_then(|measure| measure.shown.fill);
        let base = self.leaf(&base)?;
        let conversions = Flow {
            block: conversions,
            metrics: vec![Shown {
                name: Arc::clone(&followed),
                fill,
            }],
        };
        let flow = self.combine(vec![Part::Flow(base), Part::Flow(conversions)], &ask)?;
        let counted = Scalar::column(0, &followed);
        let value = match declared.calculation {
            Calculation::Conversions => counted,
            Calculation::Rate => Scalar::binary(counted, Operator::Divide, Scalar::column(0, &all)),
        };
        Ok(self.calculated(&flow, &ask, name, value))
    }

    /// Counts conversions by the groups of the base events that they are given to.
    fn conversions(
        &mut self,
        declared: &'c Conversion,
        own: &'c [Condition],
        base: &Leaf<'c>,
        after: &Leaf<'c>,
        name: &Name,
    ) -> Result<BlockId, PlanError> {
        let pairs = declared.constant_properties.iter();
        let base_properties: Vec<&str> = pairs.clone().map(|pair| pair.base.as_str()).collect();
        let after_properties: Vec<&str> = pairs.map(|pair| pair.conversion.as_str()).collect();
        let groups = self.leaf_groups(&base.rows)?;
        // Moments of unlike grains are compared by the periods of the coarser.
        let times = [base.rows.simple.time, after.rows.simple.time];
        let grains = times
            .into_iter()
            .flatten()
            .map(|field| self.field_grain(field));
        let grain = grains.max().unwrap_or(Grain::Day);
        let counted = Events {
            entity: &declared.entity,
            properties: &base_properties,
            grain,
            own,
            numbered: false,
        };
        let base_rows = self.events(base, &groups, &counted)?;
        let counted = Events {
            properties: &after_properties,
            numbered: true,
            own: &[],
            ..counted
        };
        let after_rows = self.events(after, &[], &counted)?;
        let pairs = self.pairs(declared, &groups, base_rows, after_rows)?;
        Ok(self.count_last(&groups, after, name, pairs))
    }

    /// The rows of events: groups, entity, time, properties, and what is counted.
    fn events(
        &mut self,
        leaf: &Leaf<'c>,
        groups: &[LeafGroup],
        of: &Events<'_>,
    ) -> Result<BlockId, PlanError> {
        let numbered = of.numbered;
        let mut assembly = self.timed(&leaf.rows, false)?;
        let dataset = leaf.rows.simple.dataset;
        let chosen = if numbered {
            self.rows_block(leaf, groups, &mut assembly)?
        } else {
            let mut uncounted = leaf.clone();
            uncounted.measures.clear();
            let is_own = |restriction: &Restriction<'_>| of.own.contains(restriction.condition);
            uncounted
                .rows
                .ask
                .restrictions
                .retain(|restriction| !is_own(restriction));
            self.rows_block(&uncounted, groups, &mut assembly)?
        };
        let counts = numbered && chosen.columns.len() > groups.len();
        let value = chosen.columns.last().map(|column| column.value.clone());
        let entity = self.own_entity(&leaf.rows, of.entity)?;
        let entity = assembly.entity(self, entity, &Path::default())?;
        let time = assembly
            .time
            .clone()
            .ok_or_else(|| no_time(self, dataset))?
            .truncate(of.grain);
        let holds = self.all_hold(of.own, &mut assembly)?;
        let mut values = Vec::with_capacity(of.properties.len());
        for property in of.properties {
            values.push(self.property(&mut assembly, dataset, property)?);
        }
        let mut block = assembly.finish(self)?;
        block.columns = chosen.columns;
        if numbered {
            block.columns.clear();
            if let (true, Some(value)) = (counts, value) {
                block.push(&VALUE.into(), value);
            }
            let number = row_number(Vec::new(), vec![(time.clone(), false)]);
            block.push(&EVENT.into(), number);
        }
        if let Some(holds) = holds {
            block.push(&HOLDS.into(), holds);
        }
        block.push(&ENTITY.into(), entity);
        block.push(&TIME.into(), time);
        for (place, value) in values.into_iter().enumerate() {
            block.push(&property_name(place), value);
        }
        Ok(self.plan.add(block))
    }

    /// Whether a row meets all of some conditions, if there are any.
    fn all_hold(
        &mut self,
        conditions: &[Condition],
        assembly: &mut Assembly,
    ) -> Result<Option<Scalar>, PlanError> {
        let mut all = Vec::with_capacity(conditions.len());
        for condition in conditions {
            let restriction = Restriction {
                condition,
                depth: 0,
            };
            let time = assembly.time.clone();
            all.push(assembly.holds(self, &restriction, time)?);
        }
        let holds = Scalar::All(all);
        let known = Scalar::Coalesce(vec![holds, Scalar::Boolean(false)]);
        Ok((!conditions.is_empty()).then_some(known))
    }

    /// A property of an event: a field or an entity of its dataset.
    fn property(
        &self,
        assembly: &mut Assembly,
        dataset: DatasetId,
        name: &str,
    ) -> Result<Scalar, PlanError> {
        if let Some(entity) = self.catalog.entity_id(dataset, name) {
            return assembly.entity(self, entity, &Path::default());
        }
        let bare = name.rsplit("__").next().unwrap_or(name);
        let field = self
            .catalog
            .field_id(dataset, name)
            .or_else(|| self.catalog.field_id(dataset, bare))
            .ok_or_else(|| unknown(name))?;
        assembly.measure(self, self.catalog.field_expression(field)?, name)
    }

    /// Each conversion with the base events before it, numbered from the last.
    fn pairs(
        &mut self,
        declared: &Conversion,
        groups: &[LeafGroup],
        base: BlockId,
        after: BlockId,
    ) -> Result<BlockId, PlanError> {
        let column = |source: usize, name: &str| Scalar::Column(source, name.into());
        let holds = self.plan.block(base).column(HOLDS).is_some();
        let mut block = Block::reading(Rows::Block(base), &"base_events".into());
        let both = |name: &str| Scalar::binary(column(0, name), Operator::Equal, column(1, name));
        let mut on = vec![both(ENTITY)];
        for place in 0..declared.constant_properties.len() {
            on.push(both(&property_name(place)));
        }
        on.push(Scalar::binary(
            column(0, TIME),
            Operator::AtMost,
            column(1, TIME),
        ));
        if let Some(window) = &declared.window {
            let grain = self.standard(&window.grain)?;
            let first = earlier(column(1, TIME), window.count, grain);
            on.push(Scalar::binary(column(0, TIME), Operator::Greater, first));
        }
        let label: Name = "conversion_events".into();
        block.join(JoinKind::Inner, Rows::Block(after), &label, on);
        for group in groups {
            block.push(&group.name, Scalar::column(0, &group.name));
        }
        if self.plan.block(after).column(VALUE).is_some() {
            block.push(&VALUE.into(), column(1, VALUE));
        }
        // Events at one moment are told apart by what is shown, so that the answer is the same every time.
        let mut order = vec![(column(0, TIME), true)];
        if holds {
            block.push(&HOLDS.into(), column(0, HOLDS));
            order.push((column(0, HOLDS), true));
        }
        let shown = groups.iter().map(|group| Scalar::column(0, &group.name));
        order.extend(shown.map(|value| (value, false)));
        let place = row_number(vec![column(1, EVENT)], order);
        block.push(&PLACE.into(), place);
        Ok(self.plan.add(block))
    }

    /// Counts each conversion once, by the last base event before it.
    fn count_last(
        &mut self,
        groups: &[LeafGroup],
        after: &Leaf<'c>,
        name: &Name,
        pairs: BlockId,
    ) -> BlockId {
        let label: Name = "conversions".into();
        let mut last = Block::reading(Rows::Block(pairs), &label);
        for group in groups {
            last.push(&group.name, Scalar::column(0, &group.name));
        }
        let has_value = self.plan.block(pairs).column(VALUE).is_some();
        if has_value {
            last.push(&VALUE.into(), Scalar::Column(0, VALUE.into()));
        }
        let place = Scalar::Column(0, PLACE.into());
        last.filters = vec![Scalar::binary(place, Operator::Equal, Scalar::Integer(1))];
        if self.plan.block(pairs).column(HOLDS).is_some() {
            last.filters.push(Scalar::Column(0, HOLDS.into()));
        }
        if last.columns.is_empty() {
            last.push(&"one".into(), Scalar::Integer(1));
        }
        let last = self.plan.add(last);
        let mut block = Block::reading(Rows::Block(last), &label);
        for group in groups {
            block.push(&group.name, Scalar::column(0, &group.name));
        }
        let aggregation = after
            .measures
            .first()
            .map_or(crate::layer::Aggregation::Count, |measure| {
                measure.aggregation
            });
        let argument = has_value.then(|| Box::new(Scalar::Column(0, VALUE.into())));
        block.push(name, Scalar::Aggregate(aggregation, argument));
        let keys = groups.iter().map(|group| Scalar::column(0, &group.name));
        block.groups = Some(keys.collect());
        self.plan.add(block)
    }
}

fn row_number(partition: Vec<Scalar>, order: Vec<(Scalar, bool)>) -> Scalar {
    Scalar::Window(Box::new(Window {
        function: WindowFunction::RowNumber,
        argument: None,
        partition,
        order,
    }))
}

fn property_name(place: usize) -> Name {
    format!("event_property_{place}").into()
}

fn not_simple(name: &str) -> PlanError {
    PlanError::new(
        Reason::NotSupported,
        format!("conversion metric `{name}` counts events by a metric that is not simple"),
    )
    .about(name)
}

fn no_time(planner: &Planner<'_>, dataset: DatasetId) -> PlanError {
    let name = &planner.catalog.dataset(dataset).name;
    PlanError::new(
        Reason::InvalidLayer,
        format!("events of dataset `{name}` have no time"),
    )
    .about(name)
}
