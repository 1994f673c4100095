-- What the sources' refreshes left behind. Times are milliseconds since the epoch, UTC.
CREATE TABLE ledger_revision (
    id BIGINT PRIMARY KEY,
    revision BIGINT NOT NULL
);
INSERT INTO ledger_revision (id, revision) VALUES (1, 0);

CREATE TABLE freshness (
    source TEXT PRIMARY KEY,
    last_attempt BIGINT,
    last_success BIGINT,
    last_full BIGINT,
    duration_ms BIGINT,
    entries BIGINT NOT NULL DEFAULT 0,
    added BIGINT NOT NULL DEFAULT 0,
    changed BIGINT NOT NULL DEFAULT 0,
    removed BIGINT NOT NULL DEFAULT 0,
    error TEXT,
    error_since BIGINT,
    failures BIGINT NOT NULL DEFAULT 0,
    high_water TEXT,
    interval_ms BIGINT
);

-- Entries of a document that are older than the rest, because fetching them again failed.
CREATE TABLE stale_entries (
    source TEXT NOT NULL,
    entry TEXT NOT NULL,
    reason TEXT NOT NULL,
    since BIGINT NOT NULL,
    generation BIGINT NOT NULL,
    PRIMARY KEY (source, entry)
);

-- What the upstreams hold that cannot be shown: a card without a case, an unreadable entry.
CREATE TABLE data_problems (
    source TEXT NOT NULL,
    document TEXT NOT NULL,
    entry TEXT NOT NULL,
    reason TEXT NOT NULL,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    generation BIGINT NOT NULL,
    PRIMARY KEY (source, document, entry, reason)
);

-- Replacements that were refused because they would have lost too much; a person decides.
CREATE TABLE held_shrinks (
    document TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    old_count BIGINT NOT NULL,
    new_count BIGINT NOT NULL,
    held_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    decided_by TEXT,
    decided_at BIGINT
);

-- Comments of cases, kept when the case is gone from the documents.
CREATE TABLE case_comments (
    case_number TEXT NOT NULL,
    comment_id TEXT NOT NULL,
    author TEXT,
    body TEXT NOT NULL,
    created BIGINT,
    public BIGINT NOT NULL,
    PRIMARY KEY (case_number, comment_id)
);

-- Small state of a job that must outlive it.
CREATE TABLE facts (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    changed BIGINT NOT NULL
);
