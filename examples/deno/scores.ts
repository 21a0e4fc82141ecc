/*
 * Reads lines of `player points` and adds them to every player's total and number of games: two operations per line, applied
 * to the player's record as one, a hundred lines at a time.
 *
 *   deno run --allow-net --allow-env --allow-read scores.ts < scores.txt
 *
 * Needs a server at AEROSPIKE_HOSTS (default 127.0.0.1:3000) with a namespace `test`.
 */

import aerospike, { type BatchRecord, connect, type KeyTuple } from 'aerospike-wasm'

interface Score {
  player: string
  points: number
}

function parse(text: string): Score[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines.map((line, at) => {
    const match = /^(\S+)\s+(\d+)$/.exec(line.trim())
    if (match === null) throw new Error(`line ${at + 1} is not 'player points': ${line}`)
    return { player: match[1], points: Number(match[2]) }
  })
}

const key = (player: string): KeyTuple => ['test', 'scores', player]

await using client = await connect({ hosts: Deno.env.get('AEROSPIKE_HOSTS') ?? '127.0.0.1:3000' })
const scores = parse(await new Response(Deno.stdin.readable).text())

for (let at = 0; at < scores.length; at += 100) {
  await Promise.all(scores.slice(at, at + 100).map(({ player, points }) => client.operate(key(player), [
    { op: aerospike.OPERATOR_INCR, bin: 'games', val: 1 },
    { op: aerospike.OPERATOR_INCR, bin: 'total', val: points }
  ], { meta: { ttl: 7 * 86_400 } })))
}

const players = [...new Set(scores.map((score) => score.player))].sort()
const rows: BatchRecord[] = await client.batchRead(players.map(key), ['games', 'total'])
for (const [i, { bins }] of rows.entries()) {
  console.log(`${players[i]}: ${bins?.total} points in ${bins?.games} games`)
}
await client.batchRemove(rows.map((row) => row.key))
