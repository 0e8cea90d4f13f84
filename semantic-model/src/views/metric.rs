//! The view of a metric.

use super::Metric;

impl Metric<'_> {
    /// Returns the formula, as SQL or as the source writes it.
    pub fn expression(self) -> Option<String> {
        self.text(&[self.model().words().expression])
    }

    /// Returns how the metric sums up its values, such as `sum`.
    pub fn aggregation(self) -> Option<String> {
        self.text(&[self.model().words().aggregation])
    }
}
