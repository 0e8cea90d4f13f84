//! The `[server]` table of `isogloss.toml`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use isogloss::graph::SourceName;
use isogloss::graph::sparql::MayWrite;
use serde::Deserialize;

use crate::error::{Error, Result};

/// How the server listens and what one request may cost.
///
/// Every key has a default, and an unknown key is an error that names it.
///
/// ```
/// let config = server::Config::parse("[server]\nlisten = '127.0.0.1:8080'")?;
/// assert_eq!(config.listen.port(), 8080);
/// # Ok::<(), server::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The address to listen on; loopback unless [`Config::allow_remote`].
    pub listen: SocketAddr,
    /// Accepts a `listen` address that other machines reach. There is no authentication yet.
    pub allow_remote: bool,
    /// Values of the `Host` header to accept beside loopback names and `listen`, without a port.
    pub allowed_hosts: Vec<String>,
    /// Origins whose pages may send requests, for example `https://catalog.example.com`.
    pub allowed_origins: Vec<String>,
    /// How long things may take.
    pub timeouts: Timeouts,
    /// How much one request may cost.
    pub limits: Limits,
    /// What SPARQL may change, and what its default graph is.
    pub sparql: Sparql,
    /// What the page at `/` shows first.
    pub page: Page,
}

/// What SPARQL may change, and what its default graph is.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sparql {
    /// What updates and the graph store may change; [`Updates::People`] when missing, or [`Updates::Off`] with
    /// [`Config::allow_remote`].
    pub update: Option<Updates>,
    /// The sources that [`Updates::Listed`] speaks of, by name or by the IRI of their graph.
    pub update_sources: Vec<String>,
    /// What a query sees outside of `GRAPH`.
    pub default_graph: DefaultGraph,
}

/// What updates and the graph store may change.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Updates {
    /// Nothing.
    Off,
    /// Sources that people made, and new ones.
    People,
    /// The sources of `update_sources`, whoever made them.
    Listed,
    /// All sources.
    All,
}

/// What a query sees outside of `GRAPH`.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum DefaultGraph {
    /// The merged view of all sources.
    #[default]
    Merged,
    /// The source `people` only, which is what updates write to outside of `GRAPH`.
    People,
}

/// How long things may take.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Timeouts {
    /// Seconds until the head of a request must be complete, and an idle connection is closed.
    pub header_s: u64,
    /// Seconds until an answer must have begun, the reading of the body included.
    pub request_s: u64,
    /// Seconds that a SPARQL query or an export may run.
    pub query_s: u64,
    /// Seconds that an ingest may run.
    pub ingest_s: u64,
    /// Seconds without one byte taken by the client until its connection is cut.
    pub stall_s: u64,
    /// Seconds after which a stream of changes that has nothing to tell says that it is still there.
    pub heartbeat_s: u64,
    /// Milliseconds that a heavy request waits for its turn before it is refused.
    pub queue_ms: u64,
    /// Milliseconds between `/readyz` turning 503 and the end of accepting.
    pub drain_ms: u64,
    /// Seconds that requests in flight have to end after a shutdown began.
    pub shutdown_s: u64,
}

/// How much one request may cost.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Header lines of one request.
    pub headers: usize,
    /// Bytes of the head of one request, its URL included.
    pub header_bytes: usize,
    /// Bytes of a GraphQL request.
    pub graphql_bytes: usize,
    /// Bytes of a SPARQL query.
    pub sparql_bytes: usize,
    /// Statements that one SPARQL query may visit.
    pub sparql_statements: u64,
    /// Rows that one SPARQL query may answer.
    pub sparql_rows: u64,
    /// Bytes of an ingest request as sent.
    pub ingest_bytes: usize,
    /// Bytes of all documents of one ingest request after decoding.
    pub ingest_decoded_bytes: usize,
    /// SPARQL queries, exports and ingests that run at once.
    pub heavy_requests: usize,
    /// GraphQL requests that run at once.
    pub graphql_requests: usize,
    /// Runs of each job that are kept of the OpenLineage events that come in.
    pub openlineage_runs: usize,
}

/// What the page at `/` shows first.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Page {
    /// Questions offered as chips; the graph's most ambiguous words when empty.
    pub examples: Vec<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 4400),
            allow_remote: false,
            allowed_hosts: Vec::new(),
            allowed_origins: Vec::new(),
            timeouts: Timeouts::default(),
            limits: Limits::default(),
            sparql: Sparql::default(),
            page: Page::default(),
        }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            header_s: 30,
            request_s: 30,
            query_s: 20,
            ingest_s: 300,
            stall_s: 30,
            heartbeat_s: 15,
            queue_ms: 2_000,
            drain_ms: 500,
            shutdown_s: 25,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            headers: 100,
            header_bytes: 128 << 10,
            graphql_bytes: 4 << 20,
            sparql_bytes: 1 << 20,
            sparql_statements: 50_000_000,
            sparql_rows: 1_000_000,
            ingest_bytes: 64 << 20,
            ingest_decoded_bytes: 256 << 20,
            heavy_requests: 8,
            graphql_requests: 64,
            openlineage_runs: isogloss::RUNS_KEPT,
        }
    }
}

impl Config {
    /// Returns which sources SPARQL may change; none at all when it is off.
    pub(crate) fn may_write(&self) -> Option<MayWrite> {
        let otherwise = if self.allow_remote {
            Updates::Off
        } else {
            Updates::People
        };
        match self.sparql.update.unwrap_or(otherwise) {
            Updates::Off => None,
            Updates::People => Some(MayWrite::People),
            Updates::Listed => {
                let names = self.sparql.update_sources.iter();
                // Names that are none were refused when the configuration was checked.
                Some(MayWrite::Listed(
                    names.filter_map(|name| name.parse().ok()).collect(),
                ))
            }
            Updates::All => Some(MayWrite::All),
        }
    }
}

impl Sparql {
    /// Checks that what updates may change can be the names of sources.
    fn check(&self) -> Result<()> {
        let mut names = self.update_sources.iter();
        match names.find(|name| name.parse::<SourceName>().is_err()) {
            Some(name) => Err(Error::BadSource { name: name.clone() }),
            None => Ok(()),
        }
    }
}

impl Timeouts {
    /// Returns the time until the head of a request must be complete.
    pub(crate) fn header(&self) -> Duration {
        Duration::from_secs(self.header_s)
    }

    /// Returns the time until an answer must have begun.
    pub(crate) fn request(&self) -> Duration {
        Duration::from_secs(self.request_s)
    }

    /// Returns the time that a SPARQL query or an export may run.
    pub(crate) fn query(&self) -> Duration {
        Duration::from_secs(self.query_s)
    }

    /// Returns the time that an ingest may run.
    pub(crate) fn ingest(&self) -> Duration {
        Duration::from_secs(self.ingest_s)
    }

    /// Returns the time without progress until a connection is cut.
    pub(crate) fn stall(&self) -> Duration {
        Duration::from_secs(self.stall_s)
    }
}

/// The whole of `isogloss.toml`, of which this crate reads one table.
#[derive(Deserialize)]
struct File {
    #[serde(default)]
    server: Config,
}

impl Config {
    /// Reads the `[server]` table out of the text of an `isogloss.toml`; other tables are not looked at.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] names an unknown key or a wrong type with its place, [`Error::OutOfRange`] a number.
    pub fn parse(text: &str) -> Result<Self> {
        let file: File = toml::from_str(text).map_err(|source| {
            let before = source
                .span()
                .and_then(|span| text.get(..span.start))
                .unwrap_or_default();
            Error::Config {
                line: before.matches('\n').count() + 1,
                source: Box::new(source),
            }
        })?;
        file.server.check()?;
        Ok(file.server)
    }

    /// Checks that every number is within its range.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] names the first that is not.
    pub fn check(&self) -> Result<()> {
        self.sparql.check()?;
        for (key, value, minimum, maximum) in self
            .timeouts
            .ranges()
            .into_iter()
            .chain(self.limits.ranges())
        {
            if !(minimum..=maximum).contains(&value) {
                return Err(Error::OutOfRange {
                    key,
                    value,
                    minimum,
                    maximum,
                });
            }
        }
        Ok(())
    }
}

/// A number by its key, and the least and greatest that make sense.
type Range = (&'static str, u64, u64, u64);

impl Timeouts {
    fn ranges(&self) -> Vec<Range> {
        vec![
            ("timeouts.header_s", self.header_s, 1, 40),
            ("timeouts.request_s", self.request_s, 1, 600),
            ("timeouts.query_s", self.query_s, 1, 3_600),
            ("timeouts.ingest_s", self.ingest_s, 1, 86_400),
            ("timeouts.stall_s", self.stall_s, 1, 600),
            ("timeouts.heartbeat_s", self.heartbeat_s, 1, 600),
            ("timeouts.queue_ms", self.queue_ms, 0, 60_000),
            ("timeouts.drain_ms", self.drain_ms, 0, 60_000),
            ("timeouts.shutdown_s", self.shutdown_s, 1, 600),
        ]
    }
}

impl Limits {
    fn ranges(&self) -> Vec<Range> {
        vec![
            ("limits.headers", self.headers as u64, 8, 1_000),
            // Below this the HTTP parser itself refuses to start.
            (
                "limits.header_bytes",
                self.header_bytes as u64,
                8_192,
                16 << 20,
            ),
            (
                "limits.graphql_bytes",
                self.graphql_bytes as u64,
                1,
                1 << 30,
            ),
            ("limits.sparql_bytes", self.sparql_bytes as u64, 1, 1 << 30),
            ("limits.ingest_bytes", self.ingest_bytes as u64, 1, 8 << 30),
            (
                "limits.ingest_decoded_bytes",
                self.ingest_decoded_bytes as u64,
                1,
                64 << 30,
            ),
            (
                "limits.heavy_requests",
                self.heavy_requests as u64,
                1,
                1_024,
            ),
            (
                "limits.graphql_requests",
                self.graphql_requests as u64,
                1,
                65_536,
            ),
            (
                "limits.openlineage_runs",
                self.openlineage_runs as u64,
                1,
                1_000_000,
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_named() {
        for (text, key) in [
            ("[server]\nlisten_on = 'x'", "listen_on"),
            ("[server.limits]\nsparql_row = 5", "sparql_row"),
            ("[server.page]\nexample = []", "example"),
        ] {
            let error = Config::parse(text).expect_err("the key does not exist");
            let message = error.to_string();
            assert!(
                message.contains(&format!("`{key}`")) && message.starts_with("line 2 "),
                "{message}"
            );
        }
    }

    #[test]
    fn other_tables_are_left_to_their_owners() {
        let config =
            Config::parse("[dbt]\nanything = 1\n[server]\nallowed_hosts = ['data.example']");
        assert_eq!(config.expect("valid").allowed_hosts, ["data.example"]);
    }

    #[test]
    fn who_may_write_depends_on_who_can_reach() {
        let config = |text: &str| Config::parse(text).expect("valid").may_write();
        assert_eq!(config(""), Some(MayWrite::People));
        assert_eq!(config("[server]\nallow_remote = true"), None);
        assert_eq!(config("[server.sparql]\nupdate = 'off'"), None);
        let text =
            "[server.sparql]\nupdate = 'listed'\nupdate_sources = ['dbt', 'http://g.example/']";
        let Some(MayWrite::Listed(listed)) = config(text) else {
            panic!("they are listed");
        };
        assert_eq!(listed.len(), 2);
        assert!(Config::parse("[server.sparql]\nupdate_sources = ['No name']").is_err());
    }

    #[test]
    fn a_number_out_of_range_is_refused_with_its_range() {
        let error = Config::parse("[server.timeouts]\nheader_s = 0").expect_err("zero seconds");
        assert_eq!(
            error.to_string(),
            "`server.timeouts.header_s` is 0, outside 1 to 40"
        );
    }

    #[test]
    fn the_defaults_pass_their_own_check() {
        Config::default()
            .check()
            .expect("the defaults are within their ranges");
    }
}
