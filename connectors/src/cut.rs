//! Files of one JSON object a line that break off in the middle of one: a copy, a download or a writer that was stopped.

use crate::{Error, Input, Kind, Result, json};

/// Refuses inputs that break off: what they lack would look as if the source no longer said it.
pub(crate) fn refuse(kind: Kind, inputs: &[Input]) -> Result<()> {
    if !matches!(
        kind,
        Kind::CatalogLines | Kind::QueryLog | Kind::OpenLineage | Kind::Delta
    ) {
        return Ok(());
    }
    for input in inputs {
        if let Some(whole) = whole_lines(&input.bytes) {
            return Err(Error::CutOff {
                name: input.name.clone(),
                whole,
            });
        }
    }
    Ok(())
}

/// Gives how many lines are whole in a text that breaks off in its last one; `None` for any other.
fn whole_lines(text: &[u8]) -> Option<u64> {
    let start = text.iter().rposition(|byte| *byte == b'\n')? + 1;
    let (lines, last) = (&text[..start], text[start..].trim_ascii());
    if !last.starts_with(b"{") {
        return None;
    }
    let is_cut = json::parse(last).is_err_and(|error| error.is_eof());
    // An object over many lines may also end in the middle of one, and then no line is whole.
    let mut filled = lines.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let first = filled.find(|line| !line.is_empty())?;
    let has_lines = is_cut && json::parse(first).is_ok_and(|value| value.is_object());
    has_lines.then(|| 1 + filled.filter(|line| !line.is_empty()).count() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::options;

    #[test]
    fn a_file_that_breaks_off_is_told_from_others() {
        let whole = |text: &str| whole_lines(text.as_bytes());
        assert_eq!(whole("{\"a\":1}\n{\"b\":[1,"), Some(1));
        assert_eq!(whole("{\"a\":1}\r\n\n{\"a\":2}\n{\"b\": \"x"), Some(2));
        for sound in [
            "",
            "{",
            "{\"a\":1}",
            "{\"a\":1}\n",
            "{\"a\":1}\n{\"b\":2}",
            "{\"a\":1}\n{\"b\":\n",
            "{\"a\":1}\nnonsense",
            "{\"a\":1}\n{\"b\": wrong}",
            "{\n \"a\": {",
            "[\n{\"a\":1},\n{\"b\":",
        ] {
            assert_eq!(whole(sound), None, "{sound}");
        }
    }

    #[test]
    fn half_a_file_is_no_source() {
        let lines = "{\"kind\":\"domain\",\"id\":\"a\",\"name\":\"A\"}\n{\"kind\":\"domain\",\"id\":\"b\",\"na";
        let inputs = vec![Input::text("c.jsonl", lines)];
        let error = crate::read(Kind::CatalogLines, inputs, &options()).unwrap_err();
        assert_eq!(error.code(), "cut_off");
        assert_eq!(
            error.to_string(),
            "`c.jsonl` breaks off in the middle of a line, after 1 whole ones; nothing of it was taken"
        );
    }
}
