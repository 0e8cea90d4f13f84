//! `kill -9` at random moments of a writer that says what was acknowledged.
//!
//! The writer is this very test binary, started again with [`writer`] alone. It commits with several threads: sources
//! of several sizes, patches, pairs of sources in one commit, while checkpoints and compactions run. After each kill
//! the folder is opened and compared with what was acknowledged. 200 rounds:
//! `cargo test -p graph-core --test suite crash::two_hundred_rounds -- --ignored`.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use graph_core::rdf::Statement;
use graph_core::{
    Change, Commit, OpenOptions, Retention, Snapshot, Store, Timestamp, Version, folder,
};

use crate::support::*;

const FOLDER: &str = "ISOGLOSS_CRASH_FOLDER";
const THREADS: u64 = 3;
const KEPT: u64 = 60;

fn options() -> OpenOptions {
    OpenOptions {
        inline_bytes_max: 700,
        checkpoint_after_bytes: 30_000,
        retention: Retention {
            max_versions: Some(KEPT),
            max_age_ms: None,
        },
        ..OpenOptions::default()
    }
}

fn mix(seed: u64) -> u64 {
    let mut x = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    x = (x ^ x >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ x >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ x >> 31
}

/// What a source says at a step: the step itself, and statements of which some stay from step to step.
fn content(source: &str, step: u64) -> Vec<Statement> {
    let seed = source
        .bytes()
        .fold(step, |sum, byte| sum * 31 + u64::from(byte));
    let count = match mix(seed) % 8 {
        0 => 900,
        1 => 0,
        few => few * 5,
    };
    let mut says = vec![link("state", "step", &format!("{step}"))];
    says.extend((0..count).map(|i| link(&format!("{source}/s{i}"), "p", &format!("o{}", mix(i)))));
    says.extend((0..30).map(|i| link("base", "p", &format!("{source}/{i}"))));
    says
}

fn step_of(snapshot: &Snapshot, source: &str) -> u64 {
    let found = snapshot
        .sources()
        .iter()
        .find(|info| info.name.as_str() == source);
    let Some(info) = found else { return 0 };
    let step = snapshot
        .statements_of(info.id)
        .find(|statement| statement.predicate == node("step"))
        .expect("every content has its step");
    let iri = step.object.to_string();
    let number: String = iri.chars().filter(char::is_ascii_digit).collect();
    number.parse().unwrap()
}

fn change(source: &str, step: u64) -> Commit {
    let new = content(source, step);
    let change = if step % 3 == 1 && step > 1 {
        let old = content(source, step - 1);
        Change::Patch {
            remove: old.iter().filter(|s| !new.contains(s)).cloned().collect(),
            add: new.iter().filter(|s| !old.contains(s)).cloned().collect(),
        }
    } else {
        Change::Replace(new)
    };
    commit(source, change)
}

fn acknowledge(source: &str, step: u64, version: Version) {
    let line = format!("ack {source} {step} {version}\n");
    let mut out = std::io::stdout().lock();
    // The parent may be gone; then there is nobody to tell.
    drop(out.write_all(line.as_bytes()).and_then(|()| out.flush()));
}

/// Writes until it is killed.
#[test]
#[ignore = "the other half of the crash tests, which start it"]
fn writer() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let store = Arc::new(Store::open(Path::new(&folder), options()).unwrap());
    let mut threads = Vec::new();
    for thread in 0..THREADS {
        let store = Arc::clone(&store);
        threads.push(thread::spawn(move || {
            let source = format!("single-{thread}");
            let mut step = step_of(&store.snapshot(), &source);
            loop {
                step += 1;
                let receipt = store.commit(change(&source, step)).unwrap();
                acknowledge(&source, step, receipt.version);
            }
        }));
    }
    let pairs = Arc::clone(&store);
    threads.push(thread::spawn(move || {
        let mut step = step_of(&pairs.snapshot(), "pair-a");
        loop {
            step += 1;
            let commits = vec![change("pair-a", step), change("pair-b", step)];
            let receipts = pairs.commit_all(commits).unwrap();
            acknowledge("pair-a", step, receipts[0].version);
        }
    }));
    threads.push(thread::spawn(move || {
        loop {
            thread::sleep(Duration::from_millis(11));
            store.compact(Timestamp(7)).unwrap();
        }
    }));
    // They run until the process is killed, or one of them panics.
    while !threads.iter().any(thread::JoinHandle::is_finished) {
        thread::sleep(Duration::from_millis(100));
    }
    panic!("a writer ended before it was killed");
}

/// The last step of each source that was acknowledged, with its version.
type Acknowledged = BTreeMap<String, (u64, u64)>;

/// Lets the writer run for a while, kills it, and returns what it acknowledged.
fn run_and_kill(folder: &Path, after: Duration) -> Acknowledged {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::writer", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let out = child.stdout.take().unwrap();
    let reader = thread::spawn(move || {
        let mut acknowledged = Acknowledged::new();
        let mut lines = BufReader::new(out);
        let mut line = String::new();
        while lines.read_line(&mut line).is_ok_and(|read| read > 0) {
            let whole = line.ends_with('\n');
            if let ["ack", source, step, version] = line.split_whitespace().collect::<Vec<_>>()[..]
                && whole
            {
                let told = (step.parse().unwrap(), version.parse().unwrap());
                acknowledged.insert(source.to_owned(), told);
            }
            line.clear();
        }
        acknowledged
    });
    thread::sleep(after);
    assert!(
        child.try_wait().unwrap().is_none(),
        "the writer ended by itself"
    );
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

fn says(snapshot: &Snapshot, source: &str) -> Vec<String> {
    let id = snapshot.source_id(&crate::support::source(source));
    let mut says: Vec<String> = id
        .into_iter()
        .flat_map(|id| snapshot.statements_of(id))
        .map(|statement| statement.to_string())
        .collect();
    says.sort();
    says
}

fn expected(source: &str, step: u64) -> Vec<String> {
    let mut says: Vec<String> = match step {
        0 => Vec::new(),
        step => content(source, step)
            .iter()
            .map(ToString::to_string)
            .collect(),
    };
    says.sort();
    says
}

fn check(folder: &Path, acknowledged: &Acknowledged, round: u32) {
    let store = Store::open(folder, options()).unwrap();
    let recovery = store.recovery();
    assert!(recovery.damaged.is_empty(), "round {round}: {recovery:?}");
    let snapshot = store.snapshot();
    let singles = (0..THREADS).map(|thread| format!("single-{thread}"));
    for source in singles.chain(["pair-a".to_owned(), "pair-b".to_owned()]) {
        let step = step_of(&snapshot, &source);
        assert_eq!(
            says(&snapshot, &source),
            expected(&source, step),
            "round {round}: {source}"
        );
        let Some(&(told, version)) = acknowledged.get(&source) else {
            continue;
        };
        assert!(
            step >= told,
            "round {round}: {source} is at {step}, {told} was acknowledged"
        );
        assert!(snapshot.version().0 >= version, "round {round}");
        if let Ok(older) = store.as_of(Version(version)) {
            assert_eq!(
                says(&older, &source),
                expected(&source, told),
                "round {round}: {source} as of {version}"
            );
        } else {
            assert!(
                store.oldest_version().0 > version,
                "round {round}: version {version}"
            );
        }
    }
    let (a, b) = (step_of(&snapshot, "pair-a"), step_of(&snapshot, "pair-b"));
    assert_eq!(a, b, "round {round}: half a commit");
    drop(store);
    let report = folder::verify(folder).unwrap();
    assert!(
        report.damaged.is_empty(),
        "round {round}: {:?}",
        report.damaged
    );
}

#[expect(clippy::print_stdout, reason = "a person reads what came of it")]
fn rounds(count: u32) {
    let dir = tempfile::tempdir().unwrap();
    let mut commits = 0;
    for round in 0..count {
        let random = mix(u64::from(round) * 7919 + u64::from(count));
        let after = if random.is_multiple_of(5) {
            random / 7 % 40
        } else {
            60 + random / 7 % 250
        };
        let acknowledged = run_and_kill(dir.path(), Duration::from_millis(after));
        check(dir.path(), &acknowledged, round);
        commits = acknowledged
            .values()
            .map(|told| told.1)
            .max()
            .unwrap_or(commits)
            .max(commits);
    }
    assert!(commits > 10, "the writer came to {commits} commits only");
    println!(
        "{count} kills, {commits} versions: nothing acknowledged was lost, nothing was half there"
    );
}

#[test]
fn what_was_acknowledged_survives_a_kill() {
    rounds(15);
}

#[test]
#[ignore = "two minutes: the same with more rounds"]
fn two_hundred_rounds() {
    rounds(200);
}
