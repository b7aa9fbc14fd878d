/**
 * A clock in ms that only grows: by the time of day or by the even clock, whichever says more. One of them may be set,
 * the other stands still while the machine sleeps; whoever asks how old a read is must not be told too little.
 */
export function growingClock(
  wall: () => number = Date.now,
  even: () => number = () => performance.now(),
): () => number {
  let total = 0;
  let [lastWall, lastEven] = [wall(), even()];
  return () => {
    const [nowWall, nowEven] = [wall(), even()];
    total += Math.max(nowWall - lastWall, nowEven - lastEven);
    [lastWall, lastEven] = [nowWall, nowEven];
    return total;
  };
}
