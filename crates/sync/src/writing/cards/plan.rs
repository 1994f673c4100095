//! The plan of cards, purely: the same facts and seed give the same plan.

use std::collections::BTreeMap;

use t5g_clients::jira::fitting;
use t5g_model::documents::Person;
use t5g_model::names::{CaseNumber, Severity};
use t5g_model::writing::{
    Assignee, CardDraft, CardRef, Effect, LeftOut, LetterCase, LetterDraft, LetterKind, Lot, Member, Plan,
    PlanItem, PlanKind, SUMMARY_CHARACTERS, Subject, assign, cut,
};

use super::facts::{CardFacts, NewCase, OldCard};
use crate::notify::{self, SlackCase};
use crate::write_rules::WriteRules;
use crate::writing::letters::{self, CaseCard};

/// What is done about one case.
enum Course<'a> {
    /// Nothing, and why.
    Leave(String),
    /// The card that there is is opened again.
    Reopen(&'a OldCard),
    /// The card that there is is put where it belongs.
    Adopt(&'a OldCard),
    /// A card is made.
    Make,
}

/// The plan, and the letter about too many cases if it is held.
pub(in crate::writing) fn plan(facts: &CardFacts, rules: &WriteRules, seed: u64) -> (Plan, Option<Plan>) {
    let mut plan = Plan::empty(PlanKind::Cards, seed);
    let mut active: Vec<(&NewCase, Course<'_>)> = Vec::new();
    for case in &facts.cases {
        match course(case, facts.sprint.is_some()) {
            Course::Leave(reason) => plan.left_out.push(LeftOut {
                subject: Subject::Case(case.number.clone()),
                title: case.case.problem.clone(),
                reason,
            }),
            other => active.push((case, other)),
        }
    }
    // A card that is there belongs to whom it belongs, and takes nobody's turn.
    let new = active.iter().filter(|(_, course)| matches!(course, Course::Make));
    let to_assign: Vec<_> = new.map(|(case, _)| case.to_assign()).collect();
    let given = assign(&to_assign, &rules.team, &facts.order, facts.today, &mut Lot::new(seed));
    let given: BTreeMap<CaseNumber, _> = given.into_iter().map(|one| (one.case.clone(), one)).collect();
    let mut letter = Vec::new();
    for (case, course) in &active {
        let assignment = given.get(&case.number);
        let holder = match course {
            Course::Reopen(card) | Course::Adopt(card) => card.holder.as_ref(),
            Course::Make | Course::Leave(_) => None,
        };
        let drawn = assignment.and_then(|one| rules.team.get(one.member?));
        let known = |holder| rules.team.iter().find(|member| member.is(holder));
        let member = drawn.or_else(|| holder.and_then(known));
        let reason = assignment.map(|one| one.reason.to_string()).unwrap_or_default();
        let item = Item { facts, rules, case, member, holder };
        let (steps, reason) = match course {
            Course::Make => (item.make(), assigned(member, &reason, item.nameless().is_some())),
            Course::Reopen(card) => (item.reopen(card), format!("{} is opened again", card.key)),
            Course::Adopt(card) => (item.adopt(card), format!("{} is there already", card.key)),
            Course::Leave(_) => continue,
        };
        let reopened = matches!(course, Course::Reopen(_));
        if !matches!(course, Course::Adopt(_)) {
            letter.push(item.letter(reopened));
        }
        plan.items.push(PlanItem {
            subject: Subject::Case(case.number.clone()),
            title: case.case.problem.clone(),
            reason,
            last: false,
            steps,
        });
    }
    let new = u32::try_from(letter.len()).unwrap_or(u32::MAX);
    let alarm = (new > rules.max_to_create).then(|| {
        plan.held = Some(format!("{new} new cases are more than {} (max_to_create)", rules.max_to_create));
        alarm(&letter, rules, seed)
    });
    tell(&mut plan, letter, rules);
    (plan, alarm.flatten())
}

fn assigned(member: Option<&Member>, reason: &str, nameless: bool) -> String {
    match member {
        Some(member) if nameless => {
            format!(
                "{}: {reason}; nobody has the card, since no account of theirs in Jira is known",
                member.name
            )
        }
        Some(member) => format!("{}: {reason}", member.name),
        None => format!("unassigned: {reason}"),
    }
}

/// What is done about a case.
fn course(case: &NewCase, sprints: bool) -> Course<'_> {
    if let Some(why) = &case.standing {
        return Course::Leave(why.clone());
    }
    if let Some(card) = case.cards.iter().find(|card| card.in_sprint) {
        return Course::Leave(format!("{} tracks it in the active sprint", card.key));
    }
    if let (true, Some(key)) = (case.cards.iter().all(|card| card.over), &case.renamed) {
        return Course::Leave(format!("{key} was made for it, and its summary does not name it any more"));
    }
    if let (Some(plan), Some(card)) = (case.taken_out, case.cards.first()) {
        return Course::Leave(format!("{} was taken from the sprint on purpose, by plan {plan}", card.key));
    }
    if let (false, Some(card)) = (sprints, case.cards.iter().find(|card| !card.over)) {
        return Course::Leave(format!("{} tracks it", card.key));
    }
    // The youngest one, an open one first.
    let number = |card: &&OldCard| card.key.number().parse::<u64>().unwrap_or(0);
    let best = case.cards.iter().max_by_key(|card| (!card.over, number(card)));
    match best {
        Some(card) if case.old || card.over => Course::Reopen(card),
        Some(card) => Course::Adopt(card),
        None => case.doubt.clone().map_or(Course::Make, Course::Leave),
    }
}

/// One letter for all, and word of what failed.
fn tell(plan: &mut Plan, letter: Vec<LetterCase>, rules: &WriteRules) {
    let who = &rules.recipients;
    let mut steps = Vec::new();
    if !who.new_cards.is_empty() && !letter.is_empty() {
        let (to, subject) = (who.new_cards.clone(), who.subject.clone());
        let draft = Some(draft(plan, &letter, &subject, rules));
        steps.push(Effect::Mail { letter: LetterKind::NewCards { cases: letter }, to, subject, draft });
    }
    if let (Some(channel), false) = (&who.low_channel, plan.items.is_empty()) {
        steps.push(Effect::SlackFailures { channel: channel.clone() });
    }
    if !steps.is_empty() {
        plan.items.push(PlanItem {
            subject: Subject::All,
            title: "messages about all of them".to_owned(),
            reason: String::new(),
            last: true,
            steps,
        });
    }
}

/// The letter's words if every card is made. A card that is there already has its key.
fn draft(plan: &Plan, letter: &[LetterCase], subject: &str, rules: &WriteRules) -> LetterDraft {
    let steps = |case: &LetterCase| {
        let subject = Subject::Case(case.case.clone());
        let item = plan.items.iter().find(|item| item.subject == subject);
        item.map(|item| item.steps.as_slice()).unwrap_or_default()
    };
    let key = |case: &LetterCase| {
        steps(case).iter().find_map(|step| match step.card() {
            Some(CardRef::Known(key)) => Some(key.clone()),
            Some(CardRef::Made) | None => None,
        })
    };
    let nameless = |case: &LetterCase| {
        let name = steps(case).iter().find_map(|step| match step {
            Effect::CreateCard { draft, .. } => draft.nameless.clone(),
            _ => None,
        })?;
        Some(Assignee { name, account: String::new() })
    };
    letters::draft(letters::new_cards(
        rules,
        subject,
        letter.iter().map(|case| CaseCard { case, key: key(case), refused: nameless(case) }),
    ))
}

/// The letter that many cases came; a plan of its own, since the other one waits.
fn alarm(letter: &[LetterCase], rules: &WriteRules, seed: u64) -> Option<Plan> {
    let to = rules.recipients.alert.clone();
    let kind = LetterKind::ManyNewCases { cases: letter.to_vec(), limit: rules.max_to_create };
    let draft = letters::draft(letters::many_new_cases(rules, letter, rules.max_to_create));
    let subject = draft.subject.clone();
    let mail = Effect::Mail { letter: kind, to, subject, draft: Some(draft) };
    let item = PlanItem {
        subject: Subject::All,
        title: "the letter about many new cases".to_owned(),
        reason: "it is sent at once, while the cards wait for a decision".to_owned(),
        last: false,
        steps: vec![mail],
    };
    let plan = Plan { items: vec![item], ..Plan::empty(PlanKind::Cards, seed) };
    (!rules.recipients.alert.is_empty()).then_some(plan)
}

/// One case on its way to a card.
struct Item<'a> {
    facts: &'a CardFacts,
    rules: &'a WriteRules,
    case: &'a NewCase,
    /// Who gets the card, or has it, if they are of the team.
    member: Option<&'a Member>,
    /// Who has the card that is there.
    holder: Option<&'a Person>,
}

impl Item<'_> {
    fn severity(&self) -> Severity {
        let Ok(severity) = self.case.case.severity.parse();
        severity
    }

    /// Who gets the card, or has it.
    fn name(&self) -> Option<String> {
        let member = self.member.map(|member| member.name.clone());
        member.or_else(|| self.holder?.display_name.clone())
    }

    /// Who is to have the card and cannot be named to this Jira.
    fn nameless(&self) -> Option<String> {
        let member = self.member.filter(|member| self.facts.fields.assignee_of(member).is_none())?;
        Some(member.name.clone())
    }

    fn make(&self) -> Vec<Effect> {
        let made = || CardRef::Made;
        let mut steps = Vec::new();
        steps.extend(self.watcher());
        let draft = Box::new(self.draft());
        steps.push(Effect::CreateCard { case: self.case.number.clone(), draft });
        steps.extend(self.sprint(made()));
        let (to, unless) = (self.rules.open_column.clone(), self.rules.start_columns.clone());
        steps.push(Effect::Transition { card: made(), to, unless });
        steps.extend(self.links(&made()));
        steps.push(Effect::KeepCard { card: made() });
        steps.extend(self.messages(made(), false));
        steps
    }

    fn reopen(&self, card: &OldCard) -> Vec<Effect> {
        let known = || CardRef::Known(card.key.clone());
        let mut steps = Vec::new();
        steps.extend(self.sprint(known()));
        let to = self.rules.open_column.clone();
        steps.push(Effect::Transition { card: known(), to, unless: Vec::new() });
        let day = self.facts.today;
        let text = format!("Case {} was reopened. This card was opened again on {day}.", self.case.number);
        steps.push(Effect::Comment { card: known(), text });
        steps.push(Effect::KeepCard { card: known() });
        steps.extend(self.messages(known(), true));
        steps
    }

    fn adopt(&self, card: &OldCard) -> Vec<Effect> {
        let known = || CardRef::Known(card.key.clone());
        self.sprint(known()).into_iter().chain([Effect::KeepCard { card: known() }]).collect()
    }

    fn sprint(&self, card: CardRef) -> Option<Effect> {
        Some(Effect::EnterSprint { card, sprint: self.facts.sprint.clone()? })
    }

    fn watcher(&self) -> Option<Effect> {
        let member = self.member.filter(|member| member.notified && !member.jira_user.trim().is_empty())?;
        let login = member.jira_user.trim().to_owned();
        self.facts.watchers.then(|| Effect::AddWatcher { case: self.case.number.clone(), login })
    }

    fn draft(&self) -> CardDraft {
        let (rules, fields, case) = (self.rules, &self.facts.fields, &self.case.case);
        let priority = rules.priorities.get(self.severity().word()).or(rules.priority.as_ref());
        CardDraft {
            project: rules.project.clone().unwrap_or_default(),
            issue_type: rules.issue_type.clone(),
            component: rules.component.clone(),
            priority: priority.cloned(),
            labels: rules.labels.clone(),
            summary: cut(&one_line(&format!("{}: {}", self.case.number, case.problem)), SUMMARY_CHARACTERS),
            description: fitting(fields.flavour, &self.description()),
            tracking: rules.tracking.clone().map(|value| (fields.tracking.clone(), value)),
            points: rules.points.map(|points| (fields.points.clone(), points)),
            assignee: self.member.and_then(|member| fields.assignee_of(member)),
            nameless: self.nameless(),
        }
    }

    fn description(&self) -> String {
        let case = &self.case.case;
        format!(
            "This card was created automatically from support case {}.\n\nSeverity: {}\nAccount: {}\nStatus: {}\n\n\
             Description:\n\n{}",
            self.case.number, case.severity, case.account, case.status, case.description
        )
    }

    fn links(&self, card: &CardRef) -> Vec<Effect> {
        let (number, rules) = (self.case.number.as_str(), self.rules);
        let case = Effect::SetLink {
            card: card.clone(),
            global_id: format!("t5g-case-{number}"),
            url: rules.case_link(number),
            title: rules.case_link_title.clone(),
        };
        let bug = |bug: &u64| Effect::SetLink {
            card: card.clone(),
            global_id: format!("t5g-bug-{bug}"),
            url: rules.bug_link(*bug),
            title: format!("BZ {bug}"),
        };
        std::iter::once(case).chain(self.case.bugs.iter().map(bug)).collect()
    }

    fn messages(&self, card: CardRef, reopened: bool) -> Vec<Effect> {
        let severity = self.severity();
        let Some(channel) = self.rules.recipients.channel(&severity).map(str::to_owned) else {
            return Vec::new();
        };
        let slack_user = self.member.map(|member| member.slack_user.clone()).filter(|user| !user.is_empty());
        let text = notify::post(&SlackCase {
            case: self.case.number.clone(),
            url: self.rules.case_link(self.case.number.as_str()),
            account: self.case.case.account.clone(),
            severity,
            problem: self.case.case.problem.clone(),
            assignee: self.name(),
            slack_user,
            reopened,
        });
        let nobody = self.nameless().filter(|_| !reopened).map(|name| notify::nameless_line(&name));
        let text = text + &nobody.unwrap_or_default();
        let reply = notify::reply(&self.case.case.description);
        vec![
            Effect::SlackPost { channel: channel.clone(), text, card: Some(card) },
            Effect::SlackReply { channel, text: reply },
        ]
    }

    fn letter(&self, reopened: bool) -> LetterCase {
        LetterCase {
            case: self.case.number.clone(),
            account: self.case.case.account.clone(),
            severity: self.severity().word().to_owned(),
            problem: self.case.case.problem.clone(),
            assignee: self.name(),
            reopened,
        }
    }
}

/// Jira takes no line ends in a summary.
fn one_line(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}
