//! All pages of a site.

use serde_json::Value;
use vintner_pipeline::{Plan, Survey};

use crate::error::Result;
use crate::folder::Folder;
use crate::gathered::Gathered;
use crate::links::Link;
use crate::renderer::{Common, Renderer};
use crate::search_index::SearchIndex;
use crate::site_request::SiteRequest;
use crate::sources_page::said;
use crate::trace_pages::Traced;
use crate::{branch_page, claims_page, difference_page, overview, sources_page, trace_pages};

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenSite {
    /// How many files there are.
    pub files: usize,
    /// Their size.
    pub bytes: u64,
    /// The size and path of the largest.
    pub largest: (u64, String),
    /// Which pages there aren't, and why.
    pub notes: Vec<String>,
}

/// Writes the site of a vintage, for the one that may be there; runs nothing.
///
/// # Errors
/// Where a file that stages read or an output can't be read, where the folder can't be written, and where it holds
/// anything that isn't part of a site.
pub fn write_site(request: &SiteRequest<'_>) -> Result<WrittenSite> {
    let plan = Plan::new(request.pipeline, request.vintage);
    let survey = Survey::new(&plan, request.store)?;
    let gathered = Gathered::new(request, &plan, &survey)?;
    // Whatever is read is read before anything is written, so that every page can name all others.
    let traces = trace_pages::prepare(&gathered)?;
    let claims = claims_page::prepare(&gathered)?;
    let differences = difference_page::prepare(&gathered)?;
    let missing = [traces.as_ref().err(), claims.as_ref().err(), differences.as_ref().err()];
    let notes: Vec<String> = missing.into_iter().flatten().cloned().collect();
    let mut pages = vec![Link::to("index.html", "Pipeline"), Link::to("sources.html", "Sources")];
    let optional = [
        (claims.is_ok(), "claims.html", "Claims"),
        (traces.is_ok(), "numbers.html", "Numbers"),
        (differences.is_ok(), "diff.html", "Differences"),
    ];
    pages.extend(optional.into_iter().filter(|(is, ..)| *is).map(|(_, href, text)| Link::to(href, text)));

    let mut folder = Folder::begin(request.folder)?;
    let mut index = SearchIndex::default();
    let renderer = Renderer::new(common(&gathered, pages))?;
    let published = branch_page::write(&gathered, &renderer, &mut folder, &mut index)?;
    overview::write(&gathered, &renderer, &mut folder, published, notes.clone())?;
    sources_page::write(&gathered, &renderer, &mut folder, &mut index)?;
    let traced = traces.as_ref().map(Traced::of).unwrap_or_default();
    if let Ok(traces) = &traces {
        trace_pages::write(&gathered, &renderer, &mut folder, &mut index, traces)?;
    }
    if let Ok(claims) = &claims {
        claims_page::write(&gathered, &renderer, &mut folder, &mut index, claims, &traced)?;
    }
    if let Ok(differences) = &differences {
        difference_page::write(&gathered, &renderer, &mut folder, &mut index, differences, &traced)?;
    }
    index.write(&renderer, &mut folder)?;
    folder.put("style.css", include_str!("../assets/style.css"))?;
    folder.put("site.js", include_str!("../assets/site.js"))?;
    let finished = folder.finish()?;
    Ok(WrittenSite { files: finished.files, bytes: finished.bytes, largest: finished.largest, notes })
}

fn common(gathered: &Gathered<'_, '_, '_>, pages: Vec<Link>) -> Common {
    let manifest = &gathered.plan.vintage.manifest;
    Common {
        pipeline: gathered.plan.pipeline.name.clone(),
        vintage: gathered.plan.vintage.name.clone(),
        synthetic: manifest.get("kind").and_then(Value::as_str) == Some("synthetic"),
        notice: manifest.get("notice").filter(|notice| !notice.is_null()).map(said).unwrap_or_default(),
        pages,
    }
}
