//! Where the ledger is kept.

use crate::secret::Secret;
use crate::section::section;
use crate::values::LedgerAddress;

section! {
    /// The ledger: jobs, journal of writes, audit, sessions, state of synchronisation.
    ///
    /// If all five of `host` to `password` are set and `url` is not, they make up the address of a
    /// PostgreSQL.
    Ledger at "ledger" {
        /// `sqlite:FILE` or `postgres://user:password@host:5432/database`.
        /// Unset: the file of the documents if they are in SQLite, else `t5g.db` in the data folder.
        url: Option<LedgerAddress>;
        /// Host of the PostgreSQL.
        host: Option<String>, old "POSTGRESQL_SERVICE_HOST";
        /// Port of the PostgreSQL.
        port: Option<u16>, old "POSTGRESQL_SERVICE_PORT";
        /// Database in the PostgreSQL.
        database: Option<String>, old "POSTGRESQL_DATABASE";
        /// User of the PostgreSQL.
        user: Option<String>, old "POSTGRESQL_USER";
        /// Password of that user.
        password: Option<Secret>, old "POSTGRESQL_PASSWORD";
    }
}
