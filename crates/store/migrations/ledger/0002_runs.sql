-- Background work. Times are milliseconds since the epoch, UTC.
-- Every run of a task: waiting, working or ended.
CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    task TEXT NOT NULL,
    queue TEXT NOT NULL,
    arguments TEXT NOT NULL,
    origin TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    state TEXT NOT NULL,
    -- Task and arguments while the run is not over: the same is never asked for twice at once.
    twin TEXT UNIQUE,
    -- The lock without which it must not work.
    exclusive TEXT,
    -- Attempts begun; those of them that count; how many may count.
    attempt BIGINT NOT NULL DEFAULT 0,
    spent BIGINT NOT NULL DEFAULT 0,
    allowed BIGINT NOT NULL,
    requested BIGINT NOT NULL,
    due BIGINT NOT NULL,
    started BIGINT,
    finished BIGINT,
    -- Who works on it, and until when that is believed without word from them.
    worker TEXT,
    lease_until BIGINT,
    stop_asked_by TEXT,
    progress_done BIGINT NOT NULL DEFAULT 0,
    progress_total BIGINT,
    progress_message TEXT NOT NULL DEFAULT '',
    result TEXT NOT NULL DEFAULT 'null',
    error TEXT
);
CREATE INDEX runs_due ON runs (due, id) WHERE state IN ('pending', 'retrying');
CREATE INDEX runs_leases ON runs (lease_until) WHERE state = 'running';
CREATE INDEX runs_requested ON runs (requested, id);
CREATE INDEX runs_of_task ON runs (task, state, finished);

-- A run waits until those that it needs have ended, whatever became of them.
CREATE TABLE run_needs (
    run TEXT NOT NULL,
    needs TEXT NOT NULL,
    PRIMARY KEY (run, needs)
);

CREATE TABLE run_attempts (
    run TEXT NOT NULL,
    attempt BIGINT NOT NULL,
    worker TEXT NOT NULL,
    started BIGINT NOT NULL,
    finished BIGINT,
    outcome TEXT,
    error TEXT,
    PRIMARY KEY (run, attempt)
);

-- What happened to a run, in order.
CREATE TABLE run_events (
    run TEXT NOT NULL,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    state TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (run, number)
);

CREATE TABLE run_logs (
    run TEXT NOT NULL,
    attempt BIGINT NOT NULL,
    line BIGINT NOT NULL,
    at BIGINT NOT NULL,
    level TEXT NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (run, attempt, line)
);

-- What an attempt asked of other services, counted.
CREATE TABLE run_calls (
    run TEXT NOT NULL,
    attempt BIGINT NOT NULL,
    service TEXT NOT NULL,
    call TEXT NOT NULL,
    calls BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    milliseconds BIGINT NOT NULL,
    PRIMARY KEY (run, attempt, service, call)
);

-- Who holds each lock. The number grows with every change of hands: whoever comes with an older one is refused.
CREATE TABLE run_locks (
    name TEXT PRIMARY KEY,
    fence BIGINT NOT NULL,
    run TEXT
);

-- What people and time did to each schedule: ticks before `since` are nobody's business.
CREATE TABLE schedules (
    task TEXT PRIMARY KEY,
    schedule TEXT NOT NULL,
    since BIGINT NOT NULL,
    paused_at BIGINT,
    paused_by TEXT
);

-- Every tick that was noticed, once, however many schedulers there are; `run` is what it started or joined.
CREATE TABLE ticks (
    task TEXT NOT NULL,
    tick BIGINT NOT NULL,
    noticed BIGINT NOT NULL,
    scheduler TEXT NOT NULL,
    run TEXT,
    PRIMARY KEY (task, tick)
);

CREATE TABLE queues (
    name TEXT PRIMARY KEY,
    paused_at BIGINT,
    paused_by TEXT
);

CREATE TABLE workers (
    name TEXT PRIMARY KEY,
    host TEXT NOT NULL,
    process TEXT NOT NULL,
    version TEXT NOT NULL,
    roles TEXT NOT NULL,
    slots BIGINT NOT NULL,
    started BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    stopping BIGINT NOT NULL DEFAULT 0,
    processed BIGINT NOT NULL DEFAULT 0,
    failed BIGINT NOT NULL DEFAULT 0
);
