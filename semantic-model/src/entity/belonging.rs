//! Where an entity belongs: its domains, products, owners, terms and lineage.

use graph_core::TermId;

use super::Entity;
use crate::kind::EntityKind;
use crate::views::{Column, DataProduct, Dataset, Domain, Owner, Term};

impl<'m> Entity<'m> {
    /// Returns the domains that this entity belongs to.
    ///
    /// What it says itself comes first; else the domains of its data products, else its themes. A column belongs
    /// where its dataset does, a domain to the domain it lies in. Datasets known to be one table share them.
    pub fn domains(self) -> Vec<Domain<'m>> {
        let model = self.model();
        let words = model.words();
        match self.kind() {
            Some(EntityKind::Domain) => return Domain(self).parents(),
            Some(EntityKind::Column) => {
                return Column(self)
                    .dataset()
                    .map(|dataset| dataset.domains())
                    .unwrap_or_default();
            }
            _ => {}
        }
        let selves = self.with_twins();
        let said = |predicates: &[Option<TermId>]| -> Vec<TermId> {
            selves
                .iter()
                .flat_map(|entity| entity.outward(predicates))
                .collect()
        };
        let mut found = model.things(said(&[words.in_domain, words.dprod_domain]));
        if found.is_empty() {
            let products = self.products();
            let through = products
                .iter()
                .flat_map(|product| product.outward(&[words.dprod_domain, words.in_domain]));
            found = model.things(through.collect());
        }
        if found.is_empty() {
            found = model.things(said(&[words.theme]));
        }
        found.into_iter().map(Domain).collect()
    }

    /// Returns the first of [`Entity::domains`].
    pub fn domain(self) -> Option<Domain<'m>> {
        self.domains().into_iter().next()
    }

    /// Returns the data products that this entity belongs to; the ones that offer it, for a dataset or column.
    pub fn products(self) -> Vec<DataProduct<'m>> {
        let model = self.model();
        let words = model.words();
        let ids = match self.kind() {
            Some(EntityKind::Column) => {
                return Column(self)
                    .dataset()
                    .map(|dataset| dataset.products())
                    .unwrap_or_default();
            }
            Some(EntityKind::Dataset) => Dataset(self).offering_products(),
            _ => {
                let mut ids = self.objects(words.in_product);
                let datasets = self.subjects(words.conforms_to).into_iter();
                ids.extend(
                    datasets.flat_map(|dataset| model.subjects(words.output_dataset, dataset)),
                );
                ids
            }
        };
        model.views(ids)
    }

    /// Returns the first of [`Entity::products`].
    pub fn product(self) -> Option<DataProduct<'m>> {
        self.products().into_iter().next()
    }

    /// Returns who answers for this entity: product owners first, then who it is attributed to, contacts, publishers.
    ///
    /// A dataset or column of which nothing is said has the owners of its data products.
    pub fn owners(self) -> Vec<Owner<'m>> {
        let model = self.model();
        let words = model.words();
        let attributions = self.objects(words.qualified_attribution);
        let agents = attributions
            .into_iter()
            .flat_map(|attribution| model.objects(attribution, words.agent));
        let ranked = [
            self.objects(words.product_owner),
            self.objects(words.attributed_to),
            agents.collect(),
            self.objects(words.contact_point),
            self.objects(words.publisher),
        ];
        let mut owners: Vec<Owner<'m>> = Vec::new();
        for owner in ranked
            .into_iter()
            .flat_map(|ids| model.things(ids))
            .map(Owner)
        {
            if !owners.contains(&owner) {
                owners.push(owner);
            }
        }
        if owners.is_empty()
            && matches!(self.kind(), Some(EntityKind::Dataset | EntityKind::Column))
        {
            for owner in self
                .products()
                .into_iter()
                .flat_map(|product| product.owners())
            {
                if !owners.contains(&owner) {
                    owners.push(owner);
                }
            }
        }
        owners
    }

    /// Returns the terms whose meaning this entity carries; datasets known to be one table share them.
    pub fn terms(self) -> Vec<Term<'m>> {
        let words = self.model().words();
        let said = self
            .with_twins()
            .into_iter()
            .flat_map(|entity| entity.outward(&[words.represents, words.concept]));
        self.model()
            .things(said.collect())
            .into_iter()
            .map(Term)
            .collect()
    }

    /// Returns what this entity was derived from, one hop.
    pub fn upstream(self) -> Vec<Self> {
        let model = self.model();
        model.things(self.objects(model.words().derived_from))
    }

    /// Returns what was derived from this entity, one hop.
    pub fn downstream(self) -> Vec<Self> {
        let model = self.model();
        model.sorted(self.subjects(model.words().derived_from))
    }

    /// This entity and, for a dataset, the others known to be the same physical table.
    pub(crate) fn with_twins(self) -> Vec<Self> {
        let mut selves = vec![self];
        let words = self.model().words();
        let has_name = !self.objects(words.qualified_name).is_empty();
        if (has_name || words.same_as.is_some()) && self.kind() == Some(EntityKind::Dataset) {
            selves.extend(Dataset(self).twins().into_iter().map(|twin| *twin));
        }
        selves
    }
}
