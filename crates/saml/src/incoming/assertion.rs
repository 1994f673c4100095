//! An assertion whose signature is good: whether it is for us, for this browser and for now, and what it says.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::login::{answers, issuer};
use super::times::{Times, time};
use crate::error::{Reason, Refusal, quoted};
use crate::names::{BEARER, Namespace};
use crate::preflight::Element;
use crate::settings::Settings;
use crate::types::{Login, Subject};

/// What an assertion is held against.
pub(super) struct Expected<'a> {
    pub(super) request: &'a str,
    pub(super) settings: &'a Settings,
    pub(super) times: Times,
}

pub(super) fn login(assertion: &Element, expected: &Expected<'_>) -> Result<Login, Refusal> {
    issuer(assertion, &expected.settings.provider)?;
    let issued = expected.times.issued(assertion)?;
    let conditions_until = conditions(assertion, expected)?;
    let subject = assertion
        .child(Namespace::Assertion, "Subject")
        .ok_or_else(|| Refusal::new(Reason::NameId, "the assertion has no subject"))?;
    let confirmed_until = confirmed(subject, expected)?;
    let (session_index, session_until) = statement(assertion, expected)?;
    // Whichever bound comes first, from then on this assertion is refused anyway.
    let times = expected.times;
    let end =
        [conditions_until, Some(confirmed_until), Some(issued + times.max_age)].into_iter().flatten().min();
    Ok(Login {
        issuer: expected.settings.provider.entity_id.clone(),
        assertion_id: assertion.attribute("ID").unwrap_or_default().to_owned(),
        replay_until: end.unwrap_or(times.now) + times.skew,
        subject: named(subject, session_index)?,
        session_until,
        attributes: attributes(assertion)?,
    })
}

/// Whether the conditions hold, and until when. Which conditions there are was checked before.
fn conditions(assertion: &Element, expected: &Expected<'_>) -> Result<Option<DateTime<Utc>>, Refusal> {
    let us = &expected.settings.us.entity_id;
    let nobody = || Refusal::new(Reason::Audience, "the assertion does not say whom it is for");
    let conditions = assertion.child(Namespace::Assertion, "Conditions").ok_or_else(nobody)?;
    expected.times.begun(time(conditions, "NotBefore")?, "the assertion")?;
    let until = time(conditions, "NotOnOrAfter")?;
    expected.times.lasting(until, "the assertion")?;
    let mut restrictions = conditions.all(Namespace::Assertion, "AudienceRestriction").peekable();
    restrictions.peek().ok_or_else(nobody)?;
    // Each restriction has to hold; in one of them, one of the audiences.
    for restriction in restrictions {
        let mut audiences = restriction.all(Namespace::Assertion, "Audience").map(Element::value);
        if !audiences.any(|audience| audience == us) {
            let first = restriction.child(Namespace::Assertion, "Audience").map_or("nobody", Element::value);
            let detail = format!("the assertion is for {}, not for {}", quoted(first), quoted(us));
            return Err(Refusal::new(Reason::Audience, detail));
        }
    }
    Ok(until)
}

/// Whether the subject may be taken for whoever brought this, and until when that could be so. One good confirmation is
/// enough; if there is none, the fault of the last one is told. The end is that of the confirmation which ends last,
/// for that one may still be good when this one has ended.
fn confirmed(subject: &Element, expected: &Expected<'_>) -> Result<DateTime<Utc>, Refusal> {
    let mut fault = Refusal::new(Reason::Confirmation, "the subject has no confirmation by bearer");
    let bearers = || {
        let all = subject.all(Namespace::Assertion, "SubjectConfirmation");
        all.filter(|confirmation| confirmation.attribute("Method") == Some(BEARER))
    };
    for bearer in bearers() {
        match bearer_holds(bearer, expected) {
            Ok(until) => return Ok(bearers().filter_map(end).fold(until, DateTime::max)),
            Err(refusal) => fault = refusal,
        }
    }
    Err(fault)
}

/// When a confirmation ends; one without a readable end is never good.
fn end(bearer: &Element) -> Option<DateTime<Utc>> {
    let data = bearer.child(Namespace::Assertion, "SubjectConfirmationData")?;
    time(data, "NotOnOrAfter").ok()?
}

fn bearer_holds(bearer: &Element, expected: &Expected<'_>) -> Result<DateTime<Utc>, Refusal> {
    let data = bearer
        .child(Namespace::Assertion, "SubjectConfirmationData")
        .ok_or_else(|| Refusal::new(Reason::Confirmation, "the confirmation is empty"))?;
    let us = &expected.settings.us.consumer.written;
    let recipient = data.attribute("Recipient");
    if recipient != Some(us) {
        let found = quoted(recipient.unwrap_or("nobody"));
        let detail = format!("the assertion is to be handed in at {found}, not at {}", quoted(us));
        return Err(Refusal::new(Reason::Recipient, detail));
    }
    answers(data, Some(expected.request))?;
    expected.times.begun(time(data, "NotBefore")?, "the confirmation")?;
    let until = time(data, "NotOnOrAfter")?
        .ok_or_else(|| Refusal::new(Reason::Time, "the confirmation has no end (NotOnOrAfter)"))?;
    expected.times.lasting(Some(until), "the confirmation")?;
    Ok(until)
}

/// How the subject logged in: the session's name there and its end.
fn statement(
    assertion: &Element,
    expected: &Expected<'_>,
) -> Result<(Option<String>, Option<DateTime<Utc>>), Refusal> {
    let missing =
        || Refusal::new(Reason::AuthnStatement, "the assertion does not say that anybody logged in");
    let first = assertion.child(Namespace::Assertion, "AuthnStatement").ok_or_else(missing)?;
    let mut until = None;
    for statement in assertion.all(Namespace::Assertion, "AuthnStatement") {
        let end = time(statement, "SessionNotOnOrAfter")?;
        expected.times.lasting(end, "the session at the identity provider")?;
        until = [until, end].into_iter().flatten().min();
    }
    context(first, expected)?;
    Ok((first.attribute("SessionIndex").map(str::to_owned), until))
}

fn context(statement: &Element, expected: &Expected<'_>) -> Result<(), Refusal> {
    let rules = &expected.settings.rules;
    if !rules.context_must_match || rules.contexts.is_empty() {
        return Ok(());
    }
    let class = statement
        .child(Namespace::Assertion, "AuthnContext")
        .and_then(|context| context.child(Namespace::Assertion, "AuthnContextClassRef"))
        .map_or("nothing", Element::value);
    if rules.contexts.iter().any(|asked| asked == class) {
        return Ok(());
    }
    let detail = format!("the subject logged in by {}, which was not asked for", quoted(class));
    Err(Refusal::new(Reason::AuthnStatement, detail))
}

fn named(subject: &Element, session_index: Option<String>) -> Result<Subject, Refusal> {
    let name = subject
        .child(Namespace::Assertion, "NameID")
        .filter(|name| !name.value().is_empty())
        .ok_or_else(|| Refusal::new(Reason::NameId, "the subject has no name"))?;
    Ok(Subject {
        name_id: name.value().to_owned(),
        name_id_format: name.attribute("Format").map(str::to_owned),
        session_index,
    })
}

/// By `Name`; `FriendlyName` is for people. Values of one name are joined, wherever they stand.
fn attributes(assertion: &Element) -> Result<BTreeMap<String, Vec<String>>, Refusal> {
    let mut attributes = BTreeMap::<String, Vec<String>>::new();
    let all = assertion
        .all(Namespace::Assertion, "AttributeStatement")
        .flat_map(|statement| statement.all(Namespace::Assertion, "Attribute"));
    for attribute in all {
        let name = attribute.attribute("Name").filter(|name| !name.is_empty());
        let name = name.ok_or_else(|| Refusal::new(Reason::Attribute, "an attribute has no Name"))?;
        let values =
            attribute.all(Namespace::Assertion, "AttributeValue").map(|value| value.value().to_owned());
        attributes.entry(name.to_owned()).or_default().extend(values);
    }
    Ok(attributes)
}
