//! The upstreams: one module each (token service, portal, Jira, Bugzilla, Slack, mail), typed and polite, over the
//! shared HTTP room in `http` (mail: SMTP). Knows wires, paging, limits and errors; knows nothing of documents or of the other upstreams.

pub mod bugzilla;
mod error;
pub mod http;
pub mod jira;
pub mod mail;
pub mod portal;
mod probe;
mod secret;
pub mod slack;
pub mod sso;

pub use error::{ClientError, ErrorKind, UpstreamName};
pub use http::{
    Download, Endpoint, HttpOptions, Latest, RetryPolicy, StillHeld, Surroundings, Writes, not_after,
};
pub use probe::Probe;
pub use secret::Secret;

/// What tells "now"; the application hands in its clock.
pub type Now = std::sync::Arc<dyn Fn() -> chrono::DateTime<chrono::Utc> + Send + Sync>;

/// Called while a long read goes on: how many entries have come, and how many there are if the upstream says so.
pub type Progress<'a> = &'a (dyn Fn(usize, Option<usize>) + Send + Sync);

/// Callers spawn these calls; a future that is not `Send` would otherwise be found only there.
#[cfg(test)]
const _: fn(&jira::JiraClient, &bugzilla::BugzillaClient, &dyn portal::Portal, &jira::SearchQuery) =
    |jira, bugzilla, portal, query| {
        fn spawnable<T: Send>(_: &T) {}
        spawnable(&jira.search(query, &|_, _| ()));
        spawnable(&jira.issues_by_key(&[], &[], true));
        spawnable(&jira.comments("A-1"));
        spawnable(&jira.board_by_name("b"));
        spawnable(&jira.active_sprint(1));
        spawnable(&jira.check());
        spawnable(&bugzilla.bugs(&[]));
        spawnable(&bugzilla.check());
        spawnable(&portal.cases(&[]));
    };

/// The same of what writes.
#[cfg(test)]
const _: fn(&jira::JiraClient, &bugzilla::BugzillaClient, &slack::SlackClient, &mail::MailClient) =
    |jira, bugzilla, slack, mail| {
        fn spawnable<T: Send>(_: &T) {}
        spawnable(&jira.create_issue(&jira::NewIssue::default()));
        spawnable(&jira.fresh_issue("A-1", &[]));
        spawnable(&jira.update_fields("A-1", &serde_json::Map::new()));
        spawnable(&jira.change_list("A-1", "labels", &[], &[]));
        spawnable(&jira.assign("A-1", None));
        spawnable(&jira.add_comment("A-1", "x"));
        spawnable(&jira.transitions("A-1"));
        spawnable(&jira.transition("A-1", "1"));
        spawnable(&jira.remote_links("A-1"));
        spawnable(&jira.set_remote_link("A-1", &jira::RemoteLink::default()));
        spawnable(&jira.delete_remote_link("A-1", "g"));
        spawnable(&jira.move_to_sprint(1, &[]));
        spawnable(&jira.move_to_backlog(&[]));
        spawnable(&jira.newest_key("A"));
        spawnable(&bugzilla.update_bug(1, "x"));
        spawnable(&slack.post("C", "x", None));
        spawnable(&slack.turn("C"));
        spawnable(&mail.send(&mail::Letter::default()));
    };
