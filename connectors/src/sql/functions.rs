//! Functions that mean something for lineage: which gather rows, and which take words that are no columns.

/// Functions that make one value of many rows, in the dialects together.
const AGGREGATES: [&str; 74] = [
    "any_value",
    "approx_count_distinct",
    "approx_distinct",
    "approx_percentile",
    "approx_quantiles",
    "approx_top_count",
    "approx_top_sum",
    "arbitrary",
    "arg_max",
    "arg_min",
    "argmax",
    "argmin",
    "array_agg",
    "array_concat_agg",
    "array_union_agg",
    "array_unique_agg",
    "avg",
    "avgif",
    "bit_and",
    "bit_or",
    "bit_xor",
    "bool_and",
    "bool_or",
    "boolor_agg",
    "booland_agg",
    "collect_list",
    "collect_set",
    "corr",
    "count",
    "count_big",
    "count_distinct",
    "count_if",
    "countif",
    "covar_pop",
    "covar_samp",
    "every",
    "group_concat",
    "grouping",
    "groupuniqarray",
    "grouparray",
    "hll_count",
    "json_agg",
    "json_arrayagg",
    "json_group_array",
    "json_object_agg",
    "jsonb_agg",
    "jsonb_object_agg",
    "kurtosis",
    "listagg",
    "logical_and",
    "logical_or",
    "max",
    "max_by",
    "median",
    "min",
    "min_by",
    "mode",
    "object_agg",
    "percentile",
    "percentile_approx",
    "percentile_cont",
    "percentile_disc",
    "quantile",
    "regr_slope",
    "skewness",
    "stddev",
    "stddev_pop",
    "stddev_samp",
    "string_agg",
    "sum",
    "sumif",
    "var_pop",
    "var_samp",
    "variance",
];

/// Says whether a function makes one value of many rows.
pub(super) fn is_aggregate(name: &str) -> bool {
    let name = name.to_lowercase();
    AGGREGATES.contains(&name.as_str())
        || name.starts_with("regr_")
        || name.starts_with("approx_")
        || name.starts_with("uniq")
        || name == "stdev"
        || name == "stdevp"
        || name == "var"
        || name == "varp"
        || name == "sum0"
        || name == "hash_agg"
        || name == "total"
        || name == "first"
        || name == "last"
}

/// Says whether the first argument of a function decides which of the others is taken.
pub(super) fn is_conditional(name: &str) -> bool {
    ["if", "iff", "iif", "decode", "nvl2"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
}

/// Says whether a function takes a part of a date by its bare name.
pub(super) fn takes_date_part(name: &str) -> bool {
    const NAMES: [&str; 34] = [
        "date_trunc",
        "datetrunc",
        "trunc",
        "dateadd",
        "date_add",
        "datediff",
        "date_diff",
        "datename",
        "datepart",
        "date_part",
        "date_sub",
        "datetime_add",
        "datetime_diff",
        "datetime_sub",
        "datetime_trunc",
        "timestamp_add",
        "timestamp_diff",
        "timestamp_sub",
        "timestamp_trunc",
        "timestampadd",
        "timestampdiff",
        "time_add",
        "time_diff",
        "time_slice",
        "time_sub",
        "time_trunc",
        "timeadd",
        "timediff",
        "last_day",
        "next_day",
        "previous_day",
        "extract",
        "datediff_big",
        "tumble",
    ];
    NAMES.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// Says whether a word is a part of a date.
pub(super) fn is_date_part(word: &str) -> bool {
    const PARTS: [&str; 38] = [
        "year",
        "years",
        "yy",
        "yyyy",
        "quarter",
        "qq",
        "q",
        "month",
        "months",
        "mm",
        "m",
        "week",
        "isoweek",
        "wk",
        "ww",
        "day",
        "days",
        "dd",
        "d",
        "dayofyear",
        "dayofweek",
        "weekday",
        "dw",
        "dy",
        "hour",
        "hours",
        "hh",
        "minute",
        "minutes",
        "mi",
        "n",
        "second",
        "seconds",
        "ss",
        "s",
        "ms",
        "millisecond",
        "microsecond",
    ];
    let word = word.to_lowercase();
    PARTS.contains(&word.as_str())
        || ["nanosecond", "epoch", "isoyear", "mcs", "ns", "dow", "doy"].contains(&word.as_str())
}

/// Says whether a bare word is a value that the database knows, and no column.
pub(super) fn is_value(word: &str) -> bool {
    const VALUES: [&str; 19] = [
        "current_date",
        "current_time",
        "current_timestamp",
        "current_user",
        "current_role",
        "current_schema",
        "current_catalog",
        "session_user",
        "system_user",
        "localtime",
        "localtimestamp",
        "sysdate",
        "systimestamp",
        "rownum",
        "user",
        "default",
        "null",
        "true",
        "false",
    ];
    VALUES.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// Gives the columns that a table function has of itself.
pub(super) fn columns_of(name: &str) -> Option<&'static [&'static str]> {
    Some(match name.to_lowercase().as_str() {
        "flatten" => &["seq", "key", "path", "index", "value", "this"],
        "split_to_table" => &["seq", "index", "value"],
        "json_each" | "jsonb_each" | "json_each_text" | "jsonb_each_text" => &["key", "value"],
        "json_array_elements"
        | "jsonb_array_elements"
        | "json_array_elements_text"
        | "jsonb_array_elements_text"
        | "string_split" => &["value"],
        "posexplode" | "posexplode_outer" => &["pos", "col"],
        "explode" | "explode_outer" => &["col"],
        "result_scan" => &[],
        _ => return None,
    })
}
