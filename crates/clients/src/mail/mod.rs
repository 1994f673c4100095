//! Mail over SMTP: one letter, one connection, one answer for each recipient. Nothing is tried again here: whoever
//! sends knows what was sent before.

mod compose;
mod error;
mod talk;

use std::time::Duration;

use lettre::message::Mailbox;
use t5g_telemetry::trace;
use tracing::Instrument as _;

use crate::http::{Gate, outside_text};
use crate::{Now, Probe, Secret, Surroundings};

pub use compose::Letter;
pub use error::{MailError, MailErrorKind};

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// Not at all; for a relay in the same network.
    None,
    /// Begins in the open and turns to TLS before anything is said. A server that cannot is an error.
    StartTls,
    /// TLS from the first byte.
    Tls,
}

/// How mail is sent.
#[derive(Debug, Clone)]
pub struct MailOptions {
    /// The server's host.
    pub server: String,
    /// Its port: 25, 587 (STARTTLS) or 465 (TLS) as a rule.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// Name to log in with; unset: no login.
    pub login: Option<String>,
    /// Password to log in with.
    pub password: Option<Secret>,
    /// The sender: `address`, or `Name <address>`.
    pub from: String,
    /// For each step of the conversation.
    pub timeout: Duration,
}

impl MailOptions {
    /// The server's host without the brackets that an address of six groups has.
    fn host(&self) -> &str {
        self.server.trim_start_matches('[').trim_end_matches(']')
    }
}

/// What became of a letter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delivered {
    /// The addresses that the server took it for.
    pub accepted: Vec<String>,
    /// Those that it did not.
    pub refused: Vec<Refused>,
}

/// An address that did not get the letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// As it was given.
    pub address: String,
    /// What the server says, or what is wrong with the address.
    pub reason: String,
    /// Whether the same may be taken later (4xx).
    pub passing: bool,
}

/// Sends letters.
#[derive(Debug)]
pub struct MailClient {
    options: MailOptions,
    from: Mailbox,
    gate: Gate,
    now: Clock,
}

/// The clock, which has nothing to print.
struct Clock(Now);

impl std::fmt::Debug for Clock {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("clock")
    }
}

impl MailClient {
    /// Fails if the sender is no address, or if a password would travel in the open.
    pub fn new(options: MailOptions, around: &Surroundings) -> Result<Self, MailError> {
        let from = compose::mailbox(&options.from)
            .map_err(|why| MailError::setting(format!("the sender `source_email` {why}")))?;
        if options.server.trim().is_empty() {
            return Err(MailError::setting("`smtp_server` is empty"));
        }
        let local = matches!(options.server.as_str(), "localhost" | "127.0.0.1" | "::1" | "[::1]");
        if options.login.is_some() && options.security == Security::None && !local {
            return Err(MailError::setting(
                "the login would travel in the open; use STARTTLS or TLS, or no login",
            ));
        }
        if options.login.is_some() && options.password.as_ref().is_none_or(Secret::is_empty) {
            return Err(MailError::setting("there is a login for the mail server, but no password"));
        }
        Ok(Self { options, from, gate: Gate::new(around.writes), now: Clock(around.now.clone()) })
    }

    /// The sender as configured.
    pub fn sender(&self) -> &str {
        &self.options.from
    }

    /// Sends the letter to each of its recipients, in one conversation. `Ok` if the server took it for at least one;
    /// whom it refused is listed. After an error that [`MailError::may_have_acted`] nobody can tell whether the letter
    /// was sent.
    pub async fn send(&self, letter: &Letter) -> Result<Delivered, MailError> {
        if self.gate.is_shut() {
            return Err(MailError::certain(MailErrorKind::ReadOnly));
        }
        let message = compose::message(letter, &self.from, (self.now.0)()).map_err(|what| self.hide(what))?;
        let span = trace::mail(self.options.host(), self.options.port);
        let result = talk::send(&self.options, &self.from, message).instrument(span.clone()).await;
        let (outcome, error) = match &result {
            Ok(delivered) if delivered.refused.is_empty() => ("sent", None),
            Ok(_) => ("sent to some", None),
            Err(error) if error.may_have_acted() => ("doubtful", Some(error.kind.label())),
            Err(error) => ("failed", Some(error.kind.label())),
        };
        trace::ended(&span, outcome, error);
        result.map_err(|error| self.hide(error))
    }

    /// For `doctor`: whether the server answers, protects the connection as configured, and takes the login. Sends
    /// nothing.
    pub async fn check(&self) -> Result<Probe, MailError> {
        let told = talk::greet(&self.options, &self.from).await.map_err(|error| self.hide(error))?;
        let service = format!("SMTP, {}:{}{told}", self.options.server, self.options.port);
        Ok(Probe { service, identity: self.options.login.clone(), clock_skew: None })
    }

    /// What comes from outside on one bounded line, and without our password.
    fn hide(&self, error: MailError) -> MailError {
        let secrets: Vec<&Secret> = self.options.password.iter().collect();
        error.map_text(|text| outside_text(&text, &secrets))
    }
}
