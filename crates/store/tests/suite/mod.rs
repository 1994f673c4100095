//! What every store of documents must do, whatever it is.

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use t5g_model::documents::Document;
use t5g_store::StoreError;
use t5g_store::documents::{Change, Documents, Fence, Fingerprint, Guard, MAX_DOCUMENT_BYTES, Raised, raise};

use crate::support::feed::{next, until_silent, until_told};
use crate::support::other_process::{OtherProcess, Work, batch, count_in};
use crate::support::place::Place;

async fn write(store: &Documents, document: Document, text: &str) {
    store.replace(&[(document, text.to_owned().into())], &Guard::default()).await.unwrap();
}

async fn text(store: &Documents, document: Document) -> Option<String> {
    let stored = store.read(document).await.unwrap()?;
    Some(String::from_utf8(stored.bytes.to_vec()).unwrap())
}

pub(crate) async fn what_was_never_written_is_absent(place: &dyn Place) {
    let store = place.open().await;
    store.ping().await.unwrap();
    assert!(store.present().await.unwrap().is_empty());
    assert!(store.read(Document::Cards).await.unwrap().is_none());
    write(&store, Document::Stats, "{}").await;
    assert_eq!(store.present().await.unwrap(), BTreeSet::from([Document::Stats]));
    assert!(store.read(Document::Cards).await.unwrap().is_none());
}

pub(crate) async fn what_is_written_is_read_byte_for_byte(place: &dyn Place) {
    let (store, other) = (place.open().await, place.open().await);
    for document in Document::ALL {
        let odd = format!(" {{\"b\" : 1.50, \"a\":\"é\\u0000 <b>\",\n\"a\":\"{document}\"}} \n");
        write(&store, *document, &odd).await;
        let stored = other.read(*document).await.unwrap().unwrap();
        assert_eq!(stored.bytes, odd.as_bytes());
        assert_eq!(stored.fingerprint, Fingerprint::of(odd.as_bytes()));
    }
    write(&other, Document::Cards, "null").await;
    assert_eq!(text(&store, Document::Cards).await.unwrap(), "null");
}

pub(crate) async fn what_is_no_json_is_refused_with_its_whole_batch(place: &dyn Place) {
    let store = place.open().await;
    write(&store, Document::Cards, "{\"good\":1}").await;
    for bad in [&b"{\"half\":"[..], b"", b"{}}", b"\"\xff\"", b"NaN"] {
        let batch = [
            (Document::Cards, Bytes::from_static(b"{\"new\":2}")),
            (Document::Cases, Bytes::copy_from_slice(bad)),
        ];
        let error = store.replace(&batch, &Guard::default()).await.unwrap_err();
        assert!(matches!(error, StoreError::Refused { document: Document::Cases, .. }), "{error}");
    }
    assert_eq!(text(&store, Document::Cards).await.unwrap(), "{\"good\":1}");
    assert_eq!(store.present().await.unwrap(), BTreeSet::from([Document::Cards]));
}

pub(crate) async fn what_others_wrote_is_read_unchecked(place: &dyn Place) {
    let store = place.open().await;
    for odd in [&b""[..], b"{\"half\":", b"\xff\x00\xfe"] {
        place.plant(Document::Cards, odd).await;
        assert_eq!(store.read(Document::Cards).await.unwrap().unwrap().bytes, odd);
    }
}

pub(crate) async fn a_reader_never_sees_half_a_batch(place: &dyn Place) {
    const BATCHES: u64 = 100;
    let writer = place.open().await;
    writer.replace(&batch(1), &Guard::default()).await.unwrap();
    let writing = async {
        for count in 2..=BATCHES {
            writer.replace(&batch(count), &Guard::default()).await.unwrap();
        }
    };
    let reader = place.open().await;
    // Whichever is read first, the other cannot be of an older batch.
    let reading = async |first, second| {
        let mut seen = 0;
        while seen < BATCHES {
            let one = count_in(&reader.read(first).await.unwrap().unwrap().bytes);
            let other = count_in(&reader.read(second).await.unwrap().unwrap().bytes);
            assert!(seen <= one && one <= other, "{first} of batch {one}, then {second} of batch {other}");
            seen = other;
        }
    };
    tokio::join!(
        writing,
        reading(Document::Cases, Document::Details),
        reading(Document::Details, Document::Cases)
    );
}

pub(crate) async fn sudden_death_tears_nothing_and_loses_nothing(place: &dyn Place) {
    const KILLS: usize = 20;
    let seed: u64 = 20_261_123;
    println!("seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let mut acknowledged = 0;
    for kill in 0..KILLS {
        let mut writer = OtherProcess::start(Work::WriteForEver, &place.address());
        acknowledged = acknowledged.max(writer.next_count());
        tokio::time::sleep(Duration::from_millis(random.random_range(0..60))).await;
        acknowledged = acknowledged.max(writer.kill().unwrap_or(0));

        let store = place.open().await;
        let count = async |document| count_in(&store.read(document).await.unwrap().unwrap().bytes);
        let mut counts = (count(Document::Cases).await, count(Document::Details).await);
        for _ in 0..100 {
            // A server may still be reading what the dead one sent: only half a batch that stays is one.
            if counts.0 == counts.1 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
            counts = (count(Document::Cases).await, count(Document::Details).await);
        }
        assert_eq!(counts.0, counts.1, "half a batch after kill {kill}");
        assert!(counts.0 >= acknowledged, "batch {acknowledged} was lost after kill {kill}: {counts:?}");
    }
    assert!(acknowledged > 20, "the writer hardly wrote: {acknowledged}");
}

pub(crate) async fn a_changed_document_is_not_overwritten(place: &dyn Place) {
    let (store, other) = (place.open().await, place.open().await);
    let expecting = |fingerprint| Guard { unchanged: Some((Document::Cards, fingerprint)), fence: None };
    let new = [(Document::Cards, Bytes::from_static(b"[2]")), (Document::Timestamp, "\"t\"".into())];

    let absent = expecting(None);
    write(&other, Document::Cards, "[1]").await;
    let error = store.replace(&new, &absent).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict { document: Document::Cards }), "{error}");

    let seen = store.read(Document::Cards).await.unwrap().unwrap().fingerprint;
    write(&other, Document::Cards, "[1, 1]").await;
    let error = store.replace(&new, &expecting(Some(seen))).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict { document: Document::Cards }), "{error}");
    assert_eq!(store.present().await.unwrap(), BTreeSet::from([Document::Cards]));

    let seen = store.read(Document::Cards).await.unwrap().unwrap().fingerprint;
    store.replace(&new, &expecting(Some(seen))).await.unwrap();
    assert_eq!(text(&other, Document::Cards).await.unwrap(), "[2]");

    let never = Guard { unchanged: Some((Document::Bugs, Some(seen))), fence: None };
    assert!(matches!(
        store.replace(&new, &never).await,
        Err(StoreError::Conflict { document: Document::Bugs })
    ));
    let still_absent = Guard { unchanged: Some((Document::Bugs, None)), fence: None };
    store.replace(&[(Document::Bugs, "null".into())], &still_absent).await.unwrap();
}

pub(crate) async fn of_two_guarded_writers_one_wins(place: &dyn Place) {
    let (one, other) = (place.open().await, place.open().await);
    write(&one, Document::Cards, "0").await;
    let mut wins = 0;
    for round in 1..=20 {
        let seen = one.read(Document::Cards).await.unwrap().unwrap().fingerprint;
        let guard = Guard { unchanged: Some((Document::Cards, Some(seen))), fence: None };
        let first = [(Document::Cards, Bytes::from(format!("{round}")))];
        let second = [(Document::Cards, Bytes::from(format!("-{round}")))];
        let (a, b) = tokio::join!(one.replace(&first, &guard), other.replace(&second, &guard));
        wins += usize::from(a.is_ok()) + usize::from(b.is_ok());
        for lost in [a, b].into_iter().filter_map(Result::err) {
            assert!(matches!(lost, StoreError::Conflict { document: Document::Cards }), "{lost}");
        }
    }
    assert_eq!(wins, 20, "exactly one of the two writers wins each round");
}

pub(crate) async fn a_holder_that_lost_its_lock_writes_nothing(place: &dyn Place) {
    let (store, other) = (place.open().await, place.open().await);
    let holding =
        |lock: &str, token| Guard { unchanged: None, fence: Some(Fence { lock: lock.into(), token }) };
    let batch = |text: &str| [(Document::Cards, Bytes::from(text.to_owned()))];

    store.replace(&batch("1"), &holding("cards", 7)).await.unwrap();
    store.replace(&batch("2"), &holding("cards", 7)).await.unwrap();
    other.replace(&batch("3"), &holding("cards", 8)).await.unwrap();
    let error = store.replace(&batch("4"), &holding("cards", 7)).await.unwrap_err();
    assert!(matches!(&error, StoreError::Fenced { lock } if lock == "cards"), "{error}");
    assert_eq!(text(&store, Document::Cards).await.unwrap(), "3");

    store.replace(&batch("5"), &holding("another", 1)).await.unwrap();
    // A holder may prove that it still holds without writing a document.
    assert!(store.replace(&[], &holding("cards", 7)).await.is_err());
    store.replace(&[], &holding("cards", 9)).await.unwrap();
    assert!(other.replace(&batch("6"), &holding("cards", 8)).await.is_err());
    assert_eq!(store.highest("cards").await.unwrap(), Some(9));
    assert_eq!(store.highest("never").await.unwrap(), None);
    let behind = raise(&other, &Fence { lock: "cards".into(), token: 8 }).await.unwrap();
    assert_eq!(behind, Raised::Behind(9));
    let equal = raise(&other, &Fence { lock: "cards".into(), token: 9 }).await.unwrap();
    assert_eq!(equal, Raised::Behind(9), "two ledgers gave the same number");
    let known = raise(&other, &Fence { lock: "cards".into(), token: 10 }).await.unwrap();
    assert_eq!(known, Raised::Known);
    assert!(store.replace(&batch("7"), &holding("cards", 9)).await.is_err());
    // Our own numbers are no documents.
    assert_eq!(store.present().await.unwrap(), BTreeSet::from([Document::Cards]));
}

pub(crate) async fn too_large_a_document_is_refused(place: &dyn Place) {
    let store = place.open().await;
    let size = usize::try_from(MAX_DOCUMENT_BYTES).unwrap() + 1;
    let error =
        store.replace(&[(Document::Cards, vec![b' '; size].into())], &Guard::default()).await.unwrap_err();
    assert!(matches!(error, StoreError::TooLarge { document: Document::Cards, .. }), "{error}");
    assert!(store.present().await.unwrap().is_empty());
}

pub(crate) async fn too_large_a_document_of_others_is_not_fetched(place: &dyn Place) {
    let store = place.open().await;
    place.plant_size(Document::Cards, MAX_DOCUMENT_BYTES + 1).await;
    let error = store.read(Document::Cards).await.unwrap_err();
    assert!(matches!(error, StoreError::TooLarge { document: Document::Cards, .. }), "{error}");
}

pub(crate) async fn a_large_document_survives(place: &dyn Place) {
    let store = place.open().await;
    let mut feed = store.changes();
    let large = Bytes::from(format!("\"{}\"", "0123456789abcdef".repeat(4 << 20)));
    assert!(large.len() > 64 << 20);
    until_silent(&mut feed).await;
    store.replace(&[(Document::Cards, large.clone())], &Guard::default()).await.unwrap();
    until_told(&mut feed, &[Document::Cards]).await;
    let stored = store.read(Document::Cards).await.unwrap().unwrap();
    assert!(stored.bytes == large, "the large document came back different");
    let guard = Guard { unchanged: Some((Document::Cards, Some(stored.fingerprint))), fence: None };
    store.replace(&[(Document::Cards, "1".into())], &guard).await.unwrap();
}

pub(crate) async fn every_writer_is_heard(place: &dyn Place) {
    let (store, other) = (place.open().await, place.open().await);
    let (mut feed, mut second) = (store.changes(), store.changes());
    until_silent(&mut feed).await;
    until_silent(&mut second).await;

    write(&store, Document::Cards, "1").await;
    until_told(&mut feed, &[Document::Cards]).await;
    until_told(&mut second, &[Document::Cards]).await;

    let batch = [(Document::Cases, "{}".into()), (Document::Details, "{}".into())];
    other.replace(&batch, &Guard::default()).await.unwrap();
    until_told(&mut feed, &[Document::Cases, Document::Details]).await;

    place.plant(Document::Bugs, b"null").await;
    until_told(&mut feed, &[Document::Bugs]).await;

    // A refused replacement changes nothing.
    let refused = [(Document::Cards, Bytes::from_static(b"{"))];
    assert!(store.replace(&refused, &Guard::default()).await.is_err());
    write(&other, Document::Users, "{}").await;
    until_told(&mut feed, &[Document::Users]).await;
}

pub(crate) async fn a_burst_of_changes_is_told_in_few_words(place: &dyn Place) {
    let (store, other) = (place.open().await, place.open().await);
    let mut feed = store.changes();
    until_silent(&mut feed).await;
    for count in 0..300 {
        write(&other, Document::Timestamp, &format!("\"{count}\"")).await;
    }
    write(&other, Document::RefreshId, "\"last\"").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut words = 0;
    loop {
        words += 1;
        match next(&mut feed).await {
            Change::Some(told) if !told.contains(&Document::RefreshId) => {}
            _ => break,
        }
    }
    // Whoever is slow hears it at most as often as the feed has room, and once that all may have changed.
    assert!(words <= 65, "{words} words");
    assert_eq!(text(&store, Document::RefreshId).await.unwrap(), "\"last\"");
}

pub(crate) async fn the_feed_ends_with_the_store(place: &dyn Place) {
    let store = place.open().await;
    let mut feed = store.changes();
    drop(store);
    while feed.next().await.is_some() {}
}
