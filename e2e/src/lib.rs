//! End-to-end tests: drive the built binary against the simulator, real Redis, PostgreSQL and a real browser.
