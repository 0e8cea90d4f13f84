//! `isogloss feedback`: what words did and did not mean, kept in the open.

use isogloss::{FEEDBACK, Verdict};
use serde_json::json;

use crate::arguments::{Feedback, FeedbackKind, FeedbackSaid};
use crate::commands::{Outcome, open};
use crate::{clock, output};

pub(super) fn run(options: &Feedback) -> Outcome {
    let (said, verdict) = match &options.kind {
        FeedbackKind::Accept(said) => (said, Verdict::Accept),
        FeedbackKind::Reject(said) => (said, Verdict::Reject),
        FeedbackKind::Forget(said) => return forget(said),
        FeedbackKind::List(listed) => return list(listed),
    };
    let mesh = open(&said.data)?;
    let receipt = mesh.feedback(&said.text, &said.iri, verdict, "cli", clock::now())?;
    output::note(&format!(
        "counted in the source `{FEEDBACK}`, version {}",
        receipt.version.0
    ));
    Ok(())
}

fn forget(said: &FeedbackSaid) -> Outcome {
    let mesh = open(&said.data)?;
    let forgotten = mesh.forget_feedback(&said.text, &said.iri, "cli", clock::now())?;
    output::note(&match forgotten {
        Some((voices, receipt)) => {
            format!("{voices} voices forgotten, version {}", receipt.version.0)
        }
        None => "nobody said anything of this asset as the meaning of these words".to_owned(),
    });
    Ok(())
}

fn list(options: &crate::arguments::FeedbackList) -> Outcome {
    let snapshot = open(&options.data)?.snapshot();
    let said = snapshot.model().feedback();
    if options.output.json {
        let rows = said.iter().map(|one| {
            json!({"asked": one.asked, "about": one.about, "accepted": one.accepted, "rejected": one.rejected})
        });
        return output::json(&rows.collect::<Vec<_>>());
    }
    let rows: Vec<Vec<String>> = said
        .iter()
        .map(|one| {
            let (yes, no) = (one.accepted.to_string(), one.rejected.to_string());
            vec![one.asked.clone(), one.about.clone(), yes, no]
        })
        .collect();
    output::text(&output::table(
        &["words", "asset", "accepted", "rejected"],
        &rows,
    ))
}
