/** Single letters that must be put in, left out or replaced to make one text of the other. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [line, letter] of Array.from(from).entries()) {
    const next = [line + 1];
    for (let column = 0; column < to.length; column += 1) {
      const replaced = (row[column] ?? 0) + (to[column] === letter ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}

/** `; did you mean "…"?` for a name that is nearly one of the known ones, else an empty text. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const wanted = name.toLowerCase();
  // Two letters that changed places count as two.
  const limit = wanted.length < 3 ? 1 : Math.max(2, Math.floor(wanted.length / 3));
  let best: { readonly text: string; readonly cost: number } | undefined;
  for (const text of known) {
    const cost = distance(wanted, text.toLowerCase());
    if (cost <= limit && cost < (best?.cost ?? Infinity)) {
      best = { text, cost };
    }
  }
  return best ? `; did you mean ${JSON.stringify(best.text)}?` : '';
}
