//! Our description, for the identity provider.

use super::write::{element, text};
use crate::names::{METADATA, POST, PROTOCOL, REDIRECT, SIGNATURE};
use crate::settings::Settings;

pub(crate) fn metadata(settings: &Settings) -> String {
    let us = &settings.us;
    let mut contents = String::new();
    for certificate in &us.certificates {
        let key = key_info(&certificate.base64());
        contents += &element("md:KeyDescriptor", &[("use", Some("signing"))], &key);
        contents += &element("md:KeyDescriptor", &[("use", Some("encryption"))], &key);
    }
    if let Some(logout) = &us.logout {
        for binding in [REDIRECT, POST] {
            let attributes = [("Binding", Some(binding)), ("Location", Some(logout.written.as_str()))];
            contents += &element("md:SingleLogoutService", &attributes, "");
        }
    }
    if let Some(format) = &us.name_id_format {
        contents += &text("md:NameIDFormat", format);
    }
    let consumer = [
        ("Binding", Some(POST)),
        ("Location", Some(us.consumer.written.as_str())),
        ("index", Some("1")),
        ("isDefault", Some("true")),
    ];
    contents += &element("md:AssertionConsumerService", &consumer, "");
    let role = [
        ("AuthnRequestsSigned", Some(word(settings.signs_requests()))),
        ("WantAssertionsSigned", Some(word(settings.rules.assertion_signed))),
        ("protocolSupportEnumeration", Some(PROTOCOL)),
    ];
    let entity = [("xmlns:md", Some(METADATA)), ("entityID", Some(us.entity_id.as_str()))];
    let described = element("md:EntityDescriptor", &entity, &element("md:SPSSODescriptor", &role, &contents));
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{described}\n")
}

fn key_info(certificate: &str) -> String {
    let data = element("ds:X509Data", &[], &text("ds:X509Certificate", certificate));
    element("ds:KeyInfo", &[("xmlns:ds", Some(SIGNATURE))], &data)
}

fn word(yes: bool) -> &'static str {
    if yes { "true" } else { "false" }
}
