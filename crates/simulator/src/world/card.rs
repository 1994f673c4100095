//! The team's cards: the Jira issue that tracks a case, along the case's life.

use t5g_model::names::Severity;

use super::life::Life;
use super::prose::{self, escape};
use super::words::HOSTILE;
use super::{IssueComment, IssueRef, JiraIssue, RichText, Tick, World, case_number};

const DAY: i64 = 86_400;
/// The label of every card.
pub(crate) const LABEL: &str = "field";
/// A card's stations before its case is closed.
const STATIONS: [&str; 6] = ["New", "To Do", "Open", "In Progress", "Code Review", "QE Review"];
/// How long a card stays in the sprint after its case was closed.
pub(crate) const IN_SPRINT_AFTER: i64 = 365 * DAY;

/// Jira's priority for a severity.
fn priority(severity: &Severity) -> &'static str {
    match severity {
        Severity::Urgent => "Critical",
        Severity::High => "Major",
        Severity::Low => "Minor",
        Severity::Normal | Severity::Other(_) => "Normal",
    }
}

impl World {
    fn card_born(&self, life: &Life) -> Option<Tick> {
        let wanted = self.auto_cards || life.index < self.initial_cases;
        life.card.filter(|born| wanted && *born <= self.tick())
    }

    pub(super) fn card(&self, index: u32) -> Option<JiraIssue> {
        if index >= self.population() {
            return None;
        }
        let life = self.life(index);
        let born = self.card_born(&life)?;
        let mut dice = self.dice("card", index);
        let (status, moved) = self.card_status(&life, born, &mut dice);
        let mut card = JiraIssue::bare(IssueRef::Card(index), "Story", status, self.shown(born));
        card.labels.push(LABEL.to_owned());
        for (label, share) in [("Trends", 60), ("PotentialEscalation", 50), ("Daily_Telco_OCP", 80)] {
            if dice.permille(share) {
                card.labels.push(label.to_owned());
            }
        }
        // The severity when the card was made: nobody changed it since.
        card.priority = Some(priority(&life.severity).to_owned());
        card.components = vec!["Field".to_owned()];
        card.assignee = life.engineer.map(|engineer| self.engineer(engineer));
        let helpers = u32::try_from(dice.below(4)).unwrap_or(0).saturating_sub(1);
        let first = life.engineer.unwrap_or(0) + 1;
        card.contributors = (first..first + helpers).map(|at| self.engineer(at % self.team_size())).collect();
        card.tracking = Some("TRACK".to_owned());
        card.in_sprint = self.tick() < life.closed.plus(IN_SPRINT_AFTER);
        card.updated = self.shown_latest(self.comment_ticks(&life, born).chain([moved]), born);
        Some(card)
    }

    fn card_status(&self, life: &Life, born: Tick, dice: &mut crate::dice::Dice) -> (&'static str, Tick) {
        let now = self.tick();
        let done = life.closed.plus(dice.between(0, 3 * DAY));
        if done <= now {
            return (dice.pick(&["Done", "Closed", "Closed", "Won't Fix / Obsolete"]), done);
        }
        let pace = (life.closed.since(born) / 6).max(1);
        let (station, moved) = super::bug::stage(born, pace, STATIONS.len(), now);
        let status = match dice.below(100) {
            0..5 if station > 1 => "Blocked",
            5..7 if station > 1 => "Parked",
            _ => STATIONS.get(station).copied().unwrap_or_default(),
        };
        (status, moved)
    }

    pub(super) fn card_summary(&self, index: u32) -> String {
        let case = self.case_at(index, self.tick());
        format!("{}: {}", case_number(index), case.problem(self)).chars().take(255).collect()
    }

    fn comment_ticks(&self, life: &Life, born: Tick) -> impl Iterator<Item = Tick> + use<> {
        let mut dice = self.dice("comment count", life.index);
        let count =
            if dice.permille(15) { dice.between(22, 45) } else { dice.below(6).try_into().unwrap_or(0) };
        let span = life.closed.since(born).max(count + 1);
        (1..=count).map(move |at| born.plus(span / (count + 1) * at))
    }

    pub(super) fn card_comments(&self, index: u32) -> Vec<IssueComment> {
        let life = self.life(index);
        let Some(born) = self.card_born(&life) else { return Vec::new() };
        let now = self.tick();
        let written = self.comment_ticks(&life, born).filter(|at| *at <= now);
        written
            .enumerate()
            .map(|(place, at)| {
                let place = u32::try_from(place).unwrap_or(0);
                let mut dice = self.dice("card comment", index.wrapping_mul(64).wrapping_add(place));
                let author = u32::try_from(dice.below(u64::from(self.team_size()))).unwrap_or(0);
                IssueComment {
                    id: u64::from(index) * 64 + u64::from(place) + 1_000_000,
                    author: self.engineer(author),
                    body: comment_body(&mut dice, life.tongue),
                    at: self.shown(at),
                }
            })
            .collect()
    }
}

fn comment_body(dice: &mut crate::dice::Dice, tongue: prose::Tongue) -> RichText {
    let text = prose::paragraphs(dice, tongue, 2);
    let parts: Vec<String> = text.split("\n\n").map(escape).collect();
    let mut html = format!("<p>{}</p>\n", parts.join("</p>\n<p>"));
    let mut wiki = text;
    if dice.permille(250) {
        wiki.push_str("\n{code}oc get nodes -o wide{code}");
        html.push_str("<pre class=\"code-java\">oc get nodes -o wide</pre>");
    }
    if dice.permille(20) {
        // A renderer that let something through, as renderers do.
        let hostile = dice.pick(HOSTILE);
        wiki.push_str(hostile);
        html.push_str(hostile);
    }
    RichText { wiki, html }
}
