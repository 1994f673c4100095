//! The words of the field as types: identifiers, severities, statuses. Parsed once at the edge.

mod card_status;
mod case_status;
mod ids;
mod role;
mod scope;
mod severity;
mod source;

pub use card_status::CardStatus;
pub use case_status::CaseStatus;
pub use ids::{CardKey, CaseNumber, InvalidName};
pub use role::Role;
pub use scope::{Scope, Scopes};
pub use severity::Severity;
pub use source::Source;
