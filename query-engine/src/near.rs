//! Names that somebody may have meant.

/// The nearest three of `known` to `wanted`, best first; only those that are near at all.
pub(crate) fn names<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let wanted = wanted.to_lowercase();
    let far = wanted.chars().count() / 3 + 1;
    let mut near: Vec<(usize, &str)> = known
        .into_iter()
        .map(|name| (strsim::osa_distance(&wanted, &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= far)
        .collect();
    near.sort_unstable();
    near.dedup();
    near.into_iter()
        .take(3)
        .map(|(_, name)| name.to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn near_names_come_best_first_and_far_ones_not_at_all() {
        let known = ["orders", "order_lines", "customers", "Order"];
        assert_eq!(names("ordres", known), ["orders", "Order"]);
        assert!(names("xyzzy", known).is_empty());
    }
}
