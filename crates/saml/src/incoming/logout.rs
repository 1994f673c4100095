//! Messages at the logout service: the answer to our request, or a request of the identity provider. Both have to
//! be signed, for anybody can send a browser here.

use chrono::{DateTime, Utc};

use super::form;
use super::login::{answers, destination, issuer, succeeded};
use super::query::Query;
use super::signature::Verifiers;
use super::times::{Times, time};
use crate::error::{Reason, Refusal};
use crate::names::{Algorithms, Namespace};
use crate::outgoing::{self, Kind};
use crate::preflight::{self, Checked, Element, Root};
use crate::settings::{Logout, Settings};
use crate::types::{LogoutMessage, LogoutOutcome};

/// The longest relay that is sent back. The standard gives it 80 bytes, which some exceed.
const RELAY: usize = 1024;

/// What the answers depend on.
pub(crate) struct Context<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) algorithms: &'a Algorithms,
    pub(crate) verifiers: &'a Verifiers,
    pub(crate) times: Times,
    /// The request that this browser was sent away with.
    pub(crate) expected: Option<&'a str>,
    /// The name of our answer, should one be due.
    pub(crate) response_id: &'a str,
}

pub(crate) fn logout(message: LogoutMessage<'_>, context: &Context<'_>) -> Result<LogoutOutcome, Refusal> {
    let none = || Refusal::new(Reason::NoLogout, "there is no logout service in saml_settings");
    let address = context.settings.us.logout.as_ref().ok_or_else(none)?;
    let logout = context.settings.provider.logout.as_ref().ok_or_else(none)?;
    let (kind, relay, bytes, query) = match message {
        LogoutMessage::Redirect { raw_query } => {
            let query = Query::read(raw_query)?;
            let signature = query.signature.ok_or_else(unsigned)?;
            (query.kind, query.relay, query.xml, Some(signature))
        }
        LogoutMessage::Post { saml, is_request, relay } => {
            let kind = if is_request { Kind::Request } else { Kind::Response };
            (kind, relay.map(str::to_owned), form::decoded(saml)?, None)
        }
    };
    if let Some(relay) = relay.as_deref().filter(|relay| relay.len() > RELAY) {
        let detail = format!("the relay has {} bytes, more than {RELAY}", relay.len());
        return Err(Refusal::new(Reason::Binding, detail));
    }
    let root = if kind == Kind::Request { Root::LogoutRequest } else { Root::LogoutResponse };
    let checked = preflight::check(&bytes, root, context.algorithms)?;
    match query {
        Some(signature) => context.verifiers.verify_query(&signature)?,
        None => verified(&checked, context.verifiers)?,
    }
    issuer(&checked.root, &context.settings.provider)?;
    destination(&checked.root, &address.written)?;
    let issued = context.times.issued(&checked.root)?;
    match kind {
        Kind::Response => {
            answers(&checked.root, context.expected)?;
            succeeded(&checked.root).map(|()| LogoutOutcome::Confirmed)
        }
        Kind::Request => requested(&checked.root, issued, relay.as_deref(), logout, context),
    }
}

fn unsigned() -> Refusal {
    Refusal::new(Reason::Unsigned, "the message is not signed")
}

fn verified(message: &Checked<'_>, verifiers: &Verifiers) -> Result<(), Refusal> {
    let covered = verifiers.verify(message)?;
    if covered.has(message.root.attribute("ID")) { Ok(()) } else { Err(unsigned()) }
}

fn requested(
    request: &Element,
    issued: DateTime<Utc>,
    relay: Option<&str>,
    logout: &Logout,
    context: &Context<'_>,
) -> Result<LogoutOutcome, Refusal> {
    let until = time(request, "NotOnOrAfter")?;
    context.times.lasting(until, "the request")?;
    let too_old = issued + context.times.max_age;
    let name = request
        .child(Namespace::Assertion, "NameID")
        .filter(|name| !name.value().is_empty())
        .ok_or_else(|| Refusal::new(Reason::NameId, "the request does not say who is to be logged out"))?;
    let indexes = request.all(Namespace::Protocol, "SessionIndex").map(|index| index.value().to_owned());
    Ok(LogoutOutcome::Requested {
        request_id: request.attribute("ID").unwrap_or_default().to_owned(),
        replay_until: until.map_or(too_old, |until| until.min(too_old)) + context.times.skew,
        subject_name_id: name.value().to_owned(),
        session_indexes: indexes.collect(),
        answer: answer(request, relay, logout, context)?,
    })
}

fn answer(
    request: &Element,
    relay: Option<&str>,
    logout: &Logout,
    context: &Context<'_>,
) -> Result<url::Url, Refusal> {
    let settings = context.settings;
    let id = request.attribute("ID").unwrap_or_default();
    let xml = outgoing::logout_response(settings, logout, id, context.response_id, context.times.now);
    let signer = settings.us.key.as_ref().map(|key| (key, settings.rules.algorithm));
    outgoing::url(&logout.answers, Kind::Response, &xml, relay, signer)
        .map_err(|reason| Refusal::new(Reason::Answer, reason))
}
