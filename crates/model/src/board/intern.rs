//! Keeps each text and person once: a board of 20,000 cards has a few hundred accounts, products, people.

use std::collections::HashSet;
use std::sync::Arc;

use crate::documents::Person;

#[derive(Default)]
pub(super) struct Interner {
    texts: HashSet<Arc<str>>,
    people: HashSet<Arc<Person>>,
}

impl Interner {
    pub(super) fn text(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.texts.get(text) {
            return Arc::clone(known);
        }
        let new: Arc<str> = text.into();
        self.texts.insert(Arc::clone(&new));
        new
    }

    pub(super) fn texts(&mut self, texts: &[String]) -> Box<[Arc<str>]> {
        texts.iter().map(|text| self.text(text)).collect()
    }

    /// `None` for nobody.
    pub(super) fn person(&mut self, person: Person) -> Option<Arc<Person>> {
        person.name()?;
        if let Some(known) = self.people.get(&person) {
            return Some(Arc::clone(known));
        }
        let new = Arc::new(person);
        self.people.insert(Arc::clone(&new));
        Some(new)
    }
}
