//! A case as pages see it, and the table of them. The description stays out: cards carry it.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::board::intern::Interner;
use crate::board::{Groups, Rules};
use crate::documents::read::Problems;
use crate::documents::{Cases, Document};
use crate::names::{CaseNumber, CaseStatus, Severity};
use crate::time::Moment;

/// One case of the board. Fields as in [`crate::documents::Case`] where nothing else is said.
#[derive(Debug)]
pub struct Case {
    /// Its place in [`super::Board::cases`].
    pub position: u32,
    /// Its number.
    pub number: CaseNumber,
    /// Who owns it at the portal.
    pub owner: Arc<str>,
    /// How bad it is.
    pub severity: Severity,
    /// The customer's account.
    pub account: Arc<str>,
    /// Its summary; hostile text.
    pub problem: Arc<str>,
    /// Where it stands.
    pub status: CaseStatus,
    /// The product and its version.
    pub product: Arc<str>,
    /// When it was opened.
    pub created: Moment,
    /// The day of that in the configured zone, as are the next two.
    pub created_on: Option<NaiveDate>,
    /// The day of the last change.
    pub updated_on: Option<NaiveDate>,
    /// The day it was closed.
    pub closed_on: Option<NaiveDate>,
}

impl Case {
    /// Everything but `Closed`.
    pub fn is_open(&self) -> bool {
        self.status.is_open()
    }
}

/// All cases, by number.
#[derive(Debug, Default)]
pub(super) struct CaseTable {
    pub(super) all: Vec<Case>,
    pub(super) by_number: HashMap<CaseNumber, u32>,
    pub(super) by_account: Groups,
}

impl CaseTable {
    pub(super) fn build(cases: Cases, rules: &Rules, problems: &mut Problems) -> Self {
        let mut interner = Interner::default();
        let mut table = Self::default();
        table.all.reserve_exact(cases.len());
        for (position, (number, case)) in (0..).zip(cases) {
            let mut day = |field: &str, text: &str| -> (Moment, Option<NaiveDate>) {
                let moment = Moment::of(text);
                if moment.known().is_none() {
                    problems.note(Document::Cases, number.as_str(), &format!("{field} {text:?} is no time"));
                }
                let on = moment.known().map(|at| rules.date_of(at));
                (moment, on)
            };
            let (created, created_on) = day("createdate", &case.createdate);
            let (_, updated_on) = day("last_update", &case.last_update);
            let closed_on = case.closeddate.and_then(|text| day("closeddate", &text).1);
            let Ok(severity) = case.severity.parse();
            let account = interner.text(&case.account);
            table.by_account.entry(Arc::clone(&account)).or_default().push(position);
            table.by_number.insert(number.clone(), position);
            table.all.push(Case {
                position,
                number,
                owner: interner.text(&case.owner),
                severity,
                account,
                problem: case.problem.into(),
                status: case.status,
                product: interner.text(&case.product),
                created,
                created_on,
                updated_on,
                closed_on,
            });
        }
        table
    }

    pub(super) fn get(&self, number: &str) -> Option<&Case> {
        self.all.get(*self.by_number.get(number)? as usize)
    }
}
