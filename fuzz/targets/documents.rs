//! Any bytes as a document of any connector: the first byte names the connector, the second the kind of file.

#![no_main]

use connectors::{Input, Kind, Options, read};
use libfuzzer_sys::fuzz_target;

/// File names of every form that a connector tells apart.
const NAMES: [&str; 14] = [
    "manifest.json",
    "catalog.json",
    "run_results.json",
    "semantic_manifest.json",
    "a.json",
    "a.jsonl",
    "a.yaml",
    "a.csv",
    "a.log",
    "a.syslog",
    "a.ttl",
    "a.nq",
    "a.rdf",
    "a.jsonld",
];

fuzz_target!(|data: &[u8]| {
    let [kind, name, bytes @ ..] = data else {
        return;
    };
    let kind = Kind::ALL[usize::from(*kind) % Kind::ALL.len()];
    let input = Input {
        name: NAMES[usize::from(*name) % NAMES.len()].to_owned(),
        bytes: bytes.to_vec(),
    };
    let options = Options::new("fuzz".parse().expect("a good name"));
    let _ = read(kind, vec![input], &options);
});
