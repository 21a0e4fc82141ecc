/*
 * Classes for values that JavaScript has no type for.
 *
 * May import: nothing.
 * Invariant: instances are immutable as far as the package is concerned; bytes are the instance's own copy on reading.
 */

/** Forces a number to be stored as a float: `new Double(3)` is 3.0, where `3` would be an integer. */
export class Double {
  /** The number. */
  readonly value: number

  constructor(value: number) {
    this.value = Number(value)
  }

  /** The number, for arithmetic. */
  valueOf(): number {
    return this.value
  }

  toString(): string {
    return String(this.value)
  }

  toJSON(): number {
    return this.value
  }
}

/** A GeoJSON value. The server checks the text when it is written. */
export class GeoJSON {
  /** The GeoJSON text. */
  readonly text: string

  /** Takes GeoJSON text, or an object to be written as such. */
  constructor(value: string | object) {
    this.text = typeof value === 'string' ? value : JSON.stringify(value)
  }

  /** A point. */
  static point(longitude: number, latitude: number): GeoJSON {
    return new GeoJSON({ type: 'Point', coordinates: [longitude, latitude] })
  }

  /** A circle of `radius` metres, a type of Aerospike's own. */
  static circle(longitude: number, latitude: number, radius: number): GeoJSON {
    return new GeoJSON({ type: 'AeroCircle', coordinates: [[longitude, latitude], radius] })
  }

  /** A polygon of one ring of [longitude, latitude] pairs; the last pair equals the first. */
  static polygon(ring: readonly (readonly [number, number])[]): GeoJSON {
    return new GeoJSON({ type: 'Polygon', coordinates: [ring] })
  }

  toString(): string {
    return this.text
  }

  /** The value as an object. Throws when the text is not JSON. */
  toJSON(): unknown {
    return JSON.parse(this.text)
  }
}

/** A HyperLogLog sketch as the server stores it. Written back, it stays a HyperLogLog. */
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
