//! From foreign documents to a commit.

use connectors::{Diagnostic, Input, Kind, Mapping, Options, Report, UsageOptions};
use graph_core::{Change, Commit, Receipt, SourceName, Timestamp};

use crate::logs::{self, Cause, has_logs};
use crate::loss;
use crate::validation::check_candidate;
use crate::{Check, Isogloss, Preview, Result};

/// Documents that together are what one source says now.
#[derive(Clone, Debug)]
pub struct Ingest {
    /// The source that speaks; what it said before is replaced whole.
    pub source: SourceName,
    /// The format of the documents.
    pub kind: Kind,
    /// The documents.
    pub inputs: Vec<Input>,
    /// What was wrong with finding and opening the documents; it becomes part of the report.
    pub found: Vec<Diagnostic>,
    /// Goes on without what is damaged, even where the source would say less than it does now.
    pub partial: bool,
    /// How datasets find their domain and data product.
    pub mapping: Mapping,
    /// What a reader of query logs has to know; the tables that the graph knows are added to it.
    pub usage: UsageOptions,
    /// Who asks.
    pub actor: String,
    /// When, by the caller's clock.
    pub time: Timestamp,
    /// Reads, reports and compares with what the source says now, and commits nothing.
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
            found: Vec::new(),
            partial: false,
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
    /// What a dry run would change; none for what was committed.
    pub preview: Option<Preview>,
    /// What was understood and what was skipped.
    pub report: Report,
    /// What does not keep the shapes, where a check was asked for.
    pub validation: Option<shacl::Report>,
}

impl Isogloss {
    /// Reads the documents and replaces what their source said.
    ///
    /// Faults in parts of the input are in the report. Where a part could not be read at all, the source may only come
    /// to say more or something else by this, not less, unless the request is `partial`.
    ///
    /// # Errors
    /// [`crate::Error::Connector`] if nothing at all could be read, [`crate::Error::Damaged`] if damage would make the
    /// source say less (in both cases it keeps what it said), and what [`Isogloss::commit`] gives.
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
        let wanted: Vec<(bool, bool, Option<Check>)> = requests
            .iter()
            .map(|request| (request.dry_run, request.partial, request.check.clone()))
            .collect();
        let AllRead { requested, again } = self.read_all(requests)?;
        let mut damaged = Vec::new();
        for ((dry_run, partial, check), (commit, report)) in wanted.into_iter().zip(requested) {
            checks.push(check.map(|check| (commit.source.clone(), dry_run, check)));
            if report.damaged > 0 && !partial && !dry_run {
                damaged.push((commit.source.clone(), report.clone()));
            }
            ingested.push((!dry_run, report));
            if dry_run {
                tries.push(commit);
            } else {
                commits.push(commit);
            }
        }
        if !commits.is_empty() {
            commits.extend(again);
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
        let mut previews = Vec::new();
        let tried: Vec<SourceName> = tries.iter().map(|commit| commit.source.clone()).collect();
        self.try_commits(tries, |before, after| {
            let preview = |source| Preview::new(source, before, after);
            previews.extend(tried.iter().map(preview));
            check(true, before, after)
        })?;
        let receipts = self.commit_checked(commits, |before, after| {
            for (source, report) in &damaged {
                loss::refuse(source, report, before, after)?;
            }
            check(false, before, after)
        })?;
        let (mut receipts, mut previews) = (receipts.into_iter(), previews.into_iter());
        let answer = ingested.into_iter().zip(found);
        let answer = answer.map(|((committed, report), validation)| Ingested {
            receipt: if committed { receipts.next() } else { None },
            preview: if committed { None } else { previews.next() },
            report,
            validation,
        });
        Ok(answer.collect())
    }

    /// Reads the requests, query logs by the tables that there will be; gives also the commits of the logs that are stored
    /// already and mean other tables then.
    fn read_all(&self, requests: Vec<Ingest>) -> Result<AllRead> {
        let is_log = |request: &Ingest| request.kind == Kind::QueryLog;
        let sources: Vec<SourceName> = requests.iter().map(|it| it.source.clone()).collect();
        let cause = requests.first().map(|request| Cause {
            actor: request.actor.clone(),
            time: request.time,
        });
        let mut others = Vec::new();
        let mut waiting = Vec::new();
        for (at, request) in requests.into_iter().enumerate() {
            if is_log(&request) {
                waiting.push((at, request));
            } else {
                others.push((at, read(request)?));
            }
        }
        let before = self.snapshot();
        if waiting.is_empty() && !has_logs(before.graph()) {
            return Ok(AllRead::of(others, Vec::new()));
        }
        let mut again = Vec::new();
        let mut look = |graph: &graph_core::Snapshot| {
            for (_, request) in &mut waiting {
                request.usage.known = logs::known_to(&request.usage, graph);
            }
            if let Some(cause) = &cause
                && graph.version() != before.version()
            {
                again = logs::commits(graph, &sources, cause);
            }
        };
        let changes: Vec<Commit> = others
            .iter()
            .map(|(_, (commit, _))| commit.clone())
            .collect();
        if changes.is_empty() {
            look(before.graph());
        } else {
            self.try_commits(changes, |_, after| {
                look(after);
                Ok(())
            })?;
        }
        for (at, request) in waiting {
            others.push((at, read(request)?));
        }
        others.sort_by_key(|(at, _)| *at);
        Ok(AllRead::of(others, again))
    }
}

/// What was read of requests.
struct AllRead {
    /// In the order of the requests.
    requested: Vec<(Commit, Report)>,
    /// The stored logs that mean other tables now.
    again: Vec<Commit>,
}

impl AllRead {
    fn of(requested: Vec<(usize, (Commit, Report))>, again: Vec<Commit>) -> Self {
        Self {
            requested: requested.into_iter().map(|(_, read)| read).collect(),
            again,
        }
    }
}

fn read(request: Ingest) -> Result<(Commit, Report)> {
    let options = Options {
        mapping: request.mapping,
        usage: request.usage,
        ..Options::new(request.source.clone())
    };
    let report = Report::of(request.kind, request.found);
    let read = connectors::read_on(request.kind, request.inputs, &options, report)?;
    let commit = Commit {
        source: request.source,
        kind: request.kind.to_string(),
        actor: request.actor,
        time: request.time,
        change: Change::Replace(read.statements),
    };
    Ok((commit, read.report))
}
