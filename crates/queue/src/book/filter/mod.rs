//! Which runs are wanted, in the habits of the table's filter: `task:card_sync state:failed,cancelled asked:<2d
//! -origin:schedule "time out"`. Words of the language are the cards' own; there are no parentheses and no OR.
//! What a filter means in SQL is next door.

use chrono::{DateTime, NaiveDate, Utc};
use t5g_model::query::lexer::{self, Condition, Kind, Order, Sign, Value};
use t5g_model::query::{LENGTH, Problem, QueryError, cut, similar};
use t5g_store::ledger::Arg;

use crate::run::{Origin, RunState};

mod sql;

/// A filter that cannot be read; says what is wrong and where.
pub type BadFilter = QueryError;

/// The most conditions and values in one filter.
const CONDITIONS: usize = 64;

/// The fields: name, what they take, an example.
pub(crate) const FIELDS: &[(&str, &str, &str)] = &[
    ("task", "part of the task's name", "card_sync"),
    ("state", "scheduled, pending, running, retrying, done, failed, cancelled; open or over", "failed"),
    ("queue", "part of the queue's name", "read"),
    ("worker", "part of the worker's name", "web-1"),
    ("origin", "schedule, person, program", "person"),
    ("by", "part of the name of who asked", "ann"),
    ("id", "how the run's id begins", "019ab5c0"),
    ("asked", "when it was asked for: 30m, 12h, 2d, 1w ago (<2d is younger), or a date", "<2d"),
    ("ended", "when it came to its end, said in the same way", "<12h"),
];

/// Filters worth knowing, and what they find.
pub(crate) const EXAMPLES: &[(&str, &str)] = &[
    ("state:failed,cancelled asked:<2d", "what went wrong in the last two days"),
    ("task:card_sync -origin:schedule", "cards that somebody or something asked for"),
    ("state:open", "what works or waits now"),
    ("ended:>=2026-11-20 ended:<2026-11-21", "what ended on that day, UTC"),
    ("\"time out\" state:retrying", "runs that wait for another try and say so somewhere"),
    ("task:=refresh by:ann", "runs of exactly that task that Ann asked for"),
];

/// Which runs are wanted; the default takes all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunFilter(Vec<Wanted>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Wanted {
    negated: bool,
    test: Test,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    /// The column holds one of these, lower case.
    Part(&'static str, Vec<String>),
    /// The column is one of these, lower case.
    Whole(&'static str, Vec<String>),
    /// The task of that name.
    Task(String),
    /// The id begins with one of these.
    Id(Vec<String>),
    State(Vec<RunState>),
    Origin(Vec<Origin>),
    /// The moment in that column.
    Moment(&'static str, Order, When),
    /// Somewhere in what people see of the run.
    Text(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    /// So many seconds ago: the more, the earlier.
    Ago(i64),
    On(NaiveDate),
}

impl RunFilter {
    /// Reads a filter; blank text takes all runs.
    pub fn parse(text: &str) -> Result<Self, BadFilter> {
        let length = text.chars().count();
        if length > LENGTH {
            return Err(QueryError { at: LENGTH..length, problem: Problem::TooLong });
        }
        let (mut wanted, mut negated, mut count) = (Vec::new(), false, 0);
        for token in lexer::tokens(text)? {
            let test = match token.kind {
                Kind::Not => {
                    negated = !negated;
                    continue;
                }
                Kind::And => continue,
                Kind::Open | Kind::Close | Kind::Or => {
                    return Err(QueryError { at: token.at, problem: Problem::NoGroups });
                }
                Kind::Text(text) => Test::Text(text.to_lowercase()),
                Kind::Condition(condition) => {
                    count += condition.values.len();
                    read(condition)?
                }
            };
            count += 1;
            if count > CONDITIONS {
                return Err(QueryError { at: token.at, problem: Problem::TooMany });
            }
            wanted.push(Wanted { negated: std::mem::take(&mut negated), test });
        }
        if negated {
            return Err(QueryError { at: length..length, problem: Problem::MissingCondition });
        }
        Ok(Self(wanted))
    }

    /// Runs of that task.
    pub fn task(name: &str) -> Self {
        Self(vec![Wanted { negated: false, test: Test::Task(name.to_owned()) }])
    }

    /// Runs in one of these states.
    pub fn states(states: &[RunState]) -> Self {
        Self(vec![Wanted { negated: false, test: Test::State(states.to_vec()) }])
    }

    /// Filters worth knowing, and what they find.
    pub fn examples() -> &'static [(&'static str, &'static str)] {
        EXAMPLES
    }

    /// The fields that there are: name, what each takes, an example.
    pub fn fields() -> &'static [(&'static str, &'static str, &'static str)] {
        FIELDS
    }

    pub(super) fn without_states(&self) -> Self {
        Self(self.0.iter().filter(|wanted| !matches!(wanted.test, Test::State(_))).cloned().collect())
    }

    /// The filter as a condition on `runs`, with its parameters from `$1` on.
    pub(super) fn sql(&self, now: DateTime<Utc>) -> (String, Vec<Arg>) {
        let mut args = Vec::new();
        let conditions = self.0.iter().map(|wanted| {
            let condition = wanted.test.sql(now, &mut args);
            // A column that is empty neither holds a text nor its opposite, unless that is said.
            if wanted.negated { format!("NOT COALESCE({condition}, FALSE)") } else { condition }
        });
        let conditions: Vec<String> = std::iter::once("1 = 1".to_owned()).chain(conditions).collect();
        (conditions.join(" AND "), args)
    }
}

fn read(condition: Condition) -> Result<Test, QueryError> {
    let Condition { name, sign, values } = condition;
    let known = FIELDS.iter().find(|(field, ..)| name.text.eq_ignore_ascii_case(field));
    let Some(&(field, expected, example)) = known else {
        let suggestion = similar(&name.text, FIELDS.iter().map(|(field, ..)| (*field).to_owned()));
        return Err(QueryError {
            at: name.at,
            problem: Problem::UnknownField { name: cut(&name.text), suggestion },
        });
    };
    if let Some(missing) = values.iter().find(|value| value.text.is_empty()) {
        let problem = Problem::MissingValue { field, example: example.to_owned() };
        return Err(QueryError { at: missing.at.clone(), problem });
    }
    let unknown = |value: &Value| QueryError {
        at: value.at.clone(),
        problem: Problem::UnknownValue {
            field,
            value: cut(&value.text),
            suggestion: None,
            expected: expected.to_owned(),
        },
    };
    if let Some(column) = moment_column(field) {
        let read = moment(column, sign, &values);
        return read.ok_or_else(|| values.first().map_or_else(|| unknown(&name), unknown));
    }
    if let Some(Sign::Order(_)) = sign {
        return Err(QueryError { at: name.at, problem: Problem::NoOrder { field } });
    }
    let texts = || values.iter().map(|value| value.text.to_lowercase()).collect::<Vec<_>>();
    match field {
        "state" => {
            let states = values.iter().map(|value| states(&value.text).ok_or_else(|| unknown(value)));
            Ok(Test::State(states.collect::<Result<Vec<_>, _>>()?.concat()))
        }
        "origin" => {
            let origin =
                |value: &Value| Origin::by_word(&value.text.to_lowercase()).ok_or_else(|| unknown(value));
            Ok(Test::Origin(values.iter().map(origin).collect::<Result<_, _>>()?))
        }
        "id" => Ok(Test::Id(texts())),
        _ => {
            let column = if field == "by" { "asked_by" } else { field };
            let whole = sign == Some(Sign::Whole);
            Ok(if whole { Test::Whole(column, texts()) } else { Test::Part(column, texts()) })
        }
    }
}

/// The column of a field that takes moments.
fn moment_column(field: &str) -> Option<&'static str> {
    match field {
        "asked" => Some("requested"),
        "ended" => Some("finished"),
        _ => None,
    }
}

fn states(word: &str) -> Option<Vec<RunState>> {
    let all = |over: bool| RunState::ALL.iter().copied().filter(|state| state.is_final() == over).collect();
    match word.to_lowercase().as_str() {
        "open" => Some(all(false)),
        "over" => Some(all(true)),
        word => RunState::by_word(word).map(|state| vec![state]),
    }
}

fn moment(column: &'static str, sign: Option<Sign>, values: &[Value]) -> Option<Test> {
    let [value] = values else { return None };
    let order = match sign {
        Some(Sign::Order(order)) => order,
        // "Asked: two days" means within them; "asked: a date" means on that day or later.
        _ if value.text.contains('-') => Order::AtLeast,
        _ => Order::AtMost,
    };
    Some(Test::Moment(column, order, when(&value.text.to_ascii_lowercase())?))
}

fn when(text: &str) -> Option<When> {
    match text {
        "today" => return Some(When::Ago(0)),
        "yesterday" => return Some(When::Ago(86_400)),
        date if date.contains('-') => return date.parse().ok().map(When::On),
        _ => {}
    }
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = match unit {
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        "w" => 604_800,
        _ => return None,
    };
    let plain = (1..=5).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let count = digits.parse::<i64>().ok().filter(|_| plain)?;
    Some(When::Ago(count * seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_pointed_at() {
        for (text, at) in [
            ("stat:done", 0..4),
            ("state:don", 6..9),
            ("state:", 6..6),
            ("asked:soon", 6..10),
            ("asked:1d,2d", 6..8),
            ("task:>a", 0..4),
            ("a OR b", 2..4),
            ("(a)", 0..1),
            ("\"a", 0..1),
            ("asked:99999999999999999999d", 6..27),
        ] {
            assert_eq!(RunFilter::parse(text).unwrap_err().at, at, "{text}");
        }
        assert!(RunFilter::parse(&"a ".repeat(65)).is_err());
        assert!(RunFilter::parse(&"a".repeat(2_001)).is_err());
    }

    #[test]
    fn every_example_can_be_read() {
        for (text, _) in EXAMPLES {
            assert!(RunFilter::parse(text).is_ok(), "{text}");
        }
        for (field, _, example) in FIELDS {
            assert!(RunFilter::parse(&format!("{field}:{example}")).is_ok(), "{field}:{example}");
        }
    }
}
