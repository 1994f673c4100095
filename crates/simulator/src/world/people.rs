//! The team, and the accounts it works for.

use super::World;
use super::prose::Tongue;
use super::words::{ACCOUNTS, FIRST_NAMES, LAST_NAMES};

/// Somebody with a Jira account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Engineer {
    /// The name shown.
    pub(crate) name: String,
    /// Jira Cloud's account id.
    pub(crate) account_id: String,
    /// Jira Data Center's and the portal's login.
    pub(crate) login: String,
    /// The mail address.
    pub(crate) mail: String,
    /// Whether Jira tells the mail address.
    pub(crate) mail_shown: bool,
}

impl Engineer {
    /// The mail address, as far as Jira tells it.
    pub(crate) fn shown_mail(&self) -> Option<&str> {
        self.mail_shown.then_some(self.mail.as_str())
    }
}

impl World {
    /// How many engineers the team has.
    pub(crate) fn team_size(&self) -> u32 {
        (6 + self.initial_cases / 250).min(40)
    }

    /// How many accounts have cases.
    pub(crate) fn account_count(&self) -> u32 {
        (5 + self.initial_cases / 20).min(120)
    }

    /// The `index`-th engineer.
    pub(crate) fn engineer(&self, index: u32) -> Engineer {
        let mut dice = self.dice("engineer", index);
        let given = dice.pick(FIRST_NAMES);
        let family = dice.pick(LAST_NAMES);
        let id = dice.next();
        let login = format!("engineer{index:02}");
        Engineer {
            // The number keeps names apart: statistics count by the name shown.
            name: if index < 10 { format!("{given} {family}") } else { format!("{given} {family} {index}") },
            account_id: format!("712020:{:08x}-{:04x}", id >> 32, id & 0xffff),
            mail: format!("{login}@example.com"),
            login,
            mail_shown: index % 7 != 3,
        }
        .distinct(index)
    }

    /// The bot that writes on the team's behalf; whose credentials the environment carries.
    pub(crate) fn bot() -> Engineer {
        Engineer {
            name: "Field Bot".into(),
            account_id: "712020:b07".into(),
            login: "field-bot".into(),
            mail: "field-bot@example.com".into(),
            mail_shown: true,
        }
    }

    /// Everybody with an account.
    pub(crate) fn people(&self) -> impl Iterator<Item = Engineer> + '_ {
        (0..self.team_size()).map(|index| self.engineer(index)).chain(std::iter::once(Self::bot()))
    }

    /// The `index`-th account's name and language.
    pub(crate) fn account(&self, index: u32) -> (String, Tongue) {
        let known = ACCOUNTS.len();
        let at = usize::try_from(index).unwrap_or(0);
        let name = ACCOUNTS.get(at % known).copied().unwrap_or_default();
        let name = if at < known { name.to_owned() } else { format!("{name} {}", at / known + 1) };
        (name, self.tongue(index))
    }

    /// The language that the `index`-th account writes in.
    pub(super) fn tongue(&self, index: u32) -> Tongue {
        Tongue::draw(&mut self.dice("account", index))
    }
}

impl Engineer {
    fn distinct(mut self, index: u32) -> Self {
        if index < 10 {
            // Ten people may share drawn names; an initial tells them apart as it would in an office.
            let initial = char::from(b'A' + u8::try_from(index).unwrap_or(0));
            self.name = match self.name.split_once(' ') {
                Some((given, family)) => format!("{given} {initial}. {family}"),
                None => self.name,
            };
        }
        self
    }
}
