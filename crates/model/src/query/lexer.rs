//! Splits a query into words, phrases, conditions and signs, each with its place. Knows no field: other lists
//! than the cards' have filters of the same habits.

use std::ops::Range;

pub use crate::query::ast::Order;
use crate::query::error::{Problem, QueryError};

/// A part of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its place, in characters.
    pub at: Range<usize>,
    /// What it is.
    pub kind: Kind,
}

/// What a part of the text is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// An opening parenthesis.
    Open,
    /// A closing parenthesis.
    Close,
    /// `AND`.
    And,
    /// `OR`.
    Or,
    /// `NOT`, or the sign for it.
    Not,
    /// A word or a phrase.
    Text(String),
    /// A field and what is wanted of it.
    Condition(Condition),
}

/// `name:=value,"another"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The field's name as it was typed.
    pub name: Value,
    /// What stands before the values.
    pub sign: Option<Sign>,
    /// Never empty, but a value may be missing: then its text is.
    pub values: Vec<Value>,
}

/// A name or value and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// Without its quotes.
    pub text: String,
    /// Its place, in characters.
    pub at: Range<usize>,
}

/// What may stand before a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// `=`: the whole.
    Whole,
    /// `<` and its kin.
    Order(Order),
}

/// Reads all tokens.
pub fn tokens(text: &str) -> Result<Vec<Token>, QueryError> {
    let chars: Vec<char> = text.chars().collect();
    let mut lexer = Lexer { chars: &chars, place: 0 };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.token()? {
        tokens.push(token);
    }
    Ok(tokens)
}

/// The text as a value or word: quoted unless every character is surely harmless.
pub fn quoted(text: &str) -> String {
    let harmless = |c: char| c.is_alphanumeric() || "._-/@#+&".contains(c);
    let bare = !text.starts_with('-') && !text.is_empty() && text.chars().all(harmless);
    if bare && keyword(text).is_none() {
        return text.to_owned();
    }
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Only in capitals, so that a sentence can be searched for as it is.
fn keyword(word: &str) -> Option<Kind> {
    match word {
        "AND" => Some(Kind::And),
        "OR" => Some(Kind::Or),
        "NOT" => Some(Kind::Not),
        _ => None,
    }
}

struct Lexer<'a> {
    chars: &'a [char],
    place: usize,
}

impl Lexer<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.place).copied()
    }

    fn take(&mut self, wanted: &str) -> bool {
        let found = self.chars.get(self.place..).is_some_and(|rest| {
            let mut rest = rest.iter();
            wanted.chars().all(|wanted| rest.next() == Some(&wanted))
        });
        if found {
            self.place += wanted.chars().count();
        }
        found
    }

    fn token(&mut self) -> Result<Option<Token>, QueryError> {
        while self.peek().is_some_and(char::is_whitespace) {
            self.place += 1;
        }
        let from = self.place;
        let Some(first) = self.peek() else { return Ok(None) };
        let kind = match first {
            '(' => self.sign(Kind::Open),
            ')' => self.sign(Kind::Close),
            '"' => Kind::Text(self.phrase()?),
            '-' if self.chars.get(from + 1).is_some_and(|next| !next.is_whitespace()) => self.sign(Kind::Not),
            _ => self.word()?,
        };
        Ok(Some(Token { at: from..self.place, kind }))
    }

    fn sign(&mut self, kind: Kind) -> Kind {
        self.place += 1;
        kind
    }

    /// A word, or a condition if letters and a colon begin it. An address (`https://…`) is a word.
    fn word(&mut self) -> Result<Kind, QueryError> {
        let from = self.place;
        let name = self.run(|c| c.is_alphabetic() || matches!(c, '_' | '-'));
        let address = self.chars.get(self.place..).is_some_and(|rest| rest.starts_with(&[':', '/', '/']));
        if !name.is_empty() && !address && self.take(":") {
            let name = Value { at: from..self.place - 1, text: name };
            return Ok(Kind::Condition(self.condition(name)?));
        }
        let rest = self.run(|_| true);
        let word = name + &rest;
        Ok(keyword(&word).unwrap_or(Kind::Text(word)))
    }

    /// Characters up to a blank, a quote, a parenthesis, or one that is not wanted.
    fn run(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '(' | ')') || !wanted(c);
        let run: String = self.chars.iter().skip(self.place).take_while(|c| !ends(**c)).collect();
        self.place += run.chars().count();
        run
    }

    fn condition(&mut self, name: Value) -> Result<Condition, QueryError> {
        let order = Order::ALL.into_iter().find(|order| self.take(order.sign()));
        let sign = order.map(Sign::Order).or_else(|| self.take("=").then_some(Sign::Whole));
        let mut values = vec![self.value()?];
        while self.take(",") {
            values.push(self.value()?);
        }
        Ok(Condition { name, sign, values })
    }

    fn value(&mut self) -> Result<Value, QueryError> {
        let from = self.place;
        let text = if self.peek() == Some('"') { self.phrase()? } else { self.run(|c| c != ',') };
        Ok(Value { text, at: from..self.place })
    }

    /// What stands between quotes; `\"` is a quote and `\\` a backslash.
    fn phrase(&mut self) -> Result<String, QueryError> {
        let from = self.place;
        self.place += 1;
        let mut phrase = String::new();
        while let Some(next) = self.peek() {
            self.place += 1;
            match (next, self.peek()) {
                ('"', _) if phrase.is_empty() => {
                    return Err(QueryError::new(from..self.place, Problem::EmptyQuotes));
                }
                ('"', _) => return Ok(phrase),
                ('\\', Some(escaped @ ('"' | '\\'))) => {
                    self.place += 1;
                    phrase.push(escaped);
                }
                _ => phrase.push(next),
            }
        }
        Err(QueryError::new(from..from + 1, Problem::OpenQuote))
    }
}
