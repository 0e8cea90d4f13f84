//! Counters and histograms, rendered as Prometheus text on our own route.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Upper bounds of the latency buckets, in microseconds.
const BOUNDS_US: [u64; 14] = [
    100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000,
    5_000_000, 20_000_000,
];

/// What the server counts about itself.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    requests: Mutex<BTreeMap<Series, u64>>,
    latencies: Mutex<BTreeMap<String, Histogram>>,
    resolves: Mutex<Histogram>,
    pub(crate) in_flight: AtomicI64,
    pub(crate) panics: AtomicU64,
    pub(crate) refused: AtomicU64,
    pub(crate) connections: AtomicI64,
}

/// What requests are counted by. The route is a pattern of ours, so there are few.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Series {
    route: String,
    method: &'static str,
    status: u16,
}

/// Counts of durations, by upper bound.
#[derive(Clone, Debug, Default)]
struct Histogram {
    buckets: [u64; BOUNDS_US.len()],
    count: u64,
    sum_us: u64,
}

/// Facts of the graph that are read when the metrics are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GraphFacts {
    pub(crate) version: u64,
    pub(crate) statements: u64,
    pub(crate) sources: u64,
    pub(crate) ready: bool,
}

impl Metrics {
    /// Counts an answered request.
    pub(crate) fn request(&self, route: &str, method: &'static str, status: u16, took: Duration) {
        let series = Series {
            route: route.to_owned(),
            method,
            status,
        };
        *lock(&self.requests).entry(series).or_default() += 1;
        let mut latencies = lock(&self.latencies);
        latencies.entry(route.to_owned()).or_default().record(took);
    }

    /// Counts a resolution.
    pub(crate) fn resolve(&self, took: Duration) {
        lock(&self.resolves).record(took);
    }

    /// Renders everything in the Prometheus text format.
    pub(crate) fn render(&self, facts: GraphFacts) -> String {
        let mut text = String::with_capacity(8192);
        let requests = lock(&self.requests).clone();
        head(
            &mut text,
            "isogloss_http_requests_total",
            "counter",
            "Answered requests.",
        );
        for (series, count) in &requests {
            line(
                &mut text,
                format_args!(
                    "isogloss_http_requests_total{{route=\"{}\",method=\"{}\",status=\"{}\"}} {count}",
                    series.route, series.method, series.status
                ),
            );
        }
        let name = "isogloss_http_request_duration_seconds";
        head(&mut text, name, "histogram", "Time until the answer began.");
        for (route, histogram) in &*lock(&self.latencies) {
            histogram.render(&mut text, name, &format!("route=\"{route}\""));
        }
        let name = "isogloss_resolve_duration_seconds";
        head(
            &mut text,
            name,
            "histogram",
            "Time of one resolution at /resolve, without HTTP.",
        );
        lock(&self.resolves).render(&mut text, name, "");
        self.render_values(&mut text, facts);
        render_process(&mut text);
        text
    }

    /// Renders the single values.
    fn render_values(&self, text: &mut String, facts: GraphFacts) {
        let signed = |value: &AtomicI64| value.load(Ordering::Relaxed).max(0).unsigned_abs();
        let total = |value: &AtomicU64| value.load(Ordering::Relaxed);
        let mut gauge = |name, help, value| single(text, name, "gauge", help, value);
        gauge(
            "isogloss_http_requests_in_flight",
            "Requests being answered.",
            signed(&self.in_flight),
        );
        gauge(
            "isogloss_http_connections",
            "Open connections.",
            signed(&self.connections),
        );
        gauge(
            "isogloss_graph_version",
            "Version of the graph.",
            facts.version,
        );
        gauge(
            "isogloss_graph_statements",
            "Statements in the graph.",
            facts.statements,
        );
        gauge(
            "isogloss_graph_sources",
            "Sources in the graph.",
            facts.sources,
        );
        gauge(
            "isogloss_ready",
            "1 while requests are welcome.",
            u64::from(facts.ready),
        );
        let mut counter = |name, help, value| single(text, name, "counter", help, value);
        counter(
            "isogloss_http_panics_total",
            "Requests that failed by a panic.",
            total(&self.panics),
        );
        counter(
            "isogloss_http_refused_total",
            "Requests refused because too many ran or too long.",
            total(&self.refused),
        );
        head(
            text,
            "isogloss_build_info",
            "gauge",
            "1, with the release as a label.",
        );
        line(
            text,
            format_args!(
                "isogloss_build_info{{version=\"{}\"}} 1",
                env!("CARGO_PKG_VERSION")
            ),
        );
    }
}

/// Renders what the kernel says of this process.
fn render_process(text: &mut String) {
    let mut gauge = |name, help, value| single(text, name, "gauge", help, value);
    let process = Process::read();
    gauge(
        "process_resident_memory_bytes",
        "Resident memory in bytes.",
        process.resident_bytes,
    );
    gauge(
        "process_virtual_memory_bytes",
        "Virtual memory in bytes.",
        process.virtual_bytes,
    );
    gauge(
        "process_open_fds",
        "Open file descriptors.",
        process.open_files,
    );
}

/// Writes a metric that is one value.
fn single(text: &mut String, name: &str, kind: &str, help: &str, value: u64) {
    head(text, name, kind, help);
    line(text, format_args!("{name} {value}"));
}

impl Histogram {
    /// Counts a duration.
    fn record(&mut self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        for (bound, bucket) in BOUNDS_US.iter().zip(&mut self.buckets) {
            if micros <= *bound {
                *bucket += 1;
            }
        }
        self.count += 1;
        self.sum_us = self.sum_us.saturating_add(micros);
    }

    /// Renders the cumulative buckets, the sum and the count.
    fn render(&self, text: &mut String, name: &str, labels: &str) {
        let comma = if labels.is_empty() { "" } else { "," };
        for (bound, bucket) in BOUNDS_US.iter().zip(&self.buckets) {
            let seconds = *bound as f64 / 1e6;
            line(
                text,
                format_args!("{name}_bucket{{{labels}{comma}le=\"{seconds}\"}} {bucket}"),
            );
        }
        line(
            text,
            format_args!("{name}_bucket{{{labels}{comma}le=\"+Inf\"}} {}", self.count),
        );
        let braces = if labels.is_empty() {
            String::new()
        } else {
            format!("{{{labels}}}")
        };
        line(
            text,
            format_args!("{name}_sum{braces} {}", self.sum_us as f64 / 1e6),
        );
        line(text, format_args!("{name}_count{braces} {}", self.count));
    }
}

/// What the kernel says of this process; zeros where there is no `/proc`.
#[derive(Default)]
struct Process {
    resident_bytes: u64,
    virtual_bytes: u64,
    open_files: u64,
}

impl Process {
    fn read() -> Self {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let kilobytes = |key: &str| -> u64 {
            let value = status.lines().find_map(|line| line.strip_prefix(key));
            let number = value.and_then(|text| text.split_whitespace().next());
            number
                .and_then(|text| text.parse::<u64>().ok())
                .unwrap_or(0)
                * 1024
        };
        Self {
            resident_bytes: kilobytes("VmRSS:"),
            virtual_bytes: kilobytes("VmSize:"),
            open_files: std::fs::read_dir("/proc/self/fd").map_or(0, |files| files.count() as u64),
        }
    }
}

/// Locks, and goes on after a panic of another holder: counts are never half written.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes the two comment lines of a metric.
fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    line(text, format_args!("# HELP {name} {help}"));
    line(text, format_args!("# TYPE {name} {kind}"));
}

/// Writes one line.
fn line(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    writeln!(text, "{arguments}").expect("a String takes every write");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_cumulative_and_the_memory_is_there() {
        let metrics = Metrics::default();
        metrics.request("/resolve", "GET", 200, Duration::from_micros(300));
        metrics.request("/resolve", "GET", 200, Duration::from_mins(1));
        let text = metrics.render(GraphFacts {
            version: 7,
            statements: 3,
            sources: 1,
            ready: true,
        });
        assert!(text.contains(
            "isogloss_http_requests_total{route=\"/resolve\",method=\"GET\",status=\"200\"} 2"
        ));
        assert!(text.contains("_bucket{route=\"/resolve\",le=\"0.00025\"} 0"));
        assert!(text.contains("_bucket{route=\"/resolve\",le=\"0.0005\"} 1"));
        assert!(text.contains("_bucket{route=\"/resolve\",le=\"+Inf\"} 2"));
        assert!(text.contains("isogloss_graph_version 7"));
        assert!(
            text.lines()
                .any(|line| line.starts_with("process_resident_memory_bytes "))
        );
    }
}
