//! The one gate for `READ_ONLY`: every call of every client over HTTP passes it, and a call that writes does not get
//! through while writing is refused. The mail client, which has no HTTP, asks the same gate.

use super::Writes;
use super::fault::Fault;
use crate::ErrorKind;

/// Lets writes through, or not.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gate(Writes);

impl Gate {
    pub(crate) fn new(writes: Writes) -> Self {
        Self(writes)
    }

    /// Whether writing is refused.
    pub(crate) fn is_shut(self) -> bool {
        self.0 == Writes::Refused
    }

    /// `Err` for a write that may not be.
    pub(super) fn admit(self, writes: bool) -> Result<(), Fault> {
        if writes && self.is_shut() { Err(Fault::unsent(ErrorKind::ReadOnly)) } else { Ok(()) }
    }
}
