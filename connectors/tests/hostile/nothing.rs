//! Documents that hold nothing, and documents of something else: no kind takes them for a source.

use connectors::{Error, Input, InputLimits, Kind, Report, Severity, read};

use crate::options;
use crate::seeds::SEEDS;

/// Texts without a single thing in them, as bytes of a file.
const NOTHING: [&[u8]; 14] = [
    b"",
    b" \r\n\t\n",
    b"\xef\xbb\xbf",
    b"\xef\xbb\xbf\r\n",
    b"\xff\xfe",
    b"\xfe\xff\x00\x0a",
    b"\0\0\0\0\0\0\0\0",
    b"null",
    b"{}",
    b"{ }\r\n",
    b"[]",
    b"[\n]\n",
    b"\xff\xfe[\0]\0",
    // A gzip file of no bytes.
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00",
];

/// Sound JSON, YAML, CSV and text of no kind that there is.
const OTHER: [&str; 9] = [
    "[{}]",
    "[null, 1]",
    "1",
    "\"text\"",
    "{\"hello\": \"world\"}",
    "{\"data\": []}",
    "hello: world\n",
    "a,b\n1,2\n",
    "hello world",
];

const NAMES: [&str; 9] = [
    "a.json",
    "a.jsonl",
    "a.yaml",
    "a.csv",
    "a.ttl",
    "a.log",
    "manifest.json",
    "a.rdf",
    "a.jsonld",
];

fn input(name: &str, bytes: &[u8]) -> Input {
    Input::decode(name, bytes.to_vec(), &InputLimits::default()).unwrap()
}

/// Reads one document that makes no source, and gives the report that says so.
fn refusal(kind: Kind, name: &str, bytes: &[u8]) -> Report {
    let shown = String::from_utf8_lossy(bytes);
    match read(kind, vec![input(name, bytes)], &options()) {
        Ok(read) => panic!("{kind} {name} {shown:?}: {:?}", read.statements),
        Err(Error::NothingRead { report, .. }) => *report,
        Err(other) => panic!("{kind} {name} {shown:?}: {other}"),
    }
}

#[test]
fn what_holds_nothing_is_refused_and_it_is_said_which_file_that_is() {
    for kind in Kind::ALL {
        for name in NAMES {
            for bytes in NOTHING {
                let report = refusal(kind, name, bytes);
                assert!(report.count("holds_nothing") > 0, "{kind} {name} {bytes:?}");
                assert_eq!(report.diagnostics[0].location.file, name);
            }
        }
    }
}

#[test]
fn what_is_of_no_kind_is_refused_with_a_reason() {
    for kind in Kind::ALL {
        for name in NAMES {
            for text in OTHER {
                let report = refusal(kind, name, text.as_bytes());
                assert!(!report.diagnostics.is_empty(), "{kind} {name} {text:?}");
            }
        }
    }
}

#[test]
fn beside_a_sound_document_one_that_holds_nothing_is_reported() {
    let mut met = 0;
    for (name, text) in SEEDS {
        for kind in Kind::ALL {
            let alone = read(kind, vec![input(name, text.as_bytes())], &options());
            let Ok(alone) = alone else { continue };
            met += 1;
            for bytes in NOTHING {
                let both = vec![input(name, text.as_bytes()), input("empty.json", bytes)];
                let both = read(kind, both, &options()).unwrap();
                assert_eq!(both.statements, alone.statements, "{kind} {name}");
                let said = both.report.diagnostics.iter().find(|diagnostic| {
                    diagnostic.code == "holds_nothing" && diagnostic.location.file == "empty.json"
                });
                let said = said.unwrap_or_else(|| panic!("{kind} {name} {bytes:?}"));
                assert!(said.severity < Severity::Note || kind == Kind::Rdf);
            }
        }
    }
    assert!(met >= SEEDS.len(), "only {met} are read");
}
