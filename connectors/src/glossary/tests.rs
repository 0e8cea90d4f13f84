//! Glossaries as people and tools write them.

use crate::shared::{lines, options, read_texts, report_lines};
use crate::{Error, Input, InputLimits, Kind, SourceStatements};

fn read(text: &str) -> SourceStatements {
    read_texts(Kind::Glossary, &[("g.csv", text)], &options())
}

fn holds(read: &SourceStatements, expected: &[&str]) {
    let text = lines(read);
    for line in expected {
        assert!(text.lines().any(|found| found == *line), "{line}\n{text}");
    }
}

#[test]
fn a_glossary_becomes_terms_with_what_is_said_of_them() {
    let read = read(
        "Term,Definition,Synonyms,Acronym,Parent Term,Related,Data Owner,Domain,Status,Source System\n\
         Member,\"A person, covered by a plan.\",insured; covered person,,Person,Visit,Ann <ann@example.org>,Care,approved,CRM\n\
         Visit,One encounter.,encounter,ENC,,,user:bob,Care,,\n\
         \n\
         ,no name,,,,,,,,\n",
    );
    holds(
        &read,
        &[
            "term:s/Member a iso:Term",
            "term:s/Member skos:prefLabel \"Member\"",
            "term:s/Member skos:definition \"A person, covered by a plan.\"",
            "term:s/Member skos:altLabel \"insured\"",
            "term:s/Member skos:altLabel \"covered person\"",
            "term:s/Visit skos:notation \"ENC\"",
            "term:s/Member skos:broader term:s/Person",
            "term:s/Person skos:prefLabel \"Person\"",
            "term:s/Member skos:related term:s/Visit",
            "term:s/Member prov:wasAttributedTo owner:mesh/ann",
            "owner:mesh/ann foaf:mbox mailto:ann@example.org",
            "owner:mesh/bob a foaf:Person",
            "term:s/Member iso:inDomain domain:mesh/care",
            "term:s/Member iso:status \"approved\"",
            "term:s/Member iso:extra \"Source System=\\\"CRM\\\"\"",
        ],
    );
    assert_eq!(read.report.understood["term"], 2);
    let report = report_lines(&read.report);
    for part in [
        "g.csv:1 at `Source System`: column `Source System` has no meaning here",
        "g.csv:5: the row names no term",
        "g.csv:2: `Person` is in no row of its own",
    ] {
        assert!(report.contains(part), "{part}\n{report}");
    }
}

#[test]
fn the_ways_of_excel_and_of_other_catalogs_are_known() {
    let semicolons = read(
        "\u{feff}sep=;\r\nBegriff;Definition;Status\r\nKunde;\"Wer kauft;\nund zahlt\";ok\r\n",
    );
    holds(
        &semicolons,
        &[
            "term:s/Kunde skos:definition \"Wer kauft;\\nund zahlt\"",
            "term:s/Kunde iso:status \"ok\"",
        ],
    );
    let below_a_title = read("Our glossary\n\nName\tDescription\nZähler\tMisst Strom\n");
    holds(
        &below_a_title,
        &["term:s/Z%C3%A4hler skos:definition \"Misst Strom\""],
    );
    // What OpenMetadata exports.
    let export = read(
        "parent,name*,displayName,description,synonyms,relatedTerms,references,tags,reviewers,owner,status\n\
         ,Customer,Client,Who buys.,buyer;patron,,Wiki;https://example.org/c,PII.None,,team:sales,Approved\n\
         Customer,Key,,Big one.,,Glossary.Customer,,,,,\n",
    );
    holds(
        &export,
        &[
            "term:s/Customer skos:prefLabel \"Client\"",
            "term:s/Customer skos:altLabel \"Customer\"",
            "term:s/Customer skos:altLabel \"patron\"",
            "term:s/Customer rdfs:seeAlso https://example.org/c",
            "owner:mesh/sales a org:Organization",
            "term:s/Key skos:broader term:s/Customer",
            "term:s/Key skos:related term:s/Customer",
        ],
    );
}

#[test]
fn encodings_that_are_not_utf_8_are_read_and_said() {
    let bytes = b"term,definition\nCaf\xe9,Costs 3 \x80\n".to_vec();
    let input = Input::decode("g.csv", bytes, &InputLimits::default()).unwrap();
    let read = crate::read(Kind::Glossary, vec![input], &options()).unwrap();
    holds(&read, &["term:s/Caf%C3%A9 skos:definition \"Costs 3 €\""]);
    assert_eq!(read.report.count("legacy_encoding"), 1);
    let utf16: Vec<u8> = "\u{feff}term,definition\nA,ü\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let input = Input::decode("g.csv", utf16, &InputLimits::default()).unwrap();
    let read = crate::read(Kind::Glossary, vec![input], &options()).unwrap();
    holds(&read, &["term:s/A skos:definition \"ü\""]);
}

#[test]
fn terms_of_one_name_are_kept_apart_by_domain() {
    let text = "id,name,definition,domain,parent\n\
        ,Account,Of a customer.,Sales,\n\
        ,Account,Of the ledger.,Finance,\n\
        ,Account,Again.,Finance,\n\
        T1,Cost,Money.,Finance,\n\
        https://example.org/t,Margin,Difference.,Finance,T1\n";
    let first = read(text);
    holds(
        &first,
        &[
            "term:s/Account skos:definition \"Of a customer.\"",
            "term:s/Finance/Account skos:definition \"Of the ledger.\"",
            "term:s/Account~2 skos:definition \"Again.\"",
            "https://example.org/t skos:broader term:s/T1",
        ],
    );
    assert_eq!(first.report.count("duplicate_term"), 1);
    assert_eq!(
        first.statements,
        read(text).statements,
        "two reads are identical"
    );
}

#[test]
fn what_is_no_glossary_is_an_error_that_says_what_is_missing() {
    for text in ["a,b\n1,2\n", "name\nx\n", "\"unclosed"] {
        let read = crate::read(Kind::Glossary, vec![Input::text("x.csv", text)], &options());
        let Err(Error::NothingRead { report, .. }) = read else {
            panic!("{text} is no glossary");
        };
        assert_eq!(report.count("no_header"), 1, "{text}");
    }
}

#[test]
fn rows_of_any_length_lose_nothing() {
    let read = read("term,definition\nA\nB,b,more,and more\n");
    holds(
        &read,
        &[
            "term:s/A skos:prefLabel \"A\"",
            "term:s/B iso:extra \"column4=\\\"and more\\\"\"",
        ],
    );
    assert_eq!(read.report.count("long_row"), 1);
}

#[test]
fn headings_are_known_in_other_languages_and_encodings() {
    for text in [
        "Begriff;Bedeutung;Synonyme;Oberbegriff\nOrder;what;a|b;Thing\n",
        "Terme;Définition;Synonymes;Terme générique\nOrder;what;a|b;Thing\n",
        "Término;Definición;Sinónimos;Término padre\nOrder;what;a|b;Thing\n",
        "Termine;Definizione;Sinonimi;Termine padre\nOrder;what;a|b;Thing\n",
        "Termo;Definição;Sinônimos;Termo pai\nOrder;what;a|b;Thing\n",
        "Begrip;Omschrijving;Synoniemen;Bovenliggend begrip\nOrder;what;a|b;Thing\n",
        "Term Name;Summary;Aliases;Parent Term Name\nOrder;what;a|b;Thing\n",
    ] {
        let expected = [
            "term:s/Order skos:definition \"what\"",
            "term:s/Order skos:altLabel \"b\"",
            "term:s/Order skos:broader term:s/Thing",
        ];
        holds(&read(text), &expected);
        assert!(crate::glossary::is_glossary(text.as_bytes()), "{text}");
    }
    // In a list of abbreviations these are the terms.
    holds(
        &read("Acronym,Meaning\nARR,Yearly money\n"),
        &["term:s/ARR skos:definition \"Yearly money\""],
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("g.csv");
    let units = "\u{feff}Term,Definition\nOrder,what\n".encode_utf16();
    std::fs::write(&path, units.flat_map(u16::to_le_bytes).collect::<Vec<u8>>()).unwrap();
    assert_eq!(Kind::detect(&path), Some(Kind::Glossary));
}
