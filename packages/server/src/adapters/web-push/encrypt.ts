/**
 * Encryption of push messages (RFC 8291 on RFC 8188, aes128gcm): only the browser that subscribed can read them, the push service in
 * between cannot. One record holds the whole message.
 */
import { createCipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';

const recordBytes = 4096;
const saltBytes = 16;
const publicKeyBytes = 65;
const authBytes = 16;
const tagBytes = 16;
const headerBytes = saltBytes + 4 + 1 + publicKeyBytes;
/** Ends the text of the last record. */
const delimiter = Buffer.from([2]);

/** Push services need not take bodies beyond 4,096 bytes; this much text fits into one. */
export const plainBytesMax = recordBytes - headerBytes - delimiter.length - tagBytes;

export interface PushKeys {
  readonly p256dh: string;
  readonly auth: string;
}

/** Fixed only by the test that repeats the example of the RFC. */
export interface Chance {
  readonly salt: Buffer;
  readonly senderPrivateKey: Buffer;
}

/**
 * The encrypted body. Null when the keys of the subscription are none: a wrong length, or no point of the curve. `plain` has at most
 * `plainBytesMax` bytes.
 */
export function encrypt(plain: Buffer, keys: PushKeys, chance?: Chance): Buffer | null {
  if (plain.length > plainBytesMax) throw new RangeError(`a push message has at most ${plainBytesMax} bytes`);
  const receiverKey = Buffer.from(keys.p256dh, 'base64url');
  const auth = Buffer.from(keys.auth, 'base64url');
  if (receiverKey.length !== publicKeyBytes || auth.length !== authBytes) return null;

  const sender = createECDH('prime256v1');
  if (chance) sender.setPrivateKey(chance.senderPrivateKey);
  else sender.generateKeys();
  const senderKey = sender.getPublicKey();
  const agreed = agreement(sender, receiverKey);
  if (!agreed) return null;

  const salt = chance?.salt ?? randomBytes(saltBytes);
  const keyInfo = Buffer.concat([Buffer.from('WebPush: info\0'), receiverKey, senderKey]);
  const secret = hkdf(agreed, auth, keyInfo, 32);
  const contentKey = hkdf(secret, salt, 'Content-Encoding: aes128gcm\0', 16);
  const nonce = hkdf(secret, salt, 'Content-Encoding: nonce\0', 12);

  const cipher = createCipheriv('aes-128-gcm', contentKey, nonce);
  const record = [cipher.update(plain), cipher.update(delimiter), cipher.final(), cipher.getAuthTag()];
  const sizes = Buffer.alloc(5);
  sizes.writeUInt32BE(recordBytes);
  sizes.writeUInt8(senderKey.length, 4);
  return Buffer.concat([salt, sizes, senderKey, ...record]);
}

const hkdf = (secret: Buffer, salt: Buffer, info: string | Buffer, bytes: number): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, salt, info, bytes));

function agreement(sender: ReturnType<typeof createECDH>, receiverKey: Buffer): Buffer | null {
  try {
    return sender.computeSecret(receiverKey);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_CRYPTO_ECDH_INVALID_PUBLIC_KEY') return null;
    throw error;
  }
}
