-- Processes that show pages, as long as they are heard of. Times are milliseconds since the epoch, UTC.
CREATE TABLE servers (
    name TEXT PRIMARY KEY,
    address TEXT NOT NULL,
    version TEXT NOT NULL,
    started BIGINT NOT NULL,
    seen BIGINT NOT NULL
);
