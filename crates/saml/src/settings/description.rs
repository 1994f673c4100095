//! The identity provider's own description: its metadata file. Believed as a file of ours, so its signature is
//! not checked; whoever fetches it is responsible.

use super::{Certificate, Endpoint, Logout, Provider};
use crate::error::quoted;
use crate::names::{Namespace, PROTOCOL, REDIRECT};
use crate::preflight::{self, Element, Limits};

/// What was found in the file.
pub(super) struct Described {
    /// Elements of identity providers, each with its name.
    entities: Vec<(String, Element)>,
}

impl Described {
    pub(super) fn read(xml: &str) -> Result<Self, String> {
        let (_, root) =
            preflight::read(xml.as_bytes(), &Limits::METADATA).map_err(|error| error.to_string())?;
        let mut entities = Vec::new();
        collect(root, &mut entities);
        if entities.is_empty() {
            return Err("describes no identity provider of SAML 2.0 (IDPSSODescriptor)".to_owned());
        }
        Ok(Self { entities })
    }

    /// The one that the settings name, or the only one.
    pub(super) fn provider(self, wanted: Option<&str>) -> Result<Provider, String> {
        let names: Vec<String> = self.entities.iter().map(|(name, _)| quoted(name)).take(5).collect();
        let (entity_id, role) = match (wanted, self.entities.len()) {
            (Some(wanted), _) => self.entities.into_iter().find(|(name, _)| name == wanted),
            (None, 1) => self.entities.into_iter().next(),
            (None, count) => {
                return Err(format!("describes {count} identity providers; choose one with idp.entityId"));
            }
        }
        .ok_or_else(|| format!("does not describe idp.entityId, but {}", names.join(", ")))?;
        let login = endpoint(&role, "SingleSignOnService", "Location")?
            .ok_or("has no SingleSignOnService with the HTTP-Redirect binding")?;
        let requests = endpoint(&role, "SingleLogoutService", "Location")?;
        let answers = endpoint(&role, "SingleLogoutService", "ResponseLocation")?;
        Ok(Provider {
            entity_id,
            login,
            logout: requests
                .map(|requests| Logout { answers: answers.unwrap_or(requests.clone()), requests }),
            certificates: certificates(&role)?,
            wants_signed_requests: matches!(role.attribute("WantAuthnRequestsSigned"), Some("true" | "1")),
        })
    }
}

/// Goes down the groups of a federation; how deep these nest is bounded by the reading.
fn collect(element: Element, entities: &mut Vec<(String, Element)>) {
    if element.is(Namespace::Metadata, "EntitiesDescriptor") {
        element.children.into_iter().for_each(|child| collect(child, entities));
    } else if element.is(Namespace::Metadata, "EntityDescriptor") {
        let name = element.attribute("entityID").unwrap_or_default().to_owned();
        let speaks = |role: &Element| {
            role.attribute("protocolSupportEnumeration")
                .is_some_and(|list| list.split_whitespace().any(|protocol| protocol == PROTOCOL))
        };
        let roles = element.children.into_iter();
        let found = roles
            .filter(|child| child.is(Namespace::Metadata, "IDPSSODescriptor"))
            .find(speaks)
            .filter(|_| !name.is_empty());
        entities.extend(found.map(|role| (name, role)));
    }
}

fn endpoint(role: &Element, service: &str, attribute: &str) -> Result<Option<Endpoint>, String> {
    let location = role
        .all(Namespace::Metadata, service)
        .find(|endpoint| endpoint.attribute("Binding") == Some(REDIRECT))
        .and_then(|endpoint| endpoint.attribute(attribute));
    location
        .map(|written| Endpoint::read(written).map_err(|reason| format!("{service} {attribute} {reason}")))
        .transpose()
}

/// The keys that sign: those that say so, and those that do not say what they are for.
fn certificates(role: &Element) -> Result<Vec<Certificate>, String> {
    let signing = role
        .all(Namespace::Metadata, "KeyDescriptor")
        .filter(|key| matches!(key.attribute("use"), None | Some("signing")));
    // More certificates in one place are a chain, and the first is the key's.
    let written = signing
        .filter_map(|key| key.child(Namespace::Signature, "KeyInfo"))
        .flat_map(|info| info.all(Namespace::Signature, "X509Data"))
        .filter_map(|data| data.child(Namespace::Signature, "X509Certificate"));
    let mut certificates = Vec::new();
    for element in written {
        let certificate =
            Certificate::read(&element.text).map_err(|reason| format!("a signing certificate {reason}"))?;
        if !certificates.contains(&certificate) {
            certificates.push(certificate);
        }
    }
    if certificates.is_empty() { Err("has no certificate for signing".to_owned()) } else { Ok(certificates) }
}
