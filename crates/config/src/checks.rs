//! Combinations of settings with which a server would be half-safe: it refuses to start, and says the mend.

use std::time::Duration;

use t5g_model::names::Severity;
use url::{Host, Url};

use crate::resolve::Resolver;
use crate::settings::Settings;
use crate::values::MailSecurity;

const SHORTEST_SECRET_KEY: usize = 32;
/// More than this, and an assertion that was stolen long ago would be good.
const MOST_SKEW: Duration = Duration::from_mins(10);

/// Notes everything that keeps a server from starting.
pub(crate) fn server(settings: &Settings, resolver: &mut Resolver) {
    people(settings, resolver);
    nameless(settings, resolver);
    words(settings, resolver);
    // Neither writes anything.
    if !settings.general.read_only && !settings.general.fake_data {
        mail(settings, resolver);
        slack(settings, resolver);
    }
    let access = &settings.access;
    if access.login_disabled {
        if !settings.general.listen.ip().is_loopback() {
            resolver.refuse(
                "access.login_disabled",
                "without login everybody who reaches the port sees everything: \
                 listen on a loopback address (listen = \"127.0.0.1:8080\"), or switch login on",
            );
        }
        closed(settings, resolver);
        return;
    }
    if access.saml_settings.is_none() {
        resolver.refuse(
            "access.saml_settings",
            "login is on and needs to know the identity provider (docs/sso.md); \
             only to try things out, switch login off: FLASK_LOGIN_DISABLED=true",
        );
    }
    if access.viewers.is_empty() && access.operators.is_empty() && access.admins.is_empty() {
        resolver.refuse(
            "access.viewers",
            "nobody could sign in: name a group in access.viewers (rbac), access.operators or access.admins",
        );
    }
    if access.saml_clock_skew.duration() > MOST_SKEW {
        resolver.refuse("access.saml_clock_skew", "expected at most 10m: mend the clocks instead");
    }
    if access.session_idle > access.session_max {
        resolver.refuse("access.session_idle", "expected at most access.session_max");
    }
    let length = access.secret_key.as_ref().map(|key| key.expose().chars().count());
    if length.is_none_or(|length| length < SHORTEST_SECRET_KEY) {
        resolver.refuse(
            "access.secret_key",
            "with login on, at least 32 random characters are needed, such as `openssl rand -hex 32` prints",
        );
    }
    cookies(settings, resolver);
}

/// Cookies that would travel where they must not, or come back from nowhere.
fn cookies(settings: &Settings, resolver: &mut Resolver) {
    let secure = settings.access.secure_cookies;
    let scheme = settings.general.base_url.as_ref().map(Url::scheme);
    if !secure && scheme == Some("https") {
        resolver.refuse(
            "access.secure_cookies",
            "people come by https, and their sessions would travel over http too: leave it out",
        );
    }
    if secure && scheme == Some("http") {
        resolver.refuse(
            "base_url",
            "cookies that travel only over https never come back to an http address: \
             use https, or set access.secure_cookies to false",
        );
    }
}

/// Mail that could not be sent, or only in an unsafe way.
fn mail(settings: &Settings, resolver: &mut Resolver) {
    let mail = &settings.mail;
    let wanted = [("mail.notification", &mail.notification), ("mail.bugs", &mail.bugs)];
    if let Some((key, _)) = wanted.into_iter().find(|(_, addresses)| !addresses.0.is_empty()) {
        if mail.server.is_none() {
            resolver.refuse(
                "mail.server",
                &format!(
                    "mail is wanted ({key}), but by no server: set it (smtp_server), or leave out {key}"
                ),
            );
        }
        if mail.from.is_none() {
            resolver.refuse(
                "mail.from",
                &format!("mail is wanted ({key}), but from nobody: set it (source_email)"),
            );
        }
    } else if !mail.alert.0.is_empty() && (mail.server.is_none() || mail.from.is_none()) {
        resolver.notice(
            "mail.alert is only shown to people, not written to: mail.server or mail.from is not set"
                .to_owned(),
        );
    }
    match (&mail.username, &mail.password) {
        (Some(_), None) => resolver.refuse("mail.password", "mail.username is set, and this belongs to it"),
        (None, Some(_)) => resolver.refuse("mail.username", "mail.password is set, and this belongs to it"),
        _ => {}
    }
    let elsewhere = mail.server.as_ref().is_some_and(|server| !server.is_loopback());
    if mail.password.is_some() && mail.security == MailSecurity::None && elsewhere {
        resolver.refuse(
            "mail.security",
            "the password would travel in the open: set it to starttls or tls, or leave out the login",
        );
    }
}

/// Slack messages that would have nowhere to go.
fn slack(settings: &Settings, resolver: &mut Resolver) {
    let slack = &settings.slack;
    let has_channel = slack.high_severity_channel.is_some() || slack.low_severity_channel.is_some();
    if slack.token.is_some() && !has_channel {
        resolver.refuse(
            "slack.low_severity_channel",
            "there is a token, but no channel: set a channel (low_severity_slack_channel), or leave out slack.token",
        );
    }
    if slack.token.is_none() && has_channel {
        resolver.notice(
            "nothing is posted to Slack: there is a channel, but no slack.token (slack_token)".to_owned(),
        );
    }
}

/// Two of the team whom Jira could not tell apart.
fn people(settings: &Settings, resolver: &mut Resolver) {
    let team = &settings.general.team.0;
    for (at, member) in team.iter().enumerate() {
        if member.name.trim().is_empty() {
            resolver.refuse("team", "every member has a name");
        }
        let id = member.jira_account_id.trim();
        let twice =
            team.iter().skip(at + 1).find(|other| !id.is_empty() && other.jira_account_id.trim() == id);
        if let Some(other) = twice {
            resolver
                .refuse("team", &format!("{} and {} have the same jira_account_id", member.name, other.name));
        }
    }
}

/// Who takes cases and cannot be named to Jira as their assignee.
fn nameless(settings: &Settings, resolver: &mut Resolver) {
    let team = &settings.general.team.0;
    let blank = |text: &str| text.trim().is_empty();
    // Cloud knows people by their ids, Data Center by their logins; which of them it is, its answers say for sure.
    let hosted = settings.jira.server.as_ref().and_then(Url::host_str);
    let hosted = hosted.is_some_and(|host| host.to_ascii_lowercase().ends_with(".atlassian.net"));
    let cloud = hosted || team.iter().any(|member| !blank(&member.jira_account_id));
    for member in team.iter().filter(|member| member.active && blank(&member.jira_account_id)) {
        let missing = match (cloud, blank(&member.jira_user)) {
            (true, _) => "jira_account_id",
            (false, true) => "jira_account_id (Jira Cloud) or jira_user (Data Center)",
            (false, false) => continue,
        };
        resolver.notice(format!(
            "cards for {} will belong to nobody: the team has no {missing} of theirs",
            member.name
        ));
    }
}

/// Words that no case or card can ever have.
fn words(settings: &Settings, resolver: &mut Resolver) {
    for word in settings.general.sla.days.keys() {
        let Ok(severity) = word.parse::<Severity>();
        if matches!(severity, Severity::Other(_)) {
            resolver.notice(format!(
                "sla (sla_settings) has days for {word:?}, which is none of Urgent, High, Normal, Low"
            ));
        }
    }
    let labels = settings.jira.labels.iter().chain(&settings.jira.query);
    for label in labels.filter(|label| label.contains(char::is_whitespace)) {
        resolver.notice(format!("Jira takes no card with the label {label:?}: a label has no blanks in it"));
    }
}

/// Without login: notes what is set only where other people reach the server.
fn closed(settings: &Settings, resolver: &mut Resolver) {
    if settings.general.base_url.as_ref().is_some_and(|url| !is_loopback(url)) {
        resolver.refuse(
            "base_url",
            "without login nobody else may reach it, and this is an address for others: \
             leave it out, or switch login on",
        );
    }
    if !settings.general.trusted_proxies.0.is_empty() {
        resolver.refuse(
            "trusted_proxies",
            "without login nobody else may reach it, and a proxy lets others through: \
             leave it out, or switch login on",
        );
    }
}

/// Whether that address leads to this machine, from wherever.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        None => false,
    }
}
