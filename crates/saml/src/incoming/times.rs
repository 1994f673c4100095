//! Clocks: ours, theirs, and how far they may be apart.

use chrono::{DateTime, TimeDelta, Utc};

use crate::error::{Reason, Refusal, quoted};
use crate::preflight::Element;
use crate::types::Options;

/// Now, with what is allowed around it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    pub(crate) now: DateTime<Utc>,
    pub(crate) skew: TimeDelta,
    pub(crate) max_age: TimeDelta,
}

impl Times {
    pub(crate) fn new(now: DateTime<Utc>, options: &Options) -> Self {
        let delta = |duration| TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX);
        let longest = TimeDelta::days(1);
        Self {
            now,
            skew: delta(options.clock_skew).min(longest),
            max_age: delta(options.max_age).min(longest),
        }
    }

    /// Refuses what is to be used only later than now.
    pub(super) fn begun(&self, from: Option<DateTime<Utc>>, what: &str) -> Result<(), Refusal> {
        match from {
            Some(from) if from > self.now + self.skew => {
                Err(Refusal::new(Reason::TooEarly, format!("{what} begins at {from}; it is {}", self.now)))
            }
            _ => Ok(()),
        }
    }

    /// Refuses what was to be used only before now.
    pub(super) fn lasting(&self, until: Option<DateTime<Utc>>, what: &str) -> Result<(), Refusal> {
        match until {
            Some(until) if self.now >= until.checked_add_signed(self.skew).unwrap_or(until) => {
                Err(Refusal::new(Reason::Expired, format!("{what} ended at {until}; it is {}", self.now)))
            }
            _ => Ok(()),
        }
    }

    /// When `message` was issued; refuses what comes from the future, or from too long ago.
    pub(super) fn issued(&self, message: &Element) -> Result<DateTime<Utc>, Refusal> {
        let at = time(message, "IssueInstant")?.ok_or_else(|| {
            Refusal::new(Reason::Time, format!("{} has no IssueInstant", quoted(&message.name)))
        })?;
        self.begun(Some(at), &message.name)?;
        if self.now - at > self.max_age + self.skew {
            let detail = format!("{} was issued at {at}; it is {}", message.name, self.now);
            return Err(Refusal::new(Reason::TooOld, detail));
        }
        Ok(at)
    }
}

/// The time in `attribute`, if there is that attribute.
pub(super) fn time(element: &Element, attribute: &str) -> Result<Option<DateTime<Utc>>, Refusal> {
    let Some(written) = element.attribute(attribute) else { return Ok(None) };
    let read = DateTime::parse_from_rfc3339(written.trim()).map(|at| at.to_utc());
    read.map(Some).map_err(|error| {
        let detail = format!("{attribute} is {}, which is no time: {error}", quoted(written));
        Refusal::new(Reason::Time, detail)
    })
}
