//! The request to log somebody in.

use chrono::{DateTime, Utc};

use super::write::{element, text, time};
use crate::names::{ASSERTION, POST, PROTOCOL, UNSPECIFIED};
use crate::settings::Settings;

pub(crate) fn login_request(settings: &Settings, id: &str, now: DateTime<Utc>) -> String {
    let (us, rules) = (&settings.us, &settings.rules);
    let format = us.name_id_format.as_deref().unwrap_or(UNSPECIFIED);
    let mut contents = text("saml:Issuer", &us.entity_id);
    contents +=
        &element("samlp:NameIDPolicy", &[("Format", Some(format)), ("AllowCreate", Some("true"))], "");
    if !rules.contexts.is_empty() {
        let classes: String =
            rules.contexts.iter().map(|class| text("saml:AuthnContextClassRef", class)).collect();
        let comparison = [("Comparison", Some(rules.comparison.as_str()))];
        contents += &element("samlp:RequestedAuthnContext", &comparison, &classes);
    }
    element(
        "samlp:AuthnRequest",
        &[
            ("xmlns:samlp", Some(PROTOCOL)),
            ("xmlns:saml", Some(ASSERTION)),
            ("ID", Some(id)),
            ("Version", Some("2.0")),
            ("IssueInstant", Some(&time(now))),
            ("Destination", Some(&settings.provider.login.written)),
            ("ProtocolBinding", Some(POST)),
            ("AssertionConsumerServiceURL", Some(&us.consumer.written)),
        ],
        &contents,
    )
}
