-- The contract's documents, whole, under the contract's names. `revision` grows with every write to the file.
CREATE TABLE documents (
    name TEXT PRIMARY KEY,
    content BLOB NOT NULL,
    revision BIGINT NOT NULL
);

-- The highest holder's number that has written under each lock.
CREATE TABLE document_fences (
    lock_name TEXT PRIMARY KEY,
    token BIGINT NOT NULL
);
