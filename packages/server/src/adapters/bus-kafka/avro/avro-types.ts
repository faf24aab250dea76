/** How the Avro library is used here, in one place, so that every schema is read by the same rules. */
import avro, { type Type } from 'avsc';

/** Throws where the text is no Avro schema. */
export function avroTypeOf(schema: string): Type {
  return avro.Type.forSchema(JSON.parse(schema), {
    // A value stands for itself, not in an object that names its branch.
    wrapUnions: 'never',
    omitRecordMethods: true,
    // Names are known within one schema alone: versions of a record have the same one.
    registry: {},
  });
}

/** Why records of the writer cannot be read as the reader's; null when they can. Both are texts of schemas. */
export function whyUnreadable(reader: string, writer: string): string | null {
  try {
    avroTypeOf(reader).createResolver(avroTypeOf(writer));
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
