//! Which syntax a file is in: by its extension, unless its content plainly says otherwise.

use oxrdfio::{JsonLdProfileSet, RdfFormat};

/// How much of a text is looked at to tell its syntax, in bytes.
const SNIFFED_BYTES: usize = 8 << 10;

/// The syntax of a file and whether the content overruled the extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Detected {
    pub(super) format: RdfFormat,
    pub(super) against_extension: bool,
}

const JSON_LD: RdfFormat = RdfFormat::JsonLd {
    profile: JsonLdProfileSet::empty(),
};

/// Tells the syntax of the file `name` with this content; `None` when it is no RDF that is read here.
pub(super) fn detect(name: &str, bytes: &[u8]) -> Option<Detected> {
    let named = by_extension(name);
    let seen = by_content(bytes);
    let format = match (named, seen) {
        (Some(Named::Xml), Seen::Xml) => RdfFormat::RdfXml,
        (Some(Named::Xml), Seen::Text(_)) if opens_a_tag(bytes) => RdfFormat::RdfXml,
        (Some(Named::Xml), Seen::NotRdf) => return None,
        (Some(Named::Xml), Seen::Text(format)) => format,
        (Some(Named::Is(format)), Seen::Text(_) | Seen::NotRdf) => format,
        (None, Seen::Text(format)) => format,
        (None, Seen::NotRdf) => return None,
        (_, Seen::Xml) => RdfFormat::RdfXml,
        (_, Seen::Json) => JSON_LD,
    };
    let against_extension = match named {
        None => false,
        Some(Named::Xml) => format != RdfFormat::RdfXml,
        Some(Named::Is(expected)) => format != expected,
    };
    Some(Detected {
        format,
        against_extension,
    })
}

/// What an extension promises.
#[derive(Debug, Clone, Copy)]
enum Named {
    Is(RdfFormat),
    /// `.rdf`, `.owl` and `.xml` mostly hold RDF/XML, but not always.
    Xml,
}

/// What a content looks like.
enum Seen {
    Xml,
    Json,
    Text(RdfFormat),
    /// A text that is none of ours: OWL functional syntax and the like.
    NotRdf,
}

fn by_extension(name: &str) -> Option<Named> {
    let lower = name.to_ascii_lowercase();
    let lower = lower.strip_suffix(".gz").unwrap_or(&lower);
    let (_, extension) = lower.rsplit_once('.')?;
    Some(match extension {
        "ttl" | "turtle" | "n3" => Named::Is(RdfFormat::Turtle),
        "trig" => Named::Is(RdfFormat::TriG),
        "nt" | "ntriples" => Named::Is(RdfFormat::NTriples),
        "nq" | "nquads" => Named::Is(RdfFormat::NQuads),
        "rdf" | "owl" | "xml" | "rdfs" => Named::Xml,
        "jsonld" | "json" => Named::Is(JSON_LD),
        _ => return None,
    })
}

fn by_content(bytes: &[u8]) -> Seen {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(SNIFFED_BYTES)]);
    let head = head.trim_start_matches('\u{feff}').trim_start();
    if head.starts_with("<?xml") || head.starts_with("<!DOCTYPE") || head.starts_with("<!--") {
        return Seen::Xml;
    }
    // Not the bare word, which stands in the IRIs of FOAF.
    if head.starts_with('<') && (head.contains("xmlns:") || head.contains("xmlns=")) {
        return Seen::Xml;
    }
    if let Some(rest) = head.strip_prefix('{')
        && matches!(rest.trim_start().chars().next(), Some('"' | '}'))
    {
        return Seen::Json;
    }
    if let Some(rest) = head.strip_prefix('[')
        && matches!(rest.trim_start().chars().next(), Some('{' | '['))
    {
        return Seen::Json;
    }
    if head.starts_with("Prefix(") || head.starts_with("Ontology(") || head.starts_with("Prefix:") {
        return Seen::NotRdf;
    }
    text_format(head)
}

/// Whether a text opens with `<name`, which is no IRI unless a relative one.
fn opens_a_tag(bytes: &[u8]) -> bool {
    let text = bytes.trim_ascii_start();
    let Some(name) = text.strip_prefix(b"<") else {
        return false;
    };
    name.iter()
        .take_while(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'>' | b'/'))
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
}

fn text_format(head: &str) -> Seen {
    let mut lines = head
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let declares = |line: &str| {
        let lower = line.to_ascii_lowercase();
        [
            "@prefix", "@base", "@version", "prefix ", "base ", "version ",
        ]
        .iter()
        .any(|keyword| lower.starts_with(keyword))
    };
    if lines.clone().any(declares) {
        return Seen::Text(RdfFormat::TriG);
    }
    let Some(first) = lines.next() else {
        return Seen::Text(RdfFormat::TriG);
    };
    let mut words = first.split_whitespace();
    let node = |word: Option<&str>| word.is_some_and(|w| w.starts_with('<') || w.starts_with("_:"));
    if node(words.next()) && node(words.next()) && first.ends_with('.') {
        // N-Quads holds all of N-Triples.
        return Seen::Text(RdfFormat::NQuads);
    }
    if first.starts_with(['<', '[', '(', '_', '{', ':', '@']) || first.contains(':') {
        // TriG holds all of Turtle.
        return Seen::Text(RdfFormat::TriG);
    }
    Seen::NotRdf
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::detect;

    #[test]
    fn extension_first_then_content() {
        let cases = [
            ("a.ttl", "<http://a> <http://b> <http://c> ."),
            ("a.ttl.gz", "@prefix : <http://a> ."),
            ("a.owl", "<?xml version=\"1.0\"?>"),
            ("a.owl", "@prefix : <http://a> ."),
            ("a.owl", "Prefix(:=<http://a>)"),
            ("a.ttl", "<rdf:RDF xmlns:rdf=\"x\">"),
            ("a.json", "{\"@id\": \"x\"}"),
            ("a", "<http://a> <http://b> \"c\" <http://g> ."),
            ("a", "[] a <http://b> ."),
            ("a", "[ { \"@id\": \"x\" } ]"),
            ("a.txt", "hello"),
        ];
        let found: Vec<String> = cases
            .iter()
            .map(|(name, text)| match detect(name, text.as_bytes()) {
                Some(found) => format!(
                    "{name} {text}: {:?}{}\n",
                    found.format.name(),
                    if found.against_extension {
                        ", against the extension"
                    } else {
                        ""
                    }
                ),
                None => format!("{name} {text}: no\n"),
            })
            .collect();
        expect![[r#"
            a.ttl <http://a> <http://b> <http://c> .: "Turtle"
            a.ttl.gz @prefix : <http://a> .: "Turtle"
            a.owl <?xml version="1.0"?>: "RDF/XML"
            a.owl @prefix : <http://a> .: "TriG", against the extension
            a.owl Prefix(:=<http://a>): no
            a.ttl <rdf:RDF xmlns:rdf="x">: "RDF/XML", against the extension
            a.json {"@id": "x"}: "JSON-LD"
            a <http://a> <http://b> "c" <http://g> .: "N-Quads"
            a [] a <http://b> .: "TriG"
            a [ { "@id": "x" } ]: "JSON-LD"
            a.txt hello: no
        "#]]
        .assert_eq(&found.concat());
    }
}
