//! What the scenarios of people, sessions, tokens and the audit log begin with.

pub(crate) mod audit;
pub(crate) mod people;
pub(crate) mod secrets;
pub(crate) mod sign_in;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use t5g_model::names::{Role, Scope, Scopes};
use t5g_store::ledger::{
    AccountId, Action, AuditEntry, AuditOutcome, Ledger, NewSession, NewToken, Person, SecretDigest,
    SessionSubject, Via,
};

pub(super) fn minute(minute: i64) -> DateTime<Utc> {
    let start: DateTime<Utc> = "2026-11-23T14:00:00.123Z".parse().unwrap();
    start + TimeDelta::minutes(minute)
}

pub(super) fn entry(at: i64, actor: &str, action: Action) -> AuditEntry {
    AuditEntry {
        at: minute(at),
        actor: actor.into(),
        account: None,
        via: Via::Session,
        action,
        object: "object".into(),
        outcome: AuditOutcome::Done,
        detail: json!({ "at": at }),
        request_id: Some("1-2".into()),
        address: Some("192.0.2.7".into()),
    }
}

pub(super) fn person(subject: &str, role: Role) -> Person {
    Person {
        provider: "https://idp.example".into(),
        subject: subject.into(),
        name: format!("Ada {subject}"),
        mail: Some(format!("{subject}@example.com")),
        attributes: BTreeMap::from([("rhatUUID".to_owned(), vec![subject.to_owned()])]),
        groups: vec!["cn=field-team,ou=groups".into()],
        role: Some(role),
    }
}

pub(super) async fn account(ledger: &Ledger, subject: &str, role: Role) -> AccountId {
    ledger.enrol(&person(subject, role), minute(0)).await.unwrap().id
}

pub(super) fn session(secret: &str, account: &AccountId, name_id: &str, index: &str) -> NewSession {
    NewSession {
        digest: SecretDigest::of(secret),
        account: account.clone(),
        role: Role::Operator,
        subject: SessionSubject {
            name_id: name_id.into(),
            name_id_format: None,
            session_index: Some(index.into()),
        },
        created: minute(0),
        expires: minute(600),
        address: Some("192.0.2.7".into()),
        agent: Some("Browser".into()),
    }
}

/// Whether the session with that secret goes on at that minute; half an hour without use ends it.
pub(super) async fn goes_on(ledger: &Ledger, secret: &str, at: i64) -> bool {
    ledger.session(&SecretDigest::of(secret), minute(at), minute(at - 30)).await.unwrap().is_some()
}

pub(super) fn token(secret: &str, account: Option<&AccountId>) -> NewToken {
    NewToken {
        digest: SecretDigest::of(secret),
        name: "nightly report".into(),
        account: account.cloned(),
        created_by: "Ada".into(),
        scopes: Scopes::new([Scope::Read, Scope::Refresh]).unwrap(),
        created: minute(0),
        expires: minute(60),
    }
}
