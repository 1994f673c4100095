//! What is looked at before anything is believed, verified or built: size, shape, and which element stands where.
//!
//! Positive: what is not known to be needed is refused, so that a signature can only cover what is read later.
//! Linear in the size of the message. It reads with the same scanner that verification reads with, so that both
//! see the same document.

mod attributes;
mod grammar;
mod rules;
mod scan;
mod tree;

pub(crate) use rules::wrapped_key;
pub(crate) use tree::Element;

use crate::error::{Reason, Refusal};
use crate::names::{Algorithms, Namespace};

/// How much of everything there may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) bytes: usize,
    elements: usize,
    /// Of one element.
    attributes: usize,
    /// Declared by one element and those around it.
    namespaces: usize,
    all_attributes: usize,
    depth: usize,
    /// Whether comments and processing instructions are passed over instead of refused.
    remarks: bool,
}

impl Limits {
    /// For messages, which come from anybody.
    pub(crate) const MESSAGE: Self = Self {
        bytes: 256 * 1024,
        elements: 2_000,
        attributes: 64,
        namespaces: 32,
        all_attributes: 4_000,
        depth: 32,
        remarks: false,
    };

    /// For the identity provider's description, which comes from whoever set us up and may list a federation.
    pub(crate) const METADATA: Self = Self {
        bytes: 16 * 1024 * 1024,
        elements: 200_000,
        attributes: 64,
        namespaces: 64,
        all_attributes: 1_000_000,
        depth: 32,
        remarks: true,
    };
}

/// Which message is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Root {
    Response,
    /// What comes out of an encrypted assertion.
    Assertion,
    LogoutRequest,
    LogoutResponse,
}

impl Root {
    pub(crate) fn name(self) -> (Namespace, &'static str) {
        match self {
            Self::Response => (Namespace::Protocol, "Response"),
            Self::Assertion => (Namespace::Assertion, "Assertion"),
            Self::LogoutRequest => (Namespace::Protocol, "LogoutRequest"),
            Self::LogoutResponse => (Namespace::Protocol, "LogoutResponse"),
        }
    }
}

/// A message that has the right form. Nothing of it is proven yet.
#[derive(Debug)]
pub(crate) struct Checked<'a> {
    /// The very text that was read; verify this and nothing else.
    pub(crate) text: &'a str,
    pub(crate) root: Element,
}

/// Reads `bytes` as the message `root`.
pub(crate) fn check<'a>(
    bytes: &'a [u8],
    root: Root,
    algorithms: &Algorithms,
) -> Result<Checked<'a>, Refusal> {
    let (text, element) = read(bytes, &Limits::MESSAGE)?;
    let (namespace, name) = root.name();
    if !element.is(namespace, name) {
        return Err(Refusal::new(
            Reason::WrongMessage,
            format!("expected {name}, found {}", crate::error::quoted(&element.name)),
        ));
    }
    grammar::check(&element)?;
    rules::check(&element, algorithms)?;
    attributes::check(&element)?;
    Ok(Checked { text, root: element })
}

/// Reads any XML within `limits`.
pub(crate) fn read<'a>(bytes: &'a [u8], limits: &Limits) -> Result<(&'a str, Element), Refusal> {
    if bytes.len() > limits.bytes {
        let detail = format!("the message has {} bytes, more than {}", bytes.len(), limits.bytes);
        return Err(Refusal::new(Reason::TooLarge, detail));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| Refusal::new(Reason::Encoding, format!("not UTF-8: {error}")))?;
    scan::scan(text, limits)?;
    Ok((text, tree::read(text, limits)?))
}
