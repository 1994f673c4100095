//! Reads what stands after a field's colon, each field in its own way.

use crate::names::Severity;
use crate::query::ast::{Days, Term, Test, When};
use crate::query::error::{Problem, QueryError, cut, similar};
use crate::query::fields::{Field, OtherField, Part, Property, Word, severities, severity_word};
use crate::query::lexer::{Condition, Sign, Value};
use crate::time;

/// The condition as a term.
pub(super) fn term(condition: Condition) -> Result<Term, QueryError> {
    let Condition { name, sign, values } = condition;
    let field = Field::by_word(&name.text).ok_or_else(|| {
        let known =
            Field::all().flat_map(|field| [field.name()].into_iter().chain(field.aliases().iter().copied()));
        let suggestion = similar(&name.text, known.map(str::to_owned));
        let problem = Problem::UnknownField { name: cut(&name.text), suggestion };
        QueryError::new(name.at.clone(), problem)
    })?;
    if let Some(missing) = values.iter().find(|value| value.text.is_empty()) {
        let example = field.known_values().into_iter().find(|value| !value.contains(' '));
        let example = example.unwrap_or_else(|| "\"two words\"".to_owned());
        let problem = Problem::MissingValue { field: field.name(), example };
        return Err(QueryError::new(missing.at.clone(), problem));
    }
    let test = Parts { field, sign, values };
    match field {
        Field::Name(field) => {
            let (whole, values) = test.texts()?;
            Ok(Term::Name { field, whole, values })
        }
        Field::Day(field) => {
            Ok(Term::Day(field, test.test(day, "a date, today, yesterday, or days such as 7d, 2w")?))
        }
        Field::Other(OtherField::Text) => Ok(Term::Text(test.texts()?.1)),
        Field::Other(OtherField::Age) => Ok(Term::Age(test.test(days, "days such as 14, 14d, 2w")?)),
        Field::Other(OtherField::Severity) => Ok(Term::Severity(test.test(severity, &known(field))?)),
        Field::Other(OtherField::Is) => Ok(Term::Is(test.words(Property::by_word)?)),
        Field::Other(OtherField::Has) => Ok(Term::Has(test.words(Part::by_word)?)),
    }
}

struct Parts {
    field: Field,
    sign: Option<Sign>,
    /// None of them empty, and at least one.
    values: Vec<Value>,
}

impl Parts {
    fn no_order(&self) -> QueryError {
        let from = self.values.first().map_or(0, |value| value.at.start);
        let to = self.values.last().map_or(from, |value| value.at.end);
        QueryError::new(from..to, Problem::NoOrder { field: self.field.name() })
    }

    /// Whether the whole text is meant, and the texts.
    fn texts(self) -> Result<(bool, Vec<String>), QueryError> {
        if matches!(self.sign, Some(Sign::Order(_))) {
            return Err(self.no_order());
        }
        Ok((self.sign.is_some(), self.values.into_iter().map(|value| value.text).collect()))
    }

    fn words<T>(self, read: fn(&str) -> Option<T>) -> Result<Vec<T>, QueryError> {
        let expected = known(self.field);
        match self.test(read, &expected)? {
            Test::OneOf(values) => Ok(values),
            Test::Compare(..) => Err(self.no_order()),
        }
    }

    fn test<T>(&self, read: fn(&str) -> Option<T>, expected: &str) -> Result<Test<T>, QueryError> {
        let one = |value: &Value| {
            read(&value.text).ok_or_else(|| QueryError::new(value.at.clone(), self.unknown(value, expected)))
        };
        let mut values: Vec<T> = self.values.iter().map(one).collect::<Result<_, _>>()?;
        let Some(Sign::Order(order)) = self.sign else { return Ok(Test::OneOf(values)) };
        match (values.pop(), values.is_empty()) {
            (Some(value), true) => Ok(Test::Compare(order, value)),
            _ => Err(self.no_order()),
        }
    }

    fn unknown(&self, value: &Value, expected: &str) -> Problem {
        Problem::UnknownValue {
            field: self.field.name(),
            value: cut(&value.text),
            suggestion: similar(&value.text, self.field.known_values().into_iter()),
            expected: expected.to_owned(),
        }
    }
}

fn known(field: Field) -> String {
    field.known_values().join(", ")
}

/// A word such as `urgent`, or its number from 1.
fn severity(text: &str) -> Option<Severity> {
    let text = text.to_lowercase();
    severities().find(|severity| severity_word(severity) == text || severity.rank().to_string() == text)
}

/// Up to five digits, and `d` or `w`.
fn days(text: &str) -> Option<Days> {
    let text = text.to_ascii_lowercase();
    let (digits, factor) = match (text.strip_suffix('d'), text.strip_suffix('w')) {
        (Some(days), _) => (days, 1),
        (_, Some(weeks)) => (weeks, 7),
        _ => (text.as_str(), 1),
    };
    let plain = (1..=5).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let count = digits.parse::<u32>().ok().filter(|_| plain)? * factor;
    (count <= 99_999).then_some(Days(count))
}

fn day(text: &str) -> Option<When> {
    match text.to_ascii_lowercase().as_str() {
        "today" => Some(When::Ago(Days(0))),
        "yesterday" => Some(When::Ago(Days(1))),
        date if date.len() == 10 && date.contains('-') => time::read_date(date).ok().map(When::On),
        other => days(other).map(When::Ago),
    }
}
