//! Access tokens: one renewal for all, renewed when it expires or is refused, final when the offline token is dead.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use t5g_clients::ErrorKind;
use t5g_clients::portal::{HydraPortal, Portal};

use crate::support::{Reply, Seen, Server, TestClock, around, grant};

#[tokio::test]
async fn fifty_callers_cost_one_renewal() {
    let server = Server::start(|seen| grant(seen, 900).after(Duration::from_millis(30))).await;
    let tokens = server.tokens(&around());
    let calls = futures_util::future::join_all((0..50).map(|_| tokens.token())).await;
    assert!(calls.iter().all(Result::is_ok));
    assert_eq!((server.count(), tokens.renewals()), (1, 1));
    let form = String::from_utf8(server.seen()[0].body.to_vec()).unwrap();
    assert_eq!(form, "grant_type=refresh_token&client_id=rhsm-api&refresh_token=offline-token-1");
}

#[tokio::test]
async fn a_waiter_that_goes_away_takes_nobody_with_it() {
    let server = Server::start(|seen| grant(seen, 900).after(Duration::from_millis(50))).await;
    let tokens = server.tokens(&around());
    let first = tokio::spawn({
        let tokens = tokens.clone();
        async move { tokens.token().await }
    });
    while server.count() == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    first.abort();
    assert!(tokens.token().await.is_ok());
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn a_token_is_kept_until_thirty_seconds_before_its_end() {
    let clock = TestClock::default();
    let server = Server::start(|seen| grant(seen, 300)).await;
    let tokens = server.tokens(&clock.around());
    for (advance, renewals) in [(0, 1), (269, 1), (2, 2), (10, 2)] {
        clock.advance(advance);
        tokens.token().await.unwrap();
        assert_eq!(tokens.renewals(), renewals, "after {advance} s more");
    }
}

#[tokio::test]
async fn a_very_short_life_does_not_mean_a_renewal_for_each_call() {
    let clock = TestClock::default();
    let server = Server::start(|seen| grant(seen, 20)).await;
    let tokens = server.tokens(&clock.around());
    tokens.token().await.unwrap();
    clock.advance(9);
    tokens.token().await.unwrap();
    assert_eq!(tokens.renewals(), 1);
}

#[tokio::test]
async fn a_dead_offline_token_is_final_and_not_asked_about_again_and_again() {
    let clock = TestClock::default();
    let refusal = json!({"error": "invalid_grant", "error_description": "Offline user session not found: offline-token-1"});
    let server = Server::start(move |_| Reply::json(400, &refusal)).await;
    let tokens = server.tokens(&clock.around());
    for _ in 0..3 {
        let error = tokens.token().await.unwrap_err();
        assert!(error.is_credential() && !error.is_transient());
        let told = error.to_string();
        assert!(
            told.contains("SSO") && told.contains("offline_token") && told.contains("invalid_grant"),
            "{told}"
        );
        assert!(!told.contains("offline-token-1"), "{told}");
    }
    assert_eq!(server.count(), 1);
    clock.advance(61);
    tokens.token().await.unwrap_err();
    assert_eq!(server.count(), 2);
}

#[tokio::test]
async fn a_service_that_is_down_is_asked_again_by_the_next_call() {
    let server =
        Server::start(|seen| if seen.place < 4 { Reply::text(502, "") } else { grant(seen, 900) }).await;
    let tokens = server.tokens(&around());
    assert!(tokens.token().await.unwrap_err().is_transient());
    assert!(tokens.token().await.is_ok());
    assert_eq!(server.count(), 5);
}

fn case(seen: &Seen) -> Reply {
    Reply::ok(&json!({"caseNumber": seen.path}))
}

#[tokio::test]
async fn a_token_refused_midway_is_renewed_once_for_all() {
    let server = Server::start(|seen| match (seen.path.as_str(), seen.header("authorization")) {
        ("/token", _) => grant(seen, 900),
        (_, Some("Bearer access-token-0")) => {
            Reply::json(401, &json!({"message": "expired"})).after(Duration::from_millis(20))
        }
        _ => case(seen),
    })
    .await;
    let tokens = server.tokens(&around());
    let portal = Arc::new(HydraPortal::new(server.endpoint(), tokens.clone(), &around()).unwrap());
    let numbers: Vec<String> = (0..30).map(|n| format!("{n:08}")).collect();
    assert!(portal.cases(&numbers).await.iter().all(|(_, detail)| detail.is_ok()));
    assert_eq!(tokens.renewals(), 2);
}

#[tokio::test]
async fn a_token_that_is_always_refused_is_renewed_once_and_then_given_up() {
    let server = Server::start(|seen| match seen.path.as_str() {
        "/token" => grant(seen, 900),
        _ => Reply::json(401, &json!({"message": "no"})),
    })
    .await;
    let tokens = server.tokens(&around());
    let portal = HydraPortal::new(server.endpoint(), tokens.clone(), &around()).unwrap();
    let error = portal.case("01234567").await.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::CredentialRejected { setting: "offline_token", .. }), "{error}");
    assert_eq!((server.count(), tokens.renewals()), (6, 2), "two tokens, and four refusals of the case");
}

#[tokio::test]
async fn a_new_token_that_is_not_known_everywhere_yet_gets_another_chance() {
    let server = Server::start(|seen| match (seen.path.as_str(), seen.place) {
        ("/token", _) => grant(seen, 900),
        (_, ..5) => Reply::json(401, &json!({"message": "no"})),
        _ => case(seen),
    })
    .await;
    let tokens = server.tokens(&around());
    let portal = HydraPortal::new(server.endpoint(), tokens.clone(), &around()).unwrap();
    assert!(portal.case("01234567").await.is_ok());
    assert_eq!(tokens.renewals(), 2);
}
