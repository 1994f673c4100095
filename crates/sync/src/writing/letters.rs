//! The letters about plans, word by word: of what a plan would do before it is done, and of what became of it after.
//! Pure; who sends them, and when, is decided elsewhere.

use t5g_model::names::{CardKey, Severity};
use t5g_model::writing::{Assignee, Effect, LetterCase, LetterDraft, Plan, Subject, WhiteboardOf};

use crate::notify::{self, Content};
use crate::write_rules::WriteRules;

/// A case and its card.
pub(super) struct CaseCard<'a> {
    /// The case, and who is to have its card.
    pub(super) case: &'a LetterCase,
    /// `None`: the card is only planned.
    pub(super) key: Option<CardKey>,
    /// Who was to have it and does not: Jira does not take them, or there is no account by which it could.
    pub(super) refused: Option<Assignee>,
}

/// What is tagged of a subject: the step, and why it is not done if it is not.
pub(super) type TagStep<'a> = (&'a Subject, &'a Effect, Option<&'a str>);

/// Cards were made for new cases, or opened again.
pub(super) fn new_cards<'a>(
    rules: &WriteRules,
    subject: &str,
    cards: impl IntoIterator<Item = CaseCard<'a>>,
) -> Content {
    let nobody = |who: Assignee| {
        if who.account.is_empty() {
            format!("nobody: no account of {} in Jira is known", who.name)
        } else {
            format!("nobody: Jira does not take {}", who.name)
        }
    };
    let told = |card: CaseCard<'_>| notify::ToldCard {
        case: told(rules, card.case),
        url: card.key.as_ref().and_then(|key| rules.card_link(key.as_str())),
        card: card.key,
        assignee: card.refused.map(nobody).or_else(|| card.case.assignee.clone()),
        reopened: card.case.reopened,
    };
    notify::NewCards { subject: subject.to_owned(), cards: cards.into_iter().map(told).collect() }.content()
}

/// More new cases came than are made without asking.
pub(super) fn many_new_cases(rules: &WriteRules, cases: &[LetterCase], limit: u32) -> Content {
    let release = rules.page("cards/plan");
    let cases = cases.iter().map(|case| told(rules, case)).collect();
    notify::ManyNewCases { cases, limit, release }.content()
}

/// What was tagged, what could not be, and what was left out before.
pub(super) fn tags<'a>(
    rules: &WriteRules,
    left_out: &[(String, String)],
    steps: impl IntoIterator<Item = TagStep<'a>>,
) -> Content {
    let mut summary = notify::TagSummary { left_out: left_out.to_vec(), ..notify::TagSummary::default() };
    for (subject, effect, failed) in steps {
        let (add, url) = match effect {
            Effect::SetKeywords { issue, add, .. } => (add, rules.card_link(issue.as_str())),
            Effect::SetWhiteboard { of: WhiteboardOf::Bug(bug), add, .. } => {
                (add, Some(rules.bug_link(*bug)))
            }
            Effect::SetWhiteboard { of: WhiteboardOf::Issue { key, .. }, add, .. } => {
                (add, rules.card_link(key.as_str()))
            }
            _ => continue,
        };
        let what = subject.to_string();
        match failed {
            None => summary.tagged.push(notify::Tagged { what, url, added: add.clone() }),
            Some(why) => summary.failed.push((what, why.to_owned())),
        }
    }
    summary.content()
}

/// The letter about tags of a plan of which nothing failed yet.
pub(super) fn planned_tags(rules: &WriteRules, left_out: &[(String, String)], plan: &Plan) -> LetterDraft {
    let steps =
        plan.items.iter().flat_map(|item| item.steps.iter().map(move |step| (&item.subject, step, None)));
    draft(tags(rules, left_out, steps))
}

/// As a plan keeps it.
pub(super) fn draft(content: Content) -> LetterDraft {
    LetterDraft { subject: content.subject, text: content.text }
}

fn told(rules: &WriteRules, case: &LetterCase) -> notify::ToldCase {
    let Ok(severity) = case.severity.parse::<Severity>();
    notify::ToldCase {
        case: case.case.clone(),
        url: rules.case_link(case.case.as_str()),
        account: case.account.clone(),
        severity,
        problem: case.problem.clone(),
    }
}
