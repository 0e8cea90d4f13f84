//! Runs the operations of a request, one after the other.

use std::time::Instant;

use oxrdf::{BlankNode, NamedNode, NamedOrBlankNode, Term, Triple};
use rustc_hash::FxHashMap;
use spargebra::algebra::{GraphPattern, GraphTarget, QueryDataset};
use spargebra::term::{GraphName, Quad, QuadPattern};

use super::draft::Draft;
use super::steps::{Step, Transfer};
use super::template::{Filling, Target, variables};
use super::{Update, UpdateOptions};
use crate::commit::Commit;
use crate::error::{Budget, Error, Result};
use crate::names::SourceName;
use crate::snapshot::Snapshot;
use crate::sparql::{Query, QueryResults};

pub(super) fn run(
    update: &Update,
    snapshot: &Snapshot,
    options: &UpdateOptions,
) -> Result<Vec<Commit>> {
    let mut runner = Runner {
        draft: Draft::new(snapshot, options),
        options,
        base: update.base.as_ref(),
        started: Instant::now(),
    };
    for step in &update.steps {
        runner.check()?;
        runner.step(step)?;
    }
    runner.check()?;
    Ok(runner.draft.commits())
}

struct Runner<'a> {
    draft: Draft<'a>,
    options: &'a UpdateOptions,
    base: Option<&'a NamedNode>,
    started: Instant,
}

impl Runner<'_> {
    /// The whole request has one deadline, and one token.
    fn check(&self) -> Result<()> {
        if self.options.query.cancel.is_cancelled() {
            return Err(Error::Cancelled);
        }
        match self.options.query.deadline {
            Some(limit) if self.started.elapsed() >= limit => Err(Error::OverBudget {
                budget: Budget::Deadline(limit),
            }),
            _ => Ok(()),
        }
    }

    fn step(&mut self, step: &Step) -> Result<()> {
        match step {
            Step::Insert { data } => {
                let mut blanks = FxHashMap::default();
                for quad in data {
                    let source = self.source(&quad.graph_name)?;
                    let statement = self.renamed(quad, &mut blanks);
                    self.draft.write(&source, statement, true)?;
                }
                Ok(())
            }
            Step::Delete { data } => {
                for quad in data {
                    let source = self.source(&quad.graph_name)?;
                    self.draft.write(&source, plain(quad), false)?;
                }
                Ok(())
            }
            Step::Modify {
                delete,
                insert,
                using,
                pattern,
            } => self.modify(delete, insert, using.as_ref(), pattern),
            Step::Transfer {
                how,
                silent,
                from,
                to,
            } => self.transfer(*how, *silent, from, to),
            // Refused when it was parsed, unless it may fail.
            Step::Load { .. } => Ok(()),
            Step::Clear { silent, graph } => self.clear(*silent, graph, false),
            Step::Drop { silent, graph } => self.clear(*silent, graph, true),
            Step::Create { silent, graph } => {
                let source = named(graph)?;
                if !self.draft.exists(&source) {
                    return self.draft.create(&source);
                }
                let iri = graph.as_str().to_owned();
                silent.then_some(()).ok_or(Error::GraphExists { iri })
            }
        }
    }

    fn source(&self, graph: &GraphName) -> Result<SourceName> {
        match graph {
            GraphName::DefaultGraph => Ok(self.options.default_source.clone()),
            GraphName::NamedNode(node) => named(node),
        }
    }

    fn target(&self, target: Target) -> Result<SourceName> {
        match target {
            None => Ok(self.options.default_source.clone()),
            Some(node) => named(&node),
        }
    }

    /// Reads first, then removes, then adds.
    fn modify(
        &mut self,
        delete: &[QuadPattern],
        insert: &[QuadPattern],
        using: Option<&QueryDataset>,
        pattern: &GraphPattern,
    ) -> Result<()> {
        let variables = variables(delete.iter().chain(insert));
        let query = self.query(using, pattern, &variables);
        let mut options = self.options.query.clone();
        if let Some(limit) = options.deadline {
            options.deadline = Some(limit.saturating_sub(self.started.elapsed()));
        }
        let mut blanks = 0_u64;
        let (mut gone, mut made) = (Vec::new(), Vec::new());
        let max = self.options.max_written;
        let snapshot = self.draft.snapshot()?;
        let QueryResults::Solutions(rows) = snapshot.query(&query, &options)? else {
            return Ok(());
        };
        for row in rows {
            let row = row?;
            let mut filling = Filling::new(&variables, &row);
            // Only a name for now: the draft makes the node.
            let mut fresh = || {
                blanks += 1;
                BlankNode::new_unchecked(format!("{FRESH}{blanks}"))
            };
            for (templates, list) in [(delete, &mut gone), (insert, &mut made)] {
                for template in templates {
                    list.extend(filling.statement(template, &mut fresh));
                }
            }
            if (gone.len() + made.len()) as u64 > max {
                let budget = Budget::Written(max);
                return Err(Error::OverBudget { budget });
            }
        }
        self.check()?;
        let fresh: Vec<BlankNode> = (0..blanks).map(|_| self.draft.fresh()).collect();
        for (target, statement) in gone {
            let source = self.target(target)?;
            self.draft.write(&source, statement, false)?;
        }
        for (target, statement) in made {
            let source = self.target(target)?;
            self.draft
                .write(&source, with_fresh(statement, &fresh), true)?;
        }
        Ok(())
    }

    fn query(
        &mut self,
        using: Option<&QueryDataset>,
        pattern: &GraphPattern,
        variables: &[oxrdf::Variable],
    ) -> Query {
        let every = || {
            let names = self.draft.sources();
            names.iter().map(SourceName::graph_iri).collect()
        };
        let dataset = using.map(|using| QueryDataset {
            default: using.default.clone(),
            // WITH says nothing of the named graphs: all are seen.
            named: Some(using.named.clone().unwrap_or_else(every)),
        });
        let base = self.base.map(|base| base.as_str().to_owned());
        Query {
            searches: true,
            prepared: None,
            algebra: spargebra::Query::Select {
                dataset,
                pattern: GraphPattern::Project {
                    inner: Box::new(pattern.clone()),
                    variables: variables.to_vec(),
                },
                base_iri: base.and_then(|base| oxiri::Iri::parse(base).ok()),
            },
        }
    }

    fn transfer(
        &mut self,
        how: Transfer,
        silent: bool,
        from: &GraphName,
        to: &GraphName,
    ) -> Result<()> {
        let (source, target) = (self.source(from)?, self.source(to)?);
        let exists = self.draft.exists(&source);
        if let GraphName::NamedNode(node) = from
            && !exists
        {
            let iri = node.as_str().to_owned();
            return silent.then_some(()).ok_or(Error::UnknownGraph { iri });
        }
        // The default graph may be named as well.
        if source == target {
            return Ok(());
        }
        let content = self.draft.content(&source)?;
        match how {
            Transfer::Add => self.draft.create(&target)?,
            Transfer::Copy | Transfer::Move => self.draft.empty(&target)?,
        }
        for statement in content {
            self.draft.write(&target, statement, true)?;
        }
        if how == Transfer::Move && exists {
            self.draft.remove(&source)?;
        }
        Ok(())
    }

    fn clear(&mut self, silent: bool, graph: &GraphTarget, remove: bool) -> Result<()> {
        let default = self.options.default_source.clone();
        let chosen: Vec<SourceName> = match graph {
            GraphTarget::NamedNode(node) => {
                let source = named(node)?;
                if !self.draft.exists(&source) {
                    let iri = node.as_str().to_owned();
                    return silent.then_some(()).ok_or(Error::UnknownGraph { iri });
                }
                vec![source]
            }
            GraphTarget::DefaultGraph => {
                let exists = self.draft.exists(&default);
                exists.then_some(default).into_iter().collect()
            }
            GraphTarget::NamedGraphs => {
                let all = self.draft.sources().into_iter();
                all.filter(|source| *source != default).collect()
            }
            GraphTarget::AllGraphs => self.draft.sources(),
        };
        for source in chosen {
            if remove {
                self.draft.remove(&source)?;
            } else {
                self.draft.empty(&source)?;
            }
        }
        Ok(())
    }

    /// Gives the blank nodes of INSERT DATA names of their own.
    fn renamed(&mut self, quad: &Quad, names: &mut FxHashMap<BlankNode, BlankNode>) -> Triple {
        map_blanks(plain(quad), &mut |node| {
            let name = names.entry(node).or_insert_with(|| self.draft.fresh());
            name.clone()
        })
    }
}

/// Stands before the number of a blank node that a template makes; no label that a source gives has a space.
const FRESH: &str = "fresh ";

fn with_fresh(statement: Triple, fresh: &[BlankNode]) -> Triple {
    map_blanks(statement, &mut |node| {
        let number = node.as_str().strip_prefix(FRESH);
        let number = number.and_then(|number| number.parse::<usize>().ok());
        let made = number.and_then(|number| fresh.get(number.checked_sub(1)?));
        made.cloned().unwrap_or(node)
    })
}

fn map_blanks(triple: Triple, map: &mut dyn FnMut(BlankNode) -> BlankNode) -> Triple {
    let subject = match triple.subject {
        NamedOrBlankNode::BlankNode(node) => map(node).into(),
        subject @ NamedOrBlankNode::NamedNode(_) => subject,
    };
    let object = match triple.object {
        Term::BlankNode(node) => map(node).into(),
        Term::Triple(inner) => map_blanks(*inner, map).into(),
        object => object,
    };
    Triple {
        subject,
        predicate: triple.predicate,
        object,
    }
}

fn plain(quad: &Quad) -> Triple {
    Triple {
        subject: quad.subject.clone(),
        predicate: quad.predicate.clone(),
        object: quad.object.clone(),
    }
}

fn named(graph: &NamedNode) -> Result<SourceName> {
    SourceName::new(graph.as_str())
}
