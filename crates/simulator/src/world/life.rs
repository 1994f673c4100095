//! The whole life of one case, from its first minute to its last, drawn once and for all from its index.

use t5g_model::names::Severity;

use super::prose::Tongue;
use super::words::{PRODUCTS, TAGS};
use super::{Tick, World};
use crate::dice::Dice;

const HOUR: i64 = 3600;
const DAY: i64 = 86_400;

/// What happens to a case, and when.
#[derive(Debug, Clone)]
pub(crate) struct Life {
    pub(crate) index: u32,
    pub(crate) born: Tick,
    pub(crate) closed: Tick,
    pub(crate) account: u32,
    pub(crate) tongue: Tongue,
    pub(crate) product: &'static str,
    pub(crate) version: &'static str,
    pub(crate) tags: Vec<&'static str>,
    /// First severity, and what it was changed to.
    pub(crate) severity: Severity,
    pub(crate) severity_change: Option<(Tick, Severity)>,
    /// Comments on the portal, in order; whether the customer wrote it.
    pub(crate) messages: Vec<(Tick, bool)>,
    pub(crate) relief: Option<Tick>,
    pub(crate) resolved: Option<Tick>,
    /// Whether the portal tells milestones in milliseconds.
    pub(crate) in_millis: bool,
    pub(crate) crit_sit: Option<(Tick, Tick)>,
    pub(crate) escalated: Option<Escalation>,
    /// Linked bugs and engineering issues, by their place in the world's pools.
    pub(crate) bugs: Vec<(u32, Tick)>,
    pub(crate) issues: Vec<(u32, Tick)>,
    /// The team member who works on it; none for a few.
    pub(crate) engineer: Option<u32>,
    /// When its card was made; none for a few.
    pub(crate) card: Option<Tick>,
}

/// An escalation over a case.
#[derive(Debug, Clone)]
pub(crate) struct Escalation {
    pub(crate) from: Tick,
    pub(crate) until: Tick,
    /// Whether the portal lists the escalation among the case's issues.
    pub(crate) listed: bool,
    /// Whether it carries the label that the team looks for.
    pub(crate) labelled: bool,
}

impl World {
    /// The life of the `index`-th case.
    pub(crate) fn life(&self, index: u32) -> Life {
        let mut dice = self.dice("case", index);
        let born = self.born(index);
        let closed = born.plus(lifetime(&mut dice));
        let span = closed.since(born);
        // Few accounts have many cases: the lower of two draws.
        let accounts = u64::from(self.account_count());
        let account = u32::try_from(dice.below(accounts).min(dice.below(accounts))).unwrap_or(0);
        let tongue = self.tongue(account);
        let (product, versions) = dice.pick(PRODUCTS);
        let severity = draw_severity(&mut dice);
        let severity_change = dice.permille(120).then(|| {
            let changed = if severity == Severity::Low { Severity::Normal } else { Severity::High };
            (born.plus(span / 3), changed)
        });
        let grave = matches!(severity, Severity::Urgent | Severity::High);
        Life {
            index,
            born,
            closed,
            account,
            tongue,
            product,
            version: dice.pick(versions),
            tags: draw_tags(&mut dice),
            severity_change: severity_change.filter(|(_, changed)| *changed != severity),
            severity,
            messages: draw_messages(&mut dice, born, span),
            relief: dice.permille(600).then(|| born.plus(span / 5 + dice.between(0, span / 5))),
            resolved: dice.permille(700).then(|| born.plus(span / 2 + dice.between(0, span / 3))),
            in_millis: dice.permille(300),
            crit_sit: dice
                .permille(if grave { 120 } else { 5 })
                .then(|| (born.plus(2 * HOUR), born.plus(span / 2))),
            escalated: dice.permille(if grave { 180 } else { 25 }).then(|| Escalation {
                from: born.plus(span / 10),
                until: born.plus(span - span / 10),
                listed: dice.permille(600),
                labelled: !dice.permille(60),
            }),
            bugs: draw_links(&mut dice, index, born, span, 350),
            issues: draw_links(&mut dice, index, born, span, 500),
            engineer: (!dice.permille(40))
                .then(|| u32::try_from(dice.below(u64::from(self.team_size()))).unwrap_or(0)),
            card: (!dice.permille(40)).then(|| born.plus(dice.between(300, 3 * HOUR))),
        }
    }
}

fn lifetime(dice: &mut Dice) -> i64 {
    match dice.below(100) {
        0..50 => dice.between(2 * DAY, 30 * DAY),
        50..85 => dice.between(20 * DAY, 120 * DAY),
        _ => dice.between(100 * DAY, 600 * DAY),
    }
}

fn draw_severity(dice: &mut Dice) -> Severity {
    match dice.below(100) {
        0..8 => Severity::Urgent,
        8..30 => Severity::High,
        30..78 => Severity::Normal,
        _ => Severity::Low,
    }
}

fn draw_tags(dice: &mut Dice) -> Vec<&'static str> {
    let mut tags: Vec<&str> = Vec::new();
    for _ in 0..dice.below(4) {
        let tag = dice.pick(TAGS);
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}

fn draw_messages(dice: &mut Dice, born: Tick, span: i64) -> Vec<(Tick, bool)> {
    let count = dice.between(1, 9);
    (1..=count)
        .map(|at| {
            let from = span / (count + 1) * at;
            // Nearer to the beginning, where most is written.
            let early = from / 2 + from * at / (2 * (count + 1));
            (born.plus(early), at % 2 == 0)
        })
        .collect()
}

fn draw_links(dice: &mut Dice, index: u32, born: Tick, span: i64, share: u64) -> Vec<(u32, Tick)> {
    let mut links: Vec<(u32, Tick)> = Vec::new();
    while links.len() < 5 && dice.permille(share) {
        // The pool grows with the cases, two to a member, so that some are shared and none is younger than its case.
        let member = u32::try_from(dice.below(u64::from(index / 2 + 5))).unwrap_or(0);
        if links.iter().all(|(known, _)| *known != member) {
            links.push((member, born.plus(dice.between(HOUR, span / 2))));
        }
    }
    links.sort_by_key(|(member, at)| (*at, *member));
    links
}
