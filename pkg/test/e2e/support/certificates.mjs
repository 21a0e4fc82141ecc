/*
 * Certificates for the tests, made when they are needed: none is kept, none can expire in the repository.
 *
 * Imports Node and @peculiar/x509, a development dependency.
 */

import 'reflect-metadata'
import { createPrivateKey, webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

x509.cryptoProvider.set(webcrypto)

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const DAY = 86_400_000

let serial = 1

/** An authority: `pem` is its own certificate, `issue` makes those of others. */
export async function makeAuthority(name) {
  const keys = await makeKeys()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...common(`CN=${name}`, keys, {}),
    extensions: [new x509.BasicConstraintsExtension(true, 1, true), new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true)]
  })
  const issue = async (subject, { names = [subject], from, until } = {}) => {
    const own = await makeKeys()
    const made = await x509.X509CertificateGenerator.create({
      ...common(`CN=${subject}`, own, { from, until }),
      issuer: certificate.subject,
      publicKey: own.publicKey,
      signingKey: keys.privateKey,
      extensions: [alternativeNames(names)]
    })
    return { cert: made.toString('pem'), key: await privatePem(own) }
  }
  return { pem: certificate.toString('pem'), issue }
}

/** A certificate that nobody vouches for. */
export async function makeSelfSigned(name) {
  const keys = await makeKeys()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...common(`CN=${name}`, keys, {}), extensions: [alternativeNames([name])]
  })
  return { cert: certificate.toString('pem'), key: await privatePem(keys) }
}

/** A private key that only `passphrase` opens. */
export function encrypted(key, passphrase) {
  return createPrivateKey(key).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase })
}

/** A moment so many days from now. */
export function inDays(days) {
  return new Date(Date.now() + days * DAY)
}

function common(name, keys, { from = inDays(-1), until = inDays(1) }) {
  return {
    serialNumber: (serial++).toString(16).padStart(2, '0'), subject: name, name, keys, notBefore: from, notAfter: until,
    signingAlgorithm: ALGORITHM
  }
}

function alternativeNames(names) {
  const isAddress = (name) => /^[\d.]+$|:/.test(name)
  return new x509.SubjectAlternativeNameExtension(names.map((name) => ({ type: isAddress(name) ? 'ip' : 'dns', value: name })))
}

function makeKeys() {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
}

async function privatePem({ privateKey }) {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', privateKey), 'PRIVATE KEY')
}
