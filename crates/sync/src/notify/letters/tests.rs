//! Every letter with every sample, as it is sent: empty, with one, with several, with hostile texts.

use std::fmt::Write as _;

use t5g_model::names::Severity;

use super::*;

const HOSTILE: &str = "<script>alert(1)</script>\r\nBcc: evil@example.com \u{202e}\"'& \u{0}<!channel>";

/// An account whose cards are only planned.
const UNMADE: &str = "Bank of Cards";

fn case(number: u32, text: &str) -> ToldCase {
    ToldCase {
        case: format!("{number:08}").parse().unwrap(),
        url: format!("https://access.redhat.com/support/cases/{number:08}"),
        account: text.to_owned(),
        severity: if text == HOSTILE { Severity::Other(text.into()) } else { Severity::Urgent },
        problem: format!("{text}: node does not boot"),
    }
}

fn card(number: u32, text: &str, reopened: bool) -> ToldCard {
    ToldCard {
        case: case(number, text),
        card: (text != UNMADE).then(|| format!("KNIECO-{number}").parse().unwrap()),
        url: (!reopened && text != UNMADE)
            .then(|| format!("https://jira.example.com/browse/KNIECO-{number}")),
        assignee: (!reopened).then(|| text.to_owned()),
        reopened,
    }
}

fn new_cards(subject: &str, cards: Vec<ToldCard>) -> Content {
    NewCards { subject: subject.to_owned(), cards }.content()
}

fn samples() -> Vec<(&'static str, Content)> {
    let failed = |text: &str| (text.to_owned(), format!("Jira: 403 {text}"));
    let many = |text: &str, release: Option<&str>| ManyNewCases {
        cases: (1..=3).map(|number| case(number, text)).collect(),
        limit: 2,
        release: release.map(str::to_owned),
    };
    let tagged = |text: &str| Tagged {
        what: text.to_owned(),
        url: Some("https://bugzilla.redhat.com/show_bug.cgi?id=7".to_owned()),
        added: vec!["Telco".to_owned(), "Telco:Case".to_owned()],
    };
    vec![
        ("one new card", new_cards("New cards", vec![card(1, "Acme", false)])),
        ("new and reopened", new_cards("New cards", vec![card(1, "Acme", false), card(2, "Acme", true)])),
        ("only reopened", new_cards("New cards", vec![card(1, "Acme", true), card(2, "Bank", true)])),
        ("a card that is only planned", new_cards("New cards", vec![card(1, UNMADE, false)])),
        ("hostile cards", new_cards(HOSTILE, vec![card(1, HOSTILE, false)])),
        ("many", many("Acme", Some("https://dashboard.example.com/cards/plan")).content()),
        ("many, hostile, no address", many(HOSTILE, None).content()),
        ("no tags", TagSummary::default().content()),
        (
            "tags",
            TagSummary {
                tagged: vec![tagged("bug 7"), tagged("OCPBUGS-7")],
                failed: vec![failed("bug 8")],
                left_out: vec![("OCPBUGS-9".to_owned(), "it is a Story".to_owned())],
            }
            .content(),
        ),
        (
            "hostile tags",
            TagSummary {
                tagged: vec![tagged(HOSTILE)],
                failed: vec![failed(HOSTILE)],
                left_out: vec![failed(HOSTILE)],
            }
            .content(),
        ),
    ]
}

#[test]
fn every_letter_as_it_is_sent() {
    let mut shown = String::new();
    for (name, content) in samples() {
        writeln!(shown, "=== {name}\nSubject: {}\n\n{}\n{}", content.subject, content.text, content.html)
            .unwrap();
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn no_letter_obeys_a_text_of_others() {
    for (name, content) in samples() {
        assert!(!content.subject.chars().any(char::is_control), "{name}");
        assert!(!content.subject.is_empty() && !content.text.trim().is_empty(), "{name}");
        assert!(!content.html.contains("<script") && !content.html.contains("<!channel"), "{name}");
        for form in [&content.text, &content.html] {
            assert!(!form.contains(['\u{202e}', '\u{0}', '\r']), "{name}");
        }
        // Whatever others wrote stays on its line: no line of a letter begins with a header.
        assert!(!content.text.lines().any(|line| line.starts_with("Bcc")), "{name}");
    }
}

#[test]
fn a_subject_names_as_many_cases_as_fit_and_counts_the_rest() {
    let cards: Vec<ToldCard> = (0..100).map(|number| card(number, "Acme", false)).collect();
    let subject = NewCards { subject: "x".repeat(500), cards: cards.clone() }.subject();
    assert!(subject.chars().count() <= SUBJECT, "{subject}");
    let letter = NewCards { subject: "New cards".to_owned(), cards };
    let (named, rest) =
        letter.subject().split_once(" and ").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let listed = named.matches([',', ':']).count() - 1;
    assert_eq!(rest, format!("{} more", 100 - listed));
    assert!(letter.subject().starts_with("New cards: 00000000, 00000001, "));
    assert_eq!(letter.content().subject, letter.subject());
}
