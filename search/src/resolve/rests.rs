//! What would have made a candidate lose: the parts of its score that its lead rests on.

use super::resolution::Candidate;

/// Says of each candidate without which part it would stand behind the next.
pub(crate) fn note(candidates: &mut [Candidate]) {
    for at in 1..candidates.len() {
        let (before, after) = candidates.split_at_mut(at);
        let (Some(one), Some(next)) = (before.last_mut(), after.first()) else {
            continue;
        };
        let lead = one.score - next.score;
        let name = next
            .subject()
            .map_or("the next", |entity| entity.label.as_str());
        let telling = one.parts.iter().filter(|part| part.value > lead);
        one.rests_on = telling
            .map(|part| {
                format!(
                    "without `{}` ({:.3}) it would stand behind {name}",
                    part.name, part.value
                )
            })
            .collect();
    }
}
