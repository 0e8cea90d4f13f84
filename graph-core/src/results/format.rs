//! The formats and how a client asks for one.

use oxrdfio::RdfFormat;
use sparesults::QueryResultsFormat;

use crate::sparql::ResultKind;

/// A format for rows and truth values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResultsFormat {
    /// SPARQL Query Results JSON.
    Json,
    /// SPARQL Query Results XML.
    Xml,
    /// Comma separated values; loses the kinds of terms.
    Csv,
    /// Tab separated values; keeps them.
    Tsv,
}

/// A format for statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GraphFormat {
    /// Turtle.
    Turtle,
    /// N-Triples.
    NTriples,
    /// N-Quads, which names the graph of each statement.
    NQuads,
    /// `TriG`, Turtle with named graphs.
    TriG,
    /// RDF/XML.
    RdfXml,
    /// JSON-LD.
    JsonLd,
}

/// Any format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// For ASK and SELECT.
    Results(ResultsFormat),
    /// For CONSTRUCT, DESCRIBE and exports.
    Graph(GraphFormat),
}

impl From<ResultsFormat> for Format {
    fn from(format: ResultsFormat) -> Self {
        Self::Results(format)
    }
}

impl From<GraphFormat> for Format {
    fn from(format: GraphFormat) -> Self {
        Self::Graph(format)
    }
}

const RESULTS: [ResultsFormat; 4] = [
    ResultsFormat::Json,
    ResultsFormat::Xml,
    ResultsFormat::Csv,
    ResultsFormat::Tsv,
];
const GRAPHS: [GraphFormat; 6] = [
    GraphFormat::Turtle,
    GraphFormat::NTriples,
    GraphFormat::NQuads,
    GraphFormat::TriG,
    GraphFormat::RdfXml,
    GraphFormat::JsonLd,
];

impl ResultsFormat {
    /// Returns the media type to send.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/sparql-results+json",
            Self::Xml => "application/sparql-results+xml",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Tsv => "text/tab-separated-values; charset=utf-8",
        }
    }

    /// Reads a media type, with the usual aliases; parameters are ignored.
    pub fn from_media_type(media_type: &str) -> Option<Self> {
        Some(match essence(media_type).as_str() {
            "application/sparql-results+json" | "application/json" | "text/json" => Self::Json,
            "application/sparql-results+xml" | "application/xml" | "text/xml" => Self::Xml,
            "text/csv" => Self::Csv,
            "text/tab-separated-values" | "text/tsv" => Self::Tsv,
            _ => return None,
        })
    }

    /// Reads a file extension, without its dot.
    pub fn from_extension(extension: &str) -> Option<Self> {
        Some(match extension.to_ascii_lowercase().as_str() {
            "json" | "srj" => Self::Json,
            "xml" | "srx" => Self::Xml,
            "csv" => Self::Csv,
            "tsv" => Self::Tsv,
            _ => return None,
        })
    }

    pub(super) fn inner(self) -> QueryResultsFormat {
        match self {
            Self::Json => QueryResultsFormat::Json,
            Self::Xml => QueryResultsFormat::Xml,
            Self::Csv => QueryResultsFormat::Csv,
            Self::Tsv => QueryResultsFormat::Tsv,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Json => "SPARQL results JSON",
            Self::Xml => "SPARQL results XML",
            Self::Csv => "CSV",
            Self::Tsv => "TSV",
        }
    }
}

impl GraphFormat {
    /// Returns the media type to send.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Turtle => "text/turtle; charset=utf-8",
            Self::NTriples => "application/n-triples",
            Self::NQuads => "application/n-quads",
            Self::TriG => "application/trig",
            Self::RdfXml => "application/rdf+xml",
            Self::JsonLd => "application/ld+json",
        }
    }

    /// Reads a media type, with the usual aliases; parameters are ignored.
    pub fn from_media_type(media_type: &str) -> Option<Self> {
        Some(match essence(media_type).as_str() {
            "text/turtle" | "application/turtle" | "application/x-turtle" => Self::Turtle,
            "application/n-triples" | "text/plain" => Self::NTriples,
            "application/n-quads" | "text/x-nquads" => Self::NQuads,
            "application/trig" | "application/x-trig" => Self::TriG,
            "application/rdf+xml" | "application/xml" | "text/xml" => Self::RdfXml,
            "application/ld+json" | "application/json" => Self::JsonLd,
            _ => return None,
        })
    }

    /// Reads a file extension, without its dot.
    pub fn from_extension(extension: &str) -> Option<Self> {
        Some(match extension.to_ascii_lowercase().as_str() {
            "ttl" => Self::Turtle,
            "nt" => Self::NTriples,
            "nq" => Self::NQuads,
            "trig" => Self::TriG,
            "rdf" | "owl" | "xml" => Self::RdfXml,
            "jsonld" | "json" => Self::JsonLd,
            _ => return None,
        })
    }

    /// Tells whether the format says which graph a statement is in.
    pub fn names_graphs(self) -> bool {
        matches!(self, Self::NQuads | Self::TriG | Self::JsonLd)
    }

    pub(crate) fn inner(self) -> RdfFormat {
        match self {
            Self::Turtle => RdfFormat::Turtle,
            Self::NTriples => RdfFormat::NTriples,
            Self::NQuads => RdfFormat::NQuads,
            Self::TriG => RdfFormat::TriG,
            Self::RdfXml => RdfFormat::RdfXml,
            Self::JsonLd => RdfFormat::JsonLd {
                profile: oxrdfio::JsonLdProfileSet::empty(),
            },
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Turtle => "Turtle",
            Self::NTriples => "N-Triples",
            Self::NQuads => "N-Quads",
            Self::TriG => "TriG",
            Self::RdfXml => "RDF/XML",
            Self::JsonLd => "JSON-LD",
        }
    }
}

impl Format {
    /// Returns the media type to send.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Results(format) => format.media_type(),
            Self::Graph(format) => format.media_type(),
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Results(format) => format.name(),
            Self::Graph(format) => format.name(),
        }
    }
}

/// Chooses the format for a kind of result from an `Accept` header.
///
/// The greatest `q` wins, then the more specific range, then our own order (JSON and Turtle first). An empty header
/// accepts everything; `None` means that nothing we write is acceptable (HTTP status 406).
pub fn negotiate(accept: &str, kind: ResultKind) -> Option<Format> {
    let offered: Vec<Format> = match kind {
        ResultKind::Graph => GRAPHS.map(Format::Graph).to_vec(),
        ResultKind::Boolean | ResultKind::Solutions => RESULTS.map(Format::Results).to_vec(),
    };
    if accept.trim().is_empty() {
        return offered.first().copied();
    }
    let ranges: Vec<(String, f32)> = accept.split(',').filter_map(read_range).collect();
    let mut best: Option<(f32, u8, Format)> = None;
    for format in offered {
        // For one format its most specific range decides, also when that says no.
        let of_format = ranges
            .iter()
            .filter_map(|(range, q)| Some((specificity(range, format)?, *q)));
        let Some((specific, q)) = of_format.max_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)))
        else {
            continue;
        };
        if q > 0.0
            && best.is_none_or(|(best_q, best_specific, _)| (q, specific) > (best_q, best_specific))
        {
            best = Some((q, specific, format));
        }
    }
    best.map(|(_, _, format)| format)
}

fn essence(media_type: &str) -> String {
    media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

fn read_range(range: &str) -> Option<(String, f32)> {
    let name = essence(range);
    let q = range.split(';').skip(1).find_map(|parameter| {
        let (key, value) = parameter.split_once('=')?;
        key.trim()
            .eq_ignore_ascii_case("q")
            .then(|| value.trim().parse::<f32>().unwrap_or(0.0))
    });
    let q = q.unwrap_or(1.0);
    (!name.is_empty() && (0.0..=1.0).contains(&q)).then_some((name, q))
}

fn specificity(range: &str, format: Format) -> Option<u8> {
    let media_type = essence(format.media_type());
    if range == media_type {
        return Some(3);
    }
    let is_alias = match format {
        Format::Results(format) => ResultsFormat::from_media_type(range) == Some(format),
        Format::Graph(format) => GraphFormat::from_media_type(range) == Some(format),
    };
    if is_alias {
        return Some(2);
    }
    if let Some(family) = range.strip_suffix("/*")
        && family != "*"
    {
        return media_type
            .split('/')
            .next()
            .is_some_and(|own| own == family)
            .then_some(1);
    }
    matches!(range, "*/*" | "*").then_some(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accept_headers_are_honoured() {
        let rows = |accept| match negotiate(accept, ResultKind::Solutions) {
            Some(Format::Results(format)) => Some(format),
            _ => None,
        };
        assert_eq!(rows(""), Some(ResultsFormat::Json));
        assert_eq!(
            rows("text/csv;q=0.1, text/tab-separated-values;q=0.9"),
            Some(ResultsFormat::Tsv)
        );
        assert_eq!(rows("*/*;q=0.1, application/xml"), Some(ResultsFormat::Xml));
        assert_eq!(rows("text/*"), Some(ResultsFormat::Csv));
        assert_eq!(
            rows("application/sparql-results+json;q=0, */*"),
            Some(ResultsFormat::Xml)
        );
        assert_eq!(rows("TEXT/CSV; Q=0.5"), Some(ResultsFormat::Csv));
        assert_eq!(rows("text/turtle"), None);
        assert_eq!(rows("text/csv;q=nonsense"), None);
        let graph = |accept| negotiate(accept, ResultKind::Graph);
        assert_eq!(
            graph("application/json"),
            Some(Format::Graph(GraphFormat::JsonLd))
        );
        assert_eq!(
            graph("text/*;q=0.3, application/n-quads;q=0.4"),
            Some(Format::Graph(GraphFormat::NQuads))
        );
    }

    #[test]
    fn media_types_and_extensions_round_trip() {
        for format in RESULTS {
            assert_eq!(
                ResultsFormat::from_media_type(format.media_type()),
                Some(format)
            );
        }
        for format in GRAPHS {
            assert_eq!(
                GraphFormat::from_media_type(format.media_type()),
                Some(format)
            );
        }
        assert_eq!(
            GraphFormat::from_extension("TTL"),
            Some(GraphFormat::Turtle)
        );
        assert_eq!(
            ResultsFormat::from_extension("srj"),
            Some(ResultsFormat::Json)
        );
    }
}
