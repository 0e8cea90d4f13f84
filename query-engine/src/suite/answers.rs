//! The suites' words for our refusals. Where a suite has no word, ours stands.

use semantic_model::plan::{PlanError, Reason};
use serde_json::Value;

pub(super) fn bad_limit(value: &Value) -> PlanError {
    PlanError {
        reason: Reason::InvalidLimit,
        message: format!("`{value}` is no number of rows"),
        name: None,
        choices: Vec::new(),
    }
}

/// The kinds of `mf_suite`.
pub(super) fn metricflow(error: &PlanError) -> String {
    let word = match error.reason {
        Reason::UnknownMetric => "unknown_metric",
        Reason::UnknownGroup => "unknown_group_by",
        Reason::UnknownFilterItem => "unknown_filter_item",
        Reason::Unreachable | Reason::FinerGrain => "unreachable_dimension",
        Reason::NotCommon => "dimension_not_common",
        Reason::AmbiguousPath => "ambiguous_or_unresolved_path",
        Reason::NeedsMetricTime => "offset_requires_metric_time",
        Reason::InvalidLimit => "invalid_limit",
        other => return other.to_string().to_lowercase(),
    };
    word.to_owned()
}

/// The codes of the draft for a query that has no list of fields: it can only be one for groups.
pub(super) fn ossie_of_groups(error: &PlanError) -> String {
    match error.reason {
        Reason::EmptyQuery => "E_EMPTY_AGGREGATION_QUERY".to_owned(),
        _ => ossie(error),
    }
}

/// The codes of the draft of Ossie's foundational semantics.
pub(super) fn ossie(error: &PlanError) -> String {
    let word = match error.reason {
        Reason::UnknownMetric
        | Reason::UnknownGroup
        | Reason::UnknownField
        | Reason::UnknownFilterItem => "E_NAME_NOT_FOUND",
        Reason::Unreachable => "E_NO_PATH",
        // The facts have no dimension in common, so that their rows would all meet.
        Reason::NotCommon | Reason::NothingShared => "E3013",
        // Rows would be repeated, and nothing tells them apart again.
        Reason::FinerGrain | Reason::NotAdditive => "E3012",
        Reason::AmbiguousName => "E_NAME_COLLISION",
        Reason::AmbiguousPath => "E_AMBIGUOUS_PATH",
        Reason::AggregateInWhere => "E_AGGREGATE_IN_WHERE",
        Reason::NonAggregateInHaving => "E_NON_AGGREGATE_IN_HAVING",
        Reason::AggregateInScalarQuery => "E_AGGREGATE_IN_SCALAR_QUERY",
        Reason::FanOutInScalarQuery => "E_FAN_OUT_IN_SCALAR_QUERY",
        Reason::MixedQueryShape => "E_MIXED_QUERY_SHAPE",
        Reason::EmptyQuery => "E_EMPTY_SCALAR_QUERY",
        Reason::ReservedName => "E_RESERVED_NAME",
        Reason::NestedAggregation => "E_NESTED_AGGREGATION_DEFERRED",
        Reason::UnaggregatedFinerGrain => "E_UNAGGREGATED_FINER_GRAIN_REFERENCE",
        Reason::WindowOverFanOut => "E_WINDOW_OVER_FANOUT_REWRITE",
        Reason::DeferredFeature => "E_DEFERRED_KEY_REJECTED",
        Reason::CyclicDefinition => "E_FIELD_DEPENDENCY_CYCLE",
        other => return format!("E_{other}"),
    };
    word.to_owned()
}
