//! What can go wrong: with the settings, with what we send, and with what comes back.

use std::fmt;

use thiserror::Error;

/// A key of the settings that means nothing here; it is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Its path, `security.wantNameIdEncrypted`.
    pub key: String,
    /// What is said about it.
    pub reason: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.reason)
    }
}

/// One thing that is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsProblem {
    /// The key's path, `idp.x509cert`.
    pub key: String,
    /// What is wrong, what is expected, what to do. Never a secret's text.
    pub reason: String,
}

/// Everything that is wrong with the settings; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsError(pub Vec<SettingsProblem>);

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            1 => write!(f, "one thing is wrong with saml_settings:")?,
            count => write!(f, "{count} things are wrong with saml_settings:")?,
        }
        self.0.iter().try_for_each(|problem| write!(f, "\n  {}: {}", problem.key, problem.reason))
    }
}

impl std::error::Error for SettingsError {}

/// A message of ours could not be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("cannot make the {message}: {reason}")]
pub struct SamlError {
    pub(crate) message: &'static str,
    pub(crate) reason: String,
}

/// Why a message from outside was not believed: a code for counting, and a sentence for the audit log.
///
/// The sentence is short and printable whatever the message contained. It is not for the browser.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{detail}")]
pub struct Refusal {
    code: &'static str,
    detail: String,
}

impl Refusal {
    pub(crate) fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }

    /// What kind of refusal it is, in snake case; stable, so that it can name a metric.
    pub fn code(&self) -> &'static str {
        self.code
    }
}
