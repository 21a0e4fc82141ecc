# workerd serve worker.capnp: the bundled worker, and a network that lets it reach addresses of its own host, too.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [
        (name = "worker", esModule = embed "out/worker.js"),
        (name = "aerospike_js_bg.wasm", wasm = embed "out/aerospike_js_bg.wasm")
      ],
      compatibilityDate = "2025-06-01",
      bindings = [
        (name = "AEROSPIKE_HOSTS", fromEnvironment = "AEROSPIKE_HOSTS"),
        (name = "LIMIT", fromEnvironment = "LIMIT"),
        (name = "WINDOW", fromEnvironment = "WINDOW")
      ]
    )),
    (name = "internet", network = (allow = ["public", "private"]))
  ],
  sockets = [(name = "http", address = "127.0.0.1:8787", http = (), service = "main")]
);
