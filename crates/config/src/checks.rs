//! Combinations of settings with which a server would be half-safe: it refuses to start, and says the mend.

use crate::resolve::Resolver;
use crate::settings::Settings;

const SHORTEST_SECRET_KEY: usize = 32;

/// Notes everything that keeps a server from starting.
pub(crate) fn server(settings: &Settings, resolver: &mut Resolver) {
    let access = &settings.access;
    if access.login_disabled {
        if !settings.general.listen.ip().is_loopback() {
            resolver.refuse(
                "access.login_disabled",
                "without login everybody who reaches the port sees everything: \
                 listen on a loopback address (listen = \"127.0.0.1:8080\"), or switch login on",
            );
        }
        return;
    }
    resolver.refuse(
        "access.login_disabled",
        "this version has no login yet and serves private pages to nobody: \
         set it to true (FLASK_LOGIN_DISABLED=true) and listen on a loopback address",
    );
    let length = access.secret_key.as_ref().map(|key| key.expose().chars().count());
    if length.is_none_or(|length| length < SHORTEST_SECRET_KEY) {
        resolver.refuse(
            "access.secret_key",
            "with login on, at least 32 random characters are needed, such as `openssl rand -hex 32` prints",
        );
    }
    if access.secure_cookies && settings.general.base_url.as_ref().is_some_and(|url| url.scheme() == "http") {
        resolver.refuse(
            "base_url",
            "cookies that travel only over https never come back to an http address: \
             use https, or set access.secure_cookies to false",
        );
    }
}
