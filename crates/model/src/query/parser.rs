//! Reads a query: OR binds loosest, then AND (which may be left out), then NOT.

use std::iter::Peekable;
use std::ops::Range;
use std::str::FromStr;
use std::vec::IntoIter;

use crate::query::ast::{Node, Query, Term};
use crate::query::error::{Problem, QueryError};
use crate::query::lexer::{self, Kind, Token};
use crate::query::{CONDITIONS, DEPTH, LENGTH, values};

impl Query {
    /// Reads a query. Blank text is the query that takes every card.
    ///
    /// # Errors
    ///
    /// Text that is too long, nests too deep, or does not follow the language; the error says where and why.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        let length = text.chars().take(LENGTH + 1).count();
        if length > LENGTH {
            return Err(QueryError::new(LENGTH..length, Problem::TooLong));
        }
        let mut parser =
            Parser { tokens: lexer::tokens(text)?.into_iter().peekable(), end: length, count: 0 };
        if parser.tokens.peek().is_none() {
            return Ok(Self::default());
        }
        let root = parser.any(0)?;
        if let Some(stray) = parser.tokens.next() {
            return Err(QueryError::new(stray.at, Problem::StrayParenthesis));
        }
        let query = Self { root: Some(root) };
        // Canonical words can be longer than what was typed (`sev:1`), and must be readable too.
        if query.to_string().chars().count() > LENGTH {
            return Err(QueryError::new(0..length, Problem::TooLong));
        }
        Ok(query)
    }
}

impl FromStr for Query {
    type Err = QueryError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

struct Parser {
    tokens: Peekable<IntoIter<Token>>,
    /// Length of the text in characters.
    end: usize,
    /// Words and values so far.
    count: usize,
}

impl Parser {
    fn take(&mut self, wanted: &Kind) -> Option<Range<usize>> {
        self.tokens.next_if(|token| token.kind == *wanted).map(|token| token.at)
    }

    fn missing(&mut self) -> QueryError {
        let at = self.tokens.peek().map_or(self.end..self.end, |token| token.at.clone());
        QueryError::new(at, Problem::MissingCondition)
    }

    fn any(&mut self, depth: usize) -> Result<Node, QueryError> {
        let mut nodes = vec![self.all(depth)?];
        while self.take(&Kind::Or).is_some() {
            nodes.push(self.all(depth)?);
        }
        Node::any(nodes).ok_or_else(|| self.missing())
    }

    fn all(&mut self, depth: usize) -> Result<Node, QueryError> {
        let mut nodes = vec![self.one(depth)?];
        loop {
            let joined = self.take(&Kind::And).is_some();
            let ended = self.tokens.peek().is_none_or(|next| matches!(next.kind, Kind::Close | Kind::Or));
            if ended && !joined {
                return Node::all(nodes).ok_or_else(|| self.missing());
            }
            nodes.push(self.one(depth)?);
        }
    }

    fn one(&mut self, depth: usize) -> Result<Node, QueryError> {
        let Some(token) = self.tokens.next_if(|token| !matches!(token.kind, Kind::And | Kind::Or)) else {
            return Err(self.missing());
        };
        let inner = |at: &Range<usize>| {
            let deeper = (depth < DEPTH).then_some(depth + 1);
            deeper.ok_or_else(|| QueryError::new(at.clone(), Problem::TooDeep))
        };
        match token.kind {
            Kind::Not => Ok(self.one(inner(&token.at)?)?.negated()),
            Kind::Open => {
                let node = self.any(inner(&token.at)?)?;
                let closed = self.take(&Kind::Close);
                closed.map(|_| node).ok_or_else(|| QueryError::new(token.at, Problem::OpenParenthesis))
            }
            Kind::Close if depth == 0 => Err(QueryError::new(token.at, Problem::StrayParenthesis)),
            Kind::Close | Kind::And | Kind::Or => Err(QueryError::new(token.at, Problem::MissingCondition)),
            Kind::Text(word) => {
                self.counted(1, token.at)?;
                Ok(Node::Term(Term::Text(vec![word])))
            }
            Kind::Condition(condition) => {
                self.counted(condition.values.len(), token.at)?;
                values::term(condition).map(Node::Term)
            }
        }
    }

    fn counted(&mut self, more: usize, at: Range<usize>) -> Result<(), QueryError> {
        self.count += more;
        if self.count > CONDITIONS { Err(QueryError::new(at, Problem::TooMany)) } else { Ok(()) }
    }
}
