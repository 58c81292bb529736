//! Queries of statistical services: the URL that asks for them, and answers in pages as rows.

use std::path::Path;

use serde_json::Value;
use vintner_ingest::{Query, QueryKind};

use crate::answer::AnswerRow;
use crate::download::{Wanted, download};
use crate::error::{FetchError, Result};
use crate::limits::Limits;
use crate::words::encoded;

/// The URL that a query of a service that answers in CSV asks, and what it is asked to answer in.
pub(crate) fn url_of(query: &Query) -> Option<(String, Option<&'static str>)> {
    let end = |own: &str| query.endpoint.as_deref().unwrap_or(own).trim_end_matches('/').to_owned();
    match query.kind()? {
        QueryKind::Fred => {
            let id = encoded(query.fred.as_deref()?);
            let url = match &query.on {
                None => format!("{}/graph/fredgraph.csv?id={id}", end("https://fred.stlouisfed.org")),
                Some(on) => format!(
                    "{}/graph/alfredgraph.csv?id={id}&vintage_date={}",
                    end("https://alfred.stlouisfed.org"),
                    encoded(on)
                ),
            };
            Some((url, None))
        }
        QueryKind::Sdmx => {
            let flow = query.flow.as_deref().map(encoded)?;
            let key = query.key.as_deref().map_or_else(|| "all".into(), encoded);
            let from = query.first.as_deref().map(|first| format!("startPeriod={}", encoded(first)));
            let until = query.last.as_deref().map(|last| format!("endPeriod={}", encoded(last)));
            let asked: Vec<String> = from.into_iter().chain(until).collect();
            let asked = if asked.is_empty() { String::new() } else { format!("?{}", asked.join("&")) };
            let base = query.sdmx.as_deref()?.trim_end_matches('/');
            Some((
                format!("{base}/data/{flow}/{key}{asked}"),
                Some("application/vnd.sdmx.data+csv, text/csv"),
            ))
        }
        QueryKind::WorldBank | QueryKind::Sql => None,
    }
}

/// The rows of an indicator of the World Bank, page by page.
pub(crate) fn world_bank(
    query: &Query,
    folder: &Path,
    limits: &Limits,
    told: &mut dyn FnMut(u64, Option<u64>),
) -> Result<Vec<AnswerRow>> {
    let bad = |message: &str| FetchError::BadAnswer { message: format!("{message} (World Bank)") };
    let endpoint = query.endpoint.as_deref().unwrap_or("https://api.worldbank.org/v2").trim_end_matches('/');
    let countries = if query.countries.is_empty() { "all".to_owned() } else { query.countries.join(";") };
    let indicator = query.world_bank.as_deref().unwrap_or_default();
    let years = match (&query.first, &query.last) {
        (None, None) => String::new(),
        (first, last) => {
            let own = |end: &Option<String>, other: &str| encoded(end.as_deref().unwrap_or(other));
            format!("&date={}:{}", own(first, "1960"), own(last, "2100"))
        }
    };
    let country = countries.split(';').map(encoded).collect::<Vec<_>>().join(";");
    let mut rows = Vec::new();
    let mut page = 1;
    loop {
        let url = format!(
            "{endpoint}/country/{country}/indicator/{}?format=json&per_page=20000&page={page}{years}",
            encoded(indicator)
        );
        let io = |problem| FetchError::Io { path: folder.to_owned(), problem };
        let mut file = tempfile::tempfile().map_err(io)?;
        download(&Wanted { url: &url, accept: None, sha256: None }, &mut file, folder, limits, told)?;
        std::io::Seek::rewind(&mut file).map_err(io)?;
        let answer: Value = serde_json::from_reader(std::io::BufReader::new(file))
            .map_err(|_| bad("an answer that isn't JSON"))?;
        if let Some(message) = answer.pointer("/0/message/0/value").and_then(Value::as_str) {
            return Err(bad(message));
        }
        let list =
            answer.pointer("/1").and_then(Value::as_array).ok_or_else(|| bad("an answer without values"))?;
        for value in list {
            let text = |pointer: &str| value.pointer(pointer).cloned().unwrap_or(Value::Null);
            rows.push(AnswerRow(vec![
                ("country".into(), text("/countryiso3code")),
                ("name".into(), text("/country/value")),
                ("date".into(), text("/date")),
                ("indicator".into(), text("/indicator/id")),
                ("value".into(), text("/value")),
            ]));
        }
        let pages = answer.pointer("/0/pages").and_then(Value::as_u64).unwrap_or(1);
        // A server that has pages without end has none.
        if page >= pages || list.is_empty() || page >= 1_000 {
            return Ok(rows);
        }
        page += 1;
    }
}
