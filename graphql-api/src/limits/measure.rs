//! Counts of a parsed query, each fragment measured once.

use std::collections::HashMap;

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Number, Value, Variables};

use super::weights::{
    LINEAGE_NODES_DEFAULT, PAGE_SIZE_DEFAULT, PATH_LENGTH, PATHS_DEFAULT, ROWS_DEFAULT, base_cost,
    introspection_length, list_length,
};
use super::{Cost, Limits, most, refuse};
use crate::error::{Error, Measured, Result};

/// Levels of selection sets, fragments included; what runs recurses over them.
pub(super) const SELECTION_DEPTH_MAX: u64 = 40;

/// Measures every operation, refuses the text if one of them is over a limit, and returns the chosen one's cost.
///
/// All of them are held to the limits because validation walks all of them, whichever runs; for the same reason
/// fragments that nothing spreads are measured too. Without a name the worst of the costs is returned.
pub(super) fn document(
    document: &ExecutableDocument,
    variables: &Variables,
    operation_name: Option<&str>,
    limits: &Limits,
) -> Result<Cost> {
    if let (Some(name), DocumentOperations::Multiple(operations)) =
        (operation_name, &document.operations)
        && !operations.contains_key(name)
    {
        return Err(Error::UnknownOperation {
            name: name.to_owned(),
        });
    }
    let mut worst = Cost::default();
    let mut chosen = None;
    for (name, operation) in document.operations.iter() {
        let operation = &operation.node;
        let mut measurer = Measurer {
            document,
            variables,
            operation,
            limits,
            fragments: HashMap::new(),
        };
        let mut cost = measurer.selection_set(&operation.selection_set.node, Place::Root, 0)?;
        let definitions = &operation.variable_definitions;
        let on_variables: usize = definitions.iter().map(|it| it.node.directives.len()).sum();
        cost.directives += (operation.directives.len() + on_variables) as u64;
        refuse(&cost, limits)?;
        measurer.unspread_fragments()?;
        if name.is_some_and(|name| operation_name == Some(name.as_str())) {
            chosen = Some(cost);
        }
        worst = worst.max(&cost);
    }
    Ok(chosen.unwrap_or(worst))
}

/// Where a selection set stands, which decides what its fields count as.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Place {
    Root,
    Inside,
    Introspection,
}

struct Measurer<'a> {
    document: &'a ExecutableDocument,
    variables: &'a Variables,
    operation: &'a OperationDefinition,
    limits: &'a Limits,
    /// What each fragment measures in each place; `None` while it is being measured.
    fragments: HashMap<(&'a str, Place), Option<Cost>>,
}

impl<'a> Measurer<'a> {
    fn selection_set(&mut self, set: &'a SelectionSet, place: Place, level: u64) -> Result<Cost> {
        if level > SELECTION_DEPTH_MAX {
            return Err(Error::TooDeep {
                max: SELECTION_DEPTH_MAX,
            });
        }
        let mut sum = Cost::default();
        for selection in &set.items {
            let mut cost = match &selection.node {
                Selection::Field(field) => self.field(&field.node, place, level)?,
                Selection::FragmentSpread(spread) => {
                    self.fragment(&spread.node.fragment_name.node, place, level)?
                }
                Selection::InlineFragment(fragment) => self
                    .selection_set(&fragment.node.selection_set.node, place, level + 1)?
                    .one_level_down(),
            };
            cost.directives += selection.node.directives().len() as u64;
            sum.add(&cost);
            self.stop_early(&sum)?;
        }
        Ok(sum)
    }

    fn field(&mut self, field: &'a Field, place: Place, level: u64) -> Result<Cost> {
        let name = field.name.node.as_str();
        let below = match (place, name) {
            (Place::Introspection, _) | (_, "__schema" | "__type") => Place::Introspection,
            _ => Place::Inside,
        };
        let set = &field.selection_set.node;
        let sub = if set.items.is_empty() {
            Cost::default()
        } else {
            self.selection_set(set, below, level + 1)?.one_level_down()
        };
        let mut cost = Cost {
            root_fields: u64::from(place == Place::Root),
            ..sub
        };
        cost.fields = sub.fields.saturating_add(1);
        cost.aliases = sub.aliases.saturating_add(u64::from(field.alias.is_some()));
        if place == Place::Introspection {
            let length = introspection_length(name);
            cost.introspection_depth = sub.introspection_depth + 1;
            cost.introspection_cost = sub
                .introspection_cost
                .saturating_mul(length)
                .saturating_add(1);
        } else {
            cost.depth = sub.depth + 1;
            let length = self.length(field, place)?;
            let own = match place {
                Place::Root => 1 + base_cost(name) + self.rows(field)?,
                Place::Inside | Place::Introspection => 1,
            };
            cost.cost = sub.cost.saturating_mul(length).saturating_add(own);
        }
        Ok(cost)
    }

    fn fragment(&mut self, name: &'a Name, place: Place, level: u64) -> Result<Cost> {
        match self.fragments.get(&(name.as_str(), place)) {
            Some(Some(known)) => return Ok(*known),
            Some(None) => {
                return Err(Error::FragmentCycle {
                    name: name.to_string(),
                });
            }
            None => {}
        }
        // A fragment that does not exist is for validation to report.
        let Some(fragment) = self.document.fragments.get(name) else {
            return Ok(Cost::default());
        };
        self.fragments.insert((name.as_str(), place), None);
        let mut cost = self
            .selection_set(&fragment.node.selection_set.node, place, level + 1)?
            .one_level_down();
        cost.directives += fragment.node.directives.len() as u64;
        self.fragments.insert((name.as_str(), place), Some(cost));
        Ok(cost)
    }

    fn unspread_fragments(&mut self) -> Result<()> {
        let document = self.document;
        let mut names: Vec<&Name> = document.fragments.keys().collect();
        names.sort_unstable();
        for name in names {
            let places = [Place::Root, Place::Inside, Place::Introspection];
            if !places
                .iter()
                .any(|place| self.fragments.contains_key(&(name.as_str(), *place)))
            {
                self.fragment(name, Place::Inside, 0)?;
            }
        }
        Ok(())
    }

    /// Returns how many values of the field's selection set there can be, by its arguments or by assumption.
    fn length(&self, field: &Field, place: Place) -> Result<u64> {
        let page = self.limits.page_size;
        if place == Place::Root && field.name.node == "query" {
            // Rows are one list of one field, which `rows` counts.
            return Ok(1);
        }
        if let Some(first) = self.count(field, "first") {
            most(Measured::PageSize, first, page)?;
            return Ok(first);
        }
        match field.name.node.as_str() {
            "nodes" if place == Place::Root => {
                let ids = match self.argument(field, "ids") {
                    Some(Value::List(ids)) => ids.len() as u64,
                    _ => 1,
                };
                most(Measured::Ids, ids, page)?;
                Ok(ids)
            }
            "changes" if place == Place::Root => Ok(PAGE_SIZE_DEFAULT),
            "lineage" | "impact" => {
                let nodes = self
                    .count(field, "maxNodes")
                    .unwrap_or(LINEAGE_NODES_DEFAULT);
                most(Measured::LineageNodes, nodes, self.limits.lineage_nodes)?;
                Ok(nodes)
            }
            "paths" if place == Place::Root => {
                let paths = self.count(field, "k").unwrap_or(PATHS_DEFAULT);
                most(Measured::Paths, paths, self.limits.paths)?;
                Ok(paths.saturating_mul(PATH_LENGTH))
            }
            name => {
                let selects_page = field.selection_set.node.items.iter().any(|item| {
                    matches!(&item.node, Selection::Field(inner) if matches!(inner.node.name.node.as_str(), "edges" | "nodes"))
                        || matches!(&item.node, Selection::FragmentSpread(_) | Selection::InlineFragment(_))
                });
                let assumed = list_length(name);
                Ok(if selects_page {
                    assumed.max(PAGE_SIZE_DEFAULT)
                } else {
                    assumed
                })
            }
        }
    }

    /// Returns how many rows of a query for metrics a root field asks for.
    fn rows(&self, field: &Field) -> Result<u64> {
        if field.name.node != "query" {
            return Ok(0);
        }
        let rows = self.count(field, "first").unwrap_or(ROWS_DEFAULT);
        most(Measured::PageSize, rows, self.limits.rows)?;
        Ok(rows)
    }

    /// Returns an argument's value with variables put in; `None` if it is absent or a variable without a value.
    fn argument(&self, field: &Field, name: &str) -> Option<Value> {
        let value = field.get_argument(name)?.node.clone();
        value
            .into_const_with(|name| self.variable(&name).cloned().ok_or(()))
            .ok()
    }

    /// Reads a count; a negative one is none, and is refused when the field runs.
    fn count(&self, field: &Field, name: &str) -> Option<u64> {
        match self.argument(field, name)? {
            Value::Number(number) => whole(&number),
            _ => None,
        }
    }

    fn variable(&self, name: &Name) -> Option<&Value> {
        self.variables.get(name).or_else(|| {
            let mut definitions = self.operation.variable_definitions.iter();
            let definition = definitions.find(|definition| definition.node.name.node == *name)?;
            definition
                .node
                .default_value
                .as_ref()
                .map(|value| &value.node)
        })
    }

    /// Ends the count once a limit is passed for good, so that a bomb is not walked to its end.
    fn stop_early(&self, sum: &Cost) -> Result<()> {
        most(Measured::Fields, sum.fields, self.limits.fields)?;
        most(Measured::Directives, sum.directives, self.limits.directives)?;
        most(Measured::Aliases, sum.aliases, self.limits.aliases)
    }
}

fn whole(number: &Number) -> Option<u64> {
    if let Some(count) = number.as_u64() {
        return Some(count);
    }
    // Beyond 64 bits the parser makes it a float: too many of anything.
    number
        .as_f64()
        .filter(|count| *count > 0.0)
        .map(|_| u64::MAX)
}

impl Cost {
    fn one_level_down(self) -> Self {
        Self {
            selection_depth: self.selection_depth + 1,
            ..self
        }
    }

    fn add(&mut self, other: &Self) {
        self.depth = self.depth.max(other.depth);
        self.introspection_depth = self.introspection_depth.max(other.introspection_depth);
        self.selection_depth = self.selection_depth.max(other.selection_depth);
        self.fields = self.fields.saturating_add(other.fields);
        self.root_fields = self.root_fields.saturating_add(other.root_fields);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.directives = self.directives.saturating_add(other.directives);
        self.cost = self.cost.saturating_add(other.cost);
        self.introspection_cost = self
            .introspection_cost
            .saturating_add(other.introspection_cost);
    }

    fn max(&self, other: &Self) -> Self {
        Self {
            depth: self.depth.max(other.depth),
            introspection_depth: self.introspection_depth.max(other.introspection_depth),
            selection_depth: self.selection_depth.max(other.selection_depth),
            fields: self.fields.max(other.fields),
            root_fields: self.root_fields.max(other.root_fields),
            aliases: self.aliases.max(other.aliases),
            directives: self.directives.max(other.directives),
            cost: self.cost.max(other.cost),
            introspection_cost: self.introspection_cost.max(other.introspection_cost),
        }
    }
}
