//! What is otherwise in a plan than in the one that was shown before, in words. Pure.

use std::collections::{BTreeMap, BTreeSet};

use t5g_model::writing::{Effect, Plan, PlanItem, Said, cut};

/// The longest word on one item, in characters.
const LONGEST: usize = 600;

/// Item by item, by what each is about.
pub(super) fn changed(shown: &Plan, now: &Plan) -> Vec<String> {
    let (before, after) = (by_subject(shown), by_subject(now));
    let mut changed = Vec::new();
    for (subject, item) in &after {
        match before.get(subject) {
            None => changed.push(format!("{subject}: new since the plan was shown")),
            Some(old) if old.steps != item.steps => {
                let words = format!("{subject}: changed since the plan was shown: {}", told(old, item));
                changed.push(cut(&words, LONGEST));
            }
            Some(_) => {}
        }
    }
    let gone = before.keys().filter(|subject| !after.contains_key(*subject));
    changed.extend(gone.map(|subject| format!("{subject}: not needed any more")));
    changed
}

fn by_subject(plan: &Plan) -> BTreeMap<String, &PlanItem> {
    plan.items.iter().map(|item| (item.subject.to_string(), item)).collect()
}

/// Steps that came, that went, and that send something else than before.
fn told(old: &PlanItem, new: &PlanItem) -> String {
    let titles = |item: &PlanItem| item.steps.iter().map(Effect::title).collect::<BTreeSet<_>>();
    let (before, after) = (titles(old), titles(new));
    let came = after.difference(&before).map(|title| format!("now: {title}"));
    let went = before.difference(&after).map(|title| format!("no more: {title}"));
    let same = new.steps.iter().filter_map(|step| {
        let title = step.title();
        let was = old.steps.iter().find(|was| was.title() == title).filter(|was| *was != step)?;
        Some(format!("{title}: {}", parts(&was.said(), &step.said())))
    });
    let all: Vec<String> = came.chain(went).chain(same).collect();
    // The same steps in another order.
    if all.is_empty() { "the order of its steps".to_owned() } else { all.join("; ") }
}

fn parts(old: &[Said], new: &[Said]) -> String {
    let was = |part: &Said| old.iter().find(|one| one.label == part.label).map(|one| one.text.as_str());
    let told = |part: &Said| match was(part) {
        Some(was) if was == part.text => None,
        _ if part.long => Some(format!("another {}", part.label.to_lowercase())),
        was => Some(format!("{} is {}, was {}", part.label, part.text, was.unwrap_or("none"))),
    };
    let told: Vec<String> = new.iter().filter_map(told).collect();
    if told.is_empty() { "otherwise".to_owned() } else { told.join(", ") }
}

#[cfg(test)]
mod tests {
    use t5g_model::writing::{Assignee, CardDraft, CardRef, PlanKind, Subject};

    use super::*;

    fn item(case: &str, steps: Vec<Effect>) -> PlanItem {
        let subject = Subject::Case(case.parse().unwrap());
        PlanItem { subject, title: "it hangs".into(), reason: "in turn".into(), last: false, steps }
    }

    fn plan(items: Vec<PlanItem>) -> Plan {
        Plan { items, ..Plan::empty(PlanKind::Cards, 7) }
    }

    fn make(name: &str, description: &str) -> Effect {
        let draft = CardDraft {
            project: "KNIECO".into(),
            issue_type: "Story".into(),
            component: None,
            priority: None,
            labels: Vec::new(),
            summary: "it hangs".into(),
            description: description.into(),
            tracking: None,
            points: None,
            assignee: Some(Assignee { name: name.into(), account: "a".into() }),
            nameless: None,
        };
        Effect::CreateCard { case: "00000001".parse().unwrap(), draft: Box::new(draft) }
    }

    fn to(status: &str) -> Effect {
        Effect::Transition { card: CardRef::Made, to: status.into(), unless: vec![] }
    }

    #[test]
    fn what_changed_is_said_item_by_item_and_part_by_part() {
        let shown = plan(vec![
            item("00000001", vec![make("Ada", "x"), to("To Do")]),
            item("00000002", vec![to("To Do")]),
            item("00000003", vec![to("To Do"), to("Done")]),
            item("00000004", vec![to("To Do")]),
        ]);
        let now = plan(vec![
            item("00000001", vec![make("Bob", "y"), to("Open")]),
            item("00000003", vec![to("Done"), to("To Do")]),
            item("00000004", vec![to("To Do")]),
            item("00000005", vec![to("To Do")]),
        ]);
        assert_eq!(
            changed(&shown, &now),
            [
                "case 00000001: changed since the plan was shown: now: move the card to Open; no more: move the card to \
                 To Do; make the card \"it hangs\": Assignee is Bob (a), was Ada (a), another description",
                "case 00000003: changed since the plan was shown: the order of its steps",
                "case 00000005: new since the plan was shown",
                "case 00000002: not needed any more",
            ]
        );
        assert!(changed(&shown, &shown).is_empty());
    }

    #[test]
    fn plans_of_hundreds_of_cases_are_compared_too() {
        let many = |status: &str| {
            plan((0..500).map(|number| item(&format!("{number:08}"), vec![to(status)])).collect())
        };
        assert_eq!(changed(&many("To Do"), &many("Open")).len(), 500);
    }
}
