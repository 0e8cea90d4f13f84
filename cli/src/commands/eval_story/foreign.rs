//! Tables of the corpora that no connector reads: the structure of FHIR, OMOP, Spider, `LookML` and JSON Schema.
//!
//! Names, descriptions and columns are taken and nothing else, as catalog lines.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use serde_json::{Value, json};

use crate::failure::{Failure, FailureKind};

/// No file of a corpus is longer.
const BYTES_MAX: u64 = 64 << 20;

/// A form of data model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Foreign {
    Fhir,
    Omop,
    Spider,
    LookMl,
    JsonSchema,
}

/// A table of a data model.
#[derive(Default)]
pub(super) struct Table {
    name: String,
    description: String,
    /// Names with descriptions.
    columns: Vec<(String, String)>,
}

/// Reads a folder as catalog lines, by part of the folder; a part without a name is the whole.
pub(super) fn lines(
    form: Foreign,
    folder: &Path,
    scope: &str,
) -> Result<Vec<(String, Vec<Table>)>, Failure> {
    let mut parts: Vec<(String, Vec<Table>)> = Vec::new();
    let mut add = |part: &str, tables: Vec<Table>| match parts.iter_mut().find(|p| p.0 == part) {
        Some(known) => known.1.extend(tables),
        None => parts.push((part.to_owned(), tables)),
    };
    let folder = if form == Foreign::LookMl {
        folder.join(scope)
    } else {
        folder.to_path_buf()
    };
    for path in files(&folder) {
        let name = path.to_string_lossy().into_owned();
        let bare = name.strip_suffix(".gz").unwrap_or(&name);
        let has = |extension: &str| {
            Path::new(bare)
                .extension()
                .is_some_and(|own| own.eq_ignore_ascii_case(extension))
        };
        let part = path
            .strip_prefix(&folder)
            .ok()
            .and_then(|p| p.parent()?.iter().next());
        let part = part.unwrap_or_default().to_string_lossy().into_owned();
        match form {
            Foreign::Fhir if has("json") && !bare.ends_with("SOURCE.json") => {
                add("", fhir(&json_of(&path)?));
            }
            Foreign::Omop if has("csv") => add("", omop(&text_of(&path)?)),
            Foreign::Spider if bare.ends_with("tables.json") => {
                add("", spider(&json_of(&path)?, scope));
            }
            Foreign::LookMl if bare.ends_with(".view.lkml") => add("", look_ml(&text_of(&path)?)),
            Foreign::JsonSchema if bare.ends_with("schema.json") => {
                let model = path.parent().and_then(Path::file_name).unwrap_or_default();
                add(
                    &part,
                    vec![json_schema(&model.to_string_lossy(), &json_of(&path)?)],
                );
            }
            _ => {}
        }
    }
    Ok(parts)
}

/// Writes tables as catalog lines; what is told of one table in several places is one.
pub(super) fn written(tables: &[Table], domain: Option<&str>) -> String {
    let mut lines: Vec<Value> = Vec::new();
    let mut seen = BTreeSet::new();
    lines.extend(domain.map(|domain| json!({"kind": "domain", "id": domain, "name": domain})));
    for table in tables {
        let id = &table.name;
        let told = seen.contains(id);
        if !told || !table.description.is_empty() {
            seen.insert(id.clone());
            let mut line =
                json!({"kind": "table", "id": id, "name": id, "description": table.description});
            if let Some(domain) = domain {
                line["parent"] = domain.into();
            }
            lines.push(line);
        }
        for (name, description) in &table.columns {
            let column = format!("{id}/{name}");
            if seen.insert(column.clone()) {
                lines.push(json!({
                    "kind": "column", "id": column, "parent": id, "name": name, "description": description
                }));
            }
        }
    }
    let texts: Vec<String> = lines.iter().map(Value::to_string).collect();
    texts.join("\n")
}

fn fhir(bundle: &Value) -> Vec<Table> {
    let resources = list(&bundle["entry"])
        .iter()
        .map(|entry| &entry["resource"]);
    let structures = resources.filter(|r| r["resourceType"] == "StructureDefinition");
    structures
        .map(|resource| {
            let name = text(&resource["name"]);
            let elements = list(&resource["snapshot"]["element"]);
            let own = elements.iter().filter_map(|element| {
                let path = text(&element["path"]);
                let column = path.strip_prefix(&format!("{name}."))?.to_owned();
                // What every resource has says nothing of this one.
                let inherited = text(&element["base"]["path"]);
                let common =
                    inherited.starts_with("Resource.") || inherited.starts_with("DomainResource.");
                (!common && !column.contains('.')).then(|| (column, text(&element["short"])))
            });
            Table {
                columns: own.collect(),
                description: text(&resource["description"]),
                name,
            }
        })
        .collect()
}

fn omop(csv: &str) -> Vec<Table> {
    let mut rows = table_rows(csv).into_iter();
    let Some(header) = rows.next() else {
        return Vec::new();
    };
    let at = |name: &str| header.iter().position(|h| h == name);
    let (table, column) = (at("cdmTableName"), at("cdmFieldName"));
    let about = at("tableDescription").or(at("userGuidance"));
    let cell = |row: &[String], at: Option<usize>| {
        at.and_then(|at| row.get(at)).cloned().unwrap_or_default()
    };
    rows.filter(|row| !cell(row, table).is_empty())
        .map(|row| match column {
            Some(_) => Table {
                name: cell(&row, table),
                columns: vec![(cell(&row, column), cell(&row, about))],
                ..Table::default()
            },
            None => Table {
                name: cell(&row, table),
                description: cell(&row, about),
                columns: Vec::new(),
            },
        })
        .collect()
}

/// Cuts comma-separated values; quotes may hold commas and line ends, and are doubled inside.
fn table_rows(csv: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = csv.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            '\r' if !quoted => {}
            c => cell.push(c),
        }
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell);
        rows.push(row);
    }
    rows
}

fn spider(databases: &Value, scope: &str) -> Vec<Table> {
    let Some(database) = list(databases).iter().find(|d| d["db_id"] == scope) else {
        return Vec::new();
    };
    let mut tables: Vec<Table> = list(&database["table_names_original"])
        .iter()
        .map(|name| Table {
            name: text(name),
            ..Table::default()
        })
        .collect();
    for column in list(&database["column_names_original"]) {
        let table = column[0]
            .as_u64()
            .and_then(|at| tables.get_mut(usize::try_from(at).ok()?));
        if let Some(table) = table {
            table.columns.push((text(&column[1]), String::new()));
        }
    }
    tables
}

fn look_ml(views: &str) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    for line in views.lines().map(str::trim) {
        let Some((key, value)) = line.split_once(':') else {
            continue;
        };
        let value = value
            .trim()
            .trim_end_matches('{')
            .trim()
            .trim_matches('"')
            .to_owned();
        match key {
            "view" => tables.push(Table {
                name: value.trim_start_matches('+').to_owned(),
                ..Table::default()
            }),
            "dimension" | "dimension_group" | "measure" => {
                if let Some(table) = tables.last_mut() {
                    table.columns.push((value, String::new()));
                }
            }
            "description" => {
                let Some(table) = tables.last_mut() else {
                    continue;
                };
                match table.columns.last_mut() {
                    Some(column) => column.1 = value,
                    None => table.description = value,
                }
            }
            _ => {}
        }
    }
    tables
}

fn json_schema(name: &str, schema: &Value) -> Table {
    let mut columns = Vec::new();
    for part in [schema].into_iter().chain(list(&schema["allOf"])) {
        let properties = part["properties"].as_object().into_iter().flatten();
        columns.extend(
            properties.map(|(name, property)| (name.clone(), text(&property["description"]))),
        );
    }
    Table {
        name: name.to_owned(),
        description: text(&schema["description"]),
        columns,
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    entries.sort();
    let inside = |path: PathBuf| {
        if path.is_dir() {
            files(&path)
        } else {
            vec![path]
        }
    };
    entries.into_iter().flat_map(inside).collect()
}

fn text_of(path: &Path) -> Result<String, Failure> {
    let unreadable = |error: std::io::Error| {
        Failure::new(
            FailureKind::Input,
            format!("could not read `{}`: {error}", path.display()),
        )
    };
    let file = fs::File::open(path).map_err(unreadable)?;
    let mut text = String::new();
    if path.extension().is_some_and(|e| e == "gz") {
        MultiGzDecoder::new(file)
            .take(BYTES_MAX)
            .read_to_string(&mut text)
            .map_err(unreadable)?;
    } else {
        file.take(BYTES_MAX)
            .read_to_string(&mut text)
            .map_err(unreadable)?;
    }
    Ok(text)
}

fn json_of(path: &Path) -> Result<Value, Failure> {
    serde_json::from_str(&text_of(path)?).map_err(|error| {
        Failure::new(
            FailureKind::Input,
            format!("could not read `{}`: {error}", path.display()),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_what_quotes_hold() {
        let rows = table_rows("a,b\n\"x, y\",\"say \"\"no\"\"\nmore\"\n");
        assert_eq!(rows[1], ["x, y", "say \"no\"\nmore"]);
    }

    #[test]
    fn models_of_every_form_become_lines() {
        let view =
            "view: lead {\n dimension: city {\n description: \"Where.\"\n }\n measure: n {}\n}";
        assert!(written(&look_ml(view), None).contains("\"description\":\"Where.\""));
        let schema = json!({"description": "A pump.", "allOf": [{"properties": {"flow": {"description": "Litres."}}}]});
        assert_eq!(
            json_schema("Pump", &schema).columns,
            [("flow".to_owned(), "Litres.".to_owned())]
        );
        let spider_json = json!([{"db_id": "x", "table_names_original": ["T"], "column_names_original": [[-1, "*"], [0, "c"]]}]);
        assert_eq!(spider(&spider_json, "x")[0].columns.len(), 1);
        assert_eq!(
            omop("cdmTableName,cdmFieldName,userGuidance\nperson,id,An id.\n")[0].name,
            "person"
        );
    }
}
