//! Running the binary.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A small catalog whose words collide.
pub(crate) const CATALOG: &str = r#"{"kind":"domain","id":"marketing","name":"Marketing"}
{"kind":"domain","id":"finance","name":"Finance"}
{"kind":"product","id":"crm","parent":"marketing","name":"CRM"}
{"kind":"product","id":"ledger","parent":"finance","name":"Ledger"}
{"kind":"table","id":"crm/customers","parent":"crm","name":"customers","description":"People who gave consent to be contacted"}
{"kind":"column","id":"crm/customers/email","parent":"crm/customers","name":"email","type":"text"}
{"kind":"table","id":"ledger/customers","parent":"ledger","name":"customers","description":"Accounts that owe money"}
{"kind":"column","id":"ledger/customers/balance","parent":"ledger/customers","name":"balance","type":"numeric"}
{"kind":"table","id":"ledger/invoices","parent":"ledger","name":"invoices"}
{"kind":"column","id":"ledger/invoices/due_date","parent":"ledger/invoices","name":"due_date","type":"date"}
"#;

/// A folder that goes away, and the binary run in it.
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A place whose data folder holds the small catalog.
    pub(crate) fn with_catalog() -> Self {
        let place = Self::new();
        place.write("catalog.jsonl", CATALOG);
        place
            .run(&[
                "ingest",
                "catalog-lines",
                "catalog.jsonl",
                "--source",
                "catalog",
            ])
            .succeeds();
        place
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_isogloss"));
        command
            .args(arguments)
            .current_dir(self.path())
            .env_remove("ISOGLOSS_DATA");
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(
            &self
                .command(arguments)
                .stdin(Stdio::null())
                .output()
                .unwrap(),
        )
    }

    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Ran {
        let mut command = self.command(arguments);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // The process may stop reading before all is written; what counts is what it says.
        drop(child.stdin.take().map(|mut stdin| stdin.write_all(input)));
        Ran::of(&child.wait_with_output().unwrap())
    }

    /// Counts the statements of the merged view.
    pub(crate) fn statements(&self) -> u64 {
        let query = b"SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }";
        let ran = self
            .run_with_input(&["sparql", "-", "--format", "csv"], query)
            .succeeds();
        ran.out.lines().nth(1).unwrap().trim().parse().unwrap()
    }
}

/// What a run of the binary came to.
pub(crate) struct Ran {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) code: Option<i32>,
}

impl Ran {
    fn of(output: &Output) -> Self {
        Self {
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
            code: output.status.code(),
        }
    }

    #[track_caller]
    pub(crate) fn succeeds(self) -> Self {
        assert_eq!(
            self.code,
            Some(0),
            "stdout: {}\nstderr: {}",
            self.out,
            self.err
        );
        self
    }

    /// Asserts the exit code and that the message says each of these.
    #[track_caller]
    pub(crate) fn fails(self, code: i32, says: &[&str]) -> Self {
        assert_eq!(
            self.code,
            Some(code),
            "stdout: {}\nstderr: {}",
            self.out,
            self.err
        );
        for word in says {
            assert!(self.err.contains(word), "`{word}` is not in: {}", self.err);
        }
        assert!(!self.err.contains("panicked"), "{}", self.err);
        self
    }
}
