//! The customer portal: where cases come from.

use url::Url;

use crate::section::section;
use crate::values::{Concurrency, Period, PortalFace};

section! {
    /// The customer portal.
    Portal at "portal" {
        /// Which of its interfaces is spoken.
        face: PortalFace = "hydra";
        /// Base of the `hydra` interface.
        base_url: Url = "https://access.redhat.com/hydra/rest", old "redhat_api";
        /// Base of the `v3` interface.
        v3_url: Url = "https://api.access.redhat.com/support/v3";
        /// Address of the `graphql` interface.
        graphql_url: Url = "https://graphql.redhat.com";
        /// Which cases are ours, in the portal's query language.
        case_query: Option<String>, old "case_query";
        /// Rows asked for in one page of a search.
        max_portal_results: u32 = "5000", old "max_portal_results";
        /// Requests under way at once.
        concurrency: Concurrency = "8";
        /// How long a connection may take to be made.
        connect_timeout: Period = "10s";
        /// How long one attempt of a request may take as a whole.
        timeout: Period = "5m";
    }
}
