//! A message in a URL: compressed, and signed over the very bytes of the query.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use url::Url;
use url::form_urlencoded::byte_serialize;

use crate::settings::{Endpoint, PrivateKey, SigningAlgorithm};

/// What the message is, to the one who receives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Request,
    Response,
}

impl Kind {
    /// The parameter that carries it.
    pub(crate) fn parameter(self) -> &'static str {
        match self {
            Self::Request => "SAMLRequest",
            Self::Response => "SAMLResponse",
        }
    }
}

/// The address to send a browser to, so that it brings `xml` to `endpoint`; signed if there is a key.
pub(crate) fn url(
    endpoint: &Endpoint,
    kind: Kind,
    xml: &str,
    relay: Option<&str>,
    signer: Option<(&PrivateKey, SigningAlgorithm)>,
) -> Result<Url, String> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    let packed = encoder.write_all(xml.as_bytes()).and_then(|()| encoder.finish());
    let packed = packed.map_err(|error| format!("compressing: {error}"))?;
    let mut query = parameter(kind.parameter(), &STANDARD.encode(packed));
    if let Some(relay) = relay {
        query = query + "&" + &parameter("RelayState", relay);
    }
    if let Some((key, algorithm)) = signer {
        query = query + "&" + &parameter("SigAlg", algorithm.uri());
        let signature = key.sign(query.as_bytes(), algorithm)?;
        query = query + "&" + &parameter("Signature", &STANDARD.encode(signature));
    }
    let mut url = endpoint.url.clone();
    let before = url.query().filter(|before| !before.is_empty()).map(|before| format!("{before}&"));
    url.set_query(Some(&(before.unwrap_or_default() + &query)));
    Ok(url)
}

fn parameter(name: &str, value: &str) -> String {
    let encoded: String = byte_serialize(value.as_bytes()).collect();
    format!("{name}={encoded}")
}
