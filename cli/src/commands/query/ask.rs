//! `isogloss query --ask`: a question in words becomes the query that it is read as.

use isogloss::Snapshot;
use isogloss::search::ResolveRequest;
use isogloss::semantics::{Intent, Interpretation, QueryRequest, Reading, Semantics};

use crate::clock;
use crate::failure::{Failure, FailureKind};
use crate::output;

/// Reads a question and adds it to what the options say; how it was read goes to standard error.
pub(super) fn read(
    text: &str,
    options: QueryRequest,
    semantics: &Semantics,
    snapshot: &Snapshot,
) -> Result<QueryRequest, Failure> {
    let resolution = snapshot.resolve(&ResolveRequest {
        domain: options.domain.clone(),
        ..ResolveRequest::new(text)
    })?;
    let intent = Intent {
        text,
        domain: options.domain.as_deref(),
        layer: options.layer.as_deref(),
        resolution: Some(&resolution),
        now: Some(clock::now()),
    };
    match semantics.interpret(&intent)? {
        Reading::Query(found) => {
            tell(&found);
            Ok(together(options, found.request))
        }
        Reading::Ambiguous { words, choices } => {
            let failure = Failure::new(
                FailureKind::Usage,
                format!("`{words}` may mean several things"),
            );
            Err(failure.with_hint(format!("is it {}?", choices.join(", or "))))
        }
        Reading::Unknown { .. } => {
            let message = format!("no metric is named in `{text}`");
            let known = semantics.metrics();
            let names: Vec<&str> = known.iter().take(5).map(|it| it.name.as_str()).collect();
            let failure = Failure::new(FailureKind::NotFound, message);
            Err(failure.with_hint(format!("metrics are {} ...", names.join(", "))))
        }
    }
}

fn tell(found: &Interpretation) {
    for reason in &found.reasons {
        output::note(reason);
    }
    if !found.unplaced.is_empty() {
        let words = found.unplaced.join("`, `");
        output::note(&format!("no place was found for `{words}`"));
    }
}

/// What is asked in words comes first, what options say is added.
fn together(options: QueryRequest, words: QueryRequest) -> QueryRequest {
    let mut query = words.query;
    query.group_by.extend(options.query.group_by);
    query.filters.extend(options.query.filters);
    query.having = options.query.having;
    query.order_by = options.query.order_by;
    query.limit = options.query.limit;
    query.time_range = options.query.time_range.or(query.time_range);
    QueryRequest { query, ..options }
}
