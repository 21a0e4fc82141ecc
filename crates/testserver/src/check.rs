//! The checks that a command makes on the record it found, apart from its operations.
//!
//! Imports records, requests and expressions. Source: server `rw_utils.c`, `rw_utils_ce.c`.

use aerospike_wasm::data::Ttl;
use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::wire::particle::ParticleType;

use crate::config::NamespaceConfig;
use crate::extension::{self, View};
use crate::record::Record;
use crate::request::Request;

/// Fails with 27 unless the filter, if any, is true for the record; with 4 if it does not parse.
pub(crate) fn filter(request: &Request<'_>, view: &View<'_>) -> Result<(), ResultCode> {
    match request.fields.filter {
        Some(filter) if !extension::filter_matches(filter, view)? => Err(ResultCode::FILTERED_OUT),
        _ => Ok(()),
    }
}

/// Fails with 19 if both the command and the record have a user key and they differ.
pub(crate) fn user_key(request: &Request<'_>, record: &Record) -> Result<(), ResultCode> {
    match (request.fields.user_key, &record.user_key) {
        (Some(sent), Some(stored)) if *sent != **stored => Err(ResultCode::KEY_MISMATCH),
        _ => Ok(()),
    }
}

/// Fails with 16 if the user key of a write cannot be stored.
pub(crate) fn storable_key(request: &Request<'_>) -> Result<(), ResultCode> {
    let fits = match request.fields.user_key {
        None => true,
        Some([]) => false,
        Some([kind, value @ ..]) => ParticleType(*kind) != ParticleType::INTEGER || value.len() == 8,
    };
    if fits { Ok(()) } else { Err(ResultCode::UNSUPPORTED_FEATURE) }
}

/// Fails with 4 if a set was sent that is not the record's.
pub(crate) fn sent_set(request: &Request<'_>, record: &Record) -> Result<(), ResultCode> {
    let sent = request.fields.set;
    if sent.is_empty() || *sent == *record.set { Ok(()) } else { Err(ResultCode::PARAMETER) }
}

/// The void time and TTL that a write gives its record.
///
/// # Errors
/// 4 for a TTL over ten years, 22 for a finite one where nothing may expire.
pub(crate) fn expiry(
    config: &NamespaceConfig,
    asked: Ttl,
    now_seconds: u32,
    existing: Option<&Record>,
) -> Result<(u32, u32), ResultCode> {
    let seconds = match (asked, existing) {
        (Ttl::NEVER_EXPIRE, _) => 0,
        (Ttl::DONT_UPDATE, Some(record)) => return Ok((record.void_time, record.ttl)),
        (Ttl::NAMESPACE_DEFAULT | Ttl::DONT_UPDATE, _) => config.default_ttl,
        (Ttl(seconds), _) if seconds > Ttl::MAX_SECONDS => return Err(ResultCode::PARAMETER),
        _ if !config.allow_ttl => return Err(ResultCode::FORBIDDEN),
        (Ttl(seconds), _) => seconds,
    };
    Ok(if seconds == 0 { (0, 0) } else { (now_seconds.saturating_add(seconds), seconds) })
}
