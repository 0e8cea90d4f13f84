//! Values of columns: what a word of a question may be a value of.

use semantic_model::{Column, Entity};

use crate::text::fold::fold_phrase;

/// More values of a column than this are left out.
const VALUES_MAX: usize = 100;
/// A longer value is prose.
const VALUE_CHARS_MAX: usize = 60;

/// Returns the values of a column; of one that is classified as personal, none.
pub(super) fn values(dataset: &Entity<'_>, column: &Column<'_>) -> Vec<String> {
    let mut tags = column.classifications();
    tags.extend(column.keywords());
    // What a dataset is classified as holds for each of its columns.
    tags.extend(dataset.classifications());
    if tags.iter().any(|tag| is_personal(tag)) {
        return Vec::new();
    }
    let mut values = column.values();
    values.retain(|value| value.chars().count() <= VALUE_CHARS_MAX);
    values.truncate(VALUES_MAX);
    values
}

/// Tells whether a classification says that values are about people or secret.
fn is_personal(tag: &str) -> bool {
    let folded = fold_phrase(tag);
    let mut words = folded.split(' ');
    words.any(|word| {
        matches!(
            word,
            "pii"
                | "phi"
                | "pci"
                | "spi"
                | "gdpr"
                | "personal"
                | "sensitive"
                | "confidential"
                | "secret"
                | "restricted"
                | "private"
        )
    }) && !folded.contains("non ")
        && !folded.contains("not ")
}

#[cfg(test)]
mod tests {
    use super::is_personal;

    #[test]
    fn classifications_of_people_are_known() {
        for tag in [
            "PII",
            "pii.email",
            "PersonalData.Personal",
            "GDPR",
            "Sensitive",
        ] {
            assert!(is_personal(tag), "{tag}");
        }
        for tag in [
            "public",
            "non-PII",
            "not personal",
            "PII.NonSensitive none",
            "internal",
        ] {
            assert_eq!(is_personal(tag), tag.starts_with("PII"), "{tag}");
        }
    }
}
