//! The key of this deployment: without it, nobody who only reads or writes the ledger can make a session or a
//! form's token. Another key ends all sessions.

use std::fmt::Write as _;

use ring::hmac;
use t5g_store::ledger::SecretDigest;

/// `secret_key`, ready for use. It does not print.
#[derive(Clone, Debug)]
pub struct AccessKey(hmac::Key);

impl AccessKey {
    /// Takes the key's text, at least 32 characters by the check of the settings.
    pub fn new(text: &str) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, text.as_bytes()))
    }

    /// Under what the ledger keeps the session with this secret id.
    pub(crate) fn session_digest(&self, id: &str) -> SecretDigest {
        SecretDigest::from_bytes(self.sign("session", id).as_ref())
    }

    /// What forms of the session with this secret id carry, so that no other site's form can be it.
    pub(crate) fn form_token(&self, id: &str) -> String {
        let mut text = String::with_capacity(64);
        for byte in self.sign("form", id).as_ref() {
            // Writing to a string cannot fail.
            write!(text, "{byte:02x}").unwrap_or_default();
        }
        text
    }

    fn sign(&self, purpose: &str, text: &str) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(purpose.as_bytes());
        context.update(b"\0");
        context.update(text.as_bytes());
        context.sign()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purposes_and_keys_are_kept_apart_and_the_key_does_not_print() {
        let (one, other) =
            (AccessKey::new("one key that is long enough, is it"), AccessKey::new("another key"));
        assert_eq!(one.form_token("a"), one.form_token("a"));
        assert_ne!(one.form_token("a"), one.form_token("b"));
        assert_ne!(one.form_token("a"), other.form_token("a"));
        assert_ne!(one.session_digest("a"), other.session_digest("a"));
        assert_ne!(SecretDigest::from_bytes(one.form_token("a").as_bytes()), one.session_digest("a"));
        assert!(!format!("{one:?}").contains("long enough"));
    }
}
