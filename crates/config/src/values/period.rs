//! A length of time with a unit.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

const UNITS: [(&str, u64); 4] = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];

/// Whole seconds, at least one, at most ten years; written `30s`, `15m`, `2h`, `30d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period(u64);

impl Period {
    /// As the standard library's type.
    pub fn duration(self) -> Duration {
        Duration::from_secs(self.0)
    }
}

impl FromStr for Period {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let text = text.trim();
        let (unit, seconds) = UNITS.iter().find(|(unit, _)| text.ends_with(unit)).ok_or(())?;
        let count: u64 = text.strip_suffix(unit).ok_or(())?.trim().parse().map_err(|_| ())?;
        let total = count.checked_mul(*seconds).filter(|total| (1..=86_400 * 3_653).contains(total));
        total.map(Self).ok_or(())
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = UNITS.iter().find(|(_, seconds)| self.0.is_multiple_of(*seconds));
        let (unit, seconds) = unit.unwrap_or(&("s", 1));
        write!(f, "{}{unit}", self.0 / seconds)
    }
}

/// A period, or none at all, which is written `0s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeriodOrNone(Option<Period>);

impl PeriodOrNone {
    /// As the standard library's type; `None`: none at all.
    pub fn duration(self) -> Option<Duration> {
        self.0.map(Period::duration)
    }
}

impl FromStr for PeriodOrNone {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if text.trim() == "0s" { Ok(Self(None)) } else { text.parse().map(|period| Self(Some(period))) }
    }
}

impl fmt::Display for PeriodOrNone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(period) => period.fmt(f),
            None => f.write_str("0s"),
        }
    }
}

crate::setting::by_text! { PeriodOrNone: "a length of time with a unit, such as 90d, or 0s for none"; }
crate::setting::by_text! { Period: "a length of time with a unit: 30s, 15m, 2h or 30d"; }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read_and_shown_in_the_largest_unit() {
        for (text, shown) in [("90s", "90s"), ("120s", "2m"), ("24h", "1d"), (" 15 m ", "15m")] {
            assert_eq!(text.parse::<Period>().unwrap().to_string(), shown);
        }
        for bad in ["", "5", "s", "0s", "-1s", "1.5h", "99999999999999999999d", "4000d"] {
            assert!(bad.parse::<Period>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn no_period_is_written_as_no_seconds() {
        let read = |text: &str| text.parse::<PeriodOrNone>().unwrap();
        assert_eq!((read("0s").duration(), read("0s").to_string().as_str()), (None, "0s"));
        assert_eq!(read("90d").duration(), Some(Duration::from_hours(90 * 24)));
        assert!("0".parse::<PeriodOrNone>().is_err() && "0d".parse::<PeriodOrNone>().is_err());
    }
}
