//! Mail over real SMTP to the simulated server, which says no in all the ways.

use std::time::Duration;

use serde_json::{Value, json};
use t5g_clients::Secret;
use t5g_clients::mail::{Letter, MailClient, MailErrorKind, MailOptions, Security};

use crate::simulator::World;
use crate::support::around;

fn options(world: &World) -> MailOptions {
    let address = world.running.mail_address();
    MailOptions {
        server: address.ip().to_string(),
        port: address.port(),
        security: Security::None,
        login: None,
        password: None,
        from: "T5G <t5g@field.example>".into(),
        timeout: Duration::from_secs(5),
    }
}

fn client(world: &World) -> MailClient {
    MailClient::new(options(world), &around()).unwrap()
}

fn letter(id: &str) -> Letter {
    Letter {
        message_id: format!("<{id}@t5g.example>"),
        to: vec!["Ann <ann@field.example>".into(), "bob@field.example".into()],
        subject: "New cards: 必須 01234567".into(),
        text: ".\nZeile über alles\n..two dots\n".into(),
        html: Some("<p>Zeile über alles</p>".into()),
        ..Letter::default()
    }
}

async fn letters(world: &World) -> Vec<Value> {
    world.look("mail").await["letters"].as_array().unwrap().clone()
}

async fn fault(world: &World, rule: Value) {
    world.clear_faults().await;
    world.control("faults", &rule).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_arrives_as_it_was_written() {
    let world = World::start(10).await;
    let answer = Letter {
        in_reply_to: Some("<first@t5g.example>".into()),
        references: vec!["<first@t5g.example>".into()],
        ..letter("second")
    };
    let delivered = client(&world).send(&answer).await.unwrap();
    assert_eq!(delivered.accepted, ["ann@field.example", "bob@field.example"]);
    assert!(delivered.refused.is_empty());
    let come = letters(&world).await;
    assert_eq!(come.len(), 1);
    let come = &come[0];
    assert_eq!(come["from"], "t5g@field.example");
    assert_eq!(come["subject"], "New cards: 必須 01234567");
    assert_eq!(come["text"].as_str().unwrap().trim_end(), ".\nZeile über alles\n..two dots");
    assert_eq!(come["html"].as_str().unwrap().trim_end(), "<p>Zeile über alles</p>");
    let header = |name: &str| {
        let headers = come["headers"].as_array().unwrap();
        headers.iter().find(|pair| pair[0] == name).map(|pair| pair[1].as_str().unwrap().to_owned())
    };
    assert_eq!(header("Message-ID").as_deref(), Some("<second@t5g.example>"));
    assert_eq!(header("In-Reply-To").as_deref(), Some("<first@t5g.example>"));
    assert_eq!(header("Date").as_deref(), Some("Mon, 23 Nov 2026 12:00:00 +0000"));
    assert_eq!(world.effects("<second@t5g.example>").await, ["mail"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn some_recipients_refused_is_not_a_failure_and_all_is() {
    let world = World::start(10).await;
    world
        .control(
            "faults",
            &json!([
        {"route": "/smtp/rcpt/bob@*", "fault": {"kind": "status", "status": 550}},
        {"route": "/smtp/rcpt/later@*", "fault": {"kind": "status", "status": 451}}]),
        )
        .await;
    let mail = client(&world);
    let mut some = letter("some");
    some.to.extend(["later@field.example".into(), "not an address".into(), "x\r\nBcc: y@z.example".into()]);
    let delivered = mail.send(&some).await.unwrap();
    assert_eq!(delivered.accepted, ["ann@field.example"]);
    let told: Vec<(&str, bool)> =
        delivered.refused.iter().map(|one| (one.address.as_str(), one.passing)).collect();
    let expected = [
        ("not an address", false),
        ("x\r\nBcc: y@z.example", false),
        ("bob@field.example", false),
        ("later@field.example", true),
    ];
    assert_eq!(told, expected);
    assert!(delivered.refused[2].reason.contains("550"), "{:?}", delivered.refused);
    assert_eq!(letters(&world).await[0]["to"], json!(["ann@field.example"]));
    let none = Letter { to: vec!["bob@field.example".into()], ..letter("none") };
    let error = mail.send(&none).await.unwrap_err();
    assert!(
        matches!(error.kind, MailErrorKind::NoRecipient(_))
            && !error.may_have_acted()
            && !error.is_transient()
    );
    let later = Letter { to: vec!["later@field.example".into()], ..letter("later") };
    assert!(mail.send(&later).await.unwrap_err().is_transient());
    assert_eq!(letters(&world).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_certain_and_what_is_in_doubt() {
    let world = World::start(10).await;
    let mail = client(&world);
    let mut kept = 0;
    for (route, kind, after_effect, transient, doubt, arrives) in [
        ("/smtp/connect", json!({"kind": "status", "status": 421}), false, true, false, false),
        ("/smtp/connect", json!({"kind": "status", "status": 554}), false, false, false, false),
        ("/smtp/connect", json!({"kind": "drop"}), false, true, false, false),
        ("/smtp/mail/*", json!({"kind": "status", "status": 451}), false, true, false, false),
        ("/smtp/mail/*", json!({"kind": "status", "status": 550}), false, false, false, false),
        ("/smtp/rcpt/ann@*", json!({"kind": "drop"}), false, true, false, false),
        ("/smtp/data", json!({"kind": "status", "status": 451}), false, true, false, false),
        ("/smtp/data", json!({"kind": "drop"}), false, true, false, false),
        ("/smtp/end", json!({"kind": "status", "status": 451}), false, true, false, false),
        ("/smtp/end", json!({"kind": "status", "status": 552}), false, false, false, false),
        ("/smtp/end", json!({"kind": "drop"}), false, true, true, false),
        ("/smtp/end", json!({"kind": "drop"}), true, true, true, true),
    ] {
        let what = format!("{route} {kind} {after_effect}");
        fault(&world, json!({"route": route, "fault": kind, "after_effect": after_effect})).await;
        let error = mail.send(&letter(&format!("l{kept}"))).await.unwrap_err();
        assert_eq!((error.is_transient(), error.may_have_acted()), (transient, doubt), "{what}: {error}");
        kept += usize::from(arrives);
        assert_eq!(letters(&world).await.len(), kept, "{what}");
    }
    // The same letter again is known by its id.
    world.clear_faults().await;
    mail.send(&letter("l0")).await.unwrap();
    let entries = world.journal("<l0@t5g.example>").await;
    assert_eq!(
        entries.iter().map(|one| one["changed"].as_bool().unwrap()).collect::<Vec<_>>(),
        [true, false]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_after_the_letter_is_doubt_and_before_it_is_not() {
    let world = World::start(10).await;
    let mail =
        MailClient::new(MailOptions { timeout: Duration::from_millis(300), ..options(&world) }, &around())
            .unwrap();
    for (route, doubt) in [("/smtp/connect", false), ("/smtp/end", true)] {
        fault(&world, json!({"route": route, "fault": {"kind": "delay", "ms": 2_000}})).await;
        let error = mail.send(&letter("slow")).await.unwrap_err();
        assert!(error.is_transient() && error.may_have_acted() == doubt, "{route}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn logins_are_taken_refused_and_never_sent_in_the_open() {
    let world = World::start(10).await;
    let with = |password: &str| MailOptions {
        login: Some("t5g".into()),
        password: Some(Secret::new(password)),
        ..options(&world)
    };
    let good = MailClient::new(with("simulated-mail-password"), &around()).unwrap();
    good.send(&letter("login")).await.unwrap();
    assert_eq!(letters(&world).await[0]["by"], "t5g");
    assert_eq!(good.check().await.unwrap().identity.as_deref(), Some("t5g"));
    let bad = MailClient::new(with("wrong-password-7"), &around()).unwrap();
    let error = bad.send(&letter("bad")).await.unwrap_err();
    assert!(
        matches!(error.kind, MailErrorKind::CredentialRejected { .. }) && !error.is_transient(),
        "{error}"
    );
    assert!(!format!("{error} {error:?} {bad:?}").contains("wrong-password-7"));
    let away = MailOptions { server: "mail.example.test".into(), ..with("x") };
    assert!(MailClient::new(away, &around()).unwrap_err().to_string().contains("in the open"));
    let nobody = MailOptions { from: "nobody".into(), ..options(&world) };
    assert!(MailClient::new(nobody, &around()).unwrap_err().to_string().contains("source_email"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_cannot_be_protected_carries_no_letter() {
    let world = World::start(10).await;
    for security in [Security::StartTls, Security::Tls] {
        let mail = MailClient::new(MailOptions { security, ..options(&world) }, &around()).unwrap();
        let error = mail.send(&letter("tls")).await.unwrap_err();
        assert!(!error.may_have_acted(), "{security:?}: {error}");
        if security == Security::StartTls {
            assert!(matches!(error.kind, MailErrorKind::Tls { .. }) && !error.is_transient(), "{error}");
        }
    }
    assert!(letters(&world).await.is_empty());
}
