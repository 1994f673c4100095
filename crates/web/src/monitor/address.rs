//! What an address says of the list of runs: filter, page, size. A choice of a state is part of the filter, so that
//! the box and the links are two views of one thing.

use std::ops::Range;

use axum::http::Uri;
use t5g_model::query::lexer::{self, Kind, Token};
use t5g_model::query::{LENGTH, QueryError};
use t5g_queue::{Page, RunFilter, RunState};
use url::form_urlencoded;

use crate::error::AppError;

/// Rows of a page, if nothing else is said.
pub(crate) const SIZE: u32 = 50;
/// The most rows of a page.
const MOST: u32 = 200;

/// The words of an address that say which runs are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RunsQuery {
    /// The filter as typed, perhaps a wrong one.
    pub(crate) text: String,
    /// From 1.
    pub(crate) page: u32,
    /// Rows of a page.
    pub(crate) size: u32,
}

impl Default for RunsQuery {
    fn default() -> Self {
        Self { text: String::new(), page: 1, size: SIZE }
    }
}

impl RunsQuery {
    /// Reads it. Unknown names are passed over; values that cannot be are errors that say what can.
    pub(crate) fn read(uri: &Uri) -> Result<Self, AppError> {
        let mut query = Self::default();
        for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
            let value = value.trim();
            match &*name {
                _ if value.is_empty() => {}
                // One more than is allowed, so that a longer one is an error and not silently another filter.
                "q" => query.text = value.chars().take(LENGTH + 1).collect(),
                "page" => query.page = number(&name, value, u32::MAX)?,
                "size" => query.size = number(&name, value, MOST)?,
                _ => {}
            }
        }
        Ok(query)
    }

    /// Those that this text takes.
    pub(crate) fn of(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// The filter.
    pub(crate) fn filter(&self) -> Result<RunFilter, QueryError> {
        RunFilter::parse(&self.text)
    }

    /// The part of the list.
    pub(crate) fn part(&self) -> Page {
        Page { number: self.page, size: self.size }
    }

    /// As a link to `path`.
    pub(crate) fn link(&self, path: &str) -> String {
        let mut words = form_urlencoded::Serializer::new(String::new());
        if !self.text.is_empty() {
            words.append_pair("q", &self.text);
        }
        if self.page > 1 {
            words.append_pair("page", &self.page.to_string());
        }
        if self.size != SIZE {
            words.append_pair("size", &self.size.to_string());
        }
        let words = words.finish();
        if words.is_empty() { path.to_owned() } else { format!("{path}?{words}") }
    }

    /// The same filter with this state and no other, from its first page. Of a filter that cannot be read nothing
    /// is known, so it goes.
    pub(crate) fn with_state(&self, state: Option<RunState>) -> Self {
        let mut text = String::new();
        let mut place = 0;
        for gap in state_conditions(&self.text) {
            text.extend(self.text.chars().skip(place).take(gap.start.saturating_sub(place)));
            place = gap.end;
        }
        text.extend(self.text.chars().skip(place));
        if lexer::tokens(&self.text).is_err() {
            text.clear();
        }
        let mut words: Vec<&str> = vec![text.trim()];
        let condition = state.map(|state| format!("state:{}", state.as_str()));
        words.extend(condition.as_deref());
        words.retain(|word| !word.is_empty());
        Self { text: words.join(" "), page: 1, ..self.clone() }
    }

    /// The state that the filter asks for, if it asks for exactly one.
    pub(crate) fn state(&self) -> Option<RunState> {
        let tokens = lexer::tokens(&self.text).ok()?;
        let mut conditions = tokens.iter().filter(|token| is_state(token));
        let (only, none) = (conditions.next()?, conditions.next());
        let negated = state_conditions(&self.text).first().is_none_or(|gap| *gap != only.at);
        let Kind::Condition(condition) = &only.kind else { return None };
        let [value] = condition.values.as_slice() else { return None };
        if none.is_some() || negated { None } else { RunState::by_word(&value.text.to_lowercase()) }
    }
}

/// A value in a filter, so that it means itself whatever is in it.
pub(crate) fn quoted(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
    if !value.is_empty() && value.chars().all(plain) {
        return value.to_owned();
    }
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

fn is_state(token: &Token) -> bool {
    matches!(&token.kind, Kind::Condition(condition) if condition.name.text.eq_ignore_ascii_case("state"))
}

/// The places of all conditions on states, each with the signs of its opposite before it.
fn state_conditions(text: &str) -> Vec<Range<usize>> {
    let Ok(tokens) = lexer::tokens(text) else { return Vec::new() };
    let (mut places, mut negation) = (Vec::new(), None);
    for token in tokens {
        if token.kind == Kind::Not {
            negation = negation.or(Some(token.at.start));
            continue;
        }
        let start = negation.take().unwrap_or(token.at.start);
        if is_state(&token) {
            places.push(start..token.at.end);
        }
    }
    places
}

fn number(name: &str, value: &str, most: u32) -> Result<u32, AppError> {
    let read = value.parse::<u32>().ok().filter(|number| (1..=most).contains(number));
    read.ok_or_else(|| {
        let shown: String = value.chars().take(80).collect();
        let most = if most == u32::MAX { String::new() } else { format!(" to {most}") };
        AppError::BadRequest(format!(
            "The address says {name}={shown}, which cannot be: it is a whole number from 1{most}."
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<RunsQuery, AppError> {
        RunsQuery::read(&format!("/monitor?{query}").parse().unwrap())
    }

    #[test]
    fn a_query_survives_the_way_through_an_address() {
        let query = read("q=a+%26%23+%ED%95%9C&page=3&size=10&x=y").unwrap();
        assert_eq!((query.text.as_str(), query.page, query.size), ("a &# 한", 3, 10));
        assert_eq!(RunsQuery::read(&query.link("/monitor").parse().unwrap()).unwrap(), query);
        assert_eq!(read("q=&page=").unwrap().link("/monitor"), "/monitor");
    }

    #[test]
    fn what_cannot_be_is_an_error_that_says_what_can() {
        for bad in ["page=0", "page=x", "page=-1", "size=201", "size=0", "page=99999999999"] {
            assert!(read(bad).unwrap_err().to_string().contains("whole number from 1"), "{bad}");
        }
    }

    #[test]
    fn a_choice_of_a_state_is_a_part_of_the_filter() {
        let with = |text: &str| RunsQuery::of(text).with_state(Some(RunState::Failed)).text;
        assert_eq!(with(""), "state:failed");
        assert_eq!(with("task:x"), "task:x state:failed");
        assert_eq!(with("state:done task:x"), "task:x state:failed");
        assert_eq!(with("한 NOT -state:done,failed \"state:x\" State:open"), "한  \"state:x\" state:failed");
        assert_eq!(with("\"not closed"), "state:failed");
        assert_eq!(RunsQuery::of("a state:done").with_state(None).text, "a");
        let paged = RunsQuery { page: 7, ..RunsQuery::of("a") };
        assert_eq!(paged.with_state(None).page, 1);
    }

    #[test]
    fn one_state_is_chosen_or_none() {
        let state = |text: &str| RunsQuery::of(text).state();
        assert_eq!(state("a state:Done"), Some(RunState::Done));
        for none in ["", "a", "-state:done", "state:done,failed", "state:done state:done", "state:open", "\""]
        {
            assert_eq!(state(none), None, "{none}");
        }
    }

    #[test]
    fn quoted_values_mean_themselves() {
        for value in ["web-1.example:80", "a b", "say \"x\" \\", "", "한", "plain_1"] {
            let text = format!("worker:={}", quoted(value));
            let tokens = lexer::tokens(&text);
            if value.is_empty() {
                assert!(tokens.is_err(), "nothing is no value");
                continue;
            }
            let Kind::Condition(condition) = &tokens.unwrap()[0].kind else { panic!("{text}") };
            assert_eq!(condition.values[0].text, value);
        }
    }
}
