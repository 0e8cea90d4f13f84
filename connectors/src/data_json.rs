//! Catalogs of open data as `data.json`: the Project Open Data metadata schema 1.0 and 1.1, which is DCAT-US.
//!
//! Each entry becomes a `dcat:Dataset` with its distributions, publisher and contact. What has no place of its own is
//! kept as `iso:extra`. `docs/formats/data-json.md` is the user's page.

use graph_core::rdf::NamedNode;
use ontologies::{dcat, dcterms, org, prov};
use semantic_model::identity::{IriKind, is_absolute_iri};
use serde_json::Value;

use crate::input::file_name;
use crate::json::{self, Fields, Object, Troubles};
use crate::statements::{OwnerKind, named};
use crate::table::{Table, place};
use crate::{Asset, Input, Options, Report, StatementBuilder};

/// Keys of an entry that are written as statements of their own.
const OF_ENTRY: [&str; 29] = [
    "@type",
    "title",
    "description",
    "identifier",
    "keyword",
    "theme",
    "modified",
    "issued",
    "accessLevel",
    "license",
    "rights",
    "spatial",
    "temporal",
    "accrualPeriodicity",
    "language",
    "landingPage",
    "conformsTo",
    "describedBy",
    "references",
    "isPartOf",
    "publisher",
    "contactPoint",
    "mbox",
    "distribution",
    "accessURL",
    "webService",
    "dataDictionary",
    "format",
    "feed",
];
/// Keys of a catalog that say what it is and not what is in it.
const OF_CATALOG: [&str; 2] = ["dataset", "@context"];
/// How many organisations above a publisher are written.
const ORGANISATIONS_MAX: usize = 16;

/// Reads catalogs of open data.
pub fn read(
    inputs: Vec<Input>,
    options: &Options,
    report: &mut Report,
    out: &mut StatementBuilder,
) {
    json::documents(inputs, report, |value, troubles| {
        let file = file_name(troubles.file);
        let mut writer = Writer {
            out,
            options,
            troubles,
        };
        match &value {
            // Version 1.0 is a list, or a single entry.
            Value::Array(entries) => writer.entries(entries, ""),
            Value::Object(catalog) => match catalog.get("dataset") {
                Some(Value::Array(entries)) => {
                    writer.catalog(catalog, &file);
                    writer.entries(entries, "dataset");
                }
                _ if catalog.contains_key("accessLevel") => {
                    writer.entries(std::slice::from_ref(&value), "");
                }
                _ => writer.no_catalog(),
            },
            _ => writer.no_catalog(),
        }
    });
}

struct Writer<'a> {
    out: &'a mut StatementBuilder,
    options: &'a Options,
    troubles: Troubles<'a>,
}

impl Writer<'_> {
    fn no_catalog(&mut self) {
        let at = self.troubles.at("dataset");
        let message = "this is no catalog of open data: it has no list `dataset`";
        self.troubles.report.foreign("not_a_catalog", message, at);
        self.troubles.report.skipped += 1;
    }

    fn skip(&mut self, code: &'static str, message: &str, path: &str) {
        let at = self.troubles.at(path);
        self.troubles.report.warning(code, message, at);
        self.troubles.report.skipped += 1;
    }

    /// Writes what a catalog says of itself.
    fn catalog(&mut self, catalog: &Object, file: &str) {
        let own = catalog.get("@id").and_then(Value::as_str);
        let iri = match own.filter(|own| is_absolute_iri(own)) {
            Some(own) => named(own),
            None => self.out.iri(IriKind::Service, &["catalog", file]),
        };
        self.troubles.report.understood("catalog");
        self.out.class(&iri, dcat::CATALOG_CLASS);
        for (key, value) in catalog {
            let is_own = !OF_CATALOG.contains(&key.as_str()) && !key.starts_with('@');
            if is_own && !says_nothing(value) {
                self.out.extra(&iri, key, value);
            }
        }
    }

    fn entries(&mut self, entries: &[Value], list: &str) {
        for (position, entry) in entries.iter().enumerate() {
            let path = format!("{list}[{position}]");
            match entry {
                Value::Object(object) => self.entry(&Fields {
                    object,
                    path: &path,
                }),
                _ => self.skip("bad_entry", "the entry is no object", &path),
            }
        }
    }

    fn entry(&mut self, entry: &Fields<'_>) {
        let title = entry.said("title", &mut self.troubles);
        let identifier = entry.said("identifier", &mut self.troubles).or(title);
        let Some(identifier) = identifier else {
            let message = "the entry has neither `identifier` nor `title`; templates have such";
            self.skip("missing_name", message, entry.path);
            return;
        };
        self.troubles.report.understood("dataset");
        let iri = if is_absolute_iri(identifier) {
            let iri = named(identifier);
            self.out.class(&iri, dcat::DATASET_CLASS);
            iri
        } else {
            Table::declare(self.out, &[identifier]).iri
        };
        let name = title.unwrap_or(identifier);
        self.out.name(&iri, dcterms::TITLE, name);
        self.out.text(&iri, dcterms::IDENTIFIER, identifier);
        self.texts(&iri, entry);
        self.people(&iri, entry);
        self.distributions(&iri, identifier, entry);
        for (key, value) in entry.object {
            if !OF_ENTRY.contains(&key.as_str()) && !says_nothing(value) {
                self.out.extra(&iri, key, value);
            }
        }
        let asset = Asset {
            name,
            ..Asset::default()
        };
        place(self.out, self.options, &iri, &asset);
    }

    fn texts(&mut self, iri: &NamedNode, entry: &Fields<'_>) {
        for (key, predicate) in [
            ("description", dcterms::DESCRIPTION),
            ("accessLevel", dcterms::ACCESS_RIGHTS),
            ("accrualPeriodicity", dcterms::ACCRUAL_PERIODICITY),
            ("rights", dcterms::RIGHTS),
        ] {
            if let Some(text) = entry.said(key, &mut self.troubles) {
                self.out.text(iri, predicate, text);
            }
        }
        for (key, predicate) in [("modified", dcterms::MODIFIED), ("issued", dcterms::ISSUED)] {
            if let Some(moment) = entry.said(key, &mut self.troubles) {
                self.out.moment(iri, predicate, moment);
            }
        }
        for (key, predicate) in [
            ("license", dcterms::LICENSE),
            ("landingPage", dcat::LANDING_PAGE),
            ("conformsTo", dcterms::CONFORMS_TO),
            ("describedBy", dcterms::SOURCE),
            ("dataDictionary", dcterms::SOURCE),
            ("isPartOf", dcterms::IS_PART_OF),
        ] {
            if let Some(text) = entry.said(key, &mut self.troubles) {
                self.link_or_text(iri, predicate, text);
            }
        }
        for (key, predicate) in [
            ("spatial", dcterms::SPATIAL),
            ("temporal", dcterms::TEMPORAL),
        ] {
            match entry.get(key) {
                Some(Value::String(text)) => self.out.text(iri, predicate, text),
                Some(other) => self.out.extra(iri, key, other),
                None => {}
            }
        }
        for (key, predicate) in [("theme", dcat::KEYWORD), ("language", dcterms::LANGUAGE)] {
            for text in entry.texts(key, &mut self.troubles) {
                self.out.name(iri, predicate, text);
            }
        }
        for text in entry.texts("references", &mut self.troubles) {
            self.link_or_text(iri, dcterms::RELATION, text);
        }
        // Version 1.0 had all keywords in one text.
        for text in entry.texts("keyword", &mut self.troubles) {
            for word in text.split([',', ';']) {
                self.out.name(iri, dcat::KEYWORD, word);
            }
        }
    }

    fn link_or_text(&mut self, iri: &NamedNode, predicate: &str, text: &str) {
        let link = is_absolute_iri(text).then(|| NamedNode::new(text).ok());
        match link.flatten() {
            Some(link) => self.out.link(iri, predicate, &link),
            None => self.out.text(iri, predicate, text),
        }
    }

    fn people(&mut self, iri: &NamedNode, entry: &Fields<'_>) {
        match entry.get("publisher") {
            Some(Value::String(name)) if !name.trim().is_empty() => {
                let owner = self.out.owner(name, OwnerKind::Organization, None);
                self.out.link(iri, dcterms::PUBLISHER, &owner);
            }
            Some(Value::Object(publisher)) => self.publisher(iri, publisher),
            Some(other) if !says_nothing(other) => self.out.extra(iri, "publisher", other),
            _ => {}
        }
        let mail = |text: Option<&str>| {
            let text = text?.trim();
            Some(text.strip_prefix("mailto:").unwrap_or(text).to_owned())
        };
        let (name, address) = match entry.get("contactPoint") {
            Some(Value::String(name)) => (
                Some(name.as_str()),
                mail(entry.said("mbox", &mut self.troubles)),
            ),
            Some(Value::Object(contact)) => {
                let text = |key: &str| contact.get(key).and_then(Value::as_str);
                (text("fn"), mail(text("hasEmail")))
            }
            _ => (None, None),
        };
        let address = address.filter(|address| !address.is_empty());
        let name = name.map(str::trim).filter(|name| !name.is_empty());
        if let Some(name) = name.or(address.as_deref()) {
            let owner = self.out.owner(name, OwnerKind::Unknown, address.as_deref());
            self.out.link(iri, prov::WAS_ATTRIBUTED_TO, &owner);
        }
    }

    /// Writes a publisher and what it is a part of.
    fn publisher(&mut self, iri: &NamedNode, publisher: &Object) {
        let mut below: Option<NamedNode> = None;
        let mut current = Some(publisher);
        for _ in 0..ORGANISATIONS_MAX {
            let Some(organisation) = current else { return };
            let Some(name) = organisation.get("name").and_then(Value::as_str) else {
                return;
            };
            let owner = self.out.owner(name, OwnerKind::Organization, None);
            match &below {
                None => self.out.link(iri, dcterms::PUBLISHER, &owner),
                Some(below) => self.out.link(below, org::SUB_ORGANIZATION_OF, &owner),
            }
            below = Some(owner);
            current = organisation
                .get("subOrganizationOf")
                .and_then(Value::as_object);
        }
        self.out
            .extra(iri, "publisher", &Value::Object(publisher.clone()));
    }

    fn distributions(&mut self, iri: &NamedNode, identifier: &str, entry: &Fields<'_>) {
        // Version 1.0 had the first distribution in the entry itself.
        for key in ["accessURL", "webService", "feed"] {
            if let Some(address) = entry.said(key, &mut self.troubles) {
                self.link_or_text(iri, dcat::ACCESS_URL, address);
            }
        }
        if let Some(format) = entry.said("format", &mut self.troubles) {
            self.out.text(iri, dcterms::FORMAT, format);
        }
        let list = entry.objects("distribution", &mut self.troubles);
        for (position, (path, object)) in (1..).zip(&list) {
            let distribution = Fields { object, path };
            if object.values().all(says_nothing) {
                continue;
            }
            let number = i32::to_string(&position);
            let node = self
                .out
                .iri(IriKind::Service, &[identifier, "distribution", &number]);
            self.troubles.report.understood("distribution");
            self.out.class(&node, dcat::DISTRIBUTION_CLASS);
            self.out.link(iri, dcat::DISTRIBUTION, &node);
            let mut handled = vec!["@type"];
            for (key, predicate, is_link) in [
                ("title", dcterms::TITLE, false),
                ("description", dcterms::DESCRIPTION, false),
                ("format", dcterms::FORMAT, false),
                ("mediaType", dcat::MEDIA_TYPE, false),
                ("license", dcterms::LICENSE, true),
                ("conformsTo", dcterms::CONFORMS_TO, true),
                ("downloadURL", dcat::DOWNLOAD_URL, true),
                ("accessURL", dcat::ACCESS_URL, true),
            ] {
                handled.push(key);
                match distribution.said(key, &mut self.troubles) {
                    Some(text) if is_link => self.link_or_text(&node, predicate, text),
                    Some(text) => self.out.text(&node, predicate, text),
                    None => {}
                }
            }
            for (key, value) in *object {
                if !handled.contains(&key.as_str()) && !says_nothing(value) {
                    self.out.extra(&node, key, value);
                }
            }
        }
    }
}

/// Whether a value is what templates leave: nothing, or empty texts alone.
fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.iter().all(says_nothing),
        Value::Object(object) => object.values().all(says_nothing),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::shared::{lines, options, read_shared, read_texts, report_lines, shared};
    use crate::{Error, Input, Kind, SourceStatements};

    fn holds(read: &SourceStatements, expected: &[&str]) {
        let text = lines(read);
        for line in expected {
            assert!(text.lines().any(|found| found == *line), "{line}\n{text}");
        }
    }

    #[test]
    fn entries_become_datasets_with_distributions_and_people() {
        let catalog = json!({"conformsTo": "https://project-open-data.cio.gov/v1.1/schema", "dataset": [
            {"@type": "dcat:Dataset", "identifier": "w-1", "title": "Widgets", "description": "All.", "accessLevel": "public", "modified": "2011-11-19T12:00:00Z",
             "keyword": ["widget"], "bureauCode": ["018:10"], "license": "https://example.org/l", "spatial": {"type": "Point"},
             "contactPoint": {"fn": "Ann", "hasEmail": "mailto:ann@example.org"},
             "publisher": {"name": "Widgets", "subOrganizationOf": {"name": "Services"}},
             "distribution": [{"downloadURL": "https://example.org/w.csv", "mediaType": "text/csv", "x": 1}, {"accessURL": ""}]},
            {"identifier": "https://example.org/w2", "title": "More"},
            {"title": "", "identifier": ""}, 7
        ]});
        let read = read_texts(
            Kind::DataJson,
            &[("data.json", &catalog.to_string())],
            &options(),
        );
        holds(
            &read,
            &[
                "dataset:s/w-1 dcterms:title \"Widgets\"",
                "dataset:s/w-1 dcterms:accessRights \"public\"",
                "dataset:s/w-1 dcterms:modified \"2011-11-19T12:00:00Z\"^^<xsd:dateTime>",
                "dataset:s/w-1 dcterms:license https://example.org/l",
                "dataset:s/w-1 iso:extra \"bureauCode=[\\\"018:10\\\"]\"",
                "dataset:s/w-1 iso:extra \"spatial={\\\"type\\\":\\\"Point\\\"}\"",
                "dataset:s/w-1 prov:wasAttributedTo owner:mesh/ann",
                "dataset:s/w-1 dcterms:publisher owner:mesh/widgets",
                "owner:mesh/widgets org:subOrganizationOf owner:mesh/services",
                "dataset:s/w-1 dcat:distribution service:s/w-1/distribution/1",
                "service:s/w-1/distribution/1 dcat:downloadURL https://example.org/w.csv",
                "service:s/w-1/distribution/1 iso:extra \"x=1\"",
                "https://example.org/w2 a dcat:Dataset",
            ],
        );
        let report = report_lines(&read.report);
        for part in [
            "`dataset[2]`: the entry has neither",
            "`dataset[3]`: the entry is no object",
        ] {
            assert!(report.contains(part), "{part}\n{report}");
        }
        assert_eq!(
            (
                read.report.understood["dataset"],
                read.report.understood["distribution"]
            ),
            (2, 1)
        );
    }

    #[test]
    fn version_one_is_a_bare_list_with_texts_where_there_are_objects_now() {
        let list = json!([{"title": "Old", "keyword": "a, b", "publisher": "Bureau", "contactPoint": "Bob", "mbox": "bob@example.org",
            "accessLevel": "public", "accessURL": "https://example.org/x.csv", "format": "text/csv"}]);
        let read = read_texts(
            Kind::DataJson,
            &[("catalog.json", &list.to_string())],
            &options(),
        );
        holds(
            &read,
            &[
                "dataset:s/Old dcat:keyword \"b\"",
                "dataset:s/Old dcterms:publisher owner:mesh/bureau",
                "owner:mesh/bob foaf:mbox mailto:bob@example.org",
                "dataset:s/Old dcat:accessURL https://example.org/x.csv",
            ],
        );
        for text in ["{}", "7", "{\"dataset\": 1}"] {
            let other = vec![Input::text("x.json", text)];
            assert!(
                matches!(
                    crate::read(Kind::DataJson, other, &options()),
                    Err(Error::NothingRead { .. })
                ),
                "{text}"
            );
        }
    }

    #[test]
    fn the_samples_of_the_schema_are_read_whole() {
        for path in [
            "v1.1/examples/catalog-sample.json",
            "v1.1/examples/catalog-sample-extended.json",
            "examples/catalog-sample.json",
            "examples/catalog-sample-extended.json",
        ] {
            let path = format!("corpora/dcat_dprod/us_project_open_data/{path}");
            let Some(read) = read_shared(Kind::DataJson, &[&path]) else {
                return;
            };
            let file = shared(&path).unwrap();
            assert_eq!(Kind::detect(&file), Some(Kind::DataJson), "{path}");
            let value: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
            let entries = value
                .as_array()
                .or_else(|| value["dataset"].as_array())
                .unwrap();
            assert_eq!(
                read.report.understood["dataset"],
                entries.len() as u64,
                "{path}"
            );
            assert_eq!(read.report.skipped, 0, "{}", report_lines(&read.report));
        }
    }
}
