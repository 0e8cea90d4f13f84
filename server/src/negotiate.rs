//! Content negotiation: which of the media types on offer the `Accept` header prefers (RFC 9110, 12.5.1).

use axum::http::{HeaderMap, header};

/// One media range of an `Accept` header.
struct Range<'a> {
    kind: &'a str,
    subtype: &'a str,
    quality: f32,
}

/// Returns the index of the offer that the request prefers, `None` when it accepts none of them.
///
/// Without an `Accept` header the first offer wins, and so it does among equals.
pub(crate) fn choose(headers: &HeaderMap, offers: &[&str]) -> Option<usize> {
    let text = accept(headers);
    if text.is_empty() {
        return (!offers.is_empty()).then_some(0);
    }
    choose_from(&text, offers)
}

/// Says whether the request names this media type itself, not by a wildcard, and does not refuse it.
pub(crate) fn names(headers: &HeaderMap, media_type: &str) -> bool {
    let text = accept(headers);
    let mut ranges = text.split(',').take(64).filter_map(parse_range);
    ranges.any(|range| {
        range.quality > 0.0
            && media_type.split_once('/').is_some_and(|(kind, subtype)| {
                range.kind.eq_ignore_ascii_case(kind) && range.subtype.eq_ignore_ascii_case(subtype)
            })
    })
}

/// Joins the lines of the header, as they mean the same.
fn accept(headers: &HeaderMap) -> String {
    let lines = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok());
    lines.collect::<Vec<_>>().join(",")
}

/// Returns the index of the offer that an `Accept` text prefers.
fn choose_from(accept: &str, offers: &[&str]) -> Option<usize> {
    // A header of thousands of ranges buys nothing but work.
    let ranges: Vec<Range<'_>> = accept.split(',').take(64).filter_map(parse_range).collect();
    let mut best: Option<(f32, usize)> = None;
    for (index, offer) in offers.iter().enumerate() {
        let quality = quality_of(offer, &ranges);
        if quality > 0.0 && best.is_none_or(|(least, _)| quality > least) {
            best = Some((quality, index));
        }
    }
    best.map(|(_, index)| index)
}

/// Returns the quality that the most specific range gives to an offer.
fn quality_of(offer: &str, ranges: &[Range<'_>]) -> f32 {
    let (kind, subtype) = offer.split_once('/').unwrap_or((offer, ""));
    let mut found = (0, 0.0);
    for range in ranges {
        let exact_kind = range.kind.eq_ignore_ascii_case(kind);
        let exact = exact_kind && range.subtype.eq_ignore_ascii_case(subtype);
        let specificity = match (exact, exact_kind, range.subtype, range.kind) {
            (true, ..) => 3,
            (_, true, "*", _) => 2,
            (_, _, "*", "*") => 1,
            _ => continue,
        };
        if specificity > found.0 || (specificity == found.0 && range.quality > found.1) {
            found = (specificity, range.quality);
        }
    }
    found.1
}

/// Reads one media range; what is not one is passed over.
fn parse_range(text: &str) -> Option<Range<'_>> {
    let mut parts = text.split(';').map(str::trim);
    let (kind, subtype) = parts.next()?.split_once('/')?;
    let mut quality = 1.0;
    for parameter in parts {
        if let Some(value) = parameter
            .strip_prefix("q=")
            .or_else(|| parameter.strip_prefix("Q="))
        {
            quality = value.trim().parse().ok()?;
            if !(0.0..=1.0).contains(&quality) {
                return None;
            }
        }
    }
    Some(Range {
        kind,
        subtype,
        quality,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFERS: [&str; 3] = ["application/json", "text/csv", "application/xml"];

    #[test]
    fn the_table() {
        for (accept, expected) in [
            ("*/*", Some(0)),
            ("text/csv", Some(1)),
            ("TEXT/CSV", Some(1)),
            ("text/*", Some(1)),
            ("application/json;q=0.5, text/csv;q=0.9", Some(1)),
            ("application/json;q=0, */*", Some(1)),
            ("application/xml, */*;q=0.1", Some(2)),
            ("text/html, application/xhtml+xml, */*;q=0.8", Some(0)),
            ("image/png", None),
            ("text/csv;q=0", None),
            ("nonsense", None),
            (
                "text/csv; charset=utf-8; q=0.3, application/json;q=0.2",
                Some(1),
            ),
        ] {
            assert_eq!(choose_from(accept, &OFFERS), expected, "{accept}");
        }
    }

    #[test]
    fn without_the_header_the_first_offer_wins() {
        assert_eq!(choose(&HeaderMap::new(), &OFFERS), Some(0));
        assert!(!names(&HeaderMap::new(), OFFERS[0]));
    }
}
