//! News for those who keep a page open or listen as a program: what changed, and how far a refresh is. The latest are
//! kept so that whoever was away for a moment misses none. Bounded: so many listeners in all and of each caller, so
//! many news for each.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use tokio::sync::broadcast;

use crate::error::AppError;
use crate::settings::Limits;
use crate::telemetry;

/// News that are kept, and that a listener may be behind.
const KEPT: usize = 64;
/// In how many seconds somebody with too many listeners may try again.
const RETRY: u32 = 30;

/// What news are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Topic {
    /// The board is another one.
    Data,
    /// What is known of the sources changed.
    Sources,
    /// How far a refresh is.
    Refresh,
}

impl Topic {
    /// The event's name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Sources => "sources",
            Self::Refresh => "refresh",
        }
    }
}

/// One piece of news.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    /// Its number since the start.
    pub(crate) number: u64,
    /// What it is about.
    pub(crate) topic: Topic,
    /// JSON in one line.
    pub(crate) text: String,
}

/// See the file's head.
#[derive(Debug)]
pub(crate) struct News {
    /// Tells this process's numbers from those of others, and of earlier ones.
    epoch: i64,
    kept: Mutex<Kept>,
    sender: broadcast::Sender<Arc<Item>>,
    listeners: Arc<Listeners>,
}

#[derive(Debug, Default)]
struct Kept {
    last: u64,
    items: VecDeque<Arc<Item>>,
    /// What holds now, by topic, for those who come anew.
    standing: Vec<(Topic, String)>,
}

/// Who listens.
#[derive(Debug)]
struct Listeners {
    most: usize,
    most_of_one: usize,
    by_caller: Mutex<HashMap<String, usize>>,
}

/// A listener's place, given back when it goes.
#[derive(Debug)]
pub(crate) struct Place {
    listeners: Arc<Listeners>,
    caller: String,
}

/// What a listener begins with, and what follows.
#[derive(Debug)]
pub(crate) struct Subscription {
    /// What was missed, or what holds now.
    pub(crate) first: Vec<Arc<Item>>,
    /// What comes.
    pub(crate) next: broadcast::Receiver<Arc<Item>>,
}

impl News {
    /// No news yet, of a process that started then (milliseconds since 1970).
    pub(crate) fn starting_at(epoch: i64, limits: &Limits) -> Self {
        let listeners = Listeners {
            most: limits.event_streams,
            most_of_one: limits.event_streams_of_one,
            by_caller: Mutex::default(),
        };
        let sender = broadcast::Sender::new(KEPT);
        Self { epoch, kept: Mutex::default(), sender, listeners: Arc::new(listeners) }
    }

    /// Tells all listeners. `standing`: what those who come later are told of it.
    pub(crate) fn tell<T: Serialize>(&self, topic: Topic, news: &T, standing: Option<&T>) {
        let Some(text) = written(topic, news) else { return };
        let standing = standing.and_then(|standing| written(topic, standing));
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.set_standing(topic, standing);
        kept.last += 1;
        let item = Arc::new(Item { number: kept.last, topic, text });
        kept.items.push_back(Arc::clone(&item));
        if kept.items.len() > KEPT {
            kept.items.pop_front();
        }
        // Nobody may listen; that is no error.
        drop(self.sender.send(item));
    }

    /// What holds now for those who come anew, without telling anybody.
    pub(crate) fn note(&self, topic: Topic, news: &impl Serialize) {
        let text = written(topic, news);
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).set_standing(topic, text);
    }

    /// What held does not any more.
    pub(crate) fn forget(&self, topic: Topic) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).set_standing(topic, None);
    }

    /// A place for one more listener of that caller.
    pub(crate) fn admit(&self, caller: &str) -> Result<Place, AppError> {
        let listeners = Arc::clone(&self.listeners);
        let mut by_caller = listeners.by_caller.lock().unwrap_or_else(PoisonError::into_inner);
        let own = by_caller.get(caller).copied().unwrap_or(0);
        if own >= listeners.most_of_one {
            return Err(AppError::TooMany { retry_after: RETRY });
        }
        if by_caller.values().sum::<usize>() >= listeners.most {
            let words = "Too many listen already. Please ask now and then instead.";
            return Err(AppError::Unavailable(words.to_owned()));
        }
        by_caller.insert(caller.to_owned(), own + 1);
        drop(by_caller);
        telemetry::listener_came();
        Ok(Place { listeners, caller: caller.to_owned() })
    }

    /// Whether anybody listens.
    pub(crate) fn is_heard(&self) -> bool {
        self.sender.receiver_count() > 0
    }

    /// Listens from now on. `last`: the id of the last piece that the listener got, if it was here before.
    pub(crate) fn listen(&self, last: Option<&str>) -> Subscription {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let next = self.sender.subscribe();
        let missed = last.and_then(|id| self.number(id)).and_then(|last| missed(&kept, last));
        let anew = || {
            let item = |(topic, text): &(Topic, String)| {
                Arc::new(Item { number: kept.last, topic: *topic, text: text.clone() })
            };
            kept.standing.iter().map(item).collect()
        };
        Subscription { first: missed.unwrap_or_else(anew), next }
    }

    /// A piece's id, as clients get it.
    pub(crate) fn id(&self, item: &Item) -> String {
        format!("{:x}-{}", self.epoch, item.number)
    }

    /// The number in an id of ours.
    fn number(&self, id: &str) -> Option<u64> {
        let (epoch, number) = id.split_once('-')?;
        (i64::from_str_radix(epoch, 16).ok()? == self.epoch).then(|| number.parse().ok())?
    }
}

impl Kept {
    fn set_standing(&mut self, topic: Topic, text: Option<String>) {
        self.standing.retain(|(known, _)| *known != topic);
        self.standing.extend(text.map(|text| (topic, text)));
    }
}

fn written(topic: Topic, news: &impl Serialize) -> Option<String> {
    serde_json::to_string(news)
        .inspect_err(|error| tracing::error!(%error, topic = topic.name(), "news cannot be written"))
        .ok()
}

/// All news after that one, if all are still there.
fn missed(kept: &Kept, last: u64) -> Option<Vec<Arc<Item>>> {
    let oldest = kept.items.front().map_or(kept.last + 1, |item| item.number);
    let whole = last <= kept.last && last + 1 >= oldest;
    whole.then(|| kept.items.iter().filter(|item| item.number > last).cloned().collect())
}

impl Drop for Place {
    fn drop(&mut self) {
        telemetry::listener_left();
        let mut by_caller = self.listeners.by_caller.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = by_caller.get_mut(&self.caller) {
            *own -= 1;
            if *own == 0 {
                by_caller.remove(&self.caller);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use metrics_exporter_prometheus::PrometheusBuilder;

    use super::*;

    fn news() -> News {
        let limits = Limits { event_streams: 3, event_streams_of_one: 2, ..Limits::default() };
        News::starting_at(255, &limits)
    }

    fn texts(subscription: &Subscription) -> Vec<&str> {
        subscription.first.iter().map(|item| item.text.as_str()).collect()
    }

    #[test]
    fn who_was_away_gets_what_was_missed_and_who_comes_anew_what_holds() {
        let news = news();
        for number in 1..=3 {
            news.tell(Topic::Data, &number, Some(&(number * 10)));
        }
        news.tell(Topic::Refresh, &"over", None);
        assert_eq!(texts(&news.listen(Some("ff-2"))), ["3", "\"over\""]);
        assert_eq!(texts(&news.listen(Some("ff-4"))), [""; 0]);
        for anew in [None, Some("fe-2"), Some("ff-9"), Some("x"), Some("ff-"), Some("")] {
            assert_eq!(texts(&news.listen(anew)), ["30"], "{anew:?}");
        }
        for number in 0..100 {
            news.tell(Topic::Sources, &number, None);
        }
        assert_eq!(texts(&news.listen(Some("ff-2"))), ["30"], "too long away");
        assert_eq!(news.listen(Some("ff-40")).first.len(), 64);
    }

    #[tokio::test]
    async fn listeners_hear_what_comes_after_they_came() {
        let news = news();
        assert!(!news.is_heard());
        let mut one = news.listen(None);
        assert!(news.is_heard());
        news.tell(Topic::Data, &1, Some(&1));
        let item = one.next.recv().await.unwrap();
        assert_eq!((item.text.as_str(), news.id(&item).as_str()), ("1", "ff-1"));
    }

    #[test]
    fn open_streams_are_measured() {
        let recorder = PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        let said =
            || handle.render().lines().find_map(|line| line.strip_prefix("t5g_event_streams ")?.parse().ok());
        metrics::with_local_recorder(&recorder, || {
            let news = news();
            let (one, two) = (news.admit("a").unwrap(), news.admit("b").unwrap());
            assert_eq!(said(), Some(2.0));
            drop(one);
            assert_eq!(said(), Some(1.0));
            drop(two);
            assert_eq!(said(), Some(0.0));
        });
    }

    #[test]
    fn places_are_counted_and_given_back() {
        let news = news();
        let (one, two) = (news.admit("a").unwrap(), news.admit("a").unwrap());
        assert!(matches!(news.admit("a"), Err(AppError::TooMany { .. })));
        let three = news.admit("b").unwrap();
        assert!(matches!(news.admit("c"), Err(AppError::Unavailable(_))));
        drop(one);
        news.admit("a").unwrap();
        drop((two, three));
        assert!(news.listeners.by_caller.lock().unwrap().is_empty());
    }
}
