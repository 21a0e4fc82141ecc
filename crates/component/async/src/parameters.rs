//! Frees what a call was handed.
//!
//! The host puts parameters that are more than sixteen core values into memory that it has `cabi_realloc` make. Reading
//! them is the callee's task, and so is freeing that memory; wit-bindgen 0.63 does so in synchronous functions only, which
//! would cost 144 bytes per call. Here its exports are as they are, but for those functions. Imports the bindings.
//! Invariant: an asynchronous function reads its parameters before it first waits, so they are read when it returns.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::module_inception,
    reason = "the names are those of the bindings"
)]
#![cfg_attr(not(target_family = "wasm"), allow(unused_imports, reason = "nothing is exported elsewhere"))]

pub(crate) mod exports {
    pub(crate) mod aerospike {
        pub(crate) mod client {
            pub(crate) mod client {
                use crate::bindings::exports::aerospike::client::client as bindings;
                pub(crate) use bindings::*;

                macro_rules! freeing {
                    ($($of:path: $($name:ident)*;)*) => { $($(
                        pub(crate) unsafe fn $name<T: $of>(parameters: *mut u8) -> i32 {
                            // SAFETY: the caller is the export of that name, which the host calls with memory that is
                            // the callee's from then on.
                            unsafe {
                                let status = bindings::$name::<T>(parameters);
                                aerospike_component_runtime::free(parameters);
                                status
                            }
                        }
                    )*)* };
                }

                freeing! {
                    GuestClient:
                        _export_static_client_connect_cabi
                        _export_method_client_put_cabi
                        _export_method_client_get_cabi
                        _export_method_client_select_cabi
                        _export_method_client_exists_cabi
                        _export_method_client_touch_cabi
                        _export_method_client_increment_cabi
                        _export_method_client_append_cabi
                        _export_method_client_prepend_cabi
                        _export_method_client_remove_cabi
                        _export_method_client_remove_bin_cabi
                        _export_method_client_operate_cabi
                        _export_method_client_operate_ordered_cabi
                        _export_method_client_batch_read_cabi
                        _export_method_client_batch_write_cabi
                        _export_method_client_batch_operate_cabi
                        _export_method_client_batch_remove_cabi
                    ;
                }
            }
        }
    }
}
