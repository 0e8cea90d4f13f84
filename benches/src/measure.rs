//! Clocks, percentiles and resident memory.

use std::fs;
use std::time::Duration;

use serde_json::{Value, json};

/// Latencies of one thing, in microseconds, sorted.
pub(crate) struct Latencies(Vec<f64>);

impl Latencies {
    pub(crate) fn of(mut microseconds: Vec<f64>) -> Self {
        microseconds.sort_by(f64::total_cmp);
        Self(microseconds)
    }

    /// Returns the latency below which so many in a hundred of the runs lie.
    pub(crate) fn percentile(&self, percent: u8) -> f64 {
        let last = self.0.len().saturating_sub(1);
        let at = self.0.len() * usize::from(percent) / 100;
        self.0.get(at.min(last)).copied().unwrap_or_default()
    }

    pub(crate) fn as_json(&self) -> Value {
        json!({
            "n": self.0.len(),
            "p50_us": round(self.percentile(50)),
            "p95_us": round(self.percentile(95)),
            "p99_us": round(self.percentile(99)),
        })
    }
}

pub(crate) fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// Resident memory of this process in bytes; 0 where the system does not tell.
pub(crate) fn resident_bytes() -> u64 {
    status_bytes("VmRSS:")
}

/// The most resident memory that this process ever had, in bytes.
pub(crate) fn resident_peak() -> u64 {
    status_bytes("VmHWM:")
}

/// Pages of the program itself and of mapped files that are resident, in bytes: they belong to no input.
pub(crate) fn resident_file_bytes() -> u64 {
    status_bytes("RssFile:")
}

/// Resident bytes once the allocator has given back what it does not need: the least of some looks.
pub(crate) fn settled_bytes() -> u64 {
    let looks = (0..20).map(|_| {
        std::thread::sleep(Duration::from_millis(50));
        drop(vec![1_u8; 1 << 20]);
        resident_bytes()
    });
    looks.min().unwrap_or_default()
}

fn status_bytes(field: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let kilobytes = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or_default() * 1024
}

#[expect(clippy::print_stdout, reason = "a benchmark's figures are its output")]
pub(crate) fn print(line: &Value) {
    println!("{line}");
}
