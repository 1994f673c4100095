//! What opening a store may do to it: who runs the service prepares its stores, who only looks at them does not.

/// Why a store is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// To run the service on it: it is made if there is none, and brought to the shape that this version expects.
    Serve,
    /// To put something in: it is made if there is none. One that an older version uses is refused.
    Fill,
    /// To use what is there: one that is not there, or that an older version uses, is refused. Nothing is made.
    Use,
    /// To replace all of it: whatever is there, older or nothing, stays as it is until then.
    Replace,
}
