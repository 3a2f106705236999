//! Points on a map, as `GeoJSON`.

use std::fs;

use serde_json::Value as Json;

use super::types::types;
use super::{done, refused};

#[test]
fn points_come_out_when_they_are_named_and_then_on_a_grid() {
    let folder = types();
    let folder = folder.path();
    refused(folder, &["export", "geojson", "--out", "out.geojson"], "--with home");
    assert!(!folder.join("out.geojson").exists());
    let read = |arguments: &[&str]| -> (String, Json) {
        let common = ["export", "geojson", "--force", "--out", "out.geojson", "--with", "home"];
        done(folder, &[&common, arguments].concat());
        let text = fs::read_to_string(folder.join("out.geojson")).unwrap();
        (text.clone(), serde_json::from_str(&text).unwrap())
    };
    let (text, map) = read(&[]);
    let points = map["features"].as_array().unwrap();
    // The interview without a place has no point. RFC 7946: the longitude comes first.
    assert_eq!(points.len(), 2);
    assert_eq!(points[0]["geometry"]["coordinates"], serde_json::json!([44.21, 15.35]));
    assert_eq!(points[0]["geometry"], points[1]["geometry"], "neighbours look the same");
    let properties = &points[0]["properties"];
    assert_eq!((&properties["safe"], &properties["number"]), (&Json::from("unsafe"), &Json::from(-20)));
    assert_eq!(properties["worries"], "theft dogs");
    assert_eq!(points[1]["properties"]["number"], "1234567890123456789", "a browser would round it");
    assert!(properties["remark"].is_null() && properties["home"].is_null());
    assert!(!text.contains("15.354") && !text.contains("44.206") && !text.contains("two"));
    assert_eq!(
        read(&["--decimals", "1"]).1["features"][0]["geometry"]["coordinates"],
        serde_json::json!([44.2, 15.4])
    );
    let (_, map) = read(&["--exact"]);
    assert_eq!(map["features"][0]["geometry"]["coordinates"], serde_json::json!([44.20672, 15.35491]));
    assert!(map["features"][0]["properties"]["home"].is_null());
}
