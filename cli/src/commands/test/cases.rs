//! Case files: YAML in, proposals out.

use std::io::Read as _;
use std::path::Path;

use isogloss::search::{Resolution, ResolveRequest};
use serde::Deserialize;

use crate::failure::{Failure, FailureKind};

/// A case file longer than this is refused.
const BYTES_MAX: u64 = 4 << 20;

/// A file of cases.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    cases: Vec<Case>,
}

/// Words, the situation they are said in, and what they should mean.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::commands) struct Case {
    pub(in crate::commands) intent: String,
    #[serde(default)]
    pub(in crate::commands) context: Context,
    pub(in crate::commands) expect: Expect,
}

impl Case {
    /// The request that the case makes.
    pub(in crate::commands) fn request(&self) -> ResolveRequest {
        ResolveRequest {
            domain: self.context.domain.clone(),
            product: self.context.product.clone(),
            recent: self.context.recent.clone(),
            purpose: self.context.purpose.clone(),
            caller: self.context.caller.clone(),
            ..ResolveRequest::new(&self.intent)
        }
    }
}

/// What is known of the asker.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::commands) struct Context {
    pub(super) domain: Option<String>,
    pub(super) product: Option<String>,
    pub(super) recent: Vec<String>,
    pub(super) purpose: Option<String>,
    pub(super) caller: Option<String>,
}

/// What the answer should be; what is left out is not looked at.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::commands) struct Expect {
    /// `resolved`, `ambiguous` or `unknown`.
    pub(super) outcome: Option<String>,
    pub(super) domain: Option<String>,
    pub(super) product: Option<String>,
    pub(super) dataset: Option<String>,
    pub(super) term: Option<String>,
    pub(super) metric: Option<String>,
    /// Among so many candidates; only the first when left out.
    pub(super) top: Option<usize>,
    /// What must not be among them.
    pub(super) not: Vec<String>,
}

/// Reads a file of cases.
pub(in crate::commands) fn read(path: &Path) -> Result<Vec<Case>, Failure> {
    let broken = |cause: &dyn std::fmt::Display| {
        let message = format!("could not read the cases in `{}`: {cause}", path.display());
        Failure::new(FailureKind::Input, message)
    };
    let file = std::fs::File::open(path).map_err(|error| broken(&error))?;
    let mut text = String::new();
    file.take(BYTES_MAX + 1)
        .read_to_string(&mut text)
        .map_err(|error| broken(&error))?;
    if text.len() as u64 > BYTES_MAX {
        return Err(broken(&format!("it is longer than {BYTES_MAX} bytes")));
    }
    let file: File = serde_saphyr::from_str(&text).map_err(|error| broken(&error))?;
    Ok(file.cases)
}

/// Writes a case that the present answer meets.
pub(super) fn propose(case: &Case, answer: &Resolution) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let mut lines = vec![format!("  - intent: {}", quoted(&case.intent))];
    let context = [
        ("domain", &case.context.domain),
        ("product", &case.context.product),
        ("purpose", &case.context.purpose),
        ("caller", &case.context.caller),
    ];
    let given: Vec<String> = context
        .iter()
        .filter_map(|(key, value)| Some(format!("{key}: {}", quoted(value.as_deref()?))))
        .chain((!case.context.recent.is_empty()).then(|| {
            let recent: Vec<String> = case.context.recent.iter().map(|r| quoted(r)).collect();
            format!("recent: [{}]", recent.join(", "))
        }))
        .collect();
    if !given.is_empty() {
        lines.push(format!("    context: {{ {} }}", given.join(", ")));
    }
    lines.push("    expect:".to_owned());
    let outcome = answer.outcome.as_str().to_lowercase();
    lines.push(format!("      outcome: {outcome}"));
    if let Some(first) = answer.candidates.first() {
        for (key, entity) in [
            ("product", &first.product),
            ("dataset", &first.dataset),
            ("term", &first.term),
            ("metric", &first.metric),
        ] {
            let label = entity.as_ref().map(|e| quoted(&e.label));
            lines.extend(label.map(|label| format!("      {key}: {label}")));
        }
    }
    lines.join("\n") + "\n"
}
