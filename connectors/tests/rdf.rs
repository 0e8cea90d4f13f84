//! The `rdf` connector, on small documents written here and on the shared data.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use connectors::{
    Error, Input, InputLimits, Kind, Options, Report, SourceStatements, ingest_paths,
};
use expect_test::{Expect, expect};

fn options() -> Options {
    Options::new("s".parse().expect("a valid name"))
}

fn try_read(files: &[(&str, &str)]) -> Result<SourceStatements, Error> {
    let inputs = files
        .iter()
        .map(|(name, text)| Input::text(*name, *text))
        .collect();
    connectors::read(Kind::Rdf, inputs, &options())
}

fn diagnostics(report: &Report) -> String {
    let lines: Vec<String> = report
        .diagnostics
        .iter()
        .map(|diagnostic| format!("{} {diagnostic}\n", diagnostic.severity))
        .collect();
    lines.concat()
}

fn check(files: &[(&str, &str)], expected: &Expect) {
    let text = match try_read(files) {
        Ok(read) => {
            let statements: Vec<String> = read
                .statements
                .iter()
                .map(|statement| format!("{statement}\n"))
                .collect();
            format!(
                "{}{:?}\n{}",
                statements.concat(),
                read.report.understood,
                diagnostics(&read.report)
            )
        }
        Err(Error::NothingRead { report, .. }) => format!("nothing\n{}", diagnostics(&report)),
        Err(error) => format!("{error}\n"),
    };
    expected.assert_eq(&text);
}

#[test]
fn every_syntax_is_read() {
    let statement = "<http://e/s> <http://e/p> \"o\"@en .";
    let xml = "<?xml version=\"1.0\"?>\n<!DOCTYPE rdf:RDF [ <!ENTITY e \"http://e/\"> ]>\n\
               <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns:e=\"http://e/\">\n\
               <rdf:Description rdf:about=\"&e;s\"><e:p xml:lang=\"en\">o</e:p></rdf:Description></rdf:RDF>";
    let json = r#"{"@id": "http://e/s", "http://e/p": {"@value": "o", "@language": "en"}}"#;
    let quad = "<http://e/s> <http://e/p> \"o\"@en <http://e/g> .";
    let files = [
        ("a.ttl", statement),
        ("a.nt", statement),
        ("a.nq", quad),
        (
            "a.trig",
            "<http://e/g> { <http://e/s> <http://e/p> \"o\"@en }",
        ),
        ("a.rdf", xml),
        ("a.owl", xml),
        ("a.jsonld", json),
        ("a", statement),
        ("b.ttl", xml),
    ];
    for file in files {
        let read = try_read(&[file]).expect("it is sound");
        let lines: Vec<String> = read.statements.iter().map(ToString::to_string).collect();
        assert_eq!(lines, ["<http://e/s> <http://e/p> \"o\"@en"], "{}", file.0);
    }
    // The same statement in all of them is one statement.
    assert_eq!(
        try_read(&files).expect("they are sound").statements.len(),
        1
    );
}

#[test]
fn blank_nodes_are_named_by_their_document() {
    check(
        &[
            (
                "x/a.ttl",
                "[] <http://e/p> [ <http://e/q> _:z ] . _:z <#r> <> .",
            ),
            ("x/b.trig", "<http://e/g> { _:z <http://e/q> 1 }"),
        ],
        &expect![[r#"
            _:db556862314n0 <http://e/q> _:db556862314n1
            _:db556862314n2 <http://e/p> _:db556862314n0
            _:db556862314n1 <urn:isogloss:document:s/a.ttl#r> <urn:isogloss:document:s/a.ttl>
            _:d140a919f76n0 <http://e/q> "1"^^<http://www.w3.org/2001/XMLSchema#integer>
            {}
            note x/b.trig: graph names are dropped, for the source is the graph (graphs: 1, statements in them: 1): <http://e/g> (1) [named_graphs]
        "#]],
    );
}

#[test]
fn triple_terms_are_kept() {
    check(
        &[(
            "a.ttl",
            "<http://e/s> <http://e/p> <<( _:b <http://e/q> \"o\" )>> .",
        )],
        &expect![[r#"
            <http://e/s> <http://e/p> <<( _:db556862314n0 <http://e/q> "o" )>>
            {}
        "#]],
    );
}

#[test]
fn glossaries_and_ontologies_are_counted_by_what_they_hold() {
    check(
        &[(
            "a.ttl",
            "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
<http://e/o> a owl:Ontology ; owl:imports <http://e/other> .
<http://e/a> a skos:Concept ; skos:prefLabel \"A\"@en .
<http://e/b> a skos:Concept, owl:Class .
[] a owl:Class .
",
        )],
        &expect![[r#"
            <http://e/o> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/2002/07/owl#Ontology>
            <http://e/o> <http://www.w3.org/2002/07/owl#imports> <http://e/other>
            <http://e/a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/2004/02/skos/core#Concept>
            <http://e/a> <http://www.w3.org/2004/02/skos/core#prefLabel> "A"@en
            <http://e/b> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/2004/02/skos/core#Concept>
            <http://e/b> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/2002/07/owl#Class>
            _:db556862314n0 <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/2002/07/owl#Class>
            {"ontology": 1, "term": 2}
            note a.ttl: imports are not followed: <http://e/other> [imports]
            note all documents: things of kind term without a label: 1 of 2 [no_label]
        "#]],
    );
}

#[test]
fn what_stands_around_an_error_is_kept() {
    check(
        &[(
            "a.nt",
            "<http://e/a> <http://e/p> 1 .\n<http://e/b> <http://e/p> \"x\" .\n<http://e/c>\n",
        )],
        &expect![[r#"
            <http://e/b> <http://e/p> "x"
            {}
            error a.nt:1:27: The object of a triple must be an IRI, a blank node or a literal [rdf_syntax]
            error a.nt:4:1: line jumps are not allowed in the middle of triples [rdf_syntax]
            warning a.nt: read in part (statements kept: 1, errors: 2): each of these lines was left out [read_in_part]
        "#]],
    );
    check(
        &[(
            "a.ttl",
            "<http://e/a> <http://e/p> 1 .\n<http://e/b> e:p 2 ; <http://e/q> 3 .\n<http://e/c> <http://e/p> 4 .",
        )],
        &expect![[r#"
            <http://e/a> <http://e/p> "1"^^<http://www.w3.org/2001/XMLSchema#integer>
            <http://e/c> <http://e/p> "4"^^<http://www.w3.org/2001/XMLSchema#integer>
            {}
            error a.ttl:2:14: The prefix e: has not been declared [rdf_syntax]
            warning a.ttl: read in part (statements kept: 2, errors: 1): what stands from each of these places to the next full stop was left out [read_in_part]
        "#]],
    );
    check(
        &[(
            "a.rdf",
            "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns:e=\"http://e/\">\n\
             <rdf:Description rdf:about=\"http://e/s\"><e:p>1</e:p></rdf:Description>\n\
             <rdf:Description rdf:about=\"http://e/s\"><e:p>2</e:q></rdf:Description>\n</rdf:RDF>",
        )],
        &expect![[r#"
            <http://e/s> <http://e/p> "1"
            {}
            error a.rdf:3: ill-formed document: expected `</e:p>`, but `</e:q>` was found [rdf_syntax]
            warning a.rdf: read in part (statements kept: 1, errors: 1): the rest of the document was not read [read_in_part]
        "#]],
    );
    check(
        &[("a.json", "{\"@id\": \"http://e/s\",\n\"x\" 1}")],
        &expect![[r#"
            nothing
            error a.json:2:5: expected `:` [json_syntax]
        "#]],
    );
}

#[test]
fn contexts_are_never_fetched() {
    let document =
        r#"{"@context": "https://x.org/c.jsonld", "@id": "http://e/s", "p": "o", "lost": 1}"#;
    check(
        &[("a.jsonld", document)],
        &expect![[r#"
        nothing
        error a.jsonld at `@context`: context <https://x.org/c.jsonld> is not among the inputs, and none is ever fetched [remote_context]
    "#]],
    );
    check(
        &[
            ("a.jsonld", document),
            ("c.jsonld", r#"{"@context": {"p": "http://e/p"}}"#),
        ],
        &expect![[r#"
            <http://e/s> <http://e/p> "o"
            {}
            note a.jsonld: context <https://x.org/c.jsonld> was taken from another input of that name [context]
            warning a.jsonld: no context maps these keys, so JSON-LD drops their values: `lost` (1) [unmapped_keys]
            note c.jsonld: this is a JSON-LD context for other documents [context_only]
        "#]],
    );
    check(
        &[
            ("plain.json", "{\"a\": 1}"),
            ("pom.xml", "<project><name>x</name></project>"),
        ],
        &expect![[r#"
            nothing
            warning plain.json: this JSON has neither `@context` nor `@id`: it is not JSON-LD and says nothing in RDF [not_json_ld]
            warning pom.xml: this XML never names RDF's namespace: it is not RDF/XML [not_rdf_xml]
        "#]],
    );
}

#[test]
fn dprod_is_read_without_its_context() {
    let document = r#"[{"@context": "https://ekgf.github.io/dprod/dprod.jsonld", "id": "http://e/p",
        "type": "DataProduct", "title": "P", "lifecycle": "Consume", "colour": "red",
        "outputPort": {"type": "DataService", "isAccessServiceOf": {"type": "Distribution",
            "isDistributionOf": {"type": "Dataset", "id": "http://e/d"}}}}]"#;
    check(
        &[("p.jsonld", document)],
        &expect![[r#"
            <http://e/p> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://ekgf.github.io/dprod/DataProduct>
            <http://e/p> <http://purl.org/dc/terms/title> "P"
            <http://e/p> <https://ekgf.github.io/dprod/lifecycleStatus> "Consume"
            <http://e/p> <https://ekgf.github.io/dprod/outputPort> _:d2448701867n0
            _:d2448701867n0 <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/ns/dcat#DataService>
            _:d2448701867n0 <https://ekgf.github.io/dprod/isAccessServiceOf> _:d2448701867n1
            _:d2448701867n1 <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/ns/dcat#Distribution>
            _:d2448701867n1 <https://ekgf.github.io/dprod/isDistributionOf> <http://e/d>
            <http://e/d> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/ns/dcat#Dataset>
            {"data_product": 1, "dataset": 1, "distribution": 1, "service": 1}
            note p.jsonld: context <https://ekgf.github.io/dprod/dprod.jsonld> was not fetched: read by the built-in terms of DPROD [context]
            warning p.jsonld: no context maps these keys, so JSON-LD drops their values: `colour` (1) [unmapped_keys]
            note all documents: things of kind dataset without a label: 1 of 1 [no_label]
        "#]],
    );
}

#[test]
fn bombs_are_refused_by_name() {
    let mut laughs = String::from("<!DOCTYPE x [\n<!ENTITY l0 \"ha\">\n");
    for level in 1..=30 {
        let uses = format!("&l{};", level - 1).repeat(10);
        laughs = format!("{laughs}<!ENTITY l{level} \"{uses}\">\n");
    }
    let rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
    laughs = format!("{laughs}]><x xmlns=\"{rdf}\">&l30;</x>");
    let brackets = format!(
        "<http://e/s> <http://e/p> {}",
        "[ <http://e/p> ".repeat(100_000)
    );
    let terms = format!(
        "<http://e/s> <http://e/p> {}",
        "<<( <http://e/s> <http://e/p> ".repeat(100_000)
    );
    let elements = format!(
        "<?xml version=\"1.0\"?><!-- {rdf} -->{}",
        "<a>".repeat(100_000)
    );
    let json = format!("{{\"@id\": {}", "[".repeat(100_000));
    for (name, text) in [
        ("laughs.rdf", laughs),
        ("brackets.ttl", brackets),
        ("terms.ttl", terms),
        ("elements.rdf", elements),
        ("json.jsonld", json),
    ] {
        let Err(Error::NothingRead { report, .. }) = try_read(&[(name, &text)]) else {
            panic!("{name} must be refused");
        };
        println!("{}", diagnostics(&report));
        assert!(report.diagnostics[0].location.line.is_some(), "{name}");
    }
}

#[expect(clippy::print_stdout, reason = "a test that cannot run should say so")]
fn shared(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("ISOGLOSS_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"),
        PathBuf::from,
    );
    let path = root.join("data").join(path);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: shared data not found");
    None
}

fn ingest(paths: &[PathBuf]) -> Result<SourceStatements, Error> {
    ingest_paths(Kind::Rdf, paths, &InputLimits::default(), &options())
}

/// Files whose count is not that of the oracle, and why.
const DEVIATIONS: [(&str, u64, &str); 1] = [(
    "alignments/oaei_conference_ecommerce/cmt-conference/reference.xml",
    100,
    "15 attributes `cid` without a namespace, which RDF/XML forbids, are left out with a warning",
)];

#[test]
fn every_shared_file_gives_as_many_statements_as_another_parser_found() {
    let Some(oracle) = shared("corpora/rdf_parse_oracle.json") else {
        return;
    };
    let oracle: serde_json::Value =
        serde_json::from_slice(&std::fs::read(oracle).expect("it was just found")).expect("JSON");
    let deviations: BTreeMap<&str, u64> = DEVIATIONS
        .iter()
        .map(|(file, count, _)| (*file, *count))
        .collect();
    let mut wrong = Vec::new();
    let files = oracle["files"].as_array().expect("a list of files");
    for file in files {
        let name = file["file"].as_str().expect("a name");
        let Some(path) = shared(&format!("corpora/{name}")) else {
            return;
        };
        let read = ingest(&[path]).expect("it parses");
        let expected = deviations.get(name).copied().or(file["triples"].as_u64());
        let is_known = deviations.contains_key(name);
        let is_clean = read.report.errors == 0 && (is_known || read.report.warnings == 0);
        if expected != Some(read.report.statements) || !is_clean {
            wrong.push(format!(
                "{name}: {expected:?} expected, {} found\n{}",
                read.report.statements,
                diagnostics(&read.report)
            ));
        }
    }
    println!("{} files compared", files.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn whole_corpora_are_read_the_same_way_twice() {
    let folders = ["gsq_skos", "fibo_fnd_be", "schema_org_30", "cim_cgmes3"];
    let mut found = String::new();
    for folder in folders {
        let Some(path) = shared(&format!("corpora/ontologies/{folder}")) else {
            return;
        };
        let [one, two] =
            [0, 1].map(|_| ingest(std::slice::from_ref(&path)).expect("it is readable"));
        assert_eq!(one.statements, two.statements, "{folder}");
        let line = format!(
            "{folder} {} {:?}\n",
            one.report.statements, one.report.understood
        );
        found.push_str(&line);
    }
    expect![[r#"
        gsq_skos 20966 {"collection": 29, "ontology": 23, "property": 2, "scheme": 27, "term": 1800}
        fibo_fnd_be 8817 {"individual": 39, "ontology": 49, "property": 319, "term": 500}
        schema_org_30 17949 {"property": 1676, "term": 1010}
        cim_cgmes3 9940 {"ontology": 6, "property": 637, "term": 233}
    "#]]
    .assert_eq(&found);
}

#[test]
fn the_dprod_examples_are_read() {
    let Some(folder) = shared("corpora/dcat_dprod/dprod") else {
        return;
    };
    let read = ingest(&[folder]).expect("it is readable");
    expect![[r#"{"data_product": 3, "dataset": 7, "distribution": 7, "ontology": 2, "property": 17, "quality": 2, "quality_rule": 2, "service": 7, "shape": 36, "term": 6}"#]].assert_eq(&format!("{:?}", read.report.understood));
    let codes: BTreeSet<&str> = read
        .report
        .diagnostics
        .iter()
        .map(|diagnostic| diagnostic.code)
        .collect();
    expect![[r#"{"context", "imports", "no_label", "unmapped_keys"}"#]]
        .assert_eq(&format!("{codes:?}"));
}

#[test]
fn malformed_files_are_reported_with_their_place() {
    let Some(list) = shared("corpora/known_malformed.json") else {
        return;
    };
    let list: serde_json::Value =
        serde_json::from_slice(&std::fs::read(list).expect("it was just found")).expect("JSON");
    for file in list["files"].as_array().expect("a list of files") {
        let name = file["file"].as_str().expect("a name");
        if name.rsplit('.').next() != Some("json") {
            continue;
        }
        let Some(path) = shared(&format!("corpora/{name}")) else {
            return;
        };
        let Err(Error::NothingRead { report, .. }) = ingest(&[path]) else {
            panic!("{name} does not parse");
        };
        let first = report.diagnostics.first().expect("a diagnostic");
        assert!(
            first.location.line.is_some() && first.location.column.is_some(),
            "{first}"
        );
        println!("{first}");
    }
}

/// The W3C's own tests, for robustness: good and bad documents alike end in statements or a report.
#[test]
fn no_document_of_the_w3c_suites_makes_the_reader_fall_over() {
    let Some(folder) = shared("w3c") else {
        return;
    };
    let mut folders = vec![folder];
    let (mut read, mut statements) = (0_u64, 0_u64);
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).expect("a readable folder");
        let mut paths: Vec<PathBuf> = entries
            .map(|entry| entry.expect("a readable entry").path())
            .collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                folders.push(path);
            } else if Kind::detect(&path) == Some(Kind::Rdf) {
                read += 1;
                let outcome = ingest(&[path]);
                statements += outcome.map_or(0, |read| read.report.statements);
            }
        }
    }
    println!("{read} documents read, {statements} statements");
    assert!(read > 100 && statements > 1000, "{read} {statements}");
}

#[test]
fn a_document_called_like_its_context_is_no_context_of_itself() {
    let text = r#"{"@context": "https://ekgf.github.io/dprod/dprod.jsonld", "id": "http://x/p", "type": "DataProduct", "title": "P"}"#;
    let read = try_read(&[("dprod.jsonld", text)]).expect("the context of DPROD is built in");
    let statements: Vec<String> = read.statements.iter().map(ToString::to_string).collect();
    assert!(
        statements.iter().any(|line| line.contains("DataProduct")),
        "{statements:?}"
    );
}

#[test]
fn labels_that_are_things_of_their_own_are_labels_all_the_same() {
    let text = "@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix xl: <http://www.w3.org/2008/05/skos-xl#> . @prefix x: <http://x/> .
        x:c a skos:Concept ; xl:prefLabel [ a xl:Label ; xl:literalForm \"Order\"@en ] ; xl:altLabel x:l , x:gone . x:l xl:literalForm \"Purchase\"@en .";
    let read = try_read(&[("x.n3", text)]).expect("it is Turtle");
    let statements: Vec<String> = read.statements.iter().map(ToString::to_string).collect();
    for line in [
        "<http://x/c> <http://www.w3.org/2004/02/skos/core#prefLabel> \"Order\"@en",
        "<http://x/c> <http://www.w3.org/2004/02/skos/core#altLabel> \"Purchase\"@en",
    ] {
        assert!(
            statements.iter().any(|found| found == line),
            "{line}\n{statements:?}"
        );
    }
    assert_eq!(statements.len(), 9);
    assert!(!diagnostics(&read.report).contains("no_label"));
}
