//! Times as JQL writes them.

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};

/// A time as JQL writes it: absolute, or so long before or after `now`.
pub(super) fn time(text: &str, field: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>, String> {
    let wrong = || {
        format!(
            "Date value '{text}' for field '{field}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', \
             'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."
        )
    };
    let plain = text.replace('/', "-");
    if let Ok(at) = NaiveDateTime::parse_from_str(&plain, "%Y-%m-%d %H:%M") {
        return Ok(at.and_utc());
    }
    if let Ok(date) = NaiveDate::parse_from_str(&plain, "%Y-%m-%d") {
        return date.and_hms_opt(0, 0, 0).map(|at| at.and_utc()).ok_or_else(wrong);
    }
    let (back, period) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let mut minutes = 0_i64;
    for part in period.split_whitespace() {
        let unit = part.chars().last().ok_or_else(wrong)?;
        let count: i64 = part.trim_end_matches(unit).parse().map_err(|_| wrong())?;
        let factor = match unit {
            'm' => 1,
            'h' => 60,
            'd' => 1_440,
            'w' => 10_080,
            _ => return Err(wrong()),
        };
        minutes = minutes.saturating_add(count.saturating_mul(factor));
    }
    let span = TimeDelta::try_minutes(if back { -minutes } else { minutes }).ok_or_else(wrong)?;
    if period.is_empty() { Err(wrong()) } else { now.checked_add_signed(span).ok_or_else(wrong) }
}
