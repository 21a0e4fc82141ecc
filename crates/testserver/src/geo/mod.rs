//! GeoJSON values: their check, and the S2 cells that stand before the text in what is stored.
//!
//! Imports `s2`. Source: server `particle_geojson.c`, `geospatial.cc`, `geojson.cc`. A point has one
//! leaf cell. A region has a covering of a few cells; those of a circle or polygon are computed with the server's
//! settings but need not be the very cells that a real server chooses. The text is kept byte for byte.

mod json;
mod polygon;

use aerospike_wasm::wire::{ResultCode, Writer, particle};
use s2::cap::Cap;
use s2::cellid::CellID;
use s2::latlng::LatLng;
use s2::point::Point;
use s2::region::RegionCoverer;
use s2::s1::{Angle, Rad};

use json::Json;
use polygon::Polygon;

const EARTH_RADIUS_METERS: f64 = 6_371_000.0;
/// Flag of a stored value: the geometry is a region.
const IS_REGION: u8 = 1;
/// `geo2dsphere-within`: the settings of a covering.
const COVERER: RegionCoverer = RegionCoverer { min_level: 1, max_level: 20, level_mod: 1, max_cells: 12 };
/// A ring names its first corner again at its end.
const MIN_RING: usize = 4;

/// A geometry.
#[derive(Clone, Debug)]
enum Shape {
    Point(Point),
    Circle(Cap),
    Polygon(Polygon),
}

/// The stored form of a GeoJSON value that a write carries; cells in it are ignored.
///
/// # Errors
/// 160 for anything that is not one known geometry.
pub(crate) fn particle(value: &[u8]) -> Result<Vec<u8>, ResultCode> {
    let text = particle::geojson_text(value).map_err(|_| ResultCode::INVALID_GEOJSON)?;
    let shape = parse(text).ok_or(ResultCode::INVALID_GEOJSON)?;
    let (flags, cells) = match &shape {
        Shape::Point(point) => (0, vec![CellID::from(point)]),
        Shape::Circle(cap) => (IS_REGION, COVERER.covering(cap).0),
        Shape::Polygon(polygon) => (IS_REGION, COVERER.covering(polygon).0),
    };
    let mut bytes = Vec::with_capacity(3 + cells.len() * 8 + text.len());
    let mut writer = Writer::new(&mut bytes);
    writer.u8(flags);
    writer.u16(u16::try_from(cells.len()).unwrap_or(u16::MAX));
    cells.iter().for_each(|cell| writer.u64(cell.0));
    writer.bytes(text);
    Ok(bytes)
}

/// Whether one of two GeoJSON texts is a region that holds the other's point; `None` if one is no GeoJSON.
pub(crate) fn is_within(first: &[u8], second: &[u8]) -> Option<bool> {
    Some(match (parse(first)?, parse(second)?) {
        (Shape::Point(point), region) | (region, Shape::Point(point)) => region.holds(&point),
        _ => false,
    })
}

impl Shape {
    fn holds(&self, point: &Point) -> bool {
        match self {
            Self::Point(_) => false,
            Self::Circle(cap) => cap.contains_point(point),
            Self::Polygon(polygon) => polygon.holds(point),
        }
    }
}

fn parse(text: &[u8]) -> Option<Shape> {
    let json = Json::parse(text)?;
    let is_feature = json.get("type")?.as_text()? == b"Feature";
    let geometry = if is_feature { json.get("geometry")? } else { &json };
    let coordinates = geometry.get("coordinates")?;
    match geometry.get("type")?.as_text()? {
        b"Point" => Some(Shape::Point(point(coordinates)?)),
        b"AeroCircle" => circle(coordinates),
        b"Polygon" => Some(Shape::Polygon(Polygon::new(rings(coordinates)?)?)),
        b"MultiPolygon" => {
            let polygons = coordinates.as_list()?.iter().map(rings).collect::<Option<Vec<_>>>()?;
            Some(Shape::Polygon(Polygon::new(polygons.into_iter().flatten().collect())?))
        }
        _ => None,
    }
}

/// Longitude and latitude in degrees.
fn point(json: &Json) -> Option<Point> {
    let [longitude, latitude, ..] = json.as_list()? else { return None };
    let (longitude, latitude) = (longitude.as_number()?, latitude.as_number()?);
    let is_in_range = longitude.abs() <= 180.0 && latitude.abs() <= 90.0;
    is_in_range.then(|| Point::from(LatLng::from_degrees(latitude, longitude)))
}

/// A center and a radius in meters.
fn circle(json: &Json) -> Option<Shape> {
    let [center, radius] = json.as_list()? else { return None };
    let radius = radius.as_number().filter(|radius| *radius >= 0.0)?;
    let angle = Angle::from(Rad(radius / EARTH_RADIUS_METERS));
    Some(Shape::Circle(Cap::from_center_angle(&point(center)?, &angle)))
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
