//! What goes wrong is said by its name, and never with a secret.

use std::time::Duration;

use live::postgres::{Address, Defaults, FetchOptions, connect, fetch_blocking};

use crate::server::{address, url, url_of};

fn fails(url: &str) -> live::Error {
    fetch_blocking(&address(url), &FetchOptions::default()).unwrap_err()
}

#[test]
fn a_server_that_is_down_is_unreachable() {
    let error = fails("postgres://ann:s3cret@127.0.0.1:1/shop");
    assert_eq!(error.code(), "unreachable");
    assert!(!format!("{error:?} {error}").contains("s3cret"));
}

#[test]
fn a_wrong_password_or_database_is_told_apart() {
    let Some(wrong) = url_of("harbour", "harbour_reader", "s3cret") else {
        return;
    };
    let error = fails(&wrong);
    assert_eq!(error.code(), "authentication");
    assert!(!format!("{error:?} {error}").contains("s3cret"));
    let none = url("no_such_database").unwrap();
    assert_eq!(fails(&none).code(), "unknown_database");
    let place = none.split_once('@').unwrap().1;
    let error = fails(&format!("postgres://harbour_reader@{place}"));
    assert_eq!(error.code(), "authentication");
}

#[test]
fn the_password_may_come_from_elsewhere() {
    let Some(url) = url_of("harbour", "harbour_reader", "reader") else {
        return;
    };
    let bare = url.replace(":reader@", "@");
    let defaults = Defaults {
        password: Some("reader".into()),
        ..Defaults::default()
    };
    let address = Address::parse(&bare, &defaults).unwrap();
    fetch_blocking(&address, &FetchOptions::default()).unwrap();
}

#[test]
fn tls_verifies_what_the_mode_asks_for() {
    let Some(url) = url("harbour") else { return };
    let Some(authority) = std::env::var_os("ISOGLOSS_TEST_POSTGRES_CA") else {
        println!("skipped: the server has no certificate");
        return;
    };
    let authority = authority.into_string().unwrap();
    let by_address = url.replace("@localhost", "@127.0.0.1");
    for (url, mode, expected) in [
        (&url, "disable", Ok(false)),
        (&url, "prefer", Ok(true)),
        (&url, "require", Ok(true)),
        (&url, "verify-full", Err("tls")),
        (
            &url,
            &format!("verify-full&sslrootcert={authority}"),
            Ok(true),
        ),
        (
            &by_address,
            &format!("verify-ca&sslrootcert={authority}"),
            Ok(true),
        ),
        (
            &by_address,
            &format!("verify-full&sslrootcert={authority}"),
            Err("tls"),
        ),
        (
            &url,
            "verify-ca&sslrootcert=/no/such/file",
            Err("bad_certificates"),
        ),
    ] {
        let found = has_tls(&format!("{url}?sslmode={mode}"));
        let code = found.as_ref().copied().map_err(live::Error::code);
        assert_eq!(code, expected, "{mode}: {found:?}");
    }
}

fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().unwrap()
}

fn has_tls(url: &str) -> live::Result<bool> {
    runtime().block_on(async {
        let session = connect(&address(url)).await?;
        let sql = "select ssl from pg_stat_ssl where pid = pg_backend_pid()";
        Ok(session.client.query_one(sql, &[]).await.unwrap().get(0))
    })
}

#[test]
fn a_part_that_waits_too_long_is_missing_and_the_rest_is_there() {
    let Some(url) = url("harbour") else { return };
    let runtime = runtime();
    let blocker = runtime.block_on(connect(&address(&url))).unwrap();
    let lock = "begin; lock table claims.paid_totals in access exclusive mode";
    runtime
        .block_on(blocker.client.batch_execute(lock))
        .unwrap();
    let options = FetchOptions {
        lock_timeout: Duration::from_millis(100),
        ..FetchOptions::default()
    };
    let catalog = fetch_blocking(&address(&url), &options).unwrap();
    let missing: Vec<_> = catalog
        .missing
        .iter()
        .map(|found| found.part.as_str())
        .collect();
    assert_eq!(missing, ["definitions", "defaults"]);
    assert!(
        catalog.missing[0].reason.contains("lock timeout"),
        "{:?}",
        catalog.missing
    );
    assert!(catalog.relations.len() > 5 && !catalog.grants.is_empty());
}

#[test]
fn a_catalog_beyond_the_limit_is_refused() {
    let Some(url) = url("harbour") else { return };
    let options = FetchOptions {
        bytes_max: 2_000,
        ..FetchOptions::default()
    };
    let error = fetch_blocking(&address(&url), &options).unwrap_err();
    assert_eq!(error.code(), "too_large");
}

#[test]
fn a_server_that_never_answers_is_given_up() {
    // A listener that accepts and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let options = FetchOptions {
        total_timeout: Duration::from_millis(300),
        ..FetchOptions::default()
    };
    let url = format!("postgres://ann@127.0.0.1:{port}/shop");
    let error = fetch_blocking(&address(&url), &options).unwrap_err();
    assert_eq!(error.code(), "timeout");
}
