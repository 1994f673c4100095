//! Asks an upstream for many things one by one: a few at once, single failures noted, an upstream that is
//! down noticed early. Knows no source.

use std::collections::BTreeMap;

use futures_util::{Stream, StreamExt};

/// So many failures in a row without a success between: the upstream is down, asking on is no use.
const HOPELESS: usize = 32;

/// What came of asking.
#[derive(Debug)]
pub(crate) struct Gathered<K, V> {
    /// The answers.
    pub(crate) found: BTreeMap<K, V>,
    /// What failed, and why.
    pub(crate) failed: BTreeMap<K, String>,
}

/// Collects all answers. Single failures are noted; it is an error if everything failed, if a failure is
/// `fatal`, or if so many failed in a row that the upstream must be down.
pub(crate) async fn gather<K, V, E>(
    answers: impl Stream<Item = (K, Result<V, E>)>,
    mut came: impl FnMut(),
    fatal: impl Fn(&E) -> bool,
) -> anyhow::Result<Gathered<K, V>>
where
    K: Ord,
    E: std::error::Error + Send + Sync + 'static,
{
    let mut gathered = Gathered { found: BTreeMap::new(), failed: BTreeMap::new() };
    let (mut in_a_row, mut last_error) = (0, None);
    let mut answers = std::pin::pin!(answers);
    while let Some((key, answer)) = answers.next().await {
        came();
        match answer {
            Ok(value) => {
                in_a_row = 0;
                gathered.found.insert(key, value);
            }
            Err(error) if fatal(&error) => return Err(error.into()),
            Err(error) => {
                in_a_row += 1;
                if in_a_row >= HOPELESS {
                    return Err(anyhow::Error::new(error).context(format!("{HOPELESS} failures in a row")));
                }
                gathered.failed.insert(key, error.to_string());
                last_error = Some(error);
            }
        }
    }
    match last_error {
        Some(error) if gathered.found.is_empty() => Err(error.into()),
        _ => Ok(gathered),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, thiserror::Error)]
    #[error("{0}")]
    struct Fault(&'static str);

    async fn ask(answers: Vec<Result<(), Fault>>) -> anyhow::Result<Gathered<usize, ()>> {
        let answers = futures_util::stream::iter(answers.into_iter().enumerate());
        gather(answers, || (), |fault| fault.0 == "fatal").await
    }

    #[tokio::test]
    async fn single_failures_are_noted() {
        let gathered = ask(vec![Ok(()), Err(Fault("a")), Ok(()), Err(Fault("b"))]).await.unwrap();
        assert_eq!((gathered.found.len(), gathered.failed.len()), (2, 2));
        assert_eq!(ask(vec![]).await.unwrap().failed.len(), 0);
    }

    #[tokio::test]
    async fn it_gives_up_when_there_is_no_hope() {
        assert_eq!(ask(vec![Err(Fault("down"))]).await.unwrap_err().to_string(), "down");
        let mut outage = vec![Ok(())];
        outage.resize(1000, Err(Fault("down")));
        assert_eq!(format!("{:#}", ask(outage).await.unwrap_err()), "32 failures in a row: down");
        assert!(ask(vec![Ok(()), Err(Fault("fatal")), Ok(())]).await.is_err());
    }
}
