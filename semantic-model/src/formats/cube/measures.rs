//! Measures of cubes.

use super::super::fields::Fields;
use super::super::sql;
use super::{Index, notes, references};
use crate::layer::{
    Aggregation, Cumulative, Expression, FixedGrain, FixedGroups, GrainName, Layer, Metric,
    MetricInput, MetricKind, Notes, Offset, PeriodAggregation, Simple, Window,
};

/// Reads a measure into a layer; one that is not understood is left out.
pub(super) fn take(fields: &Fields<'_>, cube: &str, index: &Index<'_>, layer: &mut Layer) {
    let Some(name) = fields.name("name").map(str::to_owned) else {
        return;
    };
    let reader = Reader {
        fields,
        cube,
        index,
        name: &name,
    };
    match reader.kind(layer) {
        Ok(kind) => {
            fields.document().understood("measure");
            layer.metrics.push(Metric {
                dataset: Some(cube.to_owned()),
                kind,
                filters: Vec::new(),
                time_grain: None,
                notes: notes(fields, &["filters", "time_shift", "timeShift"]),
                name,
            });
        }
        Err(why) => {
            let message = format!("measure `{name}` {why}, so it is left out");
            fields.error("not_understood", message);
        }
    }
}

struct Reader<'r, 'a> {
    fields: &'r Fields<'a>,
    cube: &'r str,
    index: &'r Index<'r>,
    name: &'r str,
}

type Why = String;

impl Reader<'_, '_> {
    fn kind(&self, layer: &mut Layer) -> Result<MetricKind, Why> {
        let fields = self.fields;
        let stages = ["multi_stage", "multiStage"];
        if stages.into_iter().find_map(|key| fields.flag(key)) == Some(true) {
            return self.multi_stage();
        }
        let kind = match fields.text("type").map(str::trim) {
            None => return Err("has no `type`".to_owned()),
            Some("number" | "string" | "boolean" | "time" | "number_agg" | "numberAgg") => {
                return self.calculated();
            }
            Some(kind) => kind,
        };
        let simple = MetricKind::Simple(self.simple(kind)?);
        let rolling = ["rolling_window", "rollingWindow"];
        match rolling.into_iter().find_map(|key| fields.object(key)) {
            None => Ok(simple),
            Some(window) => self.rolling(simple, &window, layer),
        }
    }

    fn simple(&self, kind: &str) -> Result<Simple, Why> {
        let aggregation = match kind {
            "sum" => Aggregation::Sum,
            "count" => Aggregation::Count,
            "count_distinct" | "countDistinct" => Aggregation::CountDistinct,
            "count_distinct_approx" | "countDistinctApprox" => {
                Aggregation::ApproximateCountDistinct
            }
            "avg" => Aggregation::Average,
            "min" => Aggregation::Min,
            "max" => Aggregation::Max,
            other => return Err(format!("is of the type `{other}`")),
        };
        let expression = match self.fields.text("sql") {
            Some(sql) => Some(self.plain(sql)?),
            None if aggregation == Aggregation::Count => None,
            None => return Err("has no `sql`".to_owned()),
        };
        Ok(Simple {
            dataset: self.cube.to_owned(),
            aggregation,
            expression: self.filtered(expression)?.map(Expression::new),
            time: None,
            non_additive: None,
            fill_nulls_with: None,
            join_to_time_spine: false,
        })
    }

    fn plain(&self, text: &str) -> Result<String, Why> {
        let unclear = || "has SQL that is not understood".to_owned();
        let pieces = references::pieces(text, self.cube, self.index).ok_or_else(unclear)?;
        let nested = pieces.iter().any(|piece| match piece {
            references::Piece::Member { cube, name } => self.index.is_measure(cube, name),
            references::Piece::Sql(_) => false,
        });
        if nested && self.refers_to_measures(text) {
            return Err("aggregates another measure".to_owned());
        }
        references::plain(text, self.cube, self.index).ok_or_else(unclear)
    }

    /// Tells a measure in braces from a column of the same name (`{CUBE}.amount`).
    fn refers_to_measures(&self, text: &str) -> bool {
        let in_braces = |part: &str| {
            let inner = part.split('}').next().unwrap_or_default().trim();
            let (cube, name) = inner.rsplit_once('.').unwrap_or((self.cube, inner));
            let cube = cube.rsplit('.').next().unwrap_or(cube);
            let cube = if cube == "CUBE" { self.cube } else { cube };
            self.index.is_measure(cube, name)
        };
        text.split('{').skip(1).any(in_braces)
    }

    /// Writes the filters of the measure into what it aggregates: rows that do not meet them give NULL.
    fn filtered(&self, expression: Option<String>) -> Result<Option<String>, Why> {
        let mut conditions = Vec::new();
        for filter in self.fields.objects("filters") {
            let text = filter.text("sql").ok_or("has a filter without `sql`")?;
            conditions.push(format!("({})", self.plain(text)?));
        }
        if conditions.is_empty() {
            return Ok(expression);
        }
        let value = expression.unwrap_or_else(|| "1".to_owned());
        let text = format!("CASE WHEN {} THEN {value} END", conditions.join(" AND "));
        match sql::parse(&text) {
            Some(parsed) => Ok(Some(parsed.to_string())),
            None => Err("has a filter that is not understood".to_owned()),
        }
    }

    /// Reads arithmetic over other measures, or SQL with aggregates of its own.
    fn calculated(&self) -> Result<MetricKind, Why> {
        let text = self.fields.text("sql").ok_or("has no `sql`")?;
        if self.fields.has("filters") {
            return Err("filters a computed value".to_owned());
        }
        if !self.refers_to_measures(text) {
            let unclear = || "has SQL that is not understood".to_owned();
            let sql = references::qualified(text, self.cube, self.index).ok_or_else(unclear)?;
            return Ok(MetricKind::Expression(Expression::new(sql)));
        }
        let (expression, inputs) = references::pieces(text, self.cube, self.index)
            .and_then(|pieces| references::over_measures(&pieces, self.cube, self.index))
            .ok_or("mixes columns with other measures")?;
        let inputs = inputs.into_iter().map(|(metric, alias)| MetricInput {
            metric,
            alias: Some(alias),
            filters: Vec::new(),
            offset: None,
        });
        Ok(MetricKind::Derived {
            expression: Expression::new(expression),
            inputs: inputs.collect(),
        })
    }

    fn rolling(
        &self,
        simple: MetricKind,
        window: &Fields<'_>,
        layer: &mut Layer,
    ) -> Result<MetricKind, Why> {
        let kind = window.text("type").unwrap_or("fixed").trim();
        let grain_to_date = match (kind, window.text("granularity")) {
            ("fixed", _) => None,
            ("to_date" | "toDate", Some(grain)) => Some(GrainName::from(grain.trim().to_owned())),
            _ => return Err("has a window that is not understood".to_owned()),
        };
        if window
            .text("offset")
            .is_some_and(|offset| offset.trim() != "end")
        {
            return Err("has a window from the start of its period".to_owned());
        }
        let trailing = reach(window, "trailing")?;
        let leading = reach(window, "leading")?;
        if matches!(leading, Some(Reach::Unbounded)) {
            return Err("has a window without an end".to_owned());
        }
        if trailing.is_none() && grain_to_date.is_none() {
            return Err("has a window without a beginning".to_owned());
        }
        window.leave(&[]);
        let base = format!("{}__base", self.name);
        let hidden = Metric {
            name: base.clone(),
            dataset: Some(self.cube.to_owned()),
            kind: simple,
            filters: Vec::new(),
            time_grain: None,
            notes: Notes {
                hidden: true,
                ..Notes::default()
            },
        };
        layer.metrics.push(hidden);
        Ok(MetricKind::Cumulative(Cumulative {
            input: MetricInput {
                metric: format!("{}.{base}", self.cube),
                alias: None,
                filters: Vec::new(),
                offset: None,
            },
            window: trailing.and_then(Reach::window),
            leading: leading.and_then(Reach::window),
            grain_to_date,
            period: PeriodAggregation::Last,
        }))
    }

    /// Reads a measure over the result of another: shifted in time, or at groups of its own.
    fn multi_stage(&self) -> Result<MetricKind, Why> {
        let fields = self.fields;
        let text = fields.text("sql").ok_or("has no `sql`")?;
        let (expression, inputs) = references::pieces(text, self.cube, self.index)
            .and_then(|pieces| references::over_measures(&pieces, self.cube, self.index))
            .ok_or("is not over other measures alone")?;
        let offset = self.shift()?;
        let groups = self.groups()?;
        let kind = fields.text("type").unwrap_or_default().trim();
        if kind == "rank" || fields.has("filters") {
            return Err("is ranked or filtered over another measure".to_owned());
        }
        let mut inputs: Vec<MetricInput> = inputs
            .into_iter()
            .map(|(metric, alias)| MetricInput {
                metric,
                alias: Some(alias),
                filters: Vec::new(),
                offset: offset.clone(),
            })
            .collect();
        let Some(by) = groups else {
            return Ok(MetricKind::Derived {
                expression: Expression::new(expression),
                inputs,
            });
        };
        let single = inputs.len() == 1 && inputs[0].alias.as_deref() == Some(&expression);
        match inputs.pop() {
            Some(input) if single && offset.is_none() => {
                let input = MetricInput {
                    alias: None,
                    ..input
                };
                Ok(MetricKind::FixedGrain(FixedGrain { input, by }))
            }
            _ => Err("has groups of its own for more than one measure".to_owned()),
        }
    }

    fn shift(&self) -> Result<Option<Offset>, Why> {
        let keys = ["time_shift", "timeShift"];
        let shifts: Vec<Fields<'_>> = keys
            .into_iter()
            .flat_map(|key| self.fields.objects(key))
            .collect();
        let shift = match shifts.as_slice() {
            [] => return Ok(None),
            [one] => one,
            _ => return Err("is shifted more than once".to_owned()),
        };
        let window = shift.text("interval").and_then(window);
        let back = shift.text("type").is_none_or(|way| way.trim() == "prior");
        match window {
            Some(window) if back => Ok(Some(Offset::Window(window))),
            _ => Err("has a time shift that is not understood".to_owned()),
        }
    }

    fn groups(&self) -> Result<Option<FixedGroups>, Why> {
        type Make = fn(Vec<String>) -> FixedGroups;
        let keys: [(&str, &str, Make); 3] = [
            ("group_by", "groupBy", FixedGroups::Only),
            ("reduce_by", "reduceBy", FixedGroups::Without),
            ("add_group_by", "addGroupBy", FixedGroups::With),
        ];
        let mut found = None;
        for (key, older, make) in keys {
            let key = if self.fields.has(older) { older } else { key };
            if !self.fields.has(key) {
                continue;
            }
            let names = self
                .fields
                .texts(key)
                .into_iter()
                .map(|name| self.member(name));
            if found.replace(make(names.collect())).is_some() {
                return Err("has groups in two ways".to_owned());
            }
        }
        Ok(found)
    }

    /// Qualifies the name of a member by its cube.
    fn member(&self, name: &str) -> String {
        let name = name.trim().trim_start_matches("CUBE.");
        if name.contains('.') {
            return name.to_owned();
        }
        format!("{}.{name}", self.cube)
    }
}

/// How far a window reaches.
enum Reach {
    Unbounded,
    Window(Window),
}

impl Reach {
    fn window(self) -> Option<Window> {
        match self {
            Self::Unbounded => None,
            Self::Window(window) => Some(window),
        }
    }
}

fn reach(fields: &Fields<'_>, key: &str) -> Result<Option<Reach>, Why> {
    match fields.text(key).map(str::trim) {
        None => Ok(None),
        Some("unbounded") => Ok(Some(Reach::Unbounded)),
        Some(text) => match window(text) {
            Some(window) => Ok(Some(Reach::Window(window))),
            None => Err(format!("has the window `{text}`, which is not understood")),
        },
    }
}

fn window(text: &str) -> Option<Window> {
    let mut words = text.split_whitespace();
    let (count, grain) = (words.next()?.parse().ok()?, words.next()?);
    let grain = GrainName::from(grain.to_owned());
    words.next().is_none().then_some(Window { count, grain })
}
