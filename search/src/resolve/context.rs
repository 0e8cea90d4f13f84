//! What is known about the situation of a question, as factors on scores.

use super::ranker::Ranker;
use super::request::ResolveRequest;
use crate::document::Documents;
use crate::lookup::{Lookup, Target};

/// More recently used entities than this are left out.
const RECENT_MAX: usize = 32;

/// Factors on the scores of products and datasets; 1 where the context says nothing.
#[derive(Debug, Default)]
pub(crate) struct Context {
    products: Vec<f32>,
    tables: Vec<f32>,
    domains: Vec<f32>,
    /// The parts of the context that were understood, in words.
    pub(crate) used: Vec<String>,
    /// For each group of datasets the reason it is preferred.
    reasons: Vec<Option<String>>,
}

impl Context {
    /// Returns the factor on a product's score.
    pub(crate) fn product_factor(&self, group: usize) -> f32 {
        self.products.get(group).copied().unwrap_or(1.0)
    }

    /// Returns the factor on a dataset's score.
    pub(crate) fn table_factor(&self, table: usize) -> f32 {
        self.tables.get(table).copied().unwrap_or(1.0)
    }

    /// Returns the factor on the score of what belongs to a domain and to no product.
    pub(crate) fn domain_factor(&self, domain: usize) -> f32 {
        self.domains.get(domain).copied().unwrap_or(1.0)
    }

    /// Returns the factor on what belongs to a group of datasets, or else to a domain.
    pub(crate) fn place_factor(&self, group: Option<u32>, domain: Option<usize>) -> f32 {
        let of_group = group.map_or(1.0, |group| self.product_factor(group as usize));
        of_group.max(domain.map_or(1.0, |domain| self.domain_factor(domain)))
    }

    /// Returns why a product is preferred.
    pub(crate) fn reason(&self, group: usize) -> Option<&str> {
        self.reasons.get(group)?.as_deref()
    }

    fn lift(&mut self, ranker: &Ranker, group: usize, gain: f32, reason: &str) {
        self.products[group] += gain;
        for &table in &ranker.groups[group].tables {
            self.tables[table as usize] += gain;
        }
        self.reasons[group].get_or_insert_with(|| reason.to_owned());
    }
}

impl Ranker {
    /// Reads the context of a request; parts that name nothing known are left out.
    pub(crate) fn context(
        &self,
        request: &ResolveRequest,
        documents: &Documents,
        lookup: &Lookup,
    ) -> Context {
        let asked = [
            &request.domain,
            &request.product,
            &request.caller,
            &request.team,
        ];
        if asked.iter().all(|part| part.is_none()) && request.recent.is_empty() {
            return Context::default();
        }
        let mut context = Context {
            products: vec![1.0; self.groups.len()],
            tables: vec![1.0; self.tables.level.len()],
            domains: vec![1.0; documents.domains.len()],
            reasons: vec![None; self.groups.len()],
            used: Vec::new(),
        };
        let t = &self.tuning;
        if let Some(domain) = &request.domain {
            self.prefer_domain(&mut context, domain, documents, lookup);
        }
        for target in request.product.iter().flat_map(|p| lookup.find(p)) {
            if let Target::Product(at) = target {
                let title = documents.products[at as usize].entity.title();
                context.used.push(format!("product {title}"));
                let reason = format!("product {title} given by the caller");
                context.lift(self, at as usize, t.context_product, &reason);
            }
        }
        for recent in request.recent.iter().take(RECENT_MAX) {
            self.prefer_recent(&mut context, recent, documents, lookup);
        }
        for owner in [&request.caller, &request.team].into_iter().flatten() {
            self.prefer_owned(&mut context, owner, documents);
        }
        context
    }

    fn prefer_domain(
        &self,
        context: &mut Context,
        wanted: &str,
        documents: &Documents,
        lookup: &Lookup,
    ) {
        for target in lookup.find(wanted) {
            let Target::Domain(at) = target else { continue };
            let title = documents.domains[at as usize].entity.title();
            context.used.push(format!("domain {title}"));
            let reason = format!("domain {title} given by the caller");
            let wanted = documents.domain_with_parts(at as usize);
            for &domain in &wanted {
                context.domains[domain] += self.tuning.context_domain;
            }
            for group in 0..self.groups.len() {
                if self.groups[group]
                    .domain
                    .is_some_and(|domain| wanted.contains(&domain))
                {
                    context.lift(self, group, self.tuning.context_domain, &reason);
                }
            }
        }
    }

    fn prefer_recent(
        &self,
        context: &mut Context,
        recent: &str,
        documents: &Documents,
        lookup: &Lookup,
    ) {
        for target in lookup.find(recent) {
            let table = match target {
                Target::Dataset(at) => at,
                Target::Column(at) => self.table_of_column[at as usize],
                Target::Product(at) => {
                    let reason = format!(
                        "product {} used recently",
                        documents.products[at as usize].entity.title()
                    );
                    self.prefer_once(context, at as usize, &reason);
                    continue;
                }
                Target::Domain(_) => continue,
            };
            let title = documents.datasets[table as usize].entity.title();
            let reason = format!("dataset {title} of the same product used recently");
            self.prefer_once(context, self.group_of(table) as usize, &reason);
            for &other in &self.neighbours[table as usize] {
                context.tables[other as usize] += 0.1 * self.tuning.context_recent;
            }
        }
    }

    fn prefer_once(&self, context: &mut Context, group: usize, reason: &str) {
        if context.products[group] < 1.0 + self.tuning.context_recent {
            context.used.push(reason.to_owned());
            context.lift(self, group, self.tuning.context_recent, reason);
        }
    }

    fn prefer_owned(&self, context: &mut Context, caller: &str, documents: &Documents) {
        let owns = |owners: &[String]| {
            owners
                .iter()
                .any(|owner| owner.eq_ignore_ascii_case(caller.trim()))
        };
        let mut any = false;
        for group in 0..self.groups.len() {
            if self.groups[group]
                .product
                .is_some_and(|p| owns(&documents.products[p].owners))
            {
                context.lift(
                    self,
                    group,
                    self.tuning.context_owner,
                    &format!("owned by {caller}"),
                );
                any = true;
            }
        }
        for (table, doc) in documents.datasets.iter().enumerate() {
            if owns(&doc.owners) {
                context.tables[table] += self.tuning.context_owner;
                any = true;
            }
        }
        if any {
            context.used.push(format!("what {caller} owns"));
        }
    }
}
