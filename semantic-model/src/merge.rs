//! The rules of the merged view: what this vocabulary needs, and how a configuration changes them.
//!
//! ```
//! let rules = semantic_model::merge::default_rules();
//! let description = rules.properties.iter().find(|rule| rule.predicate.ends_with("/description"));
//! assert_eq!(description.map(|rule| rule.order[0].as_str()), Some("people"));
//! ```

use std::collections::BTreeMap;

use graph_core::rdf::NamedNode;
use graph_core::{ChildRule, IdentityRules, MergeRules, PropertyRule, SureRule, Thousandths};
use ontologies::{csvw, dcat, dcterms, dprod, iso, prov, rdfs, skos};
use serde::Deserialize;

use crate::error::Error;

/// The source, or the kind of the sources, where people say something themselves.
pub const PEOPLE: &str = "people";

/// Kinds of sources that read a database or a warehouse itself.
const DATABASES: [&str; 18] = [
    "postgres",
    "postgres-catalog",
    "mysql",
    "sqlserver",
    "oracle",
    "snowflake",
    "bigquery",
    "redshift",
    "databricks",
    "duckdb",
    "sqlite",
    "iceberg",
    "delta",
    "unity-catalog",
    "hive",
    "information-schema",
    "warehouse",
    "database",
];

/// What is so in a database: who reads it knows best.
const FACTS: [(&str, bool); 6] = [
    (csvw::DATATYPE, true),
    (csvw::REQUIRED, true),
    (iso::MATERIALIZATION, true),
    (iso::ROW_COUNT, true),
    (iso::POSITION, true),
    (iso::NAME, true),
];

/// What something is called and what it is for: people know best, then who promises it.
const MEANINGS: [(&str, bool); 13] = [
    (dcterms::TITLE, false),
    (dcterms::DESCRIPTION, false),
    (rdfs::LABEL, false),
    (rdfs::COMMENT, false),
    (csvw::TITLE, false),
    (dprod::PURPOSE, false),
    (dprod::DATA_PRODUCT_OWNER, false),
    (dprod::LIFECYCLE_STATUS, true),
    (dcat::CONTACT_POINT, false),
    (dcterms::PUBLISHER, false),
    (iso::AGGREGATION, true),
    (iso::STATUS, true),
    (prov::WAS_ATTRIBUTED_TO, false),
];

/// The words of a glossary: people know best, then the glossary.
const WORDS: [(&str, bool); 4] = [
    (skos::PREF_LABEL, false),
    (skos::DEFINITION, false),
    (skos::SCOPE_NOTE, false),
    (iso::EXPRESSION, false),
];

/// Who comes after the databases in what is so in them.
const FACTS_BY: [&str; 8] = [
    "dbt",
    "catalog-lines",
    "openlineage",
    "datahub",
    "openmetadata",
    "odcs",
    "rdf",
    PEOPLE,
];

/// Who comes before the databases in what something is called and is for.
const MEANINGS_BY: [&str; 8] = [
    PEOPLE,
    "odcs",
    "dbt",
    "catalog-lines",
    "rdf",
    "data-json",
    "datahub",
    "openmetadata",
];

/// Who knows the words of a glossary.
const WORDS_BY: [&str; 8] = [
    PEOPLE,
    "rdf",
    "glossary",
    "odcs",
    "dbt",
    "catalog-lines",
    "datahub",
    "openmetadata",
];

/// How sure an `owl:sameAs` must be to join, unless the configuration says otherwise.
const JOINS_AT: Thousandths = Thousandths(850);

/// How sure the kinds of sources are of an `owl:sameAs` that says nothing of it, in thousandths: a person decides, a system
/// that knows its own tables by two names seldom errs, and a file from anywhere does.
const SURE_BY: [(&str, u16); 5] = [
    (PEOPLE, 1000),
    ("catalog-lines", 980),
    ("openlineage", 980),
    ("datahub", 980),
    ("rdf", 900),
];

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

fn databases_then(others: &[&str]) -> Vec<String> {
    [owned(&DATABASES), owned(others)].concat()
}

/// Returns the rules that suit this vocabulary.
///
/// The values of every other property are those of all sources: types, keywords, alternative labels, lineage, the
/// data that a product has, classifications.
pub fn default_rules() -> MergeRules {
    let facts = databases_then(&FACTS_BY);
    // A comment in the database says least: whoever wrote a description elsewhere knew it.
    let meanings = [owned(&MEANINGS_BY), databases_then(&["openlineage"])].concat();
    let words = owned(&WORDS_BY);
    let rules = |properties: &[(&str, bool)], order: &[String]| -> Vec<PropertyRule> {
        let rule = |&(predicate, single): &(&str, bool)| PropertyRule {
            predicate: predicate.to_owned(),
            order: order.to_vec(),
            single,
        };
        properties.iter().map(rule).collect()
    };
    MergeRules {
        properties: [
            rules(&FACTS, &facts),
            rules(&MEANINGS, &meanings),
            rules(&WORDS, &words),
        ]
        .concat(),
        order: meanings,
        identities: IdentityRules {
            same_as: true,
            sure: SureRule {
                property: Some(iso::CONFIDENCE.to_owned()),
                at_least: JOINS_AT,
                unsaid: SURE_BY
                    .map(|(name, sure)| (name.to_owned(), Thousandths(sure)))
                    .to_vec(),
                otherwise: Thousandths(900),
            },
            keys: owned(&[iso::QUALIFIED_NAME]),
            children: vec![
                ChildRule {
                    link: csvw::TABLE_SCHEMA.to_owned(),
                    key: None,
                    fold_case: false,
                },
                ChildRule {
                    link: csvw::COLUMN.to_owned(),
                    key: Some(csvw::NAME.to_owned()),
                    fold_case: true,
                },
            ],
            order: databases_then(&[
                "dbt",
                "catalog-lines",
                "rdf",
                "odcs",
                "openlineage",
                "datahub",
                "openmetadata",
                PEOPLE,
            ]),
            refused_by: owned(&[PEOPLE]),
        },
    }
}

/// What a configuration says of the merged view; what it leaves out is as in [`default_rules`].
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MergeSettings {
    /// The order of the rules that bring none of their own: names or kinds of sources, best first.
    pub order: Option<Vec<String>>,
    /// Rules for single properties.
    #[serde(default, rename = "property")]
    pub properties: Vec<PropertySettings>,
    /// Which names mean one thing.
    #[serde(default)]
    pub identities: IdentitySettings,
}

/// What a configuration says of one property.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PropertySettings {
    /// The property, as an IRI or as `prefix:name` with a prefix of the vocabulary.
    pub name: String,
    /// Names or kinds of sources, best first; without it the general order.
    #[serde(default)]
    pub order: Vec<String>,
    /// Whether also the winner keeps only one value (in each language).
    #[serde(default)]
    pub single: bool,
    /// Whether the values of every source count, so that there is no rule.
    #[serde(default)]
    pub union: bool,
}

/// What a configuration says of identities.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentitySettings {
    /// Whether `owl:sameAs` joins.
    pub same_as: Option<bool>,
    /// How sure an `owl:sameAs` must be to join, from 0 to 1.
    pub same_as_at_least: Option<f64>,
    /// How sure sources are of an `owl:sameAs` that does not say it, by their names or kinds, from 0 to 1.
    #[serde(default)]
    pub same_as_sure: BTreeMap<String, f64>,
    /// Properties of which an equal value joins its subjects; an empty list for none.
    pub keys: Option<Vec<String>>,
    /// Whether the columns of tables that were joined are joined by their names.
    pub columns: Option<bool>,
    /// Names or kinds of sources, best first: the name that the best source speaks of stands for all.
    pub order: Option<Vec<String>>,
    /// Names or kinds of the sources whose `owl:differentFrom` keeps two names apart.
    pub refused_by: Option<Vec<String>>,
}

impl MergeSettings {
    /// Applies the settings to the default rules.
    ///
    /// # Errors
    /// [`Error::UnknownProperty`] for a property that is neither an IRI nor has a known prefix.
    pub fn rules(&self) -> Result<MergeRules, Error> {
        let mut rules = default_rules();
        if let Some(order) = &self.order {
            rules.order.clone_from(order);
        }
        for settings in &self.properties {
            let predicate = property(&settings.name)?;
            rules.properties.retain(|rule| rule.predicate != predicate);
            if !settings.union {
                rules.properties.push(PropertyRule {
                    predicate,
                    order: settings.order.clone(),
                    single: settings.single,
                });
            }
        }
        let (found, identities) = (&self.identities, &mut rules.identities);
        if let Some(same_as) = found.same_as {
            identities.same_as = same_as;
        }
        if let Some(least) = found.same_as_at_least {
            identities.sure.at_least = part_of_one("same_as_at_least", least)?;
        }
        // What the configuration names comes before the defaults.
        for (at, (name, sure)) in found.same_as_sure.iter().enumerate() {
            let sure = part_of_one(name, *sure)?;
            identities.sure.unsaid.insert(at, (name.clone(), sure));
        }
        if let Some(keys) = &found.keys {
            identities.keys = keys
                .iter()
                .map(|key| property(key))
                .collect::<Result<_, _>>()?;
        }
        if found.columns == Some(false) {
            identities.children.clear();
        }
        if let Some(order) = &found.order {
            identities.order.clone_from(order);
        }
        if let Some(refused_by) = &found.refused_by {
            identities.refused_by.clone_from(refused_by);
        }
        Ok(rules)
    }
}

fn part_of_one(name: &str, number: f64) -> Result<Thousandths, Error> {
    Thousandths::of(number).ok_or_else(|| Error::NotPartOfOne {
        name: name.to_owned(),
    })
}

fn property(name: &str) -> Result<String, Error> {
    let iri = ontologies::expand(name).unwrap_or_else(|| name.to_owned());
    match NamedNode::new(&iri) {
        Ok(iri) => Ok(iri.into_string()),
        Err(_) => Err(Error::UnknownProperty {
            text: name.to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_property_has_one_rule_and_every_order_an_end() {
        let rules = default_rules();
        let mut names: Vec<&str> = rules
            .properties
            .iter()
            .map(|rule| rule.predicate.as_str())
            .collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!((names.len(), count), (23, 23));
        for rule in &rules.properties {
            assert!(
                rule.order.iter().any(|kind| kind == PEOPLE),
                "{}",
                rule.predicate
            );
        }
    }

    #[test]
    fn settings_change_only_what_they_name() {
        let settings = MergeSettings {
            properties: vec![
                PropertySettings {
                    name: "dcterms:description".to_owned(),
                    order: owned(&["wiki"]),
                    single: true,
                    union: false,
                },
                PropertySettings {
                    name: iso::STATUS.to_owned(),
                    order: Vec::new(),
                    single: false,
                    union: true,
                },
            ],
            identities: IdentitySettings {
                columns: Some(false),
                keys: Some(owned(&["dcterms:identifier"])),
                ..IdentitySettings::default()
            },
            ..MergeSettings::default()
        };
        let rules = settings.rules().unwrap();
        let rule = |iri: &str| rules.properties.iter().find(|rule| rule.predicate == iri);
        let description = rule(dcterms::DESCRIPTION).unwrap();
        assert!(description.single && description.order == ["wiki"]);
        assert_eq!(rule(iso::STATUS), None);
        let defaults = default_rules();
        let title = defaults
            .properties
            .iter()
            .find(|rule| rule.predicate == dcterms::TITLE);
        assert_eq!(rule(dcterms::TITLE), title);
        assert_eq!(rules.identities.keys, [dcterms::IDENTIFIER]);
        assert!(rules.identities.children.is_empty() && rules.identities.same_as);

        let wrong = PropertySettings {
            name: "no property".to_owned(),
            order: Vec::new(),
            single: false,
            union: false,
        };
        let wrong = MergeSettings {
            properties: vec![wrong],
            ..MergeSettings::default()
        };
        assert_eq!(
            wrong.rules(),
            Err(Error::UnknownProperty {
                text: "no property".to_owned()
            })
        );
    }
}
