//! Types of single settings that are more than a text or a number.

mod choices;
mod concurrency;
mod field_id;
mod list;
mod log_filter;
mod mail_address;
mod mail_server;
mod network;
mod pairs;
mod percent;
mod period;
mod schedule;
mod share;
mod sla;
mod store_address;
mod team;

pub use choices::{
    AssignmentOrder, BugzillaAuth, LogFormat, MailSecurity, PortalFace, TraceExporter, TraceProtocol,
    TraceSampler,
};
pub use concurrency::Concurrency;
pub use field_id::FieldId;
pub use list::{List, Listed};
pub use log_filter::LogFilter;
pub use mail_address::{MailAddress, MailAddresses};
pub use mail_server::MailServer;
pub use network::{Network, Networks};
pub use pairs::Pairs;
pub use percent::Percent;
pub use period::{Period, PeriodOrNone};
pub use schedule::Schedule;
pub use share::Share;
pub use sla::Sla;
pub use store_address::{DocumentsAddress, LedgerAddress};
pub use team::{Member, Team};
