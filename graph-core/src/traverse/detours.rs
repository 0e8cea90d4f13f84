//! Yen's algorithm over numbered nodes, with lower bounds in place of most of its searches.

use std::cmp::Reverse;

use super::Limits;
use super::cycles::Arcs;
use super::paths::Smallest;

/// Arcs looked at before a search for paths gives up.
const WORK_MAX: u64 = 1 << 25;

/// All paths that share their first nodes with a path found before and then go elsewhere.
struct Branch {
    /// The path it leaves, among those found.
    parent: usize,
    /// The place of the node at which it leaves.
    at: usize,
    /// Where it must not go next: other branches cover that.
    closed: Vec<u32>,
}

enum Candidate {
    /// The length is a lower bound.
    Open(Branch),
    /// A path of exactly the length, and the branch that it is the shortest of.
    Found(Vec<u32>, Branch),
}

/// The paths from a node to node 0, shortest first.
pub(super) struct Detours<'a> {
    arcs: &'a Arcs,
    /// From each node to node 0.
    distance: &'a [u32],
    max_hops: u32,
    found: Vec<Vec<u32>>,
    candidates: Vec<Option<Candidate>>,
    queue: Smallest<(u32, usize)>,
    /// The place of each node on the path at hand, by a mark that is newer for each path.
    place: Vec<(u32, u32)>,
    mark: u32,
    reached: Vec<(u32, u32)>,
    before: Vec<u32>,
    search: u32,
    work: u64,
    cut: bool,
}

impl<'a> Detours<'a> {
    pub(super) fn new(arcs: &'a Arcs, distance: &'a [u32], start: u32, limits: Limits) -> Self {
        let nodes = distance.len();
        let mut detours = Self {
            arcs,
            distance,
            max_hops: limits.max_hops,
            // What every branch of the first path has in common.
            found: vec![vec![start]],
            candidates: Vec::new(),
            queue: Smallest::new(),
            place: vec![(0, 0); nodes],
            mark: 0,
            reached: vec![(0, 0); nodes],
            before: vec![0; nodes],
            search: 0,
            work: 0,
            cut: false,
        };
        let whole = Branch {
            parent: 0,
            at: 0,
            closed: Vec::new(),
        };
        let bound = distance[start as usize];
        detours.push(bound, Candidate::Open(whole));
        detours
    }

    /// True when a path longer than the limit was left out.
    pub(super) fn cut(&self) -> bool {
        self.cut
    }

    /// True when the work became too much.
    pub(super) fn gave_up(&self) -> bool {
        self.work > WORK_MAX
    }

    /// Finds the next path.
    pub(super) fn next_path(&mut self) -> Option<Vec<u32>> {
        while let Some(Reverse((bound, number))) = self.queue.pop() {
            if self.gave_up() || self.cut && bound > self.max_hops {
                return None;
            }
            match self.candidates[number].take()? {
                Candidate::Found(path, branch) => {
                    self.branch_off(&path, branch);
                    return Some(path);
                }
                Candidate::Open(branch) => {
                    let Some(path) = self.shortest(&branch) else {
                        continue;
                    };
                    let length = path.len() as u32 - 1;
                    if length > self.max_hops {
                        self.cut = true;
                        continue;
                    }
                    if length == bound {
                        self.branch_off(&path, branch);
                        return Some(path);
                    }
                    self.push(length, Candidate::Found(path, branch));
                }
            }
        }
        None
    }

    fn push(&mut self, length: u32, candidate: Candidate) {
        self.queue.push(Reverse((length, self.candidates.len())));
        self.candidates.push(Some(candidate));
    }

    /// Divides what is left of a branch, without the path that it gave, into new branches.
    fn branch_off(&mut self, path: &[u32], branch: Branch) {
        let parent = self.found.len();
        self.found.push(path.to_vec());
        self.mark += 1;
        for (place, &node) in (0..).zip(path) {
            self.place[node as usize] = (self.mark, place);
        }
        let first = branch.at;
        let mut closed = branch.closed;
        for at in first..path.len() - 1 {
            closed.push(path[at + 1]);
            if let Some(bound) = self.bound(path[at], at as u32, &closed) {
                self.push(
                    bound,
                    Candidate::Open(Branch {
                        parent,
                        at,
                        closed: std::mem::take(&mut closed),
                    }),
                );
            }
            closed.clear();
        }
    }

    /// The least length of a path that leaves the path at hand at this place.
    fn bound(&mut self, node: u32, at: u32, closed: &[u32]) -> Option<u32> {
        let arcs = self.arcs.of(node);
        self.work += arcs.len() as u64 + 1;
        let open = arcs.iter().filter(|to| {
            let (mark, place) = self.place[**to as usize];
            let is_before = mark == self.mark && place <= at;
            !is_before && !closed.contains(to)
        });
        let rest = open.map(|&to| self.distance[to as usize]).min()?;
        Some(at + 1 + rest)
    }

    /// Finds a shortest path of a branch: A*, where the distances without the branch's rules are the estimate.
    fn shortest(&mut self, branch: &Branch) -> Option<Vec<u32>> {
        self.search += 1;
        let mut path: Vec<u32> = self.found[branch.parent][..=branch.at].to_vec();
        for &node in &path {
            self.reached[node as usize] = (self.search, 0);
        }
        self.work += path.len() as u64;
        let leaves = *path.last()?;
        let mut open: Smallest<(u32, Reverse<u32>, u32)> = Smallest::new();
        let mut at = (leaves, path.len() as u32 - 1);
        loop {
            let (node, hops) = at;
            if node == 0 {
                break;
            }
            let arcs = self.arcs;
            for &to in arcs.of(node) {
                self.work += 1;
                let is_closed = node == leaves && branch.closed.contains(&to);
                let (search, known) = self.reached[to as usize];
                if is_closed || search == self.search && known <= hops + 1 {
                    continue;
                }
                self.reached[to as usize] = (self.search, hops + 1);
                self.before[to as usize] = node;
                let estimate = hops + 1 + self.distance[to as usize];
                open.push(Reverse((estimate, Reverse(hops + 1), to)));
            }
            if self.gave_up() {
                return None;
            }
            at = loop {
                let Reverse((_, Reverse(hops), node)) = open.pop()?;
                if self.reached[node as usize] == (self.search, hops) {
                    break (node, hops);
                }
            };
        }
        let mut rest = vec![0];
        let mut node = self.before[0];
        while node != leaves {
            rest.push(node);
            node = self.before[node as usize];
        }
        path.extend(rest.iter().rev());
        Some(path)
    }
}
