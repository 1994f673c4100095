//! The history of cases' comments: what the portal said while a case was open; and what is forgotten of cases that are gone.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use t5g_model::names::CaseNumber;

use super::bulk::{bounded, insert, places};
use super::{Arg, Ledger, OwnSql};
use crate::StoreError;

/// The longest comment that is kept, in bytes.
const BODY_BYTES: usize = 64 * 1024;
/// The longest id and the longest author's name that are kept, in bytes.
const NAME_BYTES: usize = 200;

/// Cases whose comments are removed by one statement.
const AT_ONCE: usize = 500;

/// One comment of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseComment {
    /// The portal's id of it.
    pub id: String,
    /// Who wrote it, if the portal says.
    pub author: Option<String>,
    /// Its text, as the portal has it.
    pub body: String,
    /// When it was written, if the portal says so readably.
    pub created: Option<DateTime<Utc>>,
    /// Whether the customer sees it.
    pub public: bool,
}

impl Ledger {
    /// Keeps these cases' comments, all or none; one that is known already takes its new text. Texts are cut
    /// to 64 KiB.
    pub async fn keep_comments(&self, cases: &[(CaseNumber, Vec<CaseComment>)]) -> Result<(), StoreError> {
        let comments = cases.iter().flat_map(|(case, comments)| comments.iter().map(move |one| (case, one)));
        let unique: BTreeMap<_, _> =
            comments.map(|(case, comment)| ((case, bounded(&comment.id, NAME_BYTES)), comment)).collect();
        if unique.is_empty() {
            return Ok(());
        }
        let rows = unique
            .iter()
            .map(|((case, id), comment)| {
                let author = comment.author.as_deref().map(|author| bounded(author, NAME_BYTES));
                [
                    case.as_str().into(),
                    id.into(),
                    author.as_deref().into(),
                    (&bounded(&comment.body, BODY_BYTES)).into(),
                    comment.created.into(),
                    comment.public.into(),
                ]
            })
            .collect();
        let mut tx = self.begin_write().await?;
        insert(
            &mut tx,
            "INSERT INTO case_comments (case_number, comment_id, author, body, created, public)",
            rows,
            "ON CONFLICT (case_number, comment_id) DO UPDATE SET author = excluded.author, \
             body = excluded.body, created = excluded.created, public = excluded.public",
        )
        .await?;
        tx.commit().await
    }

    /// Removes comments that were written before that, or whose time is not known, of cases that are none of `cases`; how
    /// many. A case that comes back brings its comments with it.
    pub async fn forget_comments(
        &self,
        cases: &BTreeSet<&CaseNumber>,
        before: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let sql = "SELECT DISTINCT case_number FROM case_comments WHERE created IS NULL OR created < $1";
        let rows = self.db().await?.fetch(sql, &[before.into()]).await?;
        let known: BTreeSet<&str> = cases.iter().map(|case| case.as_str()).collect();
        let mut gone = Vec::new();
        for row in &rows {
            let case: String = row.get("case_number")?;
            if !known.contains(case.as_str()) {
                gone.push(case);
            }
        }
        let mut removed = 0;
        for some in gone.chunks(AT_ONCE) {
            let sql = format!(
                "DELETE FROM case_comments WHERE (created IS NULL OR created < $1) AND case_number IN ({})",
                places(2, some.len())
            );
            let args: Vec<Arg> = std::iter::once(before.into()).chain(some.iter().map(Arg::from)).collect();
            let mut tx = self.begin_write().await?;
            removed += tx.execute(OwnSql(sql), &args).await?;
            tx.commit().await?;
        }
        Ok(removed)
    }

    /// A case's comments, oldest first; those without a time come first.
    pub async fn comments(&self, case: &CaseNumber) -> Result<Vec<CaseComment>, StoreError> {
        let sql = "SELECT comment_id, author, body, created, public FROM case_comments \
                   WHERE case_number = $1";
        let rows = self.db().await?.fetch(sql, &[case.as_str().into()]).await?;
        let mut comments = rows
            .iter()
            .map(|row| {
                Ok(CaseComment {
                    id: row.get("comment_id")?,
                    author: row.get("author")?,
                    body: row.get("body")?,
                    created: row.time("created")?,
                    public: row.get::<i64>("public")? != 0,
                })
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        // Sorted here: the databases do not agree on the order of text.
        comments.sort_by(|one, other| (one.created, &one.id).cmp(&(other.created, &other.id)));
        Ok(comments)
    }
}
