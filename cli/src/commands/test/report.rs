//! What the cases came to, for a person, a program or a build server.

use std::fmt;

use serde_json::json;

use super::Verdict;
use crate::arguments::TestFormat;

/// Writes all verdicts; with `update` a person also gets cases that the present answers meet.
pub(super) fn render(verdicts: &[Verdict], format: TestFormat, update: bool) -> String {
    match format {
        TestFormat::Text => Text { verdicts, update }.to_string(),
        TestFormat::Json => json_lines(verdicts),
        TestFormat::Junit => Junit(verdicts).to_string(),
    }
}

/// What a person reads.
struct Text<'a> {
    verdicts: &'a [Verdict],
    update: bool,
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for verdict in self.verdicts {
            let mark = if verdict.failures.is_empty() {
                "ok    "
            } else {
                "FAILED"
            };
            writeln!(out, "{mark}  {}  ({})", verdict.intent, verdict.file)?;
            for failure in &verdict.failures {
                writeln!(out, "        {failure}")?;
            }
        }
        let failed = self.verdicts.iter().filter(|v| !v.failures.is_empty());
        let proposals: Vec<&str> = failed.map(|v| v.now.as_str()).collect();
        let held = self.verdicts.len() - proposals.len();
        writeln!(out, "{held} of {} cases hold", self.verdicts.len())?;
        if self.update && !proposals.is_empty() {
            out.write_str("\n# What the mesh answers now; keep what is right.\ncases:\n")?;
            out.write_str(&proposals.concat())?;
        }
        Ok(())
    }
}

fn json_lines(verdicts: &[Verdict]) -> String {
    let lines = verdicts.iter().map(|v| {
        let line = json!({
            "file": v.file, "intent": v.intent, "holds": v.failures.is_empty(),
            "failures": v.failures, "seconds": v.seconds, "now": v.now,
        });
        format!("{line}\n")
    });
    lines.collect::<Vec<_>>().concat()
}

/// What a build server reads.
struct Junit<'a>(&'a [Verdict]);

impl fmt::Display for Junit<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let failed = self.0.iter().filter(|v| !v.failures.is_empty()).count();
        let tests = self.0.len();
        writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
        writeln!(
            out,
            "<testsuite name=\"isogloss\" tests=\"{tests}\" failures=\"{failed}\">"
        )?;
        for verdict in self.0 {
            let (file, intent) = (escape(&verdict.file), escape(&verdict.intent));
            write!(
                out,
                "  <testcase classname=\"{file}\" name=\"{intent}\" time=\"{:.6}\"",
                verdict.seconds
            )?;
            if verdict.failures.is_empty() {
                writeln!(out, "/>")?;
                continue;
            }
            let failures = escape(&verdict.failures.join("; "));
            writeln!(
                out,
                ">\n    <failure message=\"{failures}\"/>\n  </testcase>"
            )?;
        }
        writeln!(out, "</testsuite>")
    }
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
