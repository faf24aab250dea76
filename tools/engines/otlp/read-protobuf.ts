/**
 * Reads an ExportTraceServiceRequest of OTLP in protobuf, which is all that Dapr sends. The numbers are the field numbers of
 * opentelemetry/proto/trace/v1/trace.proto, common.proto and resource.proto; fields that are not named here are passed over.
 */
import { type Attributes, type AttributeValue, kindOf, type Span, serviceOf, statusOf } from './span.ts';

/** A message taken apart: for each field number what came under it, a number or the bytes. */
type Fields = Map<number, (bigint | Buffer)[]>;

/** Throws a RangeError when the bytes end too soon or hold a wire type that protobuf 3 does not have. */
export function readProtobuf(bytes: Buffer): Span[] {
  return messages(fieldsOf(bytes), 1).flatMap((resourceSpans) => {
    const [resource] = messages(resourceSpans, 1);
    const about = attributesOf(resource, 1);
    return messages(resourceSpans, 2).flatMap((scopeSpans) => {
      const [scope] = messages(scopeSpans, 1);
      return messages(scopeSpans, 2).map((span) => readSpan(span, about, text(scope, 1)));
    });
  });
}

function readSpan(span: Fields, resource: Attributes, scope: string): Span {
  const parentSpanId = hex(span, 4);
  const [status] = messages(span, 15);
  return {
    service: serviceOf(resource),
    resource,
    scope,
    traceId: hex(span, 1),
    spanId: hex(span, 2),
    ...(parentSpanId && { parentSpanId }),
    name: text(span, 5),
    kind: kindOf(Number(integer(span, 6))),
    start_ns: integer(span, 7),
    end_ns: integer(span, 8),
    attributes: attributesOf(span, 9),
    events: messages(span, 11).map((event) => ({
      name: text(event, 2),
      at_ns: integer(event, 1),
      attributes: attributesOf(event, 3),
    })),
    links: messages(span, 13).map((link) => ({ traceId: hex(link, 1), spanId: hex(link, 2) })),
    status: statusOf(Number(integer(status, 3))),
    statusMessage: text(status, 2),
  };
}

const attributesOf = (fields: Fields | undefined, number: number): Attributes =>
  Object.fromEntries(messages(fields, number).map((pair) => [text(pair, 1), attributeOf(messages(pair, 2)[0])]));

/** An AnyValue holds one of its fields. */
function attributeOf(value: Fields | undefined): AttributeValue {
  const [number, [content = 0n] = []] = value?.entries().next().value ?? [0, []];
  if (number === 1) return content.toString();
  if (number === 2) return content === 1n;
  if (number === 3) return Number(BigInt.asIntN(64, content as bigint));
  if (number === 4) return doubleOf(content as bigint);
  if (number === 5) return messages(fieldsOf(content as Buffer), 1).map(attributeOf);
  if (number === 6) return attributesOf(fieldsOf(content as Buffer), 1);
  return number === 7 ? (content as Buffer).toString('base64') : null;
}

function doubleOf(bits: bigint): number {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(bits);
  return bytes.readDoubleLE();
}

const contents = (fields: Fields | undefined, number: number): Buffer[] =>
  (fields?.get(number) ?? []).filter((content) => Buffer.isBuffer(content));
const messages = (fields: Fields | undefined, number: number): Fields[] => contents(fields, number).map(fieldsOf);
const text = (fields: Fields | undefined, number: number): string => contents(fields, number).at(-1)?.toString() ?? '';
const hex = (fields: Fields, number: number): string => contents(fields, number).at(-1)?.toString('hex') ?? '';

function integer(fields: Fields | undefined, number: number): bigint {
  const content = fields?.get(number)?.at(-1);
  return typeof content === 'bigint' ? content : 0n;
}

/** The wire types: 0 a number of up to ten bytes, 1 eight bytes, 2 a length and that many bytes, 5 four bytes. */
function fieldsOf(bytes: Buffer): Fields {
  const fields: Fields = new Map();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes.readUInt8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const slice = (length: number): Buffer => {
    if (at + length > bytes.length) throw new RangeError('the message ends too soon');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const wire = tag & 7;
    let content: bigint | Buffer;
    if (wire === 0) content = varint();
    else if (wire === 1) content = slice(8).readBigUInt64LE();
    else if (wire === 2) content = slice(Number(varint()));
    else if (wire === 5) content = BigInt(slice(4).readUInt32LE());
    else throw new RangeError(`wire type ${wire} is not one of protobuf 3`);
    const under = fields.get(tag >> 3);
    if (under) under.push(content);
    else fields.set(tag >> 3, [content]);
  }
  return fields;
}
