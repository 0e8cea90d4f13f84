//! TLS as libpq's `sslmode` means it.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error as TlsError, RootCertStore,
    SignatureScheme,
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::address::{Address, RootCertificates, SslMode};
use crate::{Error, Result};

/// Makes what opens TLS for an address; it verifies as much as the address asks for.
pub(super) fn connector(address: &Address) -> Result<MakeRustlsConnect> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let trust = match address.ssl_mode {
        SslMode::VerifyFull => Trust::Host(verifier(address, &provider)?),
        SslMode::VerifyCa => Trust::Authority(verifier(address, &provider)?),
        _ => Trust::Anybody,
    };
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| bad("of the system", &error))?;
    let config = builder
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Verifier { trust, provider }))
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

fn verifier(
    address: &Address,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>> {
    let mut roots = RootCertStore::empty();
    let from = match &address.root_certificate {
        Some(RootCertificates::File(path)) => {
            let from = path.display().to_string();
            let certificates =
                CertificateDer::pem_file_iter(path).map_err(|error| bad(&from, &error))?;
            for certificate in certificates {
                let certificate = certificate.map_err(|error| bad(&from, &error))?;
                roots.add(certificate).map_err(|error| bad(&from, &error))?;
            }
            from
        }
        Some(RootCertificates::System) | None => {
            // One broken certificate of the system is no reason to trust none.
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            "of the system".to_owned()
        }
    };
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
        .build()
        .map_err(|error| bad(&from, &error))
}

fn bad(from: &str, error: &dyn std::fmt::Display) -> Error {
    Error::BadCertificates {
        from: from.to_owned(),
        reason: error.to_string(),
    }
}

/// Whom a connection is opened to.
#[derive(Debug)]
enum Trust {
    /// Whoever answers.
    Anybody,
    /// Whoever an authority vouches for.
    Authority(Arc<WebPkiServerVerifier>),
    /// The host that was asked for, as an authority says.
    Host(Arc<WebPkiServerVerifier>),
}

#[derive(Debug)]
struct Verifier {
    trust: Trust,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        let verify = |verifier: &WebPkiServerVerifier| {
            verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
        };
        match &self.trust {
            Trust::Anybody => Ok(ServerCertVerified::assertion()),
            Trust::Host(verifier) => verify(verifier),
            // The chain is checked before the name, so that a wrong name means a good chain.
            Trust::Authority(verifier) => match verify(verifier) {
                Err(TlsError::InvalidCertificate(
                    CertificateError::NotValidForName
                    | CertificateError::NotValidForNameContext { .. },
                )) => Ok(ServerCertVerified::assertion()),
                other => other,
            },
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
