/** What shows that a run leaves the event loop its turns: they are counted, since how long each takes is the machine's affair. */

/** Settles after the event loop has turned so often. */
export async function eventLoopTurns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Counts the turns of the event loop from now on. */
export function countTurns(): { readonly stop: () => number } {
  let turns = 0;
  let next = setImmediate(function turn() {
    turns++;
    next = setImmediate(turn);
  });
  return {
    stop: () => {
      clearImmediate(next);
      return turns;
    },
  };
}
