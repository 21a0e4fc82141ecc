/*
 * Text between JavaScript strings and bytes of linear memory.
 *
 * May import: nothing. A runtime with something faster (Node's Buffer) passes its own `TextCodec`.
 * Invariant: a codec works on the buffer of the last `attach`; whoever refreshes views attaches again.
 */

/** Reads and writes UTF-8 in one attached buffer. */
export interface TextCodec {
  /** Makes `buffer` the one that `write` and `read` work on. */
  attach(buffer: ArrayBuffer): void
  /** Writes `text` at byte `at`; room for it was made by the caller. Returns the number of bytes written. */
  write(text: string, at: number): number
  /** The text of bytes `from` up to `to`. */
  read(from: number, to: number): string
  /** How many bytes of UTF-8 `text` takes. */
  byteLength(text: string): number
}

/** The codec for every runtime: `TextEncoder` and `TextDecoder`. */
export class PortableText implements TextCodec {
  private readonly encoder = new TextEncoder()
  private readonly decoder = new TextDecoder()
  private bytes = new Uint8Array(0)

  attach(buffer: ArrayBuffer): void {
    this.bytes = new Uint8Array(buffer)
  }

  write(text: string, at: number): number {
    return this.encoder.encodeInto(text, this.bytes.subarray(at)).written
  }

  read(from: number, to: number): string {
    return this.decoder.decode(this.bytes.subarray(from, to))
  }

  byteLength(text: string): number {
    return utf8Length(text)
  }
}

/** Length in UTF-8 of a well-formed string. */
export function utf8Length(text: string): number {
  let length = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) continue
    if (unit < 0x800) length += 1
    else if (unit >= 0xd800 && unit < 0xdc00) {
      length += 2
      i += 1
    } else length += 2
  }
  return length
}
