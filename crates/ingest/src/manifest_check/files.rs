//! Files, formats and queries.

use encoding_rs::Encoding;
use vintner_diagnostics::Node;

use super::{Check, Place};
use crate::cell::Cell;
use crate::checksum::Checksum;
use crate::file_pattern::{FilePattern, Given};
use crate::format::Format;
use crate::query::QueryKind;
use crate::source::Source;
use crate::year::{YearProblem, parse_marked_year};

impl Check<'_> {
    pub(super) fn query(&mut self, source: &Source, place: Place<'_>) {
        let Some(query) = &source.query else { return };
        let Some(kind) = query.kind() else {
            let message = "`query` names no service and no database, or several".into();
            let hint = "write `fred`, `world_bank`, `sdmx` with `flow`, or `sql` with one of `postgres`, `sqlite`, `duckdb`";
            return self.fault(place.field("query"), message, hint);
        };
        let due = match kind {
            QueryKind::Fred | QueryKind::Sdmx => Format::Csv,
            QueryKind::WorldBank | QueryKind::Sql => Format::Parquet,
        };
        if source.format != due {
            let message = format!(
                "what this query is answered is kept as {}, and the format is {}",
                due.name(),
                source.format.name()
            );
            self.fault(place.field("format"), message, "mend `format`, and the ending of `file`");
        }
    }

    pub(super) fn files(&mut self, source: &Source, place: Place<'_>) {
        let digits = "write the 64 hex digits that `sha256sum FILE` prints";
        let many = source.file.contains(['*', '{']) && source.sha256.is_empty();
        if source.files.is_empty() {
            if source.file.is_empty() {
                let hint = "name the file, or list many as `files`";
                self.fault(place.source, "missing field `file`".into(), hint);
            } else if many {
                let message = format!("{:?} stands for many files, and none is listed", source.file);
                self.fault(place.field("file"), message, "list them: `files: {NAME: its sha256}`");
            } else if source.sha256.is_empty() {
                self.fault(place.source, "missing field `sha256`".into(), digits);
            } else if source.sha256 == "fetch" && (source.url.is_some() || source.query.is_some()) {
                // `vintner vintage fetch` writes the checksum there.
            } else if Checksum::parse(&source.sha256).is_none() {
                let message = format!("`{}` is not a SHA-256 checksum", source.sha256);
                self.fault(place.field("sha256"), message, digits);
            }
        } else if !source.sha256.is_empty() {
            let message = "each of the `files` has its own checksum".into();
            self.fault(place.field("sha256"), message, "leave `sha256` out");
        }
        if !source.files.is_empty()
            && !source.file.is_empty()
            && let Err(message) = FilePattern::parse(&source.file)
        {
            let hint = "`*` stands for anything, `{year}` for the value of the column `year`";
            self.fault(place.field("file"), format!("{:?}: {message}", source.file), hint);
            return;
        }
        let node = place.field("files");
        for (file, sha256) in &source.files {
            let node = node.and_then(|node| node.get(file)).or(node);
            if file.split('/').any(|part| part.is_empty() || part == "." || part == "..") {
                let message = format!("{file:?} isn't a path below the raw folder");
                self.fault(node, message, "name it as it lies there, folders divided by slashes");
            }
            if Checksum::parse(sha256).is_none() {
                self.fault(node, format!("`{sha256}` is not a SHA-256 checksum"), digits);
            }
            match source.given_by(file) {
                Err(message) => self.fault(node, message, "mend the name, or the pattern `file`"),
                Ok(given) => self.time_given(source, &given, node),
            }
        }
        self.time_given(source, &source.given, place.field("given"));
        for column in source.columns.iter().filter_map(|column| column.column.as_ref()) {
            if source.given.contains_key(column) {
                let message = format!("the values of {column:?} stand in no cell");
                self.fault(
                    place.field("given"),
                    message,
                    "what is given is a key, or a condition of `where`",
                );
            }
        }
    }

    /// That a time which is given is one.
    fn time_given(&mut self, source: &Source, given: &Given, node: Option<&Node>) {
        let Some(text) = source.time.as_ref().and_then(|time| given.get(time)) else { return };
        let problem = match source.period_of_times() {
            Some(reading) => reading.read(&source.in_common_years(text)).err().map(|error| error.to_string()),
            None => match parse_marked_year(Cell::of_text(text), source.years()) {
                Ok(found) if found.mark.is_none() => None,
                Ok(_) => Some(YearProblem::Text.message(text)),
                Err(problem) => Some(problem.message(text)),
            },
        };
        if let Some(message) = problem {
            self.fault(node, message, "mend the name, the pattern `file`, or `period`");
        }
    }

    pub(super) fn format(&mut self, source: &Source, place: Place<'_>) {
        let format = source.format;
        let label = source.encoding_label();
        if Encoding::for_label_no_replacement(label.as_bytes()).is_none() {
            let hint = "use a label of the WHATWG Encoding Standard, such as utf-8, gb18030 or big5";
            self.fault(place.field("encoding"), format!("no encoding is called `{label}`"), hint);
        }
        if source.delimiter.as_deref().is_some_and(|text| text.chars().count() != 1) {
            self.fault(place.field("delimiter"), "a delimiter is one character".into(), "for example \";\"");
        }
        if source.comment.as_deref() == Some("") {
            let message = "every line begins with an empty text".into();
            self.fault(
                place.field("comment"),
                message,
                "name what a comment line begins with, or leave it out",
            );
        }
        let text_only = [
            ("encoding", source.encoding.is_some() && !format.has_encoding()),
            ("delimiter", source.delimiter.is_some()),
            ("comment", source.comment.is_some()),
            ("skip_initial_space", source.skip_initial_space),
        ];
        if !source.value_labels.is_empty() && !format.has_value_labels() {
            let message = format!(
                "`value_labels` belongs to files that have such, and the format is {}",
                format.name()
            );
            self.fault(place.field("value_labels"), message, "leave it out, or mend `format`");
        }
        if format.is_columnar() && source.header_row != 1 {
            let message = format!("the names of a {}'s columns are its row 1", format.in_words());
            self.fault(place.field("header_row"), message, "leave `header_row` out");
        }
        for (field, _) in text_only.iter().filter(|(_, set)| *set && !format.is_text()) {
            let message = format!("`{field}` belongs to text, and the format is {}", format.name());
            self.fault(place.field(field), message, "leave it out, or mend `format`");
        }
        if source.hidden.is_some()
            && !matches!(format, Format::Xlsx | Format::Xls | Format::Ods | Format::Html)
        {
            let message = format!(
                "`hidden` belongs to xlsx, xls and ods workbooks and HTML pages, and the format is {}",
                format.name()
            );
            self.fault(place.field("hidden"), message, "leave it out, or mend `format`");
        }
        let may_merge = matches!(format, Format::Xlsx | Format::Xls | Format::Ods | Format::Html);
        if source.merged.is_some() && !may_merge {
            let message = format!(
                "`merged` belongs to xlsx, xls and ods workbooks and to pages, and the format is {}",
                format.name()
            );
            self.fault(place.field("merged"), message, "leave it out, or mend `format`");
        }
        if !source.sheets.is_empty() {
            let place = place.field("sheets");
            if !format.is_workbook() {
                let message = format!("`sheets` belongs to workbooks, and the format is {}", format.name());
                self.fault(place, message, "leave it out, or mend `format`");
            }
            if source.sheet.is_some() || !source.files.is_empty() {
                let message = "`sheets` are several of one file, which are read alike".into();
                self.fault(place, message, "leave out `sheet` and `files`");
            }
            for sheet in &source.sheets {
                if let Some(part) = source.parts().into_iter().find(|part| part.sheet.as_ref() == Some(sheet))
                {
                    self.time_given(source, &part.given, place);
                }
            }
        }
        if source.sheet.is_some() && !format.is_workbook() {
            let message = format!("`sheet` belongs to workbooks, and the format is {}", format.name());
            self.fault(place.field("sheet"), message, "leave it out, or mend `format`");
        }
    }
}
