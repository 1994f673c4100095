//! Who takes which new case: fair, with a reason for each choice. Chance comes in as a [`Lot`]; nothing else decides.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::documents::Cards;
use crate::names::{CardStatus, CaseNumber, Severity};
use crate::writing::{Lot, Member};

/// A case that needs somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseToAssign {
    /// Its number.
    pub number: CaseNumber,
    /// Whose it is.
    pub account: String,
}

/// How those are ordered who could take a case that no account decides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Order {
    /// By chance.
    #[default]
    Chance,
    /// Who has the least open work first, by chance among equals. The weights of each member's open work, in the
    /// order of the team; a member that has none here has no work.
    LeastWork(Vec<u64>),
}

/// Who takes a case, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// The case.
    pub case: CaseNumber,
    /// The member's place in the team; `None`: nobody.
    pub member: Option<usize>,
    /// Why.
    pub reason: Reason,
}

/// Why a case goes to whom it goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum Reason {
    /// The account's name holds one of the member's texts.
    Account {
        /// That text.
        text: String,
    },
    /// The member was next.
    Next {
        /// Among whom.
        pool: Pool,
        /// The weight of the member's open work, if that was looked at.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        work: Option<u64>,
    },
    /// Everybody is inactive or away.
    NobodyActive,
    /// There is no team.
    NoTeam,
}

/// Among whom a member was next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pool {
    /// Everybody active: nobody has a case by account.
    Team,
    /// Those active who have no case by account.
    Rest,
    /// Those who have one by account: all others have a case, and nobody is to get two that no account decides.
    AfterRest,
    /// Everybody active, since all have a case by account.
    AllHaveOne,
    /// Everybody active, in turn: there are more cases than people.
    InTurn,
}

impl fmt::Display for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Team => "next in the team",
            Self::Rest => "next of those who have none by account",
            Self::AfterRest => "all who have none by account have one now",
            Self::AllHaveOne => "next in the team: everybody has one by account",
            Self::InTurn => "more cases than people: the whole team in turn",
        })
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account { text } => write!(f, "account contains “{text}”"),
            Self::Next { pool, work: None } => write!(f, "{pool}; order drawn by lot"),
            Self::Next { pool, work: Some(work) } => write!(f, "{pool}; least open work first ({work})"),
            Self::NobodyActive => f.write_str("nobody is active"),
            Self::NoTeam => f.write_str("there is no team"),
        }
    }
}

/// Gives every case to somebody of the team, in the order in which the cases come.
///
/// A case whose account decides goes to the first member, in team order, who takes cases. The others are spread: if
/// they are no more than the people, nobody gets two of them, and those who have one by account come last; if they
/// are more, the whole team takes part in turn.
pub fn assign(
    cases: &[CaseToAssign],
    team: &[Member],
    order: &Order,
    today: NaiveDate,
    lot: &mut Lot,
) -> Vec<Assignment> {
    let people: Vec<usize> =
        (0..).zip(team).filter(|(_, one)| one.takes_cases(today)).map(|(at, _)| at).collect();
    let by_account: Vec<Option<(usize, String)>> =
        cases.iter().map(|case| match_account(&case.account, team, today)).collect();
    let mut spread = Spread::new(&people, &by_account, order, lot);
    let given = cases.iter().zip(by_account).map(|(case, matched)| {
        let (member, reason) = match matched {
            Some((member, text)) => (Some(member), Reason::Account { text }),
            None if team.is_empty() => (None, Reason::NoTeam),
            None => {
                spread.next().map_or((None, Reason::NobodyActive), |(member, reason)| (Some(member), reason))
            }
        };
        Assignment { case: case.number.clone(), member, reason }
    });
    given.collect()
}

/// The first member, in team order, whose texts the account's name holds, and that text.
fn match_account(account: &str, team: &[Member], today: NaiveDate) -> Option<(usize, String)> {
    let mut active = (0..).zip(team).filter(|(_, member)| member.takes_cases(today));
    active.find_map(|(at, member)| Some((at, member.account_part(account)?.to_owned())))
}

/// Deals the cases that no account decides.
struct Spread {
    /// Who takes cases, as they come.
    order: Vec<Candidate>,
    /// There are more cases than people.
    in_turn: bool,
    by_work: bool,
    dealt: std::iter::Cycle<std::ops::Range<usize>>,
}

/// Somebody who could take a case.
#[derive(Clone, Copy)]
struct Candidate {
    member: usize,
    by_account: usize,
    work: u64,
}

impl Spread {
    fn new(people: &[usize], by_account: &[Option<(usize, String)>], rule: &Order, lot: &mut Lot) -> Self {
        let cases = by_account.iter().filter(|matched| matched.is_none()).count();
        let work = |member: usize| match rule {
            Order::Chance => 0,
            Order::LeastWork(weights) => weights.get(member).copied().unwrap_or(0),
        };
        let has = |member| by_account.iter().flatten().filter(|(at, _)| *at == member).count();
        let candidate =
            |member: &usize| Candidate { member: *member, by_account: has(*member), work: work(*member) };
        let mut order: Vec<Candidate> = people.iter().map(candidate).collect();
        lot.shuffle(&mut order);
        let in_turn = cases > people.len();
        // Stable: among equals the lot decides.
        order.sort_by_key(|one| (if in_turn { 0 } else { one.by_account }, one.work));
        let dealt = (0..order.len()).cycle();
        Self { order, in_turn, by_work: *rule != Order::Chance, dealt }
    }

    fn pool(&self, chosen: Candidate) -> Pool {
        let free = self.order.iter().filter(|one| one.by_account == 0).count();
        match (self.in_turn, chosen.by_account, free) {
            (true, ..) => Pool::InTurn,
            (false, 0, free) if free == self.order.len() => Pool::Team,
            (false, 0, _) => Pool::Rest,
            (false, _, 0) => Pool::AllHaveOne,
            (false, ..) => Pool::AfterRest,
        }
    }
}

impl Iterator for Spread {
    type Item = (usize, Reason);

    fn next(&mut self) -> Option<Self::Item> {
        let chosen = *self.order.get(self.dealt.next()?)?;
        let work = self.by_work.then_some(chosen.work);
        Some((chosen.member, Reason::Next { pool: self.pool(chosen), work }))
    }
}

/// The weights of each member's open work: their cards that are not done and whose case is open, an urgent one as much
/// as four low ones.
pub fn open_loads(team: &[Member], cards: &Cards) -> Vec<u64> {
    let open =
        |card: &&crate::documents::Card| card.case_status.is_open() && card.card_status != CardStatus::Done;
    let load = |member: &Member| {
        let theirs = cards.values().filter(open).filter(|card| member.is(&card.assignee));
        theirs.map(|card| weight(&card.severity)).sum()
    };
    team.iter().map(load).collect()
}

fn weight(severity: &Severity) -> u64 {
    match severity {
        Severity::Urgent => 4,
        Severity::High => 3,
        Severity::Normal => 2,
        Severity::Low | Severity::Other(_) => 1,
    }
}
