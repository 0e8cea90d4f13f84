//! `isogloss lineage`: where data comes from and where it goes.

use isogloss::graph::traverse::{Direction, Limits};
use isogloss::model::Entity;
use isogloss::{LineageFilter, LineageLevel, LineageNode, LineageRequest, LineageRest, Snapshot};

use crate::arguments::{Between, Lineage, Way};
use crate::commands::search::kinds;
use crate::commands::{Outcome, open_then};
use crate::output;

pub(super) fn run(options: &Lineage) -> Outcome {
    let request = LineageRequest {
        direction: match options.direction {
            Way::Up => Direction::Up,
            Way::Down => Direction::Down,
            Way::Both => Direction::Both,
        },
        level: match options.level {
            Between::Dataset => LineageLevel::Dataset,
            Between::Column => LineageLevel::Column,
        },
        predicates: options.predicate.clone(),
        filter: LineageFilter {
            domains: options.domain.clone(),
            sources: options.source.clone(),
            kinds: kinds(&options.kind)?,
            materializations: options.materialization.clone(),
            rest: if options.stop {
                LineageRest::Stop
            } else {
                LineageRest::Contract
            },
        },
        max_hops: options.bounds.hops,
        max_nodes: options.bounds.nodes,
    };
    let snapshot = open_then(&options.data, options.then)?;
    if let Some(to) = &options.to {
        return paths(&snapshot, options, to);
    }
    let lineage = snapshot.lineage(&options.iri, &request)?;
    if options.output.json {
        return output::json(&lineage);
    }
    let rows: Vec<_> = lineage
        .nodes
        .iter()
        .map(|node| {
            let tied = lineage.edges.iter().find_map(|edge| {
                let arrow = if edge.indirect { "..>" } else { "->" };
                (edge.to == node.iri && node.hops > 0)
                    .then(|| format!("{} {arrow}", label(&snapshot, &edge.from)))
            });
            vec![
                node.hops.to_string(),
                label(&snapshot, &node.iri),
                same(node, &snapshot).or(tied).unwrap_or_default(),
                node.iri.clone(),
            ]
        })
        .collect();
    output::text(&output::table(&["hops", "label", "from", "iri"], &rows))?;
    for cycle in &lineage.cycles {
        let names: Vec<_> = cycle.iter().map(|iri| label(&snapshot, iri)).collect();
        output::note(&format!("goes round: {}", names.join(" -> ")));
    }
    if lineage.partial {
        output::note("a limit left something out: see --hops and --nodes");
    }
    Ok(())
}

fn same(node: &LineageNode, snapshot: &Snapshot) -> Option<String> {
    let first = node.same_as.as_ref()?;
    Some(format!("is {}", label(snapshot, first)))
}

fn paths(snapshot: &Snapshot, options: &Lineage, to: &str) -> Outcome {
    let limits = Limits {
        max_hops: options.bounds.hops,
        max_nodes: options.bounds.nodes,
    };
    let found = snapshot.paths(&options.iri, to, options.paths, limits)?;
    if options.output.json {
        return output::json(&found);
    }
    if found.paths.is_empty() {
        output::note("data does not get there");
    }
    for path in &found.paths {
        let names: Vec<_> = path.iter().map(|iri| label(snapshot, iri)).collect();
        output::text(&format!("{}\n", names.join(" -> ")))?;
    }
    if found.partial {
        output::note("a limit may have left ways out: see --hops and --nodes");
    }
    Ok(())
}

/// The name of an entity for people.
pub(super) fn label(snapshot: &Snapshot, iri: &str) -> String {
    let model = snapshot.model();
    model
        .entity(iri)
        .map_or_else(|| iri.to_owned(), Entity::label)
}
