import type { z } from 'zod';
import { incompatible } from './errors';

/**
 * The answer of a call in the shape that it must have; a server of another version may leave a field out.
 * @throws `ayon-incompatible`, naming the first field that does not fit.
 */
export function shaped<Data>(schema: z.ZodType<Data>, answer: unknown, call: string): Data {
  const parsed = schema.safeParse(answer);
  if (parsed.success) {
    return parsed.data;
  }
  const [issue] = parsed.error.issues;
  throw incompatible(call, `${issue?.path.join('.') || 'the answer'}: ${issue?.message}`);
}
