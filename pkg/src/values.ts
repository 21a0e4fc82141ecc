/*
 * Classes for values that JavaScript has no type for.
 *
 * May import: nothing.
 * Invariant: instances are immutable as far as the package is concerned; bytes are the instance's own copy on reading.
 */

/**
 * Forces a number to be stored as a float: `new Double(3)` is 3.0, where `3` would be an integer.
 *
 * @example
 * ```ts
 * const score = new Double(3)
 * await client.put(key, { score })
 * console.log(score.value + 1)
 * ```
 */
export class Double {
  /** The number. */
  readonly value: number

  constructor(value: number) {
    this.value = Number(value)
  }

  /**
   * The number, for arithmetic.
   *
   * @example
   * ```ts
   * const sum = Number(new Double(3)) + 1
   * ```
   */
  valueOf(): number {
    return this.value
  }

  /**
   * The number as text.
   *
   * @example
   * ```ts
   * console.log(`${new Double(3)}`) // 3
   * ```
   */
  toString(): string {
    return String(this.value)
  }

  /**
   * The number, for `JSON.stringify`.
   *
   * @example
   * ```ts
   * console.log(JSON.stringify({ n: new Double(3) })) // {"n":3}
   * ```
   */
  toJSON(): number {
    return this.value
  }
}

/**
 * A GeoJSON value. The server checks the text when it is written.
 *
 * @example
 * ```ts
 * await client.put(key, { at: new GeoJSON({ type: 'Point', coordinates: [126.98, 37.57] }) })
 * const { at } = (await client.get(key)).bins
 * if (at instanceof GeoJSON) console.log(at.text)
 * ```
 */
export class GeoJSON {
  /** The GeoJSON text. */
  readonly text: string

  /** Takes GeoJSON text, or an object to be written as such. */
  constructor(value: string | object) {
    this.text = typeof value === 'string' ? value : JSON.stringify(value)
  }

  /**
   * A point.
   *
   * @example
   * ```ts
   * await client.put(key, { at: GeoJSON.point(126.98, 37.57) })
   * ```
   */
  static point(longitude: number, latitude: number): GeoJSON {
    return new GeoJSON({ type: 'Point', coordinates: [longitude, latitude] })
  }

  /**
   * A circle of `radius` metres, a type of Aerospike's own.
   *
   * @example
   * ```ts
   * await client.put(key, { area: GeoJSON.circle(126.98, 37.57, 500) })
   * ```
   */
  static circle(longitude: number, latitude: number, radius: number): GeoJSON {
    return new GeoJSON({ type: 'AeroCircle', coordinates: [[longitude, latitude], radius] })
  }

  /**
   * A polygon of one ring of [longitude, latitude] pairs; the last pair equals the first.
   *
   * @example
   * ```ts
   * await client.put(key, { area: GeoJSON.polygon([[0, 0], [1, 0], [1, 1], [0, 0]]) })
   * ```
   */
  static polygon(ring: readonly (readonly [number, number])[]): GeoJSON {
    return new GeoJSON({ type: 'Polygon', coordinates: [ring] })
  }

  /**
   * The GeoJSON text.
   *
   * @example
   * ```ts
   * console.log(`${GeoJSON.point(1, 2)}`) // {"type":"Point","coordinates":[1,2]}
   * ```
   */
  toString(): string {
    return this.text
  }

  /**
   * The value as an object. Throws when the text is not JSON.
   *
   * @example
   * ```ts
   * const point = GeoJSON.point(1, 2).toJSON() as { coordinates: [number, number] }
   * ```
   */
  toJSON(): unknown {
    return JSON.parse(this.text)
  }
}

/**
 * A HyperLogLog sketch as the server stores it. Written back, it stays a HyperLogLog.
 *
 * @example
 * ```ts
 * const { visitors } = (await client.get(key)).bins
 * if (visitors instanceof HyperLogLog) await client.put(keys[1], { visitors: new HyperLogLog(visitors.bytes) })
 * ```
 */
export class HyperLogLog {
  /** The sketch. */
  readonly bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }
}

/**
 * A value of a type this client does not know, such as one a language-specific client stored. It can be written back
 * unchanged.
 *
 * @example
 * ```ts
 * for (const [bin, value] of Object.entries((await client.get(key)).bins)) {
 *   if (value instanceof UnknownValue) await client.put(keys[1], { [bin]: new UnknownValue(value.type, value.bytes) })
 * }
 * ```
 */
export class UnknownValue {
  /** The server's particle type; null for an element of a list or map, which is packed MessagePack. */
  readonly type: number | null
  /** The stored bytes. */
  readonly bytes: Uint8Array

  constructor(type: number | null, bytes: Uint8Array) {
    this.type = type
    this.bytes = bytes
  }
}
