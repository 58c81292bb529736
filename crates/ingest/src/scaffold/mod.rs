//! A manifest for files that nobody has described yet: everything that can be told from the files is guessed, with
//! examples of how it is read, and what a person has to decide is marked. What is written is read before it is handed
//! on, and what is wrong with it is said there.

mod alike;
mod beside_data;
mod beside_times;
mod century_guess;
mod column_lines;
mod compose;
mod crosswalk_guess;
mod data_package;
mod date_calendar;
mod described;
mod digit_times;
mod entities_across_guess;
mod entity_guess;
mod file_guess;
mod file_lines;
mod fill_guess;
mod filled_down;
mod header_words;
mod headers_of_times;
mod joined_keys;
mod joined_names;
mod key_lines;
mod known;
mod likeliest_table;
mod long_guess;
mod manifest_writer;
mod measures_seen;
mod names;
mod number_lines;
mod numbered_parts;
mod numbers_seen;
mod own_times;
mod parts_across_guess;
mod parts_of_years;
mod period_line;
mod proof;
mod row_codes;
mod rows_guess;
mod sections_above;
mod sections_guess;
mod sheet_view;
mod sheets_left;
mod sheets_of_times;
mod source_lines;
mod table_guess;
mod time_column;
mod time_lines;
mod time_reading;
mod times_seen;
mod told_apart;
mod value_guess;
mod wide_guess;

pub use compose::{Scaffold, ScaffoldedSource, scaffold};
pub use known::{KnownVariable, known_variables};
