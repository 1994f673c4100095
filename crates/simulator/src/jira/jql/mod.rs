//! Reads JQL, as far as anybody sends it here; what it does not know is refused in Jira's words.

mod time;
mod tokens;

use chrono::{DateTime, Utc};
use time::time;
use tokens::{Token, is_word, shown, tokens};

const DEEPEST: usize = 32;
const LONGEST: usize = 65_536;

/// A condition on issues.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Clause {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Test { field: Field, operator: Operator, values: Vec<String> },
    Time { field: Field, operator: Operator, at: DateTime<Utc> },
}

/// What can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Key,
    Project,
    Status,
    Labels,
    Sprint,
    Summary,
    Assignee,
    Type,
    Priority,
    Created,
    Updated,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Is,
    IsNot,
    Contains,
    ContainsNot,
    Before,
    UpTo,
    After,
    From,
}

/// A whole query.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Jql {
    /// What restricts it; Cloud refuses a query without.
    pub(super) clause: Option<Clause>,
    pub(super) order: Vec<(Field, bool)>,
}

/// What stands for "nothing" in a list of values.
pub(super) const EMPTY: &str = "\u{0}empty";
/// `currentUser()` and `openSprints()` as values.
pub(super) const CURRENT_USER: &str = "\u{0}user";
pub(super) const OPEN_SPRINTS: &str = "\u{0}open";

/// Reads a query; relative times count from `now`.
pub(super) fn read(text: &str, now: DateTime<Utc>) -> Result<Jql, String> {
    if text.len() > LONGEST {
        return Err("The JQL query is too long.".into());
    }
    let mut reader = Reader { tokens: tokens(text)?.into_iter().peekable(), now, depth: 0 };
    let clause = match reader.tokens.peek() {
        None => None,
        Some(token) if is_word(token, "ORDER") => None,
        Some(_) => Some(reader.any()?),
    };
    let order = reader.order()?;
    match reader.tokens.next() {
        None => Ok(Jql { clause, order }),
        Some(token) => Err(format!(
            "Error in the JQL Query: Expecting either 'OR' or 'AND' but got '{}'.",
            shown(&token)
        )),
    }
}

struct Reader {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
    now: DateTime<Utc>,
    depth: usize,
}

impl Reader {
    fn any(&mut self) -> Result<Clause, String> {
        let mut parts = vec![self.all()?];
        while self.tokens.next_if(|token| is_word(token, "OR")).is_some() {
            parts.push(self.all()?);
        }
        Ok(Clause::Any(parts))
    }

    fn all(&mut self) -> Result<Clause, String> {
        let mut parts = vec![self.one()?];
        while self.tokens.next_if(|token| is_word(token, "AND")).is_some() {
            parts.push(self.one()?);
        }
        Ok(Clause::All(parts))
    }

    fn one(&mut self) -> Result<Clause, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("The JQL query is nested too deeply.".into());
        }
        let negated =
            self.tokens.next_if(|token| is_word(token, "NOT") || *token == Token::Sign("!")).is_some();
        let clause = if negated {
            Clause::Not(Box::new(self.one()?))
        } else if self.tokens.next_if_eq(&Token::Sign("(")).is_some() {
            let inner = self.any()?;
            self.expect(")")?;
            inner
        } else {
            self.test()?
        };
        self.depth -= 1;
        Ok(clause)
    }

    fn expect(&mut self, sign: &'static str) -> Result<(), String> {
        match self.tokens.next() {
            Some(Token::Sign(found)) if found == sign => Ok(()),
            other => Err(format!(
                "Error in the JQL Query: Expecting '{sign}' but got '{}'.",
                other.as_ref().map_or("end of query", shown)
            )),
        }
    }

    fn test(&mut self) -> Result<Clause, String> {
        let name = match self.tokens.next() {
            Some(Token::Word(name) | Token::Text(name)) => name,
            other => {
                let got = other.as_ref().map_or("end of query", shown);
                return Err(format!("Error in the JQL Query: Expecting a field name but got '{got}'."));
            }
        };
        let field = Field::named(&name)?;
        let (operator, list) = self.operator()?;
        let values = if list { self.list()? } else { vec![self.value()?] };
        if matches!(field, Field::Created | Field::Updated) {
            let [value] = values.as_slice() else {
                return Err(format!("A list cannot be used with the field '{name}'."));
            };
            return Ok(Clause::Time { field, operator, at: time(value, &name, self.now)? });
        }
        if matches!(operator, Operator::Before | Operator::UpTo | Operator::After | Operator::From) {
            return Err(format!("The operator is not supported by the '{name}' field."));
        }
        Ok(Clause::Test { field, operator, values })
    }

    /// The operator, and whether a list follows.
    fn operator(&mut self) -> Result<(Operator, bool), String> {
        let token = self.tokens.next();
        let simple = |operator| Ok((operator, false));
        match token {
            Some(Token::Sign("=")) => simple(Operator::Is),
            Some(Token::Sign("!=")) => simple(Operator::IsNot),
            Some(Token::Sign("~")) => simple(Operator::Contains),
            Some(Token::Sign("!~")) => simple(Operator::ContainsNot),
            Some(Token::Sign("<")) => simple(Operator::Before),
            Some(Token::Sign("<=")) => simple(Operator::UpTo),
            Some(Token::Sign(">")) => simple(Operator::After),
            Some(Token::Sign(">=")) => simple(Operator::From),
            Some(word) if is_word(&word, "in") => Ok((Operator::Is, true)),
            Some(word) if is_word(&word, "not") => match self.tokens.next() {
                Some(word) if is_word(&word, "in") => Ok((Operator::IsNot, true)),
                _ => Err("Error in the JQL Query: Expecting 'in' after 'not'.".into()),
            },
            Some(word) if is_word(&word, "is") => {
                let negated = self.tokens.next_if(|token| is_word(token, "not")).is_some();
                simple(if negated { Operator::IsNot } else { Operator::Is })
            }
            other => Err(format!(
                "Error in the JQL Query: Expecting operator but got '{}'.",
                other.as_ref().map_or("end of query", shown)
            )),
        }
    }

    fn list(&mut self) -> Result<Vec<String>, String> {
        if self.tokens.peek() != Some(&Token::Sign("(")) {
            return Ok(vec![self.value()?]);
        }
        self.expect("(")?;
        let mut values = vec![self.value()?];
        while self.tokens.next_if_eq(&Token::Sign(",")).is_some() {
            values.push(self.value()?);
        }
        self.expect(")")?;
        Ok(values)
    }

    fn value(&mut self) -> Result<String, String> {
        match self.tokens.next() {
            Some(Token::Text(text)) => Ok(text),
            Some(Token::Word(word)) => {
                if self.tokens.next_if_eq(&Token::Sign("(")).is_some() {
                    self.expect(")")?;
                    return match word.to_ascii_lowercase().as_str() {
                        "currentuser" => Ok(CURRENT_USER.to_owned()),
                        "opensprints" => Ok(OPEN_SPRINTS.to_owned()),
                        _ => Err(format!("Unable to find JQL function '{word}()'.")),
                    };
                }
                let empty = word.eq_ignore_ascii_case("empty") || word.eq_ignore_ascii_case("null");
                Ok(if empty { EMPTY.to_owned() } else { word })
            }
            other => Err(format!(
                "Error in the JQL Query: Expecting either a value, list or function but got '{}'.",
                other.as_ref().map_or("end of query", shown)
            )),
        }
    }

    fn order(&mut self) -> Result<Vec<(Field, bool)>, String> {
        let mut order = Vec::new();
        if self.tokens.next_if(|token| is_word(token, "ORDER")).is_none() {
            return Ok(order);
        }
        if self.tokens.next_if(|token| is_word(token, "BY")).is_none() {
            return Err("Error in the JQL Query: Expecting 'BY' after 'ORDER'.".into());
        }
        loop {
            let Some(Token::Word(name) | Token::Text(name)) = self.tokens.next() else {
                return Err("Error in the JQL Query: Expecting a field name after 'ORDER BY'.".into());
            };
            let field = Field::named(&name)?;
            let down = self.tokens.next_if(|token| is_word(token, "DESC")).is_some();
            if !down {
                self.tokens.next_if(|token| is_word(token, "ASC"));
            }
            order.push((field, down));
            if self.tokens.next_if_eq(&Token::Sign(",")).is_none() {
                return Ok(order);
            }
        }
    }
}

impl Field {
    fn named(name: &str) -> Result<Self, String> {
        Ok(match name.to_ascii_lowercase().as_str() {
            "key" | "issuekey" | "issue" | "id" => Self::Key,
            "project" => Self::Project,
            "status" => Self::Status,
            "labels" => Self::Labels,
            "sprint" | "cf[10020]" => Self::Sprint,
            "summary" | "text" => Self::Summary,
            "assignee" => Self::Assignee,
            "issuetype" | "type" => Self::Type,
            "priority" => Self::Priority,
            "created" | "createddate" => Self::Created,
            "updated" | "updateddate" => Self::Updated,
            _ => {
                return Err(format!(
                    "Field '{name}' does not exist or you do not have permission to view it."
                ));
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(text: &str) -> Result<Jql, String> {
        read(text, DateTime::from_timestamp(1_795_000_000, 0).unwrap())
    }

    #[test]
    fn what_the_product_and_the_public_client_send_is_read() {
        for good in [
            "sprint=7 AND labels = \"field\"",
            "project = 10000 AND status != \"Closed\"",
            "key in (KNIECO-1, KNIECO-2)",
            "updated >= -90m and (labels = field or not status = Closed) ORDER BY created DESC, key",
            "project = KNIECO AND summary ~ \"04000001\"",
            "updated >= \"2026-11-20 10:11\"",
            "sprint in openSprints() AND assignee is not EMPTY",
            "assignee = currentUser()",
            "ORDER BY key",
            "",
        ] {
            assert!(ask(good).is_ok(), "{good}: {:?}", ask(good));
        }
        let read = ask("updated >= -90m").unwrap();
        let at = DateTime::from_timestamp(1_795_000_000 - 5_400, 0).unwrap();
        let time = Clause::Time { field: Field::Updated, operator: Operator::From, at };
        assert_eq!(read.clause, Some(Clause::Any(vec![Clause::All(vec![time])])));
    }

    #[test]
    fn nonsense_is_refused_in_words() {
        let deep = "(".repeat(10_000);
        for bad in [
            "x",
            "foo = 1",
            "key =",
            "updated >= yesterday",
            "status = \"Closed",
            "key in (A-1",
            "a b",
            deep.as_str(),
        ] {
            assert!(ask(bad).is_err(), "{bad:?}");
        }
    }
}
