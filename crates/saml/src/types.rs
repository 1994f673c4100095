//! What goes in and comes out of this room.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use url::Url;

/// What is set outside the identity provider's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// How far the identity provider's clock may be from ours.
    pub clock_skew: Duration,
    /// Whether SHA-1 is still good enough in signatures. It is not.
    pub allow_sha1: bool,
    /// The greatest age of an assertion, counted from when it was issued.
    pub max_age: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { clock_skew: Duration::from_mins(2), allow_sha1: false, max_age: Duration::from_mins(10) }
    }
}

/// A login that was checked in every respect but one: whether this assertion was used before. That needs a
/// memory shared by all servers, which the caller has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// The identity provider that vouches for it.
    pub issuer: String,
    /// The assertion's name; with the issuer it may be used once.
    pub assertion_id: String,
    /// From this moment on the assertion would be refused for its age, so it need not be remembered longer.
    pub replay_until: DateTime<Utc>,
    /// Who came in, as the identity provider names them.
    pub subject: Subject,
    /// When the identity provider wants the session to end.
    pub session_until: Option<DateTime<Utc>>,
    /// Attributes by `Name`, each with all its values, in the order of the assertion.
    pub attributes: BTreeMap<String, Vec<String>>,
}

impl Login {
    /// The one value of an attribute that has to have exactly one: not none, not two, not an empty one.
    pub fn sole(&self, name: &str) -> Option<&str> {
        match self.attributes.get(name).map(Vec::as_slice) {
            Some([value]) if !value.is_empty() => Some(value),
            _ => None,
        }
    }
}

/// Who a session belongs to, in the identity provider's words. Logging out needs them again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The name.
    pub name_id: String,
    /// What kind of name it is, a URI.
    pub name_id_format: Option<String>,
    /// The session at the identity provider.
    pub session_index: Option<String>,
}

/// A message at the logout service, as it came.
#[derive(Debug, Clone, Copy)]
pub enum LogoutMessage<'a> {
    /// In a URL.
    Redirect {
        /// The query, neither decoded nor rearranged: the signature is over these very bytes.
        raw_query: &'a str,
    },
    /// In a form.
    Post {
        /// The field `SAMLRequest` or `SAMLResponse`.
        saml: &'a str,
        /// Whether it was `SAMLRequest`.
        is_request: bool,
        /// The field `RelayState`.
        relay: Option<&'a str>,
    },
}

/// What a message at the logout service means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogoutOutcome {
    /// The identity provider ended the session that we asked it to end.
    Confirmed,
    /// The identity provider wants sessions to end here.
    Requested {
        /// The request's name, under which it counts once.
        request_id: String,
        /// From this moment on the request would be refused for its age, so it need not be remembered longer.
        replay_until: DateTime<Utc>,
        /// Whose.
        subject_name_id: String,
        /// Which; none means all of that subject.
        session_indexes: Vec<String>,
        /// Where to send the browser afterwards: our answer.
        answer: Url,
    },
}

/// Whose certificate it is and what for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateUse {
    /// The identity provider signs with it.
    IdentityProviderSigning,
    /// Ours: we sign with its key, and it is what is encrypted for.
    ServiceProvider,
}

/// A certificate in use, for whoever watches over expiry. An expired one still works: it is trusted because it
/// is in the settings, not because of what it says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateInfo {
    /// Whose and what for.
    pub usage: CertificateUse,
    /// The name in it.
    pub subject: String,
    /// When it expires.
    pub not_after: DateTime<Utc>,
}
