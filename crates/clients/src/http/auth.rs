//! How a request says who we are. A credential goes into a header marked sensitive, or into the query where the
//! upstream knows no better.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};

use super::fault::Fault;
use crate::sso::{Token, TokenSource};
use crate::{ClientError, ErrorKind, Secret};

/// The ways to authenticate that the upstreams know.
#[derive(Debug, Clone)]
pub(crate) enum Auth {
    Anonymous,
    Basic { user: String, password: Secret },
    Bearer(Secret),
    Header(HeaderName, Secret),
    Query(&'static str, Secret),
    Token(Arc<TokenSource>),
}

/// What one attempt presents.
pub(super) struct Credential {
    pub(super) header: Option<(HeaderName, HeaderValue)>,
    pub(super) query: Option<(&'static str, Secret)>,
    pub(super) token: Option<Token>,
}

impl Auth {
    pub(super) async fn credential(&self, setting: &'static str) -> Result<Credential, Failure> {
        let mut credential = Credential { header: None, query: None, token: None };
        match self {
            Self::Anonymous => {}
            Self::Basic { user, password } => {
                let pair = basic_pair(user, password);
                credential.header = Some((AUTHORIZATION, sensitive(&format!("Basic {pair}"), setting)?));
            }
            Self::Bearer(secret) => {
                credential.header =
                    Some((AUTHORIZATION, sensitive(&format!("Bearer {}", secret.expose()), setting)?));
            }
            Self::Header(name, secret) => {
                credential.header = Some((name.clone(), sensitive(secret.expose(), setting)?));
            }
            Self::Query(name, secret) => credential.query = Some((name, secret.clone())),
            Self::Token(source) => {
                let token = source.token().await.map_err(Failure::Token)?;
                credential.header = Some((
                    AUTHORIZATION,
                    sensitive(&format!("Bearer {}", token.secret().expose()), setting)?,
                ));
                credential.token = Some(token);
            }
        }
        Ok(credential)
    }

    /// The configured secret; it must not appear in a text.
    pub(crate) fn secret(&self) -> Option<&Secret> {
        match self {
            Self::Anonymous | Self::Token(_) => None,
            Self::Basic { password: secret, .. }
            | Self::Bearer(secret)
            | Self::Header(_, secret)
            | Self::Query(_, secret) => Some(secret),
        }
    }
}

impl Auth {
    /// Another form of the secret that goes over the wire and must not appear either.
    pub(super) fn encoded_secret(&self) -> Option<Secret> {
        match self {
            Self::Basic { user, password } => Some(Secret::new(basic_pair(user, password))),
            _ => None,
        }
    }
}

fn basic_pair(user: &str, password: &Secret) -> String {
    STANDARD.encode(format!("{user}:{}", password.expose()))
}

/// Why there is no credential: our own setting, or the token service's error, which is passed on as it is.
pub(super) enum Failure {
    Fault(Fault),
    Token(ClientError),
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

fn sensitive(text: &str, setting: &'static str) -> Result<HeaderValue, Fault> {
    let mut value = HeaderValue::from_str(text).map_err(|_| {
        Fault::of(ErrorKind::Setting {
            what: format!(
                "`{setting}` holds a character that cannot be sent; check it for line ends and quotes"
            ),
        })
    })?;
    value.set_sensitive(true);
    Ok(value)
}
