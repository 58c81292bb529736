//! What a column holds, in words.

use polars::prelude::DataType;

/// What columns of a type hold, as a message says it: `truth values`, `categories`, `lists of numbers`.
pub fn type_in_words(data_type: &DataType) -> String {
    match data_type {
        DataType::Boolean => "truth values".into(),
        kind if kind.is_integer() => "whole numbers".into(),
        kind if kind.is_primitive_numeric() => "numbers".into(),
        DataType::String => "text".into(),
        DataType::Binary | DataType::BinaryOffset => "binary data".into(),
        DataType::Date => "dates".into(),
        DataType::Datetime(..) => "times".into(),
        DataType::Duration(_) => "durations".into(),
        DataType::Time => "times of day".into(),
        DataType::List(items) => format!("lists of {}", type_in_words(items)),
        DataType::Null => "nothing but missing values".into(),
        // By their names: some types are only there with a feature of the frames.
        other => match other.to_string().as_str() {
            name if name.starts_with("cat") || name.starts_with("enum") => "categories".into(),
            name if name.starts_with("decimal") => "decimal numbers".into(),
            name if name.starts_with("struct") => "records".into(),
            name if name.starts_with("array") => "lists of one length".into(),
            _ => "what isn't read".into(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_type_is_called_as_the_frames_call_it() {
        for (data_type, words) in [
            (DataType::Boolean, "truth values"),
            (DataType::Int8, "whole numbers"),
            (DataType::UInt64, "whole numbers"),
            (DataType::Float32, "numbers"),
            (DataType::String, "text"),
            (DataType::Binary, "binary data"),
            (DataType::Date, "dates"),
            (DataType::Null, "nothing but missing values"),
            (DataType::List(Box::new(DataType::Int64)), "lists of whole numbers"),
            (DataType::List(Box::new(DataType::List(Box::new(DataType::String)))), "lists of lists of text"),
        ] {
            assert_eq!(type_in_words(&data_type), words);
        }
    }
}
