//! Rows read by another time than their own: offsets and windows, by a time spine.

use super::leaf::LeafRows;
use crate::layer::{Cumulative, Grain, GrainName, Offset};
use crate::plan::assembly::{Assembly, is_time};
use crate::plan::planner::Planner;
use crate::plan::relation::Name;
use crate::plan::scalar::{Operator, Scalar, nests};
use crate::plan::spine::{Calendar, EARLIER};
use crate::plan::time::{before, earlier};
use crate::plan::{FieldId, Item, Member, PlanError};

impl<'c> Planner<'c> {
    /// The rows of a leaf, with the time by which they are read.
    pub(super) fn timed(
        &mut self,
        rows: &LeafRows<'c>,
        reads_time: bool,
    ) -> Result<Assembly, PlanError> {
        let mut assembly = Assembly::new(self, rows.simple.dataset, rows.simple.time);
        assembly.read_time(self)?;
        let moved = !rows.ask.offsets.is_empty() || rows.cumulative.is_some();
        let (Some(field), Some(own), true) =
            (rows.simple.time, assembly.time.clone(), moved && reads_time)
        else {
            return Ok(assembly);
        };
        let level = self.offset_level(rows, field)?;
        // The calendar will be the first source, so the rows' own time moves one place on.
        let own = own.moved(1).truncate(level);
        let label: Name = "time_spine".into();
        let (calendar, read_at) = self.read_at(rows, level)?;
        let on = match rows.cumulative {
            Some(cumulative) => self.window(cumulative, &own, &read_at)?,
            None => vec![Scalar::binary(own, Operator::Equal, read_at)],
        };
        let shown = Scalar::column(0, &calendar.moment);
        assembly.lead_with(calendar.block, &label, on);
        if level == self.field_grain(field) {
            self.only_period_starts(rows, &shown, &mut assembly);
        }
        assembly.time = Some(shown);
        Ok(assembly)
    }

    /// The grain at which an offset is applied: the time field's, or that of the query where offsets are whole periods.
    ///
    /// A month before the 31st is no day in most months, while the month before a month is always one.
    fn offset_level(&self, rows: &LeafRows<'c>, field: FieldId) -> Result<Grain, PlanError> {
        let own = self.field_grain(field);
        let [offset] = &rows.ask.offsets[..] else {
            return Ok(own);
        };
        let Some(shown) = self.shown_level(rows, field)? else {
            return Ok(own);
        };
        let whole = match offset {
            Offset::Window(window) => match &window.grain {
                GrainName::Standard(grain) => shown <= *grain && nests(shown, *grain),
                GrainName::Custom(_) => false,
            },
            Offset::ToGrain(grain) => *grain == GrainName::Standard(shown),
        };
        let plain = rows.cumulative.is_none();
        Ok(if whole && plain { shown } else { own })
    }

    /// The grain that says all times that the query shows or asks for, if there is one.
    fn shown_level(&self, rows: &LeafRows<'c>, field: FieldId) -> Result<Option<Grain>, PlanError> {
        let dataset = rows.simple.dataset;
        let mut grains = Vec::new();
        let mut add = |member: &Member| match (&member.grain, member.date_part) {
            _ if !is_time(Some(field), member) => true,
            (Some(GrainName::Standard(grain)), None) => {
                grains.push(*grain);
                true
            }
            _ => false,
        };
        for group in rows.ask.groups.iter() {
            if !group.member(dataset).is_some_and(&mut add) {
                return Ok(None);
            }
        }
        for restriction in &rows.ask.restrictions {
            for item in &restriction.condition.leaves {
                if let Item::Group(group) = item
                    && !add(&self.filter_member(group, dataset)?)
                {
                    return Ok(None);
                }
            }
        }
        let finest = grains.iter().copied().min();
        Ok(finest.filter(|finest| grains.iter().all(|grain| nests(*finest, *grain))))
    }

    /// The calendar of the moments that are shown, and the moment that is read for each.
    fn read_at(
        &mut self,
        rows: &LeafRows<'c>,
        level: Grain,
    ) -> Result<(Calendar, Scalar), PlanError> {
        if let [Offset::Window(window)] = &rows.ask.offsets[..]
            && let GrainName::Custom(name) = &window.grain
        {
            let calendar = self.shifted_calendar(name, window.count)?;
            return Ok((calendar, Scalar::Column(0, EARLIER.into())));
        }
        let calendar = self.spine(level)?;
        let shown = Scalar::column(0, &calendar.moment);
        let read_at = before(shown, &rows.ask.offsets)?;
        Ok((calendar, read_at))
    }

    /// The conditions by which rows lie in the window of a moment.
    fn window(
        &self,
        cumulative: &Cumulative,
        own: &Scalar,
        moment: &Scalar,
    ) -> Result<Vec<Scalar>, PlanError> {
        let last = match &cumulative.leading {
            Some(leading) => Scalar::Shift(
                Box::new(moment.clone()),
                i64::from(leading.count),
                self.standard(&leading.grain)?,
            ),
            None => moment.clone(),
        };
        let mut on = vec![Scalar::binary(own.clone(), Operator::AtMost, last)];
        if let Some(window) = &cumulative.window {
            let grain = self.standard(&window.grain)?;
            let first = earlier(moment.clone(), window.count, grain);
            on.push(Scalar::binary(own.clone(), Operator::Greater, first));
        }
        if let Some(grain) = &cumulative.grain_to_date {
            let first = moment.clone().truncate(self.standard(grain)?);
            on.push(Scalar::binary(own.clone(), Operator::AtLeast, first));
        }
        Ok(on)
    }

    /// A grain that every engine knows.
    pub(super) fn standard(&self, grain: &GrainName) -> Result<Grain, PlanError> {
        match grain {
            GrainName::Standard(grain) => Ok(*grain),
            GrainName::Custom(name) => Err(PlanError::new(
                crate::plan::Reason::NotSupported,
                format!("a window in the custom grain `{name}` is not supported"),
            )
            .about(name)),
        }
    }

    /// What an offset to the start of a period shows at a coarser grain: the value at the start of that one.
    ///
    /// What is accumulated is put together over the moments of a period already, by its own rule.
    fn only_period_starts(&self, rows: &LeafRows<'c>, shown: &Scalar, assembly: &mut Assembly) {
        let to_grain = |offset: &&Offset| matches!(offset, Offset::ToGrain(_));
        let Some(field) = rows.simple.time else {
            return;
        };
        if rows.cumulative.is_some() || !rows.ask.offsets.iter().any(to_grain) {
            return;
        }
        let finest = self.field_grain(field);
        let mut starts = Vec::new();
        for group in rows.ask.groups.iter() {
            let dataset = rows.simple.dataset;
            let member = group.member(dataset);
            let (Some(member), true) = (member, self.is_time_of(group, dataset, Some(field)))
            else {
                continue;
            };
            match (&member.grain, member.date_part) {
                (Some(GrainName::Standard(grain)), None) if *grain <= finest => return,
                (Some(GrainName::Standard(grain)), None) => {
                    let start = shown.clone().truncate(*grain);
                    starts.push(Scalar::binary(start, Operator::Equal, shown.clone()));
                }
                _ => {}
            }
        }
        if !starts.is_empty() {
            assembly.block.filters.push(Scalar::Any(starts));
        }
    }

    /// The time by which a condition reads, that is declared inside of some of the offsets.
    pub(super) fn time_at(
        &self,
        rows: &LeafRows<'c>,
        assembly: &Assembly,
        depth: usize,
    ) -> Result<Option<Scalar>, PlanError> {
        let Some(time) = assembly.time.clone() else {
            return Ok(None);
        };
        let outside = rows.ask.offsets.get(..depth).unwrap_or_default();
        before(time, outside).map(Some)
    }
}
