//! Grains, windows and time spines.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Relation;

/// A standard grain of time, from the finest to the coarsest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grain {
    /// A billionth of a second.
    Nanosecond,
    /// A millionth of a second.
    Microsecond,
    /// A thousandth of a second.
    Millisecond,
    /// A second.
    Second,
    /// A minute.
    Minute,
    /// An hour.
    Hour,
    /// A day.
    Day,
    /// A week, from Monday.
    Week,
    /// A month.
    Month,
    /// A quarter of a year, from January.
    Quarter,
    /// A year.
    Year,
}

impl Grain {
    /// Every grain, from the finest to the coarsest.
    pub const ALL: [Self; 11] = [
        Self::Nanosecond,
        Self::Microsecond,
        Self::Millisecond,
        Self::Second,
        Self::Minute,
        Self::Hour,
        Self::Day,
        Self::Week,
        Self::Month,
        Self::Quarter,
        Self::Year,
    ];

    /// Returns the grain as one lower-case word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nanosecond => "nanosecond",
            Self::Microsecond => "microsecond",
            Self::Millisecond => "millisecond",
            Self::Second => "second",
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }

    /// Returns the standard grain of a name in any case, singular or plural.
    pub fn parse(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        let singular = name.strip_suffix('s').unwrap_or(&name);
        Self::ALL
            .into_iter()
            .find(|grain| grain.as_str() == singular)
    }
}

impl fmt::Display for Grain {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// A grain by name: a standard one, or one that a time spine defines.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum GrainName {
    /// A standard grain.
    Standard(Grain),
    /// A grain of a company's own calendar, in lower case.
    Custom(String),
}

impl From<String> for GrainName {
    fn from(name: String) -> Self {
        Grain::parse(&name).map_or_else(|| Self::Custom(name.to_lowercase()), Self::Standard)
    }
}

impl From<GrainName> for String {
    fn from(name: GrainName) -> Self {
        name.to_string()
    }
}

impl From<Grain> for GrainName {
    fn from(grain: Grain) -> Self {
        Self::Standard(grain)
    }
}

impl FromStr for GrainName {
    type Err = std::convert::Infallible;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Ok(Self::from(name.to_owned()))
    }
}

impl fmt::Display for GrainName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Standard(grain) => grain.fmt(out),
            Self::Custom(name) => out.write_str(name),
        }
    }
}

/// A length of time: some number of one grain.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Window {
    /// How many.
    pub count: u32,
    /// Of what.
    pub grain: GrainName,
}

/// A calendar: a relation with one row for each moment of a grain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimeSpine {
    /// What its rows are read from.
    pub relation: Relation,
    /// The column with the moment.
    pub column: String,
    /// The grain of its rows.
    pub grain: Grain,
    /// Grains of the company's own that its columns hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub custom_grains: Vec<CustomGrain>,
}

/// A grain of a company's own calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomGrain {
    /// The name, in lower case.
    pub name: String,
    /// The column of the spine that holds its period; the column of its name if empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
}
