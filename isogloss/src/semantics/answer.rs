//! Rows as values.

/// Some rows of an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The columns.
    pub columns: Vec<AnswerColumn>,
    /// The rows, each with a value for every column.
    pub rows: Vec<Vec<serde_json::Value>>,
    /// Whether there are more rows.
    pub more: bool,
}

/// A column of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerColumn {
    /// Its name.
    pub name: String,
    /// The type of its values, as Arrow calls it.
    pub data_type: String,
}
