//! Which domain and data product a dbt node belongs to.

use serde_json::Value;

use super::relation::words;
use crate::json::{Fields, Object, Troubles};
use crate::{Asset, Mapping};

/// Folders that say how far data is refined, not what it is about.
const LAYERS: [&str; 22] = [
    "base",
    "bronze",
    "data_marts",
    "final",
    "gold",
    "int",
    "intermediate",
    "landing",
    "mart",
    "marts",
    "models",
    "prep",
    "raw",
    "seeds",
    "silver",
    "snapshots",
    "source",
    "sources",
    "staging",
    "stg",
    "utilities",
    "utils",
];

/// Where a node belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The domain, by the label that a person reads.
    pub(super) domain: String,
    /// The data product by its machine name; a table of a source belongs to none unless somebody says so.
    pub(super) product: Option<String>,
}

impl Place {
    /// Gives the title of the product.
    pub(super) fn product_title(&self) -> Option<String> {
        let name = self.product.as_deref()?;
        // Only a machine's name is made into words; what a person wrote stays as it is.
        let machine = name.contains(['_', '-']) || name.chars().all(|c| !c.is_uppercase());
        Some(if machine && !name.contains(' ') {
            words(name)
        } else {
            name.to_owned()
        })
    }
}

/// What the place of a node is found from.
pub(super) struct Facts<'a> {
    /// The source that is read.
    pub(super) source: &'a str,
    /// The package.
    pub(super) package: &'a str,
    /// The folders below the models.
    pub(super) folders: &'a [&'a str],
    /// The group.
    pub(super) group: Option<&'a str>,
    /// The tags.
    pub(super) tags: &'a [String],
    /// Database, schema and name.
    pub(super) relation: [&'a str; 3],
    /// Whether it is a table that dbt reads and does not make.
    pub(super) is_source: bool,
}

/// Finds the place of a node: rules of the mapping, then `meta`, then the group, then the default domain of the
/// mapping, then the folder, then the package.
pub(super) fn place(
    mapping: &Mapping,
    facts: &Facts<'_>,
    fields: &Fields<'_>,
    troubles: &mut Troubles<'_>,
) -> Place {
    let folder = facts.folders.join("/");
    let [database, schema, name] = facts.relation;
    let mapped = mapping.place(&Asset {
        source: facts.source,
        package: facts.package,
        folder: &folder,
        group: facts.group.unwrap_or_default(),
        tags: facts.tags,
        database,
        schema,
        name,
    });
    let mut topics = facts
        .folders
        .iter()
        .filter(|folder| !LAYERS.contains(&folder.to_lowercase().as_str()));
    let said_domain = mapped
        .domain
        .or_else(|| meta_text(fields, &["domain", "data_domain"], troubles))
        .or_else(|| facts.group.map(words))
        .or_else(|| mapping.default_domain.clone());
    let from_folder = said_domain.is_none();
    let first = topics.next().copied();
    let domain = said_domain.unwrap_or_else(|| words(first.unwrap_or(facts.package)));
    let said_product = mapped
        .product
        .or_else(|| meta_text(fields, &["data_product", "product"], troubles));
    let product = said_product.or_else(|| {
        if facts.is_source {
            return None;
        }
        let below = if from_folder {
            topics.next().copied()
        } else {
            None
        };
        let name = below.or(first).or(facts.group).unwrap_or(facts.package);
        Some(name.to_owned())
    });
    Place {
        domain: if domain.is_empty() {
            "dbt".into()
        } else {
            domain
        },
        product: product.filter(|product| !product.trim().is_empty()),
    }
}

/// Gives the objects in which a user may have written metadata, nearest first.
pub(super) fn metas<'a>(fields: &Fields<'a>) -> Vec<(String, &'a Object)> {
    let mut metas = Vec::new();
    let direct = ["meta", "source_meta"];
    for key in direct {
        if let Some(Value::Object(meta)) = fields.object.get(key) {
            metas.push((fields.path_of(key), meta));
        }
        if key == "meta"
            && let Some(Value::Object(config)) = fields.object.get("config")
            && let Some(Value::Object(meta)) = config.get("meta")
        {
            metas.push((fields.path_of("config.meta"), meta));
        }
    }
    metas
}

/// Gives the tags of something: its own, and those of its `config`, where newer versions write them.
pub(super) fn tags_of(fields: &Fields<'_>, troubles: &mut Troubles<'_>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut add = |tags: Vec<&str>| {
        for tag in tags {
            if !found.iter().any(|known| known == tag) {
                found.push(tag.to_owned());
            }
        }
    };
    add(fields.texts("tags", troubles));
    if let Some(Value::Object(config)) = fields.object.get("config") {
        let path = fields.path_of("config");
        let config = Fields {
            object: config,
            path: &path,
        };
        add(config.texts("tags", troubles));
    }
    found
}

/// Gives the first text that the metadata has under one of some keys.
pub(super) fn meta_text(
    fields: &Fields<'_>,
    keys: &[&str],
    troubles: &mut Troubles<'_>,
) -> Option<String> {
    for (path, meta) in metas(fields) {
        let meta = Fields {
            object: meta,
            path: &path,
        };
        for key in keys {
            if let Some(text) = meta.said(key, troubles) {
                return Some(text.to_owned());
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Report;

    fn check(mapping: &str, folders: &[&str], group: Option<&str>, node: &str) -> String {
        let mapping = Mapping::parse(mapping).unwrap();
        let object: Object = serde_json::from_str(node).unwrap();
        let mut report = Report::default();
        let mut troubles = Troubles {
            report: &mut report,
            file: "manifest.json",
            line: None,
        };
        let facts = Facts {
            source: "s",
            package: "jaffle_shop",
            folders,
            group,
            tags: &[],
            relation: ["", "", ""],
            is_source: false,
        };
        let fields = Fields {
            object: &object,
            path: "nodes.x",
        };
        let place = place(&mapping, &facts, &fields, &mut troubles);
        let title = place.product_title().unwrap_or_default();
        format!("{} / {title}", place.domain)
    }

    #[test]
    fn the_package_is_the_last_resort() {
        assert_eq!(check("", &[], None, "{}"), "Jaffle shop / Jaffle shop");
        assert_eq!(
            check("", &["staging"], None, "{}"),
            "Jaffle shop / Jaffle shop"
        );
    }

    #[test]
    fn folders_are_domain_and_product_and_layers_are_neither() {
        assert_eq!(
            check("", &["marts", "finance"], None, "{}"),
            "Finance / Finance"
        );
        assert_eq!(
            check("", &["data_quality", "dqi", "intermediate"], None, "{}"),
            "Data quality / Dqi"
        );
    }

    #[test]
    fn a_group_and_metadata_say_more_than_folders() {
        assert_eq!(
            check("", &["marts", "orders"], Some("sales_ops"), "{}"),
            "Sales ops / Orders"
        );
        assert_eq!(
            check("", &[], Some("sales_ops"), "{}"),
            "Sales ops / Sales ops"
        );
        let meta = r#"{"config": {"meta": {"domain": "Claims"}}, "meta": {"data_product": "Claim facts"}}"#;
        assert_eq!(check("", &["x"], Some("g"), meta), "Claims / Claim facts");
    }

    #[test]
    fn the_mapping_wins() {
        let mapping = "[mapping]\ndefault_domain = \"Shared\"\n[[mapping.rules]]\nfolder = \"x\"\ndomain = \"Mapped\"";
        let meta = r#"{"meta": {"domain": "Claims"}}"#;
        assert_eq!(check(mapping, &["x"], None, meta), "Mapped / X");
        assert_eq!(check(mapping, &["y"], None, "{}"), "Shared / Y");
        assert_eq!(check(mapping, &["y"], None, meta), "Claims / Y");
    }
}
