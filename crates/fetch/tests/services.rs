//! Queries of statistical services, asked of a server of the test's own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;

use vintner_fetch::{Wish, fetch};
use vintner_ingest::Query;

use crate::downloads::limits;
use crate::server::{Server, whole};

fn query(text: &str) -> Query {
    serde_json::from_str(text).unwrap()
}

#[test]
fn queries_are_what_the_services_take() {
    if std::process::Command::new("curl").arg("--version").output().is_err() {
        println!("skipped: curl isn't here");
        return;
    }
    let server = Server::new(|_, asked, stream| {
        if asked.path.contains("/indicator/") {
            let page = if asked.path.contains("page=1&") { 1 } else { 2 };
            let body = format!(
                r#"[{{"page":{page},"pages":2}},[{{"indicator":{{"id":"NY"}},"country":{{"id":"CN","value":"China"}},"countryiso3code":"CHN","date":"200{page}","value":{}}}]]"#,
                if page == 1 { "1.5" } else { "null" }
            );
            return whole(stream, body.as_bytes());
        }
        whole(stream, b"a,b\n1,2\n");
    });
    let folder = tempfile::tempdir().unwrap();
    let get = |name: &str, text: &str| {
        let query = query(&text.replace("HERE", &server.address));
        let wish = Wish {
            place: folder.path().join(name),
            sha256: None,
            url: None,
            archived_url: None,
            query: Some(&query),
            folder: folder.path(),
            is_page: false,
        };
        fetch(&wish, &limits(), &mut |_, _| {}).unwrap()
    };
    get("a.csv", r#"{"fred": "GDPC1", "endpoint": "HERE"}"#);
    get("b.csv", r#"{"fred": "GDPC1", "on": "2020-01-30", "endpoint": "HERE"}"#);
    get("c.csv", r#"{"sdmx": "HERE/service", "flow": "EXR", "key": "M.USD.EUR.SP00.A", "first": "2000-01"}"#);
    let bank = get(
        "d.parquet",
        r#"{"world_bank": "NY", "countries": ["CHN", "USA"], "first": "2001", "last": "2002", "endpoint": "HERE"}"#,
    );
    assert_eq!(bank.from, "World Bank, NY");
    let paths: Vec<String> = server.asked().iter().map(|asked| asked.path.clone()).collect();
    assert_eq!(
        paths,
        [
            "/graph/fredgraph.csv?id=GDPC1",
            "/graph/alfredgraph.csv?id=GDPC1&vintage_date=2020-01-30",
            "/service/data/EXR/M.USD.EUR.SP00.A?startPeriod=2000-01",
            "/country/CHN;USA/indicator/NY?format=json&per_page=20000&page=1&date=2001:2002",
            "/country/CHN;USA/indicator/NY?format=json&per_page=20000&page=2&date=2001:2002",
        ]
    );
    assert!(server.asked()[2].header("accept").unwrap().contains("sdmx.data+csv"));
    assert!(fs::read(folder.path().join("d.parquet")).unwrap().starts_with(b"PAR1"));
}
