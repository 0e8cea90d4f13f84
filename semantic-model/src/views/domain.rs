//! The view of a business domain.

use super::{Contract, DataProduct, Dataset, Domain, Metric, Term};

impl<'m> Domain<'m> {
    /// Returns what the domain is about.
    pub fn definition(self) -> Option<String> {
        let words = self.model().words();
        self.text(&[words.definition, words.description, words.comment])
    }

    /// Returns the domains that this one lies in, one step.
    pub fn parents(self) -> Vec<Self> {
        let model = self.model();
        let words = model.words();
        let mut ids = self.objects(words.broader);
        ids.extend(self.subjects(words.narrower));
        model.views(ids)
    }

    /// Returns the first of [`Domain::parents`].
    pub fn parent(self) -> Option<Self> {
        self.parents().into_iter().next()
    }

    /// Returns the domains that lie in this one, one step.
    pub fn children(self) -> Vec<Self> {
        let model = self.model();
        let words = model.words();
        let mut ids = self.subjects(words.broader);
        ids.extend(self.objects(words.narrower));
        model.views(ids)
    }

    /// Returns the data products of this domain.
    pub fn data_products(self) -> Vec<DataProduct<'m>> {
        let words = self.model().words();
        let ids = self.inward(&[words.dprod_domain, words.in_domain, words.theme]);
        self.model().views(ids)
    }

    /// Returns the datasets of this domain: its own and those that its data products offer.
    pub fn datasets(self) -> Vec<Dataset<'m>> {
        let words = self.model().words();
        let mut ids = self.inward(&[words.in_domain, words.theme]);
        let offered = self
            .data_products()
            .into_iter()
            .flat_map(DataProduct::datasets);
        ids.extend(offered.map(|dataset| dataset.id()));
        self.model().views(ids)
    }

    /// Returns the terms of this domain's glossary.
    pub fn glossary(self) -> Vec<Term<'m>> {
        let ids = self.subjects(self.model().words().in_domain);
        self.model().views(ids)
    }

    /// Returns the metrics of this domain.
    pub fn metrics(self) -> Vec<Metric<'m>> {
        let ids = self.subjects(self.model().words().in_domain);
        self.model().views(ids)
    }

    /// Returns the contracts of this domain.
    pub fn contracts(self) -> Vec<Contract<'m>> {
        let ids = self.subjects(self.model().words().in_domain);
        self.model().views(ids)
    }
}
