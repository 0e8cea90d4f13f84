//! Runs suites and compares the failures with those that are known.

use std::collections::{BTreeMap, BTreeSet};

use crate::manifest::{self, Test};
use crate::query;

/// Some manifests under one name.
pub(crate) struct Suite {
    pub(crate) name: &'static str,
    pub(crate) manifests: &'static [&'static str],
    /// Parts of addresses, and types: these tests are counted, named and not run.
    pub(crate) leave_out: &'static [&'static str],
}

/// What became of the tests of one type.
#[derive(Default)]
struct Count {
    total: usize,
    passed: usize,
    expected: usize,
}

/// Runs a suite, prints its score and fails when it is not the one that is expected.
pub(crate) fn run(suite: &Suite) {
    let Some(root) = manifest::suites() else {
        println!("skipped: shared data not found");
        return;
    };
    let known = known_failures();
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    let mut surprises = Vec::new();
    let mut left_out = Vec::new();
    for manifest in suite.manifests {
        for test in manifest::tests(&root, &manifest::address(manifest)) {
            let left = suite.leave_out.iter().any(|part| {
                test.request.contains(part) || test.iri.contains(part) || test.kind == *part
            });
            if left {
                left_out.push(test.iri);
                continue;
            }
            let outcome = query::run(&root, &test);
            let count = counts.entry(kind(&test)).or_default();
            count.total += 1;
            match (outcome, known.contains(&test.iri)) {
                (Ok(()), false) => count.passed += 1,
                (Err(_), true) => count.expected += 1,
                (Ok(()), true) => surprises.push(format!("{} passes now", test.iri)),
                (Err(reason), false) => surprises.push(format!("{}: {reason}", test.iri)),
            }
        }
    }
    for (kind, count) in &counts {
        let Count {
            total,
            passed,
            expected,
        } = count;
        println!(
            "| {} | {kind} | {total} | {passed} | {expected} |",
            suite.name
        );
    }
    println!("{}: {} not run", suite.name, left_out.len());
    for iri in &left_out {
        println!("  not run: {iri}");
    }
    assert!(
        !counts.is_empty(),
        "the manifests of {} name no test",
        suite.name
    );
    assert!(
        surprises.is_empty(),
        "{}: {} surprises\n{}",
        suite.name,
        surprises.len(),
        surprises.join("\n")
    );
}

/// The type of a test with its suite's folder, as the table shows it.
fn kind(test: &Test) -> String {
    match test.kind.as_str() {
        "QueryEvaluationTest" => "query evaluation",
        "UpdateEvaluationTest" => "update evaluation",
        "CSVResultFormatTest" => "CSV results",
        kind if kind.contains("UpdateSyntax") => "update syntax",
        kind if kind.contains("Syntax") => "query syntax",
        kind => kind,
    }
    .to_owned()
}

/// The tests that are known to fail: the first word of each line that is no comment.
fn known_failures() -> BTreeSet<String> {
    let lines = include_str!("expected_failures.txt").lines();
    let known = lines.filter(|line| !line.starts_with('#'));
    known
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}
