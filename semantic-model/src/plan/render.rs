//! Prints a plan as SQL: the plan becomes a syntax tree of `sqlparser`, and the tree prints itself.
//!
//! No SQL is put together from strings: names are identifiers of the tree, which quotes them, values are literals of
//! the tree, which escapes them, and SQL of the layer or the query is a tree already, whose leaves are replaced.

mod aggregate;
mod equality;
mod literal;
mod scalar;
mod time;
mod tree;

use sqlparser::ast;

use super::dialect::Dialect;
use super::error::{PlanError, Reason};
use super::relation::{Block, BlockId, JoinKind, Plan, Rows, Source};
use scalar::Scope;

/// Prints a plan in a dialect.
///
/// # Errors
/// [`Reason::NotSupported`] where the dialect has no words for something in the plan.
pub fn render(plan: &Plan, dialect: Dialect) -> Result<String, PlanError> {
    Ok(tree(plan, dialect)?.to_string())
}

/// Returns the syntax tree of a plan in a dialect.
///
/// # Errors
/// As [`render`].
fn tree(plan: &Plan, dialect: Dialect) -> Result<ast::Query, PlanError> {
    let root = plan.root().ok_or_else(|| PlanError {
        reason: Reason::EmptyQuery,
        message: "the query asks for nothing".to_owned(),
        name: None,
        choices: Vec::new(),
    })?;
    Renderer::new(plan, dialect).whole(root)
}

/// Makes syntax trees of the blocks of a plan.
struct Renderer<'p> {
    plan: &'p Plan,
    dialect: Dialect,
    readers: Vec<u32>,
}

impl<'p> Renderer<'p> {
    fn new(plan: &'p Plan, dialect: Dialect) -> Self {
        Self {
            plan,
            dialect,
            readers: plan.readers(),
        }
    }

    /// The statement: blocks that several read first, by name, then the block with the answer.
    fn whole(&self, root: BlockId) -> Result<ast::Query, PlanError> {
        let mut shared = Vec::new();
        for (place, block) in self.plan.blocks().iter().enumerate() {
            if self.readers[place] > 1 {
                let query = self.query(block)?;
                shared.push(tree::named(self.shared_name(place), query));
            }
        }
        let mut query = self.query(self.plan.block(root))?;
        if !shared.is_empty() {
            query.with = Some(tree::with(shared));
        }
        Ok(query)
    }

    fn shared_name(&self, place: usize) -> ast::Ident {
        tree::quoted(self.dialect, &format!("shared_{place}"))
    }

    fn query(&self, block: &Block) -> Result<ast::Query, PlanError> {
        let aliases = self.aliases(block);
        let scope = Scope {
            dialect: self.dialect,
            aliases: &aliases,
        };
        let mut select = tree::select();
        select.distinct = block.distinct.then_some(ast::Distinct::Distinct);
        for column in &block.columns {
            select.projection.push(ast::SelectItem::ExprWithAlias {
                expr: scope.render(&column.value)?,
                alias: tree::quoted(self.dialect, &column.name),
            });
        }
        select.from = self.from(block, &aliases, &scope)?;
        select.selection = scope.conjunction(&block.filters)?;
        if let Some(groups) = &block.groups {
            select.group_by = self.group_by(block, groups, &scope)?;
        }
        let order = block.order.iter().map(|key| {
            let column = block.columns.get(key.column)?;
            let name = ast::Expr::Identifier(tree::quoted(self.dialect, &column.name));
            Some(tree::order(name, key.descending, key.nulls_first))
        });
        let order: Vec<_> = order.flatten().collect();
        Ok(tree::query(select, order, block.limit))
    }

    /// Groups by the places of columns where they hold the group, so that a constant is no place by mistake.
    fn group_by(
        &self,
        block: &Block,
        groups: &[super::scalar::Scalar],
        scope: &Scope<'_>,
    ) -> Result<ast::GroupByExpr, PlanError> {
        let mut keys = Vec::with_capacity(groups.len());
        for group in groups {
            let place = block
                .columns
                .iter()
                .position(|column| &column.value == group);
            keys.push(match place {
                Some(place) => tree::number(place + 1),
                None => scope.render(group)?,
            });
        }
        Ok(ast::GroupByExpr::Expressions(keys, Vec::new()))
    }

    fn from(
        &self,
        block: &Block,
        aliases: &[ast::Ident],
        scope: &Scope<'_>,
    ) -> Result<Vec<ast::TableWithJoins>, PlanError> {
        let mut sources = block.sources.iter().zip(aliases);
        let Some((first, alias)) = sources.next() else {
            return Ok(Vec::new());
        };
        let mut joins = Vec::new();
        for (source, alias) in sources {
            joins.push(ast::Join {
                relation: self.factor(source, alias)?,
                global: false,
                join_operator: self.operator(source, scope)?,
            });
        }
        Ok(vec![ast::TableWithJoins {
            relation: self.factor(first, alias)?,
            joins,
        }])
    }

    fn operator(&self, source: &Source, scope: &Scope<'_>) -> Result<ast::JoinOperator, PlanError> {
        let full = source.join == JoinKind::Full;
        let condition = if full {
            scope.full_join_condition(&source.on)?
        } else {
            scope.conjunction(&source.on)?
        };
        let always = || ast::JoinConstraint::On(literal::boolean(true));
        let on = condition.map_or_else(always, ast::JoinConstraint::On);
        Ok(match source.join {
            JoinKind::Inner => ast::JoinOperator::Inner(on),
            JoinKind::Left => ast::JoinOperator::LeftOuter(on),
            JoinKind::Full => ast::JoinOperator::FullOuter(on),
            JoinKind::Cross => ast::JoinOperator::CrossJoin(ast::JoinConstraint::None),
        })
    }

    fn factor(&self, source: &Source, alias: &ast::Ident) -> Result<ast::TableFactor, PlanError> {
        Ok(match &source.rows {
            Rows::Table(parts) => tree::table(tree::table_name(self.dialect, parts), alias),
            Rows::Query(query) => {
                let mut query = ast::Query::clone(query);
                scalar::respell(self.dialect, &mut query);
                tree::derived(query, alias)
            }
            Rows::Block(id) if self.readers[id.index()] > 1 => {
                tree::table(self.shared_name(id.index()).into(), alias)
            }
            Rows::Block(id) => tree::derived(self.query(self.plan.block(*id))?, alias),
        })
    }

    /// Gives every source of a block a name of its own, after its label.
    fn aliases(&self, block: &Block) -> Vec<ast::Ident> {
        let mut taken: Vec<String> = Vec::with_capacity(block.sources.len());
        for source in &block.sources {
            let mut name = source.label.to_lowercase();
            let mut next = 2;
            while taken.contains(&name) {
                name = format!("{}_{next}", source.label.to_lowercase());
                next += 1;
            }
            taken.push(name);
        }
        taken
            .iter()
            .map(|name| tree::quoted(self.dialect, name))
            .collect()
    }
}
