//! `isogloss ingest`: documents in, a commit and a report out.

use std::path::PathBuf;

use isogloss::connectors::{
    self, Diagnostic, Found, InputLimits, Kind, Mapping, Report, Severity, read_paths,
};
use isogloss::graph::{Receipt, Retention, SourceName};
use isogloss::{Check, Ingest as Request, Ingested, Isogloss, Preview};
use live::postgres::Address;
use serde_json::json;

mod database;

use self::database::Database;
use crate::arguments::{Ingest, Log, ValidateMode};
use crate::commands::{Outcome, open_or_create};
use crate::config::{Config, kind, source_name};
use crate::failure::{Failure, FailureKind};
use crate::{client, clock, output, progress};

/// Diagnostics that a person is shown; the rest are counted, and `--json` has them all.
const SHOWN: usize = 20;

#[expect(clippy::too_many_lines, reason = "one line a step, in their order")]
pub(super) fn run(options: &Ingest) -> Outcome {
    let config = match &options.config {
        Some(path) => Config::read(path)?,
        None => Config::default(),
    };
    let mut jobs = jobs(options, &config)?;
    for job in &mut jobs {
        job.partial |= options.partial;
    }
    if let Some(url) = &options.server {
        return client::ingest(url, jobs, &config.mapping, options);
    }
    let check = match options.validate {
        Some(mode) => Some(Check {
            shapes: super::validate::shapes(&options.shapes, false)?,
            strict: mode == ValidateMode::Strict,
        }),
        None => None,
    };
    let requests = jobs.into_iter().map(|job| {
        let request = job.read(&config.mapping, options.dry_run)?;
        let check = check.clone();
        Ok(Request { check, ..request })
    });
    let requests = requests.collect::<Result<Vec<_>, Failure>>()?;
    let names: Vec<SourceName> = requests
        .iter()
        .map(|request| request.source.clone())
        .collect();
    // A dry run makes no folder.
    let mesh = if options.dry_run && !options.data.data.exists() {
        Isogloss::in_memory()
    } else {
        open_or_create(&options.data.data, Retention::EVERYTHING)?
    };
    let waiting = progress::spinner("reading and committing");
    let answers = mesh.ingest_all(requests);
    waiting.finish_and_clear();
    let answers = answers.map_err(|error| {
        if let isogloss::Error::Connector(connectors::Error::NothingRead { report, .. })
        | isogloss::Error::Damaged { report, .. } = &error
        {
            output::note(&render_report(report));
        }
        if let isogloss::Error::NotValid { report, .. } = &error {
            output::note(&super::validate::shown(report));
        }
        Failure::from(error)
    })?;
    let mut broken = 0;
    let mut reports = Vec::new();
    for (name, ingested) in names.into_iter().zip(answers) {
        broken += ingested.report.errors;
        if options.output.json {
            reports.push(as_json(&name, &ingested));
        } else {
            output::text(&render(&name, &ingested))?;
        }
    }
    if options.output.json {
        output::json(&reports)?;
    }
    if broken == 0 {
        return Ok(());
    }
    let what = if options.dry_run {
        "nothing was committed"
    } else {
        "the rest was committed"
    };
    Err(Failure::new(
        FailureKind::Input,
        format!("{broken} parts of the input could not be read; {what}"),
    ))
}

/// One source to read.
pub(crate) struct Job {
    /// Its name.
    pub(crate) source: SourceName,
    /// The format of its documents.
    pub(crate) kind: Kind,
    /// Where they are.
    pub(crate) documents: Documents,
    /// What a query log does not say itself.
    pub(crate) log: Log,
    /// Whether it is read without what is damaged.
    pub(crate) partial: bool,
}

/// Where the documents of a source are.
pub(crate) enum Documents {
    /// In files and folders.
    Files(Vec<PathBuf>),
    /// In a database, which is asked for them.
    Database(Database),
}

impl Job {
    /// Opens the documents; what could not be opened is part of the request.
    pub(crate) fn read(&self, mapping: &Mapping, dry_run: bool) -> Result<Request, Failure> {
        let found = match &self.documents {
            Documents::Files(paths) => read_paths(self.kind, paths, &InputLimits::default())
                .map_err(isogloss::Error::from)?,
            Documents::Database(database) => Found {
                inputs: vec![database.read()?],
                diagnostics: Vec::new(),
            },
        };
        Ok(Request {
            mapping: mapping.clone(),
            usage: self.log.options()?,
            actor: "cli".to_owned(),
            time: clock::now(),
            dry_run,
            found: found.diagnostics,
            partial: self.partial,
            ..Request::new(self.source.clone(), self.kind, found.inputs)
        })
    }
}

fn jobs(options: &Ingest, config: &Config) -> Result<Vec<Job>, Failure> {
    let (Some(kind_name), Some(source)) = (&options.kind, &options.source) else {
        return config_jobs(config);
    };
    let source = source_name(source)?;
    if Address::is_one(kind_name) {
        return Ok(vec![Job {
            source,
            kind: Kind::PostgresCatalog,
            documents: Documents::Database(Database::of_arguments(kind_name, options)?),
            log: Log::default(),
            partial: false,
        }]);
    }
    if options.paths.is_empty() {
        let message = "there is no PATH to read";
        return Err(Failure::new(FailureKind::Usage, message)
            .with_hint("isogloss ingest KIND PATH... --source NAME"));
    }
    Ok(vec![Job {
        source,
        kind: kind(kind_name)?,
        documents: Documents::Files(options.paths.clone()),
        log: options.log.clone(),
        partial: false,
    }])
}

/// Turns the sources that a configuration lists into jobs.
pub(crate) fn config_jobs(config: &Config) -> Result<Vec<Job>, Failure> {
    if config.sources.is_empty() {
        return Err(
            Failure::new(FailureKind::Usage, "the configuration lists no sources")
                .with_hint("give KIND, PATH and --source, or add [[source]] tables to the file"),
        );
    }
    let job = |source: &crate::config::Source| {
        if let Some(database) = Database::of_config(source)? {
            return Ok(Job {
                source: source_name(&source.name)?,
                kind: Kind::PostgresCatalog,
                documents: Documents::Database(database),
                log: Log::default(),
                partial: source.partial,
            });
        }
        let (name, kind) = source.parse()?;
        let paths = source
            .paths
            .iter()
            .map(|path| config.folder.join(path))
            .collect();
        Ok(Job {
            source: name,
            kind,
            documents: Documents::Files(paths),
            log: Log {
                dialect: source.dialect.clone(),
                default_database: source.default_database.clone(),
            },
            partial: source.partial,
        })
    };
    config.sources.iter().map(job).collect()
}

fn as_json(name: &SourceName, ingested: &Ingested) -> serde_json::Value {
    let receipt = ingested.receipt.as_ref().map(|r| {
        json!({
            "version": r.version.0, "added": r.added, "removed": r.removed,
            "statements": r.statements, "unchanged": r.unchanged,
        })
    });
    let validation = ingested
        .validation
        .as_ref()
        .map(isogloss::shacl::Report::to_json);
    let preview = ingested.preview.as_ref().map(Preview::to_json);
    json!({
        "source": name.as_str(), "receipt": receipt, "would": preview, "report": ingested.report,
        "validation": validation,
    })
}

/// Says what a dry run would change.
fn preview_lines(preview: &Preview) -> String {
    if preview.is_empty() {
        return "read, nothing committed: it would change nothing\n".to_owned();
    }
    let (added, removed) = (preview.added.len(), preview.removed.len());
    let mut out =
        format!("read, nothing committed: it would add {added} statements and remove {removed}\n");
    for (mark, names) in [("+", &preview.appearing), ("-", &preview.disappearing)] {
        for name in names.iter().take(SHOWN) {
            out.extend(["  ", mark, " ", name, "\n"]);
        }
        if names.len() > SHOWN {
            let more = (names.len() - SHOWN).to_string();
            out.extend(["  ", mark, " and ", &more, " more\n"]);
        }
    }
    out
}

/// Writes what came of one source for a person.
fn render(name: &SourceName, ingested: &Ingested) -> String {
    let mut out = match &ingested.preview {
        Some(preview) => format!("{name}: {}", preview_lines(preview)),
        None => format!("{name}: {}\n", commit_line(ingested.receipt.as_ref())),
    };
    out.push_str(&render_report(&ingested.report));
    if let Some(report) = &ingested.validation {
        out.push_str(&super::validate::shown(report));
        out.push('\n');
    }
    out
}

/// Says in one line what a commit changed.
pub(crate) fn commit_line(receipt: Option<&Receipt>) -> String {
    match receipt {
        None => "read, nothing committed".to_owned(),
        Some(r) if r.unchanged => format!(
            "unchanged, {} statements, version {}",
            r.statements, r.version.0
        ),
        Some(r) => {
            format!(
                "{} statements, {} added, {} removed, version {}",
                r.statements, r.added, r.removed, r.version.0
            )
        }
    }
}

/// Writes what was understood and the first diagnostics.
pub(crate) fn render_report(report: &Report) -> String {
    let understood: Vec<_> = report
        .understood
        .iter()
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect();
    let mut lines = vec![format!("  understood: {}", understood.join(", "))];
    let mut worst: Vec<&Diagnostic> = report.diagnostics.iter().collect();
    worst.sort_by_key(|d| d.severity);
    for diagnostic in worst.iter().take(SHOWN) {
        lines.push(format!("  {}: {diagnostic}", diagnostic.severity));
        if let (Severity::Error | Severity::Warning, Some(hint)) =
            (diagnostic.severity, &diagnostic.hint)
        {
            lines.push(format!("      hint: {hint}"));
        }
    }
    if worst.len() > SHOWN {
        lines.push(format!(
            "  and {} more (--json lists them)",
            worst.len() - SHOWN
        ));
    }
    lines.join("\n") + "\n"
}
