//! The conversation with a mail server, step by step, so that each recipient's answer is heard and it is known how far
//! it went.

use std::future::Future;
use std::time::Duration;

use lettre::message::Mailbox;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use tokio::time::timeout;

use super::compose::Composed;
use super::{Delivered, MailError, MailErrorKind, MailOptions, Refused, Security};

/// For saying goodbye, which nobody waits for.
const GOODBYE: Duration = Duration::from_secs(2);

/// Sends a letter in one conversation.
pub(super) async fn send(
    options: &MailOptions,
    from: &Mailbox,
    letter: Composed,
) -> Result<Delivered, MailError> {
    let mut server = connect(options, from).await?;
    let result = deliver(options, &mut server, from, letter).await;
    // The letter's fate is known by now; a goodbye that fails changes nothing.
    drop(timeout(GOODBYE, server.quit()).await);
    result
}

/// Goes as far as one can without sending anything; what was found, for people.
pub(super) async fn greet(options: &MailOptions, from: &Mailbox) -> Result<&'static str, MailError> {
    let mut server = connect(options, from).await?;
    drop(timeout(GOODBYE, server.quit()).await);
    Ok(match options.security {
        Security::None => "",
        Security::StartTls => ", STARTTLS",
        Security::Tls => ", TLS",
    })
}

async fn connect(options: &MailOptions, from: &Mailbox) -> Result<AsyncSmtpConnection, MailError> {
    let host = options.host();
    let tls = || TlsParameters::new(host.to_owned()).map_err(|error| told(&error));
    let us = ClientId::Domain(from.email.domain().to_owned());
    let at_once = match options.security {
        Security::Tls => Some(tls()?),
        Security::None | Security::StartTls => None,
    };
    let place = (host, options.port);
    let connection = AsyncSmtpConnection::connect_tokio1(place, Some(options.timeout), &us, at_once, None);
    let mut server = step(options, connection).await?;
    if options.security == Security::StartTls {
        // A server that does not offer it is the library's "own" error.
        step(options, server.starttls(tls()?, &us)).await.map_err(|error| match error.kind {
            MailErrorKind::Letter { what: detail } => MailError::certain(MailErrorKind::Tls { detail }),
            _ => error,
        })?;
    }
    if let (Some(login), Some(password)) = (&options.login, &options.password) {
        let credentials = Credentials::new(login.clone(), password.expose().to_owned());
        let result = step(options, server.auth(&[Mechanism::Plain, Mechanism::Login], &credentials)).await;
        result.map_err(|error| match error.kind {
            MailErrorKind::Refused { detail } | MailErrorKind::Letter { what: detail } => {
                MailError::certain(MailErrorKind::CredentialRejected { detail })
            }
            _ => error,
        })?;
    }
    Ok(server)
}

async fn deliver(
    options: &MailOptions,
    server: &mut AsyncSmtpConnection,
    from: &Mailbox,
    letter: Composed,
) -> Result<Delivered, MailError> {
    let mut parameters = Vec::new();
    if !letter.bytes.is_ascii() && server.server_info().supports_feature(Extension::EightBitMime) {
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    let takes_utf8 = server.server_info().supports_feature(Extension::SmtpUtfEight);
    let foreign = |mailbox: &Mailbox| !mailbox.email.to_string().is_ascii();
    if takes_utf8 && letter.to.iter().chain([from]).any(foreign) {
        parameters.push(MailParameter::SmtpUtfEight);
    }
    step(options, server.command(Mail::new(Some(from.email.clone()), parameters))).await?;
    let mut delivered = Delivered { accepted: Vec::new(), refused: letter.unreadable };
    for mailbox in letter.to {
        let address = mailbox.email.to_string();
        if foreign(&mailbox) && !takes_utf8 {
            let reason = "the mail server takes only plain letters in addresses".to_owned();
            delivered.refused.push(Refused { address, reason, passing: false });
            continue;
        }
        match step(options, server.command(Rcpt::new(mailbox.email, Vec::new()))).await {
            Ok(_) => delivered.accepted.push(address),
            Err(error) => delivered.refused.push(refused(address, error)?),
        }
    }
    if delivered.accepted.is_empty() {
        return Err(MailError::certain(MailErrorKind::NoRecipient(delivered.refused)));
    }
    step(options, server.command(Data)).await?;
    // From here on the server may have the letter, unless it answers that it has not.
    step(options, server.message(&letter.bytes)).await.map_err(|error| match error.kind {
        MailErrorKind::Deferred { .. } | MailErrorKind::Refused { .. } => error,
        _ => error.doubtful(),
    })?;
    Ok(delivered)
}

/// A recipient's refusal; any other failure ends the conversation.
fn refused(address: String, error: MailError) -> Result<Refused, MailError> {
    match error.kind {
        MailErrorKind::Deferred { detail } => Ok(Refused { address, reason: detail, passing: true }),
        MailErrorKind::Refused { detail } => Ok(Refused { address, reason: detail, passing: false }),
        _ => Err(error),
    }
}

/// One question and its answer, in time.
async fn step<T>(
    options: &MailOptions,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, MailError> {
    let after = options.timeout;
    match timeout(after, work).await {
        Ok(result) => result.map_err(|error| told(&error)),
        Err(_) => Err(MailError::certain(MailErrorKind::TimedOut { after })),
    }
}

/// What the library's error means.
fn told(error: &Error) -> MailError {
    let detail = detail(error);
    MailError::certain(if error.is_transient() {
        MailErrorKind::Deferred { detail }
    } else if error.is_permanent() {
        MailErrorKind::Refused { detail }
    } else if error.is_tls() || is_of_tls(error) {
        MailErrorKind::Tls { detail }
    } else if error.is_client() {
        MailErrorKind::Letter { what: detail }
    } else {
        MailErrorKind::Unreachable { detail }
    })
}

/// A certificate that is not trusted comes as a failed connection.
fn is_of_tls(error: &Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let wrapped = inner.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        let wrapped = wrapped.and_then(|wrapped| wrapped.downcast_ref::<rustls::Error>());
        if inner.is::<rustls::Error>() || wrapped.is_some() {
            return true;
        }
        cause = inner.source();
    }
    false
}

/// The answer's code and words, or the network's reason.
fn detail(error: &Error) -> String {
    let mut told = error.status().map(|code| code.to_string()).unwrap_or_default();
    let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(error);
    if cause.is_none() && told.is_empty() {
        told = error.to_string();
    }
    while let Some(inner) = cause {
        let text = inner.to_string();
        if !told.ends_with(&text) {
            told = [told.as_str(), &text].join(" ");
        }
        cause = inner.source();
    }
    told.trim_start().to_owned()
}
