//! The portal's query language, as far as anybody uses it: fields, words, phrases, wildcards, ranges, groups.

use chrono::{DateTime, TimeDelta, Utc};

use crate::world::{CaseState, World, bug_number};

/// Groups in groups in groups; beyond that somebody is playing.
const DEEPEST: usize = 32;
const LONGEST: usize = 16_384;

/// A query that can be asked of a case.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Query {
    Everything,
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Is(String, Test),
}

/// What a field's value must be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Test {
    /// Equal but for case, `*` standing for anything.
    Like(String),
    /// Between two values; `None` = open.
    Between(Option<String>, Option<String>),
    /// Between two times; whether the ends belong to it.
    During {
        from: Option<DateTime<Utc>>,
        until: Option<DateTime<Utc>>,
        from_included: bool,
        until_included: bool,
    },
}

/// The fields that can be asked for, and returned.
pub(crate) const FIELDS: &[&str] = &[
    "case_number",
    "case_owner",
    "case_account_name",
    "case_accountNumber",
    "case_summary",
    "case_description",
    "case_version",
    "case_bugzillaNumber",
    "case_status",
    "case_severity",
    "case_createdDate",
    "case_lastModifiedDate",
    "case_closedDate",
    "case_product",
    "case_tags",
    "case_sbrGroups",
];

/// The group that all cases of this world belong to.
pub(crate) const GROUP: &str = "Telco5G";

struct Reader<'a> {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token<'a>>>,
    now: DateTime<Utc>,
    depth: usize,
}

#[derive(Debug, Clone, PartialEq)]
enum Token<'a> {
    Open,
    Close,
    Not,
    Word(&'a str),
    Phrase(String),
    Range(&'a str),
}

/// Reads a query; `now` is what `NOW` means.
pub(crate) fn read(text: &str, now: DateTime<Utc>) -> Result<Query, String> {
    if text.len() > LONGEST {
        return Err("query too long".into());
    }
    let mut reader = Reader { tokens: tokens(text)?.into_iter().peekable(), now, depth: 0 };
    let query = reader.any(None)?;
    match reader.tokens.next() {
        None => Ok(query),
        Some(token) => Err(format!("unexpected {token:?}")),
    }
}

fn tokens(text: &str) -> Result<Vec<Token<'_>>, String> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '(' => {
                found.push(Token::Open);
                1
            }
            ')' => {
                found.push(Token::Close);
                1
            }
            '-' | '!' => {
                found.push(Token::Not);
                1
            }
            '+' => 1,
            '"' => {
                let inner = rest.get(1..).unwrap_or_default();
                let end = closing_quote(inner).ok_or("a phrase without its closing quote")?;
                found.push(Token::Phrase(inner.get(..end).unwrap_or_default().replace("\\\"", "\"")));
                end + 2
            }
            '[' | '{' => {
                let end = rest.find([']', '}']).ok_or("a range without its closing bracket")?;
                found.push(Token::Range(rest.get(..=end).unwrap_or_default()));
                end + 1
            }
            _ => {
                let end =
                    rest.find(|c: char| c.is_whitespace() || "()\"[{:".contains(c)).unwrap_or(rest.len());
                // A colon belongs to the field's name before it.
                let end =
                    if rest.get(end..).is_some_and(|tail| tail.starts_with(':')) { end + 1 } else { end };
                found.push(Token::Word(rest.get(..end).unwrap_or_default()));
                end
            }
        };
        rest = rest.get(length.max(1)..).unwrap_or_default().trim_start();
    }
    Ok(found)
}

fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            '"' if !escaped => return Some(at),
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    None
}

impl Reader<'_> {
    fn any(&mut self, field: Option<&str>) -> Result<Query, String> {
        let mut parts = vec![self.all(field)?];
        while self.tokens.next_if(|token| matches!(token, Token::Word("OR" | "||"))).is_some() {
            parts.push(self.all(field)?);
        }
        Ok(one_or(parts, Query::Any))
    }

    fn all(&mut self, field: Option<&str>) -> Result<Query, String> {
        let mut parts = vec![self.one(field)?];
        loop {
            match self.tokens.peek() {
                Some(Token::Word("AND" | "&&")) => {
                    self.tokens.next();
                }
                None | Some(Token::Close | Token::Word("OR" | "||")) => return Ok(one_or(parts, Query::All)),
                Some(_) => {}
            }
            parts.push(self.one(field)?);
        }
    }

    fn one(&mut self, field: Option<&str>) -> Result<Query, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("nested too deeply".into());
        }
        let query = match self.tokens.next() {
            Some(Token::Not | Token::Word("NOT")) => Ok(Query::Not(Box::new(self.one(field)?))),
            Some(Token::Open) => {
                let inner = self.any(field)?;
                match self.tokens.next() {
                    Some(Token::Close) => Ok(inner),
                    _ => Err("a group without its closing parenthesis".into()),
                }
            }
            Some(Token::Word("*:")) => match self.tokens.next() {
                Some(Token::Word("*")) => Ok(Query::Everything),
                _ => Err("expected *:*".into()),
            },
            Some(Token::Word(word)) if word.ends_with(':') => {
                let name = word.trim_end_matches(':');
                if !FIELDS.contains(&name) {
                    return Err(format!("undefined field {name}"));
                }
                self.one(Some(name))
            }
            Some(Token::Word(word)) => test(field, Test::Like(word.replace('\\', ""))),
            Some(Token::Phrase(text)) => test(field, Test::Like(text)),
            Some(Token::Range(range)) => match field {
                Some(name) => Ok(Query::Is(name.to_owned(), self.range(name, range)?)),
                None => Err("a range without a field".into()),
            },
            Some(Token::Close) => Err("unexpected )".into()),
            None => Err("unexpected end".into()),
        };
        self.depth -= 1;
        query
    }

    fn range(&self, field: &str, text: &str) -> Result<Test, String> {
        let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
        let (low, high) = inner.split_once(" TO ").ok_or_else(|| format!("{text} is no range"))?;
        let open = |end: &str| (end.trim() != "*").then(|| end.trim().trim_matches('"').to_owned());
        let (low, high) = (open(low), open(high));
        if !field.ends_with("Date") {
            return Ok(Test::Between(low, high));
        }
        let time = |end: Option<String>| end.map(|end| self.time(&end)).transpose();
        Ok(Test::During {
            from: time(low)?,
            until: time(high)?,
            from_included: text.starts_with('['),
            until_included: text.ends_with(']'),
        })
    }

    fn time(&self, text: &str) -> Result<DateTime<Utc>, String> {
        let wrong = || format!("Invalid Date String:'{text}'");
        let Some(back) = text.strip_prefix("NOW") else {
            return DateTime::parse_from_rfc3339(text)
                .map(|time| time.with_timezone(&Utc))
                .map_err(|_| wrong());
        };
        if back.is_empty() {
            return Ok(self.now);
        }
        let digits = back.strip_prefix('-').ok_or_else(wrong)?;
        let end = digits.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let (count, unit) = digits.split_at(end);
        let count: i64 = count.parse().map_err(|_| wrong())?;
        let span = match unit.trim_end_matches('S') {
            "DAY" => TimeDelta::try_days(count),
            "HOUR" => TimeDelta::try_hours(count),
            "MINUTE" => TimeDelta::try_minutes(count),
            "MONTH" => TimeDelta::try_days(count.saturating_mul(30)),
            _ => None,
        };
        span.and_then(|span| self.now.checked_sub_signed(span)).ok_or_else(wrong)
    }
}

fn one_or(mut parts: Vec<Query>, many: fn(Vec<Query>) -> Query) -> Query {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            many(parts)
        }
        None => Query::Everything,
    }
}

fn test(field: Option<&str>, test: Test) -> Result<Query, String> {
    match field {
        Some(name) => Ok(Query::Is(name.to_owned(), test)),
        // A bare word is looked for in the summary, as a person at the search box means it.
        None => match test {
            Test::Like(word) => Ok(Query::Is("case_summary".into(), Test::Like(format!("*{word}*")))),
            other => Err(format!("{other:?} without a field")),
        },
    }
}

impl Query {
    /// Whether the case is one that was asked for.
    pub(crate) fn matches(&self, world: &World, case: &CaseState) -> bool {
        match self {
            Self::Everything => true,
            Self::All(parts) => parts.iter().all(|part| part.matches(world, case)),
            Self::Any(parts) => parts.iter().any(|part| part.matches(world, case)),
            Self::Not(part) => !part.matches(world, case),
            Self::Is(field, Test::During { from, until, from_included, until_included }) => {
                time_of(field, world, case).is_some_and(|at| {
                    from.is_none_or(|from| if *from_included { from <= at } else { from < at })
                        && until.is_none_or(|until| if *until_included { at <= until } else { at < until })
                })
            }
            Self::Is(field, Test::Between(low, high)) => values(field, world, case).iter().any(|value| {
                low.as_ref().is_none_or(|low| low <= value) && high.as_ref().is_none_or(|high| value <= high)
            }),
            Self::Is(field, Test::Like(pattern)) => {
                values(field, world, case).iter().any(|value| like(pattern, value))
            }
        }
    }
}

fn time_of(field: &str, world: &World, case: &CaseState) -> Option<DateTime<Utc>> {
    let tick = match field {
        "case_createdDate" => Some(case.life.born),
        "case_lastModifiedDate" => Some(case.changed),
        "case_closedDate" => case.closed(),
        _ => None,
    };
    tick.map(|tick| world.shown(tick))
}

fn values(field: &str, world: &World, case: &CaseState) -> Vec<String> {
    match field {
        "case_number" => vec![case.number.clone()],
        "case_owner" => vec![case.owner(world)],
        "case_account_name" => vec![case.account(world)],
        "case_accountNumber" => vec![case.account_number()],
        "case_summary" => vec![case.problem(world)],
        "case_description" => vec![case.description(world)],
        "case_version" => vec![case.life.version.to_owned()],
        "case_bugzillaNumber" => case.bugs().map(|(member, _)| bug_number(member).to_string()).collect(),
        "case_status" => vec![case.status.as_str().to_owned()],
        "case_severity" => vec![case.severity.numbered()],
        "case_product" => vec![case.life.product.to_owned()],
        "case_tags" => case.life.tags.iter().map(|tag| (*tag).to_owned()).collect(),
        "case_sbrGroups" => vec![GROUP.to_owned()],
        date => time_of(date, world, case)
            .map(|at| at.format("%Y-%m-%dT%H:%M:%SZ").to_string())
            .into_iter()
            .collect(),
    }
}

/// Equality but for case, with `*` for any run of characters.
fn like(pattern: &str, value: &str) -> bool {
    let (pattern, value) = (pattern.to_lowercase(), value.to_lowercase());
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == value };
    let Some(mut left) = value.strip_prefix(head) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let tail = parts.pop().unwrap_or_default();
    for part in parts {
        match left.find(part) {
            Some(at) => left = left.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    left.ends_with(tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc)
    }

    fn ask(text: &str) -> Result<Query, String> {
        read(text, at("2026-11-23T12:00:00Z"))
    }

    #[test]
    fn groups_words_and_ranges_are_read() {
        let query = ask(
            "(case_sbrGroups:\"Telco5G\" OR case_tags:*telco*) AND case_createdDate:[2026-01-01T00:00:00Z TO *]",
        );
        let Query::All(parts) = query.unwrap() else { panic!("not a conjunction") };
        assert_eq!(parts.len(), 2);
        assert!(matches!(&parts[0], Query::Any(either) if either.len() == 2));
        let from = Some(at("2026-01-01T00:00:00Z"));
        let during = Test::During { from, until: None, from_included: true, until_included: true };
        assert_eq!(parts[1], Query::Is("case_createdDate".into(), during));
        assert_eq!(ask("*:*").unwrap(), Query::Everything);
        assert!(matches!(ask("case_status:(Closed OR \"Waiting on Customer\")").unwrap(), Query::Any(_)));
        assert!(matches!(ask("-case_status:Closed").unwrap(), Query::Not(_)));
    }

    #[test]
    fn nonsense_is_refused_with_words() {
        let deep = "(".repeat(1000);
        for bad in [
            "",
            "(",
            "case_x:1",
            "case_createdDate:[a TO b]",
            "case_status:\"x",
            "a)",
            "[1 TO 2]",
            deep.as_str(),
        ] {
            assert!(ask(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, value) in
            [("*telco*", "shift_Telco5g"), ("a*c", "abc"), ("a*", "a"), ("*", ""), ("ABC", "abc")]
        {
            assert!(like(pattern, value), "{pattern} {value}");
        }
        for (pattern, value) in [("a*c", "abcd"), ("b", "abc"), ("*x*", "abc")] {
            assert!(!like(pattern, value), "{pattern} {value}");
        }
    }
}
