//! Responses, as text in canonical form: attributes sorted, namespaces declared where they are used, no empty tags.
//! Every part that a test may want to be wrong is a field.

#![expect(
    clippy::format_push_string,
    clippy::format_collect,
    reason = "reads as what it makes; tests can wait"
)]

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";

/// A moment as messages write it.
pub fn at(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Text as canonical form writes it in an element.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// What is around an assertion. A part that is `None` is left out.
#[derive(Debug, Clone)]
pub struct Response {
    /// Its name.
    pub id: String,
    /// The address it goes to.
    pub destination: Option<String>,
    /// The request that it answers.
    pub in_response_to: Option<String>,
    /// When it was made.
    pub issued: String,
    /// Who made it.
    pub issuer: Option<String>,
    /// The codes, each inside the one before.
    pub status: Vec<String>,
    /// What the identity provider says to it.
    pub status_message: Option<String>,
    /// XML between issuer and status.
    pub extra: String,
}

/// What is said about a user.
#[derive(Debug, Clone)]
pub struct Assertion {
    /// Its name.
    pub id: String,
    /// When it was made.
    pub issued: String,
    /// Who made it.
    pub issuer: Option<String>,
    /// XML of the name.
    pub name_id: String,
    /// By what the bearer is confirmed.
    pub confirmations: Vec<Confirmation>,
    /// From when it holds.
    pub not_before: Option<String>,
    /// Until when it holds.
    pub not_on_or_after: Option<String>,
    /// For whom: restrictions, each a list of audiences. `None` leaves out all conditions.
    pub audiences: Option<Vec<Vec<String>>>,
    /// XML at the end of the conditions.
    pub conditions: String,
    /// The session's end at the identity provider.
    pub session_until: Option<String>,
    /// The session's name at the identity provider.
    pub session_index: String,
    /// Whether it says at all that somebody logged in.
    pub statement: bool,
    /// Name and values.
    pub attributes: Vec<(String, Vec<String>)>,
    /// XML at the very end.
    pub extra: String,
    /// Further namespaces of the element, in canonical order: after `xmlns:saml`.
    pub namespaces: String,
}

/// By what the bearer of an assertion is taken for its subject.
#[derive(Debug, Clone)]
pub struct Confirmation {
    /// In which way.
    pub method: String,
    /// From when.
    pub not_before: Option<String>,
    /// Until when.
    pub not_on_or_after: Option<String>,
    /// Where it is to be handed in.
    pub recipient: Option<String>,
    /// In answer to what.
    pub in_response_to: Option<String>,
}

impl Response {
    /// A good one.
    pub fn new(issuer: &str, destination: &str, request: &str, now: DateTime<Utc>) -> Self {
        Self {
            id: "_response".to_owned(),
            destination: Some(destination.to_owned()),
            in_response_to: Some(request.to_owned()),
            issued: at(now),
            issuer: Some(issuer.to_owned()),
            status: vec![SUCCESS.to_owned()],
            status_message: None,
            extra: String::new(),
        }
    }

    /// With `contents` at its end: an assertion, encrypted or not, or whatever.
    pub fn xml(&self, contents: &str) -> String {
        let mut xml = "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"".to_owned();
        xml += &attribute("Destination", self.destination.as_deref());
        xml += &attribute("ID", Some(&self.id));
        xml += &attribute("InResponseTo", self.in_response_to.as_deref());
        xml += &attribute("IssueInstant", Some(&self.issued));
        xml += " Version=\"2.0\">";
        if let Some(issuer) = &self.issuer {
            xml += &format!(
                "<saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">{}</saml:Issuer>",
                escaped(issuer)
            );
        }
        xml += &self.extra;
        xml += "<samlp:Status>";
        for code in &self.status {
            xml += &format!("<samlp:StatusCode Value=\"{code}\">");
        }
        xml += &"</samlp:StatusCode>".repeat(self.status.len());
        if let Some(said) = &self.status_message {
            xml += &format!("<samlp:StatusMessage>{}</samlp:StatusMessage>", escaped(said));
        }
        format!("{xml}</samlp:Status>{contents}</samlp:Response>")
    }
}

impl Assertion {
    /// A good one, about nobody in particular.
    pub fn new(issuer: &str, audience: &str, recipient: &str, request: &str, now: DateTime<Utc>) -> Self {
        let end = at(now + TimeDelta::minutes(5));
        Self {
            id: "_assertion".to_owned(),
            issued: at(now),
            issuer: Some(issuer.to_owned()),
            name_id: "<saml:NameID Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:transient\">_n1</saml:NameID>"
                .to_owned(),
            confirmations: vec![Confirmation {
                method: BEARER.to_owned(),
                not_before: None,
                not_on_or_after: Some(end.clone()),
                recipient: Some(recipient.to_owned()),
                in_response_to: Some(request.to_owned()),
            }],
            not_before: Some(at(now - TimeDelta::seconds(30))),
            not_on_or_after: Some(end),
            audiences: Some(vec![vec![audience.to_owned()]]),
            conditions: String::new(),
            session_until: Some(at(now + TimeDelta::hours(8))),
            session_index: "_session".to_owned(),
            statement: true,
            attributes: Vec::new(),
            extra: String::new(),
            namespaces: String::new(),
        }
    }

    /// With one more attribute.
    #[must_use]
    pub fn attribute(mut self, name: &str, values: &[&str]) -> Self {
        self.attributes.push((name.to_owned(), values.iter().map(|&value| value.to_owned()).collect()));
        self
    }

    /// The element.
    pub fn xml(&self) -> String {
        let mut xml = "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"".to_owned();
        xml += &self.namespaces;
        xml += &attribute("ID", Some(&self.id));
        xml += &attribute("IssueInstant", Some(&self.issued));
        xml += " Version=\"2.0\">";
        if let Some(issuer) = &self.issuer {
            xml += &format!("<saml:Issuer>{}</saml:Issuer>", escaped(issuer));
        }
        xml += &format!("<saml:Subject>{}", self.name_id);
        self.confirmations.iter().for_each(|one| xml += &one.xml());
        xml += "</saml:Subject>";
        xml += &self.conditions_xml();
        if self.statement {
            xml += &format!("<saml:AuthnStatement AuthnInstant=\"{}\"", self.issued);
            xml += &attribute("SessionIndex", Some(&self.session_index));
            xml += &attribute("SessionNotOnOrAfter", self.session_until.as_deref());
            xml += "><saml:AuthnContext><saml:AuthnContextClassRef>\
                    urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport\
                    </saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>";
        }
        if !self.attributes.is_empty() {
            let all: String =
                self.attributes.iter().map(|(name, values)| attribute_xml(name, values)).collect();
            xml += &format!("<saml:AttributeStatement>{all}</saml:AttributeStatement>");
        }
        format!("{xml}{}</saml:Assertion>", self.extra)
    }

    fn conditions_xml(&self) -> String {
        let Some(restrictions) = &self.audiences else { return String::new() };
        let mut xml = "<saml:Conditions".to_owned();
        xml += &attribute("NotBefore", self.not_before.as_deref());
        xml += &attribute("NotOnOrAfter", self.not_on_or_after.as_deref());
        xml += ">";
        for audiences in restrictions {
            let all: String = audiences
                .iter()
                .map(|one| format!("<saml:Audience>{}</saml:Audience>", escaped(one)))
                .collect();
            xml += &format!("<saml:AudienceRestriction>{all}</saml:AudienceRestriction>");
        }
        format!("{xml}{}</saml:Conditions>", self.conditions)
    }
}

impl Confirmation {
    fn xml(&self) -> String {
        format!(
            "<saml:SubjectConfirmation Method=\"{}\"><saml:SubjectConfirmationData{}{}{}{}>\
             </saml:SubjectConfirmationData></saml:SubjectConfirmation>",
            self.method,
            attribute("InResponseTo", self.in_response_to.as_deref()),
            attribute("NotBefore", self.not_before.as_deref()),
            attribute("NotOnOrAfter", self.not_on_or_after.as_deref()),
            attribute("Recipient", self.recipient.as_deref()),
        )
    }
}

fn attribute_xml(name: &str, values: &[String]) -> String {
    let values: String = values
        .iter()
        .map(|value| format!("<saml:AttributeValue>{}</saml:AttributeValue>", escaped(value)))
        .collect();
    // The friendly name is one that nobody may go by.
    format!("<saml:Attribute FriendlyName=\"rhatUUID\" Name=\"{name}\">{values}</saml:Attribute>")
}

fn attribute(name: &str, value: Option<&str>) -> String {
    value.map(|value| format!(" {name}=\"{}\"", escaped(value))).unwrap_or_default()
}
