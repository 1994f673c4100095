//! SAML 2.0 single sign-on, our side of it: settings, what we send, and whether to believe what comes back.
//!
//! Pure: time, names of requests and random numbers are arguments, and nothing is kept between calls. Whoever
//! uses it keeps the flow of one browser, the assertions already used, and the sessions. It must not know pages,
//! cookies or stores.

mod error;
mod incoming;
mod names;
mod outgoing;
mod preflight;
mod provider;
mod settings;
mod types;

pub use error::{Reason, Refusal, SamlError, SettingsError, SettingsProblem, Warning};
pub use provider::ServiceProvider;
pub use types::{CertificateInfo, CertificateUse, Login, LogoutMessage, LogoutOutcome, Options, Subject};
