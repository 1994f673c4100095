//! What lies in the stores: documents that cannot be read, sources that are not refreshed.

use t5g_model::clock::Clock;
use t5g_model::documents::{Document, read};
use t5g_store::StoreError;
use t5g_store::documents::Documents;
use t5g_store::ledger::{Freshness, Ledger};

use super::Finding;

/// Reads every document as the dashboard does.
pub(super) async fn documents(store: &Documents) -> Vec<Finding> {
    let mut findings = Vec::new();
    for document in Document::ALL {
        let what = format!("document {document}");
        match store.read(*document).await {
            Ok(None) => {}
            Ok(Some(stored)) => findings.push(content(*document, what, &stored.bytes)),
            Err(error) => {
                findings.push(Finding::wrong(what, error.to_string(), "look at the store's own log"));
            }
        }
    }
    if findings.is_empty() {
        findings.push(Finding::notice("documents", "there are none yet", "fetch them: t5g sync all"));
    }
    findings
}

fn content(document: Document, what: String, bytes: &[u8]) -> Finding {
    let size = format!("{} bytes", bytes.len());
    match read::check(document, bytes) {
        Err(error) => Finding::wrong(
            what,
            format!("cannot be read: {error}"),
            "whoever wrote it last wrote it wrongly; refresh its source: t5g sync all --full",
        ),
        Ok(problems) if problems.is_empty() => Finding::ok(what, size),
        Ok(problems) => {
            let first = problems.first().iter().take(3).map(|p| format!("{}: {}", p.entry, p.reason));
            Finding::notice(
                what,
                format!(
                    "{size}; {} entries are unreadable, such as {}",
                    problems.count(),
                    first.collect::<Vec<_>>().join("; ")
                ),
                "mend these entries where they come from; until then they are not shown",
            )
        }
    }
}

/// How fresh every source is, and what its last refresh complained of.
pub(super) async fn sources(ledger: &Ledger, clock: &Clock) -> Vec<Finding> {
    let looked = async {
        Ok::<_, StoreError>((
            ledger.freshness().await?,
            ledger.data_problems().await?,
            ledger.held_shrinks().await?,
        ))
    };
    let (freshness, problems, shrinks) = match looked.await {
        Ok(looked) => looked,
        Err(error) => {
            return vec![Finding::wrong("sources", error.to_string(), "look at the ledger's own log")];
        }
    };
    let mut findings: Vec<Finding> = freshness.iter().map(|source| freshness_of(source, clock)).collect();
    if let Some(first) = problems.first().map(|first| &first.problem) {
        let reason = first.reason.strip_prefix(&format!("{}: ", first.entry)).unwrap_or(&first.reason);
        findings.push(Finding::notice(
            "data problems",
            format!("{}, such as {} {}: {}", problems.len(), first.document, first.entry, reason),
            "mend them where they come from; until then these entries are not shown",
        ));
    }
    findings.extend(shrinks.iter().map(|shrink| {
        Finding::wrong(
            format!("held shrink of {}", shrink.document),
            format!(
                "it would go from {} to {} entries; the old ones are kept",
                shrink.old_count, shrink.new_count
            ),
            format!(
                "see whether the upstream really has so few; if so: t5g sync {} --approve-shrink",
                shrink.source
            ),
        )
    }));
    findings
}

fn freshness_of(source: &Freshness, clock: &Clock) -> Finding {
    let what = format!("source {}", source.source);
    let ago = |at: chrono::DateTime<chrono::Utc>| format!("{} min ago", (clock.now() - at).num_minutes());
    let success = source.last_success.map_or_else(|| "never".to_owned(), ago);
    let again = format!("t5g sync {}", source.source);
    match (&source.failure, source.last_success) {
        (Some(failure), _) => Finding::wrong(
            what,
            format!(
                "failed {} times since {}: {}; last success: {success}",
                failure.times, failure.since, failure.error
            ),
            format!("mend what the error names, then: {again}"),
        ),
        (None, None) => Finding::notice(what, "never refreshed", again),
        (None, Some(_)) if source.stale > 0 => Finding::notice(
            what,
            format!(
                "refreshed {success}; {} entries are older, because they could not be fetched",
                source.stale
            ),
            "they are fetched again with every refresh; if that lasts, see whether they may be read",
        ),
        (None, Some(_)) => {
            let entries = source.counts.entries;
            let word = if entries == 1 { "entry" } else { "entries" };
            Finding::ok(what, format!("refreshed {success}, {entries} {word}"))
        }
    }
}
