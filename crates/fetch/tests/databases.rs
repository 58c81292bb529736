//! Queries of databases: SQLite where its program is here, and a PostgreSQL server that the test itself starts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use vintner_fetch::{FetchError, Fetched, Wish, fetch};
use vintner_ingest::{Query, read_source_bytes};

use crate::downloads::limits;

fn ask(folder: &Path, name: &str, query: &serde_json::Value) -> Result<Fetched, FetchError> {
    let query: Query = serde_json::from_value(query.clone()).unwrap();
    let wish = Wish {
        place: folder.join(name),
        sha256: None,
        url: None,
        archived_url: None,
        query: Some(&query),
        folder,
        is_page: false,
    };
    fetch(&wish, &limits(), &mut |_, _| {})
}

/// Entity, year and value as the answer's file is read.
fn values(folder: &Path, name: &str, sha256: &str) -> Vec<(String, i32, Option<f64>)> {
    let source = serde_json::from_value(serde_json::json!({
        "name": "a", "file": name, "sha256": sha256, "format": "parquet", "entity": "firm", "time": "year",
        "columns": [{"column": "sales", "variable": "sales"}],
    }))
    .unwrap();
    let tidied = read_source_bytes(&source, &fs::read(folder.join(name)).unwrap(), None, None).unwrap();
    let values = tidied.values().unwrap();
    values.iter().map(|value| (value.entity.clone().unwrap_or_default(), value.time, value.value)).collect()
}

const ROWS: &str = "CREATE TABLE f (firm text, year int, sales double precision, note text);
    INSERT INTO f VALUES ('A', 2001, 0.1, 'tab\there'), ('A', 2002, NULL, ''), ('B\"\\', 2001, 12345678.901234567, NULL);";

fn expected() -> Vec<(String, i32, Option<f64>)> {
    vec![
        ("A".into(), 2001, Some(0.1)),
        ("A".into(), 2002, None),
        ("B\"\\".into(), 2001, Some(12_345_678.901_234_567)),
    ]
}

#[test]
fn a_query_of_sqlite_is_kept_as_a_file() {
    if Command::new("sqlite3").arg("--version").output().is_err() {
        println!("skipped: sqlite3 isn't here");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let made = Command::new("sqlite3").arg(folder.path().join("f.db")).arg(ROWS).status().unwrap();
    assert!(made.success());
    let query = serde_json::json!({"sqlite": "f.db", "sql": "SELECT * FROM f ORDER BY firm, year"});
    let fetched = ask(folder.path(), "a.parquet", &query).unwrap();
    assert_eq!(values(folder.path(), "a.parquet", &fetched.sha256), expected());
    // The same answer is the same bytes.
    assert_eq!(ask(folder.path(), "b.parquet", &query).unwrap().sha256, fetched.sha256);
    for (sql, part) in [
        ("DELETE FROM f", "isn't a SELECT"),
        ("SELECT 1; DELETE FROM f", "2 statements"),
        ("SELECT absent FROM f", "no such column"),
        ("SELECT * FROM f WHERE year = 1", "no rows"),
        ("SELECT firm AS a, year AS a FROM f", "two columns"),
    ] {
        let error =
            ask(folder.path(), "c.parquet", &serde_json::json!({"sqlite": "f.db", "sql": sql})).unwrap_err();
        assert!(error.to_string().contains(part), "{sql}: {error}");
    }
    let none =
        ask(folder.path(), "c.parquet", &serde_json::json!({"sqlite": "g.db", "sql": "SELECT 1 AS a"}));
    assert!(matches!(none, Err(FetchError::Io { .. })));
    assert!(!folder.path().join("g.db").exists());
}

/// As it was tried with DuckDB 1.5.6 (`pip install duckdb-cli` has the program).
#[test]
fn a_query_of_duckdb_is_kept_as_a_file() {
    if Command::new("duckdb").arg("--version").output().is_err() {
        println!("skipped: duckdb isn't here");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let made =
        Command::new("duckdb").arg(folder.path().join("f.duckdb")).args(["-c", ROWS]).status().unwrap();
    assert!(made.success());
    let query = serde_json::json!({"duckdb": "f.duckdb", "sql": "SELECT * FROM f ORDER BY firm, year;"});
    let fetched = ask(folder.path(), "a.parquet", &query).unwrap();
    assert_eq!(values(folder.path(), "a.parquet", &fetched.sha256), expected());
    assert_eq!(ask(folder.path(), "b.parquet", &query).unwrap().sha256, fetched.sha256);
    for (sql, part) in [
        ("DELETE FROM f", "isn't a SELECT"),
        ("COPY f TO 'g.csv'", "isn't a SELECT"),
        ("SELECT 1; DELETE FROM f", "2 statements"),
        ("SELECT absent FROM f", "absent"),
        ("SELECT * FROM f WHERE year = 1", "no rows"),
        ("SELECT firm, 'NaN'::double AS a FROM f", "make it NULL"),
        ("SELECT firm, -'inf'::double AS a FROM f", "-Infinity"),
    ] {
        let query = serde_json::json!({"duckdb": "f.duckdb", "sql": sql});
        let error = ask(folder.path(), "c.parquet", &query).unwrap_err();
        assert!(error.to_string().contains(part), "{sql}: {error}");
    }
    let none =
        ask(folder.path(), "c.parquet", &serde_json::json!({"duckdb": "g.duckdb", "sql": "SELECT 1 AS a"}));
    assert!(matches!(none, Err(FetchError::Io { .. })));
    assert!(!folder.path().join("g.duckdb").exists());
}

/// A server of PostgreSQL in a folder of its own, which ends with the test.
struct Postgres {
    folder: tempfile::TempDir,
    programs: PathBuf,
    as_other: bool,
}

impl Postgres {
    /// The server, where Debian's programs are here.
    fn start() -> Option<Self> {
        let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
        let programs = versions
            .flatten()
            .map(|entry| entry.path().join("bin"))
            .find(|path| path.join("initdb").is_file())?;
        let folder = tempfile::tempdir().unwrap();
        let root = Command::new("id").arg("-u").output().ok()?.stdout == b"0\n";
        let server = Self { folder, programs, as_other: root };
        // PostgreSQL doesn't run as root.
        if root
            && !Command::new("chown")
                .arg("-R")
                .arg("postgres")
                .arg(server.folder.path())
                .status()
                .ok()?
                .success()
        {
            return None;
        }
        let data = server.folder.path().join("data");
        let data = data.to_str()?;
        let made =
            server.run("initdb", &["-D", data, "-A", "trust", "-U", "test", "-E", "UTF8", "--no-sync"]);
        let socket = format!("-F -k {} -c listen_addresses=''", server.folder.path().display());
        let log = server.folder.path().join("log");
        let begun =
            made && server.run("pg_ctl", &["-D", data, "-w", "-l", log.to_str()?, "-o", &socket, "start"]);
        begun.then_some(server)
    }

    fn run(&self, program: &str, arguments: &[&str]) -> bool {
        let program = self.programs.join(program);
        let mut command = if self.as_other {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.args(arguments).current_dir("/").stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }

    fn connection(&self) -> String {
        format!("host={} user=test dbname=postgres", self.folder.path().display())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let data = self.folder.path().join("data");
        self.run("pg_ctl", &["-D", &data.display().to_string(), "-m", "immediate", "stop"]);
    }
}

#[test]
fn a_query_of_postgres_is_kept_as_a_file() {
    if Command::new("psql").arg("--version").output().is_err() {
        println!("skipped: psql isn't here");
        return;
    }
    let Some(server) = Postgres::start() else {
        println!("skipped: no server of PostgreSQL could be started (apt-get install postgresql)");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let made = Command::new("psql")
        .args(["-X", "-q", "-d", &server.connection(), "-c", ROWS, "-c", "CREATE SEQUENCE q"])
        .status()
        .unwrap();
    assert!(made.success());
    let of = |sql: &str| serde_json::json!({"postgres": server.connection(), "sql": sql});
    let fetched = ask(folder.path(), "a.parquet", &of("SELECT * FROM f ORDER BY firm, year;")).unwrap();
    assert_eq!(values(folder.path(), "a.parquet", &fetched.sha256), expected());
    let types = "SELECT 'x' AS firm, 2001 AS year, 1::smallint AS a, 9007199254740993::bigint AS b, 0.25::numeric AS sales, \
                 DATE '1990-03-07' AS d, true AS t, NULL::text AS n";
    let typed = ask(folder.path(), "b.parquet", &of(types)).unwrap();
    assert_eq!(values(folder.path(), "b.parquet", &typed.sha256), [("x".to_owned(), 2001, Some(0.25))]);
    for (sql, part) in [
        ("DELETE FROM f", "isn't a SELECT"),
        ("WITH d AS (DELETE FROM f RETURNING *) SELECT * FROM d", "must be at the top level"),
        ("SELECT nextval('q') AS a", "read-only"),
        ("SELECT nothing FROM f", "nothing"),
        ("SELECT 'NaN'::float8 AS a UNION ALL SELECT 1", "CAST"),
    ] {
        let error = ask(folder.path(), "c.parquet", &of(sql)).unwrap_err().to_string();
        assert!(error.contains(part), "{sql}: {error}");
    }
    let secret = serde_json::json!({"postgres": "password=x", "sql": "SELECT 1 AS a"});
    assert!(ask(folder.path(), "c.parquet", &secret).unwrap_err().to_string().contains("PGPASSWORD"));
}
