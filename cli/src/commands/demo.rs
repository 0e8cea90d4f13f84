//! `isogloss demo`: the example mesh in memory, served at once.

use std::fs;
use std::path::PathBuf;

use isogloss::connectors::{Input, InputLimits};
use isogloss::graph::OpenOptions;
use isogloss::{Ingest as Request, Isogloss};
use rust_embed::RustEmbed;
use tempfile::TempDir;

use crate::arguments::Demo;
use crate::commands::ingest::{config_jobs, render_report};
use crate::commands::{Outcome, serve};
use crate::config::{Config, set_merge_rules};
use crate::failure::{Failure, FailureKind};
use crate::layers::arrange;
use crate::{clock, output};

/// The example mesh, carried in the binary so that the demo runs from anywhere.
#[derive(RustEmbed)]
#[folder = "../examples/harbour-health"]
struct Example;

const CONFIG: &str = "isogloss.toml";

pub(super) fn run(options: &Demo) -> Outcome {
    let (mut config, requests) = match &options.mesh {
        Some(path) => from_file(path)?,
        None => built_in()?,
    };
    // Engines read files; the built-in ones lie in a folder as long as they are served.
    let unpacked = options.mesh.is_none().then(unpack).transpose()?;
    if let Some(folder) = &unpacked {
        config.folder = folder.path().to_path_buf();
    }
    let listener = serve::bind(&server::Config {
        listen: options.listen,
        ..config.server.clone()
    })?;
    let mesh = Isogloss::in_memory_with(OpenOptions {
        retention: options.history.or(config.history),
        ..OpenOptions::default()
    });
    set_merge_rules(&mesh, &config)?;
    for ingested in mesh.ingest_all(requests)? {
        if ingested.report.errors > 0 {
            output::note(&render_report(&ingested.report));
        }
    }
    let snapshot = mesh.snapshot();
    let (statements, sources) = (snapshot.graph().len(), snapshot.sources().len());
    let name = if config.mesh.name.is_empty() {
        "the mesh"
    } else {
        &config.mesh.name
    };
    let url = format!("http://{}", options.listen);
    output::note(&format!(
        "{name}: {statements} statements from {sources} sources\n{}",
        what_to_try(&url)
    ));
    let arrangement = arrange(&config)?;
    serve::serve(
        mesh,
        arrangement,
        server::Config {
            listen: options.listen,
            ..config.server
        },
        listener,
    )
}

/// Reads the built-in example mesh into memory.
pub(super) fn example() -> Result<Isogloss, Failure> {
    let mesh = Isogloss::in_memory();
    let (_, requests) = built_in()?;
    mesh.ingest_all(requests)?;
    Ok(mesh)
}

fn from_file(path: &std::path::Path) -> Result<(Config, Vec<Request>), Failure> {
    let config = Config::read(path)?;
    let requests = config_jobs(&config)?
        .into_iter()
        .map(|job| job.read(&config.mapping, false));
    let requests = requests.collect::<Result<_, Failure>>()?;
    Ok((config, requests))
}

fn built_in() -> Result<(Config, Vec<Request>), Failure> {
    let text = embedded(CONFIG);
    let config = Config::parse(&String::from_utf8_lossy(&text), CONFIG, PathBuf::new())?;
    let mut requests = Vec::new();
    for source in &config.sources {
        let (name, kind) = source.parse()?;
        let mut inputs = Vec::new();
        for file in Example::iter().filter(|file| {
            source
                .paths
                .iter()
                .any(|p| PathBuf::from(&**file).starts_with(p))
        }) {
            let input = Input::decode(&*file, embedded(&file), &InputLimits::default());
            inputs.push(input.map_err(isogloss::Error::from)?);
        }
        requests.push(Request {
            mapping: config.mapping.clone(),
            actor: "demo".to_owned(),
            time: clock::now(),
            ..Request::new(name, kind, inputs)
        });
    }
    Ok((config, requests))
}

/// Writes the tables of the example mesh to a folder of their own.
fn unpack() -> Result<TempDir, Failure> {
    let failed = |error: std::io::Error| {
        let message = format!("could not write the example's tables: {error}");
        Failure::new(FailureKind::Other, message)
    };
    let folder = tempfile::tempdir().map_err(failed)?;
    for file in Example::iter().filter(|file| file.starts_with("data/")) {
        let path = folder.path().join(&*file);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        fs::write(&path, embedded(&file)).map_err(failed)?;
    }
    Ok(folder)
}

fn embedded(file: &str) -> Vec<u8> {
    Example::get(file)
        .map(|found| found.data.into_owned())
        .unwrap_or_default()
}

fn what_to_try(url: &str) -> String {
    format!(
        "
  page      {url}/
  resolve   curl '{url}/resolve?text=customer'
  GraphQL   curl {url}/graphql -H 'content-type: application/json' \\
              -d '{{\"query\":\"{{ resolve(input: {{text: \\\"customer\\\"}}) {{ outcome question {{ text }} }} }}\"}}'
  metrics   curl {url}/graphql -H 'content-type: application/json' \\
              -d '{{\"query\":\"{{ query(input: {{metrics: [\\\"claims_paid\\\"], groupBy: [\\\"member_id__state\\\"]}}) {{ rows }} }}\"}}'
  SPARQL    curl {url}/sparql -H 'accept: text/csv' --data-urlencode \\
              'query=SELECT ?kind (COUNT(?s) AS ?n) WHERE {{ ?s a ?kind }} GROUP BY ?kind ORDER BY DESC(?n)'
  more      {url}/openapi.json

Ctrl-C stops it."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_mesh_is_read_without_a_broken_part() {
        let (_, requests) = built_in().unwrap();
        assert!(requests.len() >= 4, "{} sources", requests.len());
        let mesh = Isogloss::in_memory();
        for ingested in mesh.ingest_all(requests).unwrap() {
            assert_eq!(
                ingested.report.errors,
                0,
                "{}",
                render_report(&ingested.report)
            );
            assert!(ingested.report.statements > 0);
        }
        let domains = mesh.snapshot().model().domains().len();
        assert!(domains >= 6, "{domains} domains");
    }
}
