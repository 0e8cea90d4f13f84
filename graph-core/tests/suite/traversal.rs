//! Walks and paths against petgraph's algorithms over the same arrays.

use std::collections::BTreeSet;

use graph_core::rdf::Literal;
use graph_core::traverse::{Direction, EdgeGraph, Limits, paths, walk};
use graph_core::{Snapshot, Store, TermId};
use petgraph::visit::{Bfs, Reversed, Walker};
use proptest::prelude::*;

use crate::support::*;

fn store(edges: &[(u32, u32)]) -> Store {
    let store = Store::in_memory();
    // Two sources with a shared part, so that edges come from more than one layer and some come twice.
    let says = |edges: &[(u32, u32)]| {
        edges
            .iter()
            .map(|(a, b)| link(&format!("n{a}"), "to", &format!("n{b}")))
            .collect()
    };
    store
        .commit(replace("one", says(&edges[..edges.len() * 2 / 3])))
        .unwrap();
    store
        .commit(replace("two", says(&edges[edges.len() / 3..])))
        .unwrap();
    store
}

fn id(snapshot: &Snapshot, name: &str) -> TermId {
    snapshot
        .id_of_iri(&format!("http://example.com/{name}"))
        .unwrap()
}

fn names(snapshot: &Snapshot, nodes: &[TermId]) -> Vec<String> {
    nodes
        .iter()
        .map(|&node| snapshot.text(node).replace("http://example.com/", ""))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_walk_reaches_what_breadth_first_search_reaches(
        edges in prop::collection::vec((0_u32..20, 0_u32..20), 3..60),
    ) {
        let store = store(&edges);
        let snapshot = store.snapshot();
        let to = [id(&snapshot, "to")];
        let start = id(&snapshot, &format!("n{}", edges[0].0));
        let graph = EdgeGraph::new(&snapshot, &to);
        let up: BTreeSet<_> = Bfs::new(graph, start).iter(graph).collect();
        let reversed = Reversed(graph);
        let down: BTreeSet<_> = Bfs::new(reversed, start).iter(reversed).collect();
        for (direction, expected) in [(Direction::Up, &up), (Direction::Down, &down)] {
            let found = walk(&snapshot, &[start], &to, direction, Limits::default());
            prop_assert!(!found.partial);
            prop_assert_eq!(found.nodes.len(), expected.len());
            prop_assert_eq!(&found.nodes.iter().map(|node| node.id).collect::<BTreeSet<_>>(), expected);
            let distinct: BTreeSet<_> = found.edges.iter().collect();
            prop_assert_eq!(distinct.len(), found.edges.len());
            let cut = Limits { max_hops: 64, max_nodes: expected.len() - 1 };
            let fewer = walk(&snapshot, &[start], &to, direction, cut);
            prop_assert!(fewer.partial);
            prop_assert_eq!(fewer.nodes.len(), expected.len() - 1);
            for node in &found.nodes {
                let near = Limits { max_hops: node.hops, max_nodes: 1000 };
                let near = walk(&snapshot, &[start], &to, direction, near);
                prop_assert_eq!(near.partial, near.nodes.len() < expected.len());
            }
        }
        let all = walk(&snapshot, &[start], &to, Direction::Up, Limits::default());
        let sub: Vec<_> = all.edges.iter().map(|edge| (edge.subject.index() as u32, edge.object.index() as u32)).collect();
        let copy = petgraph::graph::DiGraph::<(), ()>::from_edges(&sub);
        prop_assert_eq!(all.cycles, petgraph::algo::is_cyclic_directed(&copy));
    }

    #[test]
    fn paths_are_the_shortest_simple_ones(edges in prop::collection::vec((0_u32..8, 0_u32..8), 3..25)) {
        let store = store(&edges);
        let snapshot = store.snapshot();
        let to = [id(&snapshot, "to")];
        let (from, goal) = (id(&snapshot, &format!("n{}", edges[0].0)), id(&snapshot, &format!("n{}", edges[1].1)));
        prop_assume!(from != goal);
        let (found, partial) = paths(&snapshot, from, goal, &to, Direction::Up, 10_000, Limits::default());
        prop_assert!(!partial);
        let mut copy = petgraph::graphmap::DiGraphMap::<TermId, ()>::new();
        for (a, b) in &edges {
            copy.add_edge(id(&snapshot, &format!("n{a}")), id(&snapshot, &format!("n{b}")), ());
        }
        let expected: BTreeSet<Vec<TermId>> =
            petgraph::algo::all_simple_paths::<Vec<_>, _, std::hash::RandomState>(&copy, from, goal, 0, None).collect();
        prop_assert_eq!(found.iter().map(|path| path.nodes.clone()).collect::<BTreeSet<_>>(), expected);
        prop_assert!(found.windows(2).all(|pair| pair[0].nodes.len() <= pair[1].nodes.len()));
        prop_assert!(found.iter().all(|path| path.edges.len() + 1 == path.nodes.len()));
        let (first, partial) = paths(&snapshot, from, goal, &to, Direction::Up, 1, Limits::default());
        prop_assert_eq!(first.first(), found.first());
        prop_assert!(!partial);
    }
}

#[test]
fn a_chain_with_a_cycle_and_a_literal() {
    let store = Store::in_memory();
    let says = vec![
        link("report", "derived", "orders"),
        link("orders", "derived", "raw"),
        link("raw", "derived", "orders"),
        fact("orders", "derived", Literal::from("not a node")),
        link("orders", "other", "elsewhere"),
    ];
    store.commit(replace("a", says)).unwrap();
    let snapshot = store.snapshot();
    let derived = [id(&snapshot, "derived")];
    let start = id(&snapshot, "report");
    let found = walk(
        &snapshot,
        &[start],
        &derived,
        Direction::Up,
        Limits::default(),
    );
    let ids: Vec<_> = found.nodes.iter().map(|node| node.id).collect();
    assert_eq!(names(&snapshot, &ids), ["report", "orders", "raw"]);
    assert_eq!(
        found.nodes.iter().map(|node| node.hops).collect::<Vec<_>>(),
        [0, 1, 2]
    );
    assert!(found.cycles && !found.partial);
    assert_eq!(found.edges.len(), 3);
    let near = walk(
        &snapshot,
        &[start],
        &derived,
        Direction::Up,
        Limits {
            max_hops: 1,
            max_nodes: 10,
        },
    );
    assert!(near.partial && !near.cycles);
    let (down, _) = paths(
        &snapshot,
        id(&snapshot, "raw"),
        start,
        &derived,
        Direction::Down,
        3,
        Limits::default(),
    );
    assert_eq!(
        names(&snapshot, &down[0].nodes),
        ["raw", "orders", "report"]
    );
    let limits = Limits {
        max_hops: 1,
        max_nodes: 10,
    };
    let (none, partial) = paths(
        &snapshot,
        start,
        id(&snapshot, "raw"),
        &derived,
        Direction::Up,
        3,
        limits,
    );
    assert!(none.is_empty() && partial, "a limit in the way is reported");
}
