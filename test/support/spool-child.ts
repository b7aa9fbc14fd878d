import { Spool } from '../../src/leecher/spool/spool';

/** Fills the spool in argv[2] as fast as it can and tells after each flush how far it has come; made to be killed. */
async function main(dir: string): Promise<void> {
  const spool = await Spool.open({
    dir,
    read: (value) => value,
    onTrouble: (_what, message) => process.stderr.write(`${message}\n`),
    memory: 100_000,
    segmentBytes: 20_000,
  });
  for (let number = 0; ; number += 10) {
    spool.append(
      Array.from({ length: 10 }, (_, index) => ({ number: number + index, text: 'x'.repeat(300) })),
    );
    await spool.flush();
    process.stdout.write(`${number + 9}\n`);
  }
}

void main(process.argv[2] ?? '');
