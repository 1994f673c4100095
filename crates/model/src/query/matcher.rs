//! Applies a query to cards: prepared once, then quick for each card. Texts are compared in lower case.

use std::cmp::Reverse;
use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};

use crate::board::{Board, Card};
use crate::documents::Person;
use crate::figures::{SlaState, TRENDS_LABEL, sla};
use crate::names::{CardStatus, Severity};
use crate::query::Query;
use crate::query::ast::{Days, Node, Order, Term, Test, When};
use crate::query::fields::{DayField, NameField, Part, Property};

/// Days without a comment that make an open card stale.
const STALE: i64 = 7;

/// A query made ready for the cards of one board at one time.
pub struct Matcher<'a, F> {
    check: Option<Check<'a>>,
    facts: Facts<'a>,
    /// All searchable text of a card, in lower case.
    text: F,
}

struct Facts<'a> {
    board: &'a Board,
    now: DateTime<Utc>,
    today: NaiveDate,
}

enum Check<'a> {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Text(Vec<String>),
    Name(NameCheck<'a>),
    Severity(&'a Test<Severity>),
    Age(&'a Test<Days>),
    Day(DayField, &'a Test<When>),
    Is(&'a [Property]),
    Has(&'a [Part]),
}

struct NameCheck<'a> {
    field: NameField,
    whole: bool,
    /// In the form in which they are compared.
    wanted: Vec<String>,
    /// What was found out about texts already: many cards share few accounts, products, people.
    known: HashMap<&'a str, bool>,
}

impl Query {
    /// Makes the query ready. `text` gives all searchable text of a card, in lower case; it is asked only if
    /// [`Query::wants_text`] says so.
    pub fn matcher<'a, F: Fn(&Card) -> &'a str>(
        &'a self,
        board: &'a Board,
        now: DateTime<Utc>,
        text: F,
    ) -> Matcher<'a, F> {
        let facts = Facts { board, now, today: board.rules().date_of(now) };
        Matcher { check: self.root.as_ref().map(Check::of), facts, text }
    }
}

impl<'a, F: Fn(&Card) -> &'a str> Matcher<'a, F> {
    /// Whether the query takes the card.
    pub fn matches(&mut self, card: &'a Card) -> bool {
        let (facts, text) = (&self.facts, &self.text);
        self.check.as_mut().is_none_or(|check| check.holds(card, facts, text))
    }
}

impl<'a> Check<'a> {
    fn of(node: &'a Node) -> Self {
        // What looks at text is asked last: it takes longest.
        let several = |nodes: &'a [Node]| {
            let mut nodes: Vec<_> = nodes.iter().collect();
            nodes.sort_by_key(|node| node.wants_text());
            nodes.into_iter().map(Self::of).collect()
        };
        match node {
            Node::All(nodes) => Self::All(several(nodes)),
            Node::Any(nodes) => Self::Any(several(nodes)),
            Node::Not(node) => Self::Not(Box::new(Self::of(node))),
            Node::Term(Term::Text(words)) => {
                Self::Text(words.iter().map(|word| word.to_lowercase()).collect())
            }
            Node::Term(Term::Name { field, whole, values }) => {
                let wanted = values.iter().map(|value| significant(*field, value).to_lowercase()).collect();
                Self::Name(NameCheck { field: *field, whole: *whole, wanted, known: HashMap::new() })
            }
            Node::Term(Term::Severity(test)) => Self::Severity(test),
            Node::Term(Term::Age(test)) => Self::Age(test),
            Node::Term(Term::Day(field, test)) => Self::Day(*field, test),
            Node::Term(Term::Is(values)) => Self::Is(values),
            Node::Term(Term::Has(values)) => Self::Has(values),
        }
    }

    fn holds(&mut self, card: &'a Card, facts: &Facts<'_>, text: &impl Fn(&Card) -> &'a str) -> bool {
        match self {
            Self::All(checks) => checks.iter_mut().all(|check| check.holds(card, facts, text)),
            Self::Any(checks) => checks.iter_mut().any(|check| check.holds(card, facts, text)),
            Self::Not(check) => !check.holds(card, facts, text),
            Self::Text(words) => {
                let text = text(card);
                words.iter().any(|word| text.contains(word.as_str()))
            }
            Self::Name(check) => check.holds(card),
            // More severe is greater.
            Self::Severity(test) => test.holds(|order, severity| {
                order.holds(&Reverse(card.severity.rank()), &Reverse(severity.rank()))
            }),
            Self::Age(test) => {
                let age = card.days_open(facts.today);
                test.holds(|order, days| order.holds(&age, &i64::from(days.0)))
            }
            Self::Day(field, test) => field.day_of(card, facts.board).is_some_and(|on| {
                let ago = (facts.today - on).num_days();
                test.holds(|order, when| match when {
                    When::Ago(days) => order.holds(&ago, &i64::from(days.0)),
                    When::On(date) => order.holds(&on, date),
                })
            }),
            Self::Is(values) => values.iter().any(|value| value.holds(facts.board, card, facts.now)),
            Self::Has(values) => values.iter().any(|value| value.holds(card)),
        }
    }
}

impl<T> Test<T> {
    /// Asks `compare` as the test demands; being equal is being at least and at most.
    fn holds(&self, compare: impl Fn(Order, &T) -> bool) -> bool {
        match self {
            Self::OneOf(values) => {
                values.iter().any(|value| compare(Order::AtLeast, value) && compare(Order::AtMost, value))
            }
            Self::Compare(order, value) => compare(*order, value),
        }
    }
}

impl<'a> NameCheck<'a> {
    fn holds(&mut self, card: &'a Card) -> bool {
        let Self { field, whole, wanted, known } = self;
        let mut part = |text: &'a str| {
            if *whole {
                return is_one_of(text, wanted);
            }
            *known.entry(text).or_insert_with(|| {
                let text = text.to_lowercase();
                wanted.iter().any(|wanted| text.contains(wanted.as_str()))
            })
        };
        let name = |person: &'a Person| person.name();
        match field {
            NameField::Case => is_one_of(significant(*field, card.case_number.as_str()), wanted),
            NameField::Card => is_one_of(card.key.as_str(), wanted) || is_one_of(card.key.number(), wanted),
            NameField::Account => part(&card.account),
            NameField::Product => part(&card.product),
            NameField::Status => part(card.card_status.as_str()),
            NameField::CaseStatus => part(card.case_status.as_str()),
            NameField::Assignee => card.engineer().is_some_and(part),
            NameField::Contributor => card.contributors.iter().filter_map(|person| name(person)).any(part),
            NameField::Group => card.group_name.as_deref().is_some_and(part),
            NameField::Label => card.labels.iter().any(|label| part(label)),
            NameField::Tag => card.tags.iter().any(|tag| part(tag)),
            NameField::Bug => card.bugs.iter().any(|bug| {
                is_one_of(&bug.linked.bugzilla_number, wanted)
                    || bug.linked.summary.as_deref().is_some_and(&mut part)
            }),
            NameField::Issue => card
                .issues
                .iter()
                .any(|issue| is_one_of(&issue.id, wanted) || issue.title.as_deref().is_some_and(&mut part)),
        }
    }
}

/// Whether it is one of them, which are in lower case.
fn is_one_of(text: &str, wanted: &[String]) -> bool {
    if text.is_ascii() {
        return wanted.iter().any(|wanted| wanted.eq_ignore_ascii_case(text));
    }
    let text = text.to_lowercase();
    wanted.contains(&text)
}

/// What of the text counts: leading zeros of a case number do not.
fn significant(field: NameField, text: &str) -> &str {
    if field == NameField::Case { text.trim_start_matches('0') } else { text }
}

impl DayField {
    fn day_of(self, card: &Card, board: &Board) -> Option<NaiveDate> {
        match self {
            Self::Opened => card.created_on,
            Self::Updated => card.case_updated.known().map(|at| board.rules().date_of(at)),
            Self::Commented => card.commented_on,
        }
    }
}

impl Part {
    fn holds(self, card: &Card) -> bool {
        match self {
            Self::Bug => !card.bugs.is_empty(),
            Self::Issue => !card.issues.is_empty(),
            Self::Comment => !card.comments.is_empty(),
        }
    }
}

impl Property {
    /// Whether the card is that, as of `now`.
    pub fn holds(self, board: &Board, card: &Card, now: DateTime<Utc>) -> bool {
        let stands = |state| sla(board, card, now).is_some_and(|sla| sla.state == state);
        match self {
            Self::Open => card.is_open(),
            Self::Closed => !card.is_open(),
            Self::Breached => stands(SlaState::Breached),
            Self::Warning => stands(SlaState::Warning),
            Self::OnTrack => stands(SlaState::OnTrack),
            Self::Escalated => card.escalated,
            Self::CritSit => card.crit_sit,
            Self::AnyEscalation => card.is_any_escalation(),
            Self::Potential => card.potential_escalation,
            Self::Daily => card.daily_telco,
            Self::Unassigned => card.assignee.is_none(),
            Self::Untracked => card.lacks_trackers(),
            Self::Stale => {
                let today = board.rules().date_of(now);
                let recent = card.commented_on.is_some_and(|on| (today - on).num_days() < STALE);
                card.is_open() && !recent
            }
            Self::Trends => card.has_label(TRENDS_LABEL),
            Self::ClosedNotDone => !card.is_open() && card.card_status != CardStatus::Done,
        }
    }
}
