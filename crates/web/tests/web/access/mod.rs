//! Who gets in: signing in and out, sessions, tokens, rules of routes, forms of other sites, the audit log.

mod audit;
mod browsers;
mod forms;
mod headers;
mod login;
mod logout;
mod rules;
mod saml;
mod sessions;
pub(crate) mod support;
mod tokens;
mod users;
