//! Names and years filled down: what stood above holds as long as nothing new begins to the left.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate::support::{csv_fault as fault, lines, read_csv as read};

const V: &str = "columns: [{column: v, variable: v}]\n";

#[test]
fn the_year_of_one_entity_is_not_that_of_another() {
    let fields = format!("{V}entity: c\ntime: t\nperiod: {{frequency: quarter}}\nfill: {{t: year}}");
    let told = fault("c,t,v\nA,1994Q1,1\nA,Q2,3\nB,Q3,4\n", &fields);
    assert!(told.contains("t.csv!B4: a part of a year without its year, and none to fill down"), "{told}");
    assert!(told.contains("the row begins something new in column A"), "{told}");
    // All that follow lack it, too.
    let told = fault("c,t,v\nA,1994Q1,1\nB,Q3,4\nB,Q4,5\n", &fields);
    assert!(told.contains("t.csv!B3") && told.contains("t.csv!B4"), "{told}");
    let text = "c,t,v\nA,1994Q1,1\nA,Q2,3\nB,1994Q3,4\nB,Q4,5\n";
    let tidied = read(text, &fields).unwrap();
    let periods: Vec<String> =
        tidied.values().unwrap().into_iter().filter_map(|value| value.period).collect();
    assert_eq!(periods, ["1994Q1", "1994Q2", "1994Q3", "1994Q4"]);
}

#[test]
fn a_name_of_one_entity_is_not_that_of_another() {
    let new = "none to fill down: the row begins something new in column A";
    let text = "City,sect,Year,v\na,x,2000,1\na,,2001,2\nb,,2000,3\n";
    let down = format!("{V}entity: City\ntime: Year\nfill: {{sect: down}}\n");
    for kind in ["category: sect", "entity_with: [sect]"] {
        let told = fault(text, &format!("{down}{kind}"));
        assert!(told.contains("t.csv!B4") && told.contains(new), "{told}");
    }
    let told = fault(text, &format!("{down}where: {{sect: x}}"));
    assert!(told.contains("t.csv!B4") && told.contains(new), "{told}");
    let of_text = "columns: [{column: v, variable: v}, {column: sect, variable: sect, type: text}]";
    let told = fault(text, &format!("entity: City\ntime: Year\nfill: {{sect: down}}\n{of_text}"));
    assert!(told.contains("t.csv!B4") && told.contains(new), "{told}");
    // A category to the left, and an entity to its right.
    let text = "sect,City,Year,v\nx,a,2000,1\nx,,2001,2\ny,,2000,3\n";
    let told = fault(text, &format!("{V}entity: City\ncategory: sect\ntime: Year\nfill: {{City: down}}"));
    assert!(told.contains("t.csv!B4") && told.contains(new), "{told}");
    // With years across.
    let text = "City,sect,2000,2001\na,x,1,2\n,y,3,4\nb,,5,6\n";
    let wide = "layout: wide\nentity: City\nentity_with: [sect]\nfill: {City: down, sect: down}\ncolumns: [{variable: v}]";
    let told = fault(text, wide);
    assert!(told.contains("t.csv!B4") && told.contains(new), "{told}");
}

#[test]
fn what_is_new_elsewhere_ends_no_name() {
    // Outer names with inner ones to their right; times to the left of a name.
    let text = "Region,City,Year,v\nN,a,2000,1\n,b,2000,2\n,c,2000,3\nS,d,2000,4\n";
    let outer = format!("{V}entity: Region\nentity_with: [City]\ntime: Year\nfill: {{Region: down}}");
    let found = lines(&read(text, &outer).unwrap());
    assert_eq!(found[2..], ["N:c 2000 v = 3 at D4", "S:d 2000 v = 4 at D5"]);
    let text = "Year,City,v\n2000,a,1\n2001,,2\n2000,b,3\n2001,,4\n";
    let found = lines(&read(text, &format!("{V}entity: City\ntime: Year\nfill: {{City: down}}")).unwrap());
    assert_eq!(found[1..], ["a 2001 v = 2 at C3", "b 2000 v = 3 at C4", "b 2001 v = 4 at C5"]);
    // The same name goes on, with a note between; and a name on a row of its own is that of all under it.
    let within = format!("{V}entity: City\ncategory: sect\ntime: Year\nfill: {{sect: down}}");
    let text = "City,sect,Year,v\na,x,2000,1\na,,2001,2\nb,x,2000,3\nb,,2001,4\n";
    assert_eq!(lines(&read(text, &within).unwrap())[3], "b 2001 [x] v = 4 at D5");
    let text = "City,sect,Year,v\n,x,,\na,,2000,1\nb,,2000,2\n,y,,\na,,2000,3\nb,,2000,4\n";
    let found = lines(&read(text, &within).unwrap());
    assert_eq!(found[1..3], ["b 2000 [x] v = 2 at D4", "a 2000 [y] v = 3 at D6"]);
}
