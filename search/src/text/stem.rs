//! Takes English endings off.

use std::borrow::Cow;

use frostem::{Algorithm, Stemmer};

/// Returns the Snowball stem of a folded word: `orders`, `ordered` and `ordering` give `order`.
pub(crate) fn stem(word: &str) -> Cow<'_, str> {
    // A short word has no ending to lose ("is", "gas" are not plurals), nor has another script.
    if word.len() < 3 || !word.is_ascii() {
        return Cow::Borrowed(word);
    }
    Stemmer::new(Algorithm::English).stem(word)
}

/// Returns a folded word without its endings of number and tense: `customers` is `customer`, and `custom` another word.
///
/// The first and the last step of the Snowball stemmer, without those between, which join whole families:
/// `production` with `product`, `generator` with `generation`, `medication` with `medical`.
pub(crate) fn base(word: &str) -> Cow<'_, str> {
    if word.len() < 3 || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return Cow::Borrowed(word);
    }
    let mut base = singular(word);
    tenseless(&mut base);
    // A verb and a name of its doing end alike but for this letter: `purchas(e)`, `purchas(ing)`.
    if base.ends_with('e') && base.len() > 4 {
        let (first, second) = regions(&base);
        let end = base.len() - 1;
        if second <= end || (first <= end && !short_end(&base.as_bytes()[..end])) {
            base.truncate(end);
        }
    }
    Cow::Owned(base)
}

fn vowel(b: u8) -> bool {
    matches!(b, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

/// Takes the ending of a plural off.
fn singular(word: &str) -> String {
    let cut = |end: usize| word[..word.len() - end].to_owned();
    let before = |end: usize| {
        word.as_bytes()
            .get(word.len().wrapping_sub(end + 1))
            .copied()
    };
    if word.ends_with("sis") && word.len() > 5 {
        // The plural of `diagnosis` has an e in place of the i.
        return cut(2) + "e";
    }
    if let Some(start) = word.strip_suffix("ies") {
        return format!("{start}{}", if start.len() > 1 { "y" } else { "ie" });
    }
    let hissing = ["sses", "xes", "shes", "ches", "zzes"];
    if hissing.iter().any(|ending| word.ends_with(ending)) {
        return cut(2);
    }
    if word.ends_with("uses") && before(4).is_some_and(|b| !vowel(b)) && word.len() > 6 {
        return cut(2);
    }
    let kept = word.ends_with("ss") || word.ends_with("us") || word.ends_with("ys");
    let voiced = word.len() > 2 && word.bytes().take(word.len() - 2).any(vowel);
    if word.ends_with("ys") && voiced {
        return cut(1);
    }
    if word.ends_with('s') && !kept && voiced {
        return cut(1);
    }
    word.to_owned()
}

/// Takes the endings of tenses off.
fn tenseless(base: &mut String) {
    let ending = ["ing", "ed"]
        .into_iter()
        .find(|ending| base.ends_with(ending));
    let Some(ending) = ending else { return };
    let length = base.len() - ending.len();
    // `need`, `speed`, `feed`, `thing`, `string` are whole words.
    let whole = ending == "ed" && base.ends_with("eed");
    if whole || length < 2 || !base.bytes().take(length).any(vowel) {
        return;
    }
    base.truncate(length);
    let doubled = ["bb", "dd", "ff", "gg", "mm", "nn", "pp", "rr", "tt"];
    if ["at", "bl", "iz"].iter().any(|end| base.ends_with(end)) {
        base.push('e');
    } else if doubled.iter().any(|end| base.ends_with(end)) {
        base.pop();
    } else if regions(base).0 >= base.len() && short_end(base.as_bytes()) {
        base.push('e');
    }
}

/// Returns where the regions of Snowball start: after the first consonant that follows a vowel, and the second such.
fn regions(word: &str) -> (usize, usize) {
    let bytes = word.as_bytes();
    let after = |from: usize| {
        let pairs = bytes.windows(2).enumerate().skip(from);
        let mut found = pairs.filter(|(_, pair)| vowel(pair[0]) && !vowel(pair[1]));
        found.next().map_or(bytes.len(), |(at, _)| at + 2)
    };
    let first = after(0);
    (first, after(first))
}

/// Tells whether letters end in a short syllable: `rat` of `rate`, `cas` of `case`.
fn short_end(bytes: &[u8]) -> bool {
    match *bytes {
        [.., a, b, c] => !vowel(a) && vowel(b) && !vowel(c) && !matches!(c, b'w' | b'x'),
        [a, b] => vowel(a) && !vowel(b),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inflections_have_one_base() {
        for forms in [
            &["customer", "customers"][..],
            &["generate", "generates", "generated", "generating"],
            &["purchase", "purchases", "purchased", "purchasing"],
            &["city", "cities"],
            &["case", "cases"],
            &["diagnosis", "diagnoses"],
            &["status", "statuses"],
            &["box", "boxes"],
            &["plan", "plans", "planned", "planning"],
            &["rate", "rates", "rated", "rating"],
            &["house", "houses"],
            &["day", "days"],
            &["class", "classes"],
            &["size", "sizes"],
        ] {
            for form in forms {
                assert_eq!(base(form), base(forms[0]), "{form}");
            }
        }
    }

    #[test]
    fn other_words_of_a_family_keep_their_own() {
        for (a, b) in [
            ("customer", "custom"),
            ("production", "product"),
            ("generator", "generation"),
            ("medication", "medical"),
            ("rate", "rat"),
            ("plane", "plan"),
        ] {
            assert_ne!(base(a), base(b));
        }
        for word in [
            "gas", "need", "speed", "string", "thing", "bus", "news", "address", "ß", "日本",
        ] {
            assert!(word.starts_with(&*base(word)), "{word}");
        }
    }
}
