//! Tests of finding and decoding documents.

use std::io::Write;

use super::*;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn decode(bytes: Vec<u8>) -> Result<Vec<u8>> {
    let limits = InputLimits {
        file_bytes_max: 1000,
        ..InputLimits::default()
    };
    Input::decode("x", bytes, &limits).map(|input| input.bytes)
}

#[test]
fn plain_gzip_marks_and_utf16_all_come_out_as_utf8() {
    assert_eq!(decode(b"abc".to_vec()).unwrap(), b"abc");
    assert_eq!(decode(gzip(b"abc")).unwrap(), b"abc");
    assert_eq!(decode(b"\xef\xbb\xbfabc".to_vec()).unwrap(), b"abc");
    assert_eq!(
        decode(b"\xff\xfea\0\xe9\0".to_vec()).unwrap(),
        "aé".as_bytes()
    );
    assert_eq!(
        decode(b"\xfe\xff\0a\0\xe9".to_vec()).unwrap(),
        "aé".as_bytes()
    );
    assert_eq!(decode(gzip(b"\xef\xbb\xbfabc")).unwrap(), b"abc");
}

#[test]
fn two_gzip_members_are_one_document() {
    let mut bytes = gzip(b"ab");
    bytes.extend(gzip(b"c"));
    assert_eq!(decode(bytes).unwrap(), b"abc");
}

#[test]
fn bad_bytes_are_named() {
    let mut cut = gzip(&[7; 500]);
    cut.truncate(cut.len() - 9);
    assert_eq!(
        decode(cut).unwrap_err().to_string(),
        "`x` is not a whole gzip file: it ends too early"
    );
    assert_eq!(
        decode(gzip(&vec![0; 100_000])).unwrap_err().to_string(),
        "`x` is larger than the limit of 1000 bytes after decompression"
    );
    assert_eq!(
        decode(vec![b'a'; 1001]).unwrap_err().to_string(),
        "`x` is larger than the limit of 1000 bytes"
    );
    assert_eq!(
        decode(b"\xff\xfea\0\x00\xd8b\0".to_vec())
            .unwrap_err()
            .to_string(),
        "`x` is not valid UTF-16, at byte 4"
    );
    assert_eq!(
        decode(b"\xff\xfe\0\0a\0\0\0".to_vec())
            .unwrap_err()
            .to_string(),
        "`x` is not valid UTF-8 or UTF-16, but UTF-32, at byte 0"
    );
}

#[test]
fn a_folder_gives_the_files_of_its_kind_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::create_dir(at("sub")).unwrap();
    std::fs::create_dir(at(".git")).unwrap();
    for name in [
        "b.jsonl",
        "sub/a.ndjson",
        "README.md",
        ".git/c.jsonl",
        ".d.jsonl",
    ] {
        std::fs::write(at(name), "{}").unwrap();
    }
    std::fs::write(at("a.jsonl.gz"), gzip(b"{}")).unwrap();
    let found = read_paths(
        Kind::CatalogLines,
        &[folder.path().to_owned()],
        &InputLimits::default(),
    )
    .unwrap();
    let names: Vec<String> = found.inputs.iter().map(Input::file_name).collect();
    assert_eq!(names, ["a.jsonl", "b.jsonl", "a.ndjson"]);
    assert!(found.diagnostics.is_empty());
}

#[test]
fn a_missing_file_is_a_diagnostic_beside_others_and_an_error_alone() {
    let folder = tempfile::tempdir().unwrap();
    let good = folder.path().join("a.jsonl");
    std::fs::write(&good, "{}").unwrap();
    let missing = folder.path().join("b.jsonl");
    let limits = InputLimits::default();
    let found = read_paths(Kind::CatalogLines, &[missing.clone(), good], &limits).unwrap();
    assert_eq!(found.inputs.len(), 1);
    assert_eq!(found.diagnostics[0].code, "unreadable");
    let error = read_paths(Kind::CatalogLines, &[missing], &limits).unwrap_err();
    assert!(
        error.to_string().ends_with("b.jsonl`: it does not exist"),
        "{error}"
    );
}

#[test]
fn the_size_of_all_together_is_limited() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.jsonl", "b.jsonl"] {
        std::fs::write(folder.path().join(name), "x".repeat(10)).unwrap();
    }
    let limits = InputLimits {
        total_bytes_max: 15,
        ..InputLimits::default()
    };
    let error = read_paths(Kind::CatalogLines, &[folder.path().to_owned()], &limits).unwrap_err();
    assert_eq!(error.code(), "too_large_together");
    assert!(error.to_string().contains("b.jsonl"), "{error}");
}

#[cfg(unix)]
#[test]
fn links_out_of_a_folder_and_devices_are_refused() {
    use std::os::unix::fs::symlink;

    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("secret.jsonl"), "{}").unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.jsonl"), "{}").unwrap();
    symlink(
        outside.path().join("secret.jsonl"),
        folder.path().join("b.jsonl"),
    )
    .unwrap();
    symlink(outside.path(), folder.path().join("sub")).unwrap();
    symlink("/dev/zero", folder.path().join("c.jsonl")).unwrap();
    let limits = InputLimits::default();
    let found = read_paths(Kind::CatalogLines, &[folder.path().to_owned()], &limits).unwrap();
    assert_eq!(found.inputs.len(), 1);
    let codes: Vec<&str> = found.diagnostics.iter().map(|found| found.code).collect();
    assert_eq!(codes, ["outside_folder", "outside_folder"]);
    let error = read_paths(Kind::Rdf, &["/dev/zero".into()], &limits).unwrap_err();
    assert_eq!(error.to_string(), "`/dev/zero` is not a regular file");
}

#[test]
fn a_dbt_folder_gives_the_plain_artifacts_and_all_run_results() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("target")).unwrap();
    for name in [
        "manifest.json",
        "manifest_other.json",
        "catalog.json",
        "catalog_upstream.json",
        "run_results.json",
        "run_results_test.json",
        "semantic_manifest.json",
    ] {
        std::fs::write(folder.path().join("target").join(name), "{}").unwrap();
    }
    let limits = InputLimits::default();
    let names = |path: PathBuf| {
        let found = read_paths(Kind::Dbt, &[path], &limits).unwrap();
        let names: Vec<String> = found.inputs.iter().map(Input::file_name).collect();
        (names, found.diagnostics.len())
    };
    let whole = [
        "catalog.json",
        "manifest.json",
        "run_results.json",
        "run_results_test.json",
        "semantic_manifest.json",
    ];
    let (folder_names, passed_over) = names(folder.path().to_owned());
    assert_eq!(
        (folder_names.as_slice(), passed_over),
        (&whole.map(String::from)[..], 2)
    );
    let (mut file_names, _) = names(folder.path().join("target/manifest.json"));
    file_names.sort();
    assert_eq!(file_names, whole);
    let (other, _) = names(folder.path().join("target/manifest_other.json"));
    assert_eq!(other, ["manifest_other.json"]);
}
