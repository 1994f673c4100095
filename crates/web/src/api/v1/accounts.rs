//! `/api/v1/accounts` and `/api/v1/engineers`: whom cards belong to, with the figures of each.

use std::collections::BTreeMap;

use t5g_model::board::{Card, Scope};
use t5g_model::figures::{Figure, Rows, figure_rows};

use super::collection::{Collection, Sort, described};
use super::cursor::Key;
use super::parameters::Parameters;
use super::rows::{Account, Engineer};
use super::view::View;
use crate::api::describe::{Kind, Operation, Parameter};
use crate::error::AppError;

const NAME: &[Parameter] =
    &[Parameter::new("name", Kind::Text, "Only those whose name has this in it, in any case.")];

/// Finds a part of a name.
struct Named(Option<String>);

impl Named {
    fn read(parameters: &mut Parameters) -> Self {
        Self(parameters.take("name").map(|part| part.to_lowercase()))
    }

    fn takes(&self, name: &str) -> bool {
        self.0.as_ref().is_none_or(|part| name.to_lowercase().contains(part))
    }
}

/// The list of accounts.
pub(crate) struct Accounts(Named);

/// The list of engineers.
pub(crate) struct Engineers(Named);

/// How many of something each name has.
type Counts<'a> = BTreeMap<&'a str, usize>;

fn count<'a>(names: impl Iterator<Item = &'a str>) -> Counts<'a> {
    let mut counts = Counts::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    counts
}

/// The figures that count cards, by whatever name a card has.
struct OfCards<'a> {
    all: Counts<'a>,
    open: Counts<'a>,
    figures: BTreeMap<&'static str, Counts<'a>>,
}

impl<'a> OfCards<'a> {
    fn of(view: &'a View, name: impl Fn(&'a Card) -> Option<&'a str> + Copy) -> Self {
        let board = view.board();
        let counted = |figure: &Figure| match figure_rows(board, Scope::All, figure, view.now) {
            Rows::Cards(cards) => count(cards.into_iter().filter_map(name)),
            Rows::Cases(_) | Rows::Trackers(_) => Counts::new(),
        };
        Self {
            all: count(board.cards().iter().filter_map(name)),
            open: count(board.cards().iter().filter(|card| card.is_open()).filter_map(name)),
            figures: Figure::OF_CARDS.iter().map(|figure| (figure.name(), counted(figure))).collect(),
        }
    }

    fn figure(&self, figure: &Figure, name: &str) -> usize {
        self.figures.get(figure.name()).and_then(|counts| counts.get(name)).copied().unwrap_or(0)
    }
}

fn of(counts: &Counts<'_>, name: &str) -> usize {
    counts.get(name).copied().unwrap_or(0)
}

impl Collection for Accounts {
    type Place = Account;
    type Row = Account;

    const NAME: &'static str = "accounts";
    const FILTERS: &'static [Parameter] = NAME;
    const SORTS: &'static [Sort<Account>] = &[
        ("name", |_, account| Key::text(&account.name)),
        ("cards", |_, account| Key::count(account.cards)),
        ("open_cards", |_, account| Key::count(account.open_cards)),
        ("high_prio", |_, account| Key::count(account.high_prio)),
        ("escalated", |_, account| Key::count(account.escalated)),
        ("crit_sit", |_, account| Key::count(account.crit_sit)),
        ("total_escalations", |_, account| Key::count(account.total_escalations)),
        ("no_bzs", |_, account| Key::count(account.no_bzs)),
        ("open_cases", |_, account| Key::count(account.open_cases)),
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, AppError> {
        Ok(Self(Named::read(parameters)))
    }

    fn find(&self, view: &View) -> Result<Vec<Account>, AppError> {
        let board = view.board();
        let cards = OfCards::of(view, |card| Some(&*card.account));
        let open_cases = match figure_rows(board, Scope::All, &Figure::OpenCases, view.now) {
            Rows::Cases(cases) => count(cases.into_iter().map(|case| &*case.account)),
            Rows::Cards(_) | Rows::Trackers(_) => Counts::new(),
        };
        let row = |name: &str| Account {
            name: name.to_owned(),
            cards: of(&cards.all, name),
            open_cards: of(&cards.open, name),
            high_prio: cards.figure(&Figure::HighPrio, name),
            escalated: cards.figure(&Figure::Escalated, name),
            crit_sit: cards.figure(&Figure::CritSit, name),
            total_escalations: cards.figure(&Figure::TotalEscalations, name),
            no_bzs: cards.figure(&Figure::NoBzs, name),
            open_cases: of(&open_cases, name),
        };
        Ok(board.accounts().filter(|name| self.0.takes(name)).map(row).collect())
    }

    fn id(_: &View, account: &Account) -> String {
        account.name.clone()
    }

    fn row(_: &View, account: &Account) -> Option<Account> {
        Some(account.clone())
    }
}

impl Collection for Engineers {
    type Place = Engineer;
    type Row = Engineer;

    const NAME: &'static str = "engineers";
    const FILTERS: &'static [Parameter] = NAME;
    const SORTS: &'static [Sort<Engineer>] = &[
        ("name", |_, engineer| Key::text(&engineer.name)),
        ("cards", |_, engineer| Key::count(engineer.cards)),
        ("open_cards", |_, engineer| Key::count(engineer.open_cards)),
        ("high_prio", |_, engineer| Key::count(engineer.high_prio)),
        ("escalated", |_, engineer| Key::count(engineer.escalated)),
        ("crit_sit", |_, engineer| Key::count(engineer.crit_sit)),
        ("total_escalations", |_, engineer| Key::count(engineer.total_escalations)),
        ("no_bzs", |_, engineer| Key::count(engineer.no_bzs)),
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, AppError> {
        Ok(Self(Named::read(parameters)))
    }

    fn find(&self, view: &View) -> Result<Vec<Engineer>, AppError> {
        let cards = OfCards::of(view, Card::engineer);
        let row = |name: &str| Engineer {
            name: name.to_owned(),
            cards: of(&cards.all, name),
            open_cards: of(&cards.open, name),
            high_prio: cards.figure(&Figure::HighPrio, name),
            escalated: cards.figure(&Figure::Escalated, name),
            crit_sit: cards.figure(&Figure::CritSit, name),
            total_escalations: cards.figure(&Figure::TotalEscalations, name),
            no_bzs: cards.figure(&Figure::NoBzs, name),
        };
        Ok(view.board().engineers().filter(|name| self.0.takes(name)).map(row).collect())
    }

    fn id(_: &View, engineer: &Engineer) -> String {
        engineer.name.clone()
    }

    fn row(_: &View, engineer: &Engineer) -> Option<Engineer> {
        Some(engineer.clone())
    }
}

/// What the list of accounts says of itself.
pub(crate) fn about_accounts() -> Vec<Operation> {
    vec![described::<Accounts>("listAccounts", "Customers' accounts and the figures of each")]
}

/// What the list of engineers says of itself.
pub(crate) fn about_engineers() -> Vec<Operation> {
    vec![described::<Engineers>("listEngineers", "Who is assigned to cards, and the figures of each")]
}
