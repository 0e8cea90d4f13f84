//! Products, datasets and columns that nobody asks for, as catalog lines: names of common and rare English words.

use std::fmt::Write as _;
use std::io::Read;
use std::ops::Range;
use std::sync::LazyLock;

use flate2::read::GzDecoder;

use super::Random;

/// English words, the most frequent first.
static WORDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut text = String::new();
    let packed: &[u8] = include_bytes!("../../../search/lexicon/words.txt.gz");
    // A damaged file gives no words, and then no names.
    if GzDecoder::new(packed).read_to_string(&mut text).is_err() {
        text.clear();
    }
    text.lines()
        .filter(|word| word.len() > 3)
        .map(str::to_owned)
        .collect()
});

/// Datasets of a product.
const DATASETS: usize = 12;
/// Columns of a dataset: 20 on average.
const COLUMNS: (usize, usize) = (6, 29);

fn word(random: &mut Random) -> &'static str {
    let bound = WORDS.len();
    WORDS
        .get(random.skewed(bound))
        .map_or("word", String::as_str)
}

/// Writes the datasets of a range with their products and columns.
pub(crate) fn lines(datasets: Range<usize>) -> String {
    let mut out = String::new();
    for dataset in datasets {
        let product = dataset / DATASETS;
        if dataset.is_multiple_of(DATASETS) {
            let mut random = Random::of(21, product);
            let (one, other) = (word(&mut random), word(&mut random));
            let line = format!(r#"{{"kind":"product","id":"p{product}","name":"{one} {other}"}}"#);
            out += &line;
            out.push('\n');
        }
        let mut random = Random::of(22, dataset);
        let (one, other) = (word(&mut random), word(&mut random));
        let described = (word(&mut random), word(&mut random));
        writeln!(
            out,
            r#"{{"kind":"table","id":"t{dataset}","parent":"p{product}","name":"{one}_{other}","description":"One row for each {} of a {}."}}"#,
            described.0, described.1,
        )
        .unwrap_or_default();
        let (least, spread) = COLUMNS;
        for column in 0..least + random.below(spread) {
            let (one, other) = (word(&mut random), word(&mut random));
            writeln!(
                out,
                r#"{{"kind":"column","id":"t{dataset}/{column}","parent":"t{dataset}","name":"{one}_{other}","type":"text"}}"#,
            )
            .unwrap_or_default();
        }
    }
    out
}
