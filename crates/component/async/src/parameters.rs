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

                /// An export as it is, but that it frees its parameters, with what is to be done before.
                macro_rules! freeing {
                    ($name:ident $(, $before:expr)?) => {
                        pub(crate) unsafe fn $name<T: GuestClient>(parameters: *mut u8) -> i32 {
                            $($before;)?
                            // SAFETY: the caller is the export of that name, which the host calls with memory that is
                            // the callee's from then on.
                            unsafe {
                                let status = bindings::$name::<T>(parameters);
                                aerospike_component_runtime::free(parameters);
                                status
                            }
                        }
                    };
                }

                /// Exports that only wait for their answer.
                macro_rules! calls {
                    ($($name:ident, $callback:ident;)*) => { $(
                        freeing!($name, crate::task::calling());
                        pub(crate) use crate::task::callback as $callback;
                    )* };
                }

                freeing!(_export_static_client_connect_cabi);

                calls! {
                    _export_method_client_put_cabi, __callback_method_client_put;
                    _export_method_client_get_cabi, __callback_method_client_get;
                    _export_method_client_select_cabi, __callback_method_client_select;
                    _export_method_client_exists_cabi, __callback_method_client_exists;
                    _export_method_client_touch_cabi, __callback_method_client_touch;
                    _export_method_client_increment_cabi, __callback_method_client_increment;
                    _export_method_client_append_cabi, __callback_method_client_append;
                    _export_method_client_prepend_cabi, __callback_method_client_prepend;
                    _export_method_client_remove_cabi, __callback_method_client_remove;
                    _export_method_client_remove_bin_cabi, __callback_method_client_remove_bin;
                    _export_method_client_operate_cabi, __callback_method_client_operate;
                    _export_method_client_operate_ordered_cabi, __callback_method_client_operate_ordered;
                    _export_method_client_batch_read_cabi, __callback_method_client_batch_read;
                    _export_method_client_batch_write_cabi, __callback_method_client_batch_write;
                    _export_method_client_batch_operate_cabi, __callback_method_client_batch_operate;
                    _export_method_client_batch_remove_cabi, __callback_method_client_batch_remove;
                }
            }
        }
    }
}
