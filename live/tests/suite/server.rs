//! Where the server is.

use live::postgres::{Address, Defaults};

/// Gives the URL of a database of the test server; says so and gives `None` where there is no server.
#[expect(clippy::print_stdout, reason = "a test that skips says so")]
pub(crate) fn url(database: &str) -> Option<String> {
    let Some(url) = std::env::var_os("ISOGLOSS_TEST_POSTGRES") else {
        assert!(
            std::env::var_os("CI").is_none_or(|value| value != "true"),
            "no PostgreSQL server in CI; run the tests with `cargo xtask test`"
        );
        println!("skipped: no PostgreSQL server (cargo xtask test starts one)");
        return None;
    };
    let url = url.into_string().unwrap();
    let (server, _) = url.rsplit_once('/').unwrap();
    Some(format!("{server}/{database}"))
}

/// The same for another user.
pub(crate) fn url_of(database: &str, user: &str, password: &str) -> Option<String> {
    let url = url(database)?;
    let (_, place) = url.split_once('@').unwrap();
    Some(format!("postgres://{user}:{password}@{place}"))
}

pub(crate) fn address(url: &str) -> Address {
    Address::parse(url, &Defaults::default()).unwrap()
}
