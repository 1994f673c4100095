//! Secrets that are given out, and what the ledger keeps of them: a digest, and a handle by which people name what
//! the secret belongs to. Never the secret.

use std::fmt;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::hex::hex;

/// Hexadecimal digits of a handle: 64 bits, enough to be unique.
const HANDLE_DIGITS: usize = 16;

/// What every API token begins with, so that it is recognised wherever it turns up.
pub const TOKEN_PREFIX: &str = "t5g_";

/// A secret of 256 random bits that is given out once. It does not print.
#[derive(Clone)]
pub struct NewSecret(String);

impl NewSecret {
    /// A secret made of these bytes.
    pub fn new(random: [u8; 32]) -> Self {
        Self(hex(&random))
    }

    /// An API token made of these bytes.
    pub fn token(random: [u8; 32]) -> Self {
        Self(format!("{TOKEN_PREFIX}{}", hex(&random)))
    }

    /// Its text, for the one who gets it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    pub fn digest(&self) -> SecretDigest {
        SecretDigest::of(&self.0)
    }
}

impl fmt::Debug for NewSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// The digest of a secret of 256 random bits. That many need no salt and no slow hash.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretDigest(String);

impl SecretDigest {
    /// The SHA-256 of a secret.
    pub fn of(secret: &str) -> Self {
        Self::from_bytes(&Sha256::digest(secret.as_bytes()))
    }

    /// A digest that was computed elsewhere, such as one with a key.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(hex(bytes))
    }

    /// The name under which the secret's owner finds it.
    pub fn handle(&self) -> Handle {
        Handle(self.0.chars().take(HANDLE_DIGITS).collect())
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is this one; how long that takes tells nothing of where they differ.
    pub(super) fn is(&self, stored: &str) -> bool {
        self.0.as_bytes().ct_eq(stored.as_bytes()).into()
    }
}

impl fmt::Debug for SecretDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretDigest({}…)", self.handle())
    }
}

/// Names a session or a token on pages, in commands and in the audit log; the start of its digest, no secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle(String);

impl Handle {
    /// Reads one; `None` if it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let digits =
            text.len() == HANDLE_DIGITS && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        digits.then(|| Self(text.to_owned()))
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_is_read_back_and_nothing_else_is() {
        let digest = SecretDigest::of("secret");
        assert!(digest.is(&hex(&Sha256::digest("secret"))) && !digest.is("") && !digest.is(&"0".repeat(64)));
        assert_eq!(Handle::parse(digest.handle().as_str()), Some(digest.handle()));
        for bad in ["", "0123456789abcde", "0123456789abcdef0", "0123456789ABCDEF", "0123456789abcde'"] {
            assert_eq!(Handle::parse(bad), None, "{bad}");
        }
        assert!(!format!("{digest:?}").contains(digest.as_str()));
    }

    #[test]
    fn what_is_given_out_is_recognised_and_does_not_print() {
        let token = NewSecret::token([0xab; 32]);
        assert_eq!(token.expose(), format!("t5g_{}", "ab".repeat(32)));
        assert!(!format!("{token:?}").contains("ab"));
        assert_eq!(token.digest(), SecretDigest::of(token.expose()));
    }
}
