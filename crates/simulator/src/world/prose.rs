//! Made-up text, repeatable from where it stands, never stored.

use super::words::{HOSTILE, LANGUAGES, Language};
use crate::dice::Dice;

/// A language by number; every account and person has one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tongue(pub(crate) u64);

impl Tongue {
    /// The mother tongue drawn: mostly the first, all others now and then.
    pub(super) fn draw(dice: &mut Dice) -> Self {
        if dice.permille(550) { Self(0) } else { Self(dice.below(LANGUAGES.len() as u64)) }
    }

    fn language(self) -> Option<&'static Language> {
        LANGUAGES.get(usize::try_from(self.0).unwrap_or(0) % LANGUAGES.len())
    }
}

/// A sentence of `least..=most` words.
pub(super) fn sentence(dice: &mut Dice, tongue: Tongue, least: i64, most: i64) -> String {
    let Some(language) = tongue.language() else { return String::new() };
    let words: Vec<&str> = (0..dice.between(least, most)).map(|_| dice.pick(language.words)).collect();
    let mut text = words.join(language.between);
    text.push_str(language.stop);
    text
}

/// A title: short, now and then hostile, now and then longer than Jira's 255 characters.
pub(super) fn title(dice: &mut Dice, tongue: Tongue) -> String {
    let mut text =
        if dice.permille(4) { sentence(dice, tongue, 60, 90) } else { sentence(dice, tongue, 3, 9) };
    if dice.permille(12) {
        text.push(' ');
        text.push_str(dice.pick(HOSTILE));
    }
    text
}

/// Some paragraphs of plain text.
pub(super) fn paragraphs(dice: &mut Dice, tongue: Tongue, most: i64) -> String {
    let mut text = String::new();
    for at in 0..dice.between(1, most) {
        if at > 0 {
            text.push_str("\n\n");
        }
        for _ in 0..dice.between(1, 3) {
            text.push_str(&sentence(dice, tongue, 5, 14));
            text.push(' ');
        }
        text.truncate(text.trim_end().len());
    }
    if dice.permille(15) {
        text.push('\n');
        text.push_str(dice.pick(HOSTILE));
    }
    text
}

/// Plain text as HTML.
pub(crate) fn escape(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            other => html.push(other),
        }
    }
    html
}
