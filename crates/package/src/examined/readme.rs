//! The README, whatever its form.

use std::io::Read;

use super::examined::Examined;
use super::kinds::{ending, has_ending};

/// The README.
#[derive(Debug, Clone)]
pub(crate) struct Readme {
    /// Its path.
    pub(crate) path: String,
    /// Its text; nothing where its form can't be read.
    pub(crate) text: Option<String>,
}

impl Readme {
    /// Its text in small letters, empty where it can't be read.
    pub(crate) fn lower(&self) -> String {
        self.text.as_deref().unwrap_or_default().to_lowercase()
    }

    /// Whether any of these words, in small letters, is in it.
    pub(crate) fn says(&self, words: &[&str]) -> bool {
        let text = self.lower();
        words.iter().any(|word| text.contains(word))
    }
}

/// The README that lies highest; of several there the one that can be read.
pub(crate) fn readme(examined: &Examined) -> Option<Readme> {
    let is = |path: &&str| {
        let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
        let forms = ["md", "txt", "docx", "tex", "html", "rtf", "pdf", "rst", ""];
        (name.starts_with("readme") || name.starts_with("read_me") || name.starts_with("read me"))
            && has_ending(path, &forms)
            || name == "readme"
    };
    let depth = |path: &str| path.matches('/').count();
    let form = |path: &str| match ending(path).as_str() {
        "md" | "txt" | "rst" | "" => 0,
        "tex" | "html" => 1,
        "docx" => 2,
        _ => 3,
    };
    // That of programs beside a package is about these alone.
    let own = |path: &&str| depth(path) <= 2 && !path.starts_with("replicate/");
    let mut found: Vec<&str> = examined.paths().filter(is).filter(own).collect();
    found.sort_by_key(|path| (depth(path), form(path), *path));
    let path = found.first()?;
    let text = match ending(path).as_str() {
        "docx" => examined.bytes(path).and_then(|bytes| of_word(&bytes)),
        "pdf" => None,
        _ => examined.text(path),
    };
    Some(Readme { path: (*path).to_owned(), text })
}

/// The words of a document of Word, a line for each paragraph.
fn of_word(bytes: &[u8]) -> Option<String> {
    /// So much of it is looked at.
    const MOST: u64 = 64 << 20;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).ok()?;
    let mut markup = String::new();
    archive.by_name("word/document.xml").ok()?.take(MOST).read_to_string(&mut markup).ok()?;
    let mut text = String::new();
    for piece in markup.replace("</w:p>", "\n<").split('<') {
        let (tag, words) = piece.split_once('>').unwrap_or(("", piece));
        if tag.is_empty() && words.starts_with('\n') || piece.starts_with('\n') {
            text.push('\n');
        }
        text.push_str(words.trim_start_matches('\n'));
    }
    Some(text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\""))
}
