//! One line of the examination.

use serde::Serialize;

/// How it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// Well.
    Ok,
    /// Nothing to do now, but worth knowing.
    Notice,
    /// Something does not work.
    Wrong,
}

impl State {
    /// The word in the table.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Notice => "notice",
            Self::Wrong => "WRONG",
        }
    }
}

/// What was looked at, how it is, and what mends it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Finding {
    /// What was looked at.
    pub(crate) what: String,
    /// How it is.
    pub(crate) state: State,
    /// What was found.
    pub(crate) found: String,
    /// What to do, unless all is well.
    pub(crate) mend: Option<String>,
}

impl Finding {
    /// All is well.
    pub(crate) fn ok(what: impl Into<String>, found: impl Into<String>) -> Self {
        Self { what: what.into(), state: State::Ok, found: found.into(), mend: None }
    }

    /// Worth knowing.
    pub(crate) fn notice(what: impl Into<String>, found: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { what: what.into(), state: State::Notice, found: found.into(), mend: Some(mend.into()) }
    }

    /// Does not work.
    pub(crate) fn wrong(what: impl Into<String>, found: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { what: what.into(), state: State::Wrong, found: found.into(), mend: Some(mend.into()) }
    }
}
