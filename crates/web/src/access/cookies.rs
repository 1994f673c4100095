//! The two cookies of access: the session's, and the one that binds a sign-in to the browser that began it.

use std::time::Duration;

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};

/// Which cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cookie {
    /// The session's secret id. It goes away with the browser, and earlier with the session.
    Session,
    /// The sign-in's secret. The identity provider's form posts from another site, so this one must travel along.
    Flow,
}

/// Names and flags of this deployment's cookies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cookies {
    /// Whether they travel over https only, as they should.
    pub(crate) secure: bool,
}

impl Cookies {
    /// The cookie's name. The prefix makes browsers insist: over https, from this very host, for all of it.
    pub(crate) const fn name(self, cookie: Cookie) -> &'static str {
        match (cookie, self.secure) {
            (Cookie::Session, true) => "__Host-sid",
            (Cookie::Session, false) => "t5g_sid",
            (Cookie::Flow, true) => "__Host-saml_flow",
            (Cookie::Flow, false) => "t5g_saml_flow",
        }
    }

    /// The cookie's value in a request; only what could be a secret of ours.
    pub(crate) fn find(self, cookie: Cookie, headers: &HeaderMap) -> Option<&str> {
        let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
        let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let mut values = pairs.filter(|(name, _)| *name == self.name(cookie)).map(|(_, value)| value);
        values.next().filter(|value| value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit()))
    }

    /// The header that sets it to that secret.
    pub(crate) fn set(self, cookie: Cookie, secret: &str, lasts: Option<Duration>) -> Option<HeaderValue> {
        let age = lasts.map_or_else(String::new, |lasts| format!("; Max-Age={}", lasts.as_secs()));
        let text = format!("{}={secret}; Path=/{}; HttpOnly{age}", self.name(cookie), self.flags(cookie));
        let mut value = HeaderValue::from_str(&text).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// The header that removes it.
    pub(crate) fn clear(self, cookie: Cookie) -> Option<HeaderValue> {
        self.set(cookie, "", Some(Duration::ZERO))
    }

    const fn flags(self, cookie: Cookie) -> &'static str {
        match (cookie, self.secure) {
            (Cookie::Session, true) => "; Secure; SameSite=Lax",
            (Cookie::Session, false) => "; SameSite=Lax",
            (Cookie::Flow, true) => "; Secure; SameSite=None",
            // Without Secure, browsers refuse None; with nothing said, most let it pass for two minutes.
            (Cookie::Flow, false) => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECURE: Cookies = Cookies { secure: true };

    #[test]
    fn flags_are_as_strict_as_each_cookie_can_bear() {
        let set = |cookies: Cookies, cookie, lasts| {
            cookies.set(cookie, "s", lasts).unwrap().to_str().unwrap().to_owned()
        };
        let minutes = Some(Duration::from_mins(10));
        assert_eq!(
            set(SECURE, Cookie::Session, None),
            "__Host-sid=s; Path=/; Secure; SameSite=Lax; HttpOnly"
        );
        assert_eq!(
            set(SECURE, Cookie::Flow, minutes),
            "__Host-saml_flow=s; Path=/; Secure; SameSite=None; HttpOnly; Max-Age=600"
        );
        let plain = Cookies { secure: false };
        assert_eq!(set(plain, Cookie::Session, None), "t5g_sid=s; Path=/; SameSite=Lax; HttpOnly");
        assert_eq!(set(plain, Cookie::Flow, minutes), "t5g_saml_flow=s; Path=/; HttpOnly; Max-Age=600");
    }

    #[test]
    fn only_a_value_that_could_be_ours_is_found() {
        let found = |line: &str| {
            let headers = HeaderMap::from_iter([(COOKIE, line.parse().unwrap())]);
            SECURE.find(Cookie::Session, &headers).map(str::to_owned)
        };
        let id = "0a".repeat(32);
        assert_eq!(found(&format!("a=b; __Host-sid={id}; c=d")), Some(id.clone()));
        for line in [
            format!("__host-sid={id}"),
            format!("sid={id}"),
            "__Host-sid=".to_owned(),
            format!("__Host-sid={id}x"),
            format!("__Host-sid={}", "zz".repeat(32)),
            format!("__Host-sid=x; __Host-sid={id}"),
        ] {
            assert_eq!(found(&line), None, "{line}");
        }
    }
}
