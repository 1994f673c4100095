//! What the ledger must do with sessions and tokens, on every database.

use std::time::Duration;

use t5g_model::names::Role;
use t5g_store::ledger::{
    AccessRetention, AccountId, Action, Arg, Asked, AuditEntry, AuditFilter, AuditOutcome, Flow, FlowKind,
    Handle, Ledger, MOST_ACTIVE_TOKENS, NewToken, SecretDigest, TokenMade, Use, Via, insert,
};

use super::{account, entry, goes_on, minute, person, session, token};

pub(crate) async fn a_session_ends_in_every_way(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let ada = account(&ledger, "ada", Role::Admin).await;
    for (secret, name_id, index) in
        [("a", "ada", "1"), ("b", "ada", "2"), ("c", "ada", "3"), ("d", "ada2", "1")]
    {
        assert!(ledger.begin_session(&session(secret, &ada, name_id, index)).await.unwrap());
    }
    let live = ledger.session(&SecretDigest::of("a"), minute(1), minute(-30)).await.unwrap().unwrap();
    assert_eq!((live.name.as_str(), live.role, live.seen), ("Ada ada", Role::Operator, minute(0)));
    assert!(!goes_on(&ledger, "e", 1).await, "there is none");
    assert!(goes_on(&ledger, "a", 29).await && !goes_on(&ledger, "a", 30).await, "not used for long");
    let a = SecretDigest::of("a").handle();
    ledger.note_uses(&[Use { handle: a.clone(), at: minute(590), address: None }], &[]).await.unwrap();
    assert!(goes_on(&ledger, "a", 599).await && !goes_on(&ledger, "a", 600).await, "ends in any case");

    assert!(ledger.end_session(&a, "bob", minute(1)).await.unwrap());
    assert!(!ledger.end_session(&a, "bob", minute(1)).await.unwrap());
    assert!(!goes_on(&Ledger::open(address).await.unwrap(), "a", 599).await);
    let mut count = 0;
    let mut ended = async |name_id: &str, indexes: &[&str]| {
        let indexes: Vec<String> = indexes.iter().map(ToString::to_string).collect();
        count += 1;
        let asked = Asked { id: format!("_l{count}"), until: minute(10) };
        ledger.end_sessions_at_provider(&asked, name_id, &indexes, minute(2)).await.unwrap().unwrap()
    };
    assert_eq!(ended("ada", &["2", "9"]).await, 1);
    assert!(
        !goes_on(&ledger, "b", 2).await && goes_on(&ledger, "c", 2).await && goes_on(&ledger, "d", 2).await
    );
    assert_eq!(ended("ada", &[]).await, 1);
    assert_eq!(ended("nobody", &[]).await, 0);
    assert!(!goes_on(&ledger, "c", 2).await && goes_on(&ledger, "d", 2).await);
    // A request counts once, at all servers.
    let again = Asked { id: "_l1".into(), until: minute(10) };
    assert_eq!(ledger.end_sessions_at_provider(&again, "ada2", &[], minute(2)).await.unwrap(), None);
    assert!(goes_on(&ledger, "d", 2).await);
    let listed = ledger.sessions_of(&ada, minute(2), minute(-28)).await.unwrap();
    assert_eq!(listed.iter().map(|one| &one.handle).collect::<Vec<_>>(), [&SecretDigest::of("d").handle()]);
    assert_eq!(ledger.end_sessions_of(&ada, "bob", minute(3)).await.unwrap(), 1);
    assert!(!goes_on(&ledger, "d", 3).await);
    let subject = ledger.session_subject(&SecretDigest::of("d").handle()).await.unwrap().unwrap();
    assert_eq!((subject.name_id.as_str(), subject.session_index.as_deref()), ("ada2", Some("1")));
}

pub(crate) async fn tokens_end_in_every_way(address: &str) {
    let (ledger, other) = (Ledger::open(address).await.unwrap(), Ledger::open(address).await.unwrap());
    let ada = account(&ledger, "ada", Role::Viewer).await;
    assert_eq!(ledger.create_token(&token("one", Some(&ada))).await.unwrap(), TokenMade::Done);
    assert_eq!(
        ledger.create_token(&NewToken { created: minute(1), ..token("two", None) }).await.unwrap(),
        TokenMade::Done
    );
    let find = async |secret: &str, at| {
        other.token(&SecretDigest::of(secret), minute(at), minute(-1)).await.unwrap()
    };
    let one = find("one", 1).await.unwrap();
    assert_eq!((one.name.as_str(), one.account.as_ref(), one.used), ("nightly report", Some(&ada), None));
    assert_eq!(one.scopes.to_string(), "read refresh");
    assert_eq!(find("two", 1).await.unwrap().owner_role, None);
    assert_eq!(find("three", 1).await, None);
    assert!(find("one", 59).await.is_some() && find("one", 60).await.is_none(), "it expires");
    let handle = one.handle;
    assert!(ledger.revoke_token(&handle, "bob", minute(2)).await.unwrap());
    assert!(!ledger.revoke_token(&handle, "bob", minute(2)).await.unwrap());
    assert_eq!(find("one", 3).await, None);
    let names = async |of: Option<&AccountId>| -> Vec<Handle> {
        ledger.tokens(of).await.unwrap().into_iter().map(|token| token.handle).collect()
    };
    assert_eq!(names(None).await, [SecretDigest::of("two").handle(), handle.clone()]);
    assert_eq!(names(Some(&ada)).await, std::slice::from_ref(&handle));
    let kept = ledger.token_named(&handle).await.unwrap().unwrap();
    assert_eq!(kept.revoked, Some((minute(2), "bob".into())));
    assert!(ledger.create_token(&token("one", None)).await.is_err(), "a secret is used once");

    // The line on a token is there with the deed, or not at all.
    let entry = |action| AuditEntry {
        at: minute(2),
        actor: "it".into(),
        account: None,
        via: Via::Command,
        action,
        object: handle.to_string(),
        outcome: AuditOutcome::Done,
        detail: serde_json::Value::Null,
        request_id: None,
        address: None,
    };
    let noted = async || -> Vec<String> {
        let entries = ledger.audit_entries(&AuditFilter::default(), 9).await.unwrap();
        entries.into_iter().map(|entry| entry.action).collect()
    };
    assert!(ledger.create_token_noted(&token("one", None), &entry(Action::TokenCreate)).await.is_err());
    assert!(!ledger.revoke_token_noted(&handle, &entry(Action::TokenRevoke)).await.unwrap());
    assert_eq!(noted().await, Vec::<String>::new());
    let made = ledger.create_token_noted(&token("noted", None), &entry(Action::TokenCreate)).await.unwrap();
    assert_eq!(made, TokenMade::Done);
    let fresh = SecretDigest::of("noted").handle();
    assert!(ledger.revoke_token_noted(&fresh, &entry(Action::TokenRevoke)).await.unwrap());
    assert_eq!(noted().await, ["token.revoke", "token.create"]);
    let kept = ledger.token_named(&fresh).await.unwrap().unwrap();
    assert_eq!(kept.revoked, Some((minute(2), "it".into())));

    // Ada signed in at minute 0; the operators' token has no owner who could.
    assert_eq!(ledger.create_token(&token("four", Some(&ada))).await.unwrap(), TokenMade::Done);
    let since = async |secret: &str, at| {
        ledger.token(&SecretDigest::of(secret), minute(1), minute(at)).await.unwrap().is_some()
    };
    assert!(since("four", -1).await && !since("four", 0).await && since("two", 0).await);
    account(&ledger, "ada", Role::Viewer).await;
    assert!(!since("four", 0).await);
    ledger.enrol(&person("ada", Role::Viewer), minute(1)).await.unwrap();
    assert!(since("four", 0).await, "its owner signed in again");
}

pub(crate) async fn only_so_many_tokens_of_one_go_on(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let (ada, bob) =
        (account(&ledger, "ada", Role::Viewer).await, account(&ledger, "bob", Role::Viewer).await);
    for n in 0..MOST_ACTIVE_TOKENS {
        let made = ledger.create_token(&token(&format!("t{n}"), Some(&ada))).await.unwrap();
        assert_eq!(made, TokenMade::Done, "{n}");
    }
    let one_more = async |of: Option<&AccountId>, created| {
        let more = NewToken {
            created: minute(created),
            expires: minute(90),
            ..token(&format!("{of:?}{created}"), of)
        };
        ledger.create_token(&more).await.unwrap()
    };
    assert_eq!(one_more(Some(&ada), 1).await, TokenMade::TooMany);
    assert_eq!(one_more(Some(&bob), 1).await, TokenMade::Done);
    assert_eq!(one_more(None, 1).await, TokenMade::Done, "the operators' own");
    let first = SecretDigest::of("t0").handle();
    ledger.revoke_token(&first, "it", minute(2)).await.unwrap();
    assert_eq!(one_more(Some(&ada), 3).await, TokenMade::Done);
    assert_eq!(one_more(Some(&ada), 4).await, TokenMade::TooMany);
    assert_eq!(one_more(Some(&ada), 60).await, TokenMade::Done, "the others have expired");
    let listed = ledger.tokens(Some(&ada)).await.unwrap();
    assert_eq!(listed.last().map(|token| &token.handle), Some(&first), "what goes on comes first");

    // However many somebody made and ended, none of the others is hidden.
    let mut tx = ledger.db().await.unwrap().begin().await.unwrap();
    let rows = (0..1_100_i64).map(|n| {
        let texts =
            [format!("{n:016x}"), "d".into(), "x".into(), bob.to_string(), "Bob".into(), "read".into()];
        let [handle, digest, name, account, by, scopes] = texts.map(|text| Arg::from(&text));
        [handle, digest, name, account, by, scopes, minute(70).into(), minute(90).into(), minute(71).into()]
    });
    let head = "INSERT INTO api_tokens (handle, digest, name, account, created_by, scopes, created, expires, revoked)";
    insert(&mut tx, head, rows.collect(), "").await.unwrap();
    tx.commit().await.unwrap();
    let active = ledger.tokens(Some(&bob)).await.unwrap().into_iter().filter(|token| token.revoked.is_none());
    assert_eq!(active.count(), 1);
    assert_eq!(ledger.tokens(None).await.unwrap().len(), 1_100 + 54);
}

pub(crate) async fn uses_are_noted(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let ada = account(&ledger, "ada", Role::Viewer).await;
    assert!(ledger.begin_session(&session("s", &ada, "ada", "1")).await.unwrap());
    assert_eq!(ledger.create_token(&token("t", Some(&ada))).await.unwrap(), TokenMade::Done);
    let used = |secret: &str, at, address: Option<&str>| Use {
        handle: SecretDigest::of(secret).handle(),
        at: minute(at),
        address: address.map(str::to_owned),
    };
    let late = [used("s", 9, Some("192.0.2.9"))];
    ledger.note_uses(&late, &[used("t", 9, Some("192.0.2.9")), used("none", 9, None)]).await.unwrap();
    // What comes late changes nothing: several replicas note.
    ledger.note_uses(&[used("s", 5, None)], &[used("t", 5, Some("192.0.2.5"))]).await.unwrap();
    let session = &ledger.sessions_of(&ada, minute(10), minute(0)).await.unwrap()[0];
    assert_eq!((session.seen, session.address.as_deref()), (minute(9), Some("192.0.2.9")));
    let token = &ledger.tokens(None).await.unwrap()[0];
    assert_eq!((token.used, token.used_from.as_deref()), (Some(minute(9)), Some("192.0.2.9")));
}

pub(crate) async fn old_things_are_removed(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let ada = account(&ledger, "ada", Role::Viewer).await;
    for secret in ["kept", "ended"] {
        assert!(ledger.begin_session(&session(secret, &ada, "ada", secret)).await.unwrap());
        let long = NewToken { expires: minute(90_000), ..token(secret, Some(&ada)) };
        assert_eq!(ledger.create_token(&long).await.unwrap(), TokenMade::Done);
    }
    let ended = SecretDigest::of("ended").handle();
    ledger.end_session(&ended, "bob", minute(1)).await.unwrap();
    ledger.revoke_token(&ended, "bob", minute(1)).await.unwrap();
    ledger.use_assertion("idp", "_a", minute(5)).await.unwrap();
    let flow = Flow { kind: FlowKind::Login, request_id: "_r".into(), target: "/".into(), session: None };
    ledger.begin_flow(&SecretDigest::of("f"), &SecretDigest::of("b"), &flow, None, minute(5)).await.unwrap();
    ledger.audit(&entry(0, "bob", Action::Login)).await.unwrap();
    ledger.audit(&entry(50, "bob", Action::Logout)).await.unwrap();
    let retention = AccessRetention {
        ended: Duration::from_mins(30),
        audit: Duration::from_mins(30),
        writes: Duration::from_mins(30),
    };
    assert_eq!(ledger.prune_access(retention, minute(4)).await.unwrap(), 0);
    assert_eq!(ledger.prune_flows(minute(4)).await.unwrap(), 0);
    assert_eq!(ledger.prune_flows(minute(5)).await.unwrap(), 1);
    assert!(!ledger.use_assertion("idp", "_a", minute(5)).await.unwrap());
    assert_eq!(ledger.prune_access(retention, minute(40)).await.unwrap(), 4);
    let left = ledger.audit_entries(&AuditFilter::default(), 10).await.unwrap();
    assert_eq!(left.iter().map(|record| record.action.as_str()).collect::<Vec<_>>(), ["logout"]);
    assert_eq!(ledger.tokens(None).await.unwrap().len(), 1);
    assert!(goes_on(&ledger, "kept", 10).await);
    assert!(ledger.account(&ada).await.unwrap().is_some(), "whose session and token go on");
}

pub(crate) async fn people_who_came_no_more_are_removed(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let mut ids = Vec::new();
    for subject in ["gone", "blocked", "session", "token", "again"] {
        ids.push(account(&ledger, subject, Role::Viewer).await);
    }
    ledger.block(&ids[1], "bob", minute(1)).await.unwrap();
    assert!(ledger.begin_session(&session("s", &ids[2], "session", "1")).await.unwrap());
    let long = NewToken { expires: minute(90_000), ..token("t", Some(&ids[3])) };
    assert_eq!(ledger.create_token(&long).await.unwrap(), TokenMade::Done);
    ledger.enrol(&person("again", Role::Viewer), minute(500)).await.unwrap();
    let retention = AccessRetention {
        ended: Duration::from_mins(30),
        audit: Duration::from_mins(400),
        writes: Duration::from_mins(400),
    };
    let known = async || -> Vec<bool> {
        let mut known = Vec::new();
        for id in &ids {
            known.push(ledger.account(id).await.unwrap().is_some());
        }
        known
    };
    ledger.prune_access(retention, minute(399)).await.unwrap();
    assert_eq!(known().await, [true; 5]);
    assert_eq!(ledger.prune_access(retention, minute(401)).await.unwrap(), 1);
    assert_eq!(known().await, [false, true, true, true, true]);
    // The session ended at 600 and was forgotten half an hour later; with it goes what was kept for its sake.
    assert_eq!(ledger.prune_access(retention, minute(631)).await.unwrap(), 2);
    assert_eq!(known().await, [false, true, false, true, true]);
    let back = ledger.enrol(&person("gone", Role::Viewer), minute(700)).await.unwrap();
    assert_eq!((back.id, back.previous_role), (ids[0].clone(), None), "whoever comes back is new");
}
