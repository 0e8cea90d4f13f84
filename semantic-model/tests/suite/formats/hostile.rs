//! Files that were broken on the way: whatever is left of them is read or refused, prepared and asked, never a panic.

use semantic_model::formats;
use semantic_model::layer::{Filter, GroupBy, Layer, MetricRequest, Query};
use semantic_model::plan::{Catalog, Dialect, Options, compile};

use super::shared;

const METRICFLOW: &str = r#"
semantic_models:
  - name: loans
    model: ref('loans')
    defaults: {agg_time_dimension: lent_at}
    entities:
      - {name: loan, type: primary, expr: id}
      - {name: member, type: foreign, expr: member_id}
    dimensions:
      - {name: lent_at, type: time, type_params: {time_granularity: day}}
      - {name: state, type: categorical, expr: lower(state)}
    measures:
      - {name: days, agg: sum, expr: days}
metrics:
  - {name: days_lent, type: simple, type_params: {measure: days}}
  - name: last_week
    type: derived
    type_params:
      expr: days_lent - before
      metrics: [{name: days_lent}, {name: days_lent, offset_window: 7 days, alias: before}]
  - {name: so_far, type: cumulative, type_params: {measure: days, cumulative_type_params: {window: 2 months}}}
  - {name: share, type: ratio, type_params: {numerator: days_lent, denominator: so_far}, filter: "{{ Dimension('loan__state') }} = 'late'"}
"#;

const OSSIE: &str = r"
version: 0.2.0.dev0
semantic_model:
  - name: library
    datasets:
      - name: loans
        source: library.public.loans
        primary_key: [id]
        fields:
          - {name: days, expression: {dialects: [{dialect: ANSI_SQL, expression: back - lent}]}}
          - {name: state, expression: {dialects: [{dialect: ANSI_SQL, expression: state}]}, dimension: {is_time: false}}
      - {name: members, source: library.public.members, primary_key: [id], fields: [{name: town, expression: town}]}
    relationships:
      - {name: lent_to, from: loans, to: members, from_columns: [member_id], to_columns: [id]}
    metrics:
      - {name: days_lent, expression: SUM(loans.days)}
      - {name: share, expression: 'days_lent / SUM(SUM(loans.days)) OVER ()'}
";

const CUBE: &str = r"
cubes:
  - name: loans
    sql_table: public.loans
    joins: [{name: members, sql: '{CUBE}.member_id = {members}.id', relationship: many_to_one}]
    dimensions: [{name: id, sql: id, type: number, primary_key: true}, {name: lent_at, sql: lent_at, type: time}]
    measures: [{name: count, type: count}, {name: days, type: sum, sql: days, rolling_window: {trailing: 7 day}}]
  - {name: members, sql: SELECT * FROM members, dimensions: [{name: town, sql: town, type: string}]}
";

const DATABRICKS: &str = r"
version: 1.1
source: library.public.loans
filter: state <> 'lost'
joins: [{name: member, source: library.public.members, on: source.member_id = member.id}]
dimensions: [{name: town, expr: member.town}, {name: day, expr: lent_at}]
measures:
  - {name: days_lent, expr: SUM(days)}
  - {name: week, expr: SUM(days), window: [{order: day, range: trailing 7 day, semiadditive: last}]}
";

const SNOWFLAKE: &str = r"
name: library
tables:
  - name: loans
    base_table: {database: library, schema: public, table: loans}
    primary_key: {columns: [id]}
    dimensions: [{name: state, expr: state, data_type: TEXT}]
    time_dimensions: [{name: lent_at, expr: lent_at, data_type: DATE}]
    facts: [{name: days, expr: back - lent, data_type: NUMBER}]
    metrics: [{name: days_lent, expr: SUM(days)}]
";

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides.max(1) as u64).unwrap_or(0)
    }
}

const SPLINTERS: [&str; 24] = [
    "null", "true", "[]", "{}", "-1", "1e400", "''", "\"", "'", "{{", "}}", "{%", "\\", "*x",
    "&x ", "!!set ", "|", "\u{0}", "\u{202e}", "SUM(", "OVER (", "SELECT 1", ": :", "𝕊",
];

/// Breaks a text at some places.
fn broken(text: &str, dice: &mut Dice) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for _ in 0..=dice.throw(3) {
        let at = dice.throw(lines.len());
        let other = dice.throw(lines.len());
        match dice.throw(5) {
            0 => drop(lines.remove(at)),
            1 => lines.insert(other, lines[at].clone()),
            2 => lines.swap(at, other),
            3 => lines[at] = lines[at].replacen(": ", ":\n  ", 1),
            _ => {
                let words: Vec<&str> = lines[at].split_inclusive([' ', ',']).collect();
                let word = dice.throw(words.len());
                let splinter = SPLINTERS[dice.throw(SPLINTERS.len())];
                let put = |(place, text): (usize, &&str)| {
                    if place == word {
                        splinter.to_owned()
                    } else {
                        (*text).to_owned()
                    }
                };
                lines[at] = words.iter().enumerate().map(put).collect();
            }
        }
        if lines.is_empty() {
            break;
        }
    }
    lines.join("\n")
}

/// Asks for each metric by some field, and for each field alone.
fn ask_all(layer: Layer) {
    let catalog = Catalog::new(layer);
    let layer = catalog.layer();
    let fields = layer.datasets.iter().flat_map(|dataset| {
        let names = dataset.fields.iter().take(4);
        names.map(|field| format!("{}.{}", dataset.name, field.name))
    });
    let mut groups: Vec<GroupBy> = fields.map(GroupBy::new).collect();
    groups.push(GroupBy::new("metric_time__month"));
    for (at, group) in groups.iter().enumerate() {
        let metric = layer.metrics.get(at % layer.metrics.len().max(1));
        let metrics = metric.map(|metric| MetricRequest {
            name: metric.name.clone(),
            alias: None,
        });
        let query = Query {
            metrics: metrics.into_iter().collect(),
            group_by: vec![group.clone()],
            filters: vec![Filter(format!("{} IS NOT NULL", group.name))],
            ..Query::default()
        };
        for optimize in [true, false] {
            let dialect = Dialect::ALL[at % Dialect::ALL.len()];
            drop(compile(&catalog, &query, &Options { dialect, optimize }));
        }
    }
}

fn break_often(name: &str, text: &str, times: usize) {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15 ^ text.len() as u64);
    for _ in 0..times {
        let broken = broken(text, &mut dice);
        if let Ok(read) = formats::read("broken", &[(name, broken.as_str())]) {
            for problem in &read.report.problems {
                assert!(
                    !problem.file.is_empty() && !problem.message.is_empty(),
                    "{problem:?}"
                );
            }
            read.layers.into_iter().for_each(ask_all);
        }
    }
}

#[test]
fn broken_files_of_every_format_are_read_or_refused() {
    for text in [METRICFLOW, OSSIE, CUBE, DATABRICKS, SNOWFLAKE] {
        assert!(
            formats::read("whole", &[("whole.yml", text)]).is_ok(),
            "{text}"
        );
        break_often("model.yml", text, 400);
    }
}

#[test]
fn broken_real_files_are_read_or_refused() {
    let Some(folder) = shared("corpora/semantic") else {
        return;
    };
    let mut folders = vec![folder];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)
            .expect("the folder can be read")
            .flatten()
        {
            let path = entry.path();
            let extension = path.extension().and_then(|extension| extension.to_str());
            if path.is_dir() {
                folders.push(path);
            } else if matches!(extension, Some("yml" | "yaml"))
                && let Ok(text) = std::fs::read_to_string(&path)
                && text.len() < 60_000
            {
                files += 1;
                break_often("real.yml", &text, 6);
            }
        }
    }
    assert!(files > 20, "only {files} files were found");
}
