//! The view of a data product.

use graph_core::TermId;

use super::{Contract, DataProduct, Dataset, Metric, Term};
use crate::entity::Entity;

impl<'m> DataProduct<'m> {
    /// Returns what the product is for.
    pub fn purpose(self) -> Option<String> {
        self.text(&[self.model().words().purpose])
    }

    /// Returns the stage of the product's life: the label of DPROD's stage, else the status in the source's words.
    pub fn lifecycle_status(self) -> Option<String> {
        let words = self.model().words();
        let stages = self.model().things(self.objects(words.lifecycle_status));
        let stage = stages.first().map(|stage| stage.label());
        stage.or_else(|| self.text(&[words.lifecycle_status, words.status]))
    }

    /// Returns the datasets that this product offers, by itself or through its output ports.
    pub fn datasets(self) -> Vec<Dataset<'m>> {
        let words = self.model().words();
        let mut ids = self.outward(&[words.output_dataset, words.distribution]);
        ids.extend(self.subjects(words.in_product));
        ids.extend(self.through_ports(words.output_port));
        self.model().views(ids)
    }

    /// Returns the datasets that this product reads, by itself or through its input ports.
    pub fn input_datasets(self) -> Vec<Dataset<'m>> {
        let words = self.model().words();
        let mut ids = self.objects(words.input_dataset);
        ids.extend(self.through_ports(words.input_port));
        self.model().views(ids)
    }

    /// Returns the services that this product offers data by.
    pub fn ports(self) -> Vec<Entity<'m>> {
        self.model()
            .things(self.objects(self.model().words().output_port))
    }

    /// Returns the terms that belong to this product.
    pub fn glossary(self) -> Vec<Term<'m>> {
        let ids = self.subjects(self.model().words().in_product);
        self.model().views(ids)
    }

    /// Returns the metrics that belong to this product.
    pub fn metrics(self) -> Vec<Metric<'m>> {
        let ids = self.subjects(self.model().words().in_product);
        self.model().views(ids)
    }

    /// Returns the contracts of this product and of the datasets it offers.
    pub fn contracts(self) -> Vec<Contract<'m>> {
        let words = self.model().words();
        let mut ids = self.subjects(words.in_product);
        ids.extend(self.objects(words.conforms_to));
        let offered = self.datasets().into_iter().flat_map(Dataset::contracts);
        ids.extend(offered.map(|contract| contract.id()));
        self.model().views(ids)
    }

    fn through_ports(self, port_word: Option<TermId>) -> Vec<TermId> {
        let model = self.model();
        let words = model.words();
        let mut ids = Vec::new();
        for port in self.objects(port_word) {
            let port = model.entity_of(port);
            ids.extend(port.outward(&[words.serves_dataset, words.output_dataset]));
            let mut distributions = port.objects(words.access_service_of);
            distributions.extend(port.subjects(words.access_service));
            for distribution in distributions {
                let distribution = model.entity_of(distribution);
                ids.extend(distribution.objects(words.distribution_of));
                ids.extend(distribution.subjects(words.distribution));
            }
        }
        ids
    }
}
