//! Points on the map as people type and paste them, and as receivers send them.

/// A point; latitude and longitude in degrees (north and east positive), the rest in metres.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Point {
    latitude: f64,
    longitude: f64,
    /// Altitude and accuracy, where they are known.
    more: Option<(f64, f64)>,
}

/// The stored form of a point: `latitude longitude`, with `altitude accuracy` behind them where they
/// are known, all with points and at most 7 decimals (about a centimetre). Reads decimal degrees
/// with a space or comma between them, degrees with minutes and seconds (`15°21'16"N 44°12'24"E`),
/// `geo:` addresses, and the sentences of satellite receivers (NMEA 0183: GGA, RMC, GLL).
pub(super) fn read(text: &str) -> Option<String> {
    let text = text.trim();
    let point = if let Some(sentence) = text.strip_prefix('$') {
        sentence_of_receiver(sentence)?
    } else if let Some(address) = text.strip_prefix("geo:") {
        address_of_point(address)?
    } else if text.chars().any(|c| matches!(c.to_ascii_uppercase(), 'N' | 'S' | 'E' | 'W')) {
        with_directions(text)?
    } else {
        plain_degrees(text)?
    };
    let exists = point.latitude.abs() <= 90.0 && point.longitude.abs() <= 180.0;
    exists.then(|| {
        let place = format!("{} {}", rounded(point.latitude), rounded(point.longitude));
        point.more.map_or(place.clone(), |(altitude, accuracy)| {
            format!("{place} {} {}", rounded(altitude), rounded(accuracy))
        })
    })
}

fn rounded(number: f64) -> f64 {
    // Adding zero takes the sign off a negative zero.
    (number * 1e7).round() / 1e7 + 0.0
}

fn number(text: &str) -> Option<f64> {
    let plain = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '+'));
    text.parse().ok().filter(|n: &f64| plain && n.is_finite())
}

fn plain_degrees(text: &str) -> Option<Point> {
    let words: Vec<&str> = text.split_whitespace().collect();
    // `15,35 44,21`: commas within the numbers, as much of the world writes them.
    let within = |word: &&str| word.split(',').count() == 2 && !word.ends_with(',') && !word.starts_with(',');
    let numbers: Option<Vec<f64>> = if words.len() == 2 && words.iter().all(within) {
        words.iter().map(|word| number(&word.replace(',', "."))).collect()
    } else {
        let parts = text.split(|c: char| c == ',' || c == ';' || c.is_whitespace());
        parts.filter(|part| !part.is_empty()).map(number).collect()
    };
    match numbers?[..] {
        [latitude, longitude] => Some(Point { latitude, longitude, more: None }),
        [latitude, longitude, altitude, accuracy] => {
            Some(Point { latitude, longitude, more: Some((altitude, accuracy)) })
        }
        _ => None,
    }
}

/// RFC 5870: `latitude,longitude[,altitude][;u=accuracy]`.
fn address_of_point(address: &str) -> Option<Point> {
    let address = address.split('?').next().unwrap_or(address);
    let mut parts = address.split(';');
    let numbers: Option<Vec<f64>> = parts.next()?.split(',').map(number).collect();
    let accuracy = parts.find_map(|part| number(part.strip_prefix("u=")?));
    match numbers?[..] {
        [latitude, longitude] => Some(Point { latitude, longitude, more: None }),
        [latitude, longitude, altitude] => {
            Some(Point { latitude, longitude, more: accuracy.map(|accuracy| (altitude, accuracy)) })
        }
        _ => None,
    }
}

/// Degrees, minutes and seconds with the letters of the four directions before or behind them.
fn with_directions(text: &str) -> Option<Point> {
    let is_mark = |c: char| matches!(c, '°' | 'º' | '\'' | '"' | '′' | '″' | '’' | '”' | ',' | ';' | ':');
    let mut words: Vec<String> = vec![String::new()];
    for c in text.to_uppercase().chars() {
        if c.is_whitespace() || is_mark(c) {
            words.push(String::new());
        } else if matches!(c, 'N' | 'S' | 'E' | 'W') {
            words.extend([c.to_string(), String::new()]);
        } else if let Some(word) = words.last_mut() {
            word.push(c);
        }
    }
    words.retain(|word| !word.is_empty());
    let is_direction = |word: &String| matches!(word.as_str(), "N" | "S" | "E" | "W");
    let at = words.iter().position(is_direction)?;
    let (one, other) = if at == 0 {
        let second = words.iter().skip(1).position(is_direction)? + 1;
        let (one, other) = words.split_at(second);
        ((one.first()?, one.get(1..)?), (other.first()?, other.get(1..)?))
    } else {
        let (one, rest) = words.split_at(at);
        let (last, other) = rest.get(1..)?.split_last()?;
        ((rest.first()?, one), (last, other))
    };
    let degrees = |(direction, parts): (&String, &[String])| {
        let numbers: Option<Vec<f64>> = parts.iter().map(|part| number(part)).collect();
        let numbers = numbers?;
        let fits = (1..=3).contains(&numbers.len())
            && numbers.iter().all(|n| *n >= 0.0)
            && numbers.iter().skip(1).all(|n| *n < 60.0);
        let sum = numbers.iter().rev().fold(0.0, |sum, n| sum / 60.0 + n);
        let sign = if matches!(direction.as_str(), "S" | "W") { -1.0 } else { 1.0 };
        fits.then_some((matches!(direction.as_str(), "N" | "S"), sign * sum))
    };
    match (degrees(one)?, degrees(other)?) {
        ((true, latitude), (false, longitude)) | ((false, longitude), (true, latitude)) => {
            Some(Point { latitude, longitude, more: None })
        }
        _ => None,
    }
}

/// A sentence without its `$`. One without a fix, or whose checksum does not fit, is no point.
fn sentence_of_receiver(sentence: &str) -> Option<Point> {
    let (body, checksum) = match sentence.split_once('*') {
        Some((body, checksum)) => (body, Some(checksum.trim())),
        None => (sentence, None),
    };
    let sum = body.bytes().fold(0, |sum, byte| sum ^ byte);
    if checksum.is_some_and(|written| u8::from_str_radix(written, 16) != Ok(sum)) {
        return None;
    }
    let fields: Vec<&str> = body.split(',').collect();
    let field = |at: usize| fields.get(at).copied().unwrap_or_default();
    let from = match fields.first()?.get(2..)? {
        "GGA" if field(6) != "0" => 2,
        "RMC" if field(2) == "A" => 3,
        "GLL" if field(6) != "V" => 1,
        _ => return None,
    };
    // `ddmm.mmmm` and `dddmm.mmmm`.
    let degrees = |text: &str, digits: usize, negative: bool| {
        let (degrees, minutes) = (number(text.get(..digits)?)?, number(text.get(digits..)?)?);
        Some((degrees + minutes / 60.0) * if negative { -1.0 } else { 1.0 })
    };
    Some(Point {
        latitude: degrees(field(from), 2, field(from + 1) == "S")?,
        longitude: degrees(field(from + 2), 3, field(from + 3) == "W")?,
        more: None,
    })
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn reads_what_people_type_and_receivers_send() {
        for (text, stored) in [
            ("15.3547 44.2066", "15.3547 44.2066"),
            (" -1.2921,36.8219 ", "-1.2921 36.8219"),
            ("15,3547 44,2066", "15.3547 44.2066"),
            ("15.3547, 44.2066, 2250, 5", "15.3547 44.2066 2250 5"),
            ("15°21'16.92\"N 44°12'23.76\"E", "15.3547 44.2066"),
            ("S 1.2921 E 36.8219", "-1.2921 36.8219"),
            ("44.2066E, 15.3547N", "15.3547 44.2066"),
            ("geo:15.3547,44.2066,2250;u=5", "15.3547 44.2066 2250 5"),
            ("geo:15.3547,44.2066?z=12", "15.3547 44.2066"),
            ("$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47", "48.1173 11.5166667"),
            ("$GPRMC,123519,A,4807.038,S,01131.000,W,022.4,084.4,230394,003.1,W", "-48.1173 -11.5166667"),
            ("0 0", "0 0"),
        ] {
            assert_eq!(read(text).as_deref(), Some(stored), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_point() {
        for text in [
            "",
            "15.35",
            "91 44",
            "15 181",
            "15.3 north",
            "15 44 7",
            "15°61'N 44°E",
            "15N 44N",
            "1e1 4",
            "inf 4",
            "NaN 1",
            "$GPGGA,123519,4807.038,N,01131.000,E,0,08,0.9,545.4,M,46.9,M,,",
            "$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*48",
            "$GPRMC,123519,V,4807.038,N,01131.000,E",
            "$",
            "geo:",
            "é°N",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
