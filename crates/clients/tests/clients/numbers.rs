//! What operators see of the calls: counts and times by upstream, route template and outcome.

use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::json;
use t5g_clients::portal::{HydraPortal, Portal};

use crate::support::{Reply, Server, around, grant};

#[tokio::test]
async fn calls_are_counted_by_template_not_by_address() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let server = Server::start(|seen| match seen.path.as_str() {
        "/token" => grant(seen, 900),
        _ if seen.place == 1 => Reply::text(502, ""),
        "/v1/cases/00000404" => Reply::html(404, "Not Found"),
        _ => Reply::ok(&json!({})),
    })
    .await;
    let portal = HydraPortal::new(server.endpoint(), server.tokens(&around()), &around()).unwrap();
    portal.case("01234567").await.unwrap();
    portal.case("00000404").await.unwrap_err();

    let shown = handle.render();
    for line in [
        r#"t5g_upstream_requests_total{upstream="portal",route="GET /v1/cases/{number}",outcome="ok",status="2xx"} 1"#,
        r#"t5g_upstream_requests_total{upstream="portal",route="GET /v1/cases/{number}",outcome="unavailable",status="5xx"} 1"#,
        r#"t5g_upstream_requests_total{upstream="portal",route="GET /v1/cases/{number}",outcome="not_found",status="4xx"} 1"#,
        r#"t5g_upstream_requests_total{upstream="sso",route="POST token",outcome="ok",status="2xx"} 1"#,
        r#"t5g_upstream_retries_total{upstream="portal",route="GET /v1/cases/{number}",reason="unavailable"} 1"#,
        r#"t5g_upstream_request_seconds_count{upstream="portal",route="GET /v1/cases/{number}"} 3"#,
    ] {
        assert!(shown.contains(line), "{line} in\n{shown}");
    }
    assert!(!shown.contains("01234567"), "{shown}");
}

/// An alert rests on it: a token that has run out early is renewed, and nobody is woken for that.
#[tokio::test]
async fn only_what_no_new_token_mends_counts_as_a_rejected_credential() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let server = Server::start(|seen| match seen.path.as_str() {
        "/token" => grant(seen, 900),
        "/v1/cases/00000401" => Reply::text(401, ""),
        _ if seen.place == 1 => Reply::text(401, ""),
        _ => Reply::ok(&json!({})),
    })
    .await;
    let portal = HydraPortal::new(server.endpoint(), server.tokens(&around()), &around()).unwrap();
    let counted = |times: u32| {
        let line = format!(r#"t5g_upstream_credential_rejected_total{{upstream="portal"}} {times}"#);
        let shown = handle.render();
        assert!(shown.contains(&line), "{line} in\n{shown}");
    };
    counted(0);
    portal.case("01234567").await.unwrap();
    counted(0);
    portal.case("00000401").await.unwrap_err();
    counted(1);
}
