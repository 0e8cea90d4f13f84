//! Placeholder while the connector is written.

use crate::{Input, Options, Report, StatementBuilder};

/// Reads events.
pub fn read(_: Vec<Input>, _: &Options, _: &mut Report, _: &mut StatementBuilder) {}
