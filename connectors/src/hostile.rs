//! Documents that want to break the readers: every kind gets every one of them, and must end in statements or an error.

use std::fmt::Write;

use proptest::prelude::*;

use crate::shared::options;
use crate::{Input, InputLimits, Kind, read};

/// Sound documents of many kinds, to be cut and mangled.
const SOUND: [(&str, &str); 9] = [
    (
        "contract.yaml",
        "dataContractSpecification: 1.1.0\nid: x\ninfo: {title: T, version: 1}\nmodels: {m: {fields: {a: {$ref: '#/definitions/d'}}}}\ndefinitions: {d: {type: text}}\n",
    ),
    (
        "product.yaml",
        "schema: https://opendataproducts.org/v4.1/schema/odps.yaml\nversion: 4.1\nproduct: {details: {en: {name: N}}, contract: {spec: {id: c, kind: DataContract, apiVersion: v3.1.0}}, dataAccess: {a: {name: {en: x}}}}\n",
    ),
    (
        "terms.csv",
        "term,definition,parent,related\nA,\"one, two\",B,C\nB,b,A,\n",
    ),
    (
        "data.json",
        r#"{"dataset": [{"identifier": "a", "title": "A", "distribution": [{"downloadURL": "http://x"}], "publisher": {"name": "P"}}]}"#,
    ),
    (
        "t/_delta_log/00000000000000000000.json",
        r#"{"metaData": {"id": "a", "schemaString": "{\"type\":\"struct\",\"fields\":[{\"name\":\"x\",\"type\":\"long\"}]}"}}"#,
    ),
    (
        "tables.json",
        r#"{"tables": [{"name": "t", "catalog_name": "c", "schema_name": "s", "table_type": "VIEW", "columns": [{"name": "x", "type_json": "{\"type\":\"long\"}"}]}]}"#,
    ),
    (
        "om.json",
        r#"{"data": [{"name": "t", "fullyQualifiedName": "a.b.c.t", "columns": [{"name": "x", "children": [{"name": "y"}]}]}]}"#,
    ),
    (
        "alignment.rdf",
        "<rdf:RDF xmlns='http://knowledgeweb.semanticweb.org/heterogeneity/alignment' xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><Alignment><map><Cell><entity1 rdf:resource='http://a'/><entity2 rdf:resource='http://b'/><measure>1</measure></Cell></map></Alignment></rdf:RDF>",
    ),
    (
        "package.json",
        r#"{"name": "p", "resources": [{"name": "r", "schema": {"fields": [{"name": "f"}]}}]}"#,
    ),
];

fn every_kind_survives(name: &str, bytes: &[u8]) {
    for kind in Kind::ALL {
        let Ok(input) = Input::decode(name, bytes.to_vec(), &InputLimits::default()) else {
            continue;
        };
        // A result of either sort will do.
        let _read = read(kind, vec![input], &options());
    }
}

#[test]
fn documents_that_are_cut_anywhere_are_survived() {
    for (name, text) in SOUND {
        for end in (0..text.len()).step_by(7) {
            every_kind_survives(name, &text.as_bytes()[..end]);
        }
    }
}

#[test]
fn depth_length_and_bad_bytes_are_survived() {
    let mut object = String::new();
    for _ in 0..100_000 {
        write!(object, "{{\"columns\":[").unwrap();
    }
    for name in ["x.json", "x.yaml", "x.csv", "x.rdf", "x.jsonl"] {
        every_kind_survives(name, "[".repeat(1_000_000).as_bytes());
        every_kind_survives(name, object.as_bytes());
        every_kind_survives(name, &[0xff, 0xfe, 0x00, 0xd8, 0x41]);
        every_kind_survives(name, b"term,definition\n\xff\xfe\x00,\"\n");
        every_kind_survives(name, "a,".repeat(200_000).as_bytes());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn documents_with_bytes_changed_are_survived(
        which in 0..SOUND.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let (name, text) = SOUND[which];
        let mut bytes = text.as_bytes().to_vec();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        every_kind_survives(name, &bytes);
    }
}
