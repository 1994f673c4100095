//! Our private key: signs what we send and opens what is encrypted for us. Nothing here prints it.
//!
//! The arithmetic of the `rsa` crate takes a time that depends on the key (its advisory calls the attack Marvin).
//! So every use is blinded with fresh random numbers, and failures look alike; SECURITY.md says what remains.

use std::fmt;

use rsa::pkcs1::DecodeRsaPrivateKey as _;
use rsa::pkcs8::{DecodePrivateKey as _, EncodePublicKey as _};
use rsa::rand_core::OsRng;
use rsa::signature::{RandomizedSigner as _, SignatureEncoding as _};
use rsa::{Oaep, RsaPrivateKey, pkcs1v15};
use sha2::{Sha256, Sha384, Sha512};

use super::certificate::{RSA_BITS, rsa_bits};
use super::text;
use crate::names::{OaepDigest, RSA_SHA256, RSA_SHA384, RSA_SHA512};

pub(crate) struct PrivateKey(RsaPrivateKey);

impl PrivateKey {
    /// Reads PKCS#8 or PKCS#1, PEM or bare base64. The problem never shows what was written.
    pub(crate) fn read(written: &str) -> Result<Self, String> {
        if written.contains("ENCRYPTED") {
            return Err("is encrypted with a passphrase; give it without one".to_owned());
        }
        let der = text::decoded(written).ok_or("is neither PEM nor base64")?;
        let key = RsaPrivateKey::from_pkcs8_der(&der)
            .ok()
            .or_else(|| RsaPrivateKey::from_pkcs1_der(&der).ok())
            .ok_or("is not an RSA private key in PKCS#8 or PKCS#1")?;
        if rsa_bits(&key) < RSA_BITS {
            return Err(format!("has {} bits; {RSA_BITS} are needed", rsa_bits(&key)));
        }
        Ok(Self(key))
    }

    /// DER, to compare with a certificate's.
    pub(crate) fn public_key(&self) -> Option<Vec<u8>> {
        self.0.to_public_key().to_public_key_der().ok().map(rsa::pkcs8::Document::into_vec)
    }

    pub(crate) fn sign(&self, message: &[u8], algorithm: SigningAlgorithm) -> Result<Vec<u8>, String> {
        let (key, mut noise) = (self.0.clone(), OsRng);
        let signature = match algorithm {
            SigningAlgorithm::Sha256 => {
                pkcs1v15::SigningKey::<Sha256>::new(key).try_sign_with_rng(&mut noise, message)
            }
            SigningAlgorithm::Sha384 => {
                pkcs1v15::SigningKey::<Sha384>::new(key).try_sign_with_rng(&mut noise, message)
            }
            SigningAlgorithm::Sha512 => {
                pkcs1v15::SigningKey::<Sha512>::new(key).try_sign_with_rng(&mut noise, message)
            }
        };
        signature.map(|signature| signature.to_vec()).map_err(|_| "our private key cannot sign".to_owned())
    }

    /// Opens what was encrypted for us, with OAEP. `None` without a reason.
    pub(crate) fn open(&self, sealed: &[u8], digest: OaepDigest, mask: OaepDigest) -> Option<Vec<u8>> {
        let padding = Oaep { digest: hasher(digest), mgf_digest: hasher(mask), label: None };
        self.0.decrypt_blinded(&mut OsRng, padding, sealed).ok()
    }
}

fn hasher(digest: OaepDigest) -> Box<dyn sha2::digest::DynDigest + Send + Sync> {
    match digest {
        OaepDigest::Sha1 => Box::new(sha1::Sha1::default()),
        OaepDigest::Sha256 => Box::new(Sha256::default()),
        OaepDigest::Sha384 => Box::new(Sha384::default()),
        OaepDigest::Sha512 => Box::new(Sha512::default()),
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// What we sign with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SigningAlgorithm {
    Sha256,
    Sha384,
    Sha512,
}

impl SigningAlgorithm {
    pub(crate) const ALL: &[Self] = &[Self::Sha256, Self::Sha384, Self::Sha512];

    pub(crate) fn uri(self) -> &'static str {
        match self {
            Self::Sha256 => RSA_SHA256,
            Self::Sha384 => RSA_SHA384,
            Self::Sha512 => RSA_SHA512,
        }
    }
}
