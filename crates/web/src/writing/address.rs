//! What an address says of the journal: writes, messages or plans; filter and page. Links to each of them.

use axum::http::Uri;
use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use t5g_model::board::Board;
use t5g_model::writing::{PlanKind, Service, Subject};
use t5g_store::ledger::{JournalFilter, JournalPlace, PlanFilter, PlanId, PlanState, StepPlace, StepState};
use url::form_urlencoded;

use crate::error::AppError;

/// The list's address; everything of the journal is below it.
pub(crate) const PATH: &str = "/journal";
/// The longest value of a parameter, in characters.
const LONGEST: usize = 200;
/// For so many days what went wrong is shown as something to look at.
const LOOKED_AT: i64 = 7;

/// What is listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Listed {
    /// Steps that were begun or have ended.
    #[default]
    Writes,
    /// Those of them that are messages to people.
    Deliveries,
    /// Plans.
    Plans,
}

impl Listed {
    pub(crate) const ALL: [Self; 3] = [Self::Writes, Self::Deliveries, Self::Plans];

    /// The word in addresses.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Writes => "writes",
            Self::Deliveries => "deliveries",
            Self::Plans => "plans",
        }
    }

    /// For people.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Writes => "Writes",
            Self::Deliveries => "Messages",
            Self::Plans => "Plans",
        }
    }
}

/// What the address asks for, as it stands there; empty values are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct JournalQuery {
    pub(crate) listed: Listed,
    /// A service, or for plans a kind.
    pub(crate) of: String,
    pub(crate) state: String,
    pub(crate) about: String,
    pub(crate) from: String,
    pub(crate) until: String,
    pub(crate) before: String,
}

fn bad(name: &str, wanted: &str) -> AppError {
    AppError::BadRequest(format!("{name}: expected {wanted}."))
}

fn words<'a>(all: impl Iterator<Item = &'a str>) -> String {
    all.collect::<Vec<_>>().join(", ")
}

impl JournalQuery {
    /// Reads it. Unknown names are passed over.
    pub(crate) fn read(uri: &Uri) -> Result<Self, AppError> {
        let mut query = Self::default();
        for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
            let value: String = value.trim().chars().take(LONGEST).collect();
            if value.is_empty() {
                continue;
            }
            match &*name {
                "kind" => {
                    let found = Listed::ALL.into_iter().find(|one| one.as_str() == value);
                    let known = || words(Listed::ALL.iter().map(|one| one.as_str()));
                    query.listed = found.ok_or_else(|| bad("kind", &known()))?;
                }
                "of" => query.of = value,
                "state" => query.state = value,
                "about" => query.about = value,
                "from" => query.from = value,
                "until" => query.until = value,
                "before" => query.before = value,
                _ => {}
            }
        }
        Ok(query)
    }

    /// Whether anything but the list is chosen.
    pub(crate) fn is_filtered(&self) -> bool {
        let bare = Self { listed: self.listed, before: self.before.clone(), ..Self::default() };
        *self != bare
    }

    /// The steps that are wanted.
    pub(crate) fn steps(&self, board: &Board, zone: Tz) -> Result<JournalFilter, AppError> {
        let known = || words(Service::ALL.iter().map(|one| one.as_str()));
        let service = Service::by_word(&self.of).map_or_else(
            || if self.of.is_empty() { Ok(None) } else { Err(bad("service", &known())) },
            |service| Ok(Some(service)),
        )?;
        let known = || words(StepState::ALL.iter().map(|one| one.as_str()));
        let state = (!self.state.is_empty())
            .then(|| StepState::by_name(&self.state).ok_or_else(|| bad("state", &known())))
            .transpose()?;
        Ok(JournalFilter {
            service,
            deliveries: self.listed == Listed::Deliveries,
            states: state.into_iter().collect(),
            subjects: (!self.about.is_empty()).then(|| subjects(&self.about, board)).transpose()?,
            from: day("from", &self.from, 0, zone)?,
            until: day("until", &self.until, 1, zone)?,
            before: (!self.before.is_empty()).then(|| step_place(&self.before)).transpose()?,
        })
    }

    /// The plans that are wanted.
    pub(crate) fn plans(&self) -> Result<PlanFilter, AppError> {
        let known = || words(PlanKind::ALL.iter().map(|one| one.as_str()));
        let kind = (!self.of.is_empty())
            .then(|| PlanKind::by_word(&self.of).ok_or_else(|| bad("kind", &known())))
            .transpose()?;
        let known = || words(PlanState::ALL.iter().map(|one| one.as_str()));
        let state = (!self.state.is_empty())
            .then(|| PlanState::by_name(&self.state).ok_or_else(|| bad("state", &known())))
            .transpose()?;
        let before = (!self.before.is_empty())
            .then(|| self.before.parse::<PlanId>().map_err(|_| bad("before", "a plan's id")))
            .transpose()?;
        Ok(PlanFilter { kind, states: state.into_iter().collect(), before })
    }

    /// The same list from there on; `None`: from its beginning.
    pub(crate) fn beginning_at(&self, before: Option<String>) -> Self {
        Self { before: before.unwrap_or_default(), ..self.clone() }
    }

    /// As a link.
    pub(crate) fn link(&self) -> String {
        let mut out = form_urlencoded::Serializer::new(String::new());
        let listed = if self.listed == Listed::default() { "" } else { self.listed.as_str() };
        let all = [
            ("kind", listed),
            ("of", &self.of),
            ("state", &self.state),
            ("about", &self.about),
            ("from", &self.from),
            ("until", &self.until),
            ("before", &self.before),
        ];
        out.extend_pairs(all.iter().filter(|(_, value)| !value.is_empty()));
        let text = out.finish();
        if text.is_empty() { PATH.to_owned() } else { format!("{PATH}?{text}") }
    }
}

/// A place in the journal, as addresses say it.
pub(crate) fn place_word(place: &JournalPlace) -> String {
    format!("{}.{}.{}", place.at.timestamp_millis(), place.step.plan, place.step.seq)
}

fn step_place(text: &str) -> Result<JournalPlace, AppError> {
    let mut parts = text.split('.');
    let read = (|| {
        let at = DateTime::from_timestamp_millis(parts.next()?.parse().ok()?)?;
        let step = StepPlace { plan: parts.next()?.parse().ok()?, seq: parts.next()?.parse().ok()? };
        parts.next().is_none().then_some(JournalPlace { at, step })
    })();
    read.ok_or_else(|| bad("before", "what a page's link to older entries says"))
}

fn day(name: &str, text: &str, plus: i64, zone: Tz) -> Result<Option<DateTime<Utc>>, AppError> {
    if text.is_empty() {
        return Ok(None);
    }
    let read = || {
        let day = text.parse::<NaiveDate>().ok()?.checked_add_signed(TimeDelta::days(plus))?;
        begin_of(day, zone)
    };
    read().map(Some).ok_or_else(|| bad(name, "a day such as 2026-11-23"))
}

fn begin_of(day: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    Some(zone.from_local_datetime(&day.and_hms_opt(0, 0, 0)?).earliest()?.with_timezone(&Utc))
}

/// What people mean: a case's number, a card's key, `bug 12`. A card stands for its case too, a case for its cards.
pub(crate) fn subjects(text: &str, board: &Board) -> Result<Vec<Subject>, AppError> {
    let one = || {
        text.parse()
            .or_else(|_| format!("case {text}").parse())
            .or_else(|_| format!("issue {}", text.to_uppercase()).parse())
            .or_else(|_| format!("bug {text}").parse())
    };
    let wanted = "a case's number, a card's or an issue's key, or bug and its number";
    let subject: Subject = one().map_err(|_: String| bad("about", wanted))?;
    let mut all = vec![subject.clone()];
    match subject {
        Subject::Issue(key) => {
            all.extend(board.card(key.as_str()).map(|card| Subject::Case(card.case_number.clone())));
        }
        Subject::Case(number) => {
            all.extend(board.cards_of_case(number.as_str()).map(|card| Subject::Issue(card.key.clone())));
        }
        Subject::Bug(_) | Subject::All => {}
    }
    Ok(all)
}

/// Since when what went wrong is something to look at, and the day's name in addresses.
pub(crate) fn looked_at_since(now: DateTime<Utc>, zone: Tz) -> (DateTime<Utc>, String) {
    let day = now.with_timezone(&zone).date_naive() - TimeDelta::days(LOOKED_AT);
    (begin_of(day, zone).unwrap_or(now - TimeDelta::days(LOOKED_AT)), day.to_string())
}

/// The address of a plan's page.
pub(crate) fn plan_href(plan: PlanId) -> String {
    format!("{PATH}/{plan}")
}

/// The address of a step on its plan's page.
pub(crate) fn step_href(place: &StepPlace) -> String {
    format!("{PATH}/{}#step-{}", place.plan, place.seq)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn board() -> Board {
        Board::build(t5g_model::board::BoardParts::default(), &std::sync::Arc::default())
    }

    const PLAN: &str = "019ab5c0-3f2e-7c1a-8f1e-5b2a0c9d4e6f";

    fn read(query: &str) -> JournalQuery {
        JournalQuery::read(&format!("/journal?{query}").parse().unwrap()).unwrap()
    }

    #[test]
    fn a_query_survives_the_way_through_an_address() {
        let text =
            format!("kind=deliveries&of=slack&state=doubtful&about=bug+7&from=2026-11-01&before=1.{PLAN}.2");
        let query = read(&text);
        assert_eq!(query.link(), format!("/journal?{text}"));
        assert_eq!(read("kind=writes&of=&x=y").link(), "/journal");
        assert!(query.is_filtered() && !read(&format!("kind=plans&before={PLAN}")).is_filtered());
    }

    #[test]
    fn what_cannot_be_is_an_error_that_says_what_can() {
        let board = board();
        assert!(JournalQuery::read(&"/journal?kind=x".parse().unwrap()).is_err());
        for (bad, said) in [
            ("of=fax", "portal, jira"),
            ("state=lost", "doubtful"),
            ("from=today", "2026-11-23"),
            ("about=nonsense", "a case's number"),
            ("before=1.x.2", "older entries"),
        ] {
            let error = read(bad).steps(&board, Tz::UTC).unwrap_err().to_string();
            assert!(error.contains(said), "{bad}: {error}");
        }
        let error = read("kind=plans&of=fax").plans().unwrap_err().to_string();
        assert!(error.contains("priorities"), "{error}");
    }

    #[test]
    fn what_it_is_about_is_understood_as_people_say_it() {
        let board = board();
        let of = |text: &str| subjects(text, &board).unwrap();
        assert_eq!(of("01234567"), [Subject::Case("01234567".parse().unwrap())]);
        assert_eq!(of("abc-12"), [Subject::Issue("ABC-12".parse().unwrap())]);
        assert_eq!(of("bug 12"), [Subject::Bug(12)]);
    }

    #[test]
    fn days_are_the_teams() {
        let filter = read("from=2026-11-20&until=2026-11-20").steps(&board(), Tz::Europe__Berlin).unwrap();
        let at = |text: &str| Some(text.parse::<DateTime<Utc>>().unwrap());
        assert_eq!((filter.from, filter.until), (at("2026-11-19T23:00:00Z"), at("2026-11-20T23:00:00Z")));
        let now = "2026-11-23T23:30:00Z".parse().unwrap();
        let (since, day) = looked_at_since(now, Tz::Europe__Berlin);
        assert_eq!((Some(since), day.as_str()), (at("2026-11-16T23:00:00Z"), "2026-11-17"));
    }
}
