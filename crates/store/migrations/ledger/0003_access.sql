-- Who gets in and what was done. Times are milliseconds since the epoch, UTC. Of every secret only a hash is kept.

-- People, by what their identity provider calls them.
CREATE TABLE accounts (
    account TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    subject TEXT NOT NULL,
    name TEXT NOT NULL,
    mail TEXT,
    attributes TEXT NOT NULL,
    member_of TEXT NOT NULL,
    role TEXT NOT NULL,
    first_login BIGINT NOT NULL,
    last_login BIGINT NOT NULL,
    blocked BIGINT,
    blocked_by TEXT
);
CREATE INDEX accounts_by_login ON accounts (last_login);

-- Sign-ins and sign-outs that wait for the identity provider's answer; each is used once.
CREATE TABLE login_flows (
    flow TEXT PRIMARY KEY,
    browser TEXT NOT NULL,
    kind TEXT NOT NULL,
    request_id TEXT NOT NULL,
    target TEXT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX login_flows_by_end ON login_flows (expires);

-- Assertions that were used, until they expire by themselves.
CREATE TABLE seen_assertions (
    assertion TEXT PRIMARY KEY,
    expires BIGINT NOT NULL
);
CREATE INDEX seen_assertions_by_end ON seen_assertions (expires);

CREATE TABLE sessions (
    handle TEXT PRIMARY KEY,
    digest TEXT NOT NULL,
    account TEXT NOT NULL,
    role TEXT NOT NULL,
    name_id TEXT NOT NULL,
    name_id_format TEXT,
    session_index TEXT,
    created BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    address TEXT,
    agent TEXT,
    revoked BIGINT,
    revoked_by TEXT
);
CREATE INDEX sessions_by_account ON sessions (account);
CREATE INDEX sessions_by_subject ON sessions (name_id);
CREATE INDEX sessions_by_end ON sessions (expires);

-- Tokens for programs. Without an account they were made at the command line.
CREATE TABLE api_tokens (
    handle TEXT PRIMARY KEY,
    digest TEXT NOT NULL,
    name TEXT NOT NULL,
    account TEXT,
    created_by TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    revoked BIGINT,
    revoked_by TEXT,
    used BIGINT,
    used_from TEXT
);
CREATE INDEX api_tokens_by_account ON api_tokens (account);

-- Who did what. Nothing changes a row; old ones are removed as a whole.
CREATE TABLE audit_log (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    account TEXT,
    via TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT NOT NULL,
    request_id TEXT,
    address TEXT,
    words TEXT NOT NULL
);
CREATE INDEX audit_log_by_time ON audit_log (at);
CREATE INDEX audit_log_by_action ON audit_log (action, seq);
CREATE TABLE audit_count (
    id BIGINT PRIMARY KEY,
    last BIGINT NOT NULL
);
INSERT INTO audit_count (id, last) VALUES (1, 0);
