//! Answers on standard output, notes on standard error.

use std::io::{self, Write};

use serde::Serialize;

use crate::commands::Outcome;

/// Writes a value as JSON and ends the line.
pub(crate) fn json<T: Serialize + ?Sized>(value: &T) -> Outcome {
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, value)?;
    out.write_all(b"\n")?;
    Ok(())
}

/// Writes text as it is.
pub(crate) fn text(text: &str) -> Outcome {
    io::stdout().lock().write_all(text.as_bytes())?;
    Ok(())
}

/// Says something on standard error that is not the answer.
#[expect(
    clippy::print_stderr,
    reason = "notes are for the person at the terminal"
)]
pub(crate) fn note(text: &str) {
    eprintln!("{text}");
}

/// Lays rows out in columns, the last one unpadded.
pub(crate) fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = header.iter().map(|h| h.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut out = String::new();
    let header: Vec<String> = header.iter().map(|h| (*h).to_owned()).collect();
    for row in std::iter::once(&header).chain(rows) {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let padding = width - cell.chars().count();
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', padding + 2));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::table;
    use expect_test::expect;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = vec![
            vec!["a".to_owned(), "1".to_owned()],
            vec!["bcdef".to_owned(), "22".to_owned()],
        ];
        expect![[r#"
            name   n
            a      1
            bcdef  22
        "#]]
        .assert_eq(&table(&["name", "n"], &rows));
    }
}
