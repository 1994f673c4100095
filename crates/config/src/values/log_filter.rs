//! From which level on lines are logged.

use std::fmt;
use std::str::FromStr;

/// The levels, quietest first.
const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// A level, or several filters with a comma between them, each a level or `room=level`. A bare word that is no
/// level is refused: the log would take it for a room's name and fall silent about everything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFilter(String);

impl LogFilter {
    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LogFilter {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let is_level = |word: &str| LEVELS.iter().any(|level| level.eq_ignore_ascii_case(word));
        let is_room = |name: &str| {
            !name.is_empty()
                && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '-'))
        };
        let is_filter = |part: &str| match part.split_once('=') {
            None => is_level(part),
            Some((room, level)) => is_room(room) && is_level(level),
        };
        text.split(',').all(|part| is_filter(part.trim())).then(|| Self(text.to_owned())).ok_or(())
    }
}

impl fmt::Display for LogFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

crate::setting::by_text! { LogFilter: "error, warn, info, debug, trace or off, or filters such as info,t5g_clients=debug"; }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_levels_and_rooms_with_a_level_are_taken() {
        for good in ["info", "WARN", "off", "info,t5g_clients=debug", "warn, t5g_sync::refresh=trace"] {
            assert_eq!(good.parse::<LogFilter>().unwrap().as_str(), good);
        }
        for bad in ["", "loud", "info,", "t5g=nope", "=info", "a=b=info", "info debug", "t5g_sync"] {
            assert!(bad.parse::<LogFilter>().is_err(), "{bad}");
        }
    }
}
