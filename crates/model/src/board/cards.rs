//! The table of cards and the one pass that builds it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::board::case::CaseTable;
use crate::board::intern::Interner;
use crate::board::trackers::TrackerTable;
use crate::board::{Card, Comment, Groups, Rules};
use crate::documents::read::Problems;
use crate::documents::{self, Bug, Document, Issue};
use crate::names::{CardKey, CardStatus, CaseNumber, CaseStatus};
use crate::time::Moment;

/// All cards, by project and number.
#[derive(Debug, Default)]
pub(super) struct CardTable {
    pub(super) all: Vec<Card>,
    pub(super) by_key: HashMap<CardKey, u32>,
    pub(super) by_case: HashMap<CaseNumber, Vec<u32>>,
    pub(super) by_account: Groups,
    pub(super) by_engineer: Groups,
    pub(super) by_case_status: BTreeMap<CaseStatus, Vec<u32>>,
    pub(super) by_card_status: BTreeMap<CardStatus, Vec<u32>>,
}

/// Takes cards one by one.
pub(super) struct CardsBuilder<'a> {
    rules: &'a Rules,
    cases: &'a CaseTable,
    bugs: &'a TrackerTable<Bug>,
    issues: &'a TrackerTable<Issue>,
    interner: Interner,
    no_bugs: Arc<[Bug]>,
    no_issues: Arc<[Issue]>,
    all: Vec<Card>,
    by_key: HashMap<CardKey, u32>,
}

impl<'a> CardsBuilder<'a> {
    pub(super) fn new(
        rules: &'a Rules,
        cases: &'a CaseTable,
        bugs: &'a TrackerTable<Bug>,
        issues: &'a TrackerTable<Issue>,
    ) -> Self {
        Self {
            rules,
            cases,
            bugs,
            issues,
            interner: Interner::default(),
            no_bugs: Arc::default(),
            no_issues: Arc::default(),
            all: Vec::new(),
            by_key: HashMap::new(),
        }
    }

    /// Takes one; of a key that comes twice the last one counts.
    pub(super) fn add(&mut self, key: CardKey, card: documents::Card, problems: &mut Problems) {
        let card = self.convert(key, card, problems);
        if let Some(known) = self.by_key.get(&card.key).and_then(|place| self.all.get_mut(*place as usize)) {
            problems.note(Document::Cards, card.key.as_str(), Problems::TWICE);
            *known = card;
            return;
        }
        self.by_key.insert(card.key.clone(), place(self.all.len()));
        self.all.push(card);
    }

    fn convert(&mut self, key: CardKey, card: documents::Card, problems: &mut Problems) -> Card {
        let mut note = |field: &str, moment: Moment| {
            if let Some(text) = moment.unreadable() {
                problems.note(Document::Cards, key.as_str(), &format!("{field} {text:?} is no time"));
            }
            let on = moment.known().map(|at| self.rules.date_of(at));
            (moment, on)
        };
        let (case_created, created_on) = note("case_created", Moment::of(&card.case_created));
        let (case_updated, _) = note("case_updated_date", Moment::of(&card.case_updated_date));
        let (card_created, _) = note("card_created", Moment::loosely_of(&card.card_created));
        let comments = card.comments.unwrap_or_default().into_iter().map(|comment| {
            let (at, on) = note("the time of a comment", Moment::of(&comment.at));
            Comment { html: comment.html.into(), at, on }
        });
        let comments: Box<[Comment]> = comments.collect();
        let case = card.case_number.as_str();
        let problem = self.cases.get(case).map(|case| &case.problem);
        let interner = &mut self.interner;
        Card {
            position: 0,
            summary: match problem {
                Some(problem) if **problem == *card.summary => Arc::clone(problem),
                _ => card.summary.into(),
            },
            bugs: shared(card.bugzilla, self.bugs.of(case), &self.no_bugs),
            issues: shared(card.issues, self.issues.of(case), &self.no_issues),
            account: interner.text(&card.account),
            description: card.description.unwrap_or_default().into(),
            product: interner.text(&card.product),
            case_status: card.case_status,
            severity: card.severity,
            case_created,
            created_on,
            case_updated,
            case_days_open: card.case_days_open,
            tags: interner.texts(&card.tags),
            card_status: card.card_status,
            card_created,
            priority: card.priority.map(|text| interner.text(&text)),
            labels: interner.texts(&card.labels),
            assignee: interner.person(card.assignee),
            contributors: card.contributor.into_iter().filter_map(|person| interner.person(person)).collect(),
            commented_on: comments.iter().filter_map(|comment| comment.on).max(),
            comments,
            escalated: card.escalated,
            escalated_link: card.escalated_link.map(Into::into),
            potential_escalation: card.potential_escalation,
            daily_telco: card.daily_telco,
            crit_sit: card.crit_sit,
            group_name: card.group_name.map(|text| interner.text(&text)),
            notified_users: card.notified_users.into(),
            relief_at: card.relief_at.map(|milestone| milestone.moment()),
            resolved_at: card.resolved_at.map(|milestone| milestone.moment()),
            account_id: 0,
            engineer_id: None,
            case_number: card.case_number,
            key,
        }
    }

    /// Sorts the cards and indexes them.
    pub(super) fn finish(mut self) -> CardTable {
        self.all.sort_by(|a, b| natural(&a.key).cmp(&natural(&b.key)));
        self.all.shrink_to_fit();
        let mut table = CardTable { by_key: self.by_key, ..CardTable::default() };
        for (card, position) in self.all.iter_mut().zip(0..) {
            card.position = position;
            if let Some(known) = table.by_key.get_mut(&card.key) {
                *known = position;
            }
            table.by_case.entry(card.case_number.clone()).or_default().push(position);
            table.by_account.entry(Arc::clone(&card.account)).or_default().push(position);
            table.by_case_status.entry(card.case_status.clone()).or_default().push(position);
            table.by_card_status.entry(card.card_status.clone()).or_default().push(position);
            if let Some(name) = card.engineer() {
                table.by_engineer.entry(self.interner.text(name)).or_default().push(position);
            }
        }
        number(&table.by_account, &mut self.all, |card, id| card.account_id = id);
        number(&table.by_engineer, &mut self.all, |card, id| card.engineer_id = Some(id));
        table.all = self.all;
        table
    }
}

fn number(groups: &Groups, cards: &mut [Card], set: impl Fn(&mut Card, u32)) {
    for (positions, id) in groups.values().zip(0..) {
        for position in positions {
            if let Some(card) = cards.get_mut(*position as usize) {
                set(card, id);
            }
        }
    }
}

/// `own`, as the shared list if it is equal to that.
fn shared<T: PartialEq>(own: Option<Vec<T>>, known: Option<&Arc<[T]>>, none: &Arc<[T]>) -> Arc<[T]> {
    let own = own.unwrap_or_default();
    match known {
        _ if own.is_empty() => Arc::clone(none),
        Some(known) if **known == *own => Arc::clone(known),
        _ => own.into(),
    }
}

fn place(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

/// `ABC-9` before `ABC-10`.
fn natural(key: &CardKey) -> (&str, usize, &str) {
    let number = key.number();
    let digits = number.trim_start_matches('0');
    (key.project(), digits.len(), digits)
}
