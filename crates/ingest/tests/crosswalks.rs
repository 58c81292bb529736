//! Crosswalks: names that match, names that don't, and bad crosswalks.
#![allow(clippy::unwrap_used, clippy::panic)]

use crate::support::{cities, workspace};
use insta::assert_snapshot;
use proptest::prelude::*;
use vintner_ingest::{Crosswalk, NameMatch};

#[test]
fn names_with_and_without_affixes() {
    let crosswalk = cities();
    for (name, id) in [
        ("甲", "jia"),
        ("甲市", "jia"),
        ("河东甲", "jia"),
        ("河东甲市", "jia"),
        (" 甲\u{3000}市", "jia"),
        ("Jia", "jia"),
        ("jia", "jia"),
        ("丙", "bing"),
        ("丙市", "bing"),
        ("丙城市", "bing"),
    ] {
        assert_eq!(crosswalk.find(name), NameMatch::Entity(id), "{name}");
    }
}

#[test]
fn names_that_only_resemble_one() {
    let crosswalk = cities();
    let outside = |name: &str| match crosswalk.find(name) {
        NameMatch::Outside { stripped, near } => (stripped, near.map(str::to_owned)),
        NameMatch::Entity(id) => panic!("{name} is {id}"),
    };
    assert_eq!(outside("河东乙"), ("乙".into(), None));
    assert_eq!(outside("丙城县"), ("丙城县".into(), Some("bing".into())));
    assert_eq!(outside("市"), ("市".into(), None));
    assert_eq!(outside("河东"), ("河东".into(), None));
    assert_eq!(outside("甲市市"), ("甲市".into(), None));
    assert_eq!(outside(""), (String::new(), None));
}

#[test]
fn bad_crosswalks() {
    let faults = |text: &str| Crosswalk::parse("cities.csv", text).unwrap_err().to_string();
    assert_snapshot!(
        "ambiguous",
        faults("id,en,zh,aliases,suffixes\na,A,甲,子|丑,市\nb,B,乙,丑市,\na,C,丙,,\n,D,丁,,\n")
    );
    assert_snapshot!("unknown_column", faults("ID,en,alias\na,A,x\n"));
    assert_snapshot!("no_entities", faults("id,en\n"));
    assert_snapshot!("empty", faults(""));
}

#[test]
fn the_cities_of_the_paper() {
    let crosswalk = Crosswalk::read(&workspace().join("data/crosswalk/cities.csv")).unwrap();
    let names: Vec<&str> =
        crosswalk.entities().iter().filter_map(|entity| entity.label.zh.as_deref()).collect();
    let expected = "保定 北京 天津 安阳 石家庄 唐山 邯郸 沧州 邢台 廊坊 承德 张家口 秦皇岛 衡水";
    assert_eq!(names, expected.split(' ').collect::<Vec<_>>());
    for (name, id) in [
        ("北京市", "beijing"),
        ("北京", "beijing"),
        ("河北保定", "baoding"),
        ("河南安阳", "anyang"),
        ("河北省石家庄市", "shijiazhuang"),
    ] {
        assert_eq!(crosswalk.find(name), NameMatch::Entity(id), "{name}");
    }
    // Counties and cities of other provinces are none of them.
    for name in ["新乐市", "承德县", "安阳县", "河南保定", "河北省", "河北", "唐山市丰南区", "辽宁朝阳"]
    {
        assert!(matches!(crosswalk.find(name), NameMatch::Outside { .. }), "{name}");
    }
}

proptest! {
    #[test]
    fn any_text_is_a_crosswalk_or_faults(text in "[a-c甲乙市,|\"\n#]{0,60}") {
        let _ = Crosswalk::parse("x.csv", &format!("id,en,zh,aliases,prefixes,suffixes\n{text}"));
    }

    #[test]
    fn any_name_is_found_or_not(name in ".{0,12}") {
        let _ = cities().find(&name);
    }
}
