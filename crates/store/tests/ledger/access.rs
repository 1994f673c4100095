//! What the ledger must do with people, sessions, tokens and the audit log, on every database.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use t5g_model::names::{Role, Scope, Scopes};
use t5g_store::ledger::{
    AccessRetention, AccountId, Action, Arg, Asked, AuditEntry, AuditFilter, AuditOutcome, Flow, FlowKind,
    Handle, Ledger, MOST_ACTIVE_TOKENS, NewSession, NewToken, Person, SecretDigest, SessionSubject,
    TokenMade, Use, Via, insert,
};

fn minute(minute: i64) -> DateTime<Utc> {
    let start: DateTime<Utc> = "2026-11-23T14:00:00.123Z".parse().unwrap();
    start + TimeDelta::minutes(minute)
}

fn entry(at: i64, actor: &str, action: Action) -> AuditEntry {
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

fn person(subject: &str, role: Role) -> Person {
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

async fn account(ledger: &Ledger, subject: &str, role: Role) -> AccountId {
    ledger.enrol(&person(subject, role), minute(0)).await.unwrap().id
}

fn session(secret: &str, account: &AccountId, name_id: &str, index: &str) -> NewSession {
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
async fn goes_on(ledger: &Ledger, secret: &str, at: i64) -> bool {
    ledger.session(&SecretDigest::of(secret), minute(at), minute(at - 30)).await.unwrap().is_some()
}

fn token(secret: &str, account: Option<&AccountId>) -> NewToken {
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

pub(crate) async fn the_audit_log_is_filtered_and_paged(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    for at in 0..25 {
        let (actor, action) =
            if at % 5 == 0 { ("Öznur_100%", Action::Login) } else { ("bob", Action::TokenCreate) };
        let outcome = if at == 10 { AuditOutcome::Refused } else { AuditOutcome::Done };
        ledger.audit(&AuditEntry { outcome, ..entry(at, actor, action) }).await.unwrap();
    }
    let ask = async |filter: AuditFilter| -> Vec<i64> {
        let found = ledger.audit_entries(&filter, 100).await.unwrap();
        found.iter().map(|record| record.detail["at"].as_i64().unwrap()).collect()
    };
    let all = || AuditFilter::default();
    assert_eq!(ask(all()).await, (0..25).rev().collect::<Vec<_>>(), "newest first");
    assert_eq!(ask(AuditFilter { action: Some(Action::Login), ..all() }).await, [20, 15, 10, 5, 0]);
    assert_eq!(ask(AuditFilter { outcome: Some(AuditOutcome::Refused), ..all() }).await, [10]);
    assert_eq!(ask(AuditFilter { text: "öZNUR_100%".into(), ..all() }).await.len(), 5);
    assert_eq!(ask(AuditFilter { text: "Öznur!".into(), ..all() }).await.len(), 0);
    assert_eq!(ask(AuditFilter { text: "%".into(), ..all() }).await.len(), 5, "a sign is itself");
    assert_eq!(ask(AuditFilter { text: "192.0.2.7".into(), ..all() }).await.len(), 25);
    let (from, until) = (Some(minute(3)), Some(minute(6)));
    assert_eq!(ask(AuditFilter { from, until, ..all() }).await, [5, 4, 3]);

    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let page = ledger.audit_entries(&AuditFilter { before, ..all() }, 7).await.unwrap();
        let Some(last) = page.last() else { break };
        before = Some(last.seq);
        seen.extend(page.iter().map(|record| record.seq));
    }
    assert_eq!(seen.len(), 25);
    assert!(seen.is_sorted_by(|one, next| one > next));
    let first = &ledger.audit_entries(&AuditFilter { text: "öznur".into(), ..all() }, 1).await.unwrap()[0];
    assert_eq!(
        (first.via.as_str(), first.action.as_str(), first.outcome.as_str()),
        ("session", "login", "done")
    );
    assert_eq!((first.at, first.address.as_deref()), (minute(20), Some("192.0.2.7")));
}

pub(crate) async fn the_audit_log_keeps_hostile_text_harmless(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let hostile = "x\0'; DROP TABLE audit_log; --\u{1b}[2J\n\u{202e}";
    let entry = AuditEntry {
        object: "語".repeat(1_000_000),
        detail: json!({ "text": "é\0\"".repeat(1_000_000) }),
        ..entry(0, hostile, Action::Denied)
    };
    ledger.audit(&entry).await.unwrap();
    let kept = &ledger.audit_entries(&AuditFilter::default(), 10).await.unwrap()[0];
    assert_eq!(kept.actor, "x\u{fffd}'; DROP TABLE audit_log; --\u{fffd}[2J\u{fffd}\u{fffd}");
    assert!(kept.object.len() < 400 && kept.detail.to_string().len() < 20_000);
}

pub(crate) async fn audit_entries_of_many_writers_have_one_order(address: &str) {
    let writing = (0..4).map(|writer| {
        let address = address.to_owned();
        tokio::spawn(async move {
            let ledger = Ledger::open(&address).await.unwrap();
            for _ in 0..20 {
                ledger.audit(&entry(writer, "bob", Action::Login)).await.unwrap();
            }
        })
    });
    for writer in writing.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let ledger = Ledger::open(address).await.unwrap();
    let all = ledger.audit_entries(&AuditFilter::default(), 1_000).await.unwrap();
    assert_eq!(all.iter().map(|record| record.seq).collect::<BTreeSet<_>>(), (1..=80).collect());
}

pub(crate) async fn people_are_known_by_provider_and_subject(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let first = ledger.enrol(&person("u1", Role::Viewer), minute(0)).await.unwrap();
    assert_eq!((first.previous_role, first.blocked), (None, false));
    let renamed = Person { name: "Ada L.".into(), mail: None, ..person("u1", Role::Admin) };
    let again = ledger.enrol(&renamed, minute(5)).await.unwrap();
    assert_eq!((&again.id, again.previous_role), (&first.id, Some(Role::Viewer)));
    let kept = ledger.account(&first.id).await.unwrap().unwrap();
    assert_eq!((kept.first_login, kept.last_login), (minute(0), minute(5)));
    assert_eq!(kept.person, renamed);

    // The same mail and the same id at another provider are other people.
    let elsewhere = Person { provider: "https://other.example".into(), ..person("u1", Role::Viewer) };
    let other = ledger.enrol(&elsewhere, minute(6)).await.unwrap();
    assert_ne!(other.id, first.id);
    assert_ne!(AccountId::of("ab", "c"), AccountId::of("a", "bc"));

    let names = async |text: &str, skip, limit| -> Vec<String> {
        let found = ledger.accounts(text, skip, limit).await.unwrap();
        found.into_iter().map(|account| account.person.name).collect()
    };
    assert_eq!(names("", 0, 10).await, ["Ada u1", "Ada L."], "who signed in last comes first");
    assert_eq!(names("ADA l", 0, 10).await, ["Ada L."]);
    assert_eq!(names("u1@EXAMPLE", 0, 10).await, ["Ada u1"]);
    assert_eq!(names("", 1, 1).await, ["Ada L."]);
    assert!(names("%", 0, 10).await.is_empty());
    assert_eq!(ledger.account(&AccountId::of("no", "body")).await.unwrap(), None);
}

pub(crate) async fn who_is_shut_out_has_no_session_and_no_token(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let (ada, bob) = (account(&ledger, "ada", Role::Admin).await, account(&ledger, "bob", Role::Admin).await);
    assert!(ledger.begin_session(&session("s-ada", &ada, "ada", "1")).await.unwrap());
    assert!(ledger.begin_session(&session("s-bob", &bob, "bob", "1")).await.unwrap());
    assert_eq!(ledger.create_token(&token("t-ada", Some(&ada))).await.unwrap(), TokenMade::Done);
    assert!(ledger.block(&ada, "bob", minute(1)).await.unwrap());
    assert!(!ledger.block(&ada, "bob", minute(2)).await.unwrap(), "once is enough");
    assert!(!goes_on(&ledger, "s-ada", 2).await && goes_on(&ledger, "s-bob", 2).await);
    assert_eq!(ledger.token(&SecretDigest::of("t-ada"), minute(2), minute(-1)).await.unwrap(), None);
    let refused = ledger.enrol(&person("ada", Role::Viewer), minute(3)).await.unwrap();
    assert!(refused.blocked);
    let kept = ledger.account(&ada).await.unwrap().unwrap();
    assert_eq!((kept.person.role, kept.last_login), (Some(Role::Admin), minute(0)), "nothing was changed");
    assert_eq!(kept.blocked, Some((minute(1), "bob".into())));

    // Nothing that was under way begins afterwards, and so nothing comes alive when they are let in again.
    assert!(!ledger.begin_session(&session("s-late", &ada, "ada", "2")).await.unwrap());
    assert_eq!(ledger.create_token(&token("t-late", Some(&ada))).await.unwrap(), TokenMade::OwnerShutOut);
    assert!(!goes_on(&ledger, "s-late", 2).await);
    assert!(ledger.unblock(&ada).await.unwrap() && !ledger.unblock(&ada).await.unwrap());
    assert!(!goes_on(&ledger, "s-late", 2).await);
    assert_eq!(ledger.token(&SecretDigest::of("t-late"), minute(2), minute(-1)).await.unwrap(), None);
    assert!(!goes_on(&ledger, "s-ada", 2).await, "what was ended stays so");
    assert!(!ledger.enrol(&person("ada", Role::Viewer), minute(4)).await.unwrap().blocked);
}

pub(crate) async fn a_flow_is_used_once_by_its_browser(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let (token, browser) = (SecretDigest::of("token"), SecretDigest::of("browser"));
    let flow = Flow {
        kind: FlowKind::Login,
        request_id: "_r1".into(),
        target: "/home".into(),
        session: Some(SecretDigest::of("a session").handle()),
    };
    ledger.begin_flow(&token, &browser, &flow, None, minute(10)).await.unwrap();
    let other = SecretDigest::of("another browser");
    let take = async |kind, token: &SecretDigest, browser: &SecretDigest, at| {
        Ledger::open(address).await.unwrap().take_flow(kind, token, browser, minute(at)).await.unwrap()
    };
    assert_eq!(take(FlowKind::Login, &token, &other, 1).await, None);
    assert_eq!(take(FlowKind::Login, &other, &browser, 1).await, None);
    assert_eq!(take(FlowKind::Logout, &token, &browser, 1).await, None);
    assert_eq!(take(FlowKind::Login, &token, &browser, 10).await, None, "too late");
    let taking = (0..6).map(|_| {
        let (address, token, browser) = (address.to_owned(), token.clone(), browser.clone());
        tokio::spawn(async move {
            let ledger = Ledger::open(&address).await.unwrap();
            ledger.take_flow(FlowKind::Login, &token, &browser, minute(1)).await.unwrap()
        })
    });
    let mut taken = Vec::new();
    for one in taking.collect::<Vec<_>>() {
        taken.extend(one.await.unwrap());
    }
    assert_eq!(taken, [flow]);
}

pub(crate) async fn only_so_many_flows_are_remembered(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let mut tx = ledger.db().await.unwrap().begin().await.unwrap();
    let rows = (0..10_000_i64).map(|n| {
        let expires = minute(10) + TimeDelta::milliseconds(n);
        let texts = [format!("f{n}"), "b".into(), "login".into(), "_r".into(), "/".into()];
        let [flow, browser, kind, request, target] = texts.map(|text| Arg::from(&text));
        [flow, browser, kind, request, target, expires.into()]
    });
    let head = "INSERT INTO login_flows (flow, browser, kind, request_id, target, expires)";
    insert(&mut tx, head, rows.collect(), "").await.unwrap();
    tx.commit().await.unwrap();
    let flow = Flow { kind: FlowKind::Login, request_id: "_r".into(), target: "/".into(), session: None };
    for name in ["one", "two"] {
        let secret = SecretDigest::of(name);
        ledger.begin_flow(&secret, &secret, &flow, None, minute(11)).await.unwrap();
    }
    let sql = "SELECT COUNT(*) AS count, MIN(expires) AS oldest FROM login_flows";
    let rows = ledger.db().await.unwrap().fetch(sql, &[]).await.unwrap();
    let oldest = (minute(10) + TimeDelta::milliseconds(2)).timestamp_millis();
    assert_eq!(
        (rows[0].get::<i64>("count").unwrap(), rows[0].get::<i64>("oldest").unwrap()),
        (10_000, oldest)
    );
    for name in ["one", "two"] {
        let secret = SecretDigest::of(name);
        assert!(ledger.take_flow(FlowKind::Login, &secret, &secret, minute(1)).await.unwrap().is_some());
    }
}

pub(crate) async fn one_client_crowds_out_only_itself(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let flow = Flow { kind: FlowKind::Login, request_id: "_r".into(), target: "/".into(), session: None };
    let begin = async |name: &str, client, at: i64| {
        let secret = SecretDigest::of(name);
        let expires = minute(10) + TimeDelta::milliseconds(at);
        ledger.begin_flow(&secret, &secret, &flow, Some(client), expires).await.unwrap();
    };
    begin("another's", "192.0.2.1", 0).await;
    for n in 0..302 {
        begin(&format!("f{n}"), "2001:db8::", n).await;
    }
    let waits = async |name: &str| {
        let secret = SecretDigest::of(name);
        ledger.take_flow(FlowKind::Login, &secret, &secret, minute(1)).await.unwrap().is_some()
    };
    assert!(!waits("f0").await && !waits("f1").await && waits("f2").await && waits("f301").await);
    assert!(waits("another's").await);
}

pub(crate) async fn an_assertion_is_used_once(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    assert!(ledger.use_assertion("idp", "_a1", minute(10)).await.unwrap());
    assert!(!ledger.use_assertion("idp", "_a1", minute(20)).await.unwrap());
    assert!(ledger.use_assertion("other idp", "_a1", minute(10)).await.unwrap());
    assert!(
        ledger.use_assertion("idp_", "a1", minute(10)).await.unwrap(),
        "no other division of the same text"
    );
    let using = (0..6).map(|_| {
        let address = address.to_owned();
        tokio::spawn(async move {
            Ledger::open(&address).await.unwrap().use_assertion("idp", "_a2", minute(10)).await.unwrap()
        })
    });
    let mut first = 0;
    for one in using.collect::<Vec<_>>() {
        first += usize::from(one.await.unwrap());
    }
    assert_eq!(first, 1);
}

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

pub(crate) async fn a_lower_role_counts_at_once(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let ada = account(&ledger, "ada", Role::Operator).await;
    assert!(ledger.begin_session(&session("a", &ada, "ada", "1")).await.unwrap());
    assert_eq!(ledger.create_token(&token("t", Some(&ada))).await.unwrap(), TokenMade::Done);
    let role = async || {
        let session = ledger.session(&SecretDigest::of("a"), minute(1), minute(-30)).await.unwrap().unwrap();
        let token = ledger.token(&SecretDigest::of("t"), minute(1), minute(-1)).await.unwrap().unwrap();
        (session.role, token.owner_role.unwrap())
    };
    assert_eq!(role().await, (Role::Operator, Role::Operator));
    account(&ledger, "ada", Role::Viewer).await;
    assert_eq!(role().await, (Role::Viewer, Role::Viewer));
    account(&ledger, "ada", Role::Admin).await;
    assert_eq!(role().await, (Role::Operator, Role::Admin), "a session does not rise above what it began as");
}

pub(crate) async fn who_lost_their_role_loses_all_of_it(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let (ada, bob) = (account(&ledger, "ada", Role::Admin).await, account(&ledger, "bob", Role::Admin).await);
    for (name, id) in [("ada", &ada), ("bob", &bob)] {
        assert!(ledger.begin_session(&session(&format!("s-{name}"), id, name, "1")).await.unwrap());
        assert_eq!(
            ledger.create_token(&token(&format!("t-{name}"), Some(id))).await.unwrap(),
            TokenMade::Done
        );
    }
    let left = Person { groups: vec!["cn=other".into()], role: None, ..person("ada", Role::Admin) };
    let dropped = ledger.drop_role(&left, true, "the test", minute(1)).await.unwrap().unwrap();
    assert_eq!(
        (&dropped.id, dropped.previous_role, dropped.sessions, dropped.tokens),
        (&ada, Some(Role::Admin), 1, 1)
    );
    let again = ledger.drop_role(&left, true, "the test", minute(2)).await.unwrap().unwrap();
    assert_eq!((again.previous_role, again.sessions, again.tokens), (None, 0, 0));
    assert!(!goes_on(&ledger, "s-ada", 2).await && goes_on(&ledger, "s-bob", 2).await);
    assert_eq!(ledger.token(&SecretDigest::of("t-ada"), minute(2), minute(-1)).await.unwrap(), None);
    assert!(ledger.token(&SecretDigest::of("t-bob"), minute(2), minute(-1)).await.unwrap().is_some());
    let kept = ledger.account(&ada).await.unwrap().unwrap();
    assert_eq!((kept.person.role, kept.person.groups.as_slice()), (None, &["cn=other".to_owned()][..]));
    // Whoever was never here is not made known by being refused.
    let stranger = Person { role: None, ..person("eve", Role::Viewer) };
    assert_eq!(ledger.drop_role(&stranger, true, "the test", minute(1)).await.unwrap(), None);
    assert_eq!(ledger.accounts("", 0, 9).await.unwrap().len(), 2);
    // With a group again they come in again; what was ended stays so.
    let back = ledger.enrol(&person("ada", Role::Viewer), minute(3)).await.unwrap();
    assert_eq!(back.previous_role, None);
    // Where tokens are not to end, they are refused for a while.
    let silent = Person { groups: Vec::new(), role: None, ..person("bob", Role::Admin) };
    let dropped = ledger.drop_role(&silent, false, "the test", minute(3)).await.unwrap().unwrap();
    assert_eq!((dropped.sessions, dropped.tokens), (1, 0));
    let live = async || ledger.token(&SecretDigest::of("t-bob"), minute(4), minute(-1)).await.unwrap();
    assert_eq!(live().await, None);
    account(&ledger, "bob", Role::Viewer).await;
    assert_eq!(live().await.unwrap().owner_role, Some(Role::Viewer));
    assert!(!goes_on(&ledger, "s-ada", 3).await);
}

pub(crate) async fn a_role_can_change_without_a_sign_in(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let ada = account(&ledger, "ada", Role::Admin).await;
    assert!(ledger.begin_session(&session("a", &ada, "ada", "1")).await.unwrap());
    assert_eq!(ledger.create_token(&token("t", Some(&ada))).await.unwrap(), TokenMade::Done);
    let change =
        async |before, role| ledger.change_role(&ada, (before, role), "it", minute(1)).await.unwrap();
    assert!(change(Some(Role::Admin), Some(Role::Viewer)).await);
    assert!(!change(Some(Role::Admin), None).await, "somebody else was first");
    let live = async || ledger.token(&SecretDigest::of("t"), minute(1), minute(-1)).await.unwrap();
    assert_eq!(live().await.unwrap().owner_role, Some(Role::Viewer));
    assert!(goes_on(&ledger, "a", 1).await);
    assert!(change(Some(Role::Viewer), None).await);
    assert!(!goes_on(&ledger, "a", 1).await && live().await.is_none());
    assert!(change(None, Some(Role::Viewer)).await);
    assert!(!goes_on(&ledger, "a", 1).await, "what was ended stays so");
    assert!(live().await.is_some(), "a token was refused, not ended");

    for n in 0..5 {
        account(&ledger, &format!("u{n}"), Role::Viewer).await;
    }
    let (mut seen, mut after) = (BTreeSet::new(), None);
    loop {
        let page = ledger.accounts_after(after.as_ref(), 4).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.id.clone());
        seen.extend(page.into_iter().map(|account| account.person.subject));
    }
    assert_eq!(seen.len(), 6);
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
    assert!(ledger.account(&ada).await.unwrap().is_some(), "people stay");
}
