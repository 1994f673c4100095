//! When a task starts by itself.

use std::fmt;

use serde_json::Value;

use crate::setting::{Setting, text};

/// A cron text of five fields in UTC, or never.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Schedule {
    /// Only on demand.
    Off,
    /// At these times; the text has five fields that can be read. Whether it ever fires, only the scheduler's own
    /// reader says, which has the last word.
    Cron(Box<str>),
}

impl Schedule {
    /// The cron text, if there is one.
    pub fn cron(&self) -> Option<&str> {
        match self {
            Self::Off => None,
            Self::Cron(text) => Some(text),
        }
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.cron().unwrap_or("off"))
    }
}

impl Setting for Schedule {
    const EXPECTED: &'static str = "a cron text of five fields in UTC, such as \"*/15 * * * *\", or off";

    fn read(value: &Value) -> Result<Self, String> {
        let text = text(value)?;
        if text.trim().eq_ignore_ascii_case("off") {
            return Ok(Self::Off);
        }
        // A sixth field would mean seconds: a shift of one column then fires every second.
        if text.split_whitespace().count() != 5 {
            return Err("it does not have five fields".to_owned());
        }
        croner::parser::CronParser::new().parse(&text).map_err(|error| error.to_string())?;
        Ok(Self::Cron(text.into()))
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_five_fields_or_off_are_taken() {
        let read = |text: &str| Schedule::read(&Value::String(text.to_owned()));
        assert_eq!(read("OFF").unwrap(), Schedule::Off);
        assert_eq!(read("21 * * * *").unwrap().cron(), Some("21 * * * *"));
        for bad in ["* * * * * *", "@hourly", "61 * * * *", "", "a b c d e"] {
            assert!(read(bad).is_err(), "{bad:?}");
        }
    }
}
