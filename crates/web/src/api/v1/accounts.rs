//! `/api/v1/accounts` and `/api/v1/engineers`, and each of them by name: whom cards belong to, with the figures.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use t5g_model::board::{Board, Card, Scope};
use t5g_model::figures::{Figure, Rows, figure_rows};

use super::collection::{Collection, Sort, described};
use super::cursor::Key;
use super::parameters::Parameters;
use super::rows::{Account, Engineer, FiguresOfCards, Row};
use super::single::{Single, described_alone};
use super::view::View;
use crate::api::describe::{Kind, Operation, Parameter};
use crate::error::AppError;

/// Whose figures are listed.
pub(crate) trait Whose: Send + Sync + 'static {
    /// What is answered of each.
    type Row: Row + From<Counted>;

    /// Several of them in the address, and one in words.
    const NAMES: (&'static str, &'static str);
    /// What they can be sorted by.
    const SORTS: &'static [Sort<Counted>];

    /// All of them, by name.
    fn names(board: &Board) -> Vec<&str>;
    /// To whom a card belongs.
    fn of(card: &Card) -> Option<&str>;
}

/// Accounts.
pub(crate) struct OfAccounts;

/// Engineers.
pub(crate) struct OfEngineers;

/// The list of them.
pub(crate) struct Names<W> {
    /// A part of the name, in lower case.
    part: Option<String>,
    whose: PhantomData<W>,
}

/// The list of accounts.
pub(crate) type Accounts = Names<OfAccounts>;

/// The list of engineers.
pub(crate) type Engineers = Names<OfEngineers>;

/// One of them, counted.
#[derive(Debug, Clone)]
pub(crate) struct Counted {
    figures: FiguresOfCards,
    open_cases: usize,
}

/// The last one counts cases, which belong to accounts alone.
const SORTS: &[Sort<Counted>] = &[
    ("name", |_, one| Key::text(&one.figures.name)),
    ("cards", |_, one| Key::count(one.figures.cards)),
    ("open_cards", |_, one| Key::count(one.figures.open_cards)),
    ("high_prio", |_, one| Key::count(one.figures.high_prio)),
    ("escalated", |_, one| Key::count(one.figures.escalated)),
    ("crit_sit", |_, one| Key::count(one.figures.crit_sit)),
    ("total_escalations", |_, one| Key::count(one.figures.total_escalations)),
    ("no_bzs", |_, one| Key::count(one.figures.no_bzs)),
    ("open_cases", |_, one| Key::count(one.open_cases)),
];

impl Whose for OfAccounts {
    type Row = Account;

    const NAMES: (&'static str, &'static str) = ("accounts", "account");
    const SORTS: &'static [Sort<Counted>] = SORTS;

    fn names(board: &Board) -> Vec<&str> {
        board.accounts().collect()
    }

    fn of(card: &Card) -> Option<&str> {
        Some(&card.account)
    }
}

impl Whose for OfEngineers {
    type Row = Engineer;

    const NAMES: (&'static str, &'static str) = ("engineers", "engineer");
    const SORTS: &'static [Sort<Counted>] = match SORTS.split_last() {
        Some((_, of_cards)) => of_cards,
        None => &[],
    };

    fn names(board: &Board) -> Vec<&str> {
        board.engineers().collect()
    }

    fn of(card: &Card) -> Option<&str> {
        card.engineer()
    }
}

impl From<Counted> for Account {
    fn from(Counted { figures, open_cases }: Counted) -> Self {
        Self { figures, open_cases }
    }
}

impl From<Counted> for Engineer {
    fn from(Counted { figures, .. }: Counted) -> Self {
        Self { figures }
    }
}

/// How many of something each name has.
type Counts<'a> = BTreeMap<&'a str, usize>;

fn count<'a>(names: impl Iterator<Item = &'a str>) -> Counts<'a> {
    let mut counts = Counts::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    counts
}

/// Everything that is counted, by whatever name a card has.
struct All<'a> {
    cards: Counts<'a>,
    open_cards: Counts<'a>,
    figures: BTreeMap<&'static str, Counts<'a>>,
    open_cases: Counts<'a>,
}

impl<'a> All<'a> {
    fn of<W: Whose>(view: &'a View) -> Self {
        let board = view.board();
        let rows = |figure: &Figure| figure_rows(board, Scope::All, figure, view.now);
        let counted = |figure: &Figure| match rows(figure) {
            Rows::Cards(cards) => count(cards.into_iter().filter_map(W::of)),
            Rows::Cases(_) | Rows::Trackers(_) => Counts::new(),
        };
        let open_cases = match rows(&Figure::OpenCases) {
            Rows::Cases(cases) => count(cases.into_iter().map(|case| &*case.account)),
            Rows::Cards(_) | Rows::Trackers(_) => Counts::new(),
        };
        Self {
            cards: count(board.cards().iter().filter_map(W::of)),
            open_cards: count(board.cards().iter().filter(|card| card.is_open()).filter_map(W::of)),
            figures: Figure::OF_CARDS.iter().map(|figure| (figure.name(), counted(figure))).collect(),
            open_cases,
        }
    }

    fn counted(&self, name: &str) -> Counted {
        let of = |counts: &Counts<'_>| counts.get(name).copied().unwrap_or(0);
        let figure = |figure: &Figure| self.figures.get(figure.name()).map_or(0, of);
        let figures = FiguresOfCards {
            name: name.to_owned(),
            cards: of(&self.cards),
            open_cards: of(&self.open_cards),
            high_prio: figure(&Figure::HighPrio),
            escalated: figure(&Figure::Escalated),
            crit_sit: figure(&Figure::CritSit),
            total_escalations: figure(&Figure::TotalEscalations),
            no_bzs: figure(&Figure::NoBzs),
        };
        Counted { figures, open_cases: of(&self.open_cases) }
    }
}

impl<W: Whose> Collection for Names<W> {
    type Place = Counted;
    type Row = W::Row;

    const NAME: &'static str = W::NAMES.0;
    const FILTERS: &'static [Parameter] =
        &[Parameter::new("name", Kind::Text, "Only those whose name has this in it, in any case.")];
    const SORTS: &'static [Sort<Counted>] = W::SORTS;

    fn read(parameters: &mut Parameters) -> Result<Self, AppError> {
        let part = parameters.take("name").map(|part| part.to_lowercase());
        Ok(Self { part, whose: PhantomData })
    }

    fn find(&self, view: &View) -> Result<Vec<Counted>, AppError> {
        let all = All::of::<W>(view);
        let takes = |name: &&str| self.part.as_ref().is_none_or(|part| name.to_lowercase().contains(part));
        Ok(W::names(view.board()).into_iter().filter(takes).map(|name| all.counted(name)).collect())
    }

    fn id(_: &View, one: &Counted) -> String {
        one.figures.name.clone()
    }

    fn row(_: &View, one: &Counted) -> Option<W::Row> {
        Some(one.clone().into())
    }
}

impl<W: Whose> Single for Names<W> {
    const ONE: &'static str = W::NAMES.1;

    fn all() -> Self {
        Self { part: None, whose: PhantomData }
    }

    fn is(one: &Counted, name: &str) -> bool {
        one.figures.name == name
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

const PLACE: (&str, &str) = ("name", "The whole name, as it is written; a slash in it is `%2F`.");

/// What a single account says of itself.
pub(crate) fn about_account() -> Vec<Operation> {
    vec![described_alone::<Accounts>("getAccount", "One account and its figures", PLACE)]
}

/// What a single engineer says of itself.
pub(crate) fn about_engineer() -> Vec<Operation> {
    vec![described_alone::<Engineers>("getEngineer", "One engineer and their figures", PLACE)]
}
