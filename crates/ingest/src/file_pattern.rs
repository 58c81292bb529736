//! Patterns of files' names, and what the names say.

use std::collections::BTreeMap;

/// What names of files say, by column.
pub(crate) type Given = BTreeMap<String, String>;

/// A part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    /// These characters.
    Text(String),
    /// `*`: any but a slash.
    Any,
    /// `{column}`: any but a slash, at least one; they are the column's value.
    Column(String),
}

/// A pattern such as `sales-{year}.csv` or `year={year}/*.parquet`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FilePattern(Vec<Piece>);

/// What a name says under a pattern.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NameReading {
    /// The name isn't of the pattern.
    Other,
    /// The columns that the pattern names.
    Said(Given),
    /// It can be read in two ways.
    Ambiguous(Given, Given),
}

impl FilePattern {
    /// A pattern from its text; or what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find(['*', '{', '}']) {
            let (before, from) = rest.split_at(at);
            if !before.is_empty() {
                pieces.push(Piece::Text(before.to_owned()));
            }
            let piece = match from.strip_prefix('{') {
                Some(named) => {
                    let (name, _) = named.split_once('}').ok_or("a brace is opened and not closed")?;
                    if name.trim().is_empty() || name.contains(['{', '*', '/']) {
                        return Err(format!("`{{{name}}}` names no column"));
                    }
                    rest = named.get(name.len() + 1..).unwrap_or_default();
                    Piece::Column(name.trim().to_owned())
                }
                None if from.starts_with('}') => return Err("a brace is closed and not opened".into()),
                None => {
                    rest = from.get(1..).unwrap_or_default();
                    Piece::Any
                }
            };
            if let (Some(Piece::Any | Piece::Column(_)), Piece::Column(name)) = (pieces.last(), &piece) {
                return Err(format!("nothing says where `{{{name}}}` begins"));
            }
            if let (Some(Piece::Column(name)), Piece::Any) = (pieces.last(), &piece) {
                return Err(format!("nothing says where `{{{name}}}` ends"));
            }
            if let Piece::Column(name) = &piece
                && pieces.contains(&Piece::Column(name.clone()))
            {
                return Err(format!("`{{{name}}}` stands in it twice"));
            }
            pieces.push(piece);
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Ok(Self(pieces))
    }

    /// What a file's name says.
    pub(crate) fn read(&self, name: &str) -> NameReading {
        let mut found = Vec::new();
        readings(&self.0, name, &Given::new(), &mut found);
        let mut found = found.into_iter();
        match (found.next(), found.next()) {
            (None, _) => NameReading::Other,
            (Some(one), None) => NameReading::Said(one),
            (Some(one), Some(other)) => NameReading::Ambiguous(one, other),
        }
    }
}

/// Adds the readings of the rest of a name that say different things, up to two.
fn readings(pieces: &[Piece], rest: &str, said: &Given, found: &mut Vec<Given>) {
    if found.len() > 1 {
        return;
    }
    let Some((piece, further)) = pieces.split_first() else {
        if rest.is_empty() && !found.contains(said) {
            found.push(said.clone());
        }
        return;
    };
    if let Piece::Text(text) = piece {
        if let Some(rest) = rest.strip_prefix(text.as_str()) {
            readings(further, rest, said, found);
        }
        return;
    }
    let end = rest.find('/').unwrap_or(rest.len());
    let ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]).filter(|at| *at <= end);
    for at in ends {
        let (own, rest) = rest.split_at(at);
        match piece {
            Piece::Column(_) if own.is_empty() => {}
            Piece::Column(name) => {
                let mut said = said.clone();
                said.insert(name.clone(), own.to_owned());
                readings(further, rest, &said, found);
            }
            _ => readings(further, rest, said, found),
        }
    }
}

/// What the folders of a partitioned data set say: `year=2001/region=north/part-0.parquet`.
pub(crate) fn folders_say(name: &str) -> Given {
    let folders = name.rsplit_once('/').map_or("", |(folders, _)| folders);
    let said = folders.split('/').filter_map(|folder| folder.split_once('='));
    said.filter(|(column, value)| !column.is_empty() && !value.is_empty())
        .map(|(column, value)| (column.to_owned(), value.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(pairs: &[(&str, &str)]) -> Given {
        pairs.iter().map(|(column, value)| ((*column).to_owned(), (*value).to_owned())).collect()
    }

    fn read(pattern: &str, name: &str) -> NameReading {
        FilePattern::parse(pattern).map_or(NameReading::Other, |pattern| pattern.read(name))
    }

    #[test]
    fn names_say_what_the_pattern_names() {
        let said = |pairs| NameReading::Said(given(pairs));
        assert_eq!(read("p-*.parquet", "p-07.parquet"), said(&[]));
        assert_eq!(read("sales-{year}.csv", "sales-2001.csv"), said(&[("year", "2001")]));
        assert_eq!(
            read("{region}/{year}/*.csv", "北/2001/a.csv"),
            said(&[("region", "北"), ("year", "2001")])
        );
        assert_eq!(read("sales-{year}.csv", "costs-2001.csv"), NameReading::Other);
        assert_eq!(read("*.csv", "below/a.csv"), NameReading::Other);
        let both = NameReading::Ambiguous(
            given(&[("region", "new"), ("year", "york-2001")]),
            given(&[("region", "new-york"), ("year", "2001")]),
        );
        assert_eq!(read("{region}-{year}.csv", "new-york-2001.csv"), both);
    }

    #[test]
    fn patterns_that_say_nothing_certain_are_refused() {
        for wrong in ["{a}{b}.csv", "*{a}.csv", "{a}*.csv", "{a", "a}", "{}", "{a}-{a}.csv"] {
            assert!(FilePattern::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn folders_of_partitions_say_their_columns() {
        assert_eq!(
            folders_say("year=2001/region=north/p=0.csv"),
            given(&[("region", "north"), ("year", "2001")])
        );
        assert_eq!(folders_say("plain/p.csv"), Given::new());
    }
}
