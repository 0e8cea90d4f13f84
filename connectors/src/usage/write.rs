//! From patterns to statements of the graph.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use graph_core::rdf::NamedNode;
use ontologies::{csvw, dcat, dcterms, duv, foaf, iso, org, prov};
use semantic_model::identity::{IriKind, qualified_name};

use super::fold::{Caller, Count, Shapes};
use super::lineage::{Lineage, Made};
use super::patterns::{Pattern, Patterns};
use super::{moment, remember, sift};
use crate::sql::{ColumnName, Dialect, JoinKey, Role, TableName};
use crate::statements::{OwnerKind, named};
use crate::{Asset, Options, Report, StatementBuilder};

/// What a column is to a pattern, by its role.
const ROLES: [(Role, &str); 5] = [
    (Role::Selected, iso::SELECTS),
    (Role::Filtered, iso::FILTERS_BY),
    (Role::Grouped, iso::GROUPS_BY),
    (Role::Ordered, iso::ORDERS_BY),
    (Role::Joined, iso::JOINS_BY),
];

/// Writes patterns, and the shapes that they are made of where these are to be remembered.
pub(super) fn write(
    patterns: &Patterns,
    shapes: Option<&Shapes>,
    options: &Options,
    report: &mut Report,
    out: &mut StatementBuilder,
) {
    let mut writer = Writer {
        options,
        out,
        tables: BTreeMap::new(),
        columns: BTreeMap::new(),
        schemas: BTreeSet::new(),
    };
    let has_lineage = shapes.is_some_and(|shapes| !shapes.lineage.is_empty());
    if let Some(log) = writer.log(patterns, has_lineage)
        && let Some(shapes) = shapes
    {
        remember::log(writer.out, &log, shapes, options);
        for at in &patterns.idle {
            remember::shape(writer.out, &log, &shapes.list[*at]);
        }
    }
    let mut joins: BTreeMap<&JoinKey, Count> = BTreeMap::new();
    let mut together: BTreeSet<(NamedNode, NamedNode)> = BTreeSet::new();
    for (id, pattern) in &patterns.by_id {
        let (usage, datasets) = writer.pattern(*id, pattern);
        if let Some(shapes) = shapes {
            for at in &pattern.shapes {
                remember::shape(writer.out, &usage, &shapes.list[*at]);
            }
        }
        for key in &pattern.facts.joins {
            joins.entry(key).or_default().join(&pattern.total());
        }
        for one in &datasets {
            let others = datasets
                .iter()
                .filter(|other| one.as_str() < other.as_str());
            together.extend(others.map(|other| (one.clone(), other.clone())));
        }
    }
    let dialects: BTreeMap<&JoinKey, &Pattern> = patterns
        .by_id
        .values()
        .flat_map(|pattern| pattern.facts.joins.iter().map(move |key| (key, pattern)))
        .collect();
    for (key, count) in joins {
        if let Some(pattern) = dialects.get(key) {
            writer.join_key(key, count, pattern);
            report.understood("join_key");
        }
    }
    for (one, other) in together {
        writer.out.link(&one, iso::USED_WITH, &other);
        writer.out.link(&other, iso::USED_WITH, &one);
        report.understood("co_queried");
    }
    let lineage = shapes.map(|shapes| &shapes.lineage);
    for made in lineage.into_iter().flat_map(Lineage::tables) {
        writer.made(&made);
        report.understood("derived_dataset");
    }
    let known = writer.tables.values().filter(|table| table.known).count() as u64;
    report.understood_many("dataset", writer.tables.len() as u64);
    report.understood_many("known_dataset", known);
    report.understood_many("column", writer.columns.len() as u64);
}

/// A table that was used.
#[derive(Clone, Debug)]
struct Used {
    iri: NamedNode,
    domain: Option<String>,
    known: bool,
}

struct Writer<'a> {
    options: &'a Options,
    out: &'a mut StatementBuilder,
    tables: BTreeMap<TableName, Used>,
    columns: BTreeMap<ColumnName, NamedNode>,
    schemas: BTreeSet<TableName>,
}

impl Writer<'_> {
    /// Writes what the logs held in all, and how much of it is no use of data.
    fn log(&mut self, patterns: &Patterns, has_lineage: bool) -> Option<NamedNode> {
        let (statements, aside) = patterns.aside();
        if statements == 0 && !has_lineage {
            return None;
        }
        let log = self.out.iri(IriKind::Activity, &["log"]);
        self.out.class(&log, prov::ACTIVITY);
        self.out.name(&log, dcterms::TITLE, "query log");
        self.out.extra(&log, "statements", &statements.into());
        for (reason, count) in aside {
            self.out.extra(&log, reason.code(), &(*count).into());
        }
        Some(log)
    }

    /// Writes a pattern; gives its name and the datasets that it reads.
    fn pattern(&mut self, id: u64, pattern: &Pattern) -> (NamedNode, Vec<NamedNode>) {
        let id = format!("{id:016x}");
        let usage = self.out.iri(IriKind::Usage, &[&id]);
        self.out.class(&usage, duv::USAGE);
        self.out.class(&usage, prov::ACTIVITY);
        self.out.text(
            &usage,
            iso::FINGERPRINT,
            &pattern.facts.fingerprint.to_string(),
        );
        self.out
            .text(&usage, iso::QUERY_TEXT, &pattern.facts.fingerprint.text);
        let total = pattern.total();
        self.count(&usage, &total);
        for (word, time) in [
            (prov::STARTED_AT_TIME, total.first),
            (prov::ENDED_AT_TIME, total.last),
        ] {
            if let Some(text) = time.and_then(moment::written) {
                self.out.moment(&usage, word, &text);
            }
        }
        let mut datasets = Vec::new();
        let mut domains = BTreeSet::new();
        for table in pattern
            .facts
            .reads
            .iter()
            .filter(|table| !sift::is_system(table))
        {
            let used = self.table(table, pattern.dialect);
            self.out.link(&usage, prov::USED, &used.iri);
            domains.extend(used.domain);
            datasets.push(used.iri);
        }
        for domain in domains {
            let domain = self.out.domain(&domain);
            self.out.link(&usage, iso::IN_DOMAIN, &domain);
        }
        for (column, roles) in &pattern.facts.columns {
            if sift::is_system(&column.table) || !pattern.facts.reads.contains(&column.table) {
                continue;
            }
            let iri = self.column(column, pattern.dialect);
            self.out.link(&usage, prov::USED, &iri);
            for (role, word) in ROLES {
                if roles.has(role) {
                    self.out.link(&usage, word, &iri);
                }
            }
        }
        for (place, (caller, count)) in pattern.callers.iter().enumerate() {
            self.caller(&usage, &id, place, caller, count);
        }
        (usage, datasets)
    }

    fn count(&mut self, subject: &NamedNode, count: &Count) {
        let times = i64::try_from(count.times).unwrap_or(i64::MAX);
        self.out.integer(subject, iso::QUERY_COUNT, times);
    }

    /// Writes who ran a pattern, how often and when last.
    fn caller(
        &mut self,
        usage: &NamedNode,
        id: &str,
        place: usize,
        caller: &Caller,
        count: &Count,
    ) {
        if *caller == Caller::default() {
            return;
        }
        let association = self
            .out
            .iri(IriKind::Usage, &[id, "by", &place.to_string()]);
        self.out
            .link(usage, prov::QUALIFIED_ASSOCIATION, &association);
        self.out.class(&association, prov::ASSOCIATION);
        self.count(&association, count);
        for (word, time) in [
            (dcterms::CREATED, count.first),
            (dcterms::MODIFIED, count.last),
        ] {
            if let Some(text) = time.and_then(moment::written) {
                self.out.moment(&association, word, &text);
            }
        }
        let teams: Vec<NamedNode> = caller
            .teams
            .iter()
            .map(|team| self.out.owner(team, OwnerKind::Organization, None))
            .collect();
        if let Some(user) = &caller.user {
            let user = self.out.owner(user, OwnerKind::Unknown, None);
            self.out.link(&association, prov::AGENT_PROPERTY, &user);
            self.out.link(usage, prov::WAS_ASSOCIATED_WITH, &user);
            for team in &teams {
                self.out.link(&user, org::MEMBER_OF, team);
            }
        }
        for team in &teams {
            self.out.link(&association, prov::AGENT_PROPERTY, team);
            self.out.link(usage, prov::WAS_ASSOCIATED_WITH, team);
        }
        for role in &caller.roles {
            let iri = self.out.iri(IriKind::Owner, &["role", role]);
            self.out.class(&iri, prov::ROLE);
            self.out.name(&iri, foaf::NAME, role);
            self.out.link(&association, prov::HAD_ROLE, &iri);
        }
    }

    /// Gives the dataset of a table: the one that is known, else one of this source.
    fn table(&mut self, name: &TableName, dialect: Dialect) -> Used {
        if let Some(used) = self.tables.get(name) {
            return used.clone();
        }
        let used = match self.options.usage.known.get(name) {
            Some(table) => Used {
                iri: named(table.iri.as_str()),
                domain: table.domain.clone(),
                known: true,
            },
            None => self.new_table(name, dialect),
        };
        self.tables.insert(name.clone(), used.clone());
        used
    }

    fn new_table(&mut self, name: &TableName, dialect: Dialect) -> Used {
        let iri = self.out.iri(IriKind::Dataset, &[path_of(name)]);
        self.out.class(&iri, dcat::DATASET_CLASS);
        self.out.name(&iri, iso::NAME, name.name());
        // A bare name alone would join tables that have nothing to do with each other.
        if name.parts().len() > 1 {
            let platform = self.options.usage.platform.as_deref();
            let platform = platform.unwrap_or(dialect.as_str());
            let parts: Vec<&str> = name.parts().iter().map(String::as_str).collect();
            self.out
                .text(&iri, iso::QUALIFIED_NAME, &qualified_name(platform, &parts));
        }
        let parts = name.parts();
        let placement = self.options.mapping.place(&Asset {
            source: self.options.source.as_str(),
            database: parts.len().checked_sub(3).map_or("", |at| &parts[at]),
            schema: name.schema().unwrap_or_default(),
            name: name.name(),
            ..Asset::default()
        });
        let domain = placement
            .domain
            .or_else(|| self.options.mapping.default_domain.clone());
        if let Some(domain) = &domain {
            let domain = self.out.domain(domain);
            self.out.link(&iri, iso::IN_DOMAIN, &domain);
        }
        Used {
            iri,
            domain,
            known: false,
        }
    }

    fn column(&mut self, column: &ColumnName, dialect: Dialect) -> NamedNode {
        if let Some(iri) = self.columns.get(column) {
            return iri.clone();
        }
        let table = self.table(&column.table, dialect);
        let known = self
            .options
            .usage
            .known
            .get(&column.table)
            .and_then(|table| table.column(&column.name));
        let iri = match known {
            Some(known) => named(known.iri.as_str()),
            None => self.new_column(column, &table),
        };
        self.columns.insert(column.clone(), iri.clone());
        iri
    }

    /// Declares a column that nobody knows yet, in a schema of this source.
    fn new_column(&mut self, column: &ColumnName, table: &Used) -> NamedNode {
        let path = path_of(&column.table);
        let iri = self.out.iri(
            IriKind::Column,
            &[path.as_str(), &column.name.to_lowercase()],
        );
        let schema = self.out.iri(IriKind::Schema, &[&path]);
        if self.schemas.insert(column.table.as_ref().clone()) {
            self.out.class(&table.iri, csvw::TABLE_CLASS);
            self.out.class(&schema, csvw::SCHEMA);
            self.out.link(&table.iri, csvw::TABLE_SCHEMA, &schema);
        }
        self.out.link(&schema, csvw::COLUMN, &iri);
        self.out.class(&iri, csvw::COLUMN_CLASS);
        self.out.name(&iri, csvw::NAME, &column.name);
        iri
    }

    /// Writes what a table and its columns were made of.
    fn made(&mut self, made: &Made) {
        let dialect = Dialect::of_name(&made.dialect).unwrap_or_default();
        let target = Arc::new(TableName::new(made.to.iter().cloned()));
        let to = self.table(&target, dialect).iri;
        for source in &made.from {
            let table = Arc::new(TableName::new(source.table.iter().cloned()));
            let from = self.table(&table, dialect).iri;
            crate::lineage::made(self.out, &to, &from, &[]);
            for (name, other) in &source.columns {
                let column = |table: &Arc<TableName>, name: &str| ColumnName {
                    table: Arc::clone(table),
                    name: name.to_owned(),
                };
                let to = self.column(&column(&target, name), dialect);
                let from = self.column(&column(&table, other), dialect);
                crate::lineage::made(self.out, &to, &from, &[]);
            }
        }
    }

    /// Writes a pair of columns by which statements join their tables.
    fn join_key(&mut self, key: &JoinKey, count: Count, pattern: &Pattern) {
        let sides = [key.left.to_string(), key.right.to_string()];
        let subject = self
            .out
            .iri(IriKind::Usage, &["join", &sides[0], &sides[1]]);
        self.out.class(&subject, iso::JOIN_KEY);
        for column in [&key.left, &key.right] {
            if sift::is_system(&column.table) {
                continue;
            }
            let column = self.column(column, pattern.dialect);
            self.out.link(&subject, iso::JOINS, &column);
        }
        self.count(&subject, &count);
        for (word, time) in [
            (dcterms::CREATED, count.first),
            (dcterms::MODIFIED, count.last),
        ] {
            if let Some(text) = time.and_then(moment::written) {
                self.out.moment(&subject, word, &text);
            }
        }
    }
}

fn path_of(name: &TableName) -> String {
    name.to_string().to_lowercase()
}
