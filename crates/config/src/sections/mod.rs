//! One file per section of the settings; each declares its settings once, with their documentation.

mod access;
mod bugzilla;
mod cards;
mod documents;
mod general;
mod jira;
mod jira_fields;
mod jobs;
mod ledger;
mod log;
mod mail;
mod portal;
mod retention;
mod schedules;
mod slack;
mod sso;
mod sync;
mod traces;

pub use access::Access;
pub use bugzilla::Bugzilla;
pub use cards::Cards;
pub use documents::Documents;
pub use general::General;
pub use jira::Jira;
pub use jira_fields::JiraFields;
pub use jobs::Jobs;
pub use ledger::Ledger;
pub use log::Log;
pub use mail::Mail;
pub use portal::Portal;
pub use retention::Retention;
pub use schedules::Schedules;
pub use slack::Slack;
pub use sso::Sso;
pub use sync::Sync;
pub use traces::Traces;
