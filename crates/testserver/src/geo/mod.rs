//! GeoJSON values: their check, and the S2 cells that stand before the text in what is stored.
//!
//! Imports nothing but the codec. Source: server `particle_geojson.c`, `geospatial.cc`, `geojson.cc`. A point has one
//! leaf cell. A region has a covering of a few cells within the server's settings, which need not be the very cells that
//! a real server chooses. The text is kept byte for byte.

mod cell;
mod json;
mod region;
mod sphere;

use aerospike_wasm::wire::{ResultCode, Writer, particle};

use cell::Cell;
use json::Json;
use region::Region;
use sphere::Point;

const EARTH_RADIUS_METERS: f64 = 6_371_000.0;
/// Flag of a stored value: the geometry is a region.
const IS_REGION: u8 = 1;
/// A ring names its first corner again at its end.
const MIN_RING: usize = 4;

/// A geometry.
#[derive(Clone, Debug)]
enum Shape {
    Point(Point),
    Region(Region),
}

/// The stored form of a GeoJSON value that a write carries; cells in it are ignored.
///
/// # Errors
/// 160 for anything that is not one known geometry.
pub(crate) fn particle(value: &[u8]) -> Result<Vec<u8>, ResultCode> {
    let text = particle::geojson_text(value).map_err(|_| ResultCode::INVALID_GEOJSON)?;
    let shape = parse(text).ok_or(ResultCode::INVALID_GEOJSON)?;
    let (flags, cells) = match &shape {
        Shape::Point(point) => (0, vec![Cell::of(*point).id()]),
        Shape::Region(region) => (IS_REGION, region.covering()),
    };
    let mut bytes = Vec::with_capacity(3 + cells.len() * 8 + text.len());
    let mut writer = Writer::new(&mut bytes);
    writer.u8(flags);
    writer.u16(u16::try_from(cells.len()).unwrap_or(u16::MAX));
    cells.iter().for_each(|cell| writer.u64(*cell));
    writer.bytes(text);
    Ok(bytes)
}

/// Whether one of two GeoJSON texts is a region that holds the other's point; `None` if one is no GeoJSON.
pub(crate) fn is_within(first: &[u8], second: &[u8]) -> Option<bool> {
    Some(match (parse(first)?, parse(second)?) {
        (Shape::Point(point), Shape::Region(region)) | (Shape::Region(region), Shape::Point(point)) => {
            region.holds(point)
        }
        _ => false,
    })
}

fn parse(text: &[u8]) -> Option<Shape> {
    let json = Json::parse(text)?;
    let is_feature = json.get("type")?.as_text()? == b"Feature";
    let geometry = if is_feature { json.get("geometry")? } else { &json };
    let coordinates = geometry.get("coordinates")?;
    match geometry.get("type")?.as_text()? {
        b"Point" => Some(Shape::Point(point(coordinates)?)),
        b"AeroCircle" => circle(coordinates),
        b"Polygon" => Some(Shape::Region(Region::polygon(rings(coordinates)?)?)),
        b"MultiPolygon" => {
            let polygons = coordinates.as_list()?.iter().map(rings).collect::<Option<Vec<_>>>()?;
            Some(Shape::Region(Region::polygon(polygons.into_iter().flatten().collect())?))
        }
        _ => None,
    }
}

/// Longitude and latitude in degrees.
fn point(json: &Json) -> Option<Point> {
    let [longitude, latitude, ..] = json.as_list()? else { return None };
    let (longitude, latitude) = (longitude.as_number()?, latitude.as_number()?);
    let is_in_range = longitude.abs() <= 180.0 && latitude.abs() <= 90.0;
    is_in_range.then(|| Point::from_degrees(longitude, latitude))
}

/// A center and a radius in meters.
fn circle(json: &Json) -> Option<Shape> {
    let [center, radius] = json.as_list()? else { return None };
    let radius = radius.as_number().filter(|radius| *radius >= 0.0)?;
    Some(Shape::Region(Region::circle(point(center)?, radius / EARTH_RADIUS_METERS)))
}

/// Closed rings of corners; the last corner, which is the first again, is left out.
fn rings(json: &Json) -> Option<Vec<Vec<Point>>> {
    let rings = json.as_list()?.iter().map(ring).collect::<Option<Vec<_>>>()?;
    (!rings.is_empty()).then_some(rings)
}

fn ring(json: &Json) -> Option<Vec<Point>> {
    let corners = json.as_list()?;
    if corners.len() < MIN_RING || corners.first() != corners.last() {
        return None;
    }
    corners.iter().skip(1).map(point).collect()
}

#[cfg(test)]
mod tests;
