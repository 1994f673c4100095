//! What the ledger must do with sign-ins that are under way, on every database.

use chrono::TimeDelta;
use t5g_store::ledger::{Arg, Flow, FlowKind, Ledger, SecretDigest, insert};

use super::minute;

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
