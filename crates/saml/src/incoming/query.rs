//! A message out of a URL, with the very bytes that its signature is over.

use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::DeflateDecoder;
use url::form_urlencoded::parse;

use crate::error::{Reason, Refusal};
use crate::names::DEFLATE;
use crate::outgoing::Kind;
use crate::preflight::Limits;

pub(super) struct Query {
    pub(super) kind: Kind,
    pub(super) xml: Vec<u8>,
    pub(super) relay: Option<String>,
    pub(super) signature: Option<QuerySignature>,
}

pub(super) struct QuerySignature {
    pub(super) algorithm: String,
    pub(super) value: Vec<u8>,
    /// What was signed.
    pub(super) signed: String,
}

/// The longest query that is looked at; browsers and servers cut long before.
const LONGEST: usize = Limits::MESSAGE.bytes;

impl Query {
    pub(super) fn read(raw: &str) -> Result<Self, Refusal> {
        if raw.len() > LONGEST {
            return Err(Refusal::new(Reason::TooLarge, format!("the query has {} letters", raw.len())));
        }
        let (request, response) =
            (one(raw, Kind::Request.parameter())?, one(raw, Kind::Response.parameter())?);
        let (kind, message) = match (request, response) {
            (Some(message), None) => (Kind::Request, message),
            (None, Some(message)) => (Kind::Response, message),
            _ => return Err(binding("the query needs one of SAMLRequest and SAMLResponse")),
        };
        if let Some(encoding) = one(raw, "SAMLEncoding")?
            && value(encoding)? != DEFLATE
        {
            return Err(binding("the message is packed in another way than DEFLATE"));
        }
        let relay = one(raw, "RelayState")?;
        Ok(Self {
            kind,
            xml: unpacked(&value(message)?)?,
            relay: relay.map(value).transpose()?,
            signature: signature(raw, message, relay)?,
        })
    }
}

/// The signature is over three parameters in this order, as they were sent.
fn signature(raw: &str, message: &str, relay: Option<&str>) -> Result<Option<QuerySignature>, Refusal> {
    let (algorithm, written) = match (one(raw, "SigAlg")?, one(raw, "Signature")?) {
        (None, None) => return Ok(None),
        (Some(algorithm), Some(written)) => (algorithm, written),
        _ => return Err(binding("SigAlg and Signature belong together")),
    };
    let signed = [Some(message), relay, Some(algorithm)];
    let signed = signed.into_iter().flatten().collect::<Vec<_>>().join("&");
    let bytes = base64(&value(written)?)?;
    Ok(Some(QuerySignature { algorithm: value(algorithm)?, value: bytes, signed }))
}

/// The parameter `name` as it stands; twice is not accepted, for two readers might choose differently.
fn one<'a>(raw: &'a str, name: &str) -> Result<Option<&'a str>, Refusal> {
    let mut found = raw.split('&').filter(|pair| {
        let mut names = parse(pair.as_bytes());
        names.next().is_some_and(|(key, _)| key == name)
    });
    let first = found.next();
    if found.next().is_some() {
        return Err(binding(&format!("{name} stands twice in the query")));
    }
    Ok(first)
}

fn value(pair: &str) -> Result<String, Refusal> {
    let first = parse(pair.as_bytes()).next();
    first.map(|(_, value)| value.into_owned()).ok_or_else(|| binding("an empty parameter"))
}

fn unpacked(message: &str) -> Result<Vec<u8>, Refusal> {
    let limit = Limits::MESSAGE.bytes as u64 + 1;
    let mut xml = Vec::new();
    DeflateDecoder::new(base64(message)?.as_slice())
        .take(limit)
        .read_to_end(&mut xml)
        .map_err(|error| Refusal::new(Reason::Deflate, format!("cannot be unpacked: {error}")))?;
    Ok(xml)
}

fn base64(text: &str) -> Result<Vec<u8>, Refusal> {
    let bare: String = text.chars().filter(|character| !character.is_ascii_whitespace()).collect();
    STANDARD.decode(bare).map_err(|error| Refusal::new(Reason::Base64, format!("not base64: {error}")))
}

fn binding(what: &str) -> Refusal {
    Refusal::new(Reason::Binding, format!("not a message: {what}"))
}
