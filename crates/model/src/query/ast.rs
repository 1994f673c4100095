//! A query that was read: conditions, joined. Printing one gives the canonical text, which reads as the same.

use std::fmt;

use chrono::NaiveDate;

use crate::names::Severity;
use crate::query::fields::{DayField, NameField, OtherField, Part, Property, Word, severity_word};
use crate::query::lexer;

/// A checked query; the default one takes every card.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    pub(super) root: Option<Node>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    /// Two or more, none of them `All`.
    All(Vec<Node>),
    /// Two or more, none of them `Any`.
    Any(Vec<Node>),
    /// Of anything but `Not`.
    Not(Box<Node>),
    Term(Term),
}

/// One condition; of several values, one must do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Term {
    Text(Vec<String>),
    Name { field: NameField, whole: bool, values: Vec<String> },
    Severity(Test<Severity>),
    Age(Test<Days>),
    Day(DayField, Test<When>),
    Is(Vec<Property>),
    Has(Vec<Part>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Test<T> {
    OneOf(Vec<T>),
    Compare(Order, T),
}

/// How values compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// `<`.
    Less,
    /// `<=`.
    AtMost,
    /// `>`.
    More,
    /// `>=`.
    AtLeast,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Days(pub(super) u32);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// So many days ago: the more, the earlier.
    Ago(Days),
    On(NaiveDate),
}

impl Query {
    /// Whether it takes every card.
    pub fn is_empty(&self) -> bool {
        self.root.is_none()
    }

    /// Whether it looks for text, so that a [`super::Matcher`] needs the cards' texts.
    pub fn wants_text(&self) -> bool {
        self.root.as_ref().is_some_and(Node::wants_text)
    }
}

impl Node {
    pub(super) fn all(nodes: Vec<Self>) -> Option<Self> {
        let flat = nodes.into_iter().flat_map(|node| match node {
            Self::All(inner) => inner,
            other => vec![other],
        });
        several(flat.collect(), Self::All)
    }

    pub(super) fn any(nodes: Vec<Self>) -> Option<Self> {
        let flat = nodes.into_iter().flat_map(|node| match node {
            Self::Any(inner) => inner,
            other => vec![other],
        });
        several(flat.collect(), Self::Any)
    }

    pub(super) fn negated(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    pub(super) fn wants_text(&self) -> bool {
        match self {
            Self::All(nodes) | Self::Any(nodes) => nodes.iter().any(Self::wants_text),
            Self::Not(node) => node.wants_text(),
            Self::Term(term) => matches!(term, Term::Text(_)),
        }
    }
}

fn several(mut nodes: Vec<Node>, join: fn(Vec<Node>) -> Node) -> Option<Node> {
    if nodes.len() > 1 { Some(join(nodes)) } else { nodes.pop() }
}

impl Order {
    pub(super) const ALL: [Self; 4] = [Self::AtMost, Self::AtLeast, Self::Less, Self::More];

    /// The sign before a value. In [`Self::ALL`] no sign begins with one before it.
    pub(super) const fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
        }
    }

    pub(super) fn holds<T: Ord>(self, left: &T, right: &T) -> bool {
        match self {
            Self::Less => left < right,
            Self::AtMost => left <= right,
            Self::More => left > right,
            Self::AtLeast => left >= right,
        }
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root.as_ref().map_or(Ok(()), |root| root.fmt(f))
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(nodes) => joined(f, nodes, " ", |node| matches!(node, Self::Any(_))),
            // AND binds tighter than OR.
            Self::Any(nodes) => joined(f, nodes, " OR ", |_| false),
            Self::Not(node) => {
                f.write_str("-")?;
                parenthesized(f, node, matches!(**node, Self::All(_) | Self::Any(_)))
            }
            Self::Term(term) => term.fmt(f),
        }
    }
}

fn joined(
    f: &mut fmt::Formatter<'_>,
    nodes: &[Node],
    between: &str,
    needs: fn(&Node) -> bool,
) -> fmt::Result {
    for (place, node) in nodes.iter().enumerate() {
        if place > 0 {
            f.write_str(between)?;
        }
        parenthesized(f, node, needs(node))?;
    }
    Ok(())
}

fn parenthesized(f: &mut fmt::Formatter<'_>, node: &Node, needed: bool) -> fmt::Result {
    if needed { write!(f, "({node})") } else { write!(f, "{node}") }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words =
            |f: &mut fmt::Formatter<'_>, values: &[String]| list(f, values, |value| lexer::quoted(value));
        match self {
            Self::Text(values) => {
                if values.len() > 1 {
                    write!(f, "{}:", OtherField::Text.name())?;
                }
                words(f, values)
            }
            Self::Name { field, whole, values } => {
                write!(f, "{}:{}", field.name(), if *whole { "=" } else { "" })?;
                words(f, values)
            }
            Self::Severity(test) => test.write(f, OtherField::Severity.name(), severity_word),
            Self::Age(test) => test.write(f, OtherField::Age.name(), ToString::to_string),
            Self::Day(field, test) => test.write(f, field.name(), ToString::to_string),
            Self::Is(values) => {
                write!(f, "{}:", OtherField::Is.name())?;
                list(f, values, |value| value.name().to_owned())
            }
            Self::Has(values) => {
                write!(f, "{}:", OtherField::Has.name())?;
                list(f, values, |value| value.name().to_owned())
            }
        }
    }
}

impl<T> Test<T> {
    fn write(&self, f: &mut fmt::Formatter<'_>, field: &str, word: fn(&T) -> String) -> fmt::Result {
        match self {
            Self::OneOf(values) => {
                write!(f, "{field}:")?;
                list(f, values, word)
            }
            Self::Compare(order, value) => write!(f, "{field}:{}{}", order.sign(), word(value)),
        }
    }
}

fn list<T>(f: &mut fmt::Formatter<'_>, values: &[T], word: impl Fn(&T) -> String) -> fmt::Result {
    let words: Vec<_> = values.iter().map(word).collect();
    f.write_str(&words.join(","))
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}d", self.0)
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ago(days) => days.fmt(f),
            Self::On(date) => date.fmt(f),
        }
    }
}
