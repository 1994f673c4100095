//! Asks an upstream for many things one by one: a few at once, single failures noted, an upstream that is
//! down noticed early. Knows no source.

use std::collections::BTreeMap;

use futures_util::{Stream, StreamExt};
use t5g_clients::ClientError;

/// So many calls that failed in a row without a success between: the upstream is down, asking on is no use.
const HOPELESS: usize = 32;

/// How many failures in a row mean that there is no hope, where one call answers for `batch` at once.
pub(crate) fn hopeless(batch: usize) -> usize {
    HOPELESS.max(batch.saturating_mul(4))
}

/// What came of asking.
#[derive(Debug)]
pub(crate) struct Gathered<K, V> {
    /// The answers.
    pub(crate) found: BTreeMap<K, V>,
    /// What failed, and why.
    pub(crate) failed: BTreeMap<K, String>,
    last_error: Option<anyhow::Error>,
}

impl<K, V> Gathered<K, V> {
    /// An error if there were failures and nothing else.
    pub(crate) fn unless_all_failed(self) -> anyhow::Result<Self> {
        match self.last_error {
            Some(error) if self.found.is_empty() => Err(error),
            _ => Ok(self),
        }
    }
}

/// What a failure means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It concerns all: nothing more is asked.
    Fatal,
    /// It may pass: it is asked for once more when all others have been.
    Again,
    /// It concerns this one, and stays.
    Final,
}

/// What an upstream's failure means for one of many.
pub(crate) fn judge(error: &ClientError) -> Verdict {
    // A rejected credential passes too, if a token ran out twice under one call.
    if error.is_transient() || error.is_credential() { Verdict::Again } else { Verdict::Final }
}

/// Asks for all of `keys`. Single failures are noted; it is an error if one is fatal, or if so many failed in
/// a row that the upstream must be down.
pub(crate) async fn gather<K, V, E, S>(
    keys: Vec<K>,
    hopeless: usize,
    ask: impl Fn(Vec<K>) -> S,
    mut came: impl FnMut(),
    judge: impl Fn(&E) -> Verdict,
) -> anyhow::Result<Gathered<K, V>>
where
    K: Ord + Clone,
    E: std::error::Error + Send + Sync + 'static,
    S: Stream<Item = (K, Result<V, E>)>,
{
    let mut all = Round::default();
    all.run(ask(keys), hopeless, &mut came, &judge).await?;
    if !all.again.is_empty() && !all.found.is_empty() {
        let mut second = Round::default();
        second.run(ask(std::mem::take(&mut all.again)), hopeless, || (), &judge).await?;
        all.failed.retain(|key, _| !second.found.contains_key(key));
        all.found.append(&mut second.found);
    }
    Ok(Gathered { found: all.found, failed: all.failed, last_error: all.last_error })
}

/// One time through.
struct Round<K, V> {
    found: BTreeMap<K, V>,
    failed: BTreeMap<K, String>,
    again: Vec<K>,
    last_error: Option<anyhow::Error>,
}

impl<K, V> Default for Round<K, V> {
    fn default() -> Self {
        Self { found: BTreeMap::new(), failed: BTreeMap::new(), again: Vec::new(), last_error: None }
    }
}

impl<K: Ord + Clone, V> Round<K, V> {
    async fn run<E: std::error::Error + Send + Sync + 'static>(
        &mut self,
        answers: impl Stream<Item = (K, Result<V, E>)>,
        hopeless: usize,
        mut came: impl FnMut(),
        judge: impl Fn(&E) -> Verdict,
    ) -> anyhow::Result<()> {
        let mut in_a_row = 0;
        let mut answers = std::pin::pin!(answers);
        while let Some((key, answer)) = answers.next().await {
            came();
            match answer {
                Ok(value) => {
                    in_a_row = 0;
                    self.found.insert(key, value);
                }
                Err(error) => {
                    in_a_row += 1;
                    let verdict = judge(&error);
                    if verdict == Verdict::Fatal {
                        return Err(error.into());
                    }
                    if in_a_row >= hopeless {
                        return Err(
                            anyhow::Error::new(error).context(format!("{in_a_row} failures in a row"))
                        );
                    }
                    self.again.extend((verdict == Verdict::Again).then(|| key.clone()));
                    self.failed.insert(key, error.to_string());
                    self.last_error = Some(error.into());
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[derive(Debug, Clone, thiserror::Error)]
    #[error("{0}")]
    struct Fault(&'static str);

    /// Asks for the positions of `answers`; "passing" faults are gone the second time.
    async fn ask(answers: Vec<Result<(), Fault>>) -> anyhow::Result<Gathered<usize, ()>> {
        let answers = Mutex::new(answers);
        let keys = (0..answers.lock().unwrap().len()).collect();
        let answer = |key: usize| {
            let answer = answers.lock().unwrap()[key].clone();
            if answer.as_ref().is_err_and(|fault| fault.0 == "passing") {
                answers.lock().unwrap()[key] = Ok(());
            }
            (key, answer)
        };
        let judge = |fault: &Fault| match fault.0 {
            "fatal" => Verdict::Fatal,
            "passing" => Verdict::Again,
            _ => Verdict::Final,
        };
        let ask =
            |keys: Vec<usize>| futures_util::stream::iter(keys.into_iter().map(answer).collect::<Vec<_>>());
        gather(keys, hopeless(1), ask, || (), judge).await
    }

    #[tokio::test]
    async fn single_failures_are_noted() {
        let gathered = ask(vec![Ok(()), Err(Fault("a")), Ok(()), Err(Fault("b"))]).await.unwrap();
        assert_eq!((gathered.found.len(), gathered.failed.len()), (2, 2));
        assert_eq!(ask(vec![]).await.unwrap().failed.len(), 0);
    }

    #[tokio::test]
    async fn what_may_pass_is_asked_for_once_more() {
        let gathered = ask(vec![Ok(()), Err(Fault("passing")), Err(Fault("b"))]).await.unwrap();
        assert_eq!(gathered.found.len(), 2);
        assert_eq!(gathered.failed, BTreeMap::from([(2, "b".to_owned())]));
    }

    #[tokio::test]
    async fn it_gives_up_when_there_is_no_hope() {
        assert_eq!(
            ask(vec![Err(Fault("down"))]).await.unwrap().unless_all_failed().unwrap_err().to_string(),
            "down"
        );
        let mut outage = vec![Ok(())];
        outage.resize(1000, Err(Fault("down")));
        assert_eq!(format!("{:#}", ask(outage).await.unwrap_err()), "32 failures in a row: down");
        assert!(ask(vec![Ok(()), Err(Fault("fatal")), Ok(())]).await.is_err());
    }
}
