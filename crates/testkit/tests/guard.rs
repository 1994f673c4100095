//! The servers start, restart with what they should keep, and die with the process that started them.

use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::Duration;

use t5g_testkit::{Postgres, Redis};

/// Set for the other process of [`servers_die_with_a_killed_process`].
const CHILD: &str = "T5G_TESTKIT_CHILD";

#[tokio::test]
async fn redis_restarts_empty_on_its_port() {
    let mut redis = Redis::start().await.unwrap();
    let port = redis.port();
    assert_eq!(redis.cli(&["SET", "a", "1"]).await.unwrap(), "OK");
    redis.stop().unwrap();
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    redis.restart().await.unwrap();
    assert_eq!(redis.port(), port);
    assert_eq!(redis.cli(&["GET", "a"]).await.unwrap(), "");
}

#[tokio::test]
async fn postgres_restarts_with_its_data() {
    let mut postgres = Postgres::alone().await.unwrap();
    postgres.psql("postgres", "CREATE TABLE kept (a BIGINT); INSERT INTO kept VALUES (7)").await.unwrap();
    postgres.stop().unwrap();
    assert!(postgres.psql("postgres", "SELECT 1").await.is_err());
    postgres.restart().await.unwrap();
    assert_eq!(postgres.psql("postgres", "SELECT a FROM kept").await.unwrap(), "7");
}

#[tokio::test]
async fn databases_are_empty_and_apart() {
    let (one, other) = (Postgres::start().await.unwrap(), Postgres::start().await.unwrap());
    assert_ne!(one.url(), other.url());
}

#[tokio::test]
async fn servers_die_with_a_killed_process() {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_killed_process", "--ignored", "--nocapture"])
        .env(CHILD, "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let ports: Vec<u16> = lines
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix("PORTS ").map(str::to_owned))
        .expect("the child did not start its servers")
        .split(' ')
        .map(|port| port.parse().unwrap())
        .collect();
    assert!(ports.iter().all(|port| TcpStream::connect(("127.0.0.1", *port)).is_ok()));
    child.kill().unwrap();
    child.wait().unwrap();
    for _ in 0..1000 {
        if ports.iter().all(|port| TcpStream::connect(("127.0.0.1", *port)).is_err()) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("a server outlived the process that started it: {ports:?}");
}

#[tokio::test]
#[ignore = "the other process of servers_die_with_a_killed_process"]
async fn the_killed_process() {
    assert!(std::env::var_os(CHILD).is_some(), "only another test starts this one");
    let redis = Redis::start().await.unwrap();
    let postgres = Postgres::start().await.unwrap();
    let port = postgres.url().split([':', '/']).find_map(|part| part.parse::<u16>().ok()).unwrap();
    println!("PORTS {} {port}", redis.port());
    tokio::time::sleep(Duration::from_mins(1)).await;
}
