//! Real servers for tests: `redis-server` and PostgreSQL on free loopback ports, each in a temporary folder,
//! gone with the test. Used by tests and benchmarks only.
