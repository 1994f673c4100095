//! Cards that are not done get the priority of their case's severity.

use t5g_model::documents::{Cards, Cases, Document, read};
use t5g_model::names::{CardStatus, Severity};
use t5g_model::writing::{CardRef, Effect, LeftOut, Plan, PlanItem, PlanKind, Subject};

use crate::context::SyncContext;
use crate::previous;
use crate::write_rules::WriteRules;

pub(super) async fn plan(ctx: &SyncContext) -> anyhow::Result<Plan> {
    let cards: Cards = previous::required(&ctx.documents, Document::Cards, read::cards).await?;
    let cases: Cases = previous::required(&ctx.documents, Document::Cases, read::cases).await?;
    Ok(of(&cards, &cases, &ctx.writing))
}

fn of(cards: &Cards, cases: &Cases, rules: &WriteRules) -> Plan {
    let mut plan = Plan::empty(PlanKind::Priorities, 0);
    for (key, card) in cards.iter().filter(|(_, card)| card.card_status != CardStatus::Done) {
        // What the portal says now, where the card is older than that.
        let case = cases.get(&card.case_number);
        let severity = case.map_or_else(
            || card.severity.clone(),
            |case| {
                let Ok(severity) = case.severity.parse::<Severity>();
                severity
            },
        );
        let subject = Subject::Issue(key.clone());
        let Some(to) = rules.priorities.get(severity.word()) else {
            let reason = format!("no priority is set for the severity {:?}", severity.word());
            plan.left_out.push(LeftOut { subject, title: card.summary.clone(), reason });
            continue;
        };
        if card.priority.as_ref() == Some(to) {
            continue;
        }
        let known = CardRef::Known(key.clone());
        plan.items.push(PlanItem {
            subject,
            title: format!("{}: {}", card.case_number, card.summary),
            reason: format!("the case's severity is {}", severity.word()),
            last: false,
            steps: vec![Effect::SetPriority { card: known, from: card.priority.clone(), to: to.clone() }],
        });
    }
    plan
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use t5g_model::documents::{Card, Case};

    use super::*;

    fn card(case: &str, status: &str, priority: Option<&str>) -> Card {
        let card =
            json!({ "case_number": case, "card_status": status, "severity": "Low", "priority": priority });
        serde_json::from_value(card).unwrap()
    }

    #[test]
    fn only_open_cards_with_another_priority_change() {
        let cards: Cards = [
            ("A-1", card("1", "New", Some("Minor"))),
            ("A-2", card("1", "Blocked", Some("Critical"))),
            ("A-3", card("1", "Done", Some("Minor"))),
            ("A-4", card("2", "New", None)),
            ("A-5", card("3", "New", Some("Major"))),
            ("A-6", card("4", "New", Some("Minor"))),
        ]
        .map(|(key, card)| (key.parse().unwrap(), card))
        .into();
        let case = |severity: &str| Case { severity: severity.into(), ..Case::default() };
        let cases: Cases = [("1", case("1 (Urgent)")), ("2", case("3 (Normal)")), ("3", case("5 (Cosmic)"))]
            .map(|(number, case)| (number.parse().unwrap(), case))
            .into();
        let plan = of(&cards, &cases, &WriteRules::default());
        let set = |from: Option<&str>, to: &str, key: &str| Effect::SetPriority {
            card: CardRef::Known(key.parse().unwrap()),
            from: from.map(str::to_owned),
            to: to.to_owned(),
        };
        let steps: Vec<Effect> = plan.items.into_iter().flat_map(|item| item.steps).collect();
        assert_eq!(steps, [set(Some("Minor"), "Critical", "A-1"), set(None, "Normal", "A-4")]);
        assert_eq!(plan.left_out.len(), 1, "a severity that nobody foresaw");
    }
}
