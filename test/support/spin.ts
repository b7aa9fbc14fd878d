/** A loop that only takes time. */
export function spinFor(rounds: number): number {
  let done = 0;
  while (done < rounds) {
    done += 1;
  }
  return done;
}
