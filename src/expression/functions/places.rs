//! Places on the map: points as `latitude longitude [altitude accuracy]` in degrees, lines and
//! areas as points with semicolons between them.

use super::{Call, Function, Gives, Kind, one, repeated};
use crate::expression::operand::Operand;
use crate::value::Type::{Boolean, Decimal};

/// The equatorial radius of the earth in metres that the field's tools compute with.
const RADIUS: f64 = 6_378_100.0;

pub(super) const TABLE: &[Function] = &[
    Function {
        name: "distance",
        parameters: &[one("place", Kind::Texts), repeated("place", Kind::Texts)],
        gives: Gives::Is(Decimal),
        doc: "Metres along a line through these places, to the centimetre: places are written as \
              `latitude longitude`, several with `;` between them. Empty where one is no place.",
        code: |c| centimetres(points(c).as_deref().map(length)),
    },
    Function {
        name: "area",
        parameters: &[one("place", Kind::Texts), repeated("place", Kind::Texts)],
        gives: Gives::Is(Decimal),
        doc: "Square metres inside the line through these places, which is closed if it is not. Empty where one is no place.",
        code: |c| centimetres(points(c).as_deref().map(enclosed)),
    },
    Function {
        name: "geofence",
        parameters: &[one("place", Kind::Text), one("area", Kind::Text)],
        gives: Gives::Is(Boolean),
        doc: "Whether the place lies in the area; empty where either is no place.",
        code: |c| match (read_point(&c.text(0)), read(&c.text(1))) {
            (Some(place), Some(area)) => Operand::Boolean(lies_in(place, &area)),
            _ => Operand::Empty,
        },
    },
];

/// Latitude and longitude in degrees.
type Point = (f64, f64);

fn centimetres<'a>(metres: Option<f64>) -> Operand<'a> {
    metres.map_or(Operand::Empty, |m| Operand::decimal((m * 100.0).round() / 100.0))
}

/// All places in the arguments; `None` if there is none, or one that cannot be
/// read. Rows without an answer are passed over.
fn points(c: Call<'_>) -> Option<Vec<Point>> {
    let mut all = Vec::new();
    for value in c.values(0).filter(|v| !v.is_empty()) {
        all.extend(read(&value.into_text())?);
    }
    (!all.is_empty()).then_some(all)
}

fn read(text: &str) -> Option<Vec<Point>> {
    text.trim().trim_end_matches(';').split(';').map(read_point).collect()
}

fn read_point(text: &str) -> Option<Point> {
    let numbers: Option<Vec<f64>> = text.split_whitespace().map(|n| n.parse().ok()).collect();
    let ([latitude, longitude] | [latitude, longitude, _] | [latitude, longitude, _, _]) = numbers?[..]
    else {
        return None;
    };
    let exists = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
    exists.then_some((latitude, longitude))
}

/// The haversine formula along each leg (R. W. Sinnott, Sky and Telescope 68, 1984).
fn length(points: &[Point]) -> f64 {
    let leg = |(from, to): (&Point, &Point)| {
        let (lat1, lat2) = (from.0.to_radians(), to.0.to_radians());
        let north = libm::sin((lat2 - lat1) / 2.0);
        let east = libm::sin((to.1 - from.1).to_radians() / 2.0);
        let h = north * north + libm::cos(lat1) * libm::cos(lat2) * east * east;
        2.0 * RADIUS * libm::asin(h.sqrt().min(1.0))
    };
    points.iter().zip(points.iter().skip(1)).map(leg).sum()
}

/// The area of a polygon on a sphere (R. G. Chamberlain and W. H. Duquette, JPL 07-03, 2007, eq. 2).
fn enclosed(points: &[Point]) -> f64 {
    let next = points.iter().cycle().skip(1);
    let strip = |(from, to): (&Point, &Point)| {
        (to.1 - from.1).to_radians() * (2.0 + libm::sin(from.0.to_radians()) + libm::sin(to.0.to_radians()))
    };
    (points.iter().zip(next).map(strip).sum::<f64>() * RADIUS * RADIUS / 2.0).abs()
}

/// Whether a ray to the east crosses the border an odd number of times.
fn lies_in(place: Point, area: &[Point]) -> bool {
    let next = area.iter().cycle().skip(1);
    let crossed = area.iter().zip(next).filter(|(a, b)| {
        (a.0 > place.0) != (b.0 > place.0) && place.1 < a.1 + (place.0 - a.0) / (b.0 - a.0) * (b.1 - a.1)
    });
    area.len() > 2 && crossed.count() % 2 == 1
}
