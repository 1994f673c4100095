//! What could stand at the cursor: fields, the values they are known to take, and names that the board has.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::board::Board;
use crate::query::LENGTH;
use crate::query::ast::Order;
use crate::query::fields::{Field, NameField};
use crate::query::lexer::quoted;

/// The most completions at once.
const MOST: usize = 20;

/// A text that can take the place of what was typed so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The place that it takes, in characters.
    pub replace: Range<usize>,
    /// What to put there. Names come from outside: hostile.
    pub insert: String,
    /// What a field means; empty for values.
    pub help: &'static str,
}

/// Completes the word that ends at `cursor`, a place in characters. Nothing is offered inside of quotes that do
/// not begin a value.
pub fn complete(text: &str, cursor: usize, board: &Board) -> Vec<Completion> {
    let typed: Vec<char> = text.chars().take(cursor.min(LENGTH)).collect();
    let word = current_word(&typed);
    let from = typed.len() - word.chars().count();
    let bare = word.trim_start_matches('-');
    let from = from + (word.chars().count() - bare.chars().count());
    match bare.split_once(':') {
        None if bare.contains('"') => Vec::new(),
        None => fields(bare, from..typed.len()),
        Some((name, rest)) => {
            let signs = Order::ALL.into_iter().map(Order::sign).chain(["="]);
            let rest = signs.fold(rest, |rest, sign| rest.strip_prefix(sign).unwrap_or(rest));
            let value = last_value(rest);
            let replace = typed.len() - value.chars().count()..typed.len();
            Field::by_word(name).map_or_else(Vec::new, |field| values(field, value, &replace, board))
        }
    }
}

/// What follows the last blank or parenthesis that no quotes hold.
fn current_word(typed: &[char]) -> String {
    let mut word = String::new();
    let mut chars = typed.iter().copied();
    let mut inside = false;
    while let Some(next) = chars.next() {
        match next {
            '\\' if inside => {
                word.push(next);
                word.extend(chars.next());
                continue;
            }
            '"' => inside = !inside,
            _ => {}
        }
        if !inside && (next.is_whitespace() || matches!(next, '(' | ')')) {
            word.clear();
        } else {
            word.push(next);
        }
    }
    word
}

/// What follows the last comma that no quotes hold.
fn last_value(values: &str) -> &str {
    let mut inside = false;
    let comma = values.char_indices().filter(|(_, next)| {
        inside ^= *next == '"';
        *next == ',' && !inside
    });
    let from = comma.last().map_or(0, |(place, _)| place + 1);
    values.get(from..).unwrap_or_default()
}

fn fields(typed: &str, replace: Range<usize>) -> Vec<Completion> {
    let typed = typed.to_lowercase();
    let begins = |field: &Field| {
        let mut names = [field.name()].into_iter().chain(field.aliases().iter().copied());
        names.any(|name| name.starts_with(&typed))
    };
    let completion = |field: Field| Completion {
        replace: replace.clone(),
        insert: format!("{}:", field.name()),
        help: field.help(),
    };
    Field::all().filter(begins).map(completion).collect()
}

fn values(field: Field, typed: &str, replace: &Range<usize>, board: &Board) -> Vec<Completion> {
    let wanted = typed.trim_matches('"').to_lowercase();
    let mut values = field.known_values();
    if let Field::Name(field) = field {
        values.extend(names(field, board).into_iter().map(str::to_owned));
    }
    let literal = matches!(field, Field::Day(_) | Field::Other(_));
    let mut seen = BTreeSet::new();
    values
        .into_iter()
        .filter(|value| !value.is_empty() && value.to_lowercase().contains(&wanted))
        .filter(|value| seen.insert(value.clone()))
        .take(MOST)
        .map(|value| Completion {
            replace: replace.clone(),
            insert: if literal { value } else { quoted(&value) },
            help: "",
        })
        .collect()
}

/// The names of that kind that the board has, each once.
fn names(field: NameField, board: &Board) -> BTreeSet<&str> {
    let cards = board.cards().iter();
    match field {
        NameField::Account => board.accounts().collect(),
        NameField::Assignee => board.engineers().collect(),
        NameField::Product => cards.map(|card| &*card.product).collect(),
        NameField::Status => cards.map(|card| card.card_status.as_str()).collect(),
        NameField::CaseStatus => cards.map(|card| card.case_status.as_str()).collect(),
        NameField::Group => cards.filter_map(|card| card.group_name.as_deref()).collect(),
        NameField::Label => cards.flat_map(|card| card.labels.iter().map(|label| &**label)).collect(),
        NameField::Tag => cards.flat_map(|card| card.tags.iter().map(|tag| &**tag)).collect(),
        NameField::Contributor => {
            cards.flat_map(|card| card.contributors.iter().filter_map(|person| person.name())).collect()
        }
        // One for nearly every card: typing the number is quicker than choosing it.
        NameField::Case | NameField::Card | NameField::Bug | NameField::Issue => BTreeSet::new(),
    }
}
