import type { Details } from './builder';
import { ProjectBuilder, padded, studioOf } from './builder';
import type { Studio, StudioProject } from './types';

function people(...usernames: string[]): Details {
  return { assignees: usernames };
}

function addShot(builder: ProjectBuilder, parent: string, shot: { name: string; frames: number }): void {
  const { name, frames } = shot;
  const id = builder.add(
    { type: 'Shot', name, parent },
    {
      status: 'In progress',
      description: `Shot ${name}, ${frames} frames`,
      attributes: { frameStart: 1001, frameEnd: 1000 + frames, fstart: 1001, fend: 1000 + frames },
    },
  );
  builder.add(
    { type: 'Task', name: 'animation', parent: id },
    {
      taskType: 'Animation',
      status: 'In progress',
      startDate: '2026-03-02',
      endDate: '2026-03-13',
      ...people('bob'),
    },
  );
  builder.add(
    { type: 'Task', name: 'compositing', parent: id },
    { taskType: 'Compositing', status: 'Not started', ...people('aicha', 'kenji') },
  );
}

interface Build {
  readonly name: string;
  readonly kind: string;
}

function addBuild(builder: ProjectBuilder, parent: string, { name, kind }: Build): void {
  const id = builder.add(
    { type: 'AssetBuild', name, parent },
    { taskType: kind, status: 'In progress', attributes: { department: ['3d'] } },
  );
  builder.add(
    { type: 'Task', name: 'modeling', parent: id },
    { taskType: 'Modeling', status: 'Approved', ...people('linnea.s') },
  );
  builder.add(
    { type: 'Task', name: 'look dev', parent: id },
    { taskType: 'Lookdev', status: 'Pending Review' },
  );
}

function sampleFeature(): StudioProject {
  const builder = new ProjectBuilder('weisser_wal');
  const assets = builder.add({ type: 'Folder', name: 'assets', parent: null });
  const characters = builder.add({ type: 'Folder', name: 'characters', parent: assets });
  const props = builder.add({ type: 'Folder', name: 'Requisiten & Möbel', parent: assets });
  addBuild(builder, characters, { name: 'Kapitän Ahab', kind: 'Character' });
  addBuild(builder, characters, { name: 'Weißer Wal', kind: 'Character' });
  addBuild(builder, props, { name: 'Harpune', kind: 'Prop' });
  addBuild(builder, props, { name: 'Pequod', kind: 'Vehicle' });
  for (const episodeName of ['ep101', 'ep102']) {
    const episode = builder.add(
      { type: 'Episode', name: episodeName, parent: null },
      { description: `Episode ${episodeName}`, status: 'In progress' },
    );
    for (const sequenceName of ['sq010', 'sq020']) {
      const sequence = builder.add({
        type: 'Sequence',
        name: `${episodeName}_${sequenceName}`,
        parent: episode,
      });
      addShot(builder, sequence, { name: 'sh010', frames: 96 });
      addShot(builder, sequence, { name: 'sh020', frames: 131 });
    }
  }
  builder.add(
    { type: 'Milestone', name: 'Picture lock', parent: null },
    { taskType: 'Deliverable', status: 'Not started', endDate: '2026-11-30' },
  );
  return builder.build({
    fullName: 'Der weiße Wal',
    startDate: '2026-01-12',
    endDate: '2026-12-18',
    attributes: { auto_sync_enabled: true, fps: 24, resolutionWidth: 4096, resolutionHeight: 1716 },
  });
}

function sampleCommercial(): StudioProject {
  const builder = new ProjectBuilder('nordlicht');
  for (const [name, count] of [
    ['sq010', 3],
    ['sq020', 2],
  ] as const) {
    const sequence = builder.add({ type: 'Sequence', name, parent: null });
    for (let index = 1; index <= count; index += 1) {
      addShot(builder, sequence, { name: `sh${padded(index * 10)}`, frames: 40 + index * 8 });
    }
  }
  const assets = builder.add({ type: 'Folder', name: 'assets', parent: null });
  addBuild(builder, assets, { name: 'Grüne Flasche', kind: 'Prop' });
  addBuild(builder, assets, { name: 'Fjord Panorama', kind: 'Environment' });
  return builder.build({
    fullName: 'Nordlicht Werbespot',
    startDate: '2026-02-02',
    endDate: '2026-04-30',
    attributes: { auto_sync_enabled: true, fps: 25 },
  });
}

/**
 * A small studio: the feature `weisser_wal` (episodes, sequences, shots, asset builds) and the commercial
 * `nordlicht` (`nordlicht/sq010/sh020/animation` …), 70 entities, five people and a service user.
 */
export function sampleStudio(): Studio {
  return studioOf([sampleFeature(), sampleCommercial()]);
}
