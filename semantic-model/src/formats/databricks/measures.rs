//! Measures of a metric view, and their windows.

use super::super::fields::Fields;
use super::super::sql;
use super::{SOURCE, notes, owner, time};
use crate::layer::{
    Cumulative, Edge, Expression, FieldRole, Grain, GrainName, Layer, Metric, MetricInput,
    MetricKind, NonAdditive, Notes, Offset, PeriodAggregation, Simple, Window,
};

/// Reads a measure; what a window needs besides becomes hidden metrics.
pub(super) fn take(fields: &Fields<'_>, layer: &mut Layer) {
    let (Some(name), Some(text)) = (fields.name("name"), fields.name("expr")) else {
        return;
    };
    let windows = fields.objects("window");
    let kind = match windows.as_slice() {
        [] => plain(fields, text, layer),
        [window] => windowed(fields, name, text, window, layer),
        _ => left_out(fields, name, "has more than one window"),
    };
    let Some(kind) = kind else {
        return;
    };
    fields.document().understood("measure");
    let scoped = matches!(kind, MetricKind::Expression(_));
    layer.metrics.push(Metric {
        name: name.to_owned(),
        dataset: scoped.then(|| SOURCE.to_owned()),
        kind,
        filters: Vec::new(),
        time_grain: None,
        notes: notes(fields),
    });
}

fn left_out(fields: &Fields<'_>, name: &str, why: &str) -> Option<MetricKind> {
    let message = format!("`{name}` {why}, so it is left out");
    fields.error("not_understood", message);
    None
}

/// Reads a measure without a window: SQL with aggregates, or arithmetic over other measures.
fn plain(fields: &Fields<'_>, text: &str, layer: &Layer) -> Option<MetricKind> {
    let name = fields.node().text_of("name").unwrap_or_default();
    let Some(parsed) = sql::parse(text) else {
        return Some(MetricKind::Expression(Expression::new(text)));
    };
    let Some((expression, inputs)) = sql::without_calls(parsed, "measure") else {
        return left_out(fields, name, "measures something that is no name");
    };
    if inputs.is_empty() {
        let (_, qualified) = in_source(text, layer);
        return Some(MetricKind::Expression(Expression::new(qualified)));
    }
    let names = sql::parse(&expression).map(|parsed| sql::bare_names(&parsed));
    let only = names.is_some_and(|names| names.iter().all(|name| inputs.contains(name)));
    if !only {
        return left_out(fields, name, "mixes columns with other measures");
    }
    Some(MetricKind::Derived {
        expression: Expression::new(expression),
        inputs: inputs.into_iter().map(input).collect(),
    })
}

/// Writes the names of an expression as those of the view's datasets.
fn in_source(text: &str, layer: &Layer) -> (String, String) {
    let (dataset, own) = owner(text, layer);
    if dataset == SOURCE {
        return (dataset, own);
    }
    // A measure over a joined relation alone stays one of the view: its columns keep their dataset.
    let qualified = sql::parse(&own).map(|parsed| sql::qualified(parsed, &dataset));
    (SOURCE.to_owned(), qualified.unwrap_or(own))
}

fn input(metric: String) -> MetricInput {
    MetricInput {
        metric,
        alias: None,
        filters: Vec::new(),
        offset: None,
    }
}

/// Which rows a window takes in.
enum Range {
    Current,
    Cumulative,
    Trailing { window: Window, inclusive: bool },
}

fn windowed(
    fields: &Fields<'_>,
    name: &str,
    text: &str,
    window: &Fields<'_>,
    layer: &mut Layer,
) -> Option<MetricKind> {
    let order = window.name("order")?;
    let said = window
        .text("range")
        .unwrap_or("current")
        .trim()
        .to_lowercase();
    let edge = match window
        .text("semiadditive")
        .map(str::to_lowercase)
        .as_deref()
    {
        None => None,
        Some("first") => Some(Edge::First),
        Some("last") => Some(Edge::Last),
        Some(_) => return left_out(fields, name, "has an unknown `semiadditive`"),
    };
    if window.has("offset") {
        return left_out(fields, name, "shifts its window, which has no form here");
    }
    window.leave(&[]);
    let Some(range) = range(&said) else {
        return left_out(
            fields,
            name,
            &format!("has the range `{said}`, which has no form here"),
        );
    };
    let Some((aggregation, inner)) = sql::aggregate(text) else {
        return left_out(fields, name, "has a window over more than one aggregate");
    };
    let grain = match &range {
        Range::Trailing { window, .. } => window.grain.clone(),
        _ => Grain::Day.into(),
    };
    if !make_time(order, &grain, layer) {
        return left_out(
            fields,
            name,
            "orders its window by a dimension that is not of the source",
        );
    }
    let simple = Simple {
        dataset: SOURCE.to_owned(),
        aggregation,
        expression: inner,
        time: Some(order.to_owned()),
        non_additive: None,
        fill_nulls_with: None,
        join_to_time_spine: false,
    };
    Some(kind(name, simple, range, edge, layer))
}

fn kind(
    name: &str,
    simple: Simple,
    range: Range,
    edge: Option<Edge>,
    layer: &mut Layer,
) -> MetricKind {
    if let Range::Current = range {
        let time = simple.time.clone().unwrap_or_default();
        let non_additive = edge.map(|edge| NonAdditive {
            time,
            edge,
            per: Vec::new(),
        });
        return MetricKind::Simple(Simple {
            non_additive,
            ..simple
        });
    }
    // A coarser period shows one of its windows: to add them up would count rows again.
    let period = match edge {
        Some(Edge::First) => PeriodAggregation::First,
        Some(Edge::Last) | None => PeriodAggregation::Last,
    };
    let base = hidden(layer, &format!("{name}__base"), MetricKind::Simple(simple));
    let (window, back) = match range {
        Range::Trailing { window, inclusive } => {
            let back = Window {
                count: 1,
                grain: window.grain.clone(),
            };
            (Some(window), (!inclusive).then_some(back))
        }
        _ => (None, None),
    };
    let cumulative = MetricKind::Cumulative(Cumulative {
        input: input(base),
        window,
        leading: None,
        grain_to_date: None,
        period,
    });
    let Some(back) = back else {
        return cumulative;
    };
    let inner = hidden(layer, &format!("{name}__window"), cumulative);
    MetricKind::Derived {
        expression: Expression::new("trailing"),
        inputs: vec![MetricInput {
            alias: Some("trailing".to_owned()),
            offset: Some(Offset::Window(back)),
            ..input(inner)
        }],
    }
}

fn hidden(layer: &mut Layer, name: &str, kind: MetricKind) -> String {
    layer.metrics.push(Metric {
        name: name.to_owned(),
        dataset: None,
        kind,
        filters: Vec::new(),
        time_grain: None,
        notes: Notes {
            hidden: true,
            ..Notes::default()
        },
    });
    name.to_owned()
}

fn range(said: &str) -> Option<Range> {
    let words: Vec<&str> = said.split_whitespace().collect();
    match words.as_slice() {
        ["current"] => Some(Range::Current),
        ["cumulative"] => Some(Range::Cumulative),
        ["trailing", count, grain, rest @ ..] => {
            let inclusive = match rest {
                [] | ["exclusive"] => false,
                ["inclusive"] => true,
                _ => return None,
            };
            let grain = Grain::parse(grain)?.into();
            let count = count.parse().ok()?;
            let window = Window { count, grain };
            Some(Range::Trailing { window, inclusive })
        }
        _ => None,
    }
}

/// Makes a time field of the dimension that orders a window; false if the source has no such dimension.
fn make_time(name: &str, grain: &GrainName, layer: &mut Layer) -> bool {
    let Some(source) = layer.datasets.first_mut() else {
        return false;
    };
    let Some(field) = source.fields.iter_mut().find(|field| field.name == name) else {
        return false;
    };
    if let (FieldRole::Dimension, GrainName::Standard(grain)) = (&field.role, grain) {
        // Dates are no finer than a day, whatever the window counts in.
        field.role = time((*grain).min(Grain::Day));
    }
    true
}
