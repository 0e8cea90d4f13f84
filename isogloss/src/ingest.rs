//! From foreign documents to a commit.

use connectors::sql::Dialect;
use connectors::{Input, Kind, Mapping, Options, Report, UsageOptions};
use graph_core::{Change, Commit, Receipt, SourceName, Timestamp};

use crate::validation::check_candidate;
use crate::{Check, Isogloss, Result, known};

/// Documents that together are what one source says now.
#[derive(Clone, Debug)]
pub struct Ingest {
    /// The source that speaks; what it said before is replaced whole.
    pub source: SourceName,
    /// The format of the documents.
    pub kind: Kind,
    /// The documents.
    pub inputs: Vec<Input>,
    /// How datasets find their domain and data product.
    pub mapping: Mapping,
    /// What a reader of query logs has to know; the tables that the graph knows are added to it.
    pub usage: UsageOptions,
    /// Who asks.
    pub actor: String,
    /// When, by the caller's clock.
    pub time: Timestamp,
    /// Reads and reports, and commits nothing.
    pub dry_run: bool,
    /// Checks the graph that the commit would make, before it is made; on a dry run too.
    pub check: Option<Check>,
}

impl Ingest {
    /// Makes a request with the default mapping, no actor's name and time 0.
    pub fn new(source: SourceName, kind: Kind, inputs: Vec<Input>) -> Self {
        Self {
            source,
            kind,
            inputs,
            mapping: Mapping::default(),
            usage: UsageOptions::default(),
            actor: "anonymous".to_owned(),
            time: Timestamp(0),
            dry_run: false,
            check: None,
        }
    }
}

/// What came of an [`Ingest`].
#[derive(Clone, Debug)]
pub struct Ingested {
    /// The commit's receipt; none on a dry run.
    pub receipt: Option<Receipt>,
    /// What was understood and what was skipped.
    pub report: Report,
    /// What does not keep the shapes, where a check was asked for.
    pub validation: Option<shacl::Report>,
}

impl Isogloss {
    /// Reads the documents and replaces what their source said.
    ///
    /// # Errors
    /// [`crate::Error::Connector`] if nothing at all could be read (the source then keeps what it said), and what
    /// [`Isogloss::commit`] gives. Faults in parts of the input are in the report, not errors.
    pub fn ingest(&self, request: Ingest) -> Result<Ingested> {
        let mut ingested = self.ingest_all(vec![request])?;
        Ok(ingested.remove(0))
    }

    /// Reads several sources and commits them together: readers see all of them or none.
    ///
    /// # Errors
    /// As [`Isogloss::ingest`]; one request that cannot be read, or that breaks the shapes of a strict check, fails
    /// them all, before anything is committed.
    pub fn ingest_all(&self, requests: Vec<Ingest>) -> Result<Vec<Ingested>> {
        let mut ingested = Vec::with_capacity(requests.len());
        let (mut commits, mut tries, mut checks) = (Vec::new(), Vec::new(), Vec::new());
        let requests = self.with_known_tables(requests)?;
        for request in requests {
            let (dry_run, check) = (request.dry_run, request.check.clone());
            let is_checked = check.is_some();
            checks.push(check.map(|check| (request.source.clone(), dry_run, check)));
            let (commit, report) = read(request)?;
            ingested.push((!dry_run, report));
            match (dry_run, is_checked) {
                (false, _) => commits.push(commit),
                (true, true) => tries.push(commit),
                (true, false) => {}
            }
        }
        let mut found: Vec<Option<shacl::Report>> = vec![None; checks.len()];
        let mut check = |dry_run: bool, before: &_, after: &_| {
            for (wanted, found) in checks.iter().zip(&mut found) {
                if let Some((source, dry, check)) = wanted
                    && *dry == dry_run
                {
                    *found = Some(check_candidate(check, source, before, after)?);
                }
            }
            Ok(())
        };
        self.try_commits(tries, |before, after| check(true, before, after))?;
        let receipts = self.commit_checked(commits, |before, after| check(false, before, after))?;
        let mut receipts = receipts.into_iter();
        let answer = ingested.into_iter().zip(found);
        let answer = answer.map(|((committed, report), validation)| Ingested {
            receipt: if committed { receipts.next() } else { None },
            report,
            validation,
        });
        Ok(answer.collect())
    }

    /// Tells the readers of query logs which tables there are, counting what is ingested with them.
    fn with_known_tables(&self, mut requests: Vec<Ingest>) -> Result<Vec<Ingest>> {
        let is_log = |request: &Ingest| request.kind == Kind::QueryLog;
        if !requests.iter().any(is_log) {
            return Ok(requests);
        }
        let others = requests.iter().filter(|request| !is_log(request)).cloned();
        let others = others.map(|request| Ok(read(request)?.0));
        let others = others.collect::<Result<Vec<Commit>>>()?;
        let mut know = |graph: &graph_core::Snapshot| {
            for request in requests.iter_mut().filter(|request| is_log(request)) {
                let usage = &mut request.usage;
                let dialect = usage.dialect.map(Dialect::as_str);
                let platform = usage.platform.as_deref().or(dialect);
                usage.known = known::tables(graph, platform);
            }
        };
        if others.is_empty() {
            know(self.snapshot().graph());
        } else {
            self.try_commits(others, |_, after| {
                know(after);
                Ok(())
            })?;
        }
        Ok(requests)
    }
}

fn read(request: Ingest) -> Result<(Commit, Report)> {
    let options = Options {
        mapping: request.mapping,
        usage: request.usage,
        ..Options::new(request.source.clone())
    };
    let read = connectors::read(request.kind, request.inputs, &options)?;
    let commit = Commit {
        source: request.source,
        kind: request.kind.to_string(),
        actor: request.actor,
        time: request.time,
        change: Change::Replace(read.statements),
    };
    Ok((commit, read.report))
}
