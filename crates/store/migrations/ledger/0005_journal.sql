-- What is to be written to other services, and what became of it. Times are milliseconds since the epoch, UTC.
CREATE TABLE write_plans (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    made_by TEXT NOT NULL,
    run_id TEXT,
    -- As text: it has more digits than the databases' numbers.
    seed TEXT NOT NULL,
    held_reason TEXT,
    left_out TEXT NOT NULL,
    decided_by TEXT,
    decided_at BIGINT,
    finished_at BIGINT
);
CREATE INDEX write_plans_by_state ON write_plans (state, kind, id);

CREATE TABLE write_steps (
    plan_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    -- The item that it belongs to, and whether that one waits for all others.
    item BIGINT NOT NULL,
    last BIGINT NOT NULL,
    subject TEXT NOT NULL,
    item_title TEXT NOT NULL,
    item_reason TEXT NOT NULL,
    effect TEXT NOT NULL,
    upstream TEXT NOT NULL,
    delivery BIGINT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    -- Whether anything was written: not if it was so already.
    wrote BIGINT NOT NULL DEFAULT 0,
    begun_at BIGINT,
    ended_at BIGINT,
    run_id TEXT,
    was TEXT NOT NULL DEFAULT 'null',
    is_now TEXT NOT NULL DEFAULT 'null',
    error TEXT,
    PRIMARY KEY (plan_id, seq)
);
CREATE INDEX write_steps_by_subject ON write_steps (subject, plan_id);
CREATE INDEX write_steps_by_run ON write_steps (run_id);
CREATE INDEX write_steps_of_deliveries ON write_steps (delivery, plan_id, seq);
-- The journal is read by time; what stands in which state is counted.
CREATE INDEX write_steps_by_time ON write_steps ((COALESCE(ended_at, begun_at)), plan_id, seq);
CREATE INDEX write_steps_by_state ON write_steps (state, upstream);
