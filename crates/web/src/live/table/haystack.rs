//! All text of a card that a search looks at, in lower case.

use t5g_model::board::Card;

use crate::text::words;

/// Between two fields, so that no search matches across them.
const FIELD: char = '\u{1f}';

/// The text.
pub(super) fn of(card: &Card) -> String {
    let mut all = String::new();
    let mut add = |text: &str| {
        all.push_str(text);
        all.push(FIELD);
    };
    for field in [card.case_number.as_str(), card.key.as_str(), &card.summary, &card.account, &card.product] {
        add(field);
    }
    for field in [card.severity.word(), card.case_status.as_str(), card.card_status.as_str()] {
        add(field);
    }
    let people = card.assignee.iter().chain(&card.contributors);
    people.filter_map(|person| person.name()).for_each(&mut add);
    card.labels.iter().chain(&card.tags).for_each(|label| add(label));
    for bug in card.bugs.iter() {
        add(&bug.linked.bugzilla_number);
        add(bug.linked.summary.as_deref().unwrap_or_default());
    }
    for issue in card.issues.iter() {
        add(&issue.id);
        add(issue.title.as_deref().unwrap_or_default());
    }
    card.comments.iter().for_each(|comment| add(&words(&comment.html, usize::MAX - 1)));
    all.to_lowercase()
}
