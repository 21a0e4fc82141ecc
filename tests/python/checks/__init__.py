"""The checks, one module for each part of the API; each has a function `check(run)`."""

from checks import batch, cdt, cluster, errors, existence, filters, interop, keys, lifetime, operate, scalars, values

GROUPS = [
    module.check
    for module in (
        values, keys, scalars, existence, operate, batch, filters, cdt, interop, errors, cluster, lifetime
    )
]
