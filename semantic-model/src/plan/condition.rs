//! Conditions: SQL of a user or a model, parsed and checked, with its names taken out.

use super::body::Condition;
use super::fragment::Fragment;
use super::holes::take_names;
use super::member::Item;
use super::{PlanError, parse};
use crate::layer::{Filter, GroupBy};

mod functions;
mod template;

pub(super) use functions::{check_deferred, check_functions, is_aggregate};
use template::Templates;

/// Reads a condition: MetricFlow's templates, plain names, or names qualified by datasets.
///
/// What is read here is printed again from its parts, so that no text of a user reaches an engine as text. Queries
/// within it, parameters and functions that do more than compute from their arguments are refused.
pub fn parse_condition(filter: &Filter) -> Result<Condition, PlanError> {
    let templates = Templates::take(&filter.0)?;
    let ast = parse::expression(&templates.sql, None)?;
    check_functions(&filter.0, &ast)?;
    let names = take_names(ast);
    let mut used = vec![false; templates.items.len()];
    let condition: Fragment<Item> = names.try_map(|name| {
        let parts: Vec<&str> = name.iter().map(|part| part.value.as_str()).collect();
        if let [only] = parts.as_slice()
            && let Some(at) = Templates::place(only)
            && let Some(item) = templates.items.get(at)
        {
            used[at] = true;
            return Ok::<_, PlanError>(item.clone());
        }
        Ok(Item::Group(GroupBy::new(parts.join("."))))
    })?;
    if used.contains(&false) {
        // Inside a string a template would be text, and the condition would silently mean something else.
        return Err(parse::invalid(
            &filter.0,
            "a template stands inside a string",
        ));
    }
    Ok(condition)
}
