//! Sound documents, broken at random places: nothing panics, whatever comes.
//!
//! The same numbers come on every run; `ISOGLOSS_MUTATIONS` asks for more of them.

use connectors::{Input, Kind};

use crate::report;
use crate::seeds::SEEDS;

/// How often each document is broken for each connector.
const ROUNDS: u64 = 24;

/// Texts that have a meaning somewhere.
const WORDS: [&str; 30] = [
    "[",
    "]",
    "{",
    "}",
    "\"",
    "'",
    ",",
    ":",
    "\n",
    "\\",
    "\u{0}",
    "\u{feff}",
    "null",
    "true",
    "-1e999",
    "18446744073709551616",
    "\\ud800",
    "&a ",
    "*a",
    "<<: ",
    "- ",
    "]]>",
    "<!--",
    "&x;",
    "--",
    "/*",
    "$$",
    "@prefix",
    "\u{202e}",
    "\r",
];

/// Numbers that look random and are the same on every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next()).unwrap_or(0) % bound.max(1)
    }
}

/// Breaks a document at one place.
fn mutate(bytes: &mut Vec<u8>, random: &mut Random) {
    let at = random.below(bytes.len() + 1);
    let end = (at + random.below(40)).min(bytes.len());
    match random.below(8) {
        0 => bytes.truncate(at),
        1 => drop(bytes.drain(at..end)),
        2 => {
            let again = bytes[at..end].to_vec();
            bytes.splice(at..at, again);
        }
        3 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
        4 if at < bytes.len() => bytes[at] = u8::try_from(random.below(256)).unwrap_or(0),
        5 => {
            // A part of another document, of whatever format.
            let other = SEEDS[random.below(SEEDS.len())].1.as_bytes();
            let from = random.below(other.len());
            let to = (from + random.below(200)).min(other.len());
            bytes.splice(at..end, other[from..to].iter().copied());
        }
        _ => {
            let word = WORDS[random.below(WORDS.len())];
            bytes.splice(at..end.min(at + random.below(3)), word.bytes());
        }
    }
}

#[test]
fn broken_documents_never_panic() {
    let rounds =
        std::env::var_os("ISOGLOSS_MUTATIONS").and_then(|text| text.to_str()?.parse().ok());
    for kind in Kind::ALL {
        for (place, (name, seed)) in SEEDS.iter().enumerate() {
            for round in 0..rounds.unwrap_or(ROUNDS) {
                let mut random = Random(round.wrapping_mul(7919).wrapping_add(place as u64));
                let mut bytes = seed.as_bytes().to_vec();
                for _ in 0..=random.below(4) {
                    mutate(&mut bytes, &mut random);
                }
                let input = Input {
                    name: (*name).to_owned(),
                    bytes: bytes.clone(),
                };
                let done = std::panic::catch_unwind(|| report(kind, vec![input]));
                assert!(
                    done.is_ok(),
                    "{kind}, {name}, round {round}: {:?}",
                    String::from_utf8_lossy(&bytes)
                );
            }
        }
    }
}

#[test]
fn documents_cut_off_anywhere_never_panic() {
    for (name, seed) in SEEDS {
        for kind in Kind::ALL {
            for at in (0..seed.len()).step_by(37) {
                let input = Input {
                    name: (*name).to_owned(),
                    bytes: seed.as_bytes()[..at].to_vec(),
                };
                report(kind, vec![input]);
            }
        }
    }
}

#[test]
fn every_seed_is_sound_for_one_connector() {
    for (name, seed) in SEEDS {
        let is_sound = |kind: &Kind| {
            let (statements, report) = report(*kind, vec![Input::text(*name, *seed)]);
            statements > 0 && report.errors == 0
        };
        let beside = ["catalog.json", "run_results.json"].contains(name);
        assert!(beside || Kind::ALL.iter().any(is_sound), "{name}");
    }
}
