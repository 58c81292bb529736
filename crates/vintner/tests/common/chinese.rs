//! English that is left in a Chinese report.

use super::Workspace;

/// Small words of names: `Levin, Lin and Chu`, `Kleibergen-Paap rk LM`.
const OF_NAMES: [&str; 4] = ["and", "et", "al", "rk"];

/// Runs of three English words or more in a Chinese report in Markdown, without what is somebody else's: references, and
/// files with their sources and licences. A run of names alone counts for none.
pub fn english_in(report: &str) -> Vec<String> {
    let own = report.lines().take_while(|line| !line.starts_with("## 参考文献"));
    own.filter(|line| !has_checksum(line)).flat_map(|line| runs(&without_code(line))).collect()
}

/// Fails where the Chinese report of a vintage, or one of its pictures, has English left in it.
pub fn assert_chinese(workspace: &Workspace, vintage: &str) {
    let mut found = english_in(&workspace.read(&format!("reports/{vintage}/report.zh.md")));
    let pictures = workspace.files(&format!("reports/{vintage}/figures"));
    let mut looked_at = 0;
    for (path, bytes) in pictures.iter().filter(|(path, _)| path.to_string_lossy().ends_with(".zh.svg")) {
        looked_at += 1;
        let english = english_in_svg(&String::from_utf8_lossy(bytes));
        found.extend(english.into_iter().map(|words| format!("{}: {words}", path.display())));
    }
    assert!(looked_at > 0, "{vintage} has no Chinese picture");
    assert!(found.is_empty(), "{vintage}: {found:#?}");
}

/// Runs of three English words or more in the texts of a picture.
pub fn english_in_svg(picture: &str) -> Vec<String> {
    let texts = picture.split('>').skip(1).filter_map(|after| after.split('<').next());
    texts.flat_map(runs).collect()
}

fn has_checksum(line: &str) -> bool {
    line.split('`').any(|part| part.len() == 64 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// A line without code and the targets of links.
fn without_code(line: &str) -> String {
    let words: String = line.split('`').step_by(2).collect::<Vec<_>>().join("`");
    let mut parts = words.split("](");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push(']');
        text.push_str(part.split_once(')').map_or("", |(_, after)| after));
    }
    text
}

fn runs(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut run: Vec<String> = Vec::new();
    // What isn't English parts words.
    let parted: String = line
        .chars()
        .map(|c| if c.is_ascii() || c == '\u{2019}' { c.to_string() } else { " , ".into() })
        .collect();
    for token in parted.split(' ').chain(["."]).filter(|token| !token.is_empty()) {
        let word = token.trim_matches(|c: char| "*_()[],.;:\"'\\".contains(c));
        let is_word = word.starts_with(|c: char| c.is_ascii_alphabetic())
            && word.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, '-' | '\'' | '\u{2019}'));
        if is_word {
            run.push(word.to_owned());
        }
        if !is_word || token.ends_with([',', '.', ';', ':', ')']) {
            let small = |word: &String| {
                word.len() > 1
                    && word.starts_with(|c: char| c.is_ascii_lowercase())
                    && !OF_NAMES.contains(&word.as_str())
            };
            if run.len() > 2 && run.iter().any(small) {
                found.push(run.join(" "));
            }
            run.clear();
        }
    }
    found
}

#[test]
fn english_is_found_and_names_are_not() {
    assert_eq!(english_in("| F检验 | OLS is enough | 217.7 |"), ["OLS is enough"]);
    assert_eq!(english_in("承德：3 observations，3 parameters"), [""; 0]);
    assert_eq!(english_in("检验：the series has a hole。"), ["the series has a hole"]);
    for own in [
        "Kleibergen-Paap rk *F*为1.8",
        "Levin, Lin and Chu (2002)表2",
        "[图](as it was once.md)`in a code span`",
        "| `a.csv` | `5eccb77ce4809a9be67aa3a9ed29b6bc9acca275bc3d567d42ac62290794a003` | as it is published |",
        "## 参考文献\nMethods of what is cited",
    ] {
        assert_eq!(english_in(own), [""; 0], "{own}");
    }
    assert_eq!(english_in_svg("<title>a plot of x</title><text>说明</text>"), ["a plot of x"]);
}
