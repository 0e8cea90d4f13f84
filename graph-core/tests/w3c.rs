//! The W3C test suites for SPARQL, run in process over our store.
//!
//! What is known to fail is named test by test, with the reason, in `w3c/expected_failures.txt`: a run fails when
//! another test fails, and when one of these passes. The suites themselves are not part of this repository.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "w3c/compare.rs"]
mod compare;
#[path = "w3c/entailment.rs"]
mod entailment;
#[path = "w3c/manifest.rs"]
mod manifest;
#[path = "w3c/query.rs"]
mod query;
#[path = "w3c/runner.rs"]
mod runner;
#[path = "w3c/update.rs"]
mod update;

use runner::{Suite, run};

#[test]
fn sparql_1_0() {
    run(&Suite {
        name: "SPARQL 1.0",
        manifests: &["sparql10/manifest.ttl"],
        leave_out: &[],
    });
}

#[test]
fn sparql_1_1() {
    run(&Suite {
        name: "SPARQL 1.1",
        manifests: &["sparql11/manifest-all.ttl"],
        // Entailment regimes are no part of query evaluation; the last three need a server, whose tests run them.
        leave_out: &[
            "/entailment/",
            "ProtocolTest",
            "GraphStoreProtocolTest",
            "ServiceDescriptionTest",
        ],
    });
}

#[test]
fn sparql_1_2() {
    run(&Suite {
        name: "SPARQL 1.2",
        manifests: &["sparql12/manifest.ttl"],
        leave_out: &[],
    });
}
