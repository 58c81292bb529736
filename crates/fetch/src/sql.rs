//! A query of a database, asked by the database's own program, which knows the user's ways of signing in.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

use sqlparser::ast::Statement;
use sqlparser::dialect::{Dialect, DuckDbDialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::parser::Parser;

use crate::answer::AnswerRow;
use crate::error::{FetchError, Result};
use crate::limits::Limits;
use crate::words::expanded;

/// A database.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Database<'a> {
    /// PostgreSQL, by a connection as `psql` takes it.
    Postgres(&'a str),
    /// A file of SQLite.
    Sqlite(&'a Path),
    /// A file of DuckDB.
    DuckDb(&'a Path),
}

/// The rows that a query gives.
pub(crate) fn rows(database: Database<'_>, sql: &str, limits: &Limits) -> Result<Vec<AnswerRow>> {
    match database {
        Database::Postgres(connection) => {
            let query = one_query(sql, &PostgreSqlDialect {})?;
            let connection = expanded(connection)?;
            if connection.to_ascii_lowercase().contains("password") {
                let message = "a password in `postgres` is seen by everyone on the machine: leave it out, and set PGPASSWORD or write ~/.pgpass".into();
                return Err(FetchError::BadQuery { message });
            }
            let mut command = Command::new("psql");
            command.args(["-X", "-q", "-A", "-t", "-w", "-v", "ON_ERROR_STOP=1", "-d", &connection, "-c"]);
            command.arg(format!(
                "COPY (SELECT row_to_json(vintner_row)::text FROM (\n{query}\n) AS vintner_row) TO STDOUT"
            ));
            // Nothing is changed, and doubles come with all of their digits.
            command.env("PGOPTIONS", "-c default_transaction_read_only=on -c extra_float_digits=3");
            command.env("PGCLIENTENCODING", "UTF8");
            let said = answered(command, "psql", "on Debian `apt-get install postgresql-client`", limits)?;
            said.lines().map(|line| row(&unescaped(line))).collect()
        }
        Database::Sqlite(path) => {
            let query = one_query(sql, &SQLiteDialect {})?;
            there(path)?;
            let mut command = Command::new("sqlite3");
            command
                .args(["-batch", "-bail", "-init", "/dev/null", "-readonly", "-safe", "-json"])
                .arg(path)
                .arg(query);
            list(&answered(command, "sqlite3", "on Debian `apt-get install sqlite3`", limits)?)
        }
        Database::DuckDb(path) => {
            let query = one_query(sql, &DuckDbDialect {})?;
            there(path)?;
            let mut command = Command::new("duckdb");
            command
                .args(["-batch", "-bail", "-init", "/dev/null", "-readonly", "-json"])
                .arg(path)
                .args(["-c", &query]);
            list(&answered(command, "duckdb", "get it from duckdb.org", limits)?)
        }
    }
}

/// A text that is one query and nothing else, without the semicolon after it.
fn one_query(sql: &str, dialect: &dyn Dialect) -> Result<String> {
    let bad = |message: String| FetchError::BadQuery { message };
    let statements = Parser::parse_sql(dialect, sql).map_err(|error| bad(error.to_string()))?;
    match statements.as_slice() {
        [Statement::Query(_)] => Ok(sql.trim().trim_end_matches(';').trim_end().to_owned()),
        [_] => Err(bad("it isn't a SELECT: a vintage only reads".into())),
        several => Err(bad(format!("{} statements where one SELECT is due", several.len()))),
    }
}

fn there(path: &Path) -> Result<()> {
    if path.is_file() {
        return Ok(());
    }
    let problem = std::io::Error::from(std::io::ErrorKind::NotFound);
    Err(FetchError::Io { path: path.to_owned(), problem })
}

/// What a program writes, as far as it may.
fn answered(
    mut command: Command,
    program: &'static str,
    cure: &'static str,
    limits: &Limits,
) -> Result<String> {
    let spawned = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = spawned.map_err(|_| FetchError::NoProgram { program, cure })?;
    let failed = |message: String| FetchError::Program { program, message };
    let stderr = child.stderr.take();
    // Read beside the answer, so that neither stops the other.
    let said = std::thread::spawn(move || {
        let mut said = String::new();
        if let Some(stderr) = stderr {
            let _ = stderr.take(16 * 1024).read_to_string(&mut said);
        }
        said
    });
    let mut bytes = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        stdout
            .take(limits.bytes.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|problem| failed(problem.to_string()))?;
    }
    if bytes.len() as u64 > limits.bytes {
        let _ = child.kill();
        let _ = child.wait();
        return Err(FetchError::TooLarge { url: program.into(), limit: limits.bytes });
    }
    let status = child.wait().map_err(|problem| failed(problem.to_string()))?;
    let said = said.join().unwrap_or_default();
    if !status.success() {
        return Err(failed(said.trim().to_owned()));
    }
    String::from_utf8(bytes).map_err(|_| failed("its answer isn't UTF-8".into()))
}

/// A line of COPY's text form without its escapes. JSON has no raw tabs or line ends, so that backslashes alone are
/// doubled.
fn unescaped(line: &str) -> String {
    line.replace("\\\\", "\\")
}

fn row(text: &str) -> Result<AnswerRow> {
    serde_json::from_str(text).map_err(|error| FetchError::BadAnswer { message: error.to_string() })
}

/// The rows of a JSON list; of no rows the programs write nothing.
fn list(text: &str) -> Result<Vec<AnswerRow>> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    serde_json::from_str(text).map_err(|error| {
        // DuckDB writes what JSON hasn't.
        let unwritable = [":NaN", ":Infinity", ":-Infinity"].into_iter().find(|word| text.contains(word));
        let message = match unwritable {
            Some(word) => format!(
                "a value is {}, which JSON has no number for: make it NULL in the query, `CASE WHEN isfinite(x) THEN x END`",
                word.trim_start_matches(':')
            ),
            None => error.to_string(),
        };
        FetchError::BadAnswer { message }
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn only_one_query_is_asked() {
        let dialect = PostgreSqlDialect {};
        assert_eq!(one_query("SELECT 1 ;", &dialect).unwrap(), "SELECT 1");
        assert!(one_query("WITH a AS (SELECT 1) SELECT * FROM a", &dialect).is_ok());
        for text in [
            "DELETE FROM a",
            "SELECT 1; DROP TABLE a",
            "SELECT 1) TO PROGRAM 'id'; --",
            "\\! id",
            "COPY a TO '/tmp/x'",
            ".shell id",
            "",
        ] {
            assert!(one_query(text, &dialect).is_err(), "{text}");
        }
    }

    #[test]
    fn escapes_of_copy_are_taken_off() {
        let AnswerRow(fields) = row(&unescaped(r#"{"a":"x\\\\y\\n"}"#)).unwrap();
        assert_eq!(fields.first().unwrap().1, serde_json::json!("x\\y\n"));
    }
}
