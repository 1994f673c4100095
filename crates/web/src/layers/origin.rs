//! Checks against other people's web pages: the host name must be ours (a foreign name that resolves to us
//! is DNS rebinding), and what changes state must come from our own pages or from no page at all. What the
//! identity provider says is the one exception: it is signed, and bound to its browser by a cookie of its own.
//! And one against being open to the world by mistake: without login, nothing goes through a proxy.

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use axum::middleware::Next;
use axum::response::Response;
use serde_json::json;
use t5g_store::ledger::Action;

use crate::access::login::Endpoint;
use crate::access::{self, is_forwarded};
use crate::app::AppState;
use crate::error::AppError;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Asked by orchestrators under whatever name, and answer nothing private.
const ANY_HOST: [&str; 2] = ["/healthz", "/readyz"];

/// The layer.
pub(crate) async fn layer(
    State(app): State<AppState>,
    request: Request,
    next: Next,
) -> Result<Response, AppError> {
    let authority = authority(request.headers(), request.uri())?;
    if !ANY_HOST.contains(&request.uri().path()) {
        check_way(app.gate().signs_on(), request.headers())?;
        check_host(authority.as_ref(), app.settings().base_url.as_ref().and_then(url::Url::host_str))?;
    }
    let changes = !request.method().is_safe() && !is_providers(request.method(), request.uri());
    if changes && let Err(error) = check_source(request.headers(), authority.as_ref()) {
        let detail = json!({ "reason": "it came from a page of another site" });
        let client = access::client(&app, &request);
        access::audit::note_stranger(&app, &client, Action::Denied, request.uri().path(), detail).await?;
        return Err(error);
    }
    Ok(next.run(request).await)
}

/// The identity provider's word, which its page makes the browser post.
fn is_providers(method: &Method, uri: &Uri) -> bool {
    *method == Method::POST && uri.path() == "/" && Endpoint::of(uri).is_for_provider()
}

/// Whom the client believes to speak to. A request that says it twice, or differently, is refused: something
/// between it and us may have believed the other.
fn authority(headers: &HeaderMap, uri: &Uri) -> Result<Option<Authority>, AppError> {
    let unreadable = || AppError::BadRequest("The request's Host cannot be read.".to_owned());
    let read = |host: &HeaderValue| host.to_str().ok()?.parse::<Authority>().ok();
    let mut said =
        headers.get_all(HOST).iter().map(read).collect::<Option<Vec<_>>>().ok_or_else(unreadable)?;
    said.extend(uri.authority().cloned());
    let once = said.windows(2).all(|pair| matches!(pair, [one, other] if one == other));
    let named = said.iter().any(|authority| authority.as_str().contains('@'));
    if once && !named && headers.get_all(HOST).iter().count() < 2 {
        Ok(said.pop())
    } else {
        Err(unreadable())
    }
}

/// Without login everything is open to who reaches the loopback address, and that is not the world behind a proxy.
fn check_way(login: bool, headers: &HeaderMap) -> Result<(), AppError> {
    if login || !is_forwarded(headers) {
        return Ok(());
    }
    Err(AppError::Forbidden(
        "Login is switched off here, so nothing is served through a proxy. Its operator switches login on."
            .to_owned(),
    ))
}

fn check_host(authority: Option<&Authority>, public_host: Option<&str>) -> Result<(), AppError> {
    let host = authority.map(Authority::host).unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let known = bare.parse::<IpAddr>().is_ok()
        || host.eq_ignore_ascii_case("localhost")
        || public_host.is_some_and(|public| public.eq_ignore_ascii_case(host));
    if known {
        return Ok(());
    }
    Err(AppError::Forbidden(
        "This server does not answer under that host name. Its operator sets the right one as base URL."
            .to_owned(),
    ))
}

/// Browsers say where a request comes from; programs that are no browser say nothing and are let through.
fn check_source(headers: &HeaderMap, authority: Option<&Authority>) -> Result<(), AppError> {
    let own = match headers.get(SEC_FETCH_SITE) {
        Some(site) => site == "same-origin" || site == "none",
        None => headers.get(ORIGIN).is_none_or(|origin| {
            let origin = origin.to_str().ok().and_then(|text| text.parse::<Uri>().ok());
            origin.as_ref().and_then(Uri::authority) == authority
        }),
    };
    if own { Ok(()) } else { Err(AppError::Forbidden("This must come from a page of this site.".to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(host: &str, public: Option<&str>) -> bool {
        check_host(Some(&host.parse().unwrap()), public).is_ok()
    }

    #[test]
    fn addresses_localhost_and_the_public_name_are_ours() {
        for host in ["127.0.0.1:8080", "[::1]:8080", "10.1.2.3", "localhost:1", "LOCALHOST"] {
            assert!(allowed(host, None), "{host}");
        }
        assert!(allowed("t5g.example.com:443", Some("T5G.example.com")));
        for host in ["evil.example", "localhost.evil.example", "t5g.example.com.evil.example"] {
            assert!(!allowed(host, Some("t5g.example.com")), "{host}");
        }
        assert!(check_host(None, None).is_err());
    }

    #[test]
    fn a_host_is_said_once_and_without_a_user() {
        let said = |hosts: &[&'static str], uri: &'static str| {
            let headers: HeaderMap =
                hosts.iter().map(|host| (HOST, HeaderValue::from_static(host))).collect();
            authority(&headers, &Uri::from_static(uri)).map(|found| found.map(|found| found.to_string()))
        };
        assert_eq!(said(&["a:1"], "/").unwrap().as_deref(), Some("a:1"));
        assert_eq!(said(&["a:1"], "http://a:1/").unwrap().as_deref(), Some("a:1"));
        assert_eq!(said(&[], "http://a:1/").unwrap().as_deref(), Some("a:1"));
        assert_eq!(said(&[], "/").unwrap(), None);
        for (hosts, uri) in
            [(&["a", "b"][..], "/"), (&["a", "a"], "/"), (&["a"], "http://b/"), (&["u@a"], "/"), (&[""], "/")]
        {
            assert!(said(hosts, uri).is_err(), "{hosts:?} {uri}");
        }
    }

    #[test]
    fn other_sites_change_nothing() {
        let host: Authority = "t5g.example.com".parse().unwrap();
        let from = |name: HeaderName, value: &'static str| {
            check_source(&HeaderMap::from_iter([(name, value.parse().unwrap())]), Some(&host)).is_ok()
        };
        assert!(from(SEC_FETCH_SITE, "same-origin"));
        assert!(from(SEC_FETCH_SITE, "none"));
        assert!(!from(SEC_FETCH_SITE, "cross-site"));
        assert!(!from(SEC_FETCH_SITE, "same-site"));
        assert!(from(ORIGIN, "https://t5g.example.com"));
        assert!(!from(ORIGIN, "https://evil.example"));
        assert!(!from(ORIGIN, "null"));
        assert!(check_source(&HeaderMap::new(), Some(&host)).is_ok());
    }
}
