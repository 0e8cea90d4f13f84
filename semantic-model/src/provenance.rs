//! Where statements come from: a named graph that describes the sources, and what is said of one claim.

use graph_core::rdf::{Literal, NamedNode, RdfTerm, Statement};
use graph_core::{IdStatement, Scope, Snapshot, SourceInfo, SourceName, Timestamp};
use ontologies::{iso, prov, rdf, rdfs, void, xsd};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// The named graph that describes the sources; it is there for the queries that name it.
pub const SOURCES: &str = "urn:isogloss:graph:sources";

const MS_PER_DAY: i64 = 86_400_000;

/// Shows a snapshot with the graph [`SOURCES`] on top, which is no part of the union nor of the merged view.
///
/// # Errors
/// When the graph holds no more terms or sources.
pub fn with_sources(graph: &Snapshot) -> graph_core::Result<Snapshot> {
    let name = SourceName::new(SOURCES)?;
    if graph.source_id(&name).is_some() {
        return Ok(graph.clone());
    }
    let mut statements = Vec::new();
    for source in graph.sources() {
        describe(graph, source, &mut statements);
    }
    graph.with_named_overlay(&name, "provenance", statements)
}

fn word(iri: &str) -> NamedNode {
    NamedNode::new_unchecked(iri)
}

/// What is known of a source, and what it says of itself in its own graph.
fn describe(graph: &Snapshot, source: &SourceInfo, statements: &mut Vec<Statement>) {
    let subject = source.name.graph_iri();
    let mut say = |predicate: &str, object: RdfTerm| {
        statements.push(Statement::new(subject.clone(), word(predicate), object));
    };
    let typed = |text: String, datatype: &str| {
        RdfTerm::from(Literal::new_typed_literal(text, word(datatype)))
    };
    say(rdf::TYPE, word(prov::BUNDLE).into());
    say(rdfs::LABEL, Literal::from(source.name.as_str()).into());
    say(iso::KIND, Literal::from(source.kind.as_str()).into());
    say(
        prov::GENERATED_AT_TIME,
        typed(date_time(source.committed_at), xsd::DATE_TIME),
    );
    say(
        iso::VERSION,
        typed(source.version.to_string(), xsd::INTEGER),
    );
    say(
        void::TRIPLES,
        typed(source.statements.to_string(), xsd::INTEGER),
    );
    say(
        iso::DERIVED,
        typed(source.derived.to_string(), xsd::BOOLEAN),
    );
    let mut named = None;
    if !source.actor.is_empty() {
        let encoded = utf8_percent_encode(&source.actor, NON_ALPHANUMERIC);
        let actor = word(&format!("urn:isogloss:actor:{encoded}"));
        say(prov::WAS_ATTRIBUTED_TO, actor.clone().into());
        named = Some((actor, Literal::from(source.actor.as_str())));
    }
    statements.extend(named.map(|(actor, name)| Statement::new(actor, word(iso::NAME), name)));
    let own = graph.id_of_iri(subject.as_str());
    for found in own
        .into_iter()
        .flat_map(|id| graph.matching(Some(id), None, None, Scope::Source(source.id)))
    {
        statements.push(graph.statement(found));
    }
}

/// What a source says of one of its claims, or of all of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Annotation {
    /// How sure it is, from 0 to 1.
    pub confidence: Option<f64>,
    /// The run that made the claim.
    pub run: Option<String>,
}

/// Returns what the source of a claim says of it: of the claim itself, else of everything that it says.
pub fn annotation(graph: &Snapshot, claim: IdStatement) -> Annotation {
    let mut about = graph.reifiers(claim);
    let source = graph.source_info(claim.source);
    about.extend(source.and_then(|source| graph.id_of_iri(source.name.graph_iri().as_str())));
    let value = |word: &str| -> Option<String> {
        let word = graph.id_of_iri(word)?;
        about.iter().find_map(|&subject| {
            let mut found: Vec<String> =
                (graph.matching(Some(subject), Some(word), None, Scope::Source(claim.source)))
                    .map(|found| graph.text(found.object))
                    .collect();
            found.sort_unstable();
            found.into_iter().next()
        })
    };
    let confidence = value(iso::CONFIDENCE).and_then(|text| text.parse::<f64>().ok());
    Annotation {
        confidence: confidence.filter(|confidence| (0.0..=1.0).contains(confidence)),
        run: value(iso::RUN),
    }
}

/// Writes a moment as `xsd:dateTime` in UTC.
fn date_time(moment: Timestamp) -> String {
    let (days, ms) = (
        moment.0.div_euclid(MS_PER_DAY),
        moment.0.rem_euclid(MS_PER_DAY),
    );
    // Days to a date of the proleptic Gregorian calendar, in eras of 400 years that start on 1 March.
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    let year = year + era * 400 + next;
    let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60);
    format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z",
        ms % 1_000
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_dates() {
        for (ms, expected) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_795_372_200_123, "2026-11-22T18:30:00.123Z"),
            (4_107_542_399_000, "2100-02-28T23:59:59.000Z"),
        ] {
            assert_eq!(date_time(Timestamp(ms)), expected);
        }
    }
}
