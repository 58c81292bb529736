//! What the buckets of all services that are asked by signed requests do alike: pages of listings until there are no more,
//! files that are got, put and taken away many at a time. What a request looks like is each service's own.

use crate::bucket::{Get, Listed, Put, Trouble};
use crate::curl::{Transfer, What, transfer};
use crate::http_bucket::begun;
use crate::s3_listing::Page;

/// A service's way to ask for what is in one of its buckets.
pub(crate) trait Service {
    /// What the service calls a bucket.
    const KIND: &'static str;
    /// More bytes aren't taken in one piece.
    const LARGEST_PUT: u64;
    /// No page of names is larger.
    const LARGEST_PAGE: u64;

    /// The bucket's name.
    fn bucket(&self) -> &str;

    /// What names in the bucket begin with: with a `/` at its end, or empty.
    fn prefix(&self) -> &str;

    /// A request for a name of the bucket, or without one for the bucket itself; its method is that of what is done.
    fn request(&self, name: &str, query: &[(&str, &str)], what: What) -> Result<Transfer, Trouble>;

    /// What is asked of the bucket for names with a beginning, after the page that `next` is the end of.
    fn listing<'q>(beginning: &'q str, next: Option<&'q str>) -> Vec<(&'static str, &'q str)>;

    /// Reads a page of names.
    fn page(answer: &[u8]) -> Result<Page, Trouble>;
}

/// A bucket's own name for one under its prefix.
fn named(service: &impl Service, name: &str) -> String {
    format!("{}{name}", service.prefix())
}

pub(crate) fn list<S: Service>(service: &S, beginnings: &[String]) -> Result<Vec<Listed>, Trouble> {
    let mut left: Vec<(String, Option<String>)> =
        beginnings.iter().map(|start| (start.clone(), None)).collect();
    let mut listed = Vec::new();
    while !left.is_empty() {
        let pages = pages(service, &left)?;
        let mut further = Vec::new();
        for ((beginning, _), page) in left.into_iter().zip(pages) {
            listed.extend(page.listed.into_iter().filter_map(|one| {
                let name = one.name.strip_prefix(service.prefix())?.to_owned();
                Some(Listed { name, ..one })
            }));
            if let Some(next) = page.next {
                further.push((beginning, Some(next)));
            }
        }
        left = further;
    }
    Ok(listed)
}

/// Pages of several listings at once.
fn pages<S: Service>(service: &S, asked: &[(String, Option<String>)]) -> Result<Vec<Page>, Trouble> {
    let folder = tempfile::tempdir().map_err(|error| Trouble::Lasting(error.to_string()))?;
    let numbered: Vec<(usize, &(String, Option<String>))> = asked.iter().enumerate().collect();
    let into = |at: usize| folder.path().join(at.to_string());
    let prepared = |(at, (beginning, next)): &(usize, &(String, Option<String>))| {
        let beginning = named(service, beginning);
        let query = S::listing(&beginning, next.as_deref());
        service.request("", &query, What::Get { into: into(*at), from: 0, most: S::LARGEST_PAGE })
    };
    for done in transfer(&numbered, |_| 0, prepared, false) {
        match done {
            Err(Trouble::Absent) => {
                return Err(Trouble::Lasting(format!("there is no {} `{}`", S::KIND, service.bucket())));
            }
            done => done?,
        }
    }
    let read = |at: usize| std::fs::read(into(at)).map_err(|error| Trouble::Lasting(error.to_string()));
    (0..asked.len()).map(|at| S::page(&read(at)?)).collect()
}

pub(crate) fn get(service: &impl Service, wanted: &[Get]) -> Vec<Result<(), Trouble>> {
    let prepared = |get: &Get| {
        let what = What::Get { into: get.into.clone(), from: begun(get), most: get.most };
        service.request(&named(service, &get.name), &[], what)
    };
    transfer(wanted, |get| get.most, prepared, false)
}

pub(crate) fn put<S: Service>(service: &S, files: &[Put]) -> Vec<Result<(), Trouble>> {
    let size = |put: &Put| put.from.metadata().map_or(0, |found| found.len());
    let prepared = |put: &Put| {
        let (bytes, most) = (size(put), S::LARGEST_PUT);
        if bytes > most {
            return Err(Trouble::Lasting(format!(
                "it has {bytes} bytes, and more than {most} aren't put into a {}; share it by a folder",
                S::KIND
            )));
        }
        service.request(&named(service, &put.name), &[], What::Put { from: put.from.clone() })
    };
    transfer(files, size, prepared, false)
}

pub(crate) fn remove(service: &impl Service, names: &[String]) -> Vec<Result<(), Trouble>> {
    let prepared = |name: &String| service.request(&named(service, name), &[], What::Delete);
    transfer(names, |_| 0, prepared, false)
}
