//! Moments, ranges and offsets of time in plans.

use std::sync::Arc;

use super::scalar::{Operator, Scalar, Type};
use super::{PlanError, Reason};
use crate::layer::{Grain, GrainName, Offset, TimeRange};

/// A stored value as a moment, cut to the grain that it has.
pub(super) fn moment(raw: Scalar, grain: Grain) -> Scalar {
    let to = if grain == Grain::Nanosecond {
        Type::FineMoment
    } else {
        Type::Moment
    };
    Scalar::Cast(Box::new(raw), to).truncate(grain)
}

/// A range of `metric_time`, as the query asks for it, widened to whole periods of a grain.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Range {
    start: Option<Scalar>,
    end: Option<Scalar>,
}

impl Range {
    /// Reads a range; both ends are widened to whole periods of a grain, and an end that is a date to its whole day.
    pub(super) fn new(range: &TimeRange, grain: Grain) -> Result<Self, PlanError> {
        let start = range.start.as_deref().map(literal).transpose()?;
        let end = range.end.as_deref().map(|text| {
            let period = if is_date(text) {
                grain.max(Grain::Day)
            } else {
                grain
            };
            let last = cut(literal(text)?, period, is_date(text));
            Ok(Scalar::Shift(Box::new(last), 1, period))
        });
        let is_date = range.start.as_deref().is_some_and(is_date);
        Ok(Self {
            start: start.map(|start| cut(start, grain, is_date)),
            end: end.transpose()?,
        })
    }

    /// The range with no beginning, for what is accumulated up to its end.
    pub(super) fn up_to_end(&self) -> Self {
        Self {
            start: None,
            end: self.end.clone(),
        }
    }

    /// The conditions on a moment.
    pub(super) fn conditions(&self, moment: &Scalar) -> Vec<Scalar> {
        let mut all = Vec::new();
        if let Some(start) = &self.start {
            all.push(Scalar::binary(
                moment.clone(),
                Operator::AtLeast,
                start.clone(),
            ));
        }
        if let Some(end) = &self.end {
            all.push(Scalar::binary(moment.clone(), Operator::Less, end.clone()));
        }
        all
    }
}

/// Cuts a moment, unless it is a date and the grain no coarser.
fn cut(moment: Scalar, grain: Grain, is_date: bool) -> Scalar {
    if is_date && grain <= Grain::Day {
        return moment;
    }
    moment.truncate(grain)
}

fn is_date(text: &str) -> bool {
    text.len() == "2020-01-01".len()
}

fn literal(text: &str) -> Result<Scalar, PlanError> {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let known = text
        .chars()
        .all(|letter| letter.is_ascii_digit() || "-: T.Z".contains(letter));
    if digits < 8 || !known || text.len() > 32 {
        return Err(PlanError::new(
            Reason::InvalidExpression,
            format!("`{text}` is no date or time in ISO 8601"),
        )
        .about(text));
    }
    let text = text.trim_end_matches('Z').replace('T', " ");
    Ok(Scalar::Moment(Arc::from(text)))
}

/// The moment at which something is read that is shown at a moment, some offsets later; the outermost offset first.
pub(super) fn before(moment: Scalar, offsets: &[&Offset]) -> Result<Scalar, PlanError> {
    let mut moment = moment;
    for offset in offsets {
        moment = match offset {
            Offset::Window(window) => match &window.grain {
                GrainName::Standard(grain) => earlier(moment, window.count, *grain),
                GrainName::Custom(name) => return Err(nested_custom(name)),
            },
            Offset::ToGrain(GrainName::Standard(grain)) => moment.truncate(*grain),
            Offset::ToGrain(GrainName::Custom(name)) => return Err(nested_custom(name)),
        };
    }
    Ok(moment)
}

/// A moment some periods earlier.
pub(super) fn earlier(moment: Scalar, count: u32, grain: Grain) -> Scalar {
    Scalar::Shift(Box::new(moment), -i64::from(count), grain)
}

fn nested_custom(name: &str) -> PlanError {
    PlanError::new(
        Reason::NotSupported,
        format!("an offset by the custom grain `{name}` cannot be put together with another"),
    )
    .about(name)
}
