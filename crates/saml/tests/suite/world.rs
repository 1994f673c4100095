//! One identity provider, one stranger, and us; all keys are made when the test begins.

use std::sync::OnceLock;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use t5g_saml::{Options, ServiceProvider};
use t5g_testkit::saml::{Algorithm, Assertion, KeyPair, Response, Signing, field};

pub(crate) const IDP: &str = "https://login.example/idp?a=1&b=2";
pub(crate) const SP: &str = "https://cards.example/saml/metadata";
pub(crate) const ACS: &str = "https://cards.example/?acs";
pub(crate) const SLS: &str = "https://cards.example/?sls";
pub(crate) const SSO: &str = "https://login.example/sso?realm=x";
pub(crate) const SLO: &str = "https://login.example/slo";
pub(crate) const REQUEST: &str = "_request-1";

pub(crate) struct World {
    pub(crate) idp: KeyPair,
    /// The identity provider's key from next month on, of the newer kind.
    pub(crate) next: KeyPair,
    pub(crate) ours: KeyPair,
    stranger: OnceLock<KeyPair>,
}

pub(crate) fn now() -> DateTime<Utc> {
    "2026-03-04T05:06:07Z".parse().expect("a time")
}

pub(crate) fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| World {
        idp: key(Algorithm::Rsa, "login.example"),
        next: key(Algorithm::P256, "login.example next"),
        ours: key(Algorithm::Rsa, "cards.example"),
        stranger: OnceLock::new(),
    })
}

fn key(algorithm: Algorithm, name: &str) -> KeyPair {
    KeyPair::generate(algorithm, name).expect("openssl makes a key")
}

/// A good one.
pub(crate) fn a_response() -> Response {
    Response::new(IDP, ACS, REQUEST, now())
}

/// A good one.
pub(crate) fn an_assertion() -> Assertion {
    Assertion::new(IDP, SP, ACS, REQUEST, now())
        .attribute("rhatUUID", &["8f0c"])
        .attribute("memberOf", &["cn=field-team,ou=groups", "cn=all,ou=groups"])
        .attribute("odd", &["<&> \"'é"])
}

impl World {
    /// OneLogin's JSON in full.
    pub(crate) fn settings(&self) -> Value {
        json!({
            "strict": true,
            "debug": false,
            "sp": {
                "entityId": SP,
                "assertionConsumerService": {
                    "url": ACS,
                    "binding": "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST",
                },
                "singleLogoutService": {
                    "url": SLS,
                    "binding": "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect",
                },
                "NameIDFormat": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
                "x509cert": self.ours.certificate(),
                "privateKey": self.ours.private_key(),
            },
            "idp": {
                "entityId": IDP,
                "singleSignOnService": {
                    "url": SSO,
                    "binding": "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect",
                },
                "singleLogoutService": {
                    "url": SLO,
                    "binding": "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect",
                },
                "x509cert": self.idp.certificate(),
                "x509certMulti": {
                    "signing": [self.next.bare_certificate()],
                },
            },
        })
    }

    /// Somebody else's key, with the identity provider's name on it.
    pub(crate) fn stranger(&self) -> &KeyPair {
        self.stranger.get_or_init(|| key(Algorithm::Rsa, "login.example"))
    }

    pub(crate) fn provider(&self) -> ServiceProvider {
        provider(&self.settings(), Options::default())
    }

    /// A response whose assertion is signed.
    pub(crate) fn assertion_signed(&self, response: &Response, assertion: &Assertion) -> String {
        response.xml(&self.signed(assertion))
    }

    pub(crate) fn signed(&self, assertion: &Assertion) -> String {
        Signing::with(&self.idp).sign(&assertion.xml(), &assertion.id).expect("signed")
    }

    /// A response that is signed itself.
    pub(crate) fn response_signed(&self, response: &Response, contents: &str) -> String {
        Signing::with(&self.idp).sign(&response.xml(contents), &response.id).expect("signed")
    }

    /// The usual one, in its form field.
    pub(crate) fn good(&self) -> String {
        field(&self.assertion_signed(&a_response(), &an_assertion()))
    }
}

pub(crate) fn provider(settings: &Value, options: Options) -> ServiceProvider {
    ServiceProvider::new(&settings.to_string(), None, options).expect("good settings").0
}
