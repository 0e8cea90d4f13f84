//! What the cases came to, for a person, a program or a build server.

use serde_json::json;

use super::Verdict;
use crate::arguments::TestFormat;

/// Writes all verdicts; with `update` a person also gets cases that the present answers meet.
pub(super) fn render(verdicts: &[Verdict], format: TestFormat, update: bool) -> String {
    match format {
        TestFormat::Text => text(verdicts, update),
        TestFormat::Json => json_lines(verdicts),
        TestFormat::Junit => junit(verdicts),
    }
}

fn text(verdicts: &[Verdict], update: bool) -> String {
    let mut out = String::new();
    for verdict in verdicts {
        let mark = if verdict.failures.is_empty() {
            "ok    "
        } else {
            "FAILED"
        };
        out.push_str(&format!("{mark}  {}  ({})\n", verdict.intent, verdict.file));
        for failure in &verdict.failures {
            out.push_str(&format!("        {failure}\n"));
        }
    }
    let failed = verdicts.iter().filter(|v| !v.failures.is_empty());
    let proposals: Vec<&str> = failed.map(|v| v.now.as_str()).collect();
    let held = verdicts.len() - proposals.len();
    out.push_str(&format!("{held} of {} cases hold\n", verdicts.len()));
    if update && !proposals.is_empty() {
        out.push_str("\n# What the mesh answers now; keep what is right.\ncases:\n");
        out.push_str(&proposals.concat());
    }
    out
}

fn json_lines(verdicts: &[Verdict]) -> String {
    let lines = verdicts.iter().map(|v| {
        let line = json!({
            "file": v.file, "intent": v.intent, "holds": v.failures.is_empty(),
            "failures": v.failures, "seconds": v.seconds, "now": v.now,
        });
        format!("{line}\n")
    });
    lines.collect()
}

fn junit(verdicts: &[Verdict]) -> String {
    let failed = verdicts.iter().filter(|v| !v.failures.is_empty()).count();
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"isogloss\" tests=\"{}\" failures=\"{failed}\">\n",
        verdicts.len()
    );
    for verdict in verdicts {
        let (file, intent) = (escape(&verdict.file), escape(&verdict.intent));
        let head = format!(
            "  <testcase classname=\"{file}\" name=\"{intent}\" time=\"{:.6}\"",
            verdict.seconds
        );
        out.push_str(&head);
        if verdict.failures.is_empty() {
            out.push_str("/>\n");
            continue;
        }
        let failures = escape(&verdict.failures.join("; "));
        out.push_str(&format!(
            ">\n    <failure message=\"{failures}\"/>\n  </testcase>\n"
        ));
    }
    out + "</testsuite>\n"
}

/// Escapes a text for an XML attribute; characters that XML forbids are left out.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_server_reads_any_text() {
        let verdict = Verdict {
            file: "a.yaml".to_owned(),
            intent: "a <b> & \"c\"\u{1}".to_owned(),
            failures: vec!["expected `x`".to_owned()],
            seconds: 0.0,
            now: String::new(),
        };
        let xml = render(&[verdict], TestFormat::Junit, false);
        assert!(
            xml.contains("name=\"a &lt;b&gt; &amp; &quot;c&quot;\""),
            "{xml}"
        );
        assert!(xml.contains("failures=\"1\""), "{xml}");
    }
}
