//! What the portal's statuses mean where they mean something special.

use crate::ErrorKind;
use crate::http::{Answer, Fault, check_status};

/// The firewall in front of the portal throttles with an HTML 403; the portal itself forbids in JSON.
pub(super) fn check(answer: &Answer, setting: &'static str) -> Result<(), Fault> {
    if answer.status == 403 && answer.is_html() {
        let detail = format!("its firewall refuses calls for now ({})", answer.message());
        return Err(Fault { untouched: true, ..Fault::of(ErrorKind::Throttled { detail }) });
    }
    check_status(answer, setting)
}
