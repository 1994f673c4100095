//! Schedules in plain words, as people say them: `24 0,12 * * *` is "daily at 00:24 and 12:24". Pure.

/// The words for a schedule of a common form; `None` for others.
pub(crate) fn in_words(cron: &str) -> Option<String> {
    let fields: Vec<&str> = cron.split_whitespace().collect();
    let [minute, hour, "*", "*", weekday] = fields.as_slice() else { return None };
    let days = match *weekday {
        "*" => None,
        "1-5" => Some("Monday to Friday".to_owned()),
        list => Some(and(list.split(',').map(day).collect::<Option<Vec<_>>>()?)),
    };
    let when = when(minute, hour, days.is_some())?;
    Some(match days {
        None => when,
        Some(days) => format!("{days} {when}"),
    })
}

fn when(minute: &str, hour: &str, on_some_days: bool) -> Option<String> {
    if hour == "*" {
        return match (minute, step(minute)) {
            ("*", _) => Some("every minute".to_owned()),
            (_, Some(step)) => Some(format!("every {step} minutes")),
            _ => Some(format!("hourly at :{:02}", number(minute, 59)?)),
        };
    }
    let minute = number(minute, 59)?;
    if let Some(step) = step(hour) {
        return Some(format!("every {step} hours at :{minute:02}"));
    }
    let times = hour.split(',').map(|hour| Some(format!("{:02}:{minute:02}", number(hour, 23)?)));
    let times = and(times.collect::<Option<Vec<_>>>()?);
    Some(if on_some_days { format!("at {times}") } else { format!("daily at {times}") })
}

/// The `15` of `*/15`; steps of one are said differently.
fn step(field: &str) -> Option<u32> {
    number(field.strip_prefix("*/")?, 59).filter(|step| *step > 1)
}

fn number(text: &str, most: u32) -> Option<u32> {
    text.parse().ok().filter(|number| *number <= most && text.bytes().all(|byte| byte.is_ascii_digit()))
}

fn day(text: &str) -> Option<String> {
    const DAYS: [&str; 8] =
        ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let by_name =
        || DAYS.iter().find(|day| day.get(..3).is_some_and(|short| short.eq_ignore_ascii_case(text)));
    let by_number = || number(text, 7).and_then(|number| DAYS.get(usize::try_from(number).ok()?));
    by_number().or_else(by_name).map(|day| (*day).to_owned())
}

/// `a`, `a and b`, `a, b and c`.
fn and(mut words: Vec<String>) -> String {
    match (words.pop(), words.is_empty()) {
        (Some(last), false) => format!("{} and {last}", words.join(", ")),
        (last, _) => last.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_schedules_are_said_as_people_say_them() {
        for (cron, words) in [
            ("* * * * *", "every minute"),
            ("*/15 * * * *", "every 15 minutes"),
            ("21 * * * *", "hourly at :21"),
            ("37 */2 * * *", "every 2 hours at :37"),
            ("40 4 * * *", "daily at 04:40"),
            ("24 0,12 * * *", "daily at 00:24 and 12:24"),
            ("0 6,12,18 * * *", "daily at 06:00, 12:00 and 18:00"),
            ("0 8 * * 1-5", "Monday to Friday at 08:00"),
            ("5 * * * sat,0", "Saturday and Sunday hourly at :05"),
        ] {
            assert_eq!(in_words(cron).as_deref(), Some(words), "{cron}");
        }
        for cron in
            ["0 0 1 * *", "0-5 * * * *", "0 8-10 * * *", "+1 * * * *", "0 8 * * 1-3", "*/1 * * * *", ""]
        {
            assert_eq!(in_words(cron), None, "{cron}");
        }
    }
}
