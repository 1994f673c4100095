//! Writes what the fuzz target `saml_response` begins with: settings of a made-up identity provider, and messages
//! signed by it. Its key is thrown away, so that nobody, and no fuzzer, can sign another.
//!
//! `cargo run --example fuzz_seeds -- fuzz`

use std::path::Path;

use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};
use serde_json::json;
use t5g_testkit::saml::{Algorithm, Assertion, KeyPair, Response, Signing, Wrapping, at, wrapped};

const IDP: &str = "https://login.example/idp";
const SP: &str = "https://cards.example/saml/metadata";
const ACS: &str = "https://cards.example/?acs";
const SLS: &str = "https://cards.example/?sls";

fn main() -> Result<()> {
    let folder = std::env::args().nth(1).context("say where the folder fuzz is")?;
    let folder = Path::new(&folder);
    let now = DateTime::<Utc>::from_timestamp(1_772_600_767, 0).context("a time")?;
    let idp = KeyPair::generate(Algorithm::Rsa, "login.example")?;
    let settings = json!({
        "strict": true,
        "sp": {
            "entityId": SP,
            "assertionConsumerService": {"url": ACS},
            "singleLogoutService": {"url": SLS},
        },
        "idp": {
            "entityId": IDP,
            "singleSignOnService": {"url": "https://login.example/sso"},
            "singleLogoutService": {"url": "https://login.example/slo"},
            "x509cert": idp.bare_certificate(),
        },
    });
    let target = folder.join("fuzz_targets/saml_response");
    std::fs::create_dir_all(&target)?;
    std::fs::write(target.join("settings.json"), format!("{settings:#}\n"))?;
    let seeds = folder.join("seeds/saml_response");
    std::fs::create_dir_all(&seeds)?;
    for (name, xml) in messages(&idp, now)? {
        std::fs::write(seeds.join(name), xml)?;
    }
    Ok(())
}

fn messages(idp: &KeyPair, now: DateTime<Utc>) -> Result<Vec<(String, String)>> {
    let response = Response::new(IDP, ACS, "_request", now);
    let assertion = Assertion::new(IDP, SP, ACS, "_request", now).attribute("rhatUUID", &["8f0c"]);
    let signing = Signing::with(idp);
    let by_assertion = response.xml(&signing.sign(&assertion.xml(), &assertion.id)?);
    let by_response = signing.sign(&response.xml(&assertion.xml()), &response.id)?;
    let both = signing.sign(&by_assertion, &response.id)?;
    let mut messages = vec![
        ("assertion".to_owned(), by_assertion.clone()),
        ("response".to_owned(), by_response.clone()),
        ("both".to_owned(), both),
        ("logout-request".to_owned(), signing.sign(&logout_request(now), "_lr")?),
    ];
    for wrapping in Wrapping::ALL {
        let signed = if wrapping.of_response() { &by_response } else { &by_assertion };
        let forged = wrapped(signed, *wrapping, &|xml| xml.replace("8f0c", "admin"))?;
        messages.push((format!("wrapping-{wrapping:?}").to_lowercase(), forged));
    }
    Ok(messages)
}

fn logout_request(now: DateTime<Utc>) -> String {
    format!(
        "<samlp:LogoutRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" Destination=\"{SLS}\" ID=\"_lr\" \
         IssueInstant=\"{}\" Version=\"2.0\">\
         <saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">{IDP}</saml:Issuer>\
         <saml:NameID xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">_n1</saml:NameID>\
         <samlp:SessionIndex>_session</samlp:SessionIndex></samlp:LogoutRequest>",
        at(now)
    )
}
