//! What a change touches through meaning, and what something rests on.
//!
//! From a column the search goes to its dataset, to what is made from either, to the metrics computed from them, the
//! terms they carry, the products that offer or read them, the contracts that promise them, the policies that govern
//! them and the people who answer for them. Which statement carries impact which way is the table in `impact/plan.rs`.

use std::collections::VecDeque;

use graph_core::TermId;
use graph_core::traverse::Limits;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::entity::Entity;
use crate::kind::EntityKind;
use crate::lineage::Twins;
use crate::model::Model;

mod plan;

pub use plan::Flow;
use plan::{Mode, Reach, Rule};

/// States of a search at most; one that meets more says that it is partial.
const STATES_MAX: usize = 2_000_000;

/// What is asked of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Question {
    /// What breaks, or has to be thought of, when it changes.
    #[default]
    Impact,
    /// What it rests on: by changing, this would change it.
    Foundations,
}

/// How hard a change arrives; the weakest step on the way decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It is made from what changes: it may stop working or change its values.
    Breaks,
    /// It means, offers, promises or governs what changes.
    Affects,
    /// It has to know.
    Informs,
}

/// What an impacted thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// An entity of this kind.
    Kind(EntityKind),
    /// A policy.
    Policy,
    /// Something on the way, such as a schema or a port, which is not shown.
    Part,
}

/// One statement on the way to an impacted thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Where the step begins.
    pub from: TermId,
    /// The predicate of the statement.
    pub predicate: TermId,
    /// Where the step ends.
    pub to: TermId,
    /// Whether the step goes from subject to object.
    pub flow: Flow,
}

/// Something that a change reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Impacted {
    /// The thing.
    pub id: TermId,
    /// What it is.
    pub place: Place,
    /// How hard the change arrives, by the hardest way.
    pub severity: Severity,
    /// Shown things on that way, itself included.
    pub hops: u32,
    /// The statements on that way, from the entity asked about.
    pub why: Vec<Step>,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Impact {
    /// What is reached, the hardest first, then the nearest, then by kind and IRI; the entity itself is not among it.
    pub items: Vec<Impacted>,
    /// True when a limit kept something out that the plan leads to, and only then.
    ///
    /// One exception: a search that meets two million nodes gives up and says true.
    pub partial: bool,
}

/// Follows the plan from an entity, breadth first, within the limits; `max_nodes` counts what is shown.
pub fn search(entity: Entity<'_>, question: Question, limits: Limits) -> Impact {
    let model = entity.model();
    let plan = match question {
        Question::Impact => plan::IMPACT,
        Question::Foundations => plan::FOUNDATIONS,
    };
    let rules = plan.iter().filter_map(|rule| {
        let predicate = model.graph().id_of_iri(rule.predicate)?;
        Some((predicate, *rule))
    });
    let mut search = Search {
        model,
        rules: rules.collect(),
        limits,
        root: entity.id(),
        of_column: entity.kind() == Some(EntityKind::Column),
        places: FxHashMap::default(),
        states: Vec::new(),
        seen: FxHashSet::default(),
        queue: VecDeque::new(),
        twins: [Twins::new(model), Twins::new(model), Twins::new(model)],
        shown: FxHashMap::default(),
        left_out: FxHashSet::default(),
        gave_up: false,
    };
    search.run();
    search.finish()
}

/// A node on the way, how it was come to, and how hard the change is there.
#[derive(Clone, Copy)]
struct State {
    node: TermId,
    place: Place,
    mode: Mode,
    severity: Severity,
    hops: u32,
    before: Option<(usize, TermId, Flow)>,
}

impl State {
    fn is_shown(&self) -> bool {
        self.mode == Mode::Full && self.place != Place::Part
    }
}

struct Search<'m> {
    model: &'m Model<'m>,
    rules: Vec<(TermId, Rule)>,
    limits: Limits,
    root: TermId,
    of_column: bool,
    places: FxHashMap<TermId, Place>,
    states: Vec<State>,
    seen: FxHashSet<(TermId, Mode, Severity)>,
    /// States by hops: what is not shown costs none and goes to the front.
    queue: VecDeque<usize>,
    /// The twins named already, for each severity.
    twins: [Twins<'m>; 3],
    /// The best state of each shown node.
    shown: FxHashMap<TermId, usize>,
    /// What a limit kept out when it was come to.
    left_out: FxHashSet<TermId>,
    gave_up: bool,
}

impl Search<'_> {
    fn run(&mut self) {
        let place = self.place(self.root);
        self.push(State {
            node: self.root,
            place,
            mode: Mode::Full,
            severity: Severity::Breaks,
            hops: 0,
            before: None,
        });
        while let Some(at) = self.queue.pop_front() {
            if self.states.len() > STATES_MAX {
                self.gave_up = true;
                return;
            }
            self.step_to_twins(at);
            self.step_by_rules(at);
        }
    }

    fn step_by_rules(&mut self, at: usize) {
        let state = self.states[at];
        let model = self.model;
        for place in 0..self.rules.len() {
            let (predicate, rule) = self.rules[place];
            if rule.mode.0 != state.mode
                || !rule.from.contains(&state.place)
                || rule.reach == Reach::Root && state.hops > 0
            {
                continue;
            }
            let next = match rule.flow {
                Flow::Along => model.objects(state.node, Some(predicate)),
                Flow::Against => model.subjects(Some(predicate), state.node),
            };
            let own = match rule.reach {
                Reach::Coarse if self.of_column => rule.severity.max(Severity::Affects),
                _ => rule.severity,
            };
            for node in next {
                if model.is_literal(node) {
                    continue;
                }
                let place = self.place(node);
                if !rule.to.contains(&place) {
                    continue;
                }
                let is_shown = rule.mode.1 == Mode::Full && place != Place::Part;
                self.push(State {
                    node,
                    place,
                    mode: rule.mode.1,
                    severity: state.severity.max(own),
                    hops: state.hops + u32::from(is_shown),
                    before: Some((at, predicate, rule.flow)),
                });
            }
        }
    }

    /// Goes to what another source calls by another name, which is no hop.
    fn step_to_twins(&mut self, at: usize) {
        let state = self.states[at];
        if !state.is_shown() {
            return;
        }
        let mut found = Vec::new();
        self.twins[state.severity as usize].add(state.node, &mut found);
        let words = self.model.words();
        for node in found {
            let graph = self.model.graph();
            let said = |subject, object| {
                words
                    .same_as
                    .filter(|word| graph.has(subject, *word, object))
            };
            let tie = said(state.node, node)
                .map(|word| (word, Flow::Along))
                .or_else(|| said(node, state.node).map(|word| (word, Flow::Against)))
                .or_else(|| words.qualified_name.map(|word| (word, Flow::Along)));
            let Some((predicate, flow)) = tie else {
                continue;
            };
            let place = self.place(node);
            self.push(State {
                node,
                place,
                before: Some((at, predicate, flow)),
                ..state
            });
        }
    }

    /// Comes to a node, unless it was come to as hard before.
    fn push(&mut self, state: State) {
        let harder = [Severity::Breaks, Severity::Affects, Severity::Informs];
        let known = harder
            .into_iter()
            .take_while(|severity| *severity <= state.severity)
            .any(|severity| self.seen.contains(&(state.node, state.mode, severity)));
        if known {
            return;
        }
        let is_shown = state.is_shown();
        if is_shown {
            let is_new = !self.shown.contains_key(&state.node);
            if state.hops > self.limits.max_hops || is_new && self.is_full() {
                // One that is shown already leads on to what it led to before.
                if is_new {
                    self.left_out.insert(state.node);
                }
                return;
            }
            self.shown.insert(state.node, self.states.len());
        }
        self.seen.insert((state.node, state.mode, state.severity));
        let costs = is_shown
            && state
                .before
                .is_some_and(|(before, ..)| self.states[before].hops < state.hops);
        if costs {
            self.queue.push_back(self.states.len());
        } else {
            self.queue.push_front(self.states.len());
        }
        self.states.push(state);
    }

    /// The entity asked about is not counted.
    fn is_full(&self) -> bool {
        !self.shown.is_empty() && self.shown.len() > self.limits.max_nodes
    }

    fn place(&mut self, node: TermId) -> Place {
        if let Some(place) = self.places.get(&node) {
            return *place;
        }
        let model = self.model;
        let place = match model.kind_of(node) {
            Some(kind) => Place::Kind(kind),
            None if is_policy(model.entity_of(node)) => Place::Policy,
            None => Place::Part,
        };
        self.places.insert(node, place);
        place
    }

    fn finish(mut self) -> Impact {
        // What was too far by one way may have been come to by another.
        let left_out = |node| !self.shown.contains_key(node);
        let partial = self.gave_up || self.left_out.iter().any(left_out);
        self.shown.remove(&self.root);
        let graph = self.model.graph();
        let mut items: Vec<Impacted> = self
            .shown
            .iter()
            .map(|(&id, &at)| {
                let state = self.states[at];
                Impacted {
                    id,
                    place: state.place,
                    severity: state.severity,
                    hops: state.hops,
                    why: self.way_to(at),
                }
            })
            .collect();
        items
            .sort_by_cached_key(|item| (item.severity, item.hops, item.place, graph.text(item.id)));
        Impact { items, partial }
    }

    fn way_to(&self, mut at: usize) -> Vec<Step> {
        let mut steps = Vec::new();
        while let Some((before, predicate, flow)) = self.states[at].before {
            steps.push(Step {
                from: self.states[before].node,
                predicate,
                to: self.states[at].node,
                flow,
            });
            at = before;
        }
        steps.reverse();
        steps
    }
}

/// Whether something without a view of its own is a policy: by its class, or because data is said to be under it.
fn is_policy(entity: Entity<'_>) -> bool {
    use ontologies::odrl;
    let classes = [odrl::POLICY, odrl::SET, odrl::OFFER, odrl::AGREEMENT];
    !entity
        .subjects(entity.model().words().has_policy)
        .is_empty()
        || entity
            .types()
            .iter()
            .any(|class| classes.contains(&class.as_str()))
}
