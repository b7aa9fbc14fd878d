/** Deeper than anything that clients send; servers written in Python refuse JSON at about the double. */
const maxDepth = 500;

function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  return depth === 0 || Object.values(value).some((inner) => isDeeper(inner, depth - 1));
}

/**
 * The value of a JSON text that can be walked and written again without exhausting the stack.
 *
 * @throws SyntaxError for what is no JSON, or nested deeper than 500
 */
export function parseShallow(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (isDeeper(value, maxDepth)) {
    throw new SyntaxError(`lists and objects are nested deeper than ${maxDepth}`);
  }
  return value;
}
