//! What can go wrong: with the settings, with what we send, and with what comes back.

use std::fmt;

use thiserror::Error;

/// A key of the settings that has no effect here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Its path, `security.signMetadata`.
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
    reason: Reason,
    detail: String,
}

impl Refusal {
    /// The most characters that a detail has.
    const LENGTH: usize = 300;

    /// Takes any text for `detail`: what cannot be printed is escaped, what is too long is cut.
    pub(crate) fn new(reason: Reason, detail: impl AsRef<str>) -> Self {
        Self { reason, detail: printable(detail.as_ref(), Self::LENGTH) }
    }

    /// What kind of refusal it is.
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// The kind in snake case; stable, so that it can name a metric.
    pub fn code(&self) -> &'static str {
        self.reason.code()
    }
}

fn printable(text: &str, length: usize) -> String {
    let mut short = String::new();
    for (count, character) in text.chars().enumerate() {
        if count == length {
            short.push('…');
            break;
        }
        match character {
            ' '..='~' => short.push(character),
            other if other.is_alphanumeric() => short.push(other),
            other => short.extend(other.escape_unicode()),
        }
    }
    short
}

/// Text from a message, quoted and short enough to stand in a sentence.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", printable(text, 80))
}

macro_rules! reasons {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal,)+) => {
        /// The kinds of refusals.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Reason {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Reason {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// Its name in metrics and logs.
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)+
                }
            }
        }
    };
}

reasons! {
    /// Longer than any honest message.
    TooLarge = "too_large",
    /// Not base64.
    Base64 = "base64",
    /// A message in a URL that cannot be unpacked.
    Deflate = "deflate",
    /// Not UTF-8.
    Encoding = "encoding",
    /// More elements than any honest message.
    TooManyElements = "too_many_elements",
    /// More attributes or namespaces than any honest element.
    TooManyAttributes = "too_many_attributes",
    /// Nested deeper than any honest message.
    TooDeep = "too_deep",
    /// A document type.
    Doctype = "doctype",
    /// A reference to an entity that is not one of the five of XML.
    Entity = "entity",
    /// A processing instruction.
    ProcessingInstruction = "processing_instruction",
    /// A comment.
    Comment = "comment",
    /// A CDATA section.
    Cdata = "cdata",
    /// Not well-formed XML.
    Xml = "xml",
    /// Not the message that belongs here.
    WrongMessage = "wrong_message",
    /// Not SAML 2.0.
    Version = "version",
    /// An element where it may not be.
    Structure = "structure",
    /// An element twice that may be there once.
    DuplicateElement = "duplicate_element",
    /// An element inside a name or a value.
    NestedValue = "nested_value",
    /// An assertion where none may be.
    AssertionPlace = "assertion_place",
    /// None, or more than one assertion.
    AssertionCount = "assertion_count",
    /// An `ID` with a prefix, in odd letters, or where none may be.
    IdAttribute = "id_attribute",
    /// An attribute that has no place at its element, or stands there twice under one local name.
    AttributePlace = "attribute_place",
    /// Two elements of one name.
    DuplicateId = "duplicate_id",
    /// A condition that we do not know.
    UnknownCondition = "unknown_condition",
    /// A signature where none may be.
    SignaturePlace = "signature_place",
    /// A signature that is not complete, or brings contents of its own.
    SignatureForm = "signature_form",
    /// A signature over something else than its parent.
    SignatureReference = "signature_reference",
    /// An algorithm that is not good enough, or a transformation that is not allowed.
    Algorithm = "algorithm",
    /// Encryption in a form that is not allowed.
    EncryptionForm = "encryption_form",
    /// Another issuer than the identity provider, or none.
    Issuer = "issuer",
    /// Sent to another address, or to none.
    Destination = "destination",
    /// Not the answer to this browser's request.
    InResponseTo = "in_response_to",
    /// The identity provider says no.
    Status = "status",
    /// Nothing is signed.
    Unsigned = "unsigned",
    /// The response is not signed, and has to be.
    ResponseUnsigned = "response_unsigned",
    /// The assertion is not signed, and has to be.
    AssertionUnsigned = "assertion_unsigned",
    /// A signature that is not of the identity provider over this message.
    Signature = "signature",
    /// The assertion is not encrypted, and has to be.
    NotEncrypted = "not_encrypted",
    /// Encryption without a seal, in a response that is not signed.
    UnsealedEncryption = "unsealed_encryption",
    /// It cannot be decrypted. Why is not told, not even in the log: it would help who tries to guess.
    Decryption = "decryption",
    /// A time that is missing or cannot be read.
    Time = "time",
    /// Not yet valid.
    TooEarly = "too_early",
    /// No longer valid.
    Expired = "expired",
    /// Issued too long ago.
    TooOld = "too_old",
    /// Not for us.
    Audience = "audience",
    /// Nothing in it says that whoever brings it is its subject.
    Confirmation = "confirmation",
    /// To be handed in elsewhere.
    Recipient = "recipient",
    /// No name for the subject.
    NameId = "name_id",
    /// No word on how and when the subject logged in, or not as asked.
    AuthnStatement = "authn_statement",
    /// An attribute without a name.
    Attribute = "attribute",
    /// A query or form that is no message.
    Binding = "binding",
    /// There is no logout service in the settings.
    NoLogout = "no_logout",
    /// Our answer could not be made.
    Answer = "answer",
}
