//! Facets: fields that are filtered by choosing among their values, with how many cards each value would leave.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use t5g_model::board::{Board, Card};
use t5g_model::names::{CardStatus, CaseStatus, Severity};
use t5g_model::query::{Property, Word as _};

/// A field that is filtered by its values. The order is the page's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Facet {
    Severity,
    Prio,
    Product,
    Account,
    CardStatus,
    Escalated,
    Leftover,
    CaseStatus,
    Engineer,
}

/// Properties that are values of the facet [`Facet::Escalated`].
const ESCALATIONS: [Property; 2] = [Property::AnyEscalation, Property::Daily];

/// Words for what [`Facet::Prio`] tells apart.
pub(crate) const PRIO: [&str; 3] = ["Yes", "Potentially", "No"];

impl Facet {
    /// All of them.
    pub(crate) const ALL: [Self; 9] = [
        Self::Severity,
        Self::Prio,
        Self::Product,
        Self::Account,
        Self::CardStatus,
        Self::Escalated,
        Self::Leftover,
        Self::CaseStatus,
        Self::Engineer,
    ];

    /// Name in addresses, and for people.
    pub(crate) const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Severity => ("sev", "Severity"),
            Self::Prio => ("prio", "On Prio-list?"),
            Self::Product => ("product", "Product"),
            Self::Account => ("account", "Account"),
            Self::CardStatus => ("status", "Internal Status"),
            Self::Escalated => ("escalated", "Escalated?"),
            Self::Leftover => ("leftover", "Left open?"),
            Self::CaseStatus => ("case", "Case Status"),
            Self::Engineer => ("engineer", "Assignee"),
        }
    }

    /// The facet of that name.
    pub(crate) fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|facet| facet.names().0 == name)
    }

    /// What a value is called; those that are properties have their meaning for a name.
    pub(crate) fn label(self, value: &str) -> String {
        let property = match self {
            Self::Escalated | Self::Leftover => Property::by_word(value),
            _ => None,
        };
        match property {
            Some(Property::AnyEscalation) => "On prio-list or crit sit".to_owned(),
            Some(Property::Daily) => "On daily Telco list".to_owned(),
            Some(other) => other.help().to_owned(),
            None => value.to_owned(),
        }
    }

    /// Values that are there even if no card has them, in their order.
    fn known(self) -> Vec<&'static str> {
        match self {
            Self::Severity => Severity::KNOWN.iter().map(Severity::word).collect(),
            Self::Prio => PRIO.into(),
            Self::CardStatus => CardStatus::KNOWN.iter().map(CardStatus::as_str).collect(),
            Self::CaseStatus => CaseStatus::KNOWN.iter().map(CaseStatus::as_str).collect(),
            Self::Escalated => ESCALATIONS.map(Property::name).into(),
            Self::Leftover => vec![Property::ClosedNotDone.name()],
            Self::Product | Self::Account | Self::Engineer => Vec::new(),
        }
    }

    /// The values of a card: at most two.
    fn of(self, card: &Card) -> [Option<&str>; 2] {
        let flag = |holds: bool, property: Property| holds.then(|| property.name());
        let one = |text| [Some(text), None];
        match self {
            Self::Severity => one(card.severity.word()),
            Self::Prio if card.escalated => one("Yes"),
            Self::Prio => one(if card.potential_escalation { "Potentially" } else { "No" }),
            Self::Product => one(&card.product),
            Self::Account => one(&card.account),
            Self::CardStatus => one(card.card_status.as_str()),
            Self::CaseStatus => one(card.case_status.as_str()),
            Self::Engineer => [card.engineer(), None],
            Self::Escalated => [
                flag(card.is_any_escalation(), Property::AnyEscalation),
                flag(card.daily_telco, Property::Daily),
            ],
            Self::Leftover => {
                let left = !card.is_open() && card.card_status != CardStatus::Done;
                [flag(left, Property::ClosedNotDone), None]
            }
        }
    }
}

/// One facet's values on one board. Cards with the same values are one group.
#[derive(Debug)]
struct Values {
    /// Known ones in their order, then the others by name.
    names: Vec<Box<str>>,
    /// For each group the places of its values in `names`.
    groups: Vec<Vec<usize>>,
    /// The group of each card.
    of: Vec<u32>,
}

impl Values {
    fn of(facet: Facet, cards: &[Card]) -> Self {
        let known = facet.known();
        let mut groups: HashMap<[Option<&str>; 2], u32> = HashMap::new();
        let mut of = Vec::with_capacity(cards.len());
        for card in cards {
            let next = u32::try_from(groups.len()).unwrap_or(u32::MAX);
            of.push(*groups.entry(facet.of(card)).or_insert(next));
        }
        let found: BTreeSet<&str> = groups.keys().flatten().flatten().copied().collect();
        let others = found.into_iter().filter(|name| !name.is_empty() && !known.contains(name));
        let names: Vec<Box<str>> = known.iter().copied().chain(others).map(Box::from).collect();
        let places: HashMap<&str, usize> =
            names.iter().enumerate().map(|(place, name)| (&**name, place)).collect();
        let mut sorted: Vec<_> = groups.into_iter().map(|(values, group)| (group, values)).collect();
        sorted.sort_unstable_by_key(|(group, _)| *group);
        let place = |value: &&str| places.get(value).copied();
        let groups =
            sorted.iter().map(|(_, values)| values.iter().flatten().filter_map(place).collect()).collect();
        Self { names, groups, of }
    }

    fn group(&self, position: u32) -> usize {
        self.of.get(position as usize).map_or(usize::MAX, |group| *group as usize)
    }

    /// Which groups have one of the values.
    fn chosen(&self, values: &BTreeSet<String>) -> Vec<bool> {
        let wanted = |place: &usize| self.names.get(*place).is_some_and(|name| values.contains(&**name));
        self.groups.iter().map(|places| places.iter().any(wanted)).collect()
    }
}

/// All facets' values on one board.
#[derive(Debug)]
pub(crate) struct Facets(Vec<(Facet, Values)>);

/// Values chosen of some facets, made ready for the cards of one board.
#[derive(Debug)]
pub(crate) struct Picked<'a> {
    /// For each facet, in order: its values, and what is chosen; `None` for no choice.
    facets: Vec<(&'a Values, Option<Vec<bool>>)>,
}

/// How many cards there are with each value; of each facet those that all other filters leave.
#[derive(Debug)]
pub(crate) struct Counts {
    /// For each facet, in order, by group.
    groups: Vec<Vec<u32>>,
}

/// A value of a facet, and how many cards have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Value<'a> {
    pub(crate) name: &'a str,
    pub(crate) count: u32,
}

impl Facets {
    pub(super) fn of(board: &Board) -> Self {
        Self(Facet::ALL.map(|facet| (facet, Values::of(facet, board.cards()))).into())
    }

    /// Makes a choice ready.
    pub(crate) fn pick(&self, chosen: &BTreeMap<Facet, BTreeSet<String>>) -> Picked<'_> {
        let one = |(facet, values): &'_ (Facet, Values)| chosen.get(facet).map(|names| values.chosen(names));
        Picked { facets: self.0.iter().map(|entry| (&entry.1, one(entry))).collect() }
    }

    /// Counts of nothing.
    pub(crate) fn none(&self) -> Counts {
        Counts { groups: self.0.iter().map(|(_, values)| vec![0; values.groups.len()]).collect() }
    }

    /// The values of a facet in their order, those that no card has too.
    pub(crate) fn values<'a>(&'a self, facet: Facet, counts: &Counts) -> Vec<Value<'a>> {
        let mut found = self.0.iter().zip(&counts.groups).filter(|((one, _), _)| *one == facet);
        let Some(((_, values), counts)) = found.next() else { return Vec::new() };
        let mut all: Vec<_> = values.names.iter().map(|name| Value { name, count: 0 }).collect();
        for (places, count) in values.groups.iter().zip(counts) {
            for place in places {
                if let Some(value) = all.get_mut(*place) {
                    value.count += count;
                }
            }
        }
        all
    }
}

/// Which facets leave a card out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passes {
    /// None does.
    All,
    /// This one alone, by its place.
    AllBut(usize),
    /// Several do: the card counts nowhere.
    No,
}

impl Picked<'_> {
    /// Whether the card passes.
    pub(crate) fn passes(&self, position: u32) -> Passes {
        let mut passes = Passes::All;
        for (place, (values, chosen)) in self.facets.iter().enumerate() {
            let Some(chosen) = chosen else { continue };
            if !chosen.get(values.group(position)).copied().unwrap_or_default() {
                if passes != Passes::All {
                    return Passes::No;
                }
                passes = Passes::AllBut(place);
            }
        }
        passes
    }

    /// Counts the card where it passes.
    pub(crate) fn count(&self, position: u32, passes: Passes, counts: &mut Counts) {
        let mut add = |place: usize| {
            let group = self.facets.get(place).map_or(usize::MAX, |(values, _)| values.group(position));
            if let Some(count) = counts.groups.get_mut(place).and_then(|groups| groups.get_mut(group)) {
                *count += 1;
            }
        };
        match passes {
            Passes::All => (0..self.facets.len()).for_each(add),
            Passes::AllBut(place) => add(place),
            Passes::No => {}
        }
    }
}
