//! How a server is reached.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::config::SslMode;
use tokio_postgres::{Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::failures;
use crate::budget::Budget;
use crate::error::{Error, Result};

const CONNECT_MAX: Duration = Duration::from_secs(10);

/// Where a server is and who we are there. A server's certificate is always checked where TLS is used.
#[derive(Clone)]
pub struct PostgresSettings {
    /// `postgres://user:password@host:port/database?sslmode=require`, or `host=.. user=..`.
    pub url: String,
    /// Certificates (PEM) that sign the server's own, beside those of the system.
    pub ca: Option<PathBuf>,
}

impl std::fmt::Debug for PostgresSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The address holds the password.
        f.debug_struct("PostgresSettings")
            .field("ca", &self.ca)
            .finish_non_exhaustive()
    }
}

/// An open connection and the means to stop its query.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) client: Client,
    tls: Tls,
}

#[derive(Clone)]
struct Tls(MakeRustlsConnect);

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tls")
    }
}

impl Connection {
    /// Tells the server to stop what it does for this connection, and closes it.
    pub(super) async fn cancel(self) {
        let token = self.client.cancel_token();
        // The server may have finished or gone: then there is nothing to stop.
        drop(token.cancel_query(self.tls.0).await);
    }
}

pub(super) async fn connect(engine: &str, settings: &PostgresSettings) -> Result<Connection> {
    let config = config(engine, settings)?;
    let tls = tls(engine, settings)?;
    let (client, connection) = config
        .connect(tls.clone())
        .await
        .map_err(|cause| failures::login(engine, cause))?;
    let _driver = tokio::spawn(async move {
        // What ends the connection reaches its queries as their own errors.
        drop(connection.await);
    });
    let connection = Connection {
        client,
        tls: Tls(tls),
    };
    // The same moments and numbers whatever the server's settings are.
    let session = "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY; SET TIME ZONE 'UTC'; SET extra_float_digits = 1";
    let set = connection.client.batch_execute(session).await;
    set.map_err(|cause| failures::error(engine, &Budget::UNLIMITED, &cause))?;
    Ok(connection)
}

fn config(engine: &str, settings: &PostgresSettings) -> Result<Config> {
    let mut config: Config = settings
        .url
        .parse()
        .map_err(|cause: tokio_postgres::Error| {
            // The text holds the password: only the reason is shown.
            bad(
                engine,
                format!(
                    "the address is not one of PostgreSQL: {}",
                    failures::reason(&cause)
                ),
            )
        })?;
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT_MAX);
    }
    config.application_name("isogloss");
    if settings.ca.is_some() {
        config.ssl_mode(SslMode::Require);
    }
    Ok(config)
}

fn tls(engine: &str, settings: &PostgresSettings) -> Result<MakeRustlsConnect> {
    let mut roots = RootCertStore::empty();
    // Those of the system that cannot be read are left out: a server that they would vouch for is then refused.
    let _counts = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = &settings.ca {
        let unreadable =
            |cause: &dyn std::fmt::Display| bad(engine, format!("`{}`: {cause}", path.display()));
        for certificate in
            CertificateDer::pem_file_iter(path).map_err(|cause| unreadable(&cause))?
        {
            let certificate = certificate.map_err(|cause| unreadable(&cause))?;
            roots.add(certificate).map_err(|cause| unreadable(&cause))?;
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|cause| bad(engine, cause.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

fn bad(engine: &str, message: String) -> Error {
    Error::BadSettings {
        engine: engine.to_owned(),
        message,
    }
}
