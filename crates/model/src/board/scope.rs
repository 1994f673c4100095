//! Which cards and cases a figure looks at.

use std::collections::BTreeSet;

use crate::board::{Board, Card, Case};

/// All, or those of one account or one engineer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope<'a> {
    /// Everything.
    All,
    /// Cards and cases of the account of that exact name.
    Account(&'a str),
    /// Cards assigned to whom is called so, and the cases of those cards.
    Engineer(&'a str),
}

impl Board {
    /// Whether the board has anything of the scope; of a name that nothing carries it has not.
    pub fn knows(&self, scope: Scope<'_>) -> bool {
        match scope {
            Scope::All => true,
            Scope::Account(name) => {
                self.cards.table.by_account.contains_key(name)
                    || self.cases.table.by_account.contains_key(name)
            }
            Scope::Engineer(name) => self.cards.table.by_engineer.contains_key(name),
        }
    }

    /// The cards of the scope, by project and number.
    pub fn cards_in(&self, scope: Scope<'_>) -> impl Iterator<Item = &Card> {
        let table = &self.cards.table;
        let (all, some) = match scope {
            Scope::All => (self.cards(), None),
            Scope::Account(name) => (&[][..], table.by_account.get(name)),
            Scope::Engineer(name) => (&[][..], table.by_engineer.get(name)),
        };
        all.iter().chain(self.at(some))
    }

    /// The cases of the scope, by number, each once.
    pub fn cases_in(&self, scope: Scope<'_>) -> impl Iterator<Item = &Case> {
        let table = &self.cases.table;
        let (all, some) = match scope {
            Scope::All => (self.cases(), Vec::new()),
            Scope::Account(name) => (&[][..], table.by_account.get(name).cloned().unwrap_or_default()),
            Scope::Engineer(_) => {
                let numbers = self.cards_in(scope).map(|card| &card.case_number);
                let positions = numbers.filter_map(|number| table.by_number.get(number).copied());
                (&[][..], positions.collect::<BTreeSet<_>>().into_iter().collect())
            }
        };
        all.iter().chain(some.into_iter().filter_map(|position| self.cases().get(position as usize)))
    }
}
