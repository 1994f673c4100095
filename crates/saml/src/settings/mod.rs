//! The settings, understood: from OneLogin's JSON and the identity provider's own description. All problems are
//! told at once.

mod certificate;
mod description;
mod json;
mod key;
mod known;
mod onelogin;
mod text;

use url::Url;

pub(crate) use certificate::Certificate;
pub(crate) use key::{PrivateKey, SigningAlgorithm};

use crate::error::{SettingsError, SettingsProblem, Warning};

/// An address, as it was written: the other side compares it letter by letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) written: String,
    pub(crate) url: Url,
}

impl Endpoint {
    pub(crate) fn read(written: &str) -> Result<Self, String> {
        let url = Url::parse(written).map_err(|error| format!("is not a URL: {error}"))?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err("is not an address of the web; it begins with https://".to_owned());
        }
        Ok(Self { written: written.to_owned(), url })
    }
}

/// Both sides and the rules between them.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) us: Us,
    pub(crate) provider: Provider,
    pub(crate) rules: Rules,
}

#[derive(Debug)]
pub(crate) struct Us {
    pub(crate) entity_id: String,
    pub(crate) consumer: Endpoint,
    pub(crate) logout: Option<Endpoint>,
    pub(crate) name_id_format: Option<String>,
    pub(crate) key: Option<PrivateKey>,
    /// The key's, and one that will follow it.
    pub(crate) certificates: Vec<Certificate>,
}

#[derive(Debug)]
pub(crate) struct Provider {
    pub(crate) entity_id: String,
    pub(crate) login: Endpoint,
    pub(crate) logout: Option<Logout>,
    /// Never empty.
    pub(crate) certificates: Vec<Certificate>,
    /// Whether it asks for signed login requests.
    pub(crate) wants_signed_requests: bool,
}

/// Where the identity provider takes requests to log out, and where answers to its own.
#[derive(Debug, Clone)]
pub(crate) struct Logout {
    pub(crate) requests: Endpoint,
    pub(crate) answers: Endpoint,
}

#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in the settings")]
pub(crate) struct Rules {
    pub(crate) sign_requests: bool,
    pub(crate) response_signed: bool,
    pub(crate) assertion_signed: bool,
    pub(crate) assertion_encrypted: bool,
    pub(crate) algorithm: SigningAlgorithm,
    /// How the subject is to log in, URIs; empty if that is left to the identity provider.
    pub(crate) contexts: Vec<String>,
    pub(crate) comparison: String,
    /// Whether another way is refused.
    pub(crate) context_must_match: bool,
}

impl Settings {
    /// Whether login requests are signed: we want to or are asked to, and have the key.
    pub(crate) fn signs_requests(&self) -> bool {
        (self.rules.sign_requests || self.provider.wants_signed_requests) && self.us.key.is_some()
    }

    pub(crate) fn read(
        onelogin_json: &str,
        idp_metadata: Option<&str>,
    ) -> Result<(Self, Vec<Warning>), SettingsError> {
        let mut notes = Notes::default();
        let described = idp_metadata.and_then(|xml| match description::Described::read(xml) {
            Ok(described) => Some(described),
            Err(reason) => {
                notes.problem("metadata", reason);
                None
            }
        });
        let settings = onelogin::read(onelogin_json, idp_metadata.is_some(), described, &mut notes);
        match settings {
            Some(settings) if notes.problems.is_empty() => Ok((settings, notes.warnings)),
            _ => Err(SettingsError(notes.problems)),
        }
    }
}

/// What is found while reading.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    problems: Vec<SettingsProblem>,
    warnings: Vec<Warning>,
}

impl Notes {
    pub(crate) fn problem(&mut self, key: impl Into<String>, reason: impl Into<String>) {
        self.problems.push(SettingsProblem { key: key.into(), reason: reason.into() });
    }

    pub(crate) fn warning(&mut self, key: impl Into<String>, reason: impl Into<String>) {
        self.warnings.push(Warning { key: key.into(), reason: reason.into() });
    }

    /// Notes what went wrong and goes on without the value.
    pub(crate) fn keep<T>(&mut self, key: &str, result: Result<T, String>) -> Option<T> {
        result.map_err(|reason| self.problem(key, reason)).ok()
    }
}
