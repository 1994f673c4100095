//! Slack messages: a new case, its description as the answer, what failed. Texts of others call nobody, make no link
//! with another face and open no block in which the rest would vanish.

use t5g_clients::slack::{LONGEST, escape, mention};
use t5g_model::names::{CaseNumber, Severity};

use super::tame;

/// The longest part of a line that others wrote, in characters.
const PART: usize = 400;
/// The most failures that are listed; what is more is counted.
const FAILURES: usize = 50;
const CUT: &str = "\n_(The description is longer than a message can be; the rest is in the case.)_";

/// A new case, as Slack is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlackCase {
    /// Its number.
    pub case: CaseNumber,
    /// Its address for people.
    pub url: String,
    /// Whose it is.
    pub account: String,
    /// How bad it is.
    pub severity: Severity,
    /// Its summary.
    pub problem: String,
    /// Who takes it: the name.
    pub assignee: Option<String>,
    /// Who takes it: Slack's id, if it is known.
    pub slack_user: Option<String>,
    /// Whether an earlier card is opened again.
    pub reopened: bool,
}

/// The message of a new case; it calls who takes it.
pub fn post(case: &SlackCase) -> String {
    let called = case.slack_user.as_deref().and_then(mention);
    let named = || case.assignee.as_deref().map(outside).filter(|name| !name.is_empty());
    let who = called.or_else(named).unwrap_or_else(|| "nobody assigned".to_owned());
    let what = if case.reopened { "Case reopened" } else { "New case" };
    format!(
        "{what} {}, severity {} ({who})\nAccount: {}\n{}",
        link(&case.url, case.case.as_str()),
        known(&case.severity.numbered()),
        known(&case.account),
        known(&case.problem),
    )
}

/// A text of others, or a dash where there is none.
fn known(text: &str) -> String {
    let text = outside(text);
    if text.is_empty() { "—".to_owned() } else { text }
}

/// The answer in the thread of that message: the case's description, as much of it as fits. Never empty.
pub fn reply(description: &str) -> String {
    let tamed = tame::block(description, LONGEST);
    if tamed.is_empty() {
        return "_(The case has no description.)_".to_owned();
    }
    let whole = quiet(&tamed);
    if whole.chars().count() <= LONGEST { whole } else { fitting(&tamed) }
}

/// As many characters as fit once they are escaped, with a note.
fn fitting(tamed: &str) -> String {
    let mut left = LONGEST.saturating_sub(CUT.chars().count());
    let mut kept = String::new();
    // By lines, so that nothing that is quieted is cut in half; a line alone is never longer than a part.
    for line in tamed.lines() {
        let line = quiet(line) + "\n";
        let length = line.chars().count();
        if length > left {
            let room: String = line.chars().take(left).collect();
            kept.push_str(whole_escapes(&room));
            break;
        }
        left -= length;
        kept.push_str(&line);
    }
    format!("{}{CUT}", kept.trim_end())
}

/// The text without an escape that was cut in half at its end.
fn whole_escapes(text: &str) -> &str {
    match text.rfind('&') {
        Some(at) if !text.get(at..).unwrap_or_default().contains(';') => text.get(..at).unwrap_or(text),
        _ => text,
    }
}

/// The line with the card's address that is added to the message once there is a card.
pub fn card_line(key: &str, url: Option<&str>) -> String {
    match url {
        Some(url) => format!("\nCard: {}", link(url, key)),
        None => format!("\nCard: {}", outside(key)),
    }
}

/// The line that is added to the message of a card that nobody got, since Jira does not take who was to have it.
pub fn nobody_line(name: &str) -> String {
    format!("\nNobody has the card: Jira does not take {} as assignee.", known(name))
}

/// The line that is added to the message of a card that nobody gets, since whoever is to have it cannot be named to Jira.
pub fn nameless_line(name: &str) -> String {
    format!("\nNobody has the card: no account of {} in Jira is known.", known(name))
}

/// What failed and why, for the people who have to look after it. `None` if nothing did.
pub fn failures(failed: &[(String, String)]) -> Option<String> {
    let head = match failed.len() {
        0 => return None,
        // A step, not a card: a watcher that cannot be added leaves the card as it should be.
        1 => "One step of making cards failed:".to_owned(),
        count => format!("{count} steps of making cards failed:"),
    };
    Some(listed(head, failed))
}

/// Which cards have nobody, since they were made without their assignee, and why. `None` if none was.
pub fn unassigned(cards: &[(String, String)]) -> Option<String> {
    let head = match cards.len() {
        0 => return None,
        1 => "One card was made without its assignee; check the team's Jira accounts:".to_owned(),
        count => format!("{count} cards were made without their assignees; check the team's Jira accounts:"),
    };
    Some(listed(head, cards))
}

fn listed(head: String, what: &[(String, String)]) -> String {
    let count = what.len();
    let mut lines = vec![head];
    lines.extend(
        what.iter().take(FAILURES).map(|(what, why)| format!("• {}: {}", outside(what), outside(why))),
    );
    if count > FAILURES {
        lines.push(format!("… and {} more", count - FAILURES));
    }
    lines.join("\n")
}

/// Words that lead to an address of ours. An address that would end the link early is shown as it is.
fn link(url: &str, words: &str) -> String {
    let odd = |c: char| c.is_whitespace() || c.is_control() || "<>|".contains(c);
    if url.is_empty() || url.contains(odd) {
        outside(words)
    } else {
        format!("<{}|{}>", escape(url), outside(words))
    }
}

/// A text of others as a part of a line.
fn outside(text: &str) -> String {
    // Three of them open a block that swallows the lines below.
    quiet(&tame::line(text, PART)).replace("```", "'''")
}

/// Nothing of Slack's markup, and none of the words that call a whole channel: Slack itself obeys these only in its own
/// form, but not every program that hands messages on is as careful.
fn quiet(text: &str) -> String {
    let mut quiet = escape(text);
    for word in ["here", "channel", "everyone"] {
        quiet = without_call(&quiet, word);
    }
    quiet
}

/// `@here` with something invisible in between, whatever the case of its letters.
fn without_call(text: &str, word: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('@') {
        kept.push_str(before);
        kept.push('@');
        let called = after.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        if called {
            kept.push('\u{2060}');
        }
        rest = after;
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    const HOSTILE: &str = "<!channel> <!here|x> @here @Channel <https://evil.example|our portal> <@U1> & ``` \u{202e}\u{0}\r\nx";

    fn case(text: &str) -> SlackCase {
        SlackCase {
            case: "01234567".parse().unwrap(),
            url: "https://access.redhat.com/support/cases/01234567".to_owned(),
            account: text.to_owned(),
            severity: Severity::Other(text.into()),
            problem: text.to_owned(),
            assignee: Some(text.to_owned()),
            slack_user: None,
            reopened: false,
        }
    }

    fn samples() -> Vec<SlackCase> {
        let plain = SlackCase {
            account: "Acme Corp".to_owned(),
            severity: Severity::Urgent,
            problem: "node does not boot".to_owned(),
            assignee: Some("Ana Sousa".to_owned()),
            slack_user: Some("U0123ABC".to_owned()),
            ..case("")
        };
        vec![
            plain.clone(),
            SlackCase { slack_user: None, reopened: true, ..plain.clone() },
            SlackCase { assignee: None, slack_user: Some("!channel".to_owned()), ..plain },
            case(""),
            case(HOSTILE),
        ]
    }

    /// What Slack obeys: a link or a call in pointed brackets.
    fn obeyed(text: &str) -> Vec<&str> {
        text.split('<').skip(1).map(|rest| rest.split('>').next().unwrap()).collect()
    }

    #[test]
    fn every_message_as_it_is_posted() {
        let mut shown = String::new();
        for case in samples() {
            writeln!(
                shown,
                "{}{}\n",
                post(&case),
                card_line("KNIECO-12", Some("https://jira.example.com/browse/KNIECO-12"))
            )
            .unwrap();
        }
        writeln!(shown, "{}\n\n{}\n", reply("one\n\n\n\n<two>"), reply(" \n")).unwrap();
        let failed = |count: usize| {
            let one = |at: usize| (format!("case {at:08}"), "Jira: 400 <b>component</b>".to_owned());
            failures(&(0..count).map(one).collect::<Vec<_>>())
        };
        writeln!(shown, "{}\n\n{}", failed(1).unwrap(), failed(2).unwrap()).unwrap();
        assert_eq!(failed(0), None);
        assert!(failed(57).unwrap().ends_with("… and 7 more"));
        insta::assert_snapshot!(shown);
    }

    #[test]
    fn texts_of_others_call_nobody_and_make_no_links() {
        let hostile = case(HOSTILE);
        let ours = format!("{}|{}", hostile.url, hostile.case);
        assert_eq!(obeyed(&post(&hostile)), [ours]);
        let both = [(HOSTILE.to_owned(), HOSTILE.to_owned())];
        let listed = failures(&both).unwrap() + &unassigned(&both).unwrap();
        let said =
            post(&hostile) + &reply(HOSTILE) + &listed + &nobody_line(HOSTILE) + &nameless_line(HOSTILE);
        for bad in ["@here", "@Channel", "<!", "<@", "\u{202e}", "\u{0}"] {
            assert!(!said.contains(bad), "{bad:?} in {said}");
        }
        assert!(!post(&hostile).contains("```"));
        let odd = SlackCase { url: "https://a|b>c".to_owned(), ..case("x") };
        assert!(obeyed(&post(&odd)).is_empty());
    }

    #[test]
    fn a_reply_fits_whatever_it_is_made_of() {
        for text in ["<".repeat(50_000), "&\n".repeat(50_000), "@here ".repeat(20_000), "x".repeat(45_000)] {
            let reply = reply(&text);
            assert!(reply.chars().count() <= LONGEST, "{}", reply.chars().count());
            assert!(!reply.contains('<') && !reply.contains("@here"));
            let escapes = reply.matches('&').count();
            assert_eq!(escapes, reply.matches("&lt;").count() + reply.matches("&amp;").count());
        }
        assert!(reply(&"<".repeat(50_000)).ends_with(CUT));
    }
}
