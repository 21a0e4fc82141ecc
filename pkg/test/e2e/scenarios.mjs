/*
 * The list of scenarios: what the package does against a server, as plain functions `{ name, run(context) }`.
 *
 * Imports nothing of any runtime, so that one list serves them all. A scenario uses only keys that its context gives
 * (support/context.mjs), asserts exact results (support/check.mjs), and passes on a real Community Edition server and on
 * the test server alike, with any number of nodes.
 */

import { batches } from './scenarios/batches.mjs'
import { clients } from './scenarios/clients.mjs'
import { errors } from './scenarios/errors.mjs'
import { keys } from './scenarios/keys.mjs'
import { modifications } from './scenarios/modifications.mjs'
import { operations } from './scenarios/operations.mjs'
import { policies } from './scenarios/policies.mjs'
import { reads } from './scenarios/reads.mjs'
import { removals } from './scenarios/removals.mjs'
import { typed } from './scenarios/typed.mjs'
import { values } from './scenarios/values.mjs'

export const scenarios = [
  ...values, ...keys, ...reads, ...policies, ...modifications, ...removals, ...operations, ...batches, ...errors, ...clients, ...typed
]
