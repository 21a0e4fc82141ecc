//! GeoJSON values.

use aerospike_wasm::wire::ResultCode;

/// The stored form of a GeoJSON value.
pub(crate) fn particle(_value: &[u8]) -> Result<Vec<u8>, ResultCode> {
    Err(ResultCode::INVALID_GEOJSON)
}
