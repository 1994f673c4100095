//! The address of a figure's rows, written and read: the table where that can show exactly them, else the page of
//! rows. Names are never trimmed or folded: two that differ in a blank stay two.

use std::borrow::Cow;

use axum::http::Uri;
use t5g_model::board::Scope;
use t5g_model::figures::{DaySpan, Figure, OutcomeKind};
use t5g_model::names::{CardStatus, Severity};
use t5g_model::query::{Property, Word as _};
use url::form_urlencoded;

use super::Counted;
use crate::error::AppError;
use crate::view::link::{LONGEST_NAME, Link};

/// The table, which filters by these names.
const TABLE: &str = "/table/all";
/// The page of rows, before a figure's name.
const ROWS: &str = "/figures";
/// The most parts of one address.
const PARTS: usize = 20;

/// Of whom rows are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Of all.
    #[default]
    All,
    /// Of an account.
    Account(String),
    /// Of an engineer.
    Engineer(String),
}

impl Whose {
    /// The same for the board.
    pub(crate) fn scope(&self) -> Scope<'_> {
        match self {
            Self::All => Scope::All,
            Self::Account(name) => Scope::Account(name),
            Self::Engineer(name) => Scope::Engineer(name),
        }
    }
}

type Pairs<'a> = Vec<(&'static str, Cow<'a, str>)>;

/// Where the rows are.
pub(super) fn link(counted: &Counted, scope: Scope<'_>) -> Link {
    let (name, mut own) = own(counted);
    let whose = match scope {
        Scope::All => None,
        Scope::Account(name) => Some(("account", Cow::Borrowed(name))),
        Scope::Engineer(name) => Some(("engineer", Cow::Borrowed(name))),
    };
    own.extend(whose.clone());
    if own.iter().any(|(_, value)| value.len() > LONGEST_NAME) {
        return None;
    }
    if let Some(pairs) = in_table(counted, whose) {
        return Some(address(TABLE, &pairs));
    }
    Some(address(&format!("{ROWS}/{name}"), &own))
}

fn address(path: &str, pairs: &[(&'static str, Cow<'_, str>)]) -> String {
    if pairs.is_empty() {
        return path.to_owned();
    }
    format!("{path}?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
}

/// Its name and parts at the page of rows.
fn own(counted: &Counted) -> (&'static str, Pairs<'_>) {
    match counted {
        Counted::Figure(figure) => {
            (figure.name(), figure.value().map(|value| ("value", value.into())).into_iter().collect())
        }
        Counted::NewCases => ("new_cases", Vec::new()),
        Counted::Cards { status, is } => {
            let status = status.iter().map(|status| ("status", status.as_str().into()));
            ("cards", status.chain(is.iter().map(|one| ("is", one.name().into()))).collect())
        }
        Counted::Outcome { kind, severity, span } => {
            let mut pairs: Pairs<'_> = vec![("value", severity.word().into())];
            if span.from > 0 {
                pairs.push(("from", span.from.to_string().into()));
            }
            pairs.extend(span.to.map(|to| ("to", to.to_string().into())));
            (kind.name(), pairs)
        }
    }
}

/// The same for the table, where that can show it: it knows cards only, and trims what it filters by.
fn in_table<'a>(counted: &'a Counted, whose: Option<(&'static str, Cow<'a, str>)>) -> Option<Pairs<'a>> {
    let is = |property: Property| ("is", Cow::from(property.name()));
    let open = is(Property::Open);
    let mut pairs: Pairs<'a> = match counted {
        Counted::Figure(figure) => match figure {
            Figure::ByCustomer(name) => vec![("account", (&**name).into()), open],
            Figure::ByEngineer(name) => vec![("engineer", (&**name).into()), open],
            Figure::BySeverity(severity) => vec![("sev", severity.word().into()), open],
            Figure::ByStatus(status) => vec![("case", status.as_str().into())],
            Figure::HighPrio => vec![("sev", "High".into()), ("sev", "Urgent".into()), open],
            Figure::Escalated => vec![open, is(Property::Escalated)],
            Figure::CritSit => vec![open, is(Property::CritSit)],
            Figure::TotalEscalations => vec![open, is(Property::AnyEscalation)],
            Figure::NoBzs => vec![open, is(Property::Untracked)],
            _ => return None,
        },
        Counted::Cards { status, is: properties } => {
            let status = status.iter().map(|status| ("status", status.as_str().into()));
            status.chain(properties.iter().map(|one| is(*one))).collect()
        }
        Counted::NewCases | Counted::Outcome { .. } => return None,
    };
    if let Some(whose) = whose {
        // Two values of one field are a choice in the table, not a narrower filter.
        match pairs.iter().find(|(name, _)| *name == whose.0) {
            Some((_, value)) if *value != whose.1 => return None,
            Some(_) => {}
            None => pairs.push(whose),
        }
    }
    let kept = |value: &str| !value.is_empty() && value.trim() == value;
    pairs.iter().all(|(_, value)| kept(value)).then_some(pairs)
}

/// What the address of a page of rows is about: the figure's name, and the rest.
pub(crate) fn read(name: &str, uri: &Uri) -> Result<(Counted, Whose, usize), AppError> {
    let mut parts = Parts::default();
    let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    for (name, value) in pairs.take(PARTS) {
        parts.set(&name, value.into_owned())?;
    }
    let whose = match (parts.account, parts.engineer) {
        (None, None) => Whose::All,
        (Some(name), None) => Whose::Account(name),
        (None, Some(name)) => Whose::Engineer(name),
        (Some(_), Some(_)) => return Err(bad("account and engineer", "only one of them")),
    };
    let severity = |word: &String| {
        let Ok(severity) = word.parse::<Severity>();
        severity
    };
    let counted = match name {
        "new_cases" => Counted::NewCases,
        "cards" => {
            let status = |word: String| {
                let Ok(status) = word.parse::<CardStatus>();
                status
            };
            Counted::Cards { status: parts.status.map(status), is: parts.is }
        }
        _ => {
            let kind = OutcomeKind::ALL.into_iter().find(|kind| kind.name() == name);
            let outcome = kind.zip(parts.value.as_ref().map(severity));
            match (outcome, Figure::find(name, parts.value.as_deref())) {
                (Some((kind, severity)), _) => Counted::Outcome { kind, severity, span: parts.span },
                (None, Some(figure)) => Counted::Figure(figure),
                (None, None) => return Err(AppError::NotFound(unknown(name))),
            }
        }
    };
    Ok((counted, whose, parts.page))
}

fn unknown(name: &str) -> String {
    let name: String = name.chars().take(80).collect();
    let plain: Vec<_> = Figure::plain().map(|figure| figure.name()).collect();
    format!("There is no figure called “{name}”. There are {}.", plain.join(", "))
}

fn bad(name: &str, expected: &str) -> AppError {
    AppError::BadRequest(format!("The address has a {name} that cannot be read; expected: {expected}."))
}

/// The parts of an address, as they came.
#[derive(Debug, Default)]
struct Parts {
    value: Option<String>,
    status: Option<String>,
    is: Vec<Property>,
    account: Option<String>,
    engineer: Option<String>,
    span: DaySpan,
    /// From 0.
    page: usize,
}

impl Parts {
    /// Names that mean nothing here are passed over.
    fn set(&mut self, name: &str, value: String) -> Result<(), AppError> {
        let tenths = |value: &str| value.parse::<u32>().map_err(|_| bad(name, "tenths of a day"));
        match name {
            "value" => self.value = Some(value),
            "status" => self.status = Some(value),
            "account" => self.account = Some(value),
            "engineer" => self.engineer = Some(value),
            "is" => {
                let all = || Property::ALL.iter().map(|one| one.name()).collect::<Vec<_>>().join(", ");
                self.is.push(Property::by_word(&value).ok_or_else(|| bad("is", &all()))?);
            }
            "from" => self.span.from = tenths(&value)?,
            "to" => self.span.to = Some(tenths(&value)?),
            "page" => {
                let page = value.parse::<usize>().ok().and_then(|page| page.checked_sub(1));
                self.page = page.ok_or_else(|| bad("page", "a number from 1"))?;
            }
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use t5g_model::names::CaseStatus;

    fn all(text: &str) -> Vec<Counted> {
        let status: CardStatus = text.parse().unwrap();
        let case: CaseStatus = text.parse().unwrap();
        let severity: Severity = text.parse().unwrap();
        let span = DaySpan { from: 5, to: Some(10) };
        let named = [
            Figure::ByCustomer(text.into()),
            Figure::ByEngineer(text.into()),
            Figure::BySeverity(severity.clone()),
            Figure::ByStatus(case),
        ];
        let cards = [Counted::cards(&[Property::Open, Property::Unassigned]), Counted::status(&status)];
        let outcomes =
            OutcomeKind::ALL.map(|kind| Counted::Outcome { kind, severity: severity.clone(), span });
        let figures = named.into_iter().chain(Figure::plain()).map(Counted::Figure);
        figures.chain(cards).chain(outcomes).chain([Counted::NewCases]).collect()
    }

    #[test]
    fn what_the_page_of_rows_is_told_it_reads() {
        for text in ["A", "", " a ", "A/B?&#+%\"", "한글\u{202e}", ".."] {
            for counted in all(text) {
                for whose in [Whose::All, Whose::Account(text.to_owned()), Whose::Engineer(text.to_owned())] {
                    let link = counted.link(whose.scope()).expect("the names are short");
                    let uri: Uri = link.parse().unwrap();
                    if let Some(name) = uri.path().strip_prefix("/figures/") {
                        assert_eq!(read(name, &uri).unwrap(), (counted.clone(), whose, 0), "{link}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_table_gets_what_it_can_show_exactly() {
        let of = |figure: Figure, scope: Scope<'_>| Counted::Figure(figure).link(scope).unwrap();
        let whole = |name: &str| Figure::ByCustomer(name.into());
        assert_eq!(of(whole("A B"), Scope::All), "/table/all?account=A+B&is=open");
        assert_eq!(of(whole("A"), Scope::Account("A")), "/table/all?account=A&is=open");
        assert_eq!(of(whole("A"), Scope::Account("B")), "/figures/by_customer?value=A&account=B");
        assert_eq!(of(whole("A"), Scope::Engineer("E")), "/table/all?account=A&is=open&engineer=E");
        assert_eq!(of(whole(" A"), Scope::All), "/figures/by_customer?value=+A");
        assert_eq!(of(whole(""), Scope::All), "/figures/by_customer?value=");
        assert_eq!(of(Figure::OpenCases, Scope::Account("A")), "/figures/open_cases?account=A");
        assert_eq!(Counted::Figure(whole(&"x".repeat(LONGEST_NAME + 1))).link(Scope::All), None);
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        for (name, query) in [
            ("cards", "is=x"),
            ("relief", "from=x&value=a"),
            ("cards", "page=0"),
            ("cards", "account=a&engineer=b"),
        ] {
            let uri: Uri = format!("/figures/{name}?{query}").parse().unwrap();
            assert!(matches!(read(name, &uri), Err(AppError::BadRequest(_))), "{query}");
        }
        for name in ["by_customer", "nothing", "relief"] {
            assert!(matches!(read(name, &Uri::from_static("/")), Err(AppError::NotFound(_))), "{name}");
        }
    }
}
