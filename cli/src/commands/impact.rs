//! `isogloss impact`: what a change touches through meaning, and what something rests on.

use isogloss::{ImpactQuestion, ImpactRequest, ImpactSeverity};

use crate::arguments::Impact;
use crate::commands::lineage::label;
use crate::commands::{Outcome, open_then};
use crate::output;

pub(super) fn run(options: &Impact) -> Outcome {
    let request = ImpactRequest {
        question: if options.foundations {
            ImpactQuestion::Foundations
        } else {
            ImpactQuestion::Impact
        },
        max_hops: options.bounds.hops,
        max_nodes: options.bounds.nodes,
    };
    let snapshot = open_then(&options.data, options.then)?;
    let impact = snapshot.impact(&options.iri, &request)?;
    if options.output.json {
        return output::json(&impact);
    }
    for group in &impact.groups {
        output::text(&format!("{} ({})\n", group.kind, group.items.len()))?;
        for item in &group.items {
            let severity = match item.severity {
                ImpactSeverity::Breaks => "breaks",
                ImpactSeverity::Affects => "affects",
                ImpactSeverity::Informs => "informs",
            };
            output::text(&format!("  {severity:8} {}  <{}>\n", item.label, item.iri))?;
            let steps = if options.why {
                item.why.as_slice()
            } else {
                &[]
            };
            for step in steps {
                let predicate = step.predicate.rsplit(['#', '/']).next().unwrap_or_default();
                let (from, to) = (label(&snapshot, &step.from), label(&snapshot, &step.to));
                let (left, right) = if step.reversed {
                    ("<-", "-")
                } else {
                    ("-", "->")
                };
                let sources = step.sources.join(", ");
                output::text(&format!(
                    "      {from} {left}{predicate}{right} {to}  ({sources})\n"
                ))?;
            }
        }
    }
    if impact.total == 0 {
        output::note("nothing");
    }
    if impact.partial {
        output::note("a limit left something out: see --hops and --nodes");
    }
    Ok(())
}
