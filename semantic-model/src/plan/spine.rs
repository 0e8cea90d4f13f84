//! Calendars: one row for each moment of a grain, and periods of a company's own.

use super::planner::Planner;
use super::relation::{Block, BlockId, JoinKind, Name, Rows};
use super::scalar::{Operator, Scalar, Window, WindowFunction};
use super::time;
use super::{PlanError, Reason};
use crate::layer::{CustomGrain, Grain, TimeSpine};

/// The column of a calendar's moments.
pub(super) const MOMENT: &str = "moment";
/// The column with the moment to read, where that is not the one to show.
pub(super) const EARLIER: &str = "earlier";

/// A calendar as a block.
pub(super) struct Calendar {
    /// The block.
    pub(super) block: BlockId,
    /// The column with the moments.
    pub(super) moment: Name,
    /// The grain of the moments.
    pub(super) grain: Grain,
}

impl Planner<'_> {
    /// A calendar of a grain: of the coarsest spine that is as fine, with each moment once.
    pub(super) fn spine(&mut self, grain: Grain) -> Result<Calendar, PlanError> {
        let fine = self.catalog.spines().filter(|spine| spine.grain <= grain);
        let Some(spine) = fine.max_by_key(|spine| spine.grain) else {
            return Err(PlanError::new(
                Reason::MissingTimeSpine,
                format!("the layer has no time spine at the grain `{grain}` or a finer one"),
            )
            .about(grain.as_str()));
        };
        let mut block = self.reading(spine)?;
        let moment = self.spine_moment(spine).truncate(grain);
        block.push(&MOMENT.into(), moment);
        block.distinct = spine.grain < grain;
        Ok(Calendar {
            block: self.plan.add(block),
            moment: MOMENT.into(),
            grain,
        })
    }

    fn reading(&self, spine: &TimeSpine) -> Result<Block, PlanError> {
        Ok(Block::reading(
            self.relation(&spine.relation)?,
            &"time_spine".into(),
        ))
    }

    fn spine_moment(&self, spine: &TimeSpine) -> Scalar {
        let column = Scalar::stored(0, &spine.column);
        time::moment(column, spine.grain)
    }

    fn custom(&self, name: &str) -> Result<(&TimeSpine, &CustomGrain), PlanError> {
        self.catalog.custom_grain(name).ok_or_else(|| {
            PlanError::new(
                Reason::InvalidGrain,
                format!("no time spine defines the grain `{name}`"),
            )
            .about(name)
        })
    }

    /// The grain of the calendar that defines a custom grain.
    pub(super) fn grain_under(&self, name: &str) -> Result<Grain, PlanError> {
        Ok(self.custom(name)?.0.grain)
    }

    /// The calendar that defines a custom grain: its moments, and the period of each by the grain's name.
    pub(super) fn calendar(&mut self, name: &str) -> Result<Calendar, PlanError> {
        let (spine, custom) = self.custom(name)?;
        let grain = spine.grain;
        let mut block = self.reading(spine)?;
        block.push(&MOMENT.into(), self.spine_moment(spine));
        let column = custom.column.as_ref().unwrap_or(&custom.name);
        block.push(&name.into(), Scalar::stored(0, column));
        Ok(Calendar {
            block: self.plan.add(block),
            moment: MOMENT.into(),
            grain,
        })
    }

    /// A calendar of moments and of those some custom periods earlier at the same place in their period.
    ///
    /// A moment whose place the earlier period does not have, because it is shorter, has no row.
    pub(super) fn shifted_calendar(
        &mut self,
        name: &str,
        count: u32,
    ) -> Result<Calendar, PlanError> {
        let calendar = self.calendar(name)?;
        let numbered = self.numbered(&calendar, name);
        let (label, earlier): (Name, Name) = ("calendar".into(), EARLIER.into());
        let (place, period): (Name, Name) = ("place".into(), "period".into());
        let mut block = Block::reading(Rows::Block(numbered), &label);
        let shifted = Scalar::binary(
            Scalar::column(0, &period),
            Operator::Subtract,
            Scalar::Integer(i64::from(count)),
        );
        let on = vec![
            Scalar::binary(Scalar::column(1, &period), Operator::Equal, shifted),
            Scalar::binary(
                Scalar::column(1, &place),
                Operator::Equal,
                Scalar::column(0, &place),
            ),
        ];
        block.join(JoinKind::Inner, Rows::Block(numbered), &label, on);
        block.push(&calendar.moment, Scalar::column(0, &calendar.moment));
        block.push(&earlier, Scalar::column(1, &calendar.moment));
        Ok(Calendar {
            block: self.plan.add(block),
            ..calendar
        })
    }

    /// The moments of a calendar with the number of their period and their place in it.
    fn numbered(&mut self, calendar: &Calendar, name: &str) -> BlockId {
        let (label, custom): (Name, Name) = ("calendar".into(), name.into());
        let (place, period): (Name, Name) = ("place".into(), "period".into());
        let moment = Scalar::column(0, &calendar.moment);
        let number = |partition: Vec<Scalar>, order: Scalar| {
            Scalar::Window(Box::new(Window {
                function: WindowFunction::RowNumber,
                argument: None,
                partition,
                order: vec![(order, false)],
            }))
        };
        let mut periods = Block::reading(Rows::Block(calendar.block), &label);
        periods.push(&custom, Scalar::column(0, &custom));
        periods.push(&"start".into(), Scalar::least(moment.clone()));
        periods.groups = Some(vec![Scalar::column(0, &custom)]);
        let periods = self.plan.add(periods);
        let mut counted = Block::reading(Rows::Block(periods), &label);
        counted.push(&custom, Scalar::column(0, &custom));
        counted.push(
            &period,
            number(Vec::new(), Scalar::Column(0, "start".into())),
        );
        let counted = self.plan.add(counted);
        let mut places = Block::reading(Rows::Block(calendar.block), &label);
        places.push(&calendar.moment, moment.clone());
        places.push(&custom, Scalar::column(0, &custom));
        places.push(
            &place,
            number(vec![Scalar::column(0, &custom)], moment.clone()),
        );
        let places = self.plan.add(places);
        let mut block = Block::reading(Rows::Block(places), &label);
        let on = Scalar::binary(
            Scalar::column(0, &custom),
            Operator::Equal,
            Scalar::column(1, &custom),
        );
        block.join(
            JoinKind::Inner,
            Rows::Block(counted),
            &"periods".into(),
            vec![on],
        );
        block.push(&calendar.moment, moment);
        block.push(&place, Scalar::column(0, &place));
        block.push(&period, Scalar::column(1, &period));
        self.plan.add(block)
    }
}
