//! A certificate from the settings, and the means to check signatures against it. Only its key counts: it is
//! trusted because it is in the settings, so neither its issuer nor its dates are looked at.

use std::fmt;

use bergshamra_keys::loader;
use chrono::{DateTime, Utc};
use gamlastan::crypto::{AlgorithmPolicy, KeyUsage, KeysManager, SamlVerifier};
use x509_cert::Certificate as Parsed;
use x509_cert::der::{Decode as _, Encode as _};

use super::text;
use crate::names::Algorithms;

/// The shortest RSA key that is believed, in bits.
pub(crate) const RSA_BITS: usize = 2048;

#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Certificate {
    der: Vec<u8>,
    /// The public key, DER.
    pub(crate) public_key: Vec<u8>,
    pub(crate) subject: String,
    pub(crate) not_after: DateTime<Utc>,
}

impl Certificate {
    /// Reads PEM or bare base64, with line breaks or without.
    pub(crate) fn read(written: &str) -> Result<Self, String> {
        let der = text::decoded(written)
            .ok_or("is neither PEM nor base64; give the certificate as the identity provider shows it")?;
        let parsed =
            Parsed::from_der(&der).map_err(|error| format!("is not an X.509 certificate: {error}"))?;
        let fields = &parsed.tbs_certificate;
        let public_key = fields
            .subject_public_key_info
            .to_der()
            .map_err(|error| format!("has a public key that cannot be read: {error}"))?;
        let not_after = fields.validity.not_after.to_unix_duration().as_secs();
        let not_after = i64::try_from(not_after)
            .ok()
            .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
            .ok_or("has a date that cannot be read")?;
        Ok(Self { public_key, subject: fields.subject.to_string(), not_after, der })
    }

    /// What checks signatures against this certificate's key and no other.
    pub(crate) fn verifier(&self, algorithms: &Algorithms) -> Result<SamlVerifier, String> {
        let mut key = loader::load_x509_cert_der(&self.der)
            .map_err(|error| format!("has a key of a kind that cannot be used: {error}"))?;
        key.usage = KeyUsage::Verify;
        if let Ok(rsa) = rsa_key(&self.public_key)
            && rsa_bits(&rsa) < RSA_BITS
        {
            return Err(format!("has a key of {} bits; {RSA_BITS} are needed", rsa_bits(&rsa)));
        }
        let mut keys = KeysManager::new();
        keys.add_key(key);
        let policy = AlgorithmPolicy::allow_only(
            algorithms.signatures.iter().copied(),
            algorithms.digests.iter().copied(),
        );
        let mut verifier = SamlVerifier::new(keys).with_algorithm_policy(policy);
        verifier.set_skip_time_checks(true);
        Ok(verifier)
    }

    /// For metadata.
    pub(crate) fn base64(&self) -> String {
        text::encoded(&self.der)
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({})", self.subject)
    }
}

fn rsa_key(public_key: &[u8]) -> Result<rsa::RsaPublicKey, rsa::pkcs8::spki::Error> {
    use rsa::pkcs8::DecodePublicKey as _;
    rsa::RsaPublicKey::from_public_key_der(public_key)
}

pub(crate) fn rsa_bits(key: &impl rsa::traits::PublicKeyParts) -> usize {
    key.n().bits()
}
