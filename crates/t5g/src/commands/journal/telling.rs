//! Plans and their steps as text for a terminal: every field as it is sent.

use std::fmt::Write as _;

use t5g_model::writing::{Effect, Plan, Said};
use t5g_store::ledger::{KeptPlan, StepRecord, StepState};

use crate::console;

/// Lines of a long text that are shown, unless all are wanted.
const LINES: usize = 12;

/// Which parts of a plan are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parts {
    /// All, long texts by their beginning.
    Usual,
    /// All of all.
    Whole,
    /// Messages to people, to their end.
    Messages,
}

/// A plan that is not kept.
pub(crate) fn plan(plan: &Plan, parts: Parts) -> String {
    let mut out = String::new();
    let told = |effect: &&Effect| parts != Parts::Messages || effect.is_delivery();
    for item in &plan.items {
        let steps: Vec<&Effect> = item.steps.iter().filter(told).collect();
        if steps.is_empty() {
            continue;
        }
        head(&mut out, &item.subject.to_string(), &item.title, &item.reason);
        for effect in steps {
            step(&mut out, effect, None, parts != Parts::Usual);
        }
        out.push('\n');
    }
    if parts == Parts::Messages {
        return console::harmless(&out);
    }
    for left in &plan.left_out {
        line(&mut out, &format!("left out: {}, {}: {}", left.subject, left.title, left.reason));
    }
    console::harmless(&out)
}

/// A plan that is kept, with what became of each step.
pub(crate) fn kept(plan: &KeptPlan, whole: bool) -> String {
    let summary = &plan.summary;
    let mut out = String::new();
    line(&mut out, &format!("plan      {}", summary.id));
    line(&mut out, &format!("kind      {}", summary.kind.title()));
    line(&mut out, &format!("state     {}", summary.state));
    line(&mut out, &format!("made      {} by {}", time(summary.made_at), summary.made_by));
    if let Some(held) = &summary.held {
        line(&mut out, &format!("waited    {held}"));
    }
    if let (Some(by), Some(at)) = (&summary.decided_by, summary.decided_at) {
        line(&mut out, &format!("decided   {} by {by}", time(at)));
    }
    if let Some(at) = &summary.finished_at {
        line(&mut out, &format!("ended     {}", time(*at)));
    }
    out.push('\n');
    for item in plan.steps.chunk_by(|one, next| one.item == next.item) {
        if let Some(first) = item.first() {
            head(&mut out, &first.subject.to_string(), &first.title, &first.reason);
        }
        for one in item {
            step(&mut out, &one.effect, Some(one), whole);
        }
        out.push('\n');
    }
    for left in &summary.left_out {
        line(&mut out, &format!("left out: {}, {}: {}", left.subject, left.title, left.reason));
    }
    console::harmless(&out)
}

pub(crate) fn time(at: chrono::DateTime<chrono::Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S").to_string()
}

/// A text of others as a cell: cut where it is long, a dash where there is none.
pub(crate) fn short(text: &str) -> String {
    const MOST: usize = 80;
    let text = text.trim();
    if text.is_empty() {
        return "—".to_owned();
    }
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    text.chars().take(MOST - 1).collect::<String>() + "…"
}

// Writing to a string cannot fail.
fn line(out: &mut String, text: &str) {
    writeln!(out, "{}", text.replace(['\n', '\t'], " ")).unwrap_or_default();
}

fn head(out: &mut String, subject: &str, title: &str, reason: &str) {
    line(out, &format!("{subject}  {title}"));
    if !reason.is_empty() {
        line(out, &format!("  because {reason}"));
    }
}

fn step(out: &mut String, effect: &Effect, record: Option<&StepRecord>, whole: bool) {
    let state = record.map_or_else(String::new, |step| format!("{:<9}", step.state.as_str()));
    line(out, &format!("  {state}{:<10}{}", effect.service().title(), effect.title()));
    for said in effect.said() {
        part(out, &said, whole);
    }
    let Some(record) = record else { return };
    let note = match (record.state, record.wrote) {
        (StepState::Done, false) => Some("it was so already".to_owned()),
        _ => record.error.clone(),
    };
    if let Some(note) = note {
        line(out, &format!("      ! {note}"));
    }
    if !record.before.is_null() || !record.after.is_null() {
        line(out, &format!("      before {}", record.before));
        line(out, &format!("      after  {}", record.after));
    }
}

fn part(out: &mut String, said: &Said, whole: bool) {
    if !said.long {
        return line(out, &format!("      {:<16}{}", said.label, said.text));
    }
    line(out, &format!("      {}", said.label));
    let lines: Vec<&str> = said.text.lines().collect();
    let shown = if whole { lines.len() } else { LINES };
    for text in lines.iter().take(shown) {
        line(out, &format!("        | {text}"));
    }
    if lines.len() > shown {
        line(out, &format!("        … {} more lines; --whole shows them", lines.len() - shown));
    }
}

#[cfg(test)]
mod tests {
    use t5g_model::writing::{CardRef, PlanItem, PlanKind, Subject};

    use super::*;

    #[test]
    fn a_cell_is_cut_and_never_empty() {
        assert_eq!((short(" \n"), short("語")), ("—".to_owned(), "語".to_owned()));
        let long = short(&"語".repeat(1_200));
        assert!(long.chars().count() == 80 && long.ends_with('…'), "{long}");
    }

    #[test]
    fn a_plan_is_told_field_by_field_and_obeys_no_terminal() {
        let text = (1..=14).map(|n| format!("line {n}\u{1b}[2J")).collect::<Vec<_>>().join("\n");
        let effect = Effect::SlackPost { channel: "high".into(), text, card: Some(CardRef::Made) };
        let item = PlanItem {
            subject: Subject::Case("01234567".parse().unwrap()),
            title: "it\nhangs".into(),
            reason: "in turn".into(),
            last: false,
            steps: vec![effect],
        };
        let plan = Plan { items: vec![item], ..Plan::empty(PlanKind::Cards, 1) };
        let told = super::plan(&plan, Parts::Usual);
        assert!(
            told.starts_with(
                "case 01234567  it hangs\n  because in turn\n  Slack     post to Slack channel high\n"
            ),
            "{told}"
        );
        assert!(told.contains("      Channel         high\n") && told.contains("… 3 more lines"), "{told}");
        assert!(!told.contains('\u{1b}'));
        assert!(super::plan(&plan, Parts::Whole).contains("line 14"));
        assert!(super::plan(&plan, Parts::Messages).contains("line 14"));
        let silent =
            PlanItem { steps: vec![Effect::KeepCard { card: CardRef::Made }], ..plan.items[0].clone() };
        let silent = Plan { items: vec![silent], ..Plan::empty(PlanKind::Cards, 1) };
        assert_eq!(super::plan(&silent, Parts::Messages), "");
    }
}
