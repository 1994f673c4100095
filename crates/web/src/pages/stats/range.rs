//! Which days the time series show, as the address says: the last so many, or from one day to another.

use axum::http::Uri;
use chrono::{Days, NaiveDate};
use url::form_urlencoded;

use crate::error::AppError;

/// The days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Range {
    /// So many until today.
    Last(Preset),
    /// Both included; an open end goes as far as the history does.
    Between(Option<NaiveDate>, Option<NaiveDate>),
}

/// Spans that have a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Preset {
    Month,
    Quarter,
    Year,
    All,
}

impl Preset {
    pub(super) const ALL: [Self; 4] = [Self::Month, Self::Quarter, Self::Year, Self::All];

    /// In addresses, and for people.
    pub(super) const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Month => ("30d", "30 days"),
            Self::Quarter => ("90d", "90 days"),
            Self::Year => ("365d", "1 year"),
            Self::All => ("all", "All"),
        }
    }

    const fn days(self) -> Option<u64> {
        match self {
            Self::Month => Some(30),
            Self::Quarter => Some(90),
            Self::Year => Some(365),
            Self::All => None,
        }
    }
}

impl Default for Range {
    fn default() -> Self {
        Self::Last(Preset::Quarter)
    }
}

impl Range {
    /// Reads an address; fields left empty say nothing, as a form sends them.
    pub(super) fn read(uri: &Uri) -> Result<Self, AppError> {
        let (mut from, mut to, mut preset) = (None, None, None);
        let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        for (name, value) in pairs.filter(|(_, value)| !value.is_empty()).take(20) {
            match &*name {
                "from" => from = Some(date("from", &value)?),
                "to" => to = Some(date("to", &value)?),
                "range" => {
                    let known = Preset::ALL.into_iter().find(|preset| preset.names().0 == value);
                    preset = Some(known.ok_or_else(|| unknown("range", &value, &presets()))?);
                }
                _ => {}
            }
        }
        match (from, to) {
            (None, None) => Ok(preset.map_or_else(Self::default, Self::Last)),
            (Some(from), Some(to)) if from > to => Err(AppError::BadRequest(format!(
                "The days from {from} to {to} are none: the first lies after the last."
            ))),
            days => Ok(Self::Between(days.0, days.1)),
        }
    }

    /// The first and the last day, where there is one.
    pub(super) fn days(self, today: NaiveDate) -> (Option<NaiveDate>, Option<NaiveDate>) {
        match self {
            Self::Last(preset) => {
                (preset.days().and_then(|days| today.checked_sub_days(Days::new(days - 1))), None)
            }
            Self::Between(from, to) => (from, to),
        }
    }
}

fn presets() -> String {
    Preset::ALL.map(|preset| preset.names().0).join(", ")
}

fn date(name: &str, value: &str) -> Result<NaiveDate, AppError> {
    value.parse().map_err(|_| unknown(name, value, "a day such as 2026-11-23"))
}

fn unknown(name: &str, value: &str, expected: &str) -> AppError {
    let shown: String = value.chars().take(80).collect();
    AppError::BadRequest(format!(
        "The address says {name}={shown}, which cannot be read; expected: {expected}."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<Range, AppError> {
        Range::read(&format!("/stats?{query}").parse().unwrap())
    }

    #[test]
    fn days_are_read() {
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        assert_eq!(read("").unwrap(), Range::default());
        assert_eq!(read("range=all&from=&to=").unwrap(), Range::Last(Preset::All));
        assert_eq!(read("from=2026-01-02&range=30d").unwrap(), Range::Between(day("2026-01-02"), None));
        let today = day("2026-11-23").unwrap();
        assert_eq!(Range::Last(Preset::Month).days(today), (day("2026-10-25"), None));
        for bad in ["range=x", "from=x", "to=2026-02-30", "from=2026-01-02&to=2026-01-01"] {
            assert!(matches!(read(bad), Err(AppError::BadRequest(_))), "{bad}");
        }
    }
}
