//! Names of groups and filter items to members.

use super::catalog::Catalog;
use super::member::{Member, Target};
use super::names::{METRIC_TIME, Name, nearest, parse};
use super::routes::{Found, Routes};
use super::{DatasetId, PlanError, Reason};
use crate::layer::{FieldRole, GrainName, GroupBy};

/// How far away names are looked for that could be meant.
const NEAR_HOPS: usize = 2;

impl Catalog {
    pub(super) fn routes(&self) -> Routes<'_> {
        Routes::new(&self.layer, &self.index, &self.graph)
    }

    /// Resolves a group for the rows of each of some datasets, each by its own path.
    ///
    /// A query names a dimension by what it is; each metric finds its own way there. It is refused where one of them
    /// finds none, or several that mean different things.
    pub fn resolve(
        &self,
        item: &GroupBy,
        datasets: &[DatasetId],
    ) -> Result<Vec<Member>, PlanError> {
        let (name, grain) = parse(item, &self.index);
        let mut found = Vec::with_capacity(datasets.len());
        for dataset in datasets {
            found.push(self.find(&name, *dataset)?);
        }
        if found.iter().any(Option::is_none) {
            return Err(self.not_found(item, &name, datasets, &found));
        }
        let members = found.into_iter().flatten();
        members
            .map(|found| self.member(item, found, grain.clone()))
            .collect()
    }

    /// Resolves what a condition names for the rows of each of some datasets.
    pub fn resolve_filter_item(
        &self,
        item: &GroupBy,
        datasets: &[DatasetId],
    ) -> Result<Vec<Member>, PlanError> {
        self.resolve(item, datasets).map_err(|mut error| {
            if error.reason == Reason::UnknownGroup {
                error.reason = Reason::UnknownFilterItem;
            }
            error
        })
    }

    /// Resolves a group for the rows of one dataset.
    pub fn resolve_one(&self, item: &GroupBy, from: DatasetId) -> Result<Member, PlanError> {
        let (name, grain) = parse(item, &self.index);
        match self.find(&name, from)? {
            Some(found) => self.member(item, found, grain),
            None => Err(self.not_found(item, &name, &[from], &[None])),
        }
    }

    /// Returns the dataset whose rows show all of some groups with the fewest hops; none if only `metric_time` is asked.
    pub fn source_of(
        &self,
        items: &[GroupBy],
    ) -> Result<(Option<DatasetId>, Vec<Member>), PlanError> {
        let is_time = |item: &&GroupBy| parse(item, &self.index).0 == Name::MetricTime;
        if items.iter().all(|item| is_time(&item)) {
            let any = DatasetId(0);
            let members = items.iter().map(|item| self.resolve_one(item, any));
            return Ok((None, members.collect::<Result<_, _>>()?));
        }
        let mut best: Option<(usize, DatasetId, Vec<Member>)> = None;
        let mut refused: Option<(u8, DatasetId)> = None;
        for dataset in self.dataset_ids() {
            match self.seen_from(items, dataset) {
                Ok(members) => {
                    let cost = members
                        .iter()
                        .map(|m| m.name.len() + 1000 * m.path.hops.len())
                        .sum();
                    if best.as_ref().is_none_or(|(least, ..)| cost < *least) {
                        best = Some((cost, dataset, members));
                    }
                }
                Err(rank) if refused.is_none_or(|(other, _)| other < rank) => {
                    refused = Some((rank, dataset));
                }
                Err(_) => {}
            }
        }
        if let Some((_, dataset, members)) = best {
            return Ok((Some(dataset), members));
        }
        let fault = refused.and_then(|(_, dataset)| {
            let mut faults = items
                .iter()
                .map(|item| self.resolve_one(item, dataset).err());
            faults.find_map(|fault| fault)
        });
        Err(fault.unwrap_or_else(|| {
            PlanError::new(
                Reason::InvalidLayer,
                "the layer has no dataset to read from",
            )
        }))
    }

    /// Resolves some groups for the rows of one dataset, or tells how near it comes to showing them.
    ///
    /// Most datasets show nothing of what is asked, so that no words are made here for why.
    fn seen_from(&self, items: &[GroupBy], from: DatasetId) -> Result<Vec<Member>, u8> {
        let rank = |error: &PlanError| match error.reason {
            Reason::InvalidGrain => 3,
            Reason::AmbiguousPath => 2,
            Reason::Unreachable | Reason::FinerGrain => 1,
            _ => 0,
        };
        let mut members = Vec::with_capacity(items.len());
        for item in items {
            let (name, grain) = parse(item, &self.index);
            let found = match self.find(&name, from) {
                Ok(Some(found)) => found,
                Ok(None) => return Err(u8::from(!self.holders(&name).is_empty())),
                Err(error) => return Err(rank(&error)),
            };
            let member = self.member(item, found, grain);
            members.push(member.map_err(|error| rank(&error))?);
        }
        Ok(members)
    }

    fn find(&self, name: &Name, from: DatasetId) -> Result<Option<Found>, PlanError> {
        let routes = self.routes();
        match name {
            Name::MetricTime => Ok(Some(Found {
                name: METRIC_TIME.to_owned(),
                path: super::Path::default(),
                target: Target::MetricTime,
            })),
            Name::Linked { links, element } => routes.linked(from, links, element),
            Name::Qualified { owner, element } => self.qualified(routes, from, owner, element),
        }
    }

    fn qualified(
        &self,
        routes: Routes<'_>,
        from: DatasetId,
        owner: &str,
        element: &str,
    ) -> Result<Option<Found>, PlanError> {
        if !routes.is_owner(owner) {
            return Ok(None);
        }
        // The name is looked for first, so that a wrong one is not said to be out of reach.
        let named = self.index.dataset(owner);
        if named.is_some_and(|dataset| self.index.field(dataset, element).is_none()) {
            return Ok(None);
        }
        let path = routes.path_to_owner(from, owner, element)?;
        let end = self.graph.end(from, &path);
        Ok(self.index.field(end, element).map(|field| Found {
            name: element.to_owned(),
            path,
            target: Target::Field(field),
        }))
    }

    fn member(
        &self,
        item: &GroupBy,
        found: Found,
        grain: Option<GrainName>,
    ) -> Result<Member, PlanError> {
        let own = match found.target {
            Target::Field(field) => match &self.field(field).role {
                FieldRole::Time(time) => Some(&time.grain),
                FieldRole::Dimension | FieldRole::Fact => None,
            },
            Target::MetricTime | Target::Entity(_) => None,
        };
        let is_time = own.is_some() || found.target == Target::MetricTime;
        if !is_time && (grain.is_some() || item.date_part.is_some()) {
            let message = format!("`{}` is not a time and has no grain", item.name);
            return Err(PlanError::new(Reason::InvalidGrain, message).about(&item.name));
        }
        if let Some(grain) = &grain {
            self.check_grain(item, grain, own)?;
        }
        Ok(Member {
            target: found.target,
            path: found.path,
            grain: grain.or_else(|| own.cloned()),
            date_part: item.date_part,
            name: found.name,
        })
    }

    fn check_grain(
        &self,
        item: &GroupBy,
        grain: &GrainName,
        own: Option<&GrainName>,
    ) -> Result<(), PlanError> {
        let fault = match (grain, own) {
            (GrainName::Custom(custom), _) if self.custom_grain(custom).is_none() => {
                format!("no grain is called `{custom}`")
            }
            (GrainName::Standard(asked), Some(GrainName::Standard(own))) if asked < own => {
                format!("`{}` is known by {own}, not by {asked}", item.name)
            }
            _ => return Ok(()),
        };
        let standard = crate::layer::Grain::ALL.iter().map(|grain| grain.as_str());
        let custom = self
            .layer
            .time_spines
            .iter()
            .flat_map(|spine| &spine.custom_grains);
        let known = standard.chain(custom.map(|grain| grain.name.as_str()));
        let near = nearest(&grain.to_string(), known);
        Err(PlanError::new(Reason::InvalidGrain, fault)
            .about(&item.name)
            .or(near))
    }

    /// Tells an unknown name, one out of reach, one of a finer grain and one of only some metrics apart.
    fn not_found(
        &self,
        item: &GroupBy,
        name: &Name,
        datasets: &[DatasetId],
        found: &[Option<Found>],
    ) -> PlanError {
        let written = &item.name;
        let missing: Vec<DatasetId> = datasets
            .iter()
            .zip(found)
            .filter(|(_, found)| found.is_none())
            .map(|(dataset, _)| *dataset)
            .collect();
        if missing.len() < datasets.len() {
            let names: Vec<String> = missing
                .iter()
                .map(|id| format!("`{}`", self.dataset(*id).name))
                .collect();
            let message = format!(
                "`{written}` is known for some of the metrics, but not for those of {}",
                names.join(", ")
            );
            return PlanError::new(Reason::NotCommon, message)
                .about(written)
                .or(self.near_names(written, datasets));
        }
        match self.holders(name).first() {
            Some(holder) => {
                let from = missing.first().copied().unwrap_or(*holder);
                let routes = self.routes();
                routes
                    .unreached(from, *holder, written)
                    .or(self.near_names(written, datasets))
            }
            None => PlanError::new(
                Reason::UnknownGroup,
                format!("nothing to group by is called `{written}`"),
            )
            .about(written)
            .or(self.near_names(written, datasets)),
        }
    }

    /// Returns the datasets that have something of the name with its last entity.
    fn holders(&self, name: &Name) -> Vec<DatasetId> {
        match name {
            Name::MetricTime | Name::Qualified { .. } => Vec::new(),
            Name::Linked { links, element } => {
                let holders = self.index.elements(element).iter().copied();
                holders
                    .filter(|holder| match links.last() {
                        None => self.index.entity(*holder, element).is_some(),
                        Some(link) => self.routes().local_links(*holder).any(|own| own == link),
                    })
                    .collect()
            }
        }
    }

    /// Gives the names that could be meant, of those that every dataset can show.
    fn near_names(&self, written: &str, datasets: &[DatasetId]) -> Vec<String> {
        let routes = self.routes();
        let mut names: Vec<String> = Vec::new();
        for (at, dataset) in datasets.iter().enumerate() {
            let own = routes.names_from(*dataset, NEAR_HOPS);
            if at == 0 {
                names = own;
            } else {
                names.retain(|name| own.contains(name));
            }
        }
        let declared = self.layer.datasets.iter().filter(|_| written.contains('.'));
        let declared: Vec<String> = declared
            .flat_map(|d| {
                d.fields
                    .iter()
                    .map(move |field| format!("{}.{}", d.name, field.name))
            })
            .collect();
        let known = names.iter().chain(&declared).map(String::as_str);
        nearest(written, known.chain([METRIC_TIME]))
    }
}
