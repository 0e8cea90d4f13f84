//! Exports in the formats of others.

use crate::process::Place;

const CONTRACT: &str = "apiVersion: v3.0.2\nkind: DataContract\nid: visits\nversion: 1.0.0\nstatus: active\n\
    domain: Care\ndataProduct: Visits\nschema:\n  - name: visits\n    properties:\n      - {name: id, primaryKey: true, physicalType: uuid}\n";

#[test]
fn contracts_and_catalogs_are_exported() {
    let place = Place::new();
    place.run(&["export", "--format", "odcs"]).fails(5, &[]);
    place.write("visits.odcs.yaml", CONTRACT);
    let ingest = [
        "ingest",
        "odcs",
        "visits.odcs.yaml",
        "--source",
        "contracts",
    ];
    place.run(&ingest).succeeds();
    let written = place.run(&["export", "--format", "odcs"]).succeeds();
    for part in [
        "---\n",
        "apiVersion: v3.1.0",
        "id: visits",
        "physicalType: uuid",
        "dataProduct: Visits",
    ] {
        assert!(written.out.contains(part), "{part}\n{}", written.out);
    }
    assert!(written.err.contains("v3.0.2"), "{}", written.err);
    // What was written is read again.
    place.write("again.yaml", &written.out);
    let again = [
        "ingest",
        "odcs",
        "again.yaml",
        "--source",
        "again",
        "--data",
        "other",
    ];
    place.run(&again).succeeds();
    for (format, parts) in [
        ("dcat", ["dcat:Catalog", "dprod:DataProduct"]),
        ("dcat-jsonld", ["http://www.w3.org/ns/dcat#", "\"@"]),
    ] {
        let catalog = place.run(&["export", "--format", format]).succeeds().out;
        for part in parts {
            assert!(catalog.contains(part), "{part}\n{catalog}");
        }
        assert!(!catalog.contains("isogloss.dev/ns#inDomain"), "{catalog}");
    }
}
