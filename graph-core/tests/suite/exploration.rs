//! Walks under rules, cycles, hard shapes of paths, and petgraph's algorithms as they are.

use std::collections::{BTreeMap, BTreeSet};

use graph_core::traverse::{
    Direction, EdgeGraph, Exploration, Limits, OpenTerrain, Pass, RankOptions, Terrain, cycles,
    explore, page_rank, paths, paths_over,
};
use graph_core::{Snapshot, Store, TermId};
use petgraph::visit::{
    Bfs, Dfs, EdgeRef, IntoEdgesDirected, NodeFiltered, Reversed, Topo, VisitMap, Visitable, Walker,
};
use proptest::prelude::*;

use crate::support::*;

const WIDE: Limits = Limits {
    max_hops: u32::MAX,
    max_nodes: usize::MAX,
};

fn graph(edges: impl IntoIterator<Item = (u32, u32)>) -> Store {
    let store = Store::in_memory();
    let says = edges
        .into_iter()
        .map(|(a, b)| link(&format!("n{a}"), "to", &format!("n{b}")));
    store.commit(replace("a", says.collect())).unwrap();
    store
}

fn id(snapshot: &Snapshot, name: &str) -> TermId {
    snapshot
        .id_of_iri(&format!("http://example.com/{name}"))
        .unwrap()
}

/// Rules by node number.
#[derive(Clone, Debug, Default)]
struct Rules {
    pass: BTreeMap<TermId, Pass>,
    twins: Vec<(TermId, TermId)>,
}

impl Rules {
    fn pass_of(&self, node: TermId) -> Pass {
        self.pass.get(&node).copied().unwrap_or(Pass::Keep)
    }

    fn twins_of(&self, node: TermId) -> BTreeSet<TermId> {
        let mut all = BTreeSet::from([node]);
        loop {
            let more: BTreeSet<TermId> = self
                .twins
                .iter()
                .filter(|(a, b)| all.contains(a) || all.contains(b))
                .flat_map(|(a, b)| [*a, *b])
                .collect();
            if more.is_subset(&all) {
                return all;
            }
            all.extend(more);
        }
    }
}

impl Terrain for Rules {
    fn pass(&mut self, node: TermId) -> Pass {
        self.pass_of(node)
    }

    fn same(&mut self, node: TermId, found: &mut Vec<TermId>) {
        for (a, b) in &self.twins {
            if *a == node {
                found.push(*b);
            } else if *b == node {
                found.push(*a);
            }
        }
    }
}

/// Everything that can be reached under the rules, with no limit, by a walk that could not be simpler.
fn naive(edges: &[(TermId, TermId)], rules: &Rules, start: TermId, up: bool) -> BTreeSet<TermId> {
    let walkable = |node: TermId| node == start || rules.pass_of(node) != Pass::Stop;
    let mut reached = rules.twins_of(start);
    loop {
        let before = reached.len();
        for (a, b) in edges {
            let (from, to) = if up { (a, b) } else { (b, a) };
            if reached.contains(from) && walkable(*from) && walkable(*to) {
                reached.extend(rules.twins_of(*to));
            }
        }
        if reached.len() == before {
            break;
        }
    }
    reached.retain(|node| *node == start || rules.pass_of(*node) == Pass::Keep);
    reached
}

fn ids(found: &Exploration) -> BTreeSet<TermId> {
    found.nodes.iter().map(|node| node.id).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_walk_under_rules_is_partial_exactly_when_something_is_left_out(
        edges in prop::collection::vec((0_u32..16, 0_u32..16), 3..40),
        rules in prop::collection::vec((0_u32..16, 0_u8..3), 0..10),
        twins in prop::collection::vec((0_u32..16, 0_u32..16), 0..4),
        max_hops in 0_u32..6,
        max_nodes in 1_usize..18,
    ) {
        let store = graph(edges.iter().copied());
        let snapshot = store.snapshot();
        let known = |n: u32| snapshot.id_of_iri(&format!("http://example.com/n{n}"));
        let pass = |pass| match pass { 0 => Pass::Keep, 1 => Pass::Through, _ => Pass::Stop };
        let rules = Rules {
            pass: rules.iter().filter_map(|(n, p)| Some((known(*n)?, pass(*p)))).collect(),
            twins: twins.iter().filter_map(|(a, b)| Some((known(*a)?, known(*b)?))).collect(),
        };
        let numbered: Vec<_> = edges.iter().filter_map(|(a, b)| Some((known(*a)?, known(*b)?))).collect();
        let (start, to) = (numbered[0].0, [id(&snapshot, "to")]);
        let walk = |direction, limits| {
            explore(&snapshot, &mut rules.clone(), &[start], &to, direction, limits)
        };
        let (up, down) = (naive(&numbered, &rules, start, true), naive(&numbered, &rules, start, false));
        let both: BTreeSet<_> = up.union(&down).copied().collect();
        for (direction, expected) in [(Direction::Up, up), (Direction::Down, down), (Direction::Both, both)] {
            let whole = walk(direction, WIDE);
            prop_assert_eq!(ids(&whole), expected.clone());
            prop_assert!(!whole.partial);
            let cut = walk(direction, Limits { max_hops, max_nodes });
            prop_assert!(cut.nodes.len() <= max_nodes);
            prop_assert!(cut.nodes.iter().all(|node| node.hops <= max_hops));
            prop_assert_eq!(cut.partial, ids(&cut) != expected);
            prop_assert!(cut.nodes.windows(2).all(|pair| pair[0].hops <= pair[1].hops));
            let near = walk(direction, Limits { max_hops, ..WIDE });
            let expected_near: BTreeSet<_> =
                whole.nodes.iter().filter(|node| node.hops <= max_hops).map(|node| node.id).collect();
            prop_assert_eq!(ids(&near), expected_near);
            for found in [&whole, &cut, &near] {
                let shown = ids(found);
                prop_assert!(found.links.iter().all(|link| shown.contains(&link.subject) && shown.contains(&link.object)));
                prop_assert!(found.nodes.iter().all(|node| node.same_as.is_none_or(|first| shown.contains(&first))));
            }
        }
    }

    #[test]
    fn cycles_are_the_strongly_connected_parts(edges in prop::collection::vec((0_u32..14, 0_u32..14), 1..40)) {
        let store = graph(edges.iter().copied());
        let snapshot = store.snapshot();
        let name = |n: u32| id(&snapshot, &format!("n{n}"));
        let numbered: Vec<_> = edges.iter().map(|(a, b)| (name(*a), name(*b))).collect();
        let found = cycles(numbered.iter().copied());
        let copy = petgraph::graphmap::DiGraphMap::<TermId, ()>::from_edges(&numbered);
        let expected: BTreeSet<Vec<TermId>> = petgraph::algo::tarjan_scc(&copy)
            .into_iter()
            .filter(|part| part.len() > 1 || copy.contains_edge(part[0], part[0]))
            .map(|mut part| { part.sort_unstable(); part })
            .collect();
        prop_assert_eq!(found.iter().map(|cycle| cycle.nodes.clone()).collect::<BTreeSet<_>>(), expected);
        for cycle in &found {
            let mut round = cycle.along.clone();
            prop_assert_eq!(round[0], cycle.nodes[0]);
            round.push(round[0]);
            prop_assert!(round.windows(2).all(|step| copy.contains_edge(step[0], step[1])));
            prop_assert!(cycle.along.iter().all(|node| cycle.nodes.contains(node)));
            prop_assert_eq!(cycle.along.iter().collect::<BTreeSet<_>>().len(), cycle.along.len());
        }
    }
}

#[test]
fn petgraphs_algorithms_run_as_they_are() {
    // 0 -> 1 -> 3, 0 -> 2 -> 3, 3 -> 4.
    let store = graph([(0, 1), (0, 2), (1, 3), (2, 3), (3, 4)]);
    let snapshot = store.snapshot();
    let to = [id(&snapshot, "to")];
    let n: Vec<TermId> = (0..5).map(|n| id(&snapshot, &format!("n{n}"))).collect();
    let graph = EdgeGraph::new(&snapshot, &to);
    assert_eq!(Bfs::new(graph, n[0]).iter(graph).count(), 5);
    assert_eq!(Dfs::new(graph, n[1]).iter(graph).count(), 3);
    let back = Reversed(graph);
    assert_eq!(Dfs::new(back, n[3]).iter(back).count(), 4);
    let place = |order: &[TermId], node| order.iter().position(|it| *it == node).unwrap();
    let sorted = petgraph::algo::toposort(graph, None).unwrap();
    let topo: Vec<TermId> = Topo::new(graph).iter(graph).collect();
    for order in [&sorted, &topo] {
        for (a, b) in [(0, 1), (0, 2), (1, 3), (2, 3), (3, 4)] {
            assert!(place(order, n[a]) < place(order, n[b]), "{a} before {b}");
        }
    }
    let parts = petgraph::algo::tarjan_scc(graph);
    assert_eq!(parts.len(), snapshot.term_bound(), "there is no cycle");
    let distances = petgraph::algo::dijkstra(graph, n[0], None, |_| 1_u32);
    assert_eq!(distances[&n[4]], 3);
    let incoming: BTreeSet<TermId> = graph
        .edges_directed(n[3], petgraph::Direction::Incoming)
        .map(|edge| edge.source())
        .collect();
    assert_eq!(incoming, BTreeSet::from([n[1], n[2]]));
    let without: NodeFiltered<_, _> = NodeFiltered::from_fn(graph, |node| node != n[3]);
    assert_eq!(Dfs::new(&without, n[0]).iter(&without).count(), 3);
    let theirs = petgraph::algo::page_rank(graph, 0.85_f64, 20);
    let best =
        |ranks: &[f64]| (0..5).max_by(|a, b| ranks[n[*a].index()].total_cmp(&ranks[n[*b].index()]));
    assert_eq!(best(&theirs), Some(4));
}

#[test]
fn page_rank_agrees_with_a_plain_matrix() {
    let edges: [(usize, usize); 6] = [(0, 1), (0, 2), (1, 2), (2, 0), (3, 2), (3, 4)];
    let store = graph(edges.map(|(a, b)| (a as u32, b as u32)));
    let snapshot = store.snapshot();
    let to = [id(&snapshot, "to")];
    let options = RankOptions {
        rounds: 200,
        tolerance: 0.0,
        ..RankOptions::default()
    };
    let ranks = page_rank(&snapshot, &to, |_| 1.0, options);
    let mut expected = [0.2_f64; 5];
    for _ in 0..200 {
        let mut next = [0.0; 5];
        for (at, rank) in expected.into_iter().enumerate() {
            let out: Vec<_> = edges.iter().filter(|(from, _)| *from == at).collect();
            for (_, target) in &out {
                next[*target] += rank / out.len() as f64;
            }
            if out.is_empty() {
                next = next.map(|so_far| so_far + rank / 5.0);
            }
        }
        expected = next.map(|rank| 0.85 * rank + 0.15 / 5.0);
    }
    for (at, expected) in expected.into_iter().enumerate() {
        let node = id(&snapshot, &format!("n{at}"));
        let rank = ranks.get(node).unwrap();
        assert!(
            (rank.rank - expected).abs() < 1e-9,
            "{at}: {rank:?} {expected}"
        );
        let incoming = edges.iter().filter(|(_, to)| *to == at).count();
        assert_eq!(rank.incoming as usize, incoming);
    }
    assert_eq!(ranks.get(to[0]), None);
    assert!((ranks.iter().map(|(_, rank)| rank).sum::<f64>() - 1.0).abs() < 1e-9);
}

#[test]
fn a_chain_of_a_hundred_thousand_is_walked_without_recursion() {
    let length = 100_000;
    let store = graph(
        (0..length)
            .map(|n| (n, n + 1))
            .chain([(length, length - 1)]),
    );
    let snapshot = store.snapshot();
    let to = [id(&snapshot, "to")];
    let (first, last) = (id(&snapshot, "n0"), id(&snapshot, "n100000"));
    let found = explore(
        &snapshot,
        &mut OpenTerrain,
        &[first],
        &to,
        Direction::Up,
        WIDE,
    );
    assert_eq!(found.nodes.len(), 100_001);
    assert_eq!(found.cycles.len(), 1);
    assert_eq!(found.cycles[0].nodes.len(), 2);
    let (ways, partial) = paths(&snapshot, first, last, &to, Direction::Up, 3, WIDE);
    assert_eq!((ways.len(), partial), (1, false));
    assert_eq!(ways[0].edges.len(), 100_000);
}

#[test]
fn a_ladder_of_ten_thousand_rungs_gives_its_shortest_paths() {
    // At each rung two ways of equal length: 2^10,000 paths, of which three are asked for.
    let rungs = 10_000;
    let edges = (0..rungs).flat_map(|n| {
        let (from, left, right, to) = (3 * n, 3 * n + 1, 3 * n + 2, 3 * n + 3);
        [(from, left), (from, right), (left, to), (right, to)]
    });
    let store = graph(edges);
    let snapshot = store.snapshot();
    let to = [id(&snapshot, "to")];
    let (first, last) = (id(&snapshot, "n0"), id(&snapshot, "n30000"));
    let (ways, partial) = paths(&snapshot, first, last, &to, Direction::Up, 3, WIDE);
    assert!(!partial);
    assert!(ways.iter().all(|way| way.edges.len() == 20_000));
    let distinct: BTreeSet<_> = ways.iter().map(|way| way.nodes.clone()).collect();
    assert_eq!(distinct.len(), 3);
    let again = paths(&snapshot, first, last, &to, Direction::Up, 3, WIDE);
    assert_eq!(again.0, ways);
}

#[test]
fn a_hub_of_a_hundred_thousand_edges_is_walked_once() {
    let spokes = 100_000;
    let store = graph((1..=spokes).flat_map(|n| [(0, n), (n, spokes + 1)]));
    let snapshot = store.snapshot();
    let to = [id(&snapshot, "to")];
    let (hub, rim) = (id(&snapshot, "n0"), id(&snapshot, "n100001"));
    let few = Limits {
        max_hops: 3,
        max_nodes: 50,
    };
    let found = explore(&snapshot, &mut OpenTerrain, &[hub], &to, Direction::Up, few);
    assert!(found.partial && found.nodes.len() == 50);
    let (ways, partial) = paths(&snapshot, hub, rim, &to, Direction::Up, 5, WIDE);
    assert_eq!((ways.len(), partial), (5, false));
    assert!(ways.iter().all(|way| way.edges.len() == 2));
}

#[test]
fn a_thicket_with_one_way_out_does_not_hide_that_there_is_one_path() {
    // From 0 to 1 and on to 2; 1 also leads into a thicket in which everything leads to everything and back to 1 only.
    let thicket = (10..40).flat_map(|a| (10..40).map(move |b| (a, b)));
    let edges = [(0, 1), (1, 2), (1, 10), (10, 1)]
        .into_iter()
        .chain(thicket);
    let store = graph(edges);
    let snapshot = store.snapshot();
    let to = [id(&snapshot, "to")];
    let ends = (id(&snapshot, "n0"), id(&snapshot, "n2"));
    let (ways, partial) = paths(&snapshot, ends.0, ends.1, &to, Direction::Up, 3, WIDE);
    assert_eq!((ways.len(), partial), (1, false));
}

#[test]
fn a_path_crosses_what_two_sources_call_by_two_names() {
    let store = graph([(0, 1), (2, 3)]);
    let snapshot = store.snapshot();
    let to = [id(&snapshot, "to")];
    let n: Vec<TermId> = (0..4).map(|n| id(&snapshot, &format!("n{n}"))).collect();
    let mut rules = Rules {
        twins: vec![(n[1], n[2])],
        ..Rules::default()
    };
    let ends = (n[0], n[3]);
    let up = Direction::Up;
    let (ways, _) = paths_over(&snapshot, &mut rules, ends, &to, up, 2, WIDE);
    assert_eq!(ways.len(), 1);
    assert_eq!(ways[0].edges.len(), 2);
    assert_eq!(ways[0].nodes.len(), 3);
    assert!(paths(&snapshot, n[0], n[3], &to, up, 2, WIDE).0.is_empty());
}

#[test]
fn a_visit_map_is_right_before_and_after_it_turns_into_bits() {
    let store = graph((0..5_000).map(|n| (n, n + 1)));
    let snapshot = store.snapshot();
    let to = [id(&snapshot, "to")];
    let graph = EdgeGraph::new(&snapshot, &to);
    let mut map = graph.visit_map();
    let nodes: Vec<TermId> = (0..=5_000)
        .map(|n| id(&snapshot, &format!("n{n}")))
        .collect();
    for (at, node) in nodes.iter().enumerate() {
        assert!(!map.is_visited(node));
        assert!(map.visit(*node) && !map.visit(*node), "{at}");
        assert!(
            nodes[..=at]
                .iter()
                .step_by(97)
                .all(|seen| map.is_visited(seen))
        );
    }
    assert!(map.unvisit(nodes[7]) && !map.is_visited(&nodes[7]) && !map.unvisit(nodes[7]));
    graph.reset_map(&mut map);
    assert!(nodes.iter().all(|node| !map.is_visited(node)));
}
