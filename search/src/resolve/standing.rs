//! What a dataset's standing adds to its score: little enough to break ties, never to drown words.

use super::resolution::ScorePart;
use super::tuning::Tuning;
use crate::document::{Lifecycle, Standing};

/// A dataset that more is said for than this counts no more, and one that more is said against no less.
const BOUND: f32 = 0.3;

/// What so many datasets are made from counts as reused fully.
const REUSE_FULL: f32 = 20.0;

/// Returns the parts of a prior, each as a share of the score.
fn shares(standing: &Standing, tuning: &Tuning) -> [(&'static str, f32); 6] {
    let when = |holds: bool, weight: f32| if holds { weight } else { 0.0 };
    let layer = when(standing.step, -tuning.prior_step)
        + when(standing.successor.is_some(), -tuning.prior_successor)
        + when(standing.version_of.is_some(), -tuning.prior_version)
        + when(standing.private, -tuning.prior_private);
    // What much is made from is what the company goes by; that a step feeds others is its nature.
    let reuse = (1.0 + standing.reuse as f32).ln() / (1.0 + REUSE_FULL).ln();
    let reuse = when(!standing.step, tuning.prior_reuse * reuse.min(1.0));
    let lifecycle = match standing.lifecycle {
        Lifecycle::Unsaid => 0.0,
        Lifecycle::Draft => -tuning.prior_draft,
        Lifecycle::Active => tuning.prior_active,
        Lifecycle::Retired => -tuning.prior_retired,
    };
    [
        ("layer", layer),
        ("reuse", reuse),
        ("lifecycle", lifecycle),
        (
            "certification",
            when(standing.certified, tuning.prior_certified),
        ),
        ("contract", when(standing.contract, tuning.prior_contract)),
        ("freshness", when(standing.stale, -tuning.prior_stale)),
    ]
}

/// Returns what a standing adds to a score, as a share of it.
pub(crate) fn prior(standing: &Standing, tuning: &Tuning) -> f32 {
    let sum: f32 = shares(standing, tuning).iter().map(|part| part.1).sum();
    sum.clamp(-BOUND, BOUND)
}

/// Writes a standing's share of a score by its parts.
pub(crate) fn parts(standing: &Standing, tuning: &Tuning, score: f32) -> Vec<ScorePart> {
    let shares = shares(standing, tuning);
    let sum: f32 = shares.iter().map(|part| part.1).sum();
    // A bounded sum is cut in proportion, so that the parts still add up.
    let cut = if sum.abs() > BOUND {
        BOUND / sum.abs()
    } else {
        1.0
    };
    let told = shares.into_iter().filter(|part| part.1 != 0.0);
    told.map(|(name, share)| ScorePart {
        name,
        value: score * share * cut,
    })
    .collect()
}

/// Says a standing in words; `name` gives the title of a dataset.
pub(crate) fn reasons<'d>(standing: &Standing, name: impl Fn(usize) -> &'d str) -> Vec<String> {
    let mut reasons = Vec::new();
    match standing.successor {
        Some(next) => reasons.push(format!("a step to {}, which is made from it", name(next))),
        None if standing.step => reasons.push("a step on the way to other datasets".to_owned()),
        None => {}
    }
    if let (Some(main), None) = (standing.version_of, standing.successor) {
        reasons.push(format!(
            "a version of {}, which more is made from",
            name(main)
        ));
    }
    if standing.private {
        reasons.push("named as private to its makers".to_owned());
    }
    if standing.reuse > 0 && !standing.step {
        reasons.push(format!("{} datasets are made from it", standing.reuse));
    }
    match standing.lifecycle {
        Lifecycle::Retired => reasons.push("no longer meant for use".to_owned()),
        Lifecycle::Draft => reasons.push("still a draft".to_owned()),
        Lifecycle::Active | Lifecycle::Unsaid => {}
    }
    let said = [
        (standing.certified, "certified"),
        (standing.contract, "under a contract in force"),
        (standing.stale, "a check of its freshness did not pass"),
    ];
    reasons.extend(said.iter().filter(|s| s.0).map(|s| s.1.to_owned()));
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_bounded_prior_add_up() {
        let tuning = Tuning::default();
        let worst = Standing {
            step: true,
            successor: Some(0),
            lifecycle: Lifecycle::Retired,
            stale: true,
            ..Standing::default()
        };
        let sum: f32 = parts(&worst, &tuning, 2.0).iter().map(|p| p.value).sum();
        assert!((sum - 2.0 * prior(&worst, &tuning)).abs() < 1e-5, "{sum}");
        assert!(prior(&worst, &tuning) >= -BOUND);
        assert!(parts(&Standing::default(), &tuning, 2.0).is_empty());
    }
}
