/* The embedded test server in one test of workerd, which cannot listen. */

import { embedded, features, TestServer } from './embedded.mjs'

export default {
  async test() {
    const results = [await embedded(2, false, (line) => console.log(line))]
    const refusal = await TestServer.start({ tcp: true }).then(() => '', (error) => `${error.name}: ${error.message}`)
    console.log(`RESULT ${JSON.stringify({ results, ...(await features()), refusal })}`)
  }
}
