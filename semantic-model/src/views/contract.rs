//! The view of a data contract.

use super::{Contract, Dataset};

impl<'m> Contract<'m> {
    /// Returns the version of the contract.
    pub fn version(self) -> Option<String> {
        let words = self.model().words();
        self.text(&[words.version, words.version_info])
    }

    /// Returns the datasets that are under the contract.
    pub fn datasets(self) -> Vec<Dataset<'m>> {
        let ids = self.subjects(self.model().words().conforms_to);
        self.model().views(ids)
    }
}
