//! Stops a running plan: joins are made to look up now and then.
//!
//! The library lets a plan go on only where it hands out a batch. A join whose condition refuses nearly all pairs hands out nothing for
//! hours, and neither a deadline nor a dropped stream reaches it. So the conditions of joins check a flag and the clock before each
//! slice of pairs, and joins yield to the runtime after each batch.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow::datatypes::{FieldRef, Schema};
use arrow::record_batch::RecordBatch;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::common::{DataFusionError, Result};
use datafusion::logical_expr::ColumnarValue;
use datafusion::physical_plan::coop::CooperativeExec;
use datafusion::physical_plan::joins::utils::JoinFilter;
use datafusion::physical_plan::joins::{
    HashJoinExec, NestedLoopJoinExec, NestedLoopJoinExecBuilder,
};
use datafusion::physical_plan::{ExecutionPlan, PhysicalExpr};
use tokio::time::Instant;

/// Tells the joins of one plan to stop. Dropping it stops them.
#[derive(Debug)]
pub(super) struct Stop(Arc<Signal>);

#[derive(Debug)]
struct Signal {
    stopped: AtomicBool,
    deadline: Option<Instant>,
}

impl Stop {
    pub(super) fn at(deadline: Option<Instant>) -> Self {
        Self(Arc::new(Signal {
            stopped: AtomicBool::new(false),
            deadline,
        }))
    }

    /// The same plan with joins that listen.
    pub(super) fn listen(&self, plan: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>> {
        plan.transform_up(|node| self.node(node)).data()
    }

    fn node(&self, node: Arc<dyn ExecutionPlan>) -> Result<Transformed<Arc<dyn ExecutionPlan>>> {
        if node.children().len() < 2 {
            return Ok(Transformed::no(node));
        }
        let node = if let Some(join) = node.downcast_ref::<NestedLoopJoinExec>() {
            let filter = join.filter().map(|filter| self.filter(filter));
            Arc::new(
                NestedLoopJoinExecBuilder::from(join)
                    .with_filter(filter)
                    .build()?,
            )
        } else if let Some(join) = node.downcast_ref::<HashJoinExec>() {
            let filter = join.filter().map(|filter| self.filter(filter));
            join.builder().with_filter(filter).build_exec()?
        } else {
            node
        };
        Ok(Transformed::yes(Arc::new(CooperativeExec::new(node))))
    }

    fn filter(&self, filter: &JoinFilter) -> JoinFilter {
        let condition = Checked {
            condition: Arc::clone(filter.expression()),
            signal: Arc::clone(&self.0),
        };
        JoinFilter::new(
            Arc::new(condition),
            filter.column_indices().to_vec(),
            Arc::clone(filter.schema()),
        )
    }
}

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.stopped.store(true, Ordering::Relaxed);
    }
}

/// A condition that is looked at only while the query may go on.
#[derive(Debug)]
struct Checked {
    condition: Arc<dyn PhysicalExpr>,
    signal: Arc<Signal>,
}

impl PartialEq for Checked {
    fn eq(&self, other: &Self) -> bool {
        self.condition.as_ref() == other.condition.as_ref()
            && Arc::ptr_eq(&self.signal, &other.signal)
    }
}

impl Eq for Checked {}

impl Hash for Checked {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.condition.hash(state);
    }
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.condition.fmt(f)
    }
}

impl PhysicalExpr for Checked {
    fn evaluate(&self, batch: &RecordBatch) -> Result<ColumnarValue> {
        let late = self
            .signal
            .deadline
            .is_some_and(|deadline| Instant::now() >= deadline);
        if late || self.signal.stopped.load(Ordering::Relaxed) {
            return Err(DataFusionError::External(Box::new(Stopped)));
        }
        self.condition.evaluate(batch)
    }

    fn return_field(&self, input_schema: &Schema) -> Result<FieldRef> {
        self.condition.return_field(input_schema)
    }

    fn children(&self) -> Vec<&Arc<dyn PhysicalExpr>> {
        vec![&self.condition]
    }

    fn with_new_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn PhysicalExpr>>,
    ) -> Result<Arc<dyn PhysicalExpr>> {
        let condition = children
            .into_iter()
            .next()
            .unwrap_or_else(|| Arc::clone(&self.condition));
        let signal = Arc::clone(&self.signal);
        Ok(Arc::new(Self { condition, signal }))
    }

    fn fmt_sql(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.condition.fmt_sql(f)
    }
}

/// What a join says when it is told to stop. Its caller knows why.
#[derive(Debug, thiserror::Error)]
#[error("the query was told to stop")]
pub(super) struct Stopped;
