//! A letter as the bytes of a message. Nothing of it can begin a header of its own.

use chrono::{DateTime, Utc};
use lettre::Message;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};

use super::{MailError, Refused};

/// The longest subject, in characters.
const SUBJECT: usize = 400;

const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");

/// A letter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Letter {
    /// What names it for ever, `<…@…>`: chosen by whoever sends it, so that the same letter sent twice is the same
    /// letter.
    pub message_id: String,
    /// The letter it answers.
    pub in_reply_to: Option<String>,
    /// The letters of its thread, oldest first.
    pub references: Vec<String>,
    /// The recipients: `address`, or `Name <address>`.
    pub to: Vec<String>,
    /// The subject; control characters in it become blanks.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The same as HTML, for whoever shows that.
    pub html: Option<String>,
}

/// A letter ready to be sent.
pub(super) struct Composed {
    pub(super) to: Vec<Mailbox>,
    /// Recipients that are none.
    pub(super) unreadable: Vec<Refused>,
    pub(super) bytes: Vec<u8>,
}

/// A person's address. The error says what is wrong with the text.
pub(super) fn mailbox(text: &str) -> Result<Mailbox, String> {
    if text.chars().any(char::is_control) {
        return Err("holds a control character".into());
    }
    text.trim().parse().map_err(|_| format!("is no mail address: {text:?}"))
}

pub(super) fn message(letter: &Letter, from: &Mailbox, now: DateTime<Utc>) -> Result<Composed, MailError> {
    let mut to = Vec::new();
    let mut unreadable = Vec::new();
    for address in &letter.to {
        match mailbox(address) {
            Ok(mailbox) => to.push(mailbox),
            Err(reason) => unreadable.push(Refused { address: address.clone(), reason, passing: false }),
        }
    }
    if to.is_empty() {
        return Err(MailError::certain(super::MailErrorKind::NoRecipient(unreadable)));
    }
    let mut builder = Message::builder()
        .from(from.clone())
        .date(now.into())
        .subject(subject(&letter.subject))
        // So that nobody's holiday notice answers a program.
        .raw_header(HeaderValue::new(AUTO_SUBMITTED, "auto-generated".to_owned()))
        .message_id(Some(id(&letter.message_id)?));
    for mailbox in &to {
        builder = builder.to(mailbox.clone());
    }
    if let Some(answered) = &letter.in_reply_to {
        builder = builder.in_reply_to(id(answered)?);
    }
    if !letter.references.is_empty() {
        let thread =
            letter.references.iter().map(|reference| id(reference)).collect::<Result<Vec<_>, _>>()?;
        builder = builder.references(thread.join(" "));
    }
    let text = letter.text.clone();
    let message = match &letter.html {
        Some(html) => builder.multipart(MultiPart::alternative_plain_html(text, html.clone())),
        None => builder.singlepart(SinglePart::plain(text)),
    };
    let message = message.map_err(|error| MailError::letter(error.to_string()))?;
    Ok(Composed { to, unreadable, bytes: message.formatted() })
}

/// One line of bounded length.
fn subject(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(SUBJECT).collect();
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() { "(no subject)".into() } else { line }
}

/// A message's id: printable ASCII in angle brackets, with one `@`.
fn id(text: &str) -> Result<String, MailError> {
    let inner = text.strip_prefix('<').and_then(|text| text.strip_suffix('>')).unwrap_or_default();
    let good = inner.split('@').filter(|part| !part.is_empty()).count() == 2
        && inner.matches('@').count() == 1
        && inner.len() <= 250
        && inner
            .chars()
            .all(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '\\' | '(' | ')' | ','));
    if good { Ok(text.to_owned()) } else { Err(MailError::letter(format!("{text:?} is no message id"))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter() -> Letter {
        Letter {
            message_id: "<case-1.plan-2@t5g.example>".into(),
            to: vec!["a@example.test".into(), "\"Büro, Nord\" <b@example.test>".into()],
            subject: "Neuer Fall: 必須".into(),
            text: "Zeile eins\n.\nüber\n".into(),
            ..Letter::default()
        }
    }

    fn from() -> Mailbox {
        mailbox("T5G <t5g@example.test>").unwrap()
    }

    fn now() -> DateTime<Utc> {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    fn bytes(letter: &Letter) -> String {
        String::from_utf8(message(letter, &from(), now()).unwrap().bytes).unwrap()
    }

    fn headers(message: &str) -> Vec<&str> {
        let head = message.split("\r\n\r\n").next().unwrap();
        head.split("\r\n").filter(|line| !line.starts_with([' ', '\t'])).collect()
    }

    #[test]
    fn a_letter_has_its_own_id_date_and_thread() {
        let answer = Letter {
            in_reply_to: Some("<first@t5g.example>".into()),
            references: vec!["<first@t5g.example>".into(), "<second@t5g.example>".into()],
            html: Some("<p>ü</p>".into()),
            ..letter()
        };
        let message = bytes(&answer);
        for line in [
            "Message-ID: <case-1.plan-2@t5g.example>",
            "In-Reply-To: <first@t5g.example>",
            "References: <first@t5g.example> <second@t5g.example>",
            "Date: Mon, 23 Nov 2026 12:00:00 +0000",
            "Auto-Submitted: auto-generated",
        ] {
            assert!(message.contains(line), "{line}\n{message}");
        }
        assert!(message.is_ascii() && message.contains("multipart/alternative"));
        assert!(message.contains("Subject: Neuer Fall: =?utf-8?"), "{message}");
    }

    #[test]
    fn no_text_begins_a_header() {
        let hostile = Letter {
            subject: "x\r\nBcc: evil@example.test\n\nbody".into(),
            to: vec![
                "a@example.test".into(),
                "x\r\nBcc: e@example.test".into(),
                "E\nvil <c@example.test>".into(),
            ],
            ..letter()
        };
        let composed = message(&hostile, &from(), now()).unwrap();
        assert_eq!((composed.to.len(), composed.unreadable.len()), (1, 2));
        let text = String::from_utf8(composed.bytes).unwrap();
        let names: Vec<&str> = headers(&text).iter().map(|line| line.split(':').next().unwrap()).collect();
        assert!(!names.contains(&"Bcc"), "{text}");
        assert!(text.contains("Subject: x Bcc: evil@example.test body"), "{text}");
        for bad in ["", "x", "<>", "<a>", "<a@b@c>", "<a@b>\r\nBcc: x", "<a b@c>", "a@b"] {
            let error = message(&Letter { message_id: bad.into(), ..letter() }, &from(), now());
            assert!(error.is_err_and(|error| error.to_string().contains("message id")), "{bad:?}");
            let thread = Letter { references: vec![bad.into()], ..letter() };
            assert!(message(&thread, &from(), now()).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_letter_to_nobody_is_an_error() {
        for to in [vec![], vec!["nobody".to_owned()]] {
            let error = message(&Letter { to, ..letter() }, &from(), now()).err().unwrap();
            assert!(!error.may_have_acted() && !error.is_transient(), "{error}");
        }
    }
}
